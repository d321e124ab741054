"""What a person sees on a terminal: tables, bars, questions, colour or none."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from tests.cli.conftest import Vidctl
from tests.cli.running import VIDCTL, Run, environment, run_process
from vidctl.cli.main import main

pty = pytest.importorskip("pty", reason="only POSIX has pseudo-terminals")

_COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3|4|9|10)[0-9](?:;\d+)*m")
_QUESTION = b"[y/N]"
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class OnTerminal(Protocol):
    """Runs one command line in this process, with one terminal as its three streams; all that was shown is in `out`."""

    def __call__(self, *arguments: object) -> Run: ...


@pytest.fixture
def on_terminal(vidctl: Vidctl, monkeypatch: pytest.MonkeyPatch) -> OnTerminal:
    monkeypatch.setenv("TERM", "xterm-256color")

    def run(*arguments: object) -> Run:
        terminal, end = pty.openpty()
        shown: list[bytes] = []
        reader = threading.Thread(target=lambda: shown.extend(iter(lambda: _read(terminal), None)))
        reader.start()
        try:
            with ExitStack() as opened, monkeypatch.context() as streams:
                for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
                    stream = opened.enter_context(os.fdopen(os.dup(end), mode, encoding="utf-8"))
                    streams.setattr(sys, name, stream)
                code = main([str(argument) for argument in arguments])
        finally:
            os.close(end)
            reader.join()
            os.close(terminal)
        return Run(code, b"".join(shown).decode().replace("\r\n", "\n"), "")

    return run


def _answered(*arguments: object, answer: str) -> Run:
    """A process whose three streams are one terminal, at which somebody answers the question it asks; all that was
    shown is in `out`."""
    terminal, end = pty.openpty()
    command = [*VIDCTL, *map(str, arguments)]
    surroundings = {**environment(), "TERM": "xterm-256color"}
    with subprocess.Popen(command, stdin=end, stdout=end, stderr=end, env=surroundings) as process:
        os.close(end)
        try:
            shown = _watch(terminal, process, answer)
            process.wait(30)
        except BaseException:
            process.kill()
            raise
    os.close(terminal)
    return Run(process.returncode, shown.decode().replace("\r\n", "\n"), "")


def _watch(terminal: int, process: subprocess.Popen[bytes], answer: str) -> bytes:
    shown = piece = b""
    is_answered = False
    while piece is not None:
        shown += piece
        if answer and _QUESTION in shown and (not is_answered or piece == b""):
            # what comes a moment before somebody reads is lost, so a key is pressed again while nothing happens; and
            # the terminal controls no process here, so its Ctrl-C key sends no signal
            process.send_signal(signal.SIGINT) if answer == "\x03" else os.write(terminal, answer.encode())
            is_answered = True
        piece = _read(terminal)
    return shown


def _read(terminal: int) -> bytes | None:
    """What is shown next, empty if that is nothing for a while, None when it is over."""
    ready, _, _ = select.select([terminal], [], [], 2.0)
    if not ready:
        return b""
    try:
        return os.read(terminal, 65536) or None
    except OSError:  # how Linux says that the other end is closed
        return None


def test_a_table_is_drawn_with_colour_unless_nobody_wants_it(
    on_terminal: OnTerminal, film: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    coloured = on_terminal("project", "show", film)
    assert _COLOUR.search(coloured.out)
    assert "\t" not in coloured.out
    plain = on_terminal("--no-color", "project", "show", film)
    assert not _COLOUR.search(plain.out)
    monkeypatch.setenv("NO_COLOR", "1")
    wished = on_terminal("project", "show", film)
    assert wished.out == plain.out
    assert _ESCAPE.sub("", coloured.out) == _ESCAPE.sub("", plain.out)


def test_markup_in_names_is_shown_as_it_is(on_terminal: OnTerminal, vidctl: Vidctl, film: str) -> None:
    vidctl("project", "update", film, "--name", "[bold]Neon[/bold] :sunglasses:")
    assert "[bold]Neon[/bold] :sunglasses:" in on_terminal("project", "list").out


def test_a_render_is_followed_by_bars_that_go_away(on_terminal: OnTerminal, film: str) -> None:
    run = on_terminal("generate", "video", "chorus/hero", "--server", "animatic")
    shown = _ESCAPE.sub("", run.out)
    assert run.code == 0
    assert "all renders" in shown
    assert "━" in shown
    assert shown.rstrip().endswith("1 of 1 rendered")


def test_quiet_draws_no_bars(on_terminal: OnTerminal, film: str) -> None:
    run = on_terminal("generate", "video", "chorus/hero", "--server", "animatic", "--quiet")
    assert "━" not in run.out
    assert "1 of 1 rendered" in run.out


def test_the_files_of_takes_are_told_whole_below_a_narrow_gallery(
    on_terminal: OnTerminal, vidctl: Vidctl, film: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vidctl("generate", "image", "chorus/hero", "--server", "animatic", "--count", 2)
    takes = vidctl("clip", "gallery", "chorus/hero", "--json").json()["images"]
    monkeypatch.setenv("COLUMNS", "60")
    lines = _ESCAPE.sub("", on_terminal("clip", "gallery", "chorus/hero").out).splitlines()
    assert lines[-2:] == [f"{take['id'][:8]}  {take['file']}" for take in takes]
    assert all(len(line) <= 60 for line in lines[:-2])
    monkeypatch.setenv("COLUMNS", "300")
    *_, last = _ESCAPE.sub("", on_terminal("clip", "gallery", "chorus/hero").out).splitlines()
    assert takes[-1]["id"][:8] in last
    assert last.split()[-1] == takes[-1]["file"]


def test_a_job_stays_one_line_on_a_narrow_terminal(
    on_terminal: OnTerminal, vidctl: Vidctl, film: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vidctl("generate", "image", "chorus/hero", "verse/street", "--server", "animatic", "--no-wait")
    monkeypatch.setenv("COLUMNS", "48")
    _, *jobs = _ESCAPE.sub("", on_terminal("queue", "list").out).splitlines()
    assert len(jobs) == 2
    assert all("…" in job and " image " in job and len(job) <= 48 for job in jobs)


def test_what_is_typed_for_a_row_is_whole_on_a_narrow_terminal(
    on_terminal: OnTerminal, vidctl: Vidctl, film: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vidctl("generate", "image", "chorus/hero", "--server", "animatic", "--count", 2)
    takes = vidctl("take", "list", "chorus/hero", "--json").json()["items"]
    vidctl("take", "tag", *(take["id"] for take in takes), "--add", "a-long-word-to-find-it-by")
    monkeypatch.setenv("COLUMNS", "80")
    _, *rows = _ESCAPE.sub("", on_terminal("take", "list", "chorus/hero").out).splitlines()
    assert [take["id"][:8] in row for take, row in zip(takes, rows, strict=True)] == [True, True]
    clips = _ESCAPE.sub("", on_terminal("clip", "list").out)
    assert "neon-nights/chorus/hero " in clips
    assert all(len(row) <= 80 for row in [*rows, *clips.splitlines()])


def test_a_long_value_is_cut_on_a_terminal_only(on_terminal: OnTerminal, vidctl: Vidctl, film: str) -> None:
    prompt = " ".join(["a very long street"] * 40)
    vidctl("clip", "prompt", "verse/street", "--image", prompt)
    assert prompt in vidctl("clip", "list").out
    shown = _ESCAPE.sub("", on_terminal("clip", "list").out)
    assert "a very" in shown
    assert all(len(line) <= 100 for line in shown.splitlines())


def test_json_on_a_terminal_stays_json(on_terminal: OnTerminal, film: str) -> None:
    assert on_terminal("project", "list", "--json").json()["total"] == 1


@pytest.mark.parametrize(("answer", "code", "left"), [("n\n", 130, 1), ("\n", 130, 1), ("y\n", 0, 0)])
def test_a_delete_asks_and_does_as_it_is_told(vidctl: Vidctl, film: str, answer: str, code: int, left: int) -> None:
    run = _answered("project", "delete", film, answer=answer)
    assert "Delete 1 project with 2 scenes, 3 clips and 0 takes? [y/N]" in run.out
    assert run.code == code
    assert vidctl("project", "list", "--json").json()["total"] == left


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_a_question_that_is_broken_off_deletes_nothing(vidctl: Vidctl, film: str, key: str) -> None:
    run = _answered("project", "delete", film, answer=key)
    assert (run.code, "nothing was deleted" in run.out) == (130, True)
    assert vidctl("project", "list", "--json").json()["total"] == 1


def test_takes_are_drawn_where_every_colour_can_be_shown(
    on_terminal: OnTerminal, vidctl: Vidctl, film: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vidctl("generate", "image", "chorus/hero", "--server", "animatic", "--count", 2)
    compare = ("take", "compare", "--clip", "chorus/hero")
    monkeypatch.delenv("COLORTERM", raising=False)
    listed = on_terminal(*compare)
    assert "▀" not in listed.out
    assert "-o sheet.png" in listed.out
    monkeypatch.setenv("COLORTERM", "truecolor")
    drawn = on_terminal(*compare)
    *pictures, names, _, _ = _ESCAPE.sub("", drawn.out).splitlines()
    assert {line.count("▀") for line in pictures} == {2 * 32}
    assert "\x1b[38;2;" in drawn.out
    assert "seed 0" in names
    assert "▀" not in on_terminal("--no-color", *compare).out


def test_a_diff_is_coloured_on_a_terminal(on_terminal: OnTerminal, vidctl: Vidctl, film: str) -> None:
    vidctl("clip", "prompt", "chorus/hero", "--image", "a dancer")
    assert "a \x1b[31m[-singer-]\x1b[0m\x1b[32m{+dancer+}\x1b[0m" in on_terminal("clip", "diff", "chorus/hero").out


def test_a_viewer_that_stays_open_keeps_nobody_waiting(
    vidctl: Vidctl, film: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = vidctl("generate", "image", "chorus/hero", "--server", "animatic", "--json").result()
    for name in ("xdg-open", "open"):
        (tmp_path / name).write_text(f'#!/bin/sh\necho $$ > "{tmp_path}/viewer"\nexec sleep 100\n')
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":0")
    try:
        run = run_process("take", "open", drawn["jobs"][0]["take_ids"][0])
    finally:
        os.kill(int((tmp_path / "viewer").read_text()), signal.SIGKILL)
    assert run.code == 0
    assert run.out.startswith("opened ")
