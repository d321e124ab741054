"""Conformed copies: whatever the takes are, an editor gets films of the film's rate that show the MP4's frames."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from tests.data import media
from tests.fakes.cuts import cut, hour_one
from tests.fakes.film_studio import Shelf, Source, draw_card, gap
from vidctl.domain.events import Progress
from vidctl.domain.timeline import Fill, Slot, Timeline
from vidctl.exporters.conform import Conformer
from vidctl.exporters.editors import FORMATS, export_cut
from vidctl.exporters.edits import edits_of
from vidctl.exporters.remarks import remarks
from vidctl.gateways.ffmpeg import Ffmpeg
from vidctl.gateways.media import examine

RATE = Fraction(30000, 1001)


def slot(source: Source, frames: int, name: str, skip: int = 0) -> Slot:
    placed = source.slot(frames, skip)
    return replace(placed, label=f"film/verse/{name}", facts=examine(source.path))


@pytest.fixture
def timeline(shelf: Shelf, tmp_path: Path) -> Timeline:
    """A take at 16 fps twice, of which the second runs out; a WebM, a gap and a still."""
    slots = [
        slot(shelf.slow, 6, "Slow ä"),
        gap(3),
        slot(shelf.web, 4, "web"),
        slot(shelf.still, 5, "still"),
        slot(shelf.slow, 12, "again", skip=8),
    ]
    return cut(slots, RATE, song=media.song(tmp_path / "my söng.ogg"))


def conformed(timeline: Timeline, folder: Path, ffmpeg: Ffmpeg) -> tuple[list[Progress], Timeline]:
    conformer = Conformer(ffmpeg, folder.parent / "cache", draw_card)
    told = []
    with conformer.folder_for(folder) as part:
        work = conformer.conform(timeline, part, folder)
        while True:
            try:
                told.append(next(work))
            except StopIteration as end:
                return told, end.value


def shown(timeline: Timeline) -> list[tuple[int, int] | None]:
    """What an editor shows on each frame: its frames are the copies' frames."""
    frames: list[tuple[int, int] | None] = []
    for edit in edits_of(timeline):
        if edit.source is None:
            frames += [None] * edit.frames
        else:
            pictures = [media.read_barcode(picture) for _, picture in media.decoded(edit.source.path)]
            frames += pictures[edit.skip : edit.skip + edit.frames]
    return frames


def test_editors_show_the_frames_of_the_mp4(timeline: Timeline, shelf: Shelf, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    _, made = conformed(timeline, tmp_path / "film-media", ffmpeg)
    slow, web = shelf.slow, shelf.web
    assert shown(made) == [
        *((1, slow.shown(RATE, at)) for at in range(6)),
        *[None] * 3,
        *((4, web.shown(RATE, at)) for at in range(4)),
        *[(5, 0)] * 5,
        *((1, slow.shown(RATE, at)) for at in range(8, 20)),
    ]


def test_copies_are_whole_named_in_plain_letters_and_all_alike(
    timeline: Timeline, tmp_path: Path, ffmpeg: Ffmpeg
) -> None:
    told, made = conformed(timeline, tmp_path / "film-media", ffmpeg)
    names = ["001-verse-slow-a.mp4", "002-verse-web.mp4", "003-verse-still.mp4", "song.wav"]
    assert sorted(path.name for path in (tmp_path / "film-media").iterdir()) == names
    lengths = {edit.source.path.name: edit.source.facts.frames for edit in edits_of(made) if edit.source}
    # 8 frames at 16 fps last 14.99 film frames, but its second clip needs 20; 10 at 25 last 11.99
    assert lengths == {names[0]: 20, names[1]: 12, names[2]: 5}
    for name in names[:3]:
        found = examine(tmp_path / "film-media" / name)
        assert (found.frames, found.fps, found.width) == (lengths[name], "30000/1001", 64)
    assert (told[-1].task, told[-1].done, told[-1].total) == ("export", 37, 37)


def test_of_conformed_copies_nothing_needs_to_be_said(timeline: Timeline, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    _, made = conformed(timeline, tmp_path / "film-media", ffmpeg)
    assert list(remarks(made, FORMATS["edl"])) == []
    assert {slot.fill for slot in made.slots} == {Fill.VIDEO, Fill.BLACK}
    assert made.music == tmp_path / "film-media" / "song.wav"
    export_cut(made, tmp_path / "film.edl", hour_one(RATE), FORMATS["edl"])


def test_the_song_becomes_a_wav_of_the_same_beat(timeline: Timeline, tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    conformed(timeline, tmp_path / "film-media", ffmpeg)
    song = tmp_path / "film-media" / "song.wav"
    assert (examine(song).extension, examine(song).duration) == (".wav", 2.0)
    assert media.click_positions(song) == pytest.approx(media.clicks(2), abs=0.002)
