"""Reads the packaged handbook."""

from __future__ import annotations

from importlib import resources

from vidctl.errors import NotFound


def list_topics() -> str:
    """Each topic with the first sentence of its page, a line each."""
    return "\n".join(f"{name:<16} {_summary(name)}" for name in topics())


def topics() -> list[str]:
    """The names of all topics."""
    pages = resources.files("vidctl.help").iterdir()
    return sorted(page.name.removesuffix(".md") for page in pages if page.name.endswith(".md"))


def read_topic(name: str) -> str:
    """A page as Markdown. Raises NotFound with the topics there are."""
    if name not in topics():
        raise NotFound(f"there is no topic {name!r}", fix=f"the topics are {', '.join(topics())}")
    return resources.files("vidctl.help").joinpath(f"{name}.md").read_text(encoding="utf-8")


def _summary(name: str) -> str:
    lines = read_topic(name).splitlines()
    return next((line for line in lines if line and not line.startswith("#")), "")
