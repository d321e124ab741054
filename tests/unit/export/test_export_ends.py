"""How an export ends early: interruptions, refusals, full disks; the old film stays whole."""

from __future__ import annotations

import errno
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.film_studio import Shelf, Studio, Watched, card, draw_card, gap, timeline
from vidctl.domain.events import Event
from vidctl.errors import DiskFull, ExportFailed, InvalidInput, MediaInvalid, NotFound
from vidctl.exporters.video import export_video


def until_first_segment(studio: Studio, export: Generator[Event, None, None]) -> None:
    """Run an export until one segment is finished and another is being encoded."""
    while not list(studio.cache.glob("[!.]*.mp4")):
        next(export)


@contextmanager
def long_running(studio: Studio, shelf: Shelf) -> Iterator[tuple[Watched, Generator[Event, None, None]]]:
    watched = Watched()
    cut = timeline(gap(2), replace(shelf.still.slot(20_000), label="long"), shelf.slow.slot(3))
    export = studio.start(cut, ffmpeg=watched, workers=2)
    yield watched, export
    export.close()


@pytest.mark.parametrize("end", ["close", "interrupt"])
def test_an_export_stopped_half_way_leaves_only_finished_segments(studio: Studio, shelf: Shelf, end: str) -> None:
    studio.film.write_bytes(b"the film of yesterday")
    with long_running(studio, shelf) as (watched, export):
        until_first_segment(studio, export)
        if end == "close":
            export.close()
        else:
            with pytest.raises(KeyboardInterrupt):
                export.throw(KeyboardInterrupt)
    assert watched.at_once == 0
    assert not studio.left_overs()
    assert list(studio.cache.iterdir())
    assert studio.film.read_bytes() == b"the film of yesterday"


def test_an_interrupted_export_goes_on_where_it_stopped(studio: Studio, shelf: Shelf) -> None:
    with long_running(studio, shelf) as (_, export):
        until_first_segment(studio, export)
    finished = len(list(studio.cache.iterdir()))
    watched = Watched()
    studio.export(timeline(gap(2), shelf.slow.slot(3), shelf.even.slot(2)), ffmpeg=watched)
    assert len(watched.commands) == 4 - finished


def test_a_failed_export_leaves_the_old_film(studio: Studio, shelf: Shelf) -> None:
    studio.film.write_bytes(b"the film of yesterday")
    with pytest.raises(ExportFailed):
        studio.export(timeline(shelf.slow.slot(5)), ffmpeg=Watched(failures=9))
    assert studio.film.read_bytes() == b"the film of yesterday"


def test_an_old_film_is_replaced_when_the_new_one_is_complete(studio: Studio) -> None:
    studio.film.write_bytes(b"the film of yesterday")
    studio.export(timeline(gap(3)))
    assert studio.shown() == [None] * 3
    assert not studio.left_overs()


@pytest.mark.parametrize("name", ["film.mov", "film", "film.mp4.txt"])
def test_only_mp4_is_written(studio: Studio, name: str) -> None:
    with pytest.raises(InvalidInput, match=r"end with \.mp4"):
        list(
            export_video(
                timeline(gap(1)), studio.folder / name, ffmpeg=studio.ffmpeg, cache=studio.cache, draw_card=draw_card
            )
        )


def test_a_missing_folder_is_told_before_any_encoding(studio: Studio) -> None:
    destination = studio.folder / "nowhere" / "film.mp4"
    watched = Watched()
    with pytest.raises(InvalidInput, match="there is no folder"):
        list(export_video(timeline(gap(1)), destination, ffmpeg=watched, cache=studio.cache, draw_card=draw_card))
    assert not watched.commands


def test_an_unwritable_folder_is_told_before_any_encoding(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    watched = Watched()
    with pytest.raises(ExportFailed, match="Permission denied"):
        studio.export(timeline(gap(1)), ffmpeg=watched)
    assert not watched.commands


def test_a_folder_in_the_films_place_is_refused(studio: Studio) -> None:
    studio.film.mkdir()
    with pytest.raises(InvalidInput, match="it is a folder"):
        studio.export(timeline(gap(1)))


def test_an_empty_film_is_refused(studio: Studio) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        studio.export(timeline())


def test_lost_media_are_all_named_before_any_encoding(studio: Studio, shelf: Shelf, tmp_path: Path) -> None:
    lost = replace(shelf.slow, path=tmp_path / "lost.mp4").slot(3)
    with pytest.raises(NotFound) as failure:
        studio.export(timeline(gap(1), lost, music=tmp_path / "lost.mp3"))
    assert "film/clip-1" in failure.value.cause
    assert "lost.mp3" in failure.value.cause


def test_a_take_that_is_no_film_is_named_before_any_encoding(studio: Studio, shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a film")
    watched = Watched()
    with pytest.raises(MediaInvalid, match="film/clip-1"):
        studio.export(timeline(replace(shelf.slow, path=tmp_path / "text.mp4").slot(3)), ffmpeg=watched)
    assert not watched.commands


@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOSPC, "No space left on device"), DiskFull("the disk is full", cause="No space left on device")],
)
def test_a_full_disk_is_called_that_with_the_folders_to_look_at(studio: Studio, error: Exception) -> None:
    def full(*_: object) -> None:
        raise error

    with pytest.raises(DiskFull, match="No space left") as failure:
        studio.export(timeline(card(3)), draw_card=full)
    assert str(studio.folder) in failure.value.fix
    assert str(studio.cache) in failure.value.fix
    assert not studio.left_overs()
    assert not studio.film.exists()
