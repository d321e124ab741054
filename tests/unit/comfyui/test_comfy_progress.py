"""Progress as three versions of the genuine server told it."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.comfy_recordings import FOLDER, VERSIONS, Recording, recording
from vidctl.gateways.comfyui.progress import Preview, ProgressTracker, read_preview
from vidctl.gateways.render_backend import RenderProgress

RUNS = [
    pytest.param(path.name.removesuffix(".history.json"), version)
    for version in VERSIONS
    for path in sorted((FOLDER / version / "runs").glob("*.history.json"))
]


def texts(told: Recording) -> list[str]:
    return [frame for frame in told.frames if isinstance(frame, str)]


def follow(told: Recording, prompt_id: str = "") -> tuple[ProgressTracker, list[RenderProgress]]:
    tracker = ProgressTracker(prompt_id or told.prompt_id)
    tracker.know_graph(told.graph)
    return tracker, [progress for text in texts(told) if (progress := tracker.read(text))]


@pytest.mark.parametrize(("name", "version"), RUNS)
def test_progress_never_falls_and_stays_between_0_and_1(name: str, version: str) -> None:
    _, seen = follow(recording(name, version))
    assert all(0 <= before.fraction <= after.fraction <= 1 for before, after in pairwise(seen))


@pytest.mark.parametrize(("name", "version"), RUNS)
def test_only_the_last_message_says_that_it_is_over(name: str, version: str) -> None:
    told = recording(name, version)
    tracker = ProgressTracker(told.prompt_id)
    over = [(tracker.read(text), tracker.over)[1] for text in texts(told)]
    assert over == [False] * (len(over) - 1) + [True]


@pytest.mark.parametrize(
    ("name", "version"), [("t2i", "0.30.0"), *((run, v) for run in ("png", "mp4", "t2i_lora") for v in VERSIONS)]
)
def test_a_successful_render_ends_at_1(name: str, version: str) -> None:
    tracker, _ = follow(recording(name, version))
    assert tracker.current.fraction == pytest.approx(1)


@pytest.mark.parametrize("kind", ["progress", "progress_state"])
def test_either_kind_of_progress_is_enough(kind: str) -> None:
    told = recording("t2i")
    tracker = ProgressTracker(told.prompt_id)
    tracker.know_graph(told.graph)
    seen = [progress for text in texts(told) if json.loads(text)["type"] == kind and (progress := tracker.read(text))]
    assert (4, 4) in {(progress.step, progress.steps) for progress in seen}
    assert seen[-1].fraction > 0.3


def a_message(kind: str, **data: object) -> str:
    return json.dumps({"type": kind, "data": {"prompt_id": "mine", **data}})


steps = st.integers(0, 9)
nodes = st.sampled_from(["1", "2", "9.0.1"])
messages = st.one_of(
    st.builds(lambda node, value, top: a_message("progress", node=node, value=value, max=top), nodes, steps, steps),
    st.builds(lambda node: a_message("executing", node=node), nodes),
    st.builds(lambda node: a_message("execution_cached", nodes=[node]), nodes),
    st.builds(
        lambda node, value, state: a_message(
            "progress_state", nodes={node: {"value": value, "max": 9, "state": state}}
        ),
        nodes,
        steps,
        st.sampled_from(["running", "finished", "error"]),
    ),
)


@given(st.lists(messages))
def test_progress_never_falls_whatever_comes(told: list[str]) -> None:
    tracker = ProgressTracker("mine")
    tracker.know_graph({"1": {"class_type": "KSampler", "inputs": {"steps": 9}}, "2": {"class_type": "SaveImage"}})
    fractions = [0.0, *(progress.fraction for text in told if (progress := tracker.read(text)))]
    assert all(0 <= before <= after <= 1 for before, after in pairwise(fractions))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_sampler_counts_its_steps(version: str) -> None:
    _, seen = follow(recording("t2i_lora", version))
    assert (4, 4) in {(progress.step, progress.steps) for progress in seen}


def test_a_sampler_weighs_as_much_as_its_steps() -> None:
    told = recording("t2i")
    _, seen = follow(told)
    (sampler,) = [node for node in told.graph.values() if node["class_type"] == "KSampler"]
    shares = {progress.step: progress.fraction for progress in seen if progress.steps == 4}
    whole = len(told.graph) - 1 + sampler["inputs"]["steps"]
    assert shares[4] - shares[1] == pytest.approx(3 / whole)


def test_a_node_is_called_by_its_title_or_its_class() -> None:
    _, seen = follow(recording("t2i"))
    assert {"Positive", "VAEDecode"} <= {progress.node for progress in seen}


def test_messages_of_other_renders_say_nothing() -> None:
    tracker, seen = follow(recording("t2i"), prompt_id="another")
    assert seen == []
    assert not tracker.over


def test_cached_nodes_are_done_from_the_start() -> None:
    told = recording("t2i_cached")
    tracker = ProgressTracker(told.prompt_id)
    tracker.know_graph(told.graph)
    (cached,) = [text for text in texts(told) if '"execution_cached"' in text]
    assert tracker.read(cached) == RenderProgress(fraction=1)


def test_without_the_graph_the_node_is_told_by_its_number() -> None:
    told = recording("t2i")
    tracker = ProgressTracker(told.prompt_id)
    seen = [progress for text in texts(told) if (progress := tracker.read(text))]
    assert seen[0].node in told.graph
    assert {progress.fraction for progress in seen} == {0}


def test_a_render_that_starts_waits_no_longer() -> None:
    told = recording("t2i")
    tracker = ProgressTracker(told.prompt_id)
    assert tracker.wait(3).queue_position == 3
    assert tracker.read(texts(told)[0]) == RenderProgress(fraction=0)


@pytest.mark.parametrize("message", ["", "{", "[]", '"text"', '{"type": "crystools.monitor"}', '{"data": [1, 2]}'])
def test_messages_of_other_forms_say_nothing(message: str) -> None:
    assert ProgressTracker("any").read(message) is None


def test_a_node_without_steps_shows_none() -> None:
    nodes = {"1": {"value": 0.0, "max": 1.0, "state": "running"}}
    tracker = ProgressTracker("mine")
    progress = tracker.read(json.dumps({"type": "progress_state", "data": {"prompt_id": "mine", "nodes": nodes}}))
    assert progress is not None
    assert (progress.step, progress.steps) == (0, 0)


@pytest.mark.parametrize("name", ["t2i_previews", "t2i_previews_with_metadata"])
def test_both_forms_of_previews_are_read(name: str) -> None:
    preview = read_preview(Path(FOLDER / "0.30.0" / "runs" / f"{name}.001.bin").read_bytes())
    assert preview is not None
    assert preview.media_type == "image/jpeg"
    assert preview.image.startswith(b"\xff\xd8")


def test_a_png_preview_is_a_png() -> None:
    assert read_preview(b"\0\0\0\1\0\0\0\2\x89PNG") == Preview("image/png", b"\x89PNG")


@pytest.mark.parametrize("frame", [b"", b"\0\0\0\1", b"\0\0\0\3\0\0\0\1xtext", b"\0\0\0\4\0\0\xff\xff{}"])
def test_other_frames_are_no_previews(frame: bytes) -> None:
    assert read_preview(frame) is None
