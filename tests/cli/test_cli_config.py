"""vidctl config: what counts, where it comes from, how it is set."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Vidctl
from vidctl.settings import user_file
from vidctl.settings.keys import KEYS

MONGO = "mongodb://ada:hunter2@db.example/films"


def test_every_setting_is_shown(vidctl: Vidctl) -> None:
    assert vidctl("config", "show", "--json").json().keys() == KEYS.keys()
    assert {row[0] for row in vidctl("config", "show").rows()} <= {
        name.replace("_", " ") for name in KEYS
    } | KEYS.keys()


def test_one_setting_is_shown_alone(vidctl: Vidctl) -> None:
    assert vidctl("config", "show", "store_timeout", "--json").json() == {"store_timeout": 20.0}


def test_an_unknown_setting_is_refused_with_the_nearest(vidctl: Vidctl) -> None:
    assert "did you mean store?" in vidctl("config", "show", "stor", code=2).err
    assert "did you mean assets?" in vidctl("config", "set", "asset", "x", code=2).err


def test_a_setting_is_written_to_the_users_file(vidctl: Vidctl) -> None:
    vidctl("config", "set", "lease_seconds", "30")
    vidctl("config", "set", "project", "neon-nights")
    assert tomllib.loads(user_file().read_text()) == {"lease_seconds": 30.0, "project": "neon-nights"}
    vidctl("config", "set", "project", "")
    assert vidctl("config", "show", "--json").json()["project"] == ""
    assert "project" not in user_file().read_text()


@pytest.mark.parametrize(
    ("name", "value"), [("lease_seconds", "1"), ("lease_seconds", "soon"), ("store_timeout", "nan")]
)
def test_a_wrong_value_is_refused_and_nothing_is_written(vidctl: Vidctl, name: str, value: str) -> None:
    assert vidctl("config", "set", name, value, "--json", code=2).error()["code"] == "invalid_input"
    assert not user_file().exists()


def test_later_sources_win_and_each_origin_is_told(vidctl: Vidctl, monkeypatch: pytest.MonkeyPatch) -> None:
    def origin() -> list[str]:
        told = vidctl("config", "show", "project", "--origin", "--json").json()["project"]
        return [told["value"], told["origin"]]

    assert origin() == ["", "default"]
    vidctl("config", "set", "project", "one")
    assert origin() == ["one", str(user_file())]
    vidctl("config", "set", "project", "two", "--here")
    assert origin() == ["two", str(Path.cwd() / "vidctl.toml")]
    monkeypatch.setenv("VIDCTL_PROJECT", "three")
    assert origin() == ["three", "VIDCTL_PROJECT"]
    flagged = vidctl("--project", "four", "config", "show", "project", "--origin").rows()
    assert flagged == [["SETTING", "VALUE", "FROM"], ["project", "four", "--project"]]


def test_the_project_file_counts_in_folders_below_it(vidctl: Vidctl, monkeypatch: pytest.MonkeyPatch) -> None:
    vidctl("config", "set", "project", "near", "--here")
    below = Path("a/b")
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert vidctl("config", "show", "project", "--json").json() == {"project": "near"}


def test_a_profile_overrides_while_it_is_chosen(vidctl: Vidctl, monkeypatch: pytest.MonkeyPatch) -> None:
    vidctl("config", "set", "project", "usual")
    vidctl("config", "set", "project", "farmed", "--profile", "farm")
    show = ("config", "show", "project", "--json")
    assert vidctl(*show).json() == {"project": "usual"}
    assert vidctl("--profile", "farm", *show).json() == {"project": "farmed"}
    monkeypatch.setenv("VIDCTL_PROFILE", "farm")
    assert vidctl(*show).json() == {"project": "farmed"}
    monkeypatch.delenv("VIDCTL_PROFILE")
    vidctl("config", "set", "profile", "farm")
    assert vidctl(*show).json() == {"project": "farmed"}


def test_a_profile_that_does_not_exist_is_not_found(vidctl: Vidctl) -> None:
    vidctl("config", "set", "project", "x", "--profile", "farm")
    refused = vidctl("--profile", "frm", "project", "list", "--json", code=3).error()
    assert "farm" in refused["cause"]


def test_a_profile_keeps_a_store_of_its_own(vidctl: Vidctl, tmp_path: Path) -> None:
    vidctl("config", "set", "store", f"sqlite:///{tmp_path}/farm.db", "--profile", "farm")
    vidctl("--profile", "farm", "project", "create", "Farmed")
    assert vidctl("project", "list", "--json").json()["total"] == 0
    assert vidctl("--profile", "farm", "project", "list", "--json").json()["total"] == 1
    assert (tmp_path / "farm.db").exists()


def test_the_store_flag_stands_above_all(vidctl: Vidctl, tmp_path: Path) -> None:
    vidctl("--store", f"sqlite:///{tmp_path}/other.db", "project", "create", "Other")
    assert (tmp_path / "other.db").exists()
    assert vidctl("project", "list", "--json").json()["total"] == 0


@pytest.mark.parametrize("password", ["hunter2", "hunt:er2", "hun@ter2"])
def test_a_password_in_a_url_is_never_shown(vidctl: Vidctl, password: str) -> None:
    url = f"mongodb://ada:{password}@db.example/films"
    runs = [
        vidctl("config", "set", "store", url),
        vidctl("config", "show"),
        vidctl("config", "show", "--json"),
        vidctl("config", "show", "store", "--origin", "--json"),
    ]
    for run in runs:
        assert password not in run.out + run.err
        assert "mongodb://ada:***@db.example/films" in run.out
    assert url in user_file().read_text()


def test_the_paths_of_the_settings_files_are_told(vidctl: Vidctl) -> None:
    assert vidctl("config", "path", "--json").json() == {"user": str(user_file()), "project": None}
    vidctl("config", "set", "project", "x", "--here")
    assert vidctl("config", "path").rows() == [
        ["user", str(user_file())],
        ["project", str(Path.cwd() / "vidctl.toml")],
    ]


def test_another_settings_file_may_be_named(vidctl: Vidctl, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VIDCTL_CONFIG", str(tmp_path / "mine.toml"))
    vidctl("config", "set", "project", "mine")
    assert (tmp_path / "mine.toml").read_text() == 'project = "mine"\n'


@pytest.mark.parametrize(
    "content", ["store = ", "\x00", "colour = 1", "lease_seconds = 'x'", "profiles = 3", "store = 3"]
)
def test_a_broken_settings_file_is_named_in_the_error(vidctl: Vidctl, content: str) -> None:
    Path("vidctl.toml").write_text(content)
    refused = vidctl("project", "list", "--json", code=6).error()
    assert refused["code"] == "configuration"
    assert "vidctl.toml" in refused["problem"] + refused["fix"]


def test_a_store_of_no_kind_is_refused_with_those_there_are(vidctl: Vidctl) -> None:
    refused = vidctl("--store", "postgres://db/films", "project", "list", "--json", code=6).error()
    assert "sqlite:// or mongodb://" in refused["cause"]
