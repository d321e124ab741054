"""What people may type to name a thing: ids, their beginnings, paths; and what is said when it names nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.house import House
from vidctl.errors import AmbiguousReference, InvalidInput, NotFound
from vidctl.services.references import References, unknown

A, B = (f"{letter * 8}-0000-4000-8000-000000000000" for letter in "ab")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Films neon and noir; neon is current. Both have a scene verse with a clip hero."""
    with House(tmp_path, project="neon") as house:
        for slug in ("neon", "noir"):
            scene = house.scene(house.project(slug))
            house.clip(scene, "hero")
        yield house


@pytest.fixture
def references(house: House) -> References:
    return house.app.references


def without_current(house: House) -> References:
    house.app.settings.__dict__["_values"]["project"] = house.app.settings.__dict__["_values"]["ffmpeg"]
    assert house.app.settings.project == ""
    return house.app.references


@pytest.mark.parametrize("text", ["hero", "verse/hero", "neon/verse/hero", " neon / Verse / Hero ", "/verse/hero/"])
def test_a_clip_is_named_by_its_path(references: References, text: str) -> None:
    assert references.path(references.clip(text)) == "neon/verse/hero"


def test_a_path_from_the_top_leaves_the_current_project(references: References) -> None:
    assert references.path(references.clip("noir/verse/hero")) == "noir/verse/hero"


@pytest.mark.parametrize("text", ["verse", "neon/verse", "VERSE"])
def test_a_scene_is_named_by_its_path(references: References, text: str) -> None:
    assert references.scene(text).project_id == references.project("neon").id


def test_the_current_project_is_meant_when_none_is_named(references: References) -> None:
    assert references.project().slug == "neon"
    assert references.is_current(references.project())


def test_without_a_current_project_one_must_be_named(house: House) -> None:
    references = without_current(house)
    for ask in (references.project, lambda: references.scene("verse"), lambda: references.clip("hero")):
        with pytest.raises(InvalidInput) as refused:
            ask()
        assert "vidctl project use" in refused.value.fix


def test_an_id_needs_no_current_project(house: House) -> None:
    references = without_current(house)
    hero = house.clips.find_many({})[0]
    assert references.clip(hero.id) == hero
    assert references.scene(hero.scene_id).id == hero.scene_id


def test_an_id_needs_no_project_that_is_there(tmp_path: Path) -> None:
    with House(tmp_path, project="gone") as house:
        hero = house.clip()
        assert house.app.references.clip(hero.id) == hero


def test_the_beginning_of_an_id_will_do(references: References, house: House) -> None:
    clip = house.clip(house.scene(house.project("ids")), "one", id=A)
    assert references.clip("aaaa") == clip
    assert references.clip("AAAAAAAA-00") == clip


def test_a_beginning_that_fits_two_names_both(references: References, house: House) -> None:
    scene = house.scene(house.project("ids"))
    house.clip(scene, "one", id=A)
    house.clip(scene, "two", id=A.replace("-0000-", "-1111-"))
    with pytest.raises(AmbiguousReference) as refused:
        references.clip("aaaaaaaa")
    assert "(One)" in refused.value.cause
    assert "(Two)" in refused.value.cause
    assert len(refused.value.details["candidates"]) == 2


def test_a_name_counts_before_the_beginning_of_an_id(references: References, house: House) -> None:
    neon = references.project("neon")
    elsewhere = house.scene(house.project("ids"), "one", id=A)
    here = house.scene(neon, "aaaa")
    assert references.scene("aaaa") == here
    assert references.scene("aaaaa") == elsewhere
    house.clip(elsewhere, "one", id=B)
    assert references.clip("bbbb").id == B
    named = house.clip(here, "bbbb")
    assert references.clip("bbbb") == named


def test_less_than_four_digits_are_no_beginning_of_an_id(references: References, house: House) -> None:
    house.clip(house.scene(house.project("ids")), "one", id=A)
    with pytest.raises(NotFound):
        references.clip("aaa")


def test_a_clips_name_must_be_unique_where_it_stands_alone(references: References, house: House) -> None:
    house.clip(house.scene(references.project("neon"), "chorus"), "hero")
    with pytest.raises(AmbiguousReference):
        references.clip("hero")
    assert references.path(references.clip("chorus/hero")) == "neon/chorus/hero"


@pytest.mark.parametrize(
    ("kind", "text", "hint"),
    [
        ("clip", "verse/hera", "did you mean hero?"),
        ("clip", "hera", "did you mean hero?"),
        ("scene", "vers", "did you mean verse?"),
        ("project", "neom", "did you mean neon?"),
        ("project", "xyz", "there are noir, neon"),
        ("server", "box", "there is no server yet"),
        ("take", "abcd", "vidctl clip gallery CLIP lists a clip's takes"),
        ("job", "abcd", "vidctl queue list shows the jobs"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(references: References, kind: str, text: str, hint: str) -> None:
    with pytest.raises(NotFound) as refused:
        getattr(references, kind)(text)
    assert refused.value.fix == hint


@pytest.mark.parametrize("text", ["", "/", "a//b", "a/b/c/d", " / "])
def test_what_is_no_path_is_refused(references: References, text: str) -> None:
    with pytest.raises(InvalidInput):
        references.clip(text)


def test_a_scenes_path_has_two_parts_at_most(references: References) -> None:
    with pytest.raises(InvalidInput) as refused:
        references.scene("neon/verse/hero")
    assert refused.value.fix == "write project/scene, or an id"


def test_a_server_is_named_by_its_name_or_id(references: References, house: House) -> None:
    house.server("Big Box".replace(" ", ""))
    server = house.servers.list_servers()[0]
    assert references.server("BigBox") == references.server(server.id) == server


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30))
def test_whatever_is_typed_is_found_or_refused(references: References, text: str) -> None:
    for kind in ("project", "scene", "clip", "take", "server", "job"):
        with suppress(NotFound, InvalidInput, AmbiguousReference):
            assert getattr(references, kind)(text).id


def test_a_name_that_is_known_twice_is_suggested_once() -> None:
    assert unknown("template", "film-noirr", ["film-noir", "film-noir"]).fix == "did you mean film-noir?"


def test_few_of_many_clips_that_a_selector_fits_are_told(references: References, house: House) -> None:
    scene = house.scene(references.project("neon"), "long")
    for number in range(10):
        house.clip(scene, f"c{number}")
    with pytest.raises(AmbiguousReference) as refused:
        references.clip("scene:long")
    assert refused.value.cause.count("neon/long/c") == 8
    assert refused.value.cause.endswith(" …")
    assert len(refused.value.details["candidates"]) == 10


def test_copies_in_alternate_scenes_do_not_take_a_name_from_the_film(references: References, house: House) -> None:
    neon = references.project("neon")
    bridge = house.scene(neon, "bridge")
    pier = house.clip(bridge, "pier")
    for number in range(1, 5):
        house.clip(house.scene(neon, f"bridge-a{number}", original_id=bridge.id, alternate_number=number), "pier")
    assert references.clip("pier") == pier
