"""Where secrets are looked up, and what is said of those that are not there."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from vidctl.errors import ConfigurationError, MissingTool
from vidctl.gateways.credentials import Credentials, find_secret


class KeyringError(Exception):
    """As the keyring package has it."""


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The keyring package, with an entry farm of service vidctl, that is locked for the entry vault."""

    def get_password(service: str, name: str) -> str | None:
        if name == "vault":
            raise KeyringError("it is locked")
        return "hunter2" if (service, name) == ("vidctl", "farm") else None

    package, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    package.get_password = get_password  # type: ignore[attr-defined]
    errors.KeyringError = KeyringError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", package)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return package


def test_a_secret_is_found_in_the_environment_or_the_keyring(keyring: ModuleType) -> None:
    assert find_secret("env:KEY", {"KEY": "swordfish"}) == "swordfish"
    assert find_secret("keyring:farm", {}) == "hunter2"


@pytest.mark.parametrize(
    ("reference", "fix"), [("env:KEY", "export KEY="), ("keyring:attic", "keyring set vidctl attic")]
)
def test_a_secret_that_is_not_there_says_how_to_put_it_there(keyring: ModuleType, reference: str, fix: str) -> None:
    with pytest.raises(ConfigurationError) as missing:
        find_secret(reference, {"KEY": ""})
    assert fix in missing.value.fix


def test_a_locked_keyring_and_one_that_is_not_installed_are_told(
    keyring: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigurationError, match="it is locked"):
        find_secret("keyring:vault", {})
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(MissingTool, match="need the keyring package"):
        find_secret("keyring:farm", {})


def test_secrets_do_not_show_in_a_repr() -> None:
    assert "hunter2" not in repr(Credentials.bearer("hunter2"))
