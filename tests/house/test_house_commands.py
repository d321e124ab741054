"""Every command explains itself, and its example would run."""

from __future__ import annotations

import re

import pytest
from typer.main import get_command

from tests.house.commands import Command, all_commands, complaint
from vidctl.cli.main import COMMANDS, load_group, root

EACH = pytest.mark.parametrize("command", all_commands(), ids=lambda command: command.name)


def test_the_commands_of_the_first_film_are_all_there() -> None:
    wanted = {
        "project create|list|show|update|delete|use",
        "scene create|list|show|update|delete",
        "clip create|list|show|update|prompt|move|gallery|select|delete|duplicate|split|merge|alternate|promote",
        "clip status|tag|lock|unlock",
        "generate image|video",
        "batch run|status|list",
        "queue add|list|show|status|cancel|retry|delete|clear|work",
        "comfyui add|list|info|check|models|update|remove",
        "media music",
        "export video|json",
        "config show|set|path",
    }
    paths = {f"{group} {verb}" for line in wanted for group, verbs in [line.split()] for verb in verbs.split("|")}
    assert paths | {"demo", "doctor", "help"} <= {command.name for command in all_commands()}


@EACH
def test_a_command_says_what_it_does_in_a_sentence(command: Command) -> None:
    first = (command.inner.help or "").splitlines()[0]
    assert first.endswith((".", ":", "…")), first
    assert first[0].isupper()


@EACH
def test_a_command_shows_an_example_of_itself_that_would_run(command: Command) -> None:
    label, _, example = (command.inner.epilog or "").partition(": ")
    assert label == "Example"
    assert example.startswith(f"vidctl {command.name}")
    assert complaint(example) is None


@EACH
def test_a_command_can_speak_json_and_be_quiet(command: Command) -> None:
    assert {"--json", "--quiet", "-q"} <= command.options


def test_a_project_can_be_named_where_the_current_one_counts_and_nowhere_else() -> None:
    counts = {
        "project dump|apply|archive",
        "project show|update|vars|analyze|timeline|close-gaps|history|undo",
        "project trash list|empty",
        "scene create|list|show|update|delete|vars|analyze|ripple|move|reorder|duplicate|alternate|promote",
        "clip create|list|show|update|prompt|move|gallery|select|delete",
        "clip duplicate|split|merge|alternate|promote|status|tag|lock|unlock|versions|diff|restore",
        "character create|list|show|update|delete|apply|remove|sheet|sample|gallery",
        "character refs add|list|remove",
        "media face",
        "media pool add|list|show|tag|remove|apply",
        "take list|compare|move|copy",
        "template apply|remove",
        "generate image|video",
        "batch run|list",
        "queue add|list|status|clear",
        "export video|json|fcpxml|edl|resolve",
    }
    offering = {command.name for command in all_commands() if {"--project", "-p"} <= command.options}
    assert offering == {
        f"{group} {verb}" for line in counts for group, _, verbs in [line.rpartition(" ")] for verb in verbs.split("|")
    }
    assert not any({"--project", "-p"} & command.options for command in all_commands() if command.name not in offering)


@EACH
def test_every_argument_and_option_is_explained(command: Command) -> None:
    unexplained = [parameter.name for parameter in command.inner.params if not getattr(parameter, "help", "")]
    assert unexplained == []


@EACH
def test_an_argument_is_named_in_capitals(command: Command) -> None:
    names = [str(each.metavar) for each in command.inner.params if each.param_type_name == "argument"]
    assert [name for name in names if not re.fullmatch(r"\[[A-Z]+\]…?|[A-Z]+…?", name)] == []


def test_the_roots_lines_of_help_are_those_of_the_groups() -> None:
    assert {name: line for name, (_, line) in COMMANDS.items()} == {
        name: load_group(name).info.help for name in COMMANDS
    }


def test_no_line_of_the_list_of_commands_is_cut_off(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        get_command(root)(["--help"], prog_name="vidctl")
    _, *lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.endswith("...")] == []


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("vidctl project create X --colour red", "vidctl project create has no option --colour"),
        ("vidctl project paint X", "there is no command project paint"),
        ("vidctl --loud project list", "vidctl has no option --loud"),
        ("vidctl -p neon-nights scene list | head -1", None),
        ("vidctl clip move chorus/hero --at=-1  # back", None),
        ("vidctl project", None),
    ],
)
def test_a_line_that_would_not_run_is_noticed(line: str, wrong: str | None) -> None:
    assert complaint(line) == wrong
