"""What servers have, kept for when they are away."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.house import House
from vidctl.dtos.model_dtos import SyncDTO
from vidctl.errors import NotFound, Unreachable

SDXL = "sdxl_base_1.0.safetensors"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path) as house:
        house.server("Box")
        yield house


def sync(house: House, **folders: list[str]) -> SyncDTO:
    """A sync with a server that has these."""
    house.app.comfyui.ask_models = lambda server: folders  # type: ignore[method-assign]
    return house.app.model_catalogue.sync("box")


def states(house: House) -> dict[str, bool]:
    return {model.name: model.is_active for model in house.app.model_catalogue.list_stored("box").items}


def test_a_sync_tells_what_is_new_gone_and_back(house: House) -> None:
    first = sync(house, checkpoints=[SDXL, "b.ckpt"], loras=["x.safetensors"])
    assert (first.total, first.added) == (3, ["checkpoints/b.ckpt", f"checkpoints/{SDXL}", "loras/x.safetensors"])
    assert (first.returned, first.gone) == ([], [])
    second = sync(house, checkpoints=[SDXL])
    assert (second.total, second.added, second.gone) == (1, [], ["checkpoints/b.ckpt", "loras/x.safetensors"])
    assert states(house) == {SDXL: True, "b.ckpt": False, "x.safetensors": False}
    third = sync(house, checkpoints=[SDXL, "b.ckpt"])
    assert (third.added, third.returned, third.gone) == ([], ["checkpoints/b.ckpt"], [])
    assert states(house)["b.ckpt"] is True


def test_when_a_file_was_seen_first_and_last_is_kept(house: House) -> None:
    begun = sync(house, checkpoints=[SDXL, "b.ckpt"]).synced_at
    house.clock.advance(seconds=3600)
    again = sync(house, checkpoints=[SDXL]).synced_at
    stored = house.app.model_catalogue.list_stored("box")
    kept = {model.name: (model.first_seen, model.last_seen) for model in stored.items}
    assert kept == {SDXL: (begun, again), "b.ckpt": (begun, begun)}
    assert stored.synced_at == again > begun


def test_the_same_name_in_two_folders_is_two_files(house: House) -> None:
    sync(house, checkpoints=["a.safetensors"], loras=["a.safetensors"])
    assert sync(house, checkpoints=["a.safetensors"]).gone == ["loras/a.safetensors"]
    found = house.app.model_catalogue.list_stored("box", "checkpoints")
    assert [(model.folder, model.is_active) for model in found.items] == [("checkpoints", True)]


def test_a_server_that_is_away_changes_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sync(house, checkpoints=[SDXL])

    def away(server: Any) -> Any:
        raise Unreachable("Box does not answer")

    monkeypatch.setattr(house.app.comfyui, "ask_models", away)
    with pytest.raises(Unreachable):
        house.app.model_catalogue.sync("box")
    assert states(house) == {SDXL: True}


def test_two_syncs_at_once_keep_each_file_once(house: House) -> None:
    names = [f"{number}.safetensors" for number in range(60)]
    house.app.comfyui.ask_models = lambda server: {"loras": names}  # type: ignore[method-assign]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: house.app.model_catalogue.sync("box"), range(4)))
    assert [each.total for each in done] == [60] * 4
    assert states(house) == dict.fromkeys(names, True)


def test_thousands_of_files_are_marked(house: House) -> None:
    names = [f"{number}.safetensors" for number in range(1200)]
    sync(house, loras=names)
    assert len(sync(house, loras=names[:1]).gone) == 1199
    assert sum(states(house).values()) == 1


def test_what_is_not_known_says_how_to_find_out(house: House) -> None:
    with pytest.raises(NotFound) as unsynced:
        house.app.model_catalogue.list_stored("box")
    assert unsynced.value.fix == "vidctl comfyui sync box"
    sync(house, checkpoints=[SDXL])
    with pytest.raises(NotFound, match="folder"):
        house.app.model_catalogue.list_stored("box", "lora")


def test_a_file_is_of_the_family_that_the_person_says(house: House) -> None:
    sync(house, checkpoints=["mystery.safetensors"])
    house.app.model_config.choose_family("mystery.safetensors", "sd15")
    assert house.app.model_catalogue.list_stored("box").items[0].family == "sd15"
    assert house.app.comfyui.get_models("box").folders["checkpoints"][0].family == "sd15"


def test_a_server_that_is_forgotten_leaves_no_models(house: House) -> None:
    sync(house, checkpoints=[SDXL])
    assert house.app.comfyui.remove_server("box").deleted == {"servers": 1, "models": 1}
    assert house.store.count("server_models", {}) == 0
