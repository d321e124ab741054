"""vidctl comfyui"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vidctl.cli import comfyui_models, comfyui_presets
from vidctl.cli.arguments import AfterOption, LimitOption, ServerArgument, YesOption, confirm, given, sort_option
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli
from vidctl.errors import InvalidInput

group = make_group("ComfyUI servers: add, check, models, update, remove.")
group.add_typer(comfyui_models.group)
group.add_typer(comfyui_presets.group, name="presets")

AuthOption = Annotated[str | None, typer.Option(help="How to log in: none, basic or bearer.", metavar="KIND")]
UserOption = Annotated[str | None, typer.Option("--user", help="User name for basic.")]
SecretOption = Annotated[
    str | None,
    typer.Option(help="Where the password or token is found: env:VARIABLE or keyring:NAME.", metavar="REFERENCE"),
]
HeaderOption = Annotated[
    list[str] | None,
    typer.Option(
        "--header", help='Extra header, "Name: value"; secret values as "Name: env:VARIABLE".', metavar="HEADER"
    ),
]
SlotsOption = Annotated[int | None, typer.Option(min=1, max=16, help="Renders to keep on it at a time.")]


@command(group, "add", "vidctl comfyui add studio http://127.0.0.1:8188")
def add(
    cli: Cli,
    name: Annotated[str, typer.Argument(help="A name for it.", metavar="NAME")],
    url: Annotated[str, typer.Argument(help="Its URL; a path prefix is kept.", metavar="URL")],
    auth: AuthOption = None,
    user: UserOption = None,
    secret: SecretOption = None,
    header: HeaderOption = None,
    slots: SlotsOption = None,
) -> Any:
    """Register a ComfyUI server. It need not be running."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.comfyui_dtos import ComfyUIServerCreateDTO

    fields = given(auth=auth, username=user, secret=secret, headers=_headers(header), slots=slots)
    return cli.app.comfyui.add_server(make_input(ComfyUIServerCreateDTO, name=name, url=url, **fields))


@command(group, "list", "vidctl comfyui list")
def list_(
    cli: Cli,
    active: Annotated[
        bool | None, typer.Option("--active/--inactive", help="Only those that get renders, or that get none.")
    ] = None,
    sort: Annotated[str | None, sort_option("name or created", "name")] = None,
    limit: LimitOption = None,
    after: AfterOption = None,
) -> Any:
    """List the registered servers."""
    return cli.app.comfyui.list_servers(active=active, sort=sort, after=after, limit=limit)


@command(group, "info", "vidctl comfyui info studio")
def info(cli: Cli, server: ServerArgument) -> Any:
    """Show a server: its registration, what it says of itself, how many models it has."""
    return cli.app.comfyui.get_server_info(server)


@command(group, "check", "vidctl comfyui check")
def check(
    cli: Cli,
    servers: Annotated[list[str] | None, typer.Argument(help="Servers (default: all).", metavar="[SERVER]…")] = None,
) -> Any:
    """Ask servers whether they are there. Ends with exit code 5 if one is not, with 6 if only logins are wrong."""
    found = cli.app.comfyui.check_servers(servers or [])
    cli.screen.show(found)
    failed = [check for check in found.items if not check.is_online]
    if failed:
        from vidctl.errors import ConfigurationError, Unreachable, registry

        kinds = [registry()[check.code or ""] for check in failed]
        kind = ConfigurationError if all(issubclass(kind, ConfigurationError) for kind in kinds) else Unreachable
        names = ", ".join(check.name for check in failed)
        raise kind(f"{len(failed)} of {found.total} servers cannot be used: {names}", fix=failed[0].fix or "")


@command(group, "update", "vidctl comfyui update studio --slots 2")
def update(
    cli: Cli,
    server: ServerArgument,
    name: Annotated[str | None, typer.Option(help="New name.")] = None,
    url: Annotated[str | None, typer.Option(help="New URL.")] = None,
    auth: AuthOption = None,
    user: UserOption = None,
    secret: SecretOption = None,
    header: HeaderOption = None,
    slots: SlotsOption = None,
    active: Annotated[bool | None, typer.Option("--active/--inactive", help="Whether it gets renders.")] = None,
) -> Any:
    """Change a server. Headers given replace all it had."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.comfyui_dtos import ComfyUIServerUpdateDTO

    fields = given(
        name=name,
        url=url,
        auth=auth,
        username=user,
        secret=secret,
        headers=_headers(header),
        slots=slots,
        active=active,
    )
    return cli.app.comfyui.update_server(server, make_input(ComfyUIServerUpdateDTO, **fields))


@command(group, "remove", "vidctl comfyui remove studio --yes")
def remove(cli: Cli, server: ServerArgument, yes: YesOption = False) -> Any:
    """Forget a server. Takes it has made stay."""
    confirm(f"Forget the server {cli.app.comfyui.get_server(server).name}?", yes)
    return cli.app.comfyui.remove_server(server)


def _headers(texts: list[str] | None) -> list[dict[str, str]] | None:
    """Headers from "Name: value" or "Name: env:VARIABLE"."""
    if texts is None:
        return None
    found = []
    for text in texts:
        name, colon, value = text.partition(":")
        value = value.strip()
        if not colon or not name.strip():
            raise InvalidInput("a header is not understood", fix='write it as "Name: value"')
        is_secret = value.startswith(("env:", "keyring:"))
        found.append({"name": name.strip(), ("secret" if is_secret else "value"): value})
    return found
