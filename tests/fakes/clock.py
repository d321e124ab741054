"""A store whose clock a test can set: leases run out and retries come due without waiting."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from vidctl.domain.document import read_time, utc_now
from vidctl.repositories.store import DocumentStore


class Clock:
    """Runs `rate` times as fast as the real one (0: stands still), and may be put forward."""

    def __init__(self, rate: float = 0.0) -> None:
        self._rate = rate
        self._start, self._began = utc_now(), time.monotonic()
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        return read_time(self._start + self._ahead + timedelta(seconds=(time.monotonic() - self._began) * self._rate))

    def advance(self, **units: float) -> None:
        """Put it forward by a timedelta of those units."""
        self._ahead += timedelta(**units)


class ClockedStore:
    """Another store with this clock. `faults` are raised, one each, by the next writes; `on_write` sees each one."""

    def __init__(self, store: DocumentStore, clock: Clock) -> None:
        self._store = store
        self.clock = clock

    def now(self) -> datetime:
        return self.clock.now()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)
