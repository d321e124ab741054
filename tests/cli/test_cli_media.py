"""vidctl media: the song, its lyrics, and files that nothing needs any more."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Vidctl
from tests.data.media import image, song, video


@pytest.mark.parametrize("suffix", [".mp3", ".wav", ".flac", ".ogg", ".m4a"])
def test_a_song_is_decoded_kept_and_measured(vidctl: Vidctl, film: str, tmp_path: Path, suffix: str) -> None:
    told = vidctl("media", "music", film, song(tmp_path / f"song{suffix}", seconds=1.5), "--json").json()
    assert told["duration"] == pytest.approx(1.5, abs=0.06)
    assert told["original_name"] == f"song{suffix}"
    assert Path(told["file_path"]).stat().st_size == told["size"]
    shown = vidctl("project", "show", "--json").json()
    assert (shown["music_file"], shown["music_duration"]) == (f"song{suffix}", told["duration"])


def test_the_song_is_told_to_people_in_a_line(vidctl: Vidctl, film: str, tmp_path: Path) -> None:
    run = vidctl("media", "music", film, song(tmp_path / "song.wav", seconds=1))
    assert run.out == "neon-nights is cut to song.wav: 1.00 s, 86.2 KiB\n"
    assert run.err == ""


def test_text_called_mp3_is_refused(vidctl: Vidctl, film: str, tmp_path: Path) -> None:
    fake = tmp_path / "song.mp3"
    fake.write_text("la la la\n" * 100)
    refused = vidctl("media", "music", film, fake, "--json", code=2).error()
    assert refused["code"] == "media_invalid"
    assert refused["cause"] == "it is text"
    assert vidctl("project", "show", "--json").json()["music_file"] is None


def test_an_empty_song_is_refused(vidctl: Vidctl, film: str, tmp_path: Path) -> None:
    empty = tmp_path / "song.ogg"
    empty.touch()
    refused = vidctl("media", "music", film, empty, "--json", code=2).error()
    assert (refused["code"], refused["cause"]) == ("media_invalid", "it has 0 bytes")


def test_half_a_song_is_refused(vidctl: Vidctl, film: str, tmp_path: Path) -> None:
    half = song(tmp_path / "song.flac", seconds=2)
    half.write_bytes(half.read_bytes()[: half.stat().st_size // 2])
    assert vidctl("media", "music", film, half, "--json", code=2).error()["code"] == "media_invalid"


def test_a_film_is_no_song(vidctl: Vidctl, film: str, tmp_path: Path) -> None:
    assert vidctl("media", "music", film, video(tmp_path / "film.mp4", frames=3), code=2).err


@pytest.mark.parametrize("verb", ["music", "lyrics"])
def test_what_is_no_regular_file_is_told(vidctl: Vidctl, film: str, tmp_path: Path, verb: str) -> None:
    folder, pipe = tmp_path / "dir.mp3", tmp_path / "pipe.mp3"
    folder.mkdir()
    assert "dir.mp3 is a folder" in vidctl("media", verb, film, folder, code=2).err
    if hasattr(os, "mkfifo"):
        os.mkfifo(pipe)
        assert "pipe.mp3 is no regular file" in vidctl("media", verb, film, pipe, code=2).err


def test_a_song_that_is_not_there_is_not_found(vidctl: Vidctl, film: str, tmp_path: Path) -> None:
    assert vidctl("media", "music", film, tmp_path / "none.mp3", "--json", code=3).error()["code"] == "not_found"


def test_a_refused_song_leaves_the_one_before(vidctl: Vidctl, film: str, tmp_path: Path) -> None:
    vidctl("media", "music", film, song(tmp_path / "good.wav", seconds=1))
    (tmp_path / "bad.wav").write_bytes(b"RIFF")
    vidctl("media", "music", film, tmp_path / "bad.wav", code=2)
    assert vidctl("project", "show", "--json").json()["music_file"] == "good.wav"


def test_timed_lyrics_are_read(vidctl: Vidctl, film: str, tmp_path: Path) -> None:
    (tmp_path / "song.lrc").write_text("[00:00.50]Walk the neon rain\n[00:01.00]Home again\n", encoding="utf-8")
    told = vidctl("media", "lyrics", film, tmp_path / "song.lrc", "--json").json()
    assert (told["lines"], told["first_second"]) == (2, 0.5)
    assert vidctl("project", "show").fields()["lyric lines"] == "2"


def test_lyrics_without_times_are_refused(vidctl: Vidctl, film: str, tmp_path: Path) -> None:
    (tmp_path / "song.lrc").write_text("Walk the neon rain\n")
    assert vidctl("media", "lyrics", film, tmp_path / "song.lrc", "--json", code=2).error()["code"] == "invalid_input"


def test_tidying_removes_only_old_files_that_nothing_refers_to(vidctl: Vidctl, film: str, tmp_path: Path) -> None:
    faces = [image(tmp_path / f"{name}.png", clip=n, size=(256, 256)) for n, name in enumerate(("left", "kept"))]
    left, kept = (Path(vidctl("media", "face", face, "--json").json()["file_path"]) for face in faces)
    vidctl("character", "create", "Ada")
    vidctl("media", "face", faces[1], "--character", "ada")
    assert vidctl("media", "tidy", "--json").json() == {"removed": True, "files": [], "bytes": 0}
    for path in (kept, left):
        os.utime(path, (0, 0))
    dry = vidctl("media", "tidy", "--dry-run")
    assert dry.out.startswith("would remove 1 file")
    told = vidctl("media", "tidy", "--json").json()
    assert [Path(name).name for name in told["files"]] == [left.name]
    assert (left.exists(), kept.exists()) == (False, True)


def test_a_song_that_another_replaced_is_kept_for_who_wants_it_back(vidctl: Vidctl, film: str, tmp_path: Path) -> None:
    first, _ = (
        Path(vidctl("media", "music", film, song(tmp_path / name, seconds=1), "--json").json()["file_path"])
        for name in ("first.wav", "second.ogg")
    )
    os.utime(first, (0, 0))
    assert vidctl("media", "tidy", "--json").json()["files"] == []
    assert first.exists()


def test_a_face_is_stored_and_is_its_characters_reference(vidctl: Vidctl, film: str, tmp_path: Path) -> None:
    vidctl("character", "create", "Ada")
    face = image(tmp_path / "face.png", size=(512, 512))
    told = vidctl("media", "face", face, "--character", "ada", "--json").json()
    assert (told["width"], told["media_type"], told["character"], told["warnings"]) == (512, "image/png", "ada", [])
    assert Path(told["file_path"]).read_bytes() == face.read_bytes()
    [shown] = vidctl("character", "show", "ada", "--json").json()["reference_images"]
    assert shown == {"asset_id": told["asset_id"], "name": "face.png", "role": "face"}


def test_a_small_face_is_taken_with_a_warning_and_a_tiny_one_refused(vidctl: Vidctl, film: str, tmp_path: Path) -> None:
    [warning] = vidctl("media", "face", image(tmp_path / "a.png", size=(256, 511)), "--json").json()["warnings"]
    assert "512 pixels" in warning
    refused = vidctl("media", "face", image(tmp_path / "b.png", size=(255, 900)), "--json", code=2).error()
    assert refused["code"] == "media_invalid"


def test_a_face_of_nobody_is_not_stored(vidctl: Vidctl, film: str, tmp_path: Path) -> None:
    face = image(tmp_path / "face.png", size=(512, 512))
    assert vidctl("media", "face", face, "--character", "eve", "--json", code=3).error()["code"] == "not_found"
    assert list((tmp_path / "home").rglob("*.png")) == []
