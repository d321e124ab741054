"""A fake ComfyUI server and backends connected to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.fakes.comfy_recordings import media, recording
from tests.fakes.comfy_stage import PNG, QUICK
from tests.fakes.comfy_wire import ComfyWire
from vidctl.domain.recipe import Graph, RenderRequest
from vidctl.gateways.comfyui.backend import ComfyBackend
from vidctl.gateways.comfyui.client import ComfyClient
from vidctl.gateways.comfyui.watching import Timing


@pytest.fixture
def wire() -> Iterator[ComfyWire]:
    with ComfyWire() as wire:
        wire.files[f"{PNG.type}/{PNG.subfolder}/{PNG.filename}"] = media(PNG.filename)
        yield wire


@pytest.fixture
def connect(wire: ComfyWire) -> Iterator[Callable[..., ComfyBackend]]:
    """A new backend for the server, as another process would have it."""
    opened: list[ComfyBackend] = []

    def build(request: RenderRequest) -> Graph:
        return recording(wire.play).graph

    def connect(timing: Timing = QUICK, read_timeout: float = 30.0, **options: Any) -> ComfyBackend:
        client = ComfyClient(wire.url, read_timeout=read_timeout)
        opened.append(ComfyBackend(client, build, "fake", timing=timing, **options))
        return opened[-1]

    yield connect
    for backend in opened:
        backend.close()


@pytest.fixture
def backend(connect: Callable[..., ComfyBackend]) -> ComfyBackend:
    return connect()
