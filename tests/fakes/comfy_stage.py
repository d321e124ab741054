"""Words that the tests of the ComfyUI room share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.fakes.comfy_wire import ComfyWire
from vidctl.domain.document import new_id
from vidctl.domain.recipe import MediaKind, RenderRequest
from vidctl.errors import VidctlError
from vidctl.gateways.comfyui.backend import ComfyBackend
from vidctl.gateways.comfyui.watching import Timing
from vidctl.gateways.render_backend import RemoteFile, RenderDone, RenderEvent

#: `quiet` is longer than any test: only a test that wants polling shortens it.
QUICK = Timing(quiet=60, pause=0.01, patience=0.3)
POLLING = Timing(quiet=0.02, pause=0.01, patience=0.3)
PNG = RemoteFile("one.png", "vidctl")
ANY = RenderRequest(kind=MediaKind.IMAGE, backend="comfyui", width=64, height=64)

Connect = Callable[..., ComfyBackend]


def submit(backend: ComfyBackend, wire: ComfyWire, play: str) -> str:
    """Submit a render that plays the recording; its prompt id."""
    prompt_id = new_id()
    wire.play = play
    backend.submit(ANY, prompt_id)
    return prompt_id


def render(backend: ComfyBackend, wire: ComfyWire, play: str) -> RenderDone:
    """What comes of a render that plays the recording."""
    return last(backend.watch(submit(backend, wire, play)))


def last(events: Iterator[RenderEvent]) -> RenderDone:
    """The end of a watch."""
    *_, done = events
    assert isinstance(done, RenderDone)
    return done


def problem_of(call: Callable[[], object]) -> VidctlError:
    """The error of ours that a call raises."""
    with pytest.raises(VidctlError) as caught:
        call()
    return caught.value
