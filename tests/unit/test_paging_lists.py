"""Every list speaks one language: pages together are the whole list under any order, -FIELD turns one round, and what
cannot be sorted by is told with what can."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.house import House
from vidctl.domain.asset import Asset, AssetKind, MediaFacts
from vidctl.domain.batch import Batch
from vidctl.domain.character import Character
from vidctl.domain.pool import PoolItem, SourceType
from vidctl.domain.recipe import MediaKind
from vidctl.domain.take import Take
from vidctl.dtos.clip_dtos import ClipUpdateDTO
from vidctl.dtos.pool_dtos import PoolFilterDTO
from vidctl.dtos.take_dtos import TakeFilterDTO
from vidctl.dtos.template_dtos import StyleTemplateCreateDTO, TemplateFilterDTO
from vidctl.errors import InvalidInput, NotFound
from vidctl.services.orders import Order, Orders, in_order
from vidctl.services.paging import page_of


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Five of everything in film-0, many of them made in the same millisecond and called the same."""
    with House(tmp_path, project="film-0") as opened:
        films = [opened.project(f"film-{number}", name="Film") for number in range(5)]
        facts = MediaFacts(kind=AssetKind.IMAGE, media_type="image/png", extension=".png")
        opened.assets.create(Asset(id="a" * 64, location="a.png", size=1, facts=facts))
        for number in range(5):
            name, twins = f"C{number // 2}", {"project_id": films[0].id, "created_at": films[0].created_at}
            scene = opened.scene(films[0], f"scene-{number}", order=number, tags=["even"] if number % 2 == 0 else [])
            opened.app._characters.create(Character(name=name, slug=f"c-{number}", **twins))
            opened.app.templates.create_template(StyleTemplateCreateDTO(name=f"Look {number}"))
            opened.server(f"Box {number}")
            opened.app._batches.create(Batch(title="b", kind=MediaKind.IMAGE, asked=1, **twins))
            clip = opened.clip(scene, f"clip-{number}")
            opened.app.clips.update_clip(clip.id, ClipUpdateDTO(notes="changed"))
            opened.app.clips.delete_clips([clip.id])
            stay = opened.clip(scene, f"stay-{number}")
            shared = {**twins, "kind": MediaKind.IMAGE, "asset_id": "a" * 64}
            opened.takes.create(Take(clip_id=stay.id, rating=None if number == 4 else 1 + number // 2, **shared))
            pooled = PoolItem(name=name, slug=f"p-{number}", source_type=SourceType.MANUAL_UPLOAD, **shared)
            opened.app._pool.create(pooled)
            opened.job(stay, created_at=films[0].created_at, number=number // 2)
        yield opened


LISTS: dict[str, Callable[[House], Callable[..., Any]]] = {
    "projects": lambda house: house.app.projects.list_projects,
    "scenes": lambda house: lambda **page: house.app.scenes.list_scenes(None, **page),
    "clips": lambda house: house.app.clips.list_clips,
    "characters": lambda house: lambda **page: house.app.characters.list_characters(None, **page),
    "templates": lambda house: lambda **page: house.app.templates.list_templates(TemplateFilterDTO(**page)),
    "history": lambda house: lambda **page: house.app.history.list_history(None, **page),
    "trash": lambda house: lambda **page: house.app.history.list_trash(None, everywhere=False, **page),
    "servers": lambda house: house.app.comfyui.list_servers,
    "takes": lambda house: lambda **page: house.app.takes.list_takes(None, TakeFilterDTO(**page)),
    "pool": lambda house: lambda **page: house.app.pool.list_items(None, PoolFilterDTO(**page)),
    "jobs": lambda house: partial(house.app.queue.list_jobs, status=None, project=None, batch=None, limit=99),
    "batches": lambda house: partial(house.app.batches.list_batches, None, after=None, limit=99),
}


def fields_of(listed: Callable[..., Any]) -> list[str]:
    """By what a list can be sorted, as it says itself."""
    with pytest.raises(InvalidInput, match="cannot be sorted by 'nothing'") as refused:
        listed(sort="-nothing")
    told = re.search(r"sort by (.*?); a dash", refused.value.fix)
    assert told
    return told[1].split(", ")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("size", [1, 2, 100])
def test_pages_together_are_the_whole_list(house: House, name: str, size: int) -> None:
    listed = LISTS[name](house)
    for sort in (None, *(dash + field for field in fields_of(listed) for dash in ("", "-"))):
        whole = listed(sort=sort)
        assert (whole.next_after, whole.total) == (None, len(whole.items))
        assert whole.total >= 5
        found, after = [], None
        while True:
            page = listed(sort=sort, after=after, limit=size)
            assert page.total == whole.total
            found += page.items
            after = page.next_after
            if after is None:
                break
            assert len(page.items) == size
        assert found == whole.items


@pytest.mark.parametrize("name", LISTS)
def test_a_dash_turns_an_order_round(house: House, name: str) -> None:
    listed = LISTS[name](house)
    for field in fields_of(listed):
        assert listed(sort=f"-{field}").items == listed(sort=field).items[::-1]


@pytest.mark.parametrize("name", LISTS)
def test_a_page_behind_what_is_not_there_is_told(house: House, name: str) -> None:
    with pytest.raises(NotFound):
        LISTS[name](house)(after="ffff", limit=2)


VALUES = st.sampled_from([None, "", "a", "A", "b", "é"])
ITEMS = st.lists(st.tuples(VALUES, st.integers(0, 2)), max_size=8)
KEYS = st.sampled_from([(("a", 1),), (("a", 1), ("n", -1)), (("n", 1), ("a", 1)), ()])


@settings(max_examples=100, deadline=None)
@given(values=ITEMS, keys=KEYS, backwards=st.booleans(), size=st.integers(1, 4))
def test_pages_of_what_is_read_as_a_whole_hold_each_once(
    values: list[tuple[str | None, int]], keys: Any, backwards: bool, size: int
) -> None:
    items = [SimpleNamespace(id=f"{at:04}", slug=f"s{at}", a=a, n=n) for at, (a, n) in enumerate(values)]
    upwards = Order("x", False, keys)
    downwards = Order("x", True, tuple((path, -way) for path, way in keys))
    whole = in_order(items, downwards if backwards else upwards)
    assert whole == in_order(items, upwards if backwards else downwards)[::-1]
    found: list[Any] = []
    page = page_of(whole, None, size)
    found += page["items"]
    while page["next_after"] is not None:
        page = page_of(whole, page["next_after"], size)
        found += page["items"]
    assert found == whole


def test_of_what_cannot_be_sorted_by_the_nearest_is_named() -> None:
    orders = Orders("things", "-created", {"created": (("created_at", 1),), "name": (("name", 1),)})
    with pytest.raises(InvalidInput, match="things cannot be sorted by 'crated'") as refused:
        orders.read("-crated")
    assert refused.value.fix.startswith("did you mean created? sort by created, name;")
    assert orders.read(None) == orders.read("-created")


def test_scenes_with_any_of_the_tags_are_listed(house: House) -> None:
    found = house.app.scenes.list_scenes(None, tags=["EVEN", "odd"], limit=2)
    assert ([scene.slug for scene in found.items], found.total) == (["scene-0", "scene-2"], 3)


@pytest.mark.parametrize(
    ("name", "text", "slugs"),
    [
        ("projects", "FILM-3", ["film-3"]),
        ("scenes", "scene-2", ["scene-2"]),
        ("characters", "c2", ["c-4"]),
        ("templates", "look 1", ["look-1"]),
        ("characters", "nobody", []),
    ],
)
def test_a_text_is_looked_for_without_regard_to_case(house: House, name: str, text: str, slugs: list[str]) -> None:
    found = LISTS[name](house)(text=text)
    assert ([item.slug for item in found.items], found.total) == (slugs, len(slugs))


def test_servers_that_get_no_renders_can_be_left_out(house: House) -> None:
    house.servers.update_by_id(house.server_id("box 3"), {"$set": {"active": False}})
    listed = house.app.comfyui.list_servers
    assert [server.slug for server in listed(active=False).items] == ["box 3"]
    assert listed(active=True).total == 4
