"""What holds for all tests, and where a run keeps its files."""

from __future__ import annotations

import gc
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

# how long an example takes says more of the machine than of the code
settings.register_profile("house", deadline=None)
settings.load_profile("house")

_MEMORY = Path("/dev/shm")
_ENOUGH = 4_000_000_000  # bytes; a whole run fills less than one of them


def pytest_configure(config: pytest.Config) -> None:
    # a run starts a hundred processes, and each would compile vidctl anew
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # thousands of synced writes would wait for a disk that everybody shares; but a bench measures it
    if config.option.markexpr != "bench" and _is_good_for_files(_MEMORY):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


def pytest_collection_finish() -> None:
    # what was imported and collected stays: garbage need not be looked for in it again and again
    gc.collect()
    gc.freeze()


def _is_good_for_files(folder: Path) -> bool:
    """Whether much can be written there, and what tests write be run there: containers often give little, or bar it."""
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return False
    return shutil.disk_usage(folder).free > _ENOUGH and not os.statvfs(folder).f_flag & os.ST_NOEXEC
