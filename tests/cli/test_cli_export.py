"""vidctl export: the film as one MP4, as JSON, and as a cut for editors."""

from __future__ import annotations

import json
from pathlib import Path

import av
import pytest

from tests.cli.conftest import Vidctl
from tests.data.media import decoded, song


@pytest.fixture
def rendered(vidctl: Vidctl, film: str, tmp_path: Path) -> str:
    """The small film with one clip rendered and a song of two seconds."""
    vidctl("generate", "video", "chorus/hero", "--server", "animatic")
    vidctl("media", "music", film, song(tmp_path / "song.wav", seconds=2))
    return film


def _brightness(path: Path) -> list[int]:
    return [max(picture.convert("L").tobytes()) for _, picture in decoded(path)]


def test_a_film_is_exported_frame_exact_with_its_song(vidctl: Vidctl, rendered: str) -> None:
    run = vidctl("export", "video", rendered, "-o", "film.mp4")
    assert run.out.startswith("film.mp4: 24 frames at 12 fps (2.00 s), 64x64, 3 clips, sound from song.wav")
    with av.open("film.mp4") as media:
        picture, sound = media.streams.video[0], media.streams.audio[0]
        assert (picture.width, picture.height, picture.average_rate) == (64, 64, 12)
        assert sum(1 for _ in media.decode(video=0)) == 24
        assert float(sound.duration * sound.time_base) == pytest.approx(2.0, abs=0.05)


def test_a_gap_is_black_and_named_unless_a_card_is_wanted(vidctl: Vidctl, rendered: str) -> None:
    run = vidctl("export", "video", rendered, "-o", "black.mp4")
    assert "warning: neon-nights/verse/street has no selected take: black" in run.err
    vidctl("export", "video", rendered, "-o", "card.mp4", "--gap", "card", "--draft")
    black, card = _brightness(Path("black.mp4")), _brightness(Path("card.mp4"))
    assert [level > 40 for level in black[:18]] == [False] * 6 + [True] * 6 + [False] * 6
    assert all(level > 40 for level in card[:18])


def test_an_export_streams_progress_and_ends_with_what_was_written(vidctl: Vidctl, rendered: str) -> None:
    events = vidctl("export", "video", rendered, "-o", "film.mp4", "--json").events()
    assert {event["event"] for event in events[:-1]} == {"notice", "progress"}
    result = events[-1]["result"]
    assert (result["format"], result["frames"], result["seconds"], result["music"]) == ("mp4", 24, 2.0, "song.wav")
    assert result["missing"] == ["neon-nights/verse/street", "neon-nights/chorus/crowd"]
    assert Path(result["file"]).stat().st_size == result["size"]


def test_an_existing_file_is_not_replaced_unasked(vidctl: Vidctl, rendered: str) -> None:
    Path("film.mp4").write_text("mine")
    refused = vidctl("export", "video", rendered, "-o", "film.mp4", "--json", code=4)
    assert "--overwrite" in refused.err
    assert Path("film.mp4").read_text() == "mine"
    vidctl("export", "video", rendered, "-o", "film.mp4", "--overwrite")
    assert Path("film.mp4").stat().st_size > 1000


def test_an_export_into_no_folder_is_refused_and_leaves_nothing(vidctl: Vidctl, rendered: str) -> None:
    assert "make the folder first" in vidctl("export", "video", rendered, "-o", "nowhere/film.mp4", code=2).err
    assert "is a folder" in vidctl("export", "video", rendered, "-o", ".", code=2).err
    assert list(Path().iterdir()) == []


def test_a_film_without_clips_cannot_be_exported(vidctl: Vidctl) -> None:
    vidctl("project", "create", "Empty")
    assert "vidctl clip create" in vidctl("export", "video", "empty", "-o", "film.mp4", code=2).err


def test_an_unknown_filling_of_gaps_is_refused(vidctl: Vidctl, film: str) -> None:
    assert "--gap black" in vidctl("export", "video", "-o", "film.mp4", "--gap", "white", code=2).err


def test_a_film_is_exported_as_json_with_its_takes_and_recipes(vidctl: Vidctl, rendered: str) -> None:
    told = vidctl("export", "json", rendered, "-o", "film.json", "--json").json()
    assert told["format"] == "json"
    film = json.loads(Path("film.json").read_text(encoding="utf-8"))
    assert (film["format"], film["version"], film["project"]["slug"]) == ("vidctl-film", 1, rendered)
    hero = film["scenes"][1]["clips"][0]
    assert (hero["slug"], hero["film_frame"]) == ("hero", 6)
    assert hero["gallery"]["videos"][0]["is_selected"] is True
    assert vidctl("export", "json", "-o", "film.json", code=4).err
    assert "3 clips" in vidctl("export", "json", "-o", "film.json", "--overwrite").out


FOR_EDITORS = [("fcpxml", "film.fcpxml"), ("edl", "film.edl"), ("resolve", "film.otio")]
for_editors = pytest.mark.parametrize(("command", "name"), FOR_EDITORS)


@for_editors
def test_the_cut_is_written_for_an_editor(vidctl: Vidctl, rendered: str, command: str, name: str) -> None:
    run = vidctl("export", command, rendered, "-o", name)
    assert run.out.startswith(f"{name}: 24 frames at 12 fps (2.00 s), 64x64, 3 clips, sound from song.wav")
    assert "neon-nights/verse/street has no selected take: a gap" in run.err
    text = Path(name).read_text(encoding="utf-8")
    assert "a singer turns" in text
    assert ".mp4" in text
    assert ".wav" in text


@for_editors
def test_an_export_for_an_editor_ends_with_what_was_written(
    vidctl: Vidctl, rendered: str, command: str, name: str
) -> None:
    result = vidctl("export", command, "-o", name, "--json").result()
    assert (result["format"], result["frames"], result["music"]) == (command, 24, "song.wav")
    assert result["missing"] == ["neon-nights/verse/street", "neon-nights/chorus/crowd"]


@for_editors
def test_a_cut_that_is_there_is_not_replaced_unasked(vidctl: Vidctl, rendered: str, command: str, name: str) -> None:
    Path(name).write_text("mine")
    assert "--overwrite" in vidctl("export", command, "-o", name, code=4).err
    assert Path(name).read_text() == "mine"
    vidctl("export", command, "-o", name, "--overwrite")
    assert Path(name).read_text() != "mine"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("edl", "-o", "film.txt"), "files of this kind end with .edl"),
        (("fcpxml", "-o", "film.xml"), "name it film.fcpxml"),
        (("resolve", "-o", "nowhere/film.otio"), "make the folder first"),
        (("edl", "-o", "film.edl", "--drop-frame"), "no drop frame at 12 fps"),
        (("edl", "-o", "film.edl", "--start-tc", "1h"), "'1h' is not a timecode"),
        (("fcpxml", "-o", "film.fcpxml", "--start-tc", "01:00:00;00"), "add --drop-frame"),
        (("edl", "-o", "film.edl", "--start-tc", "23:59:59:00"), "past 24:00:00:00"),
    ],
)
def test_a_cut_that_cannot_be_is_refused_in_plain_words(
    vidctl: Vidctl, rendered: str, arguments: tuple[str, ...], told: str
) -> None:
    assert told in vidctl("export", *arguments, code=2).err
    assert list(Path().iterdir()) == []


def test_the_film_begins_where_the_editor_wants_it(vidctl: Vidctl) -> None:
    vidctl("project", "create", "Broadcast", "--fps", "29.97", "--size", "64x64")
    vidctl("scene", "create", "Verse", "-p", "broadcast")
    vidctl("clip", "create", "broadcast/verse", "Street", "--length", "6f")
    vidctl("export", "edl", "broadcast", "-o", "film.edl", "--drop-frame", "--start-tc", "10:00:00:00")
    assert "FCM: DROP FRAME" in Path("film.edl").read_text()
    assert " 10:00:00;00 " in Path("film.edl").read_text()


def test_copies_for_the_editor_lie_beside_the_cut(vidctl: Vidctl, rendered: str) -> None:
    vidctl("export", "resolve", "-o", "film.otio", "--conform")
    assert sorted(path.name for path in Path("film-media").iterdir()) == ["001-chorus-hero.mp4", "song.wav"]
    assert "film-media exists" in vidctl("export", "edl", "-o", "film.edl", "--conform", code=4).err


def test_no_file_is_called_like_standard_output(vidctl: Vidctl, film: str) -> None:
    refused = vidctl("export", "json", film, "-o", "-", "--json", code=2).error()
    assert "standard output" in refused["problem"]
    assert not Path("-").exists()
