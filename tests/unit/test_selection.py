"""Lists of clips: filtered by a selector, sorted, and page by page the same as at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.house import House
from vidctl.domain.character import Character
from vidctl.domain.recipe import MediaKind
from vidctl.domain.style_template import StyleTemplate
from vidctl.domain.take import Take
from vidctl.errors import AmbiguousReference, InvalidInput, NotFound
from vidctl.services import clip_query
from vidctl.services.clip_query import ClipQuery


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
                    tags=["hero"] if number % 2 else ["night"] if number == 8 else [],
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
    assert in_pages(house, 4, **how) == in_pages(house, 100, **how) == whole
    backwards = {**how, "sort": f"-{sort}"}
    assert listed(house, **backwards) == in_pages(house, 5, **backwards) == whole[::-1]


WORDS = ["c1", "c?", "zero/*", "clip:first/c?", "scene:zero", "scene:*e*,first", "status:final", "status:draft,stills",
         "tag:hero", "tag:hero,night", "has:image", "has:video", "has:take", "has:tag,image", "has:template",
         "is:locked", "is:alternate", "is:locked,alternate", "character:ada", "character:nobody", "template:noir",
         "template:x", 'text:"clip 5"']  # fmt: skip
TERMS = st.tuples(st.sampled_from(["", "-"]), st.sampled_from(WORDS)).map("".join)


def looked_at(house: House, term: str) -> set[str]:
    """The clips that a term fits, each looked at."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ClipQuery, "_condition", lambda query, term: None)
        return set(listed(house, where=term))


@pytest.mark.parametrize("dash", ["", "-"])
@pytest.mark.parametrize("named", [0, 1_000])
def test_what_the_store_answers_to_a_term_is_what_a_look_at_each_clip_answers(
    house: House, monkeypatch: pytest.MonkeyPatch, dash: str, named: int
) -> None:
    monkeypatch.setattr(clip_query, "_NAMED", named)
    everything = listed(house)
    for word in WORDS:
        fitting = looked_at(house, dash + word)
        assert listed(house, where=dash + word) == [path for path in everything if path in fitting], dash + word


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(terms=st.lists(TERMS, min_size=2, max_size=3), size=st.integers(1, 9))
def test_pages_of_several_terms_hold_what_fits_them_all(house: House, terms: list[str], size: int) -> None:
    fitting = set.intersection(*(looked_at(house, term) for term in terms))
    expected = [path for path in reversed(listed(house)) if path in fitting]
    assert in_pages(house, size, where=" ".join(terms), sort="-time") == expected


def test_a_list_goes_on_behind_a_clip_that_fits_no_more(house: House) -> None:
    for where in ("status:final", "has:tag status:final"):
        first = house.app.clips.list_clips(where=where, limit=2)
        following = listed(house, where=where)[2:]
        assert first.next_after
        house.clips.update_by_id(first.next_after, {"$set": {"status": "draft"}})
        assert listed(house, where=where, after=first.next_after) == following
        house.clips.update_by_id(first.next_after, {"$set": {"status": "final"}})


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
        ("status:final status:final,draft scene:first", ["film/first/c0", "film/first/c3", "film/first/c6"]),
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
    with pytest.raises(InvalidInput, match="cannot be sorted by 'size'") as refused:
        house.app.clips.list_clips(sort="-size")
    assert refused.value.fix == "sort by time, name, created, updated; a dash before it turns it round, as -time"
    with pytest.raises(InvalidInput) as refused:
        house.app.clips.list_clips(sort="nam")
    assert refused.value.fix.startswith("did you mean name?")
    elsewhere = house.clip(house.scene(house.project("other"), "finale"), "last")
    with pytest.raises(NotFound, match="does not hold clip"):
        house.app.clips.list_clips(after=elsewhere.id, limit=2)
    with pytest.raises(NotFound, match="does not hold clip"):
        house.app.clips.list_clips(after=elsewhere.id, where="has:take")
