"""vidctl scene analyze|ripple, vidctl project analyze|timeline|close-gaps"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from vidctl.cli.arguments import ProjectArgument, SceneArgument
from vidctl.cli.command import command
from vidctl.cli.context import Cli
from vidctl.errors import Conflict

if TYPE_CHECKING:
    from vidctl.dtos.timeline_dtos import TimelineAnalysisDTO

StrictOption = Annotated[
    bool, typer.Option("--strict", help="End with exit code 4 if clips overlap or go on after the song.")
]


def add_to_scenes(group: typer.Typer) -> None:
    """The verbs of vidctl scene."""
    command(group, "analyze", "vidctl scene analyze chorus", in_project=True)(_analyze_scene)
    command(group, "ripple", "vidctl scene ripple chorus --at 12.5 --by 2", in_project=True)(_ripple)


def add_to_projects(group: typer.Typer) -> None:
    """The verbs of vidctl project."""
    command(group, "analyze", "vidctl project analyze neon-nights --strict", in_project=True)(_analyze_project)
    command(group, "timeline", "vidctl project timeline --gantt", in_project=True)(_timeline)
    command(group, "close-gaps", "vidctl project close-gaps --scene chorus --dry-run", in_project=True)(_close_gaps)


def _analyze_scene(cli: Cli, scene: SceneArgument, strict: StrictOption = False) -> None:
    """Find overlaps, gaps and clips beyond the song's end in a scene.

    With free places for what overlaps. Gaps are told but are no issue: black may be meant.
    """
    _show(cli, cli.app.timeline.scene_analysis(scene), strict)


def _analyze_project(cli: Cli, name: ProjectArgument = None, strict: StrictOption = False) -> None:
    """Find overlaps, gaps and clips beyond the song's end in a film.

    Gaps are looked for from the film's beginning to the song's end; they are told but are no issue: black may be meant.
    With free places for what overlaps.
    """
    _show(cli, cli.app.timeline.project_analysis(name or cli.project), strict)


def _show(cli: Cli, found: TimelineAnalysisDTO, strict: bool) -> None:
    cli.screen.show(found)
    if strict and found.has_issues:
        first = found.issues[0].text
        raise Conflict(f"{found.path} is not as it should be", cause=first, fix="the lines above say what to do")


def _timeline(
    cli: Cli,
    name: ProjectArgument = None,
    gantt: Annotated[bool, typer.Option("--gantt", help="Draw bars over time.")] = False,
) -> Any:
    """Show where everything lies on the film's clock."""
    from vidctl.cli.output.views.timeline import GanttShown

    found = cli.app.timeline.project_timeline(name or cli.project)
    return GanttShown(found) if gantt else found


def _ripple(
    cli: Cli,
    scene: SceneArgument,
    at: Annotated[str, typer.Option("--at", help="Where in the scene: 12.5, 300f, 00:00:12:12.")],
    by: Annotated[str, typer.Option("--by", help="How much time: 2, 48f, 00:00:02:00.")],
) -> Any:
    """Put empty time into a scene: what starts there or later moves back."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.timeline_dtos import RippleInsertDTO

    return cli.app.timeline_edits.ripple_insert(scene, make_input(RippleInsertDTO, at=at, by=by))


def _close_gaps(
    cli: Cli,
    name: ProjectArgument = None,
    scene: Annotated[str | None, typer.Option("--scene", "-s", help="In this scene only.", metavar="SCENE")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would move, and move nothing.")] = False,
) -> Any:
    """Take out all time of scenes in which nothing is shown.

    What follows moves up, in its order; clips that overlap move together; scenes with a fixed start stay there.
    """
    return cli.app.timeline_edits.close_gaps(name or cli.project, scene, dry_run=dry_run)
