"""Running ffmpeg: which one, how strictly, how its progress is read, and how it ends when we do."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import deque
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import NoReturn

import imageio_ffmpeg

from vidctl.errors import DiskFull, ExportFailed, MissingTool

# tpad, setparams and progress behave as the exporters need them from 5.1 on, which carries libavutil 57.28.
_OLDEST = "5.1"
_OLDEST_LIBAVUTIL = (57, 28)

# "-xerror" because ffmpeg ends with 0 after a damaged input otherwise.
_ALWAYS = ("-hide_banner", "-nostdin", "-xerror", "-loglevel", "error", "-nostats", "-progress", "pipe:1")
_REPORT_SECONDS = "0.2"
_PATIENCE = 5.0  # seconds between asking ffmpeg to end and killing it

_REPORT = re.compile(r"^[a-z0-9_]+=\s*\S*$")
# Which part of ffmpeg speaks, and where that lies in memory: "[out#0/mp4 @ 0x5613b1c23a00] ".
_SPEAKER = re.compile(r"\[[^\[\]]* @ (?:0x)?[0-9A-Fa-f]+\]\s*")
_NO_SPACE = ("no space left on device", "disk quota exceeded", "not enough space on the disk")


class Ffmpeg:
    """An ffmpeg program that was found to work. `version` names it as it names itself."""

    def __init__(self, path: str) -> None:
        """Raises MissingTool if `path` does not start, is older than 5.1, or can't encode H.264."""
        self.path = path
        banner = _banner(path)
        self.version = banner.split(maxsplit=3)[2] if banner.startswith("ffmpeg version ") else ""
        self._check(banner)

    def _check(self, banner: str) -> None:
        library = re.search(r"libavutil\s+(\d+)\.\s*(\d+)", banner)
        if not self.version or library is None:
            raise _unusable(self.path, "it does not introduce itself as ffmpeg")
        if (int(library[1]), int(library[2])) < _OLDEST_LIBAVUTIL:
            raise _unusable(self.path, f"it is version {self.version}; vidctl needs {_OLDEST} or newer")
        if "--enable-libx264" not in banner:
            raise _unusable(self.path, "it was built without the H.264 encoder libx264")

    def run(self, arguments: Sequence[str], *, total_frames: int) -> Generator[int, None, None]:
        """Run ffmpeg and yield how many video frames it has written so far, never more than `total_frames`.

        Closing the generator, or an exception in it, ends ffmpeg before control returns. Raises DiskFull, or
        ExportFailed with the last lines that ffmpeg said.
        """
        said: deque[str] = deque(maxlen=8)
        process = self._start(arguments)
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("frame="):
                    yield min(int(line.removeprefix("frame=")), total_frames)
                elif line.strip() and not _REPORT.match(line):
                    said.append(_SPEAKER.sub("", line).strip())
            process.wait()
        finally:
            _end(process)
        if process.returncode != 0:
            _fail(process.returncode, list(said))

    def _start(self, arguments: Sequence[str]) -> subprocess.Popen[str]:
        command = [self.path, *_ALWAYS, "-stats_period", _REPORT_SECONDS, *arguments]
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,  # one pipe, so that neither can fill up unread
                text=True,
                encoding="utf-8",
                errors="replace",
                process_group=0,  # Ctrl-C reaches us alone; we then end ffmpeg
            )
        except OSError as error:
            raise _unusable(self.path, error.strerror or str(error)) from error


def find_ffmpeg(setting: str | None) -> Ffmpeg:
    """The ffmpeg to use: the one that the settings name, else PATH's if it is fit, else imageio-ffmpeg's.

    Raises MissingTool. An ffmpeg that was named but does not work is an error, not a reason to take another.
    """
    if setting:
        return Ffmpeg(shutil.which(str(Path(setting).expanduser())) or setting)
    installed = shutil.which("ffmpeg")
    if installed:
        try:
            return Ffmpeg(installed)
        except MissingTool:
            return _bundled()  # PATH's ffmpeg is a system's choice, not the user's word
    return _bundled()


def _bundled() -> Ffmpeg:
    try:
        return Ffmpeg(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise MissingTool(
            "there is no ffmpeg",
            cause=str(error),
            fix=f"install ffmpeg {_OLDEST} or newer, or name one with `vidctl config set ffmpeg PATH`",
        ) from error


def _banner(path: str) -> str:
    try:
        asked = subprocess.run(
            [path, "-version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _unusable(path, str(error)) from error
    return asked.stdout.decode("utf-8", "replace")


def _unusable(path: str, cause: str) -> MissingTool:
    return MissingTool(
        f"cannot use {path} as ffmpeg",
        cause=cause,
        fix=f"install ffmpeg {_OLDEST} or newer, or name another with `vidctl config set ffmpeg PATH`",
    )


def _end(process: subprocess.Popen[str]) -> None:
    """Leave neither a running ffmpeg nor a zombie behind."""
    with process:  # closes the pipe and waits
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def _fail(code: int, said: list[str]) -> NoReturn:
    words = "\n".join(said)
    full = [line for line in said if any(phrase in line.lower() for phrase in _NO_SPACE)]
    if full:
        raise DiskFull("the disk is full", cause=full[-1], fix="free some space and run the command again")
    raise ExportFailed("ffmpeg failed", cause=words or f"it ended with code {code} and said nothing", exit_code=code)
