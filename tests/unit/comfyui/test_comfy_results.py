"""What the history says of a finished render."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.comfy_recordings import VERSIONS, recording
from vidctl.errors import OutputInvalid, RenderFailed
from vidctl.gateways.comfyui.results import outcome
from vidctl.gateways.render_backend import RemoteFile, RenderCancelled, RenderDone


def recorded(name: str, version: str = "0.30.0") -> RenderDone:
    return outcome("fake", recording(name, version).entry_for("mine"))


def entry(**outputs: Any) -> dict[str, Any]:
    return {"outputs": outputs, "status": {"status_str": "success", "messages": []}}


def file(name: str, kind: str = "output") -> dict[str, str]:
    return {"filename": name, "subfolder": "", "type": kind}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_file_of_a_finished_render_is_found(version: str) -> None:
    (found,) = recorded("mp4", version).files
    assert (found.subfolder, found.type, found.filename[-4:]) == ("vidctl", "output", ".mp4")


@pytest.mark.parametrize("version", VERSIONS)
def test_an_interrupted_render_is_not_a_failed_one(version: str) -> None:
    with pytest.raises(RenderCancelled):
        recorded("interrupted_by_id", version)


@pytest.mark.parametrize(
    ("name", "version", "node"),
    [("wan_size_mismatch", "0.3.75", "UNETLoader"), ("runtime_error", "0.30.0", "VidctlFail")],
)
def test_a_failure_is_told_with_its_node(name: str, version: str, node: str) -> None:
    with pytest.raises(RenderFailed, match=node):
        recorded(name, version)


def test_the_time_is_the_servers_own() -> None:
    assert recorded("t2v").seconds == pytest.approx(2.644)


@pytest.mark.parametrize("kind", ["images", "gifs", "videos", "video", "audio"])
def test_files_are_found_whatever_they_are_listed_as(kind: str) -> None:
    assert outcome("fake", entry(save={kind: [file("one.mp4")]})).files == (RemoteFile("one.mp4"),)


def test_saved_files_make_temporary_ones_superfluous() -> None:
    told = entry(preview={"images": [file("look.png", "temp")]}, save={"gifs": [file("one.mp4")]})
    done = outcome("fake", told)
    assert done.files == (RemoteFile("one.mp4"),)
    assert done.warnings == ()


def test_temporary_files_are_better_than_none() -> None:
    done = recorded("preview_images")
    assert {found.type for found in done.files} == {"temp"}
    assert "previews" in done.warnings[0]


def test_files_keep_the_order_of_the_server_and_come_once() -> None:
    told = entry(b={"images": [file("2.png"), file("1.png")]}, a={"images": [file("2.png"), file("3.png")]})
    assert [found.filename for found in outcome("fake", told).files] == ["2.png", "1.png", "3.png"]


@pytest.mark.parametrize("output", [{}, {"text": ["done"]}, {"images": []}, {"video": ["one.mp4"]}, {"audio": None}])
def test_a_render_without_a_file_is_no_success(output: dict[str, Any]) -> None:
    with pytest.raises(OutputInvalid):
        outcome("fake", entry(node=output))
