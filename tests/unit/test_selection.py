"""Lists of clips: filtered by a selector, sorted, and page by page the same as at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.house import House
from vidctl.domain.character import Character
from vidctl.domain.recipe import MediaKind
from vidctl.domain.style_template import StyleTemplate
from vidctl.domain.take import Take
from vidctl.errors import AmbiguousReference, InvalidInput, NotFound


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The current film: the scenes first (order 1) and zero (order 0) with nine clips each, and an alternate scene."""
    with House(tmp_path, project="film") as opened:
        film = opened.project()
        ada = opened.app._characters.create(Character(project_id=film.id, name="Ada", slug="ada"))
        noir = opened.app._templates.create(StyleTemplate(name="Noir", slug="noir"))
        scenes = [opened.scene(film, "first", order=1), opened.scene(film, "zero", order=0)]
        for scene in scenes:
            for number in range(9):
                clip = opened.clip(
                    scene,
                    f"c{number}",
                    name=f"Clip {9 - number}",
                    position=24 * (number // 2 * 2),  # two and two at the same place
                    status="final" if number % 3 == 0 else "draft",
                    tags=["hero"] if number % 2 else [],
                    locked=number == 4,
                    character_ids=[ada.id] if number == 5 else [],
                    template_id=noir.id if number == 6 else None,
                )
                if number in (1, 2):
                    kind = MediaKind.IMAGE if number == 1 else MediaKind.VIDEO
                    opened.takes.create(Take(project_id=film.id, clip_id=clip.id, kind=kind, asset_id="a" * 64))
        opened.app.scene_arranger.make_alternate("zero", None)
        yield opened


def listed(house: House, **how: object) -> list[str]:
    return [clip.path for clip in house.app.clips.list_clips(**how).items]  # type: ignore[arg-type]


def in_pages(house: House, size: int, **how: object) -> list[str]:
    found: list[str] = []
    after: str | None = None
    while True:
        page = house.app.clips.list_clips(after=after, limit=size, **how)  # type: ignore[arg-type]
        found += [clip.path for clip in page.items]
        if len(page.items) < size:
            return found
        after = page.items[-1].id


@pytest.mark.parametrize("sort", ["time", "name", "created", "updated"])
@pytest.mark.parametrize("where", ["", "status:final", "tag:hero -is:locked", "has:take", "scene:zero c?"])
@pytest.mark.parametrize("scene", [None, "first"])
def test_pages_together_are_the_whole_list(house: House, sort: str, where: str, scene: str | None) -> None:
    how = {"scene": scene, "where": where, "sort": sort}
    whole = listed(house, **how)
    assert house.app.clips.list_clips(**how).total == len(whole)  # type: ignore[arg-type]
    for size in (1, 4, 100):
        assert in_pages(house, size, **how) == whole


def test_a_page_tells_how_many_there_are_in_all(house: House) -> None:
    assert house.app.clips.list_clips(limit=2).total == 27
    assert house.app.clips.list_clips(limit=2, where="status:final").total == 9
    assert house.app.clips.list_clips(limit=2, where="has:video").total == 2


def test_scenes_stand_in_the_films_order_with_alternates_behind_their_originals(house: House) -> None:
    scenes = [path.split("/")[1] for path in listed(house)]
    assert list(dict.fromkeys(scenes)) == ["zero", "zero-a1", "first"]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("has:image", ["film/zero/c1", "film/first/c1"]),
        ("has:take scene:first", ["film/first/c1", "film/first/c2"]),
        ("character:ada", ["film/zero/c5", "film/zero-a1/c5", "film/first/c5"]),
        ("template:noir -is:alternate", ["film/zero/c6", "film/first/c6"]),
        ("is:locked", ["film/zero/c4", "film/first/c4"]),
        ("status:final status:final,draft c3", ["film/zero/c3", "film/zero-a1/c3", "film/first/c3"]),
        ("tag:hero tag:hero first/c1", ["film/first/c1"]),
    ],
)
def test_selectors_find_clips_by_what_they_have(house: House, where: str, expected: list[str]) -> None:
    assert listed(house, where=where) == expected


def test_a_selector_stands_wherever_clips_are_named(house: House) -> None:
    assert [clip.slug for clip in house.app.references.clips(["scene:first tag:hero", "first/c1", "zero/c0"])] == [
        "c1", "c3", "c5", "c7", "c0",
    ]  # fmt: skip
    assert house.app.references.clip("scene:first is:locked").slug == "c4"


def test_where_one_clip_is_meant_a_selector_may_not_fit_several(house: House) -> None:
    with pytest.raises(AmbiguousReference):
        house.app.references.clip("scene:first")


def test_a_selector_that_fits_nothing_is_told(house: House) -> None:
    with pytest.raises(NotFound, match="no clip of film fits 'tag:villain'"):
        house.app.references.clips(["tag:villain"])
    assert listed(house, where="tag:villain") == []


def test_wrong_ways_to_list_are_told(house: House) -> None:
    with pytest.raises(InvalidInput, match="cannot be sorted by 'size'"):
        house.app.clips.list_clips(sort="size")
    elsewhere = house.clip(house.scene(house.project("other"), "finale"), "last")
    with pytest.raises(NotFound, match="does not hold clip"):
        house.app.clips.list_clips(after=elsewhere.id, limit=2)
    with pytest.raises(NotFound, match="does not hold clip"):
        house.app.clips.list_clips(after=elsewhere.id, where="has:take")
