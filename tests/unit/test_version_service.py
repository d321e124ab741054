"""A clip's earlier texts: whatever was written can be looked at and brought back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.house import House
from vidctl.domain.clip import Clip
from vidctl.domain.word_diff import Mark
from vidctl.dtos.clip_dtos import ClipUpdateDTO, ClipVersionDTO
from vidctl.errors import Locked, NotFound
from vidctl.services.version_service import VersionService

TEXTS = ("image_prompt", "video_prompt", "negative_prompt", "lyrics")
EDITS = st.lists(
    st.dictionaries(st.sampled_from([*TEXTS, "notes"]), st.sampled_from(["", "a singer", "night"]), min_size=1),
    max_size=6,
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path) as house:
        yield house


@pytest.fixture
def service(house: House) -> VersionService:
    return house.app.versions


@pytest.fixture
def clip(house: House) -> Clip:
    """With three versions: a singer; a dancer; a dancer, who turns."""
    clip = house.clip(image_prompt="a singer")
    write(house, clip, image_prompt="a dancer")
    write(house, clip, video_prompt="she turns")
    return clip


def write(house: House, clip: Clip, **texts: str) -> None:
    house.app.clips.update_clip(clip.id, ClipUpdateDTO(**texts))


def texts_of(version: ClipVersionDTO | Clip) -> dict[str, str]:
    return {name: getattr(version, name) for name in TEXTS}


def test_what_was_taken_back_loses_no_version(house: House, service: VersionService, clip: Clip) -> None:
    house.app.history.undo(clip.project_id, None)
    told = [(v.version_number, v.image_prompt, v.video_prompt) for v in service.list_versions(clip.id).items]
    assert told == [(4, "a dancer", ""), (3, "a dancer", "she turns"), (2, "a dancer", ""), (1, "a singer", "")]


def test_versions_are_listed_newest_first_with_the_texts_of_their_time(service: VersionService, clip: Clip) -> None:
    versions = service.list_versions(clip.id).items
    told = [(v.version_number, v.image_prompt, v.video_prompt, v.is_active) for v in versions]
    assert told == [(3, "a dancer", "she turns", True), (2, "a dancer", "", False), (1, "a singer", "", False)]
    times = [version.created_at for version in versions]
    assert times == sorted(times, reverse=True)
    assert versions[-1].created_at == clip.created_at


def test_a_clip_whose_texts_nobody_has_changed_has_one_version(house: House, service: VersionService) -> None:
    clip = house.clip()
    write(house, clip, notes="later")
    [only] = service.list_versions(clip.id).items
    assert (only.version_number, only.is_active) == (1, True)


def test_a_diff_is_of_the_last_change_if_nothing_is_said(service: VersionService, clip: Clip) -> None:
    diff = service.diff(clip.id, None, None)
    assert (diff.from_version, diff.to_version) == (2, 3)
    [text] = diff.texts
    assert (text.name, text.before, text.after) == ("video_prompt", "", "she turns")


def test_a_diff_tells_word_by_word(service: VersionService, clip: Clip) -> None:
    [image, _] = service.diff(clip.id, 1, 3).texts
    told = [(piece.mark, piece.text) for piece in image.pieces]
    assert told == [(Mark.SAME, "a "), (Mark.REMOVED, "singer"), (Mark.ADDED, "dancer")]


def test_a_diff_goes_backwards_too(service: VersionService, clip: Clip) -> None:
    [image, video] = service.diff(clip.id, 3, 1).texts
    assert (image.before, image.after, video.after) == ("a dancer", "a singer", "")
    assert service.diff(clip.id, None, 2).from_version == 1
    assert service.diff(clip.id, 2, 2).texts == service.diff(clip.id, None, 1).texts == []


def test_an_earlier_version_comes_back_as_a_new_one(house: House, service: VersionService, clip: Clip) -> None:
    told = service.restore(clip.id, 1)
    assert (told.restored, told.version, told.changed) == (1, 4, ["image_prompt", "video_prompt"])
    now = house.clips.find_by_id(clip.id)
    assert (now.image_prompt, now.video_prompt, now.version) == ("a singer", "", 4)
    service.restore(clip.id, 3)
    assert house.clips.find_by_id(clip.id).video_prompt == "she turns"
    assert house.app._change_sets.newest({"project_id": clip.project_id})[0].action == "clip restore"


def test_bringing_back_what_is_there_changes_nothing(house: House, service: VersionService, clip: Clip) -> None:
    before = house.clips.find_by_id(clip.id)
    told = service.restore(clip.id, 3)
    assert (told.version, told.changed) == (3, [])
    assert house.clips.find_by_id(clip.id) == before


@pytest.mark.parametrize("number", [0, -1, 4, 99])
def test_a_version_that_there_is_not_is_told(service: VersionService, clip: Clip, number: int) -> None:
    for refused in (
        lambda: service.restore(clip.id, number),
        lambda: service.diff(clip.id, number, None),
        lambda: service.diff(clip.id, None, number),
    ):
        with pytest.raises(NotFound) as error:
            refused()
        assert error.value.fix == "there are 1 to 3"


def test_a_locked_clip_gets_no_earlier_texts(house: House, service: VersionService, clip: Clip) -> None:
    house.clips.update_by_id(clip.id, {"$set": {"locked": True}})
    with pytest.raises(Locked):
        service.restore(clip.id, 1)


def test_of_an_emptied_history_what_is_left_is_told(house: House, service: VersionService, clip: Clip) -> None:
    [first] = house.app._changes.find_many({"document_id": clip.id, "version": 1})
    house.app._changes.delete_by_id(first.id)
    assert [version.version_number for version in service.list_versions(clip.id).items] == [3, 2]
    with pytest.raises(NotFound, match="no version 1"):
        service.restore(clip.id, 1)


@given(edits=EDITS)
@settings(max_examples=20, deadline=None)
def test_every_version_is_what_was_written_then(edits: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder, House(Path(folder)) as house:
        clip = house.clip()
        written = [texts_of(clip)]
        for edit in edits:
            write(house, clip, **edit)
            now = texts_of(house.clips.find_by_id(clip.id))
            written += [now] if now != written[-1] else []
        versions = house.app.versions.list_versions(clip.id).items
        assert [texts_of(version) for version in versions[::-1]] == written
        house.app.versions.restore(clip.id, 1)
        assert texts_of(house.clips.find_by_id(clip.id)) == written[0]
