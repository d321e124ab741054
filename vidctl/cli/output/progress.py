"""How long work is shown while it runs: bars on a terminal, a line now and then elsewhere. Always on standard error."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from vidctl.domain.events import (
    Event,
    JobCancelled,
    JobFailed,
    JobFinished,
    JobProgress,
    JobQueued,
    JobReleased,
    JobRetrying,
    JobStarted,
    Notice,
    Progress,
)

if TYPE_CHECKING:
    from rich.progress import TaskID

_LINE_EVERY = 10.0  # seconds between two lines of the same task where there is no terminal


class ProgressDrawer(Protocol):
    """Shows events."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def tell(self, event: Event) -> None:
        """Show one event."""

    def finish(self) -> None:
        """Clear what is only for the time being."""


def open_progress(*, quiet: bool, colour: bool) -> ProgressDrawer:
    """Bars where a person looks on, lines otherwise, nothing but warnings if quiet."""
    if not quiet and sys.stderr.isatty():
        return BarProgress(colour)
    return LineProgress(quiet)


def sentence(event: Event) -> str:
    """An event in words; "" for those that are only bars."""
    match event:
        case Notice():
            return f"warning: {event.text}" if event.level == "warning" else event.text
        case JobStarted() if event.adopted:
            return f"{event.label}: taken up again on {event.server}"
        case JobStarted():
            attempt = f", attempt {event.attempt}" if event.attempt > 1 else ""
            return f"{event.label}: started on {event.server}{attempt}"
        case JobFinished():
            return f"{event.label}: done in {event.seconds:.1f} s"
        case JobRetrying():
            return f"{event.label}: failed, trying again in {event.delay:.0f} s ({event.problem})"
        case JobFailed():
            cause = f": {event.error['cause']}" if event.error.get("cause") else ""
            return f"{event.label}: failed: {event.error['problem']}{cause}"
        case JobReleased():
            return f"{event.label}: given back to the queue"
        case JobCancelled():
            return f"{event.label}: cancelled"
    return ""


class LineProgress:
    """A line for each thing that happens, and for long tasks one every ten seconds."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._last: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def tell(self, event: Event) -> None:
        """Write its line, if it is time for one."""
        if isinstance(event, JobProgress):
            self._now_and_then(event.label, f"{event.label}: {event.fraction:.0%} {event.node}".rstrip())
        elif isinstance(event, Progress):
            self._now_and_then(event.task, f"{event.task}: {event.done:.0f} of {event.total:.0f} {event.unit}s")
        elif text := sentence(event):
            is_warning = isinstance(event, JobFailed) or (isinstance(event, Notice) and event.level == "warning")
            self._write(text, always=is_warning)

    def finish(self) -> None:
        """Lines stay."""

    def _now_and_then(self, task: str, text: str) -> None:
        now = time.monotonic()
        if now - self._last.setdefault(task, now) >= _LINE_EVERY:
            self._last[task] = now
            self._write(text)

    def _write(self, text: str, always: bool = False) -> None:
        if always or not self._quiet:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()


class BarProgress:
    """A bar over all jobs, one for each that runs, and one for each other task."""

    def __init__(self, colour: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress
        from rich.table import Column

        self._console = Console(stderr=True, no_color=not colour, highlight=False)
        # the name keeps its place: without a ratio of its own a narrow terminal would squeeze it to nothing
        self._bars = RichProgress(
            TextColumn("{task.description}", markup=False, table_column=Column(ratio=2, no_wrap=True)),
            BarColumn(bar_width=None, table_column=Column(ratio=2)),
            TextColumn("{task.percentage:>3.0f}%"),
            TextColumn("{task.fields[detail]}", markup=False, table_column=Column(ratio=1, no_wrap=True)),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            expand=True,
        )
        self._tasks: dict[str, TaskID] = {}
        self._all: TaskID | None = None
        self._queued = 0

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def tell(self, event: Event) -> None:
        """Move the bars; say above them what has happened."""
        match event:
            case JobQueued():
                self._count_queued()
            case JobStarted():
                self._bar(event.job_id, event.label, 1.0, event.server)
            case JobProgress():
                detail = f"{event.step}/{event.steps} {event.node}" if event.steps else event.node
                self._move(event.job_id, event.label, event.fraction, 1.0, detail)
            case JobFinished() | JobFailed() | JobCancelled():
                self._remove(event.job_id)
                if self._all is not None:
                    self._bars.advance(self._all)
            case JobRetrying() | JobReleased():
                self._remove(event.job_id)
            case Progress():
                self._move(event.task, event.task, event.done, event.total, f"{event.done:.0f}/{event.total:.0f}")
        is_shown_by_bar = isinstance(event, JobStarted) and not event.adopted and event.attempt == 1
        if not is_shown_by_bar and (text := sentence(event)):
            self._console.print(text, markup=False)

    def finish(self) -> None:
        """Take the bars away."""
        self._bars.stop()

    def _count_queued(self) -> None:
        self._queued += 1
        if self._all is None:
            self._all = self._bars.add_task("all renders", total=1, detail="")
        self._bars.update(self._all, total=self._queued)

    def _bar(self, key: str, label: str, total: float, detail: str) -> TaskID:
        if key not in self._tasks:
            self._tasks[key] = self._bars.add_task(label, total=total, detail=detail)
        return self._tasks[key]

    def _move(self, key: str, label: str, done: float, total: float, detail: str) -> None:
        self._bars.update(self._bar(key, label, total, detail), completed=done, total=total, detail=detail)

    def _remove(self, key: str) -> None:
        task = self._tasks.pop(key, None)
        if task is not None:
            self._bars.remove_task(task)
