"""Finding and running ffmpeg. Faults that a real one can't be made to show come from a script that speaks like one."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.data import media
from vidctl.errors import DiskFull, ExportFailed, MissingTool
from vidctl.gateways.ffmpeg import Ffmpeg, find_ffmpeg

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins for ffmpeg are POSIX scripts")

BANNER = """\
ffmpeg version {version} Copyright (c) 2000-2026 the FFmpeg developers
configuration: --enable-gpl {encoder}
libavutil      {library}
"""

Script = Callable[..., Path]


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Makes a program that introduces itself as some ffmpeg and then runs `body` with its process id in `pid`."""

    def write(
        body: str = "",
        *,
        version: str = "5.1.9-0+deb12u1",
        library: str = "57. 28.100 / 57. 28.100",
        encoder: str = "--enable-libx264",
        name: str = "ffmpeg",
    ) -> Path:
        banner = BANNER.format(version=version, library=library, encoder=encoder)
        lines = (
            f"#!{sys.executable}",
            "import os, pathlib, signal, sys, time",
            f'if "-version" in sys.argv: sys.exit(print("""{banner}"""))',
            f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))",
            textwrap.dedent(body),
        )
        path = tmp_path / name
        path.write_text("\n".join(lines))
        path.chmod(0o755)
        return path

    return write


def is_alive(tmp_path: Path) -> bool:
    """Whether the script's process is there; a zombie, too, is there."""
    try:
        os.kill(int((tmp_path / "pid").read_text()), 0)
    except ProcessLookupError:
        return False
    return True


ENDLESS = """
    frame = 0
    while True:
        frame += 1
        print(f"frame={frame}\\nprogress=continue", flush=True)
        time.sleep(0.01)
"""


# Which ffmpeg


def test_an_ffmpeg_that_pip_installed_is_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_ffmpeg(None).path == media.ffmpeg_path()


def test_a_fit_ffmpeg_on_the_path_goes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: Script) -> None:
    path = script()
    monkeypatch.setenv("PATH", str(tmp_path))
    found = find_ffmpeg(None)
    assert (found.path, found.version) == (str(path), "5.1.9-0+deb12u1")


@pytest.mark.parametrize(
    "unfit", [{"version": "4.4.2", "library": "56. 70.100 / 56. 70.100"}, {"encoder": "--disable-libx264"}]
)
def test_an_unfit_ffmpeg_on_the_path_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: Script, unfit: dict[str, str]
) -> None:
    script(**unfit)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_ffmpeg(None).path == media.ffmpeg_path()


def test_the_ffmpeg_of_the_settings_goes_before_the_path(script: Script) -> None:
    path = script(name="my-ffmpeg", version="N-117000-g8a2")
    assert find_ffmpeg(str(path)).version == "N-117000-g8a2"


@pytest.mark.parametrize("setting", ["/nowhere/ffmpeg", "no-such-ffmpeg", sys.executable])
def test_a_setting_that_is_no_ffmpeg_is_an_error(setting: str) -> None:
    with pytest.raises(MissingTool, match="cannot use"):
        find_ffmpeg(setting)


def test_a_setting_too_old_is_an_error_that_names_the_version(script: Script) -> None:
    path = script(version="4.4.2", library="56. 70.100 / 56. 70.100")
    with pytest.raises(MissingTool, match=r"version 4\.4\.2; vidctl needs 5\.1"):
        find_ffmpeg(str(path))


# Running it


def test_progress_counts_to_the_last_frame(tmp_path: Path) -> None:
    source = media.video(tmp_path / "a.mp4", frames=20)
    done = list(Ffmpeg(media.ffmpeg_path()).run(["-i", str(source), str(tmp_path / "b.mkv")], total_frames=20))
    assert done == sorted(done)
    assert done[-1] == 20
    assert (tmp_path / "b.mkv").stat().st_size


def test_progress_never_passes_the_total(script: Script) -> None:
    path = script('print("frame=7\\nframe=12\\nprogress=end")')
    assert list(Ffmpeg(str(path)).run([], total_frames=10)) == [7, 10]


def test_a_failure_tells_what_ffmpeg_said(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a film")
    with pytest.raises(ExportFailed) as failure:
        list(Ffmpeg(media.ffmpeg_path()).run(["-i", str(tmp_path / "text.mp4"), "out.mp4"], total_frames=1))
    assert "Invalid data found when processing input" in failure.value.cause


def test_a_silent_failure_tells_the_exit_code(script: Script) -> None:
    with pytest.raises(ExportFailed, match="code 3"):
        list(Ffmpeg(str(script("sys.exit(3)"))).run([], total_frames=1))


def test_a_damaged_source_is_a_failure_although_ffmpeg_would_go_on(tmp_path: Path) -> None:
    song = media.damage(media.song(tmp_path / "song.flac"))
    with pytest.raises(ExportFailed):
        list(Ffmpeg(media.ffmpeg_path()).run(["-i", str(song), str(tmp_path / "b.wav")], total_frames=0))


@pytest.mark.parametrize(
    "said", ["av_interleaved_write_frame(): No space left on device", "Error: Disk quota exceeded"]
)
def test_a_full_disk_is_called_that(script: Script, said: str) -> None:
    path = script(f"print({said!r}, file=sys.stderr); sys.exit(228)")
    with pytest.raises(DiskFull) as failure:
        list(Ffmpeg(str(path)).run([], total_frames=1))
    assert failure.value.cause == said


def test_a_cause_is_a_sentence_without_addresses(script: Script) -> None:
    said = "[vost#0:0/libx264 @ 0x5613b1c23a00] [enc:libx264 @ 000001e8c0] Error [12] while @ work"
    path = script(f"print({said!r}, file=sys.stderr); sys.exit(1)")
    with pytest.raises(ExportFailed) as failure:
        list(Ffmpeg(str(path)).run([], total_frames=1))
    assert failure.value.cause == "Error [12] while @ work"


def test_a_full_disk_is_told_by_the_line_that_says_so(script: Script) -> None:
    lines = ("[mp4 @ 0x55] Error writing trailer: No space left on device", "[out#0/mp4 @ 0x56] Error closing file")
    path = script(f"print({chr(10).join(lines)!r}, file=sys.stderr); sys.exit(228)")
    with pytest.raises(DiskFull) as failure:
        list(Ffmpeg(str(path)).run([], total_frames=1))
    assert failure.value.cause == "Error writing trailer: No space left on device"


def test_a_talkative_ffmpeg_does_not_block(script: Script) -> None:
    path = script('for _ in range(20000): print("warning " * 10, file=sys.stderr)\nprint("frame=1")')
    assert list(Ffmpeg(str(path)).run([], total_frames=1)) == [1]


def test_closing_the_generator_ends_ffmpeg(tmp_path: Path, script: Script) -> None:
    run = Ffmpeg(str(script(ENDLESS))).run([], total_frames=10**6)
    assert next(run) == 1
    run.close()
    assert not is_alive(tmp_path)


def test_an_interrupt_while_ffmpeg_runs_ends_it(tmp_path: Path, script: Script) -> None:
    run = Ffmpeg(str(script(ENDLESS))).run([], total_frames=10**6)
    next(run)
    with pytest.raises(KeyboardInterrupt):
        run.throw(KeyboardInterrupt)
    assert not is_alive(tmp_path)


def test_an_ffmpeg_deaf_to_the_request_to_end_is_killed(
    tmp_path: Path, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vidctl.gateways.ffmpeg._PATIENCE", 0.1)
    deaf = """
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("frame=1", flush=True)
        time.sleep(60)
    """
    run = Ffmpeg(str(script(deaf))).run([], total_frames=2)
    next(run)
    run.close()
    assert not is_alive(tmp_path)


def test_a_finished_ffmpeg_leaves_no_zombie(tmp_path: Path, script: Script) -> None:
    list(Ffmpeg(str(script('print("frame=1")'))).run([], total_frames=1))
    assert not is_alive(tmp_path)


def test_an_ffmpeg_gone_since_it_was_found_is_a_missing_tool(script: Script) -> None:
    path = script()
    found = Ffmpeg(str(path))
    path.unlink()
    with pytest.raises(MissingTool):
        list(found.run([], total_frames=1))


def test_ctrl_c_at_the_terminal_reaches_vidctl_alone(tmp_path: Path, script: Script) -> None:
    """ffmpeg stands in a process group of its own: it ends when vidctl ends it, not before."""
    run = Ffmpeg(str(script(ENDLESS))).run([], total_frames=10**6)
    next(run)
    assert os.getpgid(int((tmp_path / "pid").read_text())) != os.getpgid(0)
    run.close()
