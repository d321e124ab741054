"""vidctl template"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from vidctl.cli.arguments import (
    AfterOption,
    ClipsArgument,
    LimitOption,
    SettingsOption,
    TextOption,
    YesOption,
    confirm,
    given,
    parse_kind_settings,
    read_text,
    sort_option,
)
from vidctl.cli.command import command, make_group
from vidctl.cli.context import Cli

group = make_group("How it looks: styles that clips share.")

TemplateArgument = Annotated[str, typer.Argument(help="Template: its name or id.", metavar="TEMPLATE")]
SlugOption = Annotated[str | None, typer.Option(help="Its short name (default: made of the name).")]
DescriptionOption = Annotated[str | None, typer.Option("--description", "-d", help="What it is for.")]
CategoryOption = Annotated[
    str | None,
    typer.Option(help="cinematic, anime, realistic, artistic, abstract or another word (default: custom)."),
]
PublicOption = Annotated[
    bool | None, typer.Option("--public/--private", help="Whether exports take it without being told (default: no).")
]
PromptOption = Annotated[str | None, typer.Option(help="Words put behind the clip's prompt; @FILE reads a file.")]
NegativeOption = Annotated[str | None, typer.Option("--negative", help="What should not be seen; @FILE reads a file.")]


@command(group, "create", 'vidctl template create Noir --prompt "film noir, hard light" --set image.cfg=6')
def create(
    cli: Cli,
    name: Annotated[str, typer.Argument(help="Its name.", metavar="NAME")],
    slug: SlugOption = None,
    description: DescriptionOption = None,
    category: CategoryOption = None,
    prompt: PromptOption = None,
    negative: NegativeOption = None,
    public: PublicOption = None,
    settings: SettingsOption = None,
) -> Any:
    """Create a style that clips of any film can have."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.template_dtos import StyleTemplateCreateDTO

    fields = _fields(slug, description, category, prompt, negative, public)
    request = make_input(StyleTemplateCreateDTO, name=name, **fields, **parse_kind_settings(settings))
    return cli.app.templates.create_template(request)


@command(group, "list", "vidctl template list --category cinematic")
def list_(
    cli: Cli,
    category: Annotated[str | None, typer.Option(help="Only this category.")] = None,
    public: Annotated[
        bool | None, typer.Option("--public/--private", help="Only public, or only private ones.")
    ] = None,
    built_in: Annotated[
        bool | None, typer.Option("--builtin/--own", help="Only those that come with vidctl, or only your own.")
    ] = None,
    text: TextOption = None,
    sort: Annotated[str | None, sort_option("uses, name, created or updated", "-uses")] = None,
    limit: LimitOption = None,
    after: AfterOption = None,
) -> Any:
    """List style templates, most used first, and those that come with vidctl."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.template_dtos import TemplateFilterDTO

    wanted = make_input(
        TemplateFilterDTO,
        category=category,
        public=public,
        built_in=built_in,
        text=text,
        sort=sort,
        after=after,
        limit=limit,
    )
    return cli.app.templates.list_templates(wanted)


@command(group, "show", "vidctl template show noir")
def show(cli: Cli, template: TemplateArgument) -> Any:
    """Show a style template."""
    return cli.app.templates.get_template(template)


@command(group, "update", "vidctl template update noir --set video.cfg=5")
def update(
    cli: Cli,
    template: TemplateArgument,
    name: Annotated[str | None, typer.Option(help="New name.")] = None,
    slug: SlugOption = None,
    description: DescriptionOption = None,
    category: CategoryOption = None,
    prompt: PromptOption = None,
    negative: NegativeOption = None,
    public: PublicOption = None,
    settings: SettingsOption = None,
) -> Any:
    """Change a style template. An empty text clears a field."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.template_dtos import StyleTemplateUpdateDTO

    fields = given(name=name) | _fields(slug, description, category, prompt, negative, public)
    request = make_input(StyleTemplateUpdateDTO, **fields, **parse_kind_settings(settings))
    return cli.app.templates.update_template(template, request)


@command(group, "copy", 'vidctl template copy film-noir "My noir"')
def copy(
    cli: Cli,
    template: TemplateArgument,
    name: Annotated[
        str | None, typer.Argument(help="The copy's name (default, for a built-in one: its own).", metavar="[NAME]")
    ] = None,
) -> Any:
    """Make a template that is like another, to be changed. A built-in one can only be changed as a copy."""
    from vidctl.dtos.base import make_input
    from vidctl.dtos.template_dtos import TemplateCopyDTO

    return cli.app.templates.copy_template(template, make_input(TemplateCopyDTO, name=name))


@command(group, "delete", "vidctl template delete noir --yes")
def delete(cli: Cli, template: TemplateArgument, yes: YesOption = False) -> Any:
    """Delete a style template into the trash; clips that have it go back to their own words."""
    confirm(f"Delete {cli.app.templates.describe_deletion(template)}?", yes)
    return cli.app.templates.delete_template(template)


@command(group, "apply", "vidctl template apply noir chorus/hero chorus/skyline", in_project=True)
def apply(cli: Cli, template: TemplateArgument, clips: ClipsArgument) -> Any:
    """Give clips a style, in place of any other. A built-in one is copied into the store at its first use."""
    return cli.app.templates.apply(template, clips)


@command(group, "remove", "vidctl template remove chorus/hero", in_project=True)
def remove(cli: Cli, clips: ClipsArgument) -> Any:
    """Give clips no style of their own."""
    return cli.app.templates.remove(clips)


@command(group, "export", "vidctl template export noir -o noir.toml")
def export(
    cli: Cli,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write: .toml.", metavar="FILE")],
    templates: Annotated[
        list[str] | None, typer.Argument(help="Templates (default: all public ones).", metavar="[TEMPLATE]…")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file if it exists.")] = False,
) -> Any:
    """Write templates into a file that others can import. A private one goes along only if it is named."""
    return cli.app.template_exchange.export(templates or [], output, overwrite=overwrite)


@command(group, "import", "vidctl template import noir.toml --replace")
def import_(
    cli: Cli,
    file: Annotated[Path, typer.Argument(help="A file that template export has written.", metavar="FILE")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Overwrite those of the same short name that differ.")
    ] = False,
) -> Any:
    """Read templates from a file: all of them, or none if one is wrong or there already."""
    return cli.app.template_exchange.import_(file, replace=replace)


def _fields(
    slug: str | None,
    description: str | None,
    category: str | None,
    prompt: str | None,
    negative: str | None,
    public: bool | None,
) -> dict[str, Any]:
    return given(
        slug=slug, description=read_text(description), category=category,
        prompt=read_text(prompt), negative_prompt=read_text(negative), is_public=public,
    )  # fmt: skip
