"""Wildcard files: one text file a name in a folder of the user's. Nothing outside that folder is ever read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from vidctl.errors import InvalidInput

SUFFIX = ".txt"
MAX_BYTES = 5_000_000
#: Names that are gone through to find the ones like a mistyped one.
_MOST_NAMES = 10_000


class WildcardFolder(Mapping[str, str]):
    """The texts of the files below a folder by their names: `hair/colour` is `hair/colour.txt`. They are read when they
    are asked for. Raises InvalidInput for a file that cannot be used."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, name: str) -> str:
        root = self._folder.resolve()
        file = (root / f"{name}{SUFFIX}").resolve()
        if not file.is_relative_to(root):
            raise InvalidInput(
                f"wildcard {name} lies outside of its folder",
                cause=f"it leads to {file}, and not below {root}",
                fix="copy the file into the folder",
            )
        if not file.is_file():
            raise KeyError(name)
        return _read(name, file)

    def __iter__(self) -> Iterator[str]:
        return islice(self._names(), _MOST_NAMES)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _names(self) -> Iterator[str]:
        for folder, _, files in os.walk(self._folder):  # does not follow links to folders, which may go in circles
            for file in files:
                if file.endswith(SUFFIX):
                    yield (Path(folder, file).relative_to(self._folder)).as_posix().removesuffix(SUFFIX)


def _read(name: str, file: Path) -> str:
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise InvalidInput(
                f"wildcard {name} is too large", cause=f"{file} has more than {MAX_BYTES} bytes", fix="split the file"
            )
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"wildcard {name} is not UTF-8 text", cause=f"{file}: {error}", fix="save the file as UTF-8"
        ) from error
    except OSError as error:
        raise InvalidInput(f"wildcard {name} cannot be read", cause=f"{file}: {error.strerror}",
                           fix="make the file readable") from error  # fmt: skip
