"""The sound of the exported film: the song and nothing else, in time to the sample."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.data import media
from tests.fakes.film_studio import Shelf, Source, Studio, gap, timeline
from vidctl.domain.timeline import Fill


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".flac", ".ogg", ".m4a"])
def test_the_song_starts_with_the_film_to_the_sample(studio: Studio, shelf: Shelf, tmp_path: Path, suffix: str) -> None:
    song = media.song(tmp_path / f"song{suffix}", seconds=2)
    studio.export(timeline(gap(48), music=song))
    heard, sung = media.click_positions(studio.film), media.click_positions(song)
    assert len(heard) == 4
    assert heard == pytest.approx(sung, abs=3 / media.SAMPLE_RATE)


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001)])
@pytest.mark.parametrize("seconds", [0.5, 5])
def test_the_sound_is_as_long_as_the_film(studio: Studio, tmp_path: Path, rate: Fraction, seconds: float) -> None:
    studio.export(timeline(gap(50), rate=rate, music=media.song(tmp_path / "song.mp3", seconds=seconds)))
    with av.open(str(studio.film)) as film:
        sound, picture = film.streams.audio[0], film.streams.video[0]
        assert sound.duration == pytest.approx(float(50 / rate * media.SAMPLE_RATE), abs=1)
        assert picture.frames == 50
        assert picture.duration * picture.time_base == 50 / rate


def test_a_songs_cover_and_tags_and_the_takes_sound_stay_out(studio: Studio, shelf: Shelf, tmp_path: Path) -> None:
    song, cover = media.song(tmp_path / "song.mp3", seconds=1), media.image(tmp_path / "cover.png")
    album, talking = tmp_path / "album.mp3", tmp_path / "talking.mp4"
    media.ffmpeg(
        *("-i", song, "-i", cover, "-map", 0, "-map", 1, "-c", "copy", "-disposition:v", "attached_pic"),
        *("-metadata", "title=A song", "-metadata", "artist=A band", album),
    )
    media.ffmpeg("-i", shelf.even.path, "-i", song, "-c:v", "copy", talking)
    studio.export(timeline(Source(2, talking, Fill.VIDEO, 20, Fraction(24)).slot(5), music=album))
    with av.open(str(studio.film)) as film:
        assert [stream.type for stream in film.streams] == ["video", "audio"]
        assert film.metadata["title"] == "A film"
        assert "artist" not in film.metadata
    assert not media.click_positions(studio.film)  # the song's first click comes at 0.25 s, after the film's end


def test_a_songs_chapters_stay_out(studio: Studio, tmp_path: Path) -> None:
    chapter = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=Intro\n"
    (tmp_path / "chapters.txt").write_text(chapter)
    song, book = media.song(tmp_path / "song.m4a"), tmp_path / "book.m4a"
    media.ffmpeg("-i", song, "-i", tmp_path / "chapters.txt", "-map_chapters", 1, "-c", "copy", book)
    studio.export(timeline(gap(24), music=book))
    with av.open(str(studio.film)) as film:
        assert not film.chapters()
        assert [stream.type for stream in film.streams] == ["video", "audio"]


def test_a_film_without_song_is_silent(studio: Studio) -> None:
    studio.export(timeline(gap(3)))
    with av.open(str(studio.film)) as film:
        assert not film.streams.audio
