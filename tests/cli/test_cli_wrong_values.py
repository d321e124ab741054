"""What is said of a value that cannot be: in plain words, with the field and what was given."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Vidctl

SERVER = ("comfyui", "add", "studio", "http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (("project", "create", "X", "--size", "1x720"), "width: must be at least 16 (given: '1')"),
        (("project", "create", "X", "--size", "9999x720"), "width: may be at most 8192 (given: '9999')"),
        (("project", "create", "x" * 500), "letters (given: 'xxx"),
        ((*SERVER, "--auth", "oauth"), "auth: must be 'none'"),
        ((*SERVER, "--auth", "basic", "--user", "ada"), "basic needs a secret"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_in_plain_words(vidctl: Vidctl, arguments: tuple[str, ...], cause: str) -> None:
    told = vidctl(*arguments, "--json", code=2).error()
    assert cause in told["cause"]
    assert "Input should" not in told["cause"]
    assert "value: " not in told["cause"]
    assert told["fix"] == ""
