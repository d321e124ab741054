"""What can be set: each setting with its meaning, its default and the values that it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


def _seconds(low: float, high: float) -> Callable[[Any], float]:
    def parse(value: Any) -> float:
        try:
            seconds = float(value)
        except ValueError:
            raise ValueError("is not a number of seconds") from None
        if not low <= seconds <= high:
            raise ValueError(f"must be between {low:g} and {high:g} seconds")
        return seconds

    return parse


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("must be text")
    return value


def _store_url(value: Any) -> str:
    url = _text(value)
    if url != ":memory:" and not url.startswith(("sqlite://", "mongodb://", "mongodb+srv://")):
        raise ValueError("must begin with sqlite:// or mongodb://")
    return url


def _server_url(value: Any) -> str:
    from vidctl.domain.server import check_server_url

    return _checked(check_server_url, value)


def _secret_reference(value: Any) -> str:
    from vidctl.domain.server import check_secret_reference

    return _checked(check_secret_reference, value)


def _checked(check: Callable[[str], str], value: Any) -> str:
    """An empty text takes back what another source has set."""
    text = _text(value)
    try:
        return check(text) if text else ""
    except ValueError as error:
        raise ValueError(f"is refused: {error}") from error


@dataclass(frozen=True)
class Key:
    """A setting: what it means, its default (a function, as some ask the system), and how a value is read. A wrong
    value of a `secretive` one may be a secret, and is not said back."""

    name: str
    help: str
    default: Callable[[], Any]
    parse: Callable[[Any], Any] = _text
    secretive: bool = False


def _data_folder() -> Path:
    from platformdirs import user_data_path

    return user_data_path("vidctl", appauthor=False)


def _cache_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("vidctl", appauthor=False)


KEYS: dict[str, Key] = {
    key.name: key
    for key in (
        Key("profile", "which [profiles.NAME] of the settings files counts", lambda: ""),
        Key(
            "store",
            "where the film is kept: sqlite:///FILE or mongodb://…",
            lambda: f"sqlite:///{_data_folder()}/vidctl.db",
            _store_url,
        ),
        Key(
            "assets",
            "the folder that rendered and imported files are stored in",
            lambda: str(_data_folder() / "assets"),
        ),
        Key("cache", "the folder for what can be made again (export segments)", lambda: str(_cache_folder())),
        Key(
            "wildcards",
            "the folder of the text files that __name__ in prompts draws from",
            lambda: str(_data_folder() / "wildcards"),
        ),
        Key("project", "the current project: where scene and clip paths start", lambda: ""),
        Key("ffmpeg", "the ffmpeg to cut with; empty: from PATH, else the bundled one", lambda: ""),
        Key("lease_seconds", "how long a silent worker keeps its job", lambda: 60.0, _seconds(2, 86_400)),
        Key("server_timeout", "seconds to wait for a server's answer", lambda: 30.0, _seconds(0.1, 600)),
        Key(
            "server_patience",
            "seconds a render may go on while its server is away",
            lambda: 60.0,
            _seconds(0.5, 86_400),
        ),
        Key("store_timeout", "seconds to wait for the store", lambda: 20.0, _seconds(0.1, 600)),
        Key("openai_url", "an OpenAI-compatible video server, such as http://host:8000/v1", lambda: "", _server_url),
        Key(
            "openai_key",
            "where its key is found: env:VARIABLE or keyring:NAME",
            lambda: "",
            _secret_reference,
            secretive=True,
        ),
    )
}
