"""The limits of what comes in: each at, below and above it, wrong types, and fields that there are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from tests.fakes.house import House
from vidctl.dtos.base import InputDTO, UpdateDTO, make_input
from vidctl.dtos.character_dtos import CharacterCreateDTO, CharacterUpdateDTO, ReferenceImagesAddDTO
from vidctl.dtos.clip_dtos import ClipCreateDTO, ClipUpdateDTO, LoraConfigDTO
from vidctl.dtos.comfyui_dtos import ComfyUIServerCreateDTO, ComfyUIServerUpdateDTO
from vidctl.dtos.generation_dtos import (
    BatchGenerationRequestDTO,
    CharacterSampleRequestDTO,
    GenerationParamsDTO,
    GenerationRequestDTO,
    QueueJobRequestDTO,
)
from vidctl.dtos.model_dtos import PresetUpdateDTO
from vidctl.dtos.openai_dtos import OpenAIVideoQueryDTO
from vidctl.dtos.pool_dtos import PoolFilterDTO, PoolItemCreateDTO
from vidctl.dtos.project_dtos import ProjectCreateDTO, ProjectUpdateDTO
from vidctl.dtos.scene_dtos import SceneCreateDTO, SceneUpdateDTO
from vidctl.dtos.take_dtos import TagsDTO, TakeFilterDTO, TakeNoteDTO, TakeRatingDTO
from vidctl.dtos.template_dtos import StyleTemplateCreateDTO, StyleTemplateUpdateDTO
from vidctl.dtos.variable_dtos import VariablesUpdateDTO
from vidctl.errors import InvalidInput

#: What a DTO must be given besides the field that is looked at.
NEEDED: dict[type[BaseModel], dict[str, Any]] = {
    ProjectCreateDTO: {"name": "x"},
    SceneCreateDTO: {"name": "x"},
    ClipCreateDTO: {"name": "x"},
    CharacterCreateDTO: {"name": "x"},
    StyleTemplateCreateDTO: {"name": "x"},
    ComfyUIServerCreateDTO: {"name": "x", "url": "http://studio:8188"},
    GenerationRequestDTO: {"clips": ["a"], "generation_type": "image"},
    BatchGenerationRequestDTO: {"clips": ["a"], "generation_type": "image"},
    QueueJobRequestDTO: {"clips": ["a"], "generation_type": "image"},
    CharacterSampleRequestDTO: {"character": "ada"},
    LoraConfigDTO: {"name": "x"},
    PoolItemCreateDTO: {"sources": ["a"]},
    PresetUpdateDTO: {"name": "x"},
}
Kinds = list[type[BaseModel]]
FILMED: Kinds = [ProjectCreateDTO, ProjectUpdateDTO]
SUNG: Kinds = [SceneCreateDTO, SceneUpdateDTO, ClipCreateDTO, ClipUpdateDTO]
CAST: Kinds = [CharacterCreateDTO, CharacterUpdateDTO]
STYLED: Kinds = [StyleTemplateCreateDTO, StyleTemplateUpdateDTO]
SERVED: Kinds = [ComfyUIServerCreateDTO, ComfyUIServerUpdateDTO]
NOTED: Kinds = [*SUNG, ProjectUpdateDTO]
NAMED: Kinds = [*FILMED, *SUNG, *CAST, *STYLED, *SERVED]
TOLD: Kinds = [*FILMED, SceneCreateDTO, SceneUpdateDTO, *CAST, *STYLED, PoolItemCreateDTO]
ASKING: Kinds = [GenerationRequestDTO, BatchGenerationRequestDTO, QueueJobRequestDTO]
COUNTED: Kinds = [*ASKING, CharacterSampleRequestDTO]
PROMPTED: list[tuple[type[BaseModel], str]] = [
    (kind, f"{name}_prompt") for kind in (ClipCreateDTO, ClipUpdateDTO) for name in ("image", "video", "negative")
]

MANY = [f"tag{number}" for number in range(101)]

Case = tuple[type[BaseModel], str, list[Any], list[Any]]


def texts(most: int, *, least: int = 0) -> tuple[list[Any], list[Any]]:
    """Texts that are just allowed, and texts and other things that are not."""
    return ["x" * least, "x" * most], ["x" * (most + 1), 5, ["x"], *([""] if least else [])]


def whole(low: int, high: int) -> tuple[list[Any], list[Any]]:
    """The same for whole numbers."""
    return [low, high], [low - 1, high + 1, 1.5 + low, "many"]


def _cases() -> list[Case]:
    found: list[Case] = [
        *((kind, "name", *texts(200, least=1)) for kind in NAMED),
        *((kind, "name", [], ["  ", "a\nb", "a\x00"]) for kind in NAMED),
        *((kind, "description", *texts(2000)) for kind in TOLD),
        *((kind, "description", [], ["a\x00"]) for kind in TOLD),
        *((kind, "lyrics", *texts(5000)) for kind in SUNG),
        *((kind, "notes", *texts(5000)) for kind in NOTED),
        *((kind, "order", [0, 7], [-1, 1.5, "first"]) for kind in (SceneCreateDTO, SceneUpdateDTO, ClipUpdateDTO)),
        *((kind, "tags", [[], ["a" * 50], MANY[:100]], [["a" * 51], ["two words"], [""], MANY, "t"]) for kind in SUNG),
        *((kind, name, *texts(100_000)) for kind, name in PROMPTED),
        *((kind, "prompt", *texts(5000)) for kind in STYLED),
        *((kind, "negative_prompt", *texts(100_000)) for kind in STYLED),
        (ClipUpdateDTO, "status", ["draft", "final"], ["done", 1]),
        *((kind, "trigger_words", *texts(500)) for kind in CAST),
        *((kind, "style_notes", *texts(2000)) for kind in CAST),
        *((kind, "lora", [{"name": "x"}, None], ["x", {"weight": 1}]) for kind in CAST),
        *((kind, "category", *texts(100, least=1)) for kind in STYLED),
        *((kind, "is_public", [True, False], ["perhaps", 2]) for kind in STYLED),
        *((kind, side, *whole(16, 8192)) for kind in FILMED for side in ("width", "height")),
        *((kind, "slots", *whole(1, 16)) for kind in SERVED),
        *((kind, "url", ["https://x"], ["file:///etc/passwd", "x", "http://u:p@x", "ftp://x", "http://" + "x" * 1024])
          for kind in SERVED),
        *((kind, "clips", [["a"], ["a"] * 10_000], [[], ["a"] * 10_001, "a"]) for kind in ASKING),
        *((kind, "generation_type", ["image", "video"], ["poem", 1]) for kind in ASKING),
        *((kind, "count", *whole(1, 1000)) for kind in COUNTED),
        *((kind, "priority", *whole(-1000, 1000)) for kind in ASKING),
        (BatchGenerationRequestDTO, "title", *texts(200, least=1)),
        (QueueJobRequestDTO, "max_attempts", *whole(1, 100)),
        (LoraConfigDTO, "name", *texts(200, least=1)),
        (LoraConfigDTO, "weight", [-10, 0, 10.0], [-10.1, 10.1, "much"]),
        (GenerationParamsDTO, "width", *whole(64, 4096)),
        (GenerationParamsDTO, "height", *whole(64, 4096)),
        (GenerationParamsDTO, "steps", *whole(1, 200)),
        (GenerationParamsDTO, "frames", *whole(1, 300)),
        (GenerationParamsDTO, "fps", [1, 23.976, 120], [0.9, 120.1, "24", True]),
        (GenerationParamsDTO, "cfg", [0.1, 7, 30], [0.09, 30.1, "high", True]),
        (GenerationParamsDTO, "seed", [-1, 0, 2**63 - 1], [-2, 2**63, 0.5, True]),
        (GenerationParamsDTO, "prompt", *texts(100_000)),
        (GenerationParamsDTO, "loras", [[], [{"name": "x", "weight": 1}]], ["x", [{"name": "x", "colour": 1}]]),
        (GenerationParamsDTO, "shift", [8, 0.5, "x", None, [1]], [2**63, object()]),
        (GenerationParamsDTO, "Not a name", [], [1]),
        (GenerationParamsDTO, "a.b", [], [1]),
        (TakeRatingDTO, "rating", [1, 5, None], [0, 6, 2.5, "good"]),
        (TakeNoteDTO, "note", *texts(5000)),
        (TagsDTO, "add", [[], ["hero"]], [["a b"], ["a,b"], "hero", [1]]),
        (TakeFilterDTO, "limit", *whole(1, 10_000)),
        (PoolFilterDTO, "limit", *whole(1, 10_000)),
        (PoolItemCreateDTO, "sources", [["a"], ["a"] * 1000], [[], ["a"] * 1001]),
        (OpenAIVideoQueryDTO, "limit", *whole(1, 100)),
        (ReferenceImagesAddDTO, "pictures", [["a"]], [[], "a"]),
        (PresetUpdateDTO, "settings", [{"steps": 5}], [{}, {"S": 1}]),
        (VariablesUpdateDTO, "variables", [{"mood": "x" * 2000}], [{"mood": "x" * 2001}, {"Mood": "x"}, {"a b": "x"}]),
    ]  # fmt: skip
    return found


CASES = _cases()
IDS = [f"{kind.__name__}-{field}-{number}" for number, (kind, field, _, _) in enumerate(CASES)]


@pytest.mark.parametrize(("kind", "field", "good", "bad"), CASES, ids=IDS)
def test_a_limit_itself_is_allowed_and_what_lies_beyond_is_not(
    kind: type[BaseModel], field: str, good: list[Any], bad: list[Any]
) -> None:
    for value in good:
        made = make_input(kind, **{**NEEDED.get(kind, {}), field: value})
        assert field in made.model_fields_set
    for value in bad:
        with pytest.raises(InvalidInput) as refused:
            make_input(kind, **{**NEEDED.get(kind, {}), field: value})
        assert "is not valid" in refused.value.problem
        assert refused.value.cause


INPUTS = sorted(
    {kind for kind, *_ in CASES if issubclass(kind, InputDTO)} - {GenerationParamsDTO}, key=lambda k: k.__name__
)


@pytest.mark.parametrize("kind", INPUTS)
def test_a_field_that_there_is_not_is_refused_by_name(kind: type[BaseModel]) -> None:
    with pytest.raises(InvalidInput, match="colour: there is no such field"):
        make_input(kind, **NEEDED.get(kind, {}), colour="red")


@pytest.mark.parametrize("kind", [kind for kind in INPUTS if issubclass(kind, UpdateDTO)])
def test_an_update_changes_only_what_it_was_given_and_can_clear_it(kind: type[UpdateDTO]) -> None:
    assert make_input(kind).given() == {}
    field = next(name for name in ("description", "lyrics", "username") if name in kind.model_fields)
    assert make_input(kind, **{field: ""}).given() == {field: ""}


def test_what_a_render_is_given_is_what_it_was_given_and_nothing_else() -> None:
    params = make_input(GenerationParamsDTO, steps=9, shift=8, loras=[{"name": "x"}])
    assert params.as_settings() == {"steps": 9, "shift": 8, "loras": [{"name": "x"}]}


@pytest.mark.parametrize(
    ("times", "is_allowed"),
    [
        ({"timeline_position": "0"}, True),
        ({"timeline_position": "10000"}, True),
        ({"timeline_position": "10000.1"}, False),
        ({"timeline_position": "-0.1"}, False),
        ({"timeline_position": "soon"}, False),
        ({"length": "1f"}, True),
        ({"length": "10000"}, True),
        ({"length": "0"}, False),
        ({"length": "-1"}, False),
        ({"length": "10000.1"}, False),
        ({"length": "nan"}, False),
    ],
)
def test_a_clip_begins_and_lasts_within_limits(tmp_path: Path, times: dict[str, str], is_allowed: bool) -> None:
    with House(tmp_path) as house:
        house.scene(house.project())
        wanted = make_input(ClipCreateDTO, name="x", **times)
        if is_allowed:
            assert house.app.clips.create_clip("film/verse", wanted).frames > 0
        else:
            with pytest.raises(InvalidInput):
                house.app.clips.create_clip("film/verse", wanted)
