"""vidctl queue"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vidctl.cli.arguments import AfterOption, ClipsArgument, PageSizeOption, YesOption, confirm, read_text, sort_option
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli
from vidctl.cli.render_options import CountOption, FpsOption, FramesOption, KindOption, PromptOption, RenderFlags

if TYPE_CHECKING:
    from vidctl.domain.events import Event
    from vidctl.domain.job import JobStatus
    from vidctl.services.work_orders import Stop

group = make_group("The render queue: add, list, show, cancel, retry, work.")

JobsArgument = Annotated[list[str] | None, typer.Argument(help="Jobs: ids or their beginnings.", metavar="[JOB]…")]
StatusOption = Annotated[
    str | None, typer.Option(help="queued, waiting, running, succeeded, failed or cancelled.", metavar="STATUS")
]
BatchOption = Annotated[str | None, typer.Option(help="All jobs that were queued together.", metavar="BATCH")]


@command(group, "add", "vidctl queue add chorus/hero --kind video --attempts 5", in_project=True)
def add(
    cli: Cli,
    clips: ClipsArgument,
    kind: KindOption,
    flags: RenderFlags,
    prompt: PromptOption = None,
    frames: FramesOption = None,
    fps: FpsOption = None,
    count: CountOption = 1,
    attempts: Annotated[int, typer.Option(min=1, max=100, help="How often a render is begun at most.")] = 3,
) -> Any:
    """Put renders of clips into the queue and leave them to the workers."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.generation_dtos import QueueJobRequestDTO

    options = flags.options(prompt=read_text(prompt), frames=frames, fps=fps)
    request = make_input(
        QueueJobRequestDTO, clips=clips, generation_type=kind, count=count, max_attempts=attempts, **options
    )
    return cli.app.generation.enqueue(request)


@command(group, "list", "vidctl queue list --status failed", in_project=True)
def list_(
    cli: Cli,
    status: StatusOption = None,
    batch: BatchOption = None,
    sort: Annotated[str | None, sort_option("created", "-created")] = None,
    limit: PageSizeOption = 50,
    after: AfterOption = None,
) -> Any:
    """List jobs, newest first."""
    return cli.app.queue.list_jobs(
        status=_status(status), project=cli.project, batch=batch, sort=sort, after=after, limit=limit
    )


@command(group, "show", "vidctl queue show 3f2a91")
def show(
    cli: Cli, job: Annotated[str, typer.Argument(help="Job: its id or the beginning of it.", metavar="JOB")]
) -> Any:
    """Show a job with its recipe and, if it failed, why."""
    return cli.app.queue.get_job(job)


@command(group, "status", "vidctl queue status", in_project=True)
def status(cli: Cli) -> Any:
    """Count jobs by state and server."""
    return cli.app.queue.get_status(cli.project)


@command(group, "cancel", "vidctl queue cancel 3f2a91")
def cancel(
    cli: Cli,
    jobs: JobsArgument = None,
    batch: BatchOption = None,
    all_: Annotated[bool, typer.Option("--all", help="Every open job.")] = False,
) -> Any:
    """Cancel jobs. One that is running is stopped on its server."""
    return cli.app.queue.cancel(jobs or [], batch=batch, everything=all_)


@command(group, "retry", "vidctl queue retry --batch 77c1")
def retry(
    cli: Cli,
    jobs: JobsArgument = None,
    batch: BatchOption = None,
    all_: Annotated[bool, typer.Option("--all", help="Every failed or cancelled job.")] = False,
) -> Any:
    """Queue failed and cancelled jobs again."""
    return cli.app.queue.retry(jobs or [], batch=batch, everything=all_)


@command(group, "delete", "vidctl queue delete 3f2a91")
def delete(
    cli: Cli, jobs: Annotated[list[str], typer.Argument(help="Jobs: ids or their beginnings.", metavar="JOB…")]
) -> Any:
    """Forget jobs that have ended. Their takes stay."""
    return cli.app.queue.delete_jobs(jobs)


@command(group, "clear", "vidctl queue clear --status succeeded --yes", in_project=True)
def clear(cli: Cli, status: StatusOption = None, yes: YesOption = False) -> Any:
    """Forget all jobs that have ended, of every film unless one is named. Their takes stay."""
    confirm(f"Forget {'the ended' if status is None else f'all {status}'} jobs?", yes)
    return cli.app.queue.clear_jobs(_status(status), cli.project)


def _status(text: str | None) -> JobStatus | None:
    from vidctl.domain.job import JobStatus
    from vidctl.errors import InvalidInput

    if text is not None and text not in set(JobStatus):
        raise InvalidInput(f"{text!r} is no status", fix=f"use {', '.join(JobStatus)}")
    return JobStatus(text) if text else None


@command(group, "work", "vidctl queue work --until-empty")
def work(
    cli: Cli,
    until_empty: Annotated[bool, typer.Option("--until-empty", help="End when nothing is left to do.")] = False,
    server: Annotated[list[str] | None, typer.Option(help="Only on this server; may be repeated.")] = None,
    max_jobs: Annotated[int | None, typer.Option(min=1, help="End after this many jobs.")] = None,
    no_animatic: Annotated[bool, typer.Option("--no-animatic", help="Draw no title cards.")] = False,
) -> Any:
    """Run jobs until stopped. Any number of workers may share a queue.

    Ctrl-C once: finish what runs, begin nothing new. Twice: give it back to the queue; the next worker takes it up.
    """
    from vidctl.services.work_orders import Stop

    stop = Stop()
    events = cli.app.queue.work(
        until_empty=until_empty, servers=server or [], max_jobs=max_jobs, animatic=not no_animatic, stop=stop
    )
    return _stoppable(events, stop, "" if until_empty else _waiting(cli, server or [], no_animatic))


def _waiting(cli: Cli, named: list[str], no_animatic: bool) -> str:
    """What a worker that waits for jobs says of itself, as nothing else may happen for long."""
    comfyui = cli.app.comfyui
    servers = [comfyui.get_server(text) for text in named] or [s for s in comfyui.list_servers().items if s.is_active]
    places = [server.slug for server in servers] + ["animatic"] * (not no_animatic)
    return f"waiting for jobs on {', '.join(places) or 'no server'} (Ctrl-C ends it)"


def _stoppable(events: Iterator[Event], stop: Stop, greeting: str) -> Iterator[Event]:
    from vidctl.domain.events import Notice
    from vidctl.errors import Interrupted

    with _asking(stop):
        if greeting:
            yield Notice(greeting)
        yield from events
    if stop.drain.is_set():
        raise Interrupted("the worker was stopped", fix="vidctl queue work goes on")


@contextmanager
def _asking(stop: Stop) -> Iterator[None]:
    """While this runs, the first Ctrl-C (or SIGTERM) drains, the second gives back, the third ends at once."""

    def ask(signum: int, frame: Any) -> None:
        if stop.now.is_set():
            raise KeyboardInterrupt
        (stop.now if stop.drain.is_set() else stop.drain).set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
