from __future__ import annotations

from datetime import UTC, datetime, timedelta

from vidctl.repositories.server_clock import ServerClock

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Host:
    """A host's monotonic clock, and a server whose answers take a while."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.asked = 0
        self.naive = False

    def ask(self) -> datetime:
        self.asked += 1
        self.seconds += 0.1
        moment = NOON + timedelta(seconds=self.seconds - 1000.0)
        self.seconds += 0.1
        return moment.replace(tzinfo=None) if self.naive else moment

    def clock(self) -> ServerClock:
        return ServerClock(self.ask, lambda: self.seconds)


def test_the_time_is_the_servers_as_of_now() -> None:
    host = Host()
    assert host.clock().now() == NOON + timedelta(seconds=0.2)


def test_a_time_without_a_zone_is_taken_as_utc() -> None:
    host = Host()
    host.naive = True
    assert host.clock().now() == NOON + timedelta(seconds=0.2)


def test_time_goes_on_without_asking_again() -> None:
    host = Host()
    clock = host.clock()
    clock.now()
    host.seconds += 30
    assert clock.now() == NOON + timedelta(seconds=30.2)
    assert host.asked == 1


def test_the_server_is_asked_again_after_a_minute() -> None:
    host = Host()
    clock = host.clock()
    clock.now()
    host.seconds += 61
    assert clock.now() == NOON + timedelta(seconds=61.4)
    assert host.asked == 2


def test_only_whole_milliseconds_are_told() -> None:
    host = Host()
    clock = host.clock()
    clock.now()
    host.seconds += 0.0004
    assert clock.now().microsecond % 1000 == 0
