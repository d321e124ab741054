"""vidctl demo: a whole film in one command."""

from __future__ import annotations

from pathlib import Path

import av

from tests.cli.conftest import Vidctl

SMALL = ("--server", "animatic", "--size", "64x36")


def test_the_demo_makes_a_film_and_made_again_goes_on_where_it_was_left(vidctl: Vidctl) -> None:
    first = vidctl("demo", "made", *SMALL)
    with av.open("made/film.mp4") as media:
        assert sum(1 for _ in media.decode(video=0)) == 720
        assert media.streams.audio[0].codec_context.name == "aac"
    assert "film.mp4: 720 frames at 24 fps (30.00 s), 64x36, 9 clips, sound from song.ogg" in first.out
    assert "vidctl project use neon-nights" in first.out
    assert first.err.count(": done in") == 9
    film = Path("made/film.mp4").stat().st_size

    again = vidctl("demo", "made", *SMALL, "--json")
    assert {event["event"] for event in again.events()} <= {"notice", "progress", "result"}
    result = again.result()
    assert (result["project"], result["clips"], result["film"]["missing"]) == ("neon-nights", 9, [])
    assert Path("made/film.mp4").stat().st_size == film
    counts = vidctl("queue", "status", "--json").json()["counts"]
    assert (counts["succeeded"], sum(counts.values())) == (9, 9)


def test_the_demo_does_not_touch_a_film_of_the_same_name(vidctl: Vidctl, film: str) -> None:
    refused = vidctl("demo", *SMALL, "--json", code=4).error()
    assert refused["code"] == "conflict"
    assert "--store" in refused["fix"]
    assert len(vidctl("scene", "list", "--json").json()["items"]) == 2


def test_the_demo_on_an_unknown_server_is_refused(vidctl: Vidctl) -> None:
    assert "studio" in vidctl("demo", "--server", "studio", "--size", "64x36", code=3).err
