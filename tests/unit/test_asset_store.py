"""Files by their content: whole or not at all, once, and never outside the folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from vidctl.errors import ConfigurationError, NotFound
from vidctl.gateways.asset_store import AssetStore, hash_file


@pytest.fixture
def store(tmp_path: Path) -> AssetStore:
    return AssetStore(tmp_path / "assets")


def keep(store: AssetStore, content: bytes = b"picture", extension: str = ".png") -> tuple[str, str]:
    with store.incoming("a.png") as incoming:
        incoming.write_bytes(content)
        return store.keep(incoming, extension)


def test_a_file_lies_under_its_hash(store: AssetStore) -> None:
    digest, location = keep(store)
    assert digest == hashlib.sha256(b"picture").hexdigest()
    assert location == f"{digest[:2]}/{digest}.png"
    assert store.path(location).read_bytes() == b"picture"
    assert hash_file(store.path(location)) == digest


def test_what_came_in_is_moved_not_copied(store: AssetStore) -> None:
    keep(store)
    assert list((store.root / "incoming").iterdir()) == []


def test_the_same_content_is_stored_once(store: AssetStore) -> None:
    assert keep(store) == keep(store)
    assert len(list(store.files())) == 1


def test_what_is_not_kept_is_removed(store: AssetStore) -> None:
    with store.incoming("a.png") as incoming:
        incoming.write_bytes(b"half")
    assert not incoming.exists()


def test_what_is_not_kept_is_removed_after_a_failure_too(store: AssetStore) -> None:
    def fail() -> None:
        with store.incoming("a.png") as incoming:
            incoming.write_bytes(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list((store.root / "incoming").iterdir()) == []


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "夜" * 200 + ".mp4", "a" * 300 + ".mp4", "\udcff\udcfe.mp4", ""]
)
def test_no_name_leads_out_of_the_folder_or_is_too_long(store: AssetStore, name: str) -> None:
    with store.incoming(name) as incoming:
        incoming.write_bytes(b"x")
        assert incoming.parent == store.root / "incoming"
        assert incoming.suffix == Path(name).suffix


def test_two_files_of_one_name_come_in_at_once(store: AssetStore) -> None:
    with store.incoming("a.png") as one, store.incoming("a.png") as two:
        assert one != two


def test_a_missing_file_is_told_with_a_remedy(store: AssetStore) -> None:
    with pytest.raises(NotFound) as missing:
        store.path("ab/abcd.png")
    assert "render the take again" in missing.value.fix


def test_the_first_description_of_a_file_stays(store: AssetStore) -> None:
    _, location = keep(store)
    store.write_sidecar(location, {"seed": 1})
    store.write_sidecar(location, {"seed": 2})
    assert (store.root / f"{location}.json").read_text(encoding="utf-8") == '{\n  "seed": 1\n}\n'


def test_descriptions_are_not_listed_and_go_with_their_file(store: AssetStore) -> None:
    _, location = keep(store)
    store.write_sidecar(location, {})
    assert [found for found, _ in store.files()] == [location]
    store.remove(location)
    store.remove(location)
    assert list((store.root / location).parent.iterdir()) == []


def test_an_empty_store_has_no_files(store: AssetStore) -> None:
    assert list(store.files()) == []
    assert list(store.leftovers()) == []


def test_what_a_killed_process_left_is_listed(store: AssetStore) -> None:
    with store.incoming("a.png") as incoming:
        incoming.write_bytes(b"half")
        assert [location for location, _ in store.leftovers()] == [f"incoming/{incoming.name}"]


@pytest.mark.skipif(os.name != "posix", reason="only POSIX puts files where a folder should be like that")
def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "assets").write_bytes(b"a file")
    with pytest.raises(ConfigurationError) as refused, AssetStore(tmp_path / "assets").incoming("a.png"):
        pass
    assert "vidctl config set assets FOLDER" in refused.value.fix
