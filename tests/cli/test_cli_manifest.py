"""vidctl project dump|apply|import|archive|restore: a film in a file, by hand and in CI."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Vidctl
from tests.cli.running import VIDCTL, environment
from tests.data import media
from tests.fakes import halted_vidctl


def test_a_film_is_printed_as_toml_that_makes_it_again(vidctl: Vidctl, film: str) -> None:
    text = vidctl("project", "dump").out
    assert text.startswith('vidctl = 1\n\n[project]\nslug = "neon-nights"\n')
    Path("film.toml").write_text(text)
    assert vidctl("project", "apply", "film.toml").out == "neon-nights: nothing to do\n"
    vidctl("project", "apply", "film.toml", "--project", "copy")
    copy = vidctl("project", "dump", "copy", "-o", "copy.toml", "--json").json()
    assert copy["text"] == text.replace('slug = "neon-nights"', 'slug = "copy"')
    assert copy["file"] == "copy.toml"
    assert Path("copy.toml").read_text() == copy["text"]


def test_the_plan_is_shown_line_by_line(vidctl: Vidctl, film: str) -> None:
    text = vidctl("project", "dump").out
    Path("film.toml").write_text(text.replace("a wet street", "a dry street") + '\n[[scene]]\nname = "Outro"\n')
    told = vidctl("project", "apply", "film.toml", "--dry-run").out.splitlines()
    assert told == [
        "+ scene outro",
        "~ clip verse/street: image_prompt a wet street → a dry street",
        "neon-nights: 1 to be created, 1 to be changed; this was a dry run, nothing was changed",
    ]
    assert "a dry street" not in vidctl("project", "dump").out
    assert vidctl("project", "apply", "film.toml").out.splitlines()[-1] == "neon-nights: 1 created, 1 changed"


def test_the_plan_is_told_as_json(vidctl: Vidctl, film: str) -> None:
    Path("film.toml").write_text(vidctl("project", "dump").out.replace("a wet street", "a dry street"))
    told = vidctl("project", "apply", "film.toml", "--json").json()
    assert told["steps"] == [
        {
            "mark": "~",
            "noun": "clip",
            "path": "verse/street",
            "changes": [{"field": "image_prompt", "before": "a wet street", "after": "a dry street"}],
        }
    ]


def test_ci_is_told_by_the_exit_code_whether_a_film_is_as_its_file(vidctl: Vidctl, film: str) -> None:
    text = vidctl("project", "dump").out
    Path("film.toml").write_text(text)
    vidctl("project", "apply", "film.toml", "--check")
    Path("film.toml").write_text(text.replace("a wet street", "a dry street"))
    refused = vidctl("project", "apply", "film.toml", "--check", "--json", code=4).error()
    assert refused["cause"] == "~ clip verse/street: image_prompt a wet street → a dry street"
    assert refused["details"]["plan"]["changed"] == 1
    assert vidctl("project", "dump").out == text


def test_a_wrong_file_is_told_line_by_line(vidctl: Vidctl, film: str) -> None:
    Path("film.toml").write_text(vidctl("project", "dump").out.replace("length =", "lenght ="))
    refused = vidctl("project", "apply", "film.toml", code=2)
    assert "scene.clip.lenght: there is no such field; did you mean length?\n         line " in refused.err
    assert "vidctl help manifest" in refused.err


def test_of_two_who_apply_at_once_one_wins_whole_and_the_other_is_told(vidctl: Vidctl, film: str) -> None:
    text = vidctl("project", "dump").out
    Path("one.toml").write_text(text.replace("a wet street", "a dry street"))
    Path("two.toml").write_text(text.replace("a singer", "a dancer").replace('"Crowd"', '"The Crowd"'))
    place = "vidctl.services.editor:Editor.write"
    command = [sys.executable, halted_vidctl.__file__, "hold", "before", place, "project", "apply", "one.toml"]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True) as one:
        assert one.stderr
        assert one.stderr.readline() == "halted\n"
        vidctl("project", "apply", "two.toml")
        os.kill(one.pid, signal.SIGUSR1)
        told = one.stderr.read()
    assert one.returncode == 4
    assert "clip chorus/crowd (name), clip chorus/hero (image_prompt" in told
    expected = text.replace("a singer", "a dancer").replace('"Crowd"', '"The Crowd"')
    assert vidctl("project", "dump").out == expected


def test_a_film_goes_from_one_command_to_the_next(vidctl: Vidctl, film: str) -> None:
    text = vidctl("project", "dump", "-o", "-").out
    assert text == vidctl("project", "dump").out
    assert vidctl("project", "apply", "-", stdin=text).out == "neon-nights: nothing to do\n"
    assert vidctl("project", "apply", "-", "--project", "copy", "--json", stdin=text).json()["file"] == "-"
    assert vidctl("project", "dump", "copy").out == text.replace('slug = "neon-nights"', 'slug = "copy"')


def test_media_of_a_film_from_standard_input_are_looked_for_in_the_working_folder(vidctl: Vidctl, film: str) -> None:
    Path("media").mkdir()
    media.song(Path("media/song.wav"))
    text = vidctl("project", "dump").out.replace('name = "Neon Nights"', 'name = "N"\nmusic.file = "media/song.wav"')
    assert vidctl("project", "apply", "-", stdin=text).out.splitlines()[0].endswith("nothing → song.wav")
    refused = vidctl("project", "apply", "-", "--json", code=2, stdin=text.replace("song.wav", "gone.wav")).error()
    assert refused["problem"] == "standard input has one fault; nothing was changed"
    assert "media/gone.wav is not there" in refused["cause"]


@pytest.mark.parametrize("redirection", ["<&-", "</dev/null", "<<< ' '"])
def test_a_manifest_that_is_not_there_is_told(vidctl: Vidctl, film: str, redirection: str) -> None:
    line = f"{shlex.join([*VIDCTL, 'project', 'apply', '-', '--prune'])} {redirection}"
    told = subprocess.run(["bash", "-c", line], env=environment(), capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (2, "")
    assert "nothing was read from standard input" in told.stderr
    assert "vidctl project dump | vidctl project apply -" in told.stderr


def test_a_film_of_another_system_is_brought_in(vidctl: Vidctl) -> None:
    take = {"url": "http://10.0.0.2/view?filename=a.png"}
    clips = [{"name": "Hero", "length": 2, "mood": "x", "generated_images": [take]}, {"name": "Crowd"}]
    film = {"format": "storycanvas_v1", "project": {"name": "Old Film"}, "scenes": [{"name": "Verse", "clips": clips}]}
    Path("old.json").write_text(json.dumps(film))
    told = vidctl("project", "import", "old.json", "--fps", "25").out.splitlines()
    assert told == [
        "note: scene verse: its clips were never given places; they follow each other now",
        "note: fields that vidctl has no place for: clip.mood (1)",
        "old-film: 1 scene, 2 clips",
        "left behind, as their files are on other machines: 1 still (--json lists them)",
    ]
    assert vidctl("project", "import", "old.json", "--json", code=4).error()["code"] == "duplicate_name"
    told_again = vidctl("project", "import", "old.json", "--slug", "other", "--json").json()
    assert (told_again["project"], told_again["skipped_urls"]) == ("other", [take["url"]])
    vidctl("project", "import", "old.json", "--fps", "fast", code=2)


def test_a_film_is_packed_and_comes_back_under_another_name(vidctl: Vidctl, film: str) -> None:
    assert vidctl("project", "archive", "-o", "film.vidctl").out.startswith("film.vidctl: 2 scenes, 3 clips, ")
    refused = vidctl("project", "restore", "film.vidctl", "--json", code=4).error()
    assert "--as neon-nights-2" in refused["fix"]
    told = vidctl("project", "restore", "film.vidctl", "--as", "again").out.splitlines()
    assert told == ["again: 2 scenes, 3 clips", "some of its ids were taken: it is a copy with ids of its own"]
    text = vidctl("project", "dump", film).out
    assert vidctl("project", "dump", "again").out == text.replace('slug = "neon-nights"', 'slug = "again"')
    vidctl("project", "archive", "-o", "film.vidctl", code=4)
    vidctl("project", "archive", "-o", "film.vidctl", "--overwrite")
    Path("film.vidctl").write_bytes(Path("film.vidctl").read_bytes()[:-10])
    vidctl("project", "restore", "film.vidctl", "--as", "third", code=2)
