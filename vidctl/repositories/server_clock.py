"""A server's clock without asking it each time: its last answer plus the time since then, by a clock nobody sets."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from vidctl.domain.document import read_time

_KEPT = 60.0  # seconds; in this time two clocks drift apart by a few milliseconds at most


class ServerClock:
    """`ask` fetches the server's time (UTC; a zone is not needed); `monotonic` counts this host's seconds."""

    def __init__(self, ask: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._monotonic = monotonic
        self._answer: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        """The server's time in whole milliseconds, wrong by half the round trip at most."""
        answer = self._answer
        if answer is None or self._monotonic() - answer[1] > _KEPT:
            answer = self._answer = self._fresh()
        moment, at = answer
        return read_time(moment + timedelta(seconds=self._monotonic() - at))

    def _fresh(self) -> tuple[datetime, float]:
        before = self._monotonic()
        told = self._ask()
        moment = told if told.tzinfo else told.replace(tzinfo=UTC)
        return moment, (before + self._monotonic()) / 2
