"""Arguments and options that several commands share, and how their texts are read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vidctl.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ClipArgument = Annotated[
    str, typer.Argument(help="Clip: scene/clip, project/scene/clip, an id, or a selector.", metavar="CLIP")
]
ClipsArgument = Annotated[
    list[str],
    typer.Argument(
        help="Clips: scene/clip, ids, selectors such as 'scene:chorus status:draft', or - for lines of stdin.",
        metavar="CLIP…",
    ),
]
WhereOption = Annotated[
    str | None, typer.Option("--where", "-w", help="Only those that fit: 'status:draft tag:hero -has:image'.")
]
AfterOption = Annotated[str | None, typer.Option("--after", help="Begin behind this one: the last of the page before.")]
TagOption = Annotated[list[str] | None, typer.Option("--tag", help="A tag to find it by; may be given again.")]
NotesOption = Annotated[str | None, typer.Option("--notes", help="What to remember; @FILE reads a file.")]
SceneArgument = Annotated[str, typer.Argument(help="Scene: scene, project/scene, or an id.", metavar="SCENE")]
ProjectArgument = Annotated[
    str | None, typer.Argument(help="Project: its slug or id (default: the current one).", metavar="[PROJECT]")
]
ServerArgument = Annotated[str, typer.Argument(help="Server: its name or id.", metavar="SERVER")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
TextOption = Annotated[str | None, typer.Option("--text", help="Only those that hold this in their names or words.")]
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, max=10_000, help="How many to show.")]
PageSizeOption = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many to show.")]
SettingsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="Render setting, such as video.steps=20; an empty value removes it.", metavar="KIND.NAME=VALUE"
    ),
]


def sort_option(fields: str, default: str) -> Any:
    """The option by which a list is sorted, for its annotation."""
    example = default.removeprefix("-")
    text = f"By {fields}; -{example} is {example} the other way round (default: {default})."
    return typer.Option("--sort", help=text, metavar="FIELD")


def with_lines_of_stdin(texts: Sequence[str]) -> list[str]:
    """What is named, with the lines of standard input in place of "-". Raises InvalidInput if there are none."""
    if "-" not in texts:
        return list(texts)
    at = list(texts).index("-")
    empty = "pipe names to it, one a line"
    lines = [line.strip() for line in _read(sys.stdin.read, "standard input", empty).splitlines()]
    return [*texts[:at], *filter(None, lines), *(text for text in texts[at + 1 :] if text != "-")]


def given(**values: Any) -> dict[str, Any]:
    """The options that were given: those that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def confirm(question: str, yes: bool) -> None:
    """Ask before something is lost. Raises InvalidInput where nobody can be asked, Interrupted for a no."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise InvalidInput("this deletes things and nobody can be asked", cause=question, fix="add --yes")
    try:
        agreed = typer.confirm(question, err=True)
    except (typer.Abort, KeyboardInterrupt):  # Ctrl-C or the end of the input in place of an answer
        sys.stderr.write("\n")
        agreed = False
    if not agreed:
        from vidctl.errors import Interrupted

        raise Interrupted("nothing was deleted")


def parse_size(text: str | None) -> tuple[int, int] | None:
    """Width and height from "1280x720". Raises InvalidInput."""
    if text is None:
        return None
    width, _, height = text.lower().replace("×", "x").partition("x")
    if not (width.isascii() and width.isdecimal() and height.isascii() and height.isdecimal()):
        raise InvalidInput(f"{text!r} is not a size", fix="write it as 1280x720")
    return int(width), int(height)


def parse_value(text: str) -> Any:
    """A setting's value: true, false, a whole number, a number, else text. Quotes keep a number text."""
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1]
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def parse_pairs(texts: Sequence[str] | None) -> dict[str, Any]:
    """{"steps": 20} from ["steps=20"]; an empty value becomes None. Raises InvalidInput."""
    found: dict[str, Any] = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise InvalidInput(f"{text!r} is not a setting", fix="write it as NAME=VALUE, such as steps=20")
        found[name.strip()] = parse_value(value) if value else None
    return found


def parse_kind_settings(texts: Sequence[str] | None) -> dict[str, dict[str, Any]]:
    """{"video_settings": {"steps": 20}} from ["video.steps=20"]. Raises InvalidInput."""
    found: dict[str, dict[str, Any]] = {}
    for name, value in parse_pairs(texts).items():
        kind, dot, setting = name.partition(".")
        if kind not in ("image", "video") or not dot or not setting:
            raise InvalidInput(
                f"{name!r} is not a render setting", fix="begin it with image. or video., as video.steps=20"
            )
        found.setdefault(f"{kind}_settings", {})[setting] = _lora_list(value) if setting == "loras" else value
    return found


def _lora_list(value: Any) -> Any:
    """The LoRAs of "a.safetensors:0.8,b.safetensors"; none at all, not even those of a preset, for "none"."""
    if not isinstance(value, str):
        return value
    return [] if value == "none" else parse_loras(value.split(","))


def parse_loras(texts: Sequence[str] | None) -> list[dict[str, Any]]:
    """[{"name": …, "weight": …}] from ["style.safetensors:0.8"]; without a weight it is 1. Raises InvalidInput."""
    found = []
    for text in texts or ():
        name, colon, weight = text.rpartition(":")
        if not colon:
            name, weight = text, "1"
        try:
            found.append({"name": name, "weight": float(weight)})
        except ValueError as error:
            raise InvalidInput(f"{text!r} is not a LoRA", cause=f"{weight!r} is not a weight",
                               fix="write it as NAME:WEIGHT, such as style.safetensors:0.8") from error  # fmt: skip
    return found


def read_text(value: str | None) -> str | None:
    """A text as given, or from a file with @FILE, or from standard input with "-". Raises InvalidInput where nothing is
    read, as only "" itself means an empty text; NotFound."""
    if value is None or value == "":
        return value
    if value == "-":
        return _read(lambda: sys.stdin.read(), "standard input")
    if value.startswith("@"):
        return _read(lambda: Path(value[1:]).read_text(encoding="utf-8"), value[1:])
    return value


def _read(read: Callable[[], str], name: str, if_empty: str = 'to clear a text, give "" for it') -> str:
    from vidctl.errors import NotFound

    try:
        text = read().rstrip("\n")
    except FileNotFoundError as error:
        raise NotFound(f"there is no file {name}", fix="check the path behind the @") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{name} cannot be read as text", cause=str(error)) from error
    if not text.strip():
        raise InvalidInput(f"nothing was read from {name}", cause="it is empty", fix=if_empty)
    return text
