"""What a worker is told: what to do, when to end, and how often to look."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from vidctl.domain.server import Server

_WAKE = 0.2  # seconds after which a pause looks whether it should end


@dataclass(frozen=True)
class Pace:
    """Seconds between two looks: of an idle slot at the queue, and of a slot whose server or store is away, both
    doubled up to their most; and of the keeper at all leases (at least four times in a lease)."""

    idle: float = 0.2
    idle_most: float = 2.0
    away: float = 1.0
    away_most: float = 15.0
    keep: float = 1.0


@dataclass(frozen=True)
class WorkOrder:
    """What a worker is to do: jobs of one batch only, or of all; end when nothing is left, or go on; on these servers,
    or on all active ones (None). `max_jobs` ends it after that many."""

    batch_id: str | None = None
    until_empty: bool = False
    servers: tuple[Server, ...] | None = None
    animatic: bool = True
    max_jobs: int | None = None


@dataclass
class Stop:
    """How a worker is asked to end. `drain`: finish what runs, claim nothing new. `now`: give back what runs."""

    drain: threading.Event = field(default_factory=threading.Event)
    now: threading.Event = field(default_factory=threading.Event)

    def is_ending(self) -> bool:
        """Whether no new job should be claimed."""
        return self.drain.is_set() or self.now.is_set()

    def pause(self, seconds: float) -> None:
        """Sleep that long, or until one of the two is asked for."""
        until = time.monotonic() + seconds
        while not self.is_ending() and (left := until - time.monotonic()) > 0:
            self.now.wait(min(left, _WAKE))
