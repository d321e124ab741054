"""A person at work: a home folder with a film in it, and the real vidctl run there, each call a process of its own."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vidctl.app import App
from vidctl.dtos.clip_dtos import ClipCreateDTO, ClipGalleryResponseDTO
from vidctl.dtos.comfyui_dtos import ComfyUIServerCreateDTO
from vidctl.dtos.project_dtos import ProjectCreateDTO
from vidctl.dtos.queue_dtos import QueueJobStatusDTO
from vidctl.dtos.scene_dtos import SceneCreateDTO
from vidctl.settings import load_settings

REPOSITORY = Path(__file__).resolve().parents[2]
COMMAND_TIMEOUT = 80.0  # seconds; a hung command fails its test
WAIT_TIMEOUT = 40.0  # seconds
POLL_INTERVAL = 0.05  # seconds

#: The smallest render, and one that lasts until somebody ends it (a minute at least, even on an idle machine).
QUICK = ("--size", "64x64", "--steps", "1")
ENDLESS = ("--size", "512x512", "--steps", "200")


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for something that will happen soon. Raises AssertionError that names it if it does not."""
    deadline = time.monotonic() + WAIT_TIMEOUT
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen: {what}")
        time.sleep(POLL_INTERVAL)


@dataclass(frozen=True)
class Done:
    """A command that has ended. None may ever show a traceback."""

    code: int
    out: str
    err: str

    def __post_init__(self) -> None:
        assert "Traceback" not in self.out + self.err, self.err

    @property
    def document(self) -> Any:
        """What --json printed: the one document, or of a stream its last event's result or error."""
        try:
            return json.loads(self.out)
        except json.JSONDecodeError:
            last = json.loads(self.out.splitlines()[-1])
            return last.get("result", last)


class Running:
    """A command that runs. Its output goes to files, so that it never waits for a reader."""

    def __init__(self, command: Sequence[str | Path], environ: dict[str, str], folder: Path, name: str) -> None:
        self._out, self._err = folder / f"{name}.out", folder / f"{name}.err"
        with self._out.open("w") as out, self._err.open("w") as err:
            self.process = subprocess.Popen(
                command, env=environ, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err
            )

    def said(self) -> str:
        """What it has told people so far."""
        return self._err.read_text()

    def await_words(self, words: str) -> None:
        """Wait until it tells people something."""
        try:
            until(lambda: words in self.said() or self.process.poll() is not None, f"{words!r} is said")
        finally:
            assert words in self.said(), f"it only said:\n{self.said()}"

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        """End it as kill -9 does."""
        self.send(signal.SIGKILL)
        self.end(-signal.SIGKILL)

    def end(self, code: int | None = 0) -> Done:
        """Wait for its end. Raises AssertionError if it ends with another code; any will do for None."""
        try:
            self.process.wait(COMMAND_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.close()
            raise AssertionError(f"the command hung; it said:\n{self.said()}") from None
        done = Done(self.process.returncode, self._out.read_text(), self.said())
        assert code in (None, done.code), f"ended with {done.code} instead of {code}:\n{done.out}\n{done.err}"
        return done

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


class Studio:
    """`variables` are further environment variables for all that is run here. Leave it by `close`."""

    def __init__(self, folder: Path, url: str, **variables: str) -> None:
        self.folder, self.url = folder, url
        self.home, self.assets = folder / "home", folder / "home" / "assets"
        self.home.mkdir()
        self._started: list[Running] = []
        self.environ = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(REPOSITORY),
            "HOME": str(self.home),
            "VIDCTL_CONFIG": str(self.home / "config.toml"),
            "VIDCTL_STORE": f"sqlite:///{self.home}/vidctl.db",
            "VIDCTL_ASSETS": str(self.assets),
            "VIDCTL_CACHE": str(self.home / "cache"),
            "VIDCTL_PROJECT": "film",
            **variables,
        }

    def vidctl(self, *arguments: object, code: int | None = 0, **variables: str) -> Done:
        """Run a command to its end. Raises AssertionError if it does not end with `code`."""
        return self.start(*arguments, **variables).end(code)

    def ask(self, *arguments: object, code: int | None = 0, **variables: str) -> Any:
        """What a command prints with --json."""
        return self.vidctl(*arguments, "--json", code=code, **variables).document

    def start(self, *arguments: object, **variables: str) -> Running:
        return self.start_python("-m", "vidctl", *arguments, **variables)

    def start_python(self, *arguments: object, **variables: str) -> Running:
        """Run Python as `start` runs vidctl."""
        return self.start_program(sys.executable, *arguments, **variables)

    def start_program(self, *command: object, **variables: str) -> Running:
        name = f"{len(self._started)}"
        self._started.append(Running(list(map(str, command)), self.environ | variables, self.folder, name))
        return self._started[-1]

    def freeze(self, running: Running) -> None:
        """Stop a process as a suspended machine would, while it does not hold the store's lock: SQLite lets nobody
        write while one holds it."""
        while True:
            running.send(signal.SIGSTOP)
            os.waitpid(running.process.pid, os.WUNTRACED)
            if self._store_is_free():
                return
            running.send(signal.SIGCONT)
            time.sleep(POLL_INTERVAL)

    def _store_is_free(self) -> bool:
        with closing(sqlite3.connect(self.home / "vidctl.db", timeout=0, isolation_level=None)) as store:
            try:
                store.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            store.execute("ROLLBACK")
            return True

    def close(self) -> None:
        for running in self._started:
            running.close()

    @contextmanager
    def app(self) -> Iterator[App]:
        """The library on the same film."""
        with App(load_settings(start=self.folder, environ=self.environ)) as app:
            yield app

    def plan(self, *clips: str, slots: int = 1) -> None:
        """A film with these clips in scene `one`, and the server registered as `box`."""
        with self.app() as app:
            app.projects.create_project(ProjectCreateDTO(name="Film", width=64, height=64, fps="24"))
            app.scenes.create_scene("film", SceneCreateDTO(name="One"))
            for name in clips:
                prompts = {"image_prompt": f"clip {name}", "video_prompt": f"clip {name} moves"}
                app.clips.create_clip("film/one", ClipCreateDTO(name=name, length="0.5", **prompts))
            app.comfyui.add_server(ComfyUIServerCreateDTO(name="box", url=self.url, slots=slots))

    def queue_image(self, clip: str, *options: str) -> str:
        """Queue a render of a clip; the job's id."""
        answer = self.ask("generate", "image", f"one/{clip}", *(options or QUICK), "--no-wait")
        return str(answer["jobs"][0]["id"])

    # what has come of it is asked through the library, which is quicker than another process

    def job(self, job_id: str) -> QueueJobStatusDTO:
        with self.app() as app:
            return app.queue.get_job(job_id)

    def jobs(self) -> list[QueueJobStatusDTO]:
        """All jobs, the first queued first."""
        with self.app() as app:
            return app.queue.list_jobs(status=None, project=None, batch=None, limit=1_000).items[::-1]

    def gallery(self, clip: str) -> ClipGalleryResponseDTO:
        """The takes of a clip, by its path or id."""
        with self.app() as app:
            return app.gallery.gallery(clip)

    def stored_files(self) -> set[str]:
        """Everything in the assets folder, sidecars and unfinished files too."""
        return {path.relative_to(self.assets).as_posix() for path in self.assets.rglob("*") if path.is_file()}
