"""Deleting: all that belongs to it, nothing else, and killed at any step it is finished by doing it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.backend import Killed
from tests.fakes.house import LEASE, House
from tests.fakes.memory import migrated_store
from tests.fakes.mortal_store import MortalStore
from tests.unit.test_gallery import bring
from vidctl.domain.character import Character
from vidctl.domain.clip import Clip
from vidctl.domain.job import JobStatus
from vidctl.domain.recipe import MediaKind
from vidctl.domain.take import Take
from vidctl.errors import NotFound

COLLECTIONS = ("projects", "scenes", "clips", "takes", "jobs", "characters")
Documents = dict[str, list[dict[str, Any]]]


def take(clip: Clip, number: int = 0) -> Take:
    return Take(
        project_id=clip.project_id, clip_id=clip.id, kind=MediaKind.IMAGE, asset_id="a" * 64, job_id=str(number)
    )


def film(house: House, slug: str) -> None:
    """Two scenes of two clips, each with takes, an ended and a waiting job."""
    project = house.project(slug)
    house.app._characters.create(Character(project_id=project.id, name="Mara", slug="mara"))
    for scene in (house.scene(project, "verse", order=0), house.scene(project, "chorus", order=1)):
        for name in ("wide", "close"):
            clip = house.clip(scene, name)
            for number in range(2):
                house.takes.create(take(clip, number))
            house.job(clip, status=JobStatus.SUCCEEDED)
            house.job(clip)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path, rate=0) as house:
        film(house, "mine")
        film(house, "theirs")
        yield house


def stored(house: House) -> Documents:
    return {name: house.store.find(name, {}) for name in COLLECTIONS}


def of_project(documents: Documents, project_id: str) -> Documents:
    return {
        name: [each for each in found if project_id in (each["id"], each.get("project_id"))]
        for name, found in documents.items()
    }


def test_a_project_goes_with_everything_in_it_and_nothing_else(house: House) -> None:
    mine, theirs = (house.projects.find_one({"slug": slug}) for slug in ("mine", "theirs"))
    assert mine
    assert theirs
    before = of_project(stored(house), theirs.id)
    deleted = house.app.projects.delete_project("mine").deleted
    assert deleted == {"takes": 8, "jobs": 8, "clips": 4, "scenes": 2, "characters": 1, "projects": 1}
    assert stored(house) == before


def test_a_scene_goes_with_its_clips(house: House) -> None:
    assert house.app.scenes.delete_scene("mine/verse").deleted == {"takes": 4, "jobs": 4, "clips": 2, "scenes": 1}
    assert len(house.clips.find_many({})) == 6


def test_a_clip_goes_with_its_takes_and_jobs(house: House) -> None:
    assert house.app.clips.delete_clips(["mine/verse/wide"]).deleted == {"takes": 2, "jobs": 2, "clips": 1}


def test_a_running_job_is_asked_to_end_and_stays(house: House) -> None:
    held = house.queue.claim("worker", ["*"], LEASE)
    assert held
    house.app.clips.delete_clips([held.clip_id])
    assert house.again(held).status is JobStatus.RUNNING
    assert house.again(held).cancel_requested


def test_a_take_that_lands_while_its_clip_is_deleted_goes_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = house.app.references.clip("mine/verse/wide")
    late = take(clip, 9).model_copy(update={"asset_id": bring(house.app.gallery, house).id})
    write = house.store.write_all

    def land_and_write(writes: Any) -> None:
        monkeypatch.setattr(house.store, "write_all", write, raising=False)
        house.app.gallery.add_take(late, {})
        write(writes)

    monkeypatch.setattr(house.store, "write_all", land_and_write, raising=False)
    house.app.clips.delete_clips([clip.id])
    assert house.takes.list_by_clip(clip.id) == []


@pytest.mark.parametrize(
    ("delete", "reference"),
    [
        (lambda house: house.app.projects.delete_project, "mine"),
        (lambda house: house.app.scenes.delete_scene, "mine/verse"),
        (lambda house: lambda clip: house.app.clips.delete_clips([clip]), "mine/verse/wide"),
    ],
    ids=["project", "scene", "clip"],
)
def test_a_delete_that_was_killed_is_finished_by_doing_it_again(
    tmp_path: Path, delete: Callable[[House], Callable[[str], Any]], reference: str
) -> None:
    """Killed after its first write, after its second, and so on until it gets through."""
    whole = whole_delete(tmp_path, delete, reference)
    for writes in range(1, 200):
        store = MortalStore(migrated_store())
        with House(tmp_path, store, rate=0) as house:
            film(house, "mine")
            film(house, "theirs")
            store.die_after(writes)
            try:
                delete(house)(reference)
            except Killed:
                store.revive()
                again(delete(house), reference)
                assert slugs(house) == whole
            else:
                assert writes > 3
                return
    raise AssertionError("it never gets through")


def whole_delete(tmp_path: Path, delete: Callable[[House], Callable[[str], Any]], reference: str) -> Any:
    with House(tmp_path, rate=0) as house:
        film(house, "mine")
        film(house, "theirs")
        delete(house)(reference)
        return slugs(house)


def again(delete: Callable[[str], Any], reference: str) -> None:
    try:
        delete(reference)
    except NotFound:
        return  # the last write of all was the one after which it was killed


def slugs(house: House) -> dict[str, list[Any]]:
    """What is stored, comparable between two stores."""
    owners = {each["id"]: each["slug"] for each in house.store.find("projects", {})}
    owners |= {
        each["id"]: f"{owners.get(each['project_id'])}/{each['slug']}" for each in house.store.find("scenes", {})
    }
    owners |= {each["id"]: f"{owners.get(each['scene_id'])}/{each['slug']}" for each in house.store.find("clips", {})}
    return {
        name: sorted(
            str(owners.get(each.get("clip_id", each["id"]), owners.get(each.get("project_id"))))
            for each in house.store.find(name, {})
        )
        for name in COLLECTIONS
    }
