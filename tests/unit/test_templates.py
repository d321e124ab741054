"""Style templates: the store's own and those that come with vidctl, on clips, and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.house import House
from vidctl.domain.clip import Clip
from vidctl.domain.recipe import MediaKind
from vidctl.dtos.base import make_input
from vidctl.dtos.generation_dtos import GenerationRequestDTO
from vidctl.dtos.template_dtos import (
    StyleTemplateCreateDTO,
    StyleTemplateUpdateDTO,
    TemplateCopyDTO,
    TemplateFilterDTO,
    TemplateSource,
)
from vidctl.errors import Conflict, DuplicateName, InvalidInput, Locked, NewerFormat, NotFound
from vidctl.presets.loader import list_styles, load_style
from vidctl.services.template_exchange import TemplateExchange
from vidctl.services.template_service import TemplateService

BUILT_IN = list_styles()[0]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A film with the clips verse/a, verse/b and verse/c, and the template noir."""
    with House(tmp_path, project="film") as house:
        scene = house.scene(house.project("film"))
        for number, slug in enumerate("abc"):
            house.clip(scene, slug, position=24 * number, image_prompt="rain")
        house.app.templates.create_template(StyleTemplateCreateDTO(name="Noir", prompt="film noir"))
        yield house


@pytest.fixture
def templates(house: House) -> TemplateService:
    return house.app.templates


@pytest.fixture
def exchange(house: House) -> TemplateExchange:
    return house.app.template_exchange


def clip(house: House, slug: str = "a") -> Clip:
    found = house.clips.find_one({"slug": slug})
    assert found
    return found


def own(house: House) -> list[str]:
    return sorted(each.slug for each in house.app._templates.find_many({}))


def listed(templates: TemplateService, **wanted: Any) -> dict[str, TemplateSource]:
    return {each.slug: each.source for each in templates.list_templates(TemplateFilterDTO(**wanted)).items}


def make(templates: TemplateService, name: str, **fields: Any) -> None:
    templates.create_template(make_input(StyleTemplateCreateDTO, name=name, **fields))


# on clips


def test_a_clip_has_one_template_and_the_last_counts(house: House, templates: TemplateService) -> None:
    make(templates, "Anime")
    templates.apply("noir", ["a", "b"])
    templates.apply("anime", ["a"])
    [anime] = house.app._templates.find_many({"slug": "anime"})
    assert clip(house).template_id == anime.id
    templates.remove(["a", "c"])
    assert clip(house).template_id is None
    assert clip(house, "b").template_id is not None
    assert clip(house).image_prompt == "rain"


def test_applying_twice_writes_nothing_the_second_time(house: House, templates: TemplateService) -> None:
    templates.apply("noir", ["a"])
    before = house.clips.find_many({})
    templates.apply("noir", ["a", "verse/a"])
    assert house.clips.find_many({}) == before


@pytest.mark.parametrize("name", ["noir", BUILT_IN])
def test_one_locked_clip_keeps_all_as_they_are(house: House, templates: TemplateService, name: str) -> None:
    house.clips.update_one({"slug": "c"}, {"$set": {"locked": True}})
    before = house.clips.find_many({})
    with pytest.raises(Locked):
        templates.apply(name, ["a", "c"])
    assert house.clips.find_many({}) == before


def test_clips_of_several_films_may_have_one_template(house: House, templates: TemplateService) -> None:
    other = house.clip(slug="other")
    assert templates.apply("noir", ["a", other.id]).total == 2


def test_a_deleted_template_leaves_all_clips_and_comes_back_onto_them(house: House, templates: TemplateService) -> None:
    templates.apply("noir", ["a", "b"])
    assert templates.describe_deletion("noir") == "the template Noir, which 2 clips have"
    templates.delete_template("noir")
    assert (clip(house).template_id, own(house)) == (None, [])
    [lying] = house.app.history.list_trash(None, everywhere=True).items
    house.app.history.restore(lying.id)
    assert clip(house, "b").template_id == house.app._templates.find_many({})[0].id


def test_a_template_of_a_locked_clip_cannot_be_deleted(house: House, templates: TemplateService) -> None:
    templates.apply("noir", ["a", "b"])
    house.clips.update_one({"slug": "b"}, {"$set": {"locked": True}})
    with pytest.raises(Locked):
        templates.delete_template("noir")
    assert (own(house), clip(house).template_id is None) == (["noir"], False)


def test_a_template_that_is_deleted_while_it_is_applied_is_on_no_clip(
    house: House, templates: TemplateService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The template is read, somebody deletes it, then the clip would be written."""
    find = house.app._templates.find_by_id

    def delete_meanwhile(template_id: str) -> Any:
        found = find(template_id)
        monkeypatch.setattr(house.app._templates, "find_by_id", find)
        templates.delete_template("noir")
        return found

    monkeypatch.setattr(house.app._templates, "find_by_id", delete_meanwhile)
    with pytest.raises(NotFound):
        templates.apply("noir", ["a"])
    assert clip(house).template_id is None


def test_its_uses_are_counted_by_the_renders_that_are_asked_for(house: House, templates: TemplateService) -> None:
    templates.apply("noir", ["a", "b"])
    clips = [clip(house, slug).id for slug in "abc"]
    request = GenerationRequestDTO(clips=clips, generation_type=MediaKind.IMAGE, server="animatic", count=2)
    house.app.generation.dry_run(request)
    assert templates.get_template("noir").use_count == 0
    list(house.app.generation.generate(request, wait=False))
    assert templates.get_template("noir").use_count == 4


# those that come with vidctl


def test_built_in_ones_are_listed_behind_those_that_are_used(house: House, templates: TemplateService) -> None:
    make(templates, "Zebra")
    house.app._templates.update_one({"slug": "zebra"}, {"$set": {"use_count": 3}})
    slugs = list(listed(templates))
    assert slugs == ["zebra", *sorted(["noir", *list_styles()])]


def test_a_built_in_one_becomes_an_own_one_at_its_first_use(house: House, templates: TemplateService) -> None:
    shown = templates.get_template(BUILT_IN)
    assert (shown.source, shown.id, shown.prompt) == (TemplateSource.BUILTIN, None, load_style(BUILT_IN).prompt)
    for slug in "ab":
        templates.apply(BUILT_IN, [slug])
    [copied] = house.app._templates.find_many({"slug": BUILT_IN})
    assert (clip(house).template_id, clip(house, "b").template_id) == (copied.id, copied.id)
    assert (copied.prompt, copied.is_public) == (load_style(BUILT_IN).prompt, False)
    assert listed(templates)[BUILT_IN] is TemplateSource.OWN


def test_a_wrong_clip_brings_no_copy_into_the_store(house: House, templates: TemplateService) -> None:
    with pytest.raises(NotFound):
        templates.apply(BUILT_IN, ["a", "nobody"])
    assert own(house) == ["noir"]


def test_a_built_in_one_cannot_be_changed_or_deleted_but_copied(house: House, templates: TemplateService) -> None:
    for change in (
        lambda: templates.update_template(BUILT_IN, StyleTemplateUpdateDTO(prompt="x")),
        lambda: templates.delete_template(BUILT_IN),
    ):
        with pytest.raises(InvalidInput) as refused:
            change()
        assert f"vidctl template copy {BUILT_IN}" in refused.value.fix
    templates.copy_template(BUILT_IN, TemplateCopyDTO())
    assert templates.update_template(BUILT_IN, StyleTemplateUpdateDTO(prompt="x")).prompt == "x"
    templates.delete_template(BUILT_IN)
    assert templates.get_template(BUILT_IN).source is TemplateSource.BUILTIN


def test_a_copy_is_new_private_and_under_its_own_name(house: House, templates: TemplateService) -> None:
    templates.update_template("noir", StyleTemplateUpdateDTO(is_public=True, image_settings={"steps": 9}))
    house.app._templates.update_one({"slug": "noir"}, {"$set": {"use_count": 3}})
    copied = templates.copy_template("noir", TemplateCopyDTO(name="Noir Two"))
    assert (copied.slug, copied.prompt, copied.use_count, copied.is_public) == ("noir-two", "film noir", 0, False)
    assert copied.image_settings == {"steps": 9}
    with pytest.raises(DuplicateName):
        templates.copy_template("noir", TemplateCopyDTO())


def test_an_unknown_name_is_told_with_the_nearest_of_both_kinds(templates: TemplateService) -> None:
    with pytest.raises(NotFound) as refused:
        templates.get_template(BUILT_IN + "x")
    assert BUILT_IN in refused.value.fix
    with pytest.raises(NotFound, match="noirr"):
        templates.get_template("noirr")


def test_lists_are_narrowed(templates: TemplateService) -> None:
    make(templates, "Open", category="Anime ", is_public=True)
    assert "open" in listed(templates, category="anime")
    assert "noir" not in listed(templates, category="anime")
    assert {*listed(templates, public=False)} == {"noir"}
    assert {*listed(templates, public=True)} == {"open", *list_styles()}
    assert {*listed(templates, built_in=True)} == set(list_styles())
    assert {*listed(templates, built_in=False)} == {"noir", "open"}


# limits


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("name", ["a", "a" * 200], ["", " ", "a" * 201, "a\tb", 3]),
        ("description", ["", "a" * 2000], ["a" * 2001, "\0"]),
        ("category", ["a", "a" * 100, "my own"], ["", " ", "a" * 101]),
        ("prompt", ["", "a" * 5000], ["a" * 5001]),
        ("negative_prompt", ["", "a" * 5000, "a" * 100_000], ["a" * 100_001, "\0"]),
        ("image_settings", [{"steps": 1}, {"model": "x.safetensors"}, {"loras": [{"name": "x", "weight": -10}]}],
         [{"steps": 0}, {"stepz": 1}, {"loras": [{"name": "x", "weight": -11}]}, {"loras": [{"weight": 1}]}]),
        ("video_settings", [{"frames": 300}], [{"frames": 301}, {"fps": 121}]),
        ("is_public", [True, False], ["maybe", None]),
        ("use_count", [], [3]),
    ],
)  # fmt: skip
def test_every_limit_holds_where_it_is_said(
    house: House, templates: TemplateService, field: str, good: list[Any], bad: list[Any]
) -> None:
    for number, value in enumerate(good):
        make(templates, **{"name": f"Name {number}", field: value})
    for value in bad:
        with pytest.raises(InvalidInput):
            make(templates, **{"name": "New", field: value})
    assert len(own(house)) == 1 + len(good)


# as a file

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
styles = st.fixed_dictionaries(
    {
        "description": texts,
        "category": st.sampled_from(["custom", "anime", "my own"]),
        "prompt": texts,
        "negative_prompt": texts,
        "image_settings": st.fixed_dictionaries({}, optional={
            "steps": st.integers(1, 200), "cfg": st.floats(0.1, 30), "model": texts.filter(bool),
            "loras": st.lists(st.fixed_dictionaries({"name": st.text("abc", min_size=1, max_size=5),
                                                     "weight": st.floats(-10, 10)}), max_size=2),
        }),
        "is_public": st.booleans(),
    }
)  # fmt: skip


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(styles, min_size=1, max_size=3))
def test_what_is_exported_comes_in_elsewhere_letter_by_letter(tmp_path: Path, given: list[dict[str, Any]]) -> None:
    with House(tmp_path) as here, House(tmp_path) as there:
        names = [f"Name {number}" for number in range(len(given))]
        for name, fields in zip(names, given, strict=True):
            make(here.app.templates, name, **fields)
        file = tmp_path / "styles.toml"
        here.app.template_exchange.export(names, file, overwrite=True)
        assert len(there.app.template_exchange.import_(file, replace=False).created) == len(names)
        for name in names:
            first, second = (house.app.templates.get_template(name).model_dump() for house in (here, there))
            apart = {"id", "created_at", "updated_at"}
            assert {k: v for k, v in first.items() if k not in apart} == {
                k: v for k, v in second.items() if k not in apart
            }
        text = file.read_bytes()
        there.app.template_exchange.export(names, file, overwrite=True)
        assert file.read_bytes() == text


def test_without_names_only_public_ones_are_exported(
    templates: TemplateService, exchange: TemplateExchange, tmp_path: Path
) -> None:
    file = tmp_path / "styles.toml"
    with pytest.raises(InvalidInput, match="no template is public"):
        exchange.export([], file, overwrite=False)
    make(templates, "Open", is_public=True)
    assert exchange.export([], file, overwrite=False).templates == ["open"]
    assert exchange.export(["noir", BUILT_IN, "Noir"], file, overwrite=True).templates == sorted(["noir", BUILT_IN])


def test_a_file_that_is_there_is_only_replaced_when_told(exchange: TemplateExchange, tmp_path: Path) -> None:
    file = tmp_path / "styles.toml"
    file.write_text("mine")
    with pytest.raises(Conflict):
        exchange.export(["noir"], file, overwrite=False)
    with pytest.raises(InvalidInput, match=r"\.toml"):
        exchange.export(["noir"], tmp_path / "styles.txt", overwrite=False)
    assert file.read_text() == "mine"


def test_those_that_are_there_and_differ_are_only_replaced_when_told(
    house: House, templates: TemplateService, exchange: TemplateExchange, tmp_path: Path
) -> None:
    file = tmp_path / "styles.toml"
    make(templates, "Anime")
    exchange.export(["noir", "anime"], file, overwrite=False)
    templates.update_template("noir", StyleTemplateUpdateDTO(prompt="other"))
    templates.delete_template("anime")
    templates.apply("noir", ["a"])
    with pytest.raises(DuplicateName, match="noir"):
        exchange.import_(file, replace=False)
    assert own(house) == ["noir"]
    told = exchange.import_(file, replace=True)
    assert (told.created, told.replaced, told.unchanged) == (["anime"], ["noir"], [])
    assert templates.get_template("noir").prompt == "film noir"
    assert clip(house).template_id == house.app._templates.find_many({"slug": "noir"})[0].id
    assert exchange.import_(file, replace=False).unchanged == ["anime", "noir"]


HEAD = 'vidctl = 1\n\n[[template]]\nname = "Rain"\n'


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (HEAD + 'promt = "x"\n', 5, "did you mean prompt?"),
        (HEAD + "use_count = 3\n", 5, "there is no such field"),
        (HEAD + "image.stepz = 3\n", 5, "did you mean steps?"),
        (HEAD + "image.steps = 201\n", 5, "image.steps"),
        (HEAD + f'category = "{"a" * 101}"\n', 5, "at most 100"),
        (HEAD + 'public = "yes"\n', 5, "public"),
        (HEAD + HEAD.partition("\n\n")[2], 5, "rain is there already"),
        (HEAD + "[project]\n", 5, "there is no such field"),
        ("vidctl = 1\n", None, "template"),
        (HEAD + "prompt = x\n", 5, "no TOML"),
        ('vidctl = "one"\n' + HEAD.partition("\n\n")[2], 1, "must be 1"),
    ],
)
def test_a_file_that_is_wrong_is_refused_whole_by_line_and_field(
    house: House, exchange: TemplateExchange, tmp_path: Path, text: str, line: int | None, told: str
) -> None:
    file = tmp_path / "styles.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        exchange.import_(file, replace=True)
    said = f"{refused.value.problem} {refused.value.cause} {refused.value.fix}"
    assert told in said
    assert line is None or f"line {line}" in said
    assert own(house) == ["noir"]


def test_everything_that_is_wrong_with_a_file_is_told_at_once(exchange: TemplateExchange, tmp_path: Path) -> None:
    file = tmp_path / "styles.toml"
    rows = ["vidctl = 1", "[[template]]", 'name = "A"', "nots = 1", "[[template]]", 'name = "A"', "image.stepps = 3"]
    file.write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(InvalidInput) as refused:
        exchange.import_(file, replace=True)
    assert [(each["line"], each["field"]) for each in refused.value.details["faults"]] == [
        (4, "template.nots"),
        (5, "template.slug"),
        (7, "template.image.stepps"),
    ]


def test_a_file_of_a_newer_vidctl_is_told_as_such(exchange: TemplateExchange, tmp_path: Path) -> None:
    file = tmp_path / "styles.toml"
    file.write_text("vidctl = 2\n", encoding="utf-8")
    with pytest.raises(NewerFormat):
        exchange.import_(file, replace=False)
    with pytest.raises(NotFound):
        exchange.import_(tmp_path / "none.toml", replace=False)
