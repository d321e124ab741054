"""The folder of wildcard files: read by name, never left."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidctl.domain.expansion import Expander
from vidctl.errors import InvalidInput
from vidctl.gateways.wildcards import MAX_BYTES, WildcardFolder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "words" / "hair").mkdir(parents=True)
    (tmp_path / "words" / "hair" / "colour.txt").write_text("red\nblue\n", encoding="utf-8")
    (tmp_path / "words" / "mood.txt").write_bytes(b"\xef\xbb\xbfcalm\r\n")
    (tmp_path / "words" / "notes.md").write_text("no wildcard", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return tmp_path / "words"


def test_files_are_found_by_their_names(folder: Path) -> None:
    files = WildcardFolder(folder)
    assert files["hair/colour"] == "red\nblue\n"
    assert {*files} == {"hair/colour", "mood"}
    assert len(files) == 2


def test_a_byte_order_mark_is_no_part_of_the_first_line(folder: Path) -> None:
    assert Expander(1, {}, WildcardFolder(folder)).expand("__mood__").text == "calm"


@pytest.mark.parametrize("name", ["hare", "notes", "hair", "hair/colour/x"])
def test_what_is_not_there_is_told_apart_from_what_is_wrong(folder: Path, name: str) -> None:
    assert WildcardFolder(folder).get(name) is None


def test_a_folder_that_does_not_exist_holds_nothing(tmp_path: Path) -> None:
    files = WildcardFolder(tmp_path / "none")
    assert [*files] == []
    with pytest.raises(InvalidInput, match="there is no wildcard __x__"):
        Expander(1, {}, files).expand("__x__")


@pytest.mark.parametrize("name", ["../secret", "hair/../../secret", "{}/secret"])
def test_no_name_leads_out_of_the_folder(folder: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="lies outside"):
        WildcardFolder(folder)[name.format(folder.parent)]


def test_no_link_leads_out_of_the_folder(folder: Path) -> None:
    (folder / "linked.txt").symlink_to(folder.parent / "secret.txt")
    (folder / "same.txt").symlink_to(folder / "mood.txt")
    files = WildcardFolder(folder)
    assert files["same"] == files["mood"]
    with pytest.raises(InvalidInput, match="lies outside"):
        files["linked"]


def test_a_file_that_is_too_large_is_refused(folder: Path) -> None:
    (folder / "large.txt").write_bytes(b"x" * (MAX_BYTES + 1))
    (folder / "full.txt").write_bytes(b"x" * MAX_BYTES)
    assert len(WildcardFolder(folder)["full"]) == MAX_BYTES
    with pytest.raises(InvalidInput, match="is too large"):
        WildcardFolder(folder)["large"]


def test_a_file_that_is_no_text_is_refused(folder: Path) -> None:
    (folder / "latin.txt").write_bytes("grün".encode("latin-1"))
    with pytest.raises(InvalidInput, match="is not UTF-8 text"):
        WildcardFolder(folder)["latin"]
