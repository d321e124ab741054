"""Who holds a job: `host/process/thread`, and whether such an owner can still be alive."""

from __future__ import annotations

import os
import platform
import uuid
from pathlib import Path


def _process_space() -> str:
    """What process numbers are counted in: containers may share the name and address of their host."""
    try:
        return Path("/proc/self/ns/pid").readlink().name
    except OSError:
        return "host"  # not Linux: there is one


_HOST = f"{platform.node() or 'host'}-{uuid.getnode():x}-{_process_space()}"


def owner_name(slot: str) -> str:
    """A name that no other slot of any worker has."""
    return f"{_HOST}/{os.getpid()}/{slot}-{uuid.uuid4().hex[:8]}"


def owner_is_dead(owner: str) -> bool:
    """Whether the owner was a process of this machine that no longer exists. False where we cannot know."""
    host, _, rest = owner.partition("/")
    pid = rest.partition("/")[0]
    if host != _HOST or not pid.isdecimal() or os.name != "posix":
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
