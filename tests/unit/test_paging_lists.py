"""Pages of short lists: together they are the whole list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.house import House
from vidctl.domain.character import Character
from vidctl.dtos.clip_dtos import ClipUpdateDTO
from vidctl.dtos.template_dtos import StyleTemplateCreateDTO, TemplateFilterDTO
from vidctl.errors import NotFound


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path, project="film-0") as opened:
        films = [opened.project(f"film-{number}") for number in range(5)]
        for number in range(5):
            scene = opened.scene(films[0], f"scene-{number}", order=number, tags=["even"] if number % 2 == 0 else [])
            opened.app._characters.create(Character(project_id=films[0].id, name="C", slug=f"c-{number}"))
            opened.app.templates.create_template(StyleTemplateCreateDTO(name=f"Look {number}"))
            clip = opened.clip(scene, f"clip-{number}")
            opened.app.clips.update_clip(clip.id, ClipUpdateDTO(notes="changed"))
            opened.app.clips.delete_clips([clip.id])
        yield opened


LISTS: dict[str, Callable[[House], Callable[..., Any]]] = {
    "projects": lambda house: house.app.projects.list_projects,
    "scenes": lambda house: lambda **page: house.app.scenes.list_scenes(None, **page),
    "characters": lambda house: lambda **page: house.app.characters.list_characters(None, **page),
    "templates": lambda house: lambda **page: house.app.templates.list_templates(TemplateFilterDTO(**page)),
    "history": lambda house: lambda **page: house.app.history.list_history(None, **page),
    "trash": lambda house: lambda **page: house.app.history.list_trash(None, everywhere=False, **page),
}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_pages_together_are_the_whole_list(house: House, name: str, size: int) -> None:
    listed = LISTS[name](house)
    whole = listed()
    assert (whole.next_after, whole.total) == (None, len(whole.items))
    assert whole.total >= 5
    found, after = [], None
    while True:
        page = listed(after=after, limit=size)
        assert page.total == whole.total
        found += page.items
        after = page.next_after
        if after is None:
            break
        assert len(page.items) == size
    assert found == whole.items


@pytest.mark.parametrize("name", LISTS)
def test_a_page_behind_what_is_not_there_is_told(house: House, name: str) -> None:
    with pytest.raises(NotFound):
        LISTS[name](house)(after="ffff", limit=2)


def test_scenes_with_any_of_the_tags_are_listed(house: House) -> None:
    found = house.app.scenes.list_scenes(None, tags=["EVEN", "odd"], limit=2)
    assert ([scene.slug for scene in found.items], found.total) == (["scene-0", "scene-2"], 3)
