"""The film as one JSON file: every scene, clip, take and recipe, in film order, with exact frames."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from vidctl.domain.clip import Clip
from vidctl.domain.project import Project
from vidctl.domain.scene import Scene
from vidctl.domain.timeline import Span
from vidctl.gateways.asset_store import writing
from vidctl.gateways.whole_file import whole_file

FORMAT = "vidctl-film"
VERSION = 1


def export_json(
    project: Project,
    scenes: Sequence[Scene],
    clips: Mapping[str, Sequence[Clip]],
    spans: Mapping[str, Span],
    galleries: Mapping[str, BaseModel],
    destination: Path,
) -> None:
    """Write the film to `destination`, whole or not at all; `galleries` by clip id."""
    film = {
        "format": FORMAT,
        "version": VERSION,
        "project": _plain(project),
        "scenes": [_scene(scene, clips.get(scene.id, ()), spans[scene.id], galleries) for scene in scenes],
    }
    with writing(destination), whole_file(destination) as part:
        part.write_text(json.dumps(film, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _scene(scene: Scene, clips: Sequence[Clip], span: Span, galleries: Mapping[str, BaseModel]) -> dict[str, Any]:
    shots = [
        {
            **_plain(clip),
            "film_frame": span.start + clip.position,
            "gallery": galleries[clip.id].model_dump(mode="json"),
        }
        for clip in clips
    ]
    return {**_plain(scene), "film_frame": span.start, "frames": span.frames, "clips": shots}


def _plain(document: Project | Scene | Clip) -> dict[str, Any]:
    return document.model_dump(mode="json", exclude={"revision"})
