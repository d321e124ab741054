# ruff: noqa: F401, F811 - fixtures are known by their names
"""Nothing that the audited system could do, or only claimed to do, is missing: every line of the table is run."""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Vidctl, film, home, planned_film, vidctl
from tests.data import media
from tests.fakes.comfy_wire import ComfyWire
from tests.fakes.video_http import VideoServer
from tests.house.parity import AREAS, ENDPOINTS, Row
from tests.house.sources import SOURCES, Module, modules, reads_sources
from vidctl.repositories.base_repository import BaseRepository
from vidctl.services.schema_service import SchemaService

ANIMATIC = "--server animatic"
SERVICES = {
    "project_service", "comfyui_service", "generation_service", "media_service", "queue_manager", "batch_generator",
    "gallery_manager", "export_service", "openai_video_service", "model_config",
}  # fmt: skip
REPOSITORIES = {
    "base", "project", "scene", "clip", "comfyui", "character", "template", "queue", "batch", "asset", "take", "pool",
    "change", "worker",
}  # fmt: skip
METHODS = {
    "create", "find_by_id", "find_one", "find_many", "update_by_id", "update_one", "delete_by_id", "delete_many",
}  # fmt: skip
DTOS = {
    "character_dtos": "CharacterCreateDTO CharacterUpdateDTO CharacterResponseDTO CharacterListResponseDTO",
    "clip_dtos": "LoraConfigDTO GeneratedContentDTO ClipVersionDTO ClipCreateDTO ClipUpdateDTO ClipResponseDTO "
    "ClipTimelineUpdateDTO ClipGalleryResponseDTO",
    "comfyui_dtos": "ModelDTO ComfyUIServerCreateDTO ComfyUIServerDTO ComfyUIServerInfoDTO",
    "generation_dtos": "GenerationParamsDTO GenerationRequestDTO GenerationResponseDTO BatchGenerationRequestDTO "
    "QueueJobRequestDTO",
    "batch_dtos": "BatchGenerationJobDTO BatchGenerationStatusDTO",
    "media_dtos": "UploadMusicResponseDTO UploadFaceImageResponseDTO",
    "project_dtos": "ProjectCreateDTO ProjectUpdateDTO ProjectResponseDTO ProjectWithScenesDTO ProjectListResponseDTO",
    "queue_dtos": "QueueJobStatusDTO QueueJobResponseDTO QueueServerRegistrationDTO QueueStatusDTO",
    "scene_dtos": "SceneCreateDTO SceneUpdateDTO SceneResponseDTO SceneListResponseDTO",
    "template_dtos": "StyleTemplateCreateDTO StyleTemplateUpdateDTO StyleTemplateResponseDTO "
    "StyleTemplateListResponseDTO",
}


class World(dict[str, str]):
    """What a row's line names in braces, made when it is first named."""

    def __init__(self, run: Vidctl, folder: Path, opened: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(any="*")
        self._run = run
        self._folder = folder
        self._opened = opened
        self._monkeypatch = monkeypatch

    def __missing__(self, name: str) -> str:
        make: Callable[[], str] = getattr(self, f"_{name}")
        self[name] = make()
        return self[name]

    def _url(self) -> str:
        return self._opened.enter_context(ComfyWire()).url

    def _take(self, kind: str) -> str:
        made = self._run("generate", kind, "chorus/hero", *ANIMATIC.split(), "--json").result()
        return str(made["jobs"][0]["take_ids"][0])

    def _still(self) -> str:
        return self._take("image")

    def _second(self) -> str:
        self._still()
        return self._take("image")

    def _film_take(self) -> str:
        self._take("video")
        return "health"  # a line of its own: the film needs a chosen take, not its id

    def _job(self) -> str:
        added = self._run("queue", "add", "chorus/hero", "--kind", "image", *ANIMATIC.split(), "--json").json()
        return str(added["jobs"][0]["id"])

    def _batch(self) -> str:
        run = self._run("batch", "run", "scene:chorus", "--kind", "image", *ANIMATIC.split(), "--json")
        return str(run.result()["id"])

    def _song(self) -> str:
        return str(media.song(self._folder / "song.wav"))

    def _face(self) -> str:
        return str(media.image(self._folder / "face.png", size=(512, 512)))

    def _video(self) -> str:
        server = self._opened.enter_context(VideoServer("key"))
        self._monkeypatch.setenv("VIDEO_KEY", "key")
        self._run("config", "set", "openai_url", server.url)
        self._run("config", "set", "openai_key", "env:VIDEO_KEY")
        return server.add()

    def _storycanvas(self) -> str:
        clip = {"id": "c1", "scene_id": "s1", "name": "Street", "length": 5.0, "timeline_position": 0.0, "order": 0}
        scene = {"id": "s1", "project_id": "p1", "name": "Verse", "order": 0, "clips": [clip]}
        film_ = {"format": "storycanvas_v1", "project": {"id": "p1", "name": "Old Film"}, "scenes": [scene]}
        path = self._folder / "old.json"
        path.write_text(json.dumps(film_), encoding="utf-8")
        return str(path)


@pytest.fixture
def world(
    vidctl: Vidctl,
    film: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    with ExitStack() as opened:
        yield World(vidctl, tmp_path, opened, monkeypatch)


def test_the_table_holds_every_endpoint_once() -> None:
    assert len(ENDPOINTS) == 57
    assert len({row.endpoint for row in (*ENDPOINTS, *AREAS)}) == len(ENDPOINTS) + len(AREAS)


@pytest.mark.parametrize("row", [*ENDPOINTS, *AREAS], ids=lambda row: row.endpoint)
def test_what_the_audited_system_offered_a_command_does(vidctl: Vidctl, world: World, row: Row) -> None:
    def typed(line: str) -> list[str]:
        return shlex.split(line.format_map(world))

    def check(line: str, shows: str) -> None:
        wanted = [each.format_map(world).partition("=") for each in shows.split()]
        run = vidctl(*typed(line), *(["--json"] if "=" in shows else []))
        for path, equals, value in wanted:
            if not equals:
                assert path in run.out
                continue
            document = run.result() if '"event"' in run.out else run.json()
            assert value in ("*", _said(document, path)), document

    for line in row.before:
        vidctl(*typed(line))
    check(row.line, row.shows)
    if row.then:
        check(row.then, row.then_shows)
    if row.gone:
        vidctl(*typed(row.gone), code=3)


def _said(document: Any, path: str) -> str:
    """The value at a path, without its spaces."""
    for part in path.split("."):
        names = {str(name).replace(" ", "_"): name for name in document} if isinstance(document, dict) else {}
        document = document[names[part]] if names else document[int(part)]
    return str(document).replace(" ", "_")


def _names(room: str) -> set[str]:
    return {path.stem for path in (SOURCES / room).glob("*.py")}


def test_the_ten_services_and_the_repositories_are_there() -> None:
    assert _names("services") >= SERVICES
    assert _names("repositories") >= {f"{name}_repository" for name in REPOSITORIES}


@reads_sources
def test_the_ten_services_and_the_repositories_are_used() -> None:
    wanted = {f"services.{name}" for name in SERVICES} | {f"repositories.{name}_repository" for name in REPOSITORIES}
    taken = {
        node.module.removeprefix("vidctl.")
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.ImportFrom) and node.module
    }
    assert wanted - taken == set()


@reads_sources
def test_a_repository_has_the_eight_methods_and_others_call_them() -> None:
    assert {name for name in METHODS if not callable(vars(BaseRepository).get(name))} == set()
    called = {
        node.func.attr
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if ast.unparse(node.func.value) != "self"
    }
    assert METHODS - called == set()


def test_the_dtos_are_in_the_modules_of_their_nouns() -> None:
    modules = {each.name: each.module for each in SchemaService().list_schemas().items}
    wanted = {name: module for module, names in DTOS.items() for name in names.split()}
    assert {name: modules.get(name) for name in wanted} == wanted
    assert len(wanted) == 42


def _used(module: Module) -> Iterator[str]:
    """The names that a module takes from others and really uses."""
    taken = {
        alias.asname or alias.name: alias.name
        for node in module.nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in module.nodes:
        if isinstance(node, ast.Name) and node.id in taken:
            yield taken[node.id]


@reads_sources
def test_every_shape_is_used_by_another_module() -> None:
    used = {name for module in modules() for name in _used(module)}
    own = {each.name: each.module for each in SchemaService().list_schemas().items}
    shapes = {f"dtos/{name}.py" for name in own.values()}
    nested = {name for module in modules() if module.name in shapes for name in _used_within(module) if name in own}
    assert set(own) - used - nested == set()


def _used_within(module: Module) -> set[str]:
    """The names that a module of DTOs uses in its other classes."""
    return {node.id for node in module.nodes if isinstance(node, ast.Name) and re.fullmatch(r"\w+DTO", node.id)}
