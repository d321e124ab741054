"""The way to the film: progress, what is encoded again and what is not, failures on the way."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.fakes.film_studio import Shelf, Studio, Watched, gap, timeline
from vidctl.domain.events import Progress
from vidctl.errors import ExportFailed
from vidctl.exporters.encoding import Quality


def test_progress_goes_from_the_first_frame_to_the_last(studio: Studio, shelf: Shelf) -> None:
    events = studio.export(timeline(shelf.slow.slot(7), gap(3), gap(3), shelf.even.slot(6)))
    for task in ("export", "join"):
        steps = [event for event in events if isinstance(event, Progress) and event.task == task]
        assert [step.done for step in steps] == sorted(step.done for step in steps)
        assert (steps[-1].done, steps[-1].total, steps[-1].unit) == (19, 19, "frame")


def test_a_changed_clip_costs_no_more_than_itself(studio: Studio, shelf: Shelf) -> None:
    first, again, changed = Watched(), Watched(), Watched()
    studio.export(timeline(shelf.slow.slot(5), gap(2), shelf.even.slot(5)), ffmpeg=first)
    studio.export(timeline(shelf.slow.slot(5), gap(2), shelf.even.slot(5)), ffmpeg=again)
    studio.export(timeline(shelf.slow.slot(5), gap(2), shelf.even.slot(5, 1)), ffmpeg=changed)
    assert [len(each.commands) for each in (first, again, changed)] == [4, 1, 2]
    assert studio.shown()[7:] == [(2, at) for at in range(1, 6)]


@pytest.mark.parametrize(
    "other",
    [
        {"quality": Quality.DRAFT},
        {"rate": Fraction(25)},
        {"size": 96},
        {"sha256": "another take"},
    ],
)
def test_what_changes_the_picture_is_encoded_anew(studio: Studio, shelf: Shelf, other: dict[str, object]) -> None:
    options = dict(other)
    slot = replace(shelf.slow.slot(3), sha256=str(options.pop("sha256", "a take")))
    quality = options.pop("quality", Quality.FINAL)
    studio.export(timeline(replace(slot, sha256="a take")))
    studio.export(timeline(slot, **options), quality=quality)  # type: ignore[arg-type]
    assert len(list(studio.cache.glob("*.mp4"))) == 2


def test_equal_slots_are_encoded_once(studio: Studio, shelf: Shelf) -> None:
    watched = Watched()
    studio.export(timeline(gap(4), shelf.still.slot(3), gap(4), shelf.still.slot(3)), ffmpeg=watched)
    assert len(watched.commands) == 3
    assert studio.shown() == [*[None] * 4, *[(5, 0)] * 3] * 2


def test_a_damaged_segment_in_the_cache_is_made_anew(studio: Studio, shelf: Shelf) -> None:
    studio.export(timeline(shelf.slow.slot(5)))
    (segment,) = studio.cache.glob("*.mp4")
    segment.write_bytes(segment.read_bytes()[:200])
    studio.export(timeline(shelf.slow.slot(5)))
    assert len(studio.shown()) == 5


@pytest.mark.parametrize("workers", [1, 3])
def test_no_more_ffmpegs_run_at_once_than_workers(studio: Studio, workers: int) -> None:
    watched = Watched()
    studio.export(timeline(*(gap(frames) for frames in range(1, 8))), ffmpeg=watched, workers=workers)
    assert watched.most_at_once <= workers


def test_a_passing_failure_is_tried_again(studio: Studio, shelf: Shelf) -> None:
    studio.export(timeline(shelf.slow.slot(5)), ffmpeg=Watched(failures=1))
    assert len(studio.shown()) == 5


def test_a_lasting_failure_names_the_clip(studio: Studio, shelf: Shelf) -> None:
    with pytest.raises(ExportFailed, match="film/clip-1") as failure:
        studio.export(timeline(shelf.slow.slot(5)), ffmpeg=Watched(failures=2))
    assert "told to" in failure.value.cause
    assert not studio.left_overs()


def test_a_segment_with_frames_missing_is_not_taken(studio: Studio, shelf: Shelf) -> None:
    watched = Watched(short="segment")
    with pytest.raises(ExportFailed, match="1 frames instead of 5"):
        studio.export(timeline(shelf.slow.slot(5)), ffmpeg=watched)
    assert len(watched.commands) == 2
    assert not list(studio.cache.iterdir())


def test_a_film_with_frames_missing_is_not_taken(studio: Studio, shelf: Shelf) -> None:
    with pytest.raises(ExportFailed, match="1 frames instead of 7"):
        studio.export(timeline(shelf.slow.slot(5), gap(2)), ffmpeg=Watched(short="film"))
    assert not studio.film.exists()
    assert not studio.left_overs()
