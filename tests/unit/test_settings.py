"""Where a setting comes from, what it may be, and what is said of one that is wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from platformdirs import user_data_path

from vidctl.errors import ConfigurationError, InvalidInput, NotFound
from vidctl.settings import Settings, find_project_file, load_settings, read_file, user_file, write_setting
from vidctl.settings.keys import KEYS

Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Settings of a folder with these files, variables and flags."""

    def load(
        user: str = "",
        project: str = "",
        variables: dict[str, str] | None = None,
        flags: dict[str, Any] | None = None,
    ) -> Settings:
        (tmp_path / "config.toml").write_text(user, encoding="utf-8")
        (tmp_path / "vidctl.toml").write_text(project, encoding="utf-8")
        environ = {"VIDCTL_CONFIG": str(tmp_path / "config.toml"), **(variables or {})}
        return load_settings(flags=flags, start=tmp_path, environ=environ)

    return load


# who wins


def test_every_key_has_a_default_and_help(load: Load) -> None:
    shown = load().show()
    assert {setting.name for setting in shown} == set(KEYS)
    assert {setting.origin for setting in shown} == {"default"}
    assert all(key.help for key in KEYS.values())


USER, FILE = 'project = "user"', 'project = "file"'


@pytest.mark.parametrize(
    ("sources", "value", "origin"),
    [
        ({"user": USER}, "user", "config.toml"),
        ({"user": USER, "project": FILE}, "file", "vidctl.toml"),
        ({"user": USER, "project": FILE, "variables": {"VIDCTL_PROJECT": "env"}}, "env", "VIDCTL_PROJECT"),
        ({"variables": {"VIDCTL_PROJECT": "env"}, "flags": {"project": "flag"}}, "flag", "--project"),
        ({"user": USER, "variables": {"VIDCTL_PROJECT": ""}, "flags": {"project": None}}, "user", "config.toml"),
    ],
)
def test_later_sources_win_and_are_named(load: Load, sources: dict[str, Any], value: str, origin: str) -> None:
    found = load(**sources)
    assert found.project == value
    assert found.origin("project").endswith(origin)


def test_an_unknown_name_is_no_attribute(load: Load) -> None:
    assert not hasattr(load(), "no_such_setting")


def test_the_nearest_project_file_counts(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / "vidctl.toml").touch()
    assert find_project_file(below) == tmp_path / "vidctl.toml"
    (tmp_path / "a" / "vidctl.toml").touch()
    assert find_project_file(below) == tmp_path / "a" / "vidctl.toml"


def test_without_files_the_defaults_hold(tmp_path: Path) -> None:
    found = load_settings(start=tmp_path, environ={"VIDCTL_CONFIG": str(tmp_path / "none.toml")})
    assert (found.lease_seconds, found.project_file) == (60.0, None)


def test_the_users_file_may_be_named() -> None:
    assert user_file({"VIDCTL_CONFIG": "/x/y.toml"}) == Path("/x/y.toml")
    assert user_file({"VIDCTL_CONFIG": ""}).name == "config.toml"


# profiles

PROFILES = 'project = "common"\n[profiles.big]\nproject = "big"\n[profiles.small]\nlease_seconds = 5\n'


@pytest.mark.parametrize(
    "chosen",
    [
        {"flags": {"profile": "big"}},
        {"variables": {"VIDCTL_PROFILE": "big"}},
        {"project": 'profile = "big"'},
    ],
)
def test_a_profile_is_chosen_by_flag_variable_or_file(load: Load, chosen: dict[str, Any]) -> None:
    found = load(user=PROFILES, **chosen)
    assert found.project == "big"
    assert found.origin("project").endswith("config.toml [profiles.big]")


def test_a_profile_leaves_what_it_does_not_say(load: Load) -> None:
    found = load(user=PROFILES, flags={"profile": "small"})
    assert (found.project, found.lease_seconds) == ("common", 5.0)


def test_an_unknown_profile_names_those_there_are(load: Load) -> None:
    with pytest.raises(NotFound) as refused:
        load(user=PROFILES, flags={"profile": "huge"})
    assert refused.value.cause == "the profiles are big, small"


@pytest.mark.parametrize("content", ["profiles = 3", "[profiles]\nbig = 3"])
def test_profiles_that_are_no_tables_are_refused(load: Load, content: str) -> None:
    with pytest.raises(ConfigurationError, match="profiles"):
        load(user=content)


# what a value may be


@pytest.mark.parametrize(
    ("user", "named"),
    [
        ("lease_secnds = 5", "lease_secnds"),
        ("lease_seconds = 1", "lease_seconds"),
        ("lease_seconds = nan", "lease_seconds"),
        ("lease_seconds = inf", "lease_seconds"),
        ('lease_seconds = "soon"', "lease_seconds"),
        ("lease_seconds = [5]", "lease_seconds"),
        ("store = 5", "store"),
        ("project = true", "project"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(load: Load, user: str, named: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load(user=user)
    assert named in refused.value.problem
    assert "config.toml" in f"{refused.value.problem} {refused.value.fix}"


def test_a_variable_that_is_wrong_is_named(load: Load) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load(variables={"VIDCTL_LEASE_SECONDS": "soon"})
    assert refused.value.fix == "correct it in VIDCTL_LEASE_SECONDS"


@pytest.mark.parametrize("content", [b"project = ", b"\xff\xfe", b"a = 1\na = 2"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "config.toml").write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"config\.toml cannot be read"):
        read_file(tmp_path / "config.toml")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(allow_nan=True, allow_infinity=True))
def test_seconds_are_within_their_range_or_refused(load: Load, seconds: float) -> None:
    variables = {"VIDCTL_LEASE_SECONDS": repr(seconds)}
    if 2 <= seconds <= 86_400:
        assert load(variables=variables).lease_seconds == seconds
    else:
        with pytest.raises(ConfigurationError):
            load(variables=variables)


# relative paths


def test_a_path_in_a_file_counts_from_that_file(load: Load, tmp_path: Path) -> None:
    found = load(project='assets = "media"\nstore = "sqlite://film.db"')
    assert found.assets == str(tmp_path / "media")
    assert found.store == f"sqlite://{tmp_path / 'film.db'}"


def test_a_password_is_never_shown(load: Load) -> None:
    found = load(user='store = "mongodb://me:p@ss/w@host/db"')
    assert found.store == "mongodb://me:p@ss/w@host/db"
    [shown] = [setting.value for setting in found.show() if setting.name == "store"]
    assert "ss/w" not in shown
    assert "***" in shown


# writing


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "config.toml"
    write_setting(path, "lease_seconds", "5")
    write_setting(path, "project", "neon")
    write_setting(path, "project", "noir", profile="big")
    assert tomllib.loads(path.read_text(encoding="utf-8")) == {
        "lease_seconds": 5.0,
        "project": "neon",
        "profiles": {"big": {"project": "noir"}},
    }
    assert [file.name for file in path.parent.iterdir()] == ["config.toml"]


def test_an_empty_value_takes_a_setting_away(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    write_setting(path, "project", "neon")
    write_setting(path, "project", "")
    write_setting(path, "project", "")
    assert read_file(path) == {}


@pytest.mark.parametrize(("name", "value"), [("projekt", "x"), ("lease_seconds", "soon"), ("lease_seconds", "1")])
def test_a_wrong_setting_leaves_the_file_as_it_is(tmp_path: Path, name: str, value: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text("# mine\n", encoding="utf-8")
    with pytest.raises(InvalidInput):
        write_setting(path, name, value)
    assert path.read_text(encoding="utf-8") == "# mine\n"


def test_a_place_that_can_hold_no_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="the settings file"):
        write_setting(tmp_path / "file" / "config.toml", "project", "x")


def test_a_file_whose_profiles_are_no_tables_is_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("profiles = 3\n")
    with pytest.raises(ConfigurationError):
        write_setting(path, "project", "neon", profile="farm")
    assert path.read_text() == "profiles = 3\n"


def test_a_store_that_vidctl_cannot_keep_films_in_is_refused_when_it_is_set(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    with pytest.raises(InvalidInput):
        write_setting(path, "store", "postgres://db/films")
    assert not path.exists()


def test_wildcards_lie_beside_the_project_file_if_there_is_one(tmp_path: Path) -> None:
    def wildcards(start: Path) -> Path:
        return Path(load_settings(start=start, environ={"VIDCTL_CONFIG": str(tmp_path / "none.toml")}).wildcards)

    film = tmp_path / "film"
    (film / "cut").mkdir(parents=True)
    assert wildcards(film) == user_data_path("vidctl", appauthor=False) / "wildcards"
    (film / "vidctl.toml").write_text("")
    assert wildcards(film / "cut") == film / "wildcards"
    (film / "vidctl.toml").write_text('wildcards = "../words"')
    assert wildcards(film).resolve() == tmp_path / "words"
