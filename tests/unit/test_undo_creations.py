"""What was created is taken back into the trash, with all else that the command did; or not at all, where something
hangs on it since."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes.film_check import faults
from tests.fakes.house import House
from tests.unit.test_undo_steps import OTHER_FILM, stored, the_film
from vidctl.domain.job import JobStatus
from vidctl.domain.take import Take
from vidctl.dtos.character_dtos import CharacterCreateDTO
from vidctl.dtos.clip_dtos import ClipCreateDTO, ClipUpdateDTO
from vidctl.dtos.history_dtos import RestoredDTO
from vidctl.dtos.project_dtos import ProjectUpdateDTO
from vidctl.dtos.scene_dtos import SceneCreateDTO
from vidctl.dtos.take_dtos import TakeRatingDTO
from vidctl.dtos.template_dtos import StyleTemplateCreateDTO
from vidctl.errors import Conflict, Locked
from vidctl.repositories.change_repository import ChangeRepository

Deed = Callable[[House], object]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """verse: a (two takes, Ada), b (a take). bridge: c, with an alternate."""
    with House(tmp_path, rate=1000, project="film") as opened:
        the_film(opened, tmp_path)
        yield opened


def newest(house: House) -> str:
    return house.app.history.list_history("film", limit=1).items[0].id


def undo(house: House, change: str | None = None) -> RestoredDTO:
    return house.app.history.undo(None, change)


def apply_other_film(house: House, folder: Path, slug: str = "film") -> None:
    apply(house, folder, OTHER_FILM.replace('"film"', f'"{slug}"'))


def apply(house: House, folder: Path, text: str) -> None:
    file = folder / "film.toml"
    file.write_text(text, encoding="utf-8")
    house.app.manifests.apply(file, project=None, dry_run=False, check=False, prune=True)


def take_of(house: House, slug: str) -> Take:
    return house.takes.list_by_clip(house.app.references.clip(slug).id)[0]


CREATIONS: dict[str, tuple[Deed, dict[str, int]]] = {
    "clip create": (lambda h: h.app.clips.create_clip("verse", ClipCreateDTO(name="New")), {"clips": 1}),
    "clip create before": (
        lambda h: h.app.clips.create_clip("verse", ClipCreateDTO(name="New", before="a")),
        {"clips": 1},
    ),
    "clip duplicate": (
        lambda h: h.app.clip_arranger.duplicate("a", name=None, scene=None, at=None, with_takes=True),
        {"takes": 2, "clips": 1},
    ),
    "clip split": (lambda h: h.app.clip_arranger.split("a", "12f"), {"takes": 2, "clips": 1}),
    "clip alternate": (lambda h: h.app.clip_arranger.make_alternate("a", None), {"clips": 1}),
    "scene create": (lambda h: h.app.scenes.create_scene(None, SceneCreateDTO(name="New")), {"scenes": 1}),
    "scene duplicate": (
        lambda h: h.app.scene_arranger.duplicate("verse", name=None, with_takes=True),
        {"takes": 3, "clips": 2, "scenes": 1},
    ),
    "scene alternate": (lambda h: h.app.scene_arranger.make_alternate("bridge", None), {"clips": 2, "scenes": 1}),
    "character create": (
        lambda h: h.app.characters.create_character(None, CharacterCreateDTO(name="Bo")),
        {"characters": 1},
    ),
    "take copy": (lambda h: h.app.take_moves.copy([take_of(h, "a").id], "c"), {"takes": 1}),
}


@pytest.mark.parametrize("deed", CREATIONS)
def test_what_was_created_goes_into_the_trash_and_comes_back(house: House, deed: str) -> None:
    create, expected = CREATIONS[deed]
    before = stored(house)
    create(house)
    after = stored(house)
    undone = undo(house)
    assert (stored(house), undone.removed) == (before, expected)
    (deletion,) = house.app.history.list_trash(None, everywhere=False).items
    assert (deletion.action, deletion.id) == ("undo", undone.undo)
    house.app.history.restore(deletion.id)
    assert stored(house) == after
    assert house.app.history.list_trash(None, everywhere=True).items == []
    undo(house)
    assert stored(house) == before


def test_a_manifest_is_taken_back_whole(house: House, tmp_path: Path) -> None:
    before = stored(house)
    apply_other_film(house, tmp_path)
    after = stored(house)
    undone = undo(house)
    assert stored(house) == before
    assert undone.removed == {"clips": 1, "characters": 1, "scenes": 1}
    undo(house, undone.undo)
    assert stored(house) == after


def test_of_a_manifest_that_cannot_be_taken_back_whole_nothing_is(house: House, tmp_path: Path) -> None:
    apply_other_film(house, tmp_path)
    change = newest(house)
    house.app.characters.apply(None, "bo", ["new"])
    after = stored(house)
    with pytest.raises(Conflict):
        undo(house, change)
    assert stored(house) == after


def test_a_film_that_a_manifest_made_goes_into_the_trash_whole(house: House, tmp_path: Path) -> None:
    before = stored(house)
    apply_other_film(house, tmp_path, "second")
    after = stored(house)
    undone = house.app.history.undo("second", None)
    assert stored(house) == before
    house.app.history.restore(undone.undo)
    assert stored(house) == after


@pytest.mark.parametrize("name", ["A", "B"])
def test_a_clip_goes_back_into_a_scene_that_comes_back(house: House, tmp_path: Path, name: str) -> None:
    before = stored(house)
    apply(house, tmp_path, OTHER_FILM.replace('"B"', f'"{name}"'))
    undo(house)
    assert stored(house) == before


def test_an_alternate_keeps_its_number_when_the_one_in_its_stead_goes(house: House, tmp_path: Path) -> None:
    house.app.scene_arranger.make_alternate("bridge", None)
    before = stored(house)
    text = house.app.manifests.dump(None, None, media=None, overwrite=False).text
    apply(house, tmp_path, text.replace('"bridge-a1"', '"other"'))
    undo(house)
    assert stored(house) == before


@pytest.mark.parametrize(
    "deed",
    [
        lambda h: h.app.clip_arranger.merge(["a", "b"]),
        lambda h: h.app.clips.delete_clips(["a"], ripple=True),
        lambda h: h.app.scenes.delete_scene("verse"),
        lambda h: h.app.characters.delete_character(None, "ada"),
        lambda h: h.app.takes.delete_takes([take_of(h, "b").id]),
    ],
    ids=["merge", "delete a clip", "delete a scene", "delete a character", "delete a take"],
)
def test_what_was_deleted_can_be_taken_back_and_done_again_and_again(house: House, deed: Deed) -> None:
    before = stored(house)
    deed(house)
    after = stored(house)
    for _ in range(2):
        undone = undo(house)
        assert stored(house) == before
        undo(house, undone.undo)
        assert stored(house) == after


def test_a_clip_that_was_changed_since_goes_back_as_it_is_now(house: House, tmp_path: Path) -> None:
    apply_other_film(house, tmp_path)
    change = newest(house)
    house.app.clips.update_clip("b", ClipUpdateDTO(notes="x"))
    undo(house, change)
    assert house.app.clips.get_clip("b").notes == "x"
    assert faults(house.store) == []


def test_templates_are_taken_back_by_the_ids_of_their_changes(house: House) -> None:
    before = stored(house)
    house.app.templates.create_template(StyleTemplateCreateDTO(name="Noir"))
    (created,) = house.app._change_sets.newest({"project_id": ""})
    undo(house, created.id)
    assert stored(house) == before


# what came to it since


def land_a_take(house: House) -> None:
    new = house.app.references.clip("new")
    house.app.gallery.add_take(take_of(house, "a").model_copy(update={"id": "f" * 36, "clip_id": new.id}), {})


HANGING: dict[str, tuple[str, Deed]] = {
    "1 take": ("clip create", land_a_take),
    "1 render in the queue": ("clip create", lambda h: h.job(h.app.references.clip("new"))),
    "1 clip": ("scene create", lambda h: h.app.clips.create_clip("new", ClipCreateDTO(name="X"))),
    "2 clips": ("character create", lambda h: h.app.characters.apply(None, "bo", ["a", "b"])),
    "1 scene": ("scene create", lambda h: h.app.scene_arranger.make_alternate("new", None)),
}


@pytest.mark.parametrize("what", HANGING)
def test_what_is_in_use_since_is_not_taken_back(house: House, what: str) -> None:
    created, use = HANGING[what]
    CREATIONS[created][0](house)
    change = newest(house)
    use(house)
    before = stored(house)
    with pytest.raises(Conflict, match="is in use since then") as refused:
        undo(house, change)
    assert refused.value.cause == f"on it hang: {what}"
    assert refused.value.fix.startswith(f"vidctl {created.split()[0]} delete ")
    assert stored(house) == before


def test_a_style_that_clips_have_by_now_is_not_taken_back(house: House) -> None:
    house.app.templates.create_template(StyleTemplateCreateDTO(name="Noir"))
    (created,) = house.app._change_sets.newest({"project_id": ""})
    house.app.templates.apply("noir", ["a"])
    with pytest.raises(Conflict, match="the template noir is in use since then"):
        undo(house, created.id)


def test_a_take_that_a_clip_shows_by_now_is_not_taken_back(house: House) -> None:
    house.app.take_moves.copy([take_of(house, "b").id], "a")
    change = newest(house)
    copy = next(each for each in house.app._changes.of_set(change) if each.collection == "takes")
    house.app.takes.select(copy.document_id)
    with pytest.raises(Conflict, match="is in use since then"):
        undo(house, change)


def test_what_was_changed_since_it_was_created_is_not_taken_back(house: House) -> None:
    CREATIONS["clip create"][0](house)
    change = newest(house)
    house.app.clips.update_clip("new", ClipUpdateDTO(image_prompt="mine"))
    with pytest.raises(Conflict, match="the clip new has been changed since then") as refused:
        undo(house, change)
    assert refused.value.cause == "these differ now: image_prompt"


def test_a_take_that_was_rated_since_it_was_copied_is_not_taken_back(house: House) -> None:
    house.app.take_moves.copy([take_of(house, "b").id], "a")
    change = newest(house)
    copy = next(each for each in house.app._changes.of_set(change) if each.collection == "takes")
    house.app.takes.rate([copy.document_id], TakeRatingDTO(rating=5))
    with pytest.raises(Conflict, match="has been changed since then"):
        undo(house, change)


def test_a_locked_clip_has_to_be_unlocked_before_it_is_taken_back(house: House) -> None:
    CREATIONS["clip create"][0](house)
    change = newest(house)
    house.app.clips.lock_clips(["new"], locked=True)
    with pytest.raises(Locked):
        undo(house, change)
    house.app.clips.lock_clips(["new"], locked=False)
    assert undo(house, change).removed == {"clips": 1}


@pytest.mark.parametrize("how", ["move", "copy"])
def test_a_take_that_came_to_a_locked_clip_is_taken_back(house: House, how: str) -> None:
    house.app.clips.lock_clips(["a"], locked=True)
    before = stored(house)
    getattr(house.app.take_moves, how)([take_of(house, "b").id], "a")
    undo(house)
    assert stored(house) == before


def test_what_is_gone_already_is_not_in_the_way_of_the_rest(house: House) -> None:
    before = stored(house)
    CREATIONS["scene duplicate"][0](house)
    change = newest(house)
    house.app.clips.delete_clips(["verse-copy/a"])
    assert undo(house, change).removed == {"takes": 1, "clips": 1, "scenes": 1}
    assert stored(house) == before


def test_what_is_gone_altogether_has_been_taken_back_already(house: House) -> None:
    CREATIONS["clip create"][0](house)
    change = newest(house)
    house.app.clips.delete_clips(["new"])
    with pytest.raises(Conflict, match="has been taken back already"):
        undo(house, change)


def test_ended_jobs_are_forgotten_with_the_clip_that_they_were_for(house: House) -> None:
    CREATIONS["clip create"][0](house)
    job = house.job(house.app.references.clip("new"), status=JobStatus.FAILED)
    undo(house)
    assert house.queue.count({"id": job.id}) == 0


# places in frames of the film's rate


def empty_film(house: House) -> None:
    house.app.clips.delete_clips(["a", "b", "c"])


def set_rate(house: House, fps: str) -> None:
    house.app.projects.update_project(None, ProjectUpdateDTO(fps=fps))


def test_clips_do_not_come_back_into_a_film_of_another_rate(house: House) -> None:
    empty_film(house)
    deletion = newest(house)
    set_rate(house, "30")
    with pytest.raises(Conflict, match="placed in frames of 24 fps"):
        house.app.history.restore(deletion)
    set_rate(house, "24")
    assert house.app.history.restore(deletion).restored == {"takes": 3, "clips": 4}


def test_a_rate_does_not_go_back_under_clips_that_were_created_since(house: House) -> None:
    empty_film(house)
    set_rate(house, "30")
    change = newest(house)
    house.app.clips.create_clip("verse", ClipCreateDTO(name="New"))
    with pytest.raises(Conflict, match="the rate of film cannot go back to 24 fps"):
        undo(house, change)
    undo(house)
    undo(house)
    assert house.app.projects.get_project().fps == "24"


def test_a_rate_does_not_go_back_under_clips_that_were_lengthened_since(house: House, tmp_path: Path) -> None:
    for fps in (24, 12):  # the same frames, so that no clip is changed with the rate
        text = OTHER_FILM.replace('"film"', '"second"').replace('"64x64"', f'"64x64"\nfps = "{fps}"')
        apply(house, tmp_path, text)
    change = house.app.history.list_history("second", limit=1).items[0].id
    house.app.clips.update_clip("second/refrain/b", ClipUpdateDTO(length="21f"))
    with pytest.raises(Conflict, match="the rate of second cannot go back to 24 fps"):
        undo(house, change)
    house.app.clips.update_clip("second/refrain/b", ClipUpdateDTO(length="20f"))
    undo(house, change)
    assert house.app.projects.get_project("second").fps == "24"


def test_a_creation_that_an_earlier_version_did_not_keep_is_told_as_such(house: House) -> None:
    house.app.clips.create_clip("verse", ClipCreateDTO(name="New"))
    ChangeRepository(house.app.store).delete_many({"set_id": newest(house)})
    with pytest.raises(Conflict, match="what clip create New made was not kept then"):
        undo(house)
