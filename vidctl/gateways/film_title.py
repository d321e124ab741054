"""The title that a film carries in its file: an export writes the project's name there."""

from __future__ import annotations

from pathlib import Path

import av


def title_of(path: Path) -> str | None:
    """The title in the container's metadata; None if it has none or is no film."""
    try:
        with av.open(str(path)) as container:
            return container.metadata.get("title")
    except (av.FFmpegError, OSError):
        return None  # whatever it is, it is no film of ours
