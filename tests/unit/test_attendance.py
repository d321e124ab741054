"""Workers tell that they are there, and are believed for as long as a lease."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes.house import House, wait_until
from vidctl.services.attendance import Attendance

LEASE = timedelta(minutes=1)
SLOTS = [("a", "Studio"), ("a", "Studio"), (None, "animatic")]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path, lease_seconds="60") as opened:
        yield opened


def test_a_worker_at_work_is_seen_with_its_slots_until_it_leaves(house: House) -> None:
    house.server("Studio", slots=2)
    with house.working(animatic=True):
        wait_until(lambda: bool(house.app.queue.list_workers()))
        [worker] = house.app.queue.get_status().workers
        assert [(each.server_name, each.slots) for each in worker.servers] == [("Studio", 2), ("animatic", 1)]
    assert house.app.queue.list_workers() == []


def test_a_server_that_is_added_is_told_at_once(house: House) -> None:
    with house.working(animatic=True):
        wait_until(lambda: bool(house.app.queue.list_workers()))
        house.server("Studio")
        wait_until(lambda: len(house.app.queue.list_workers()[0].servers) == 2)


def test_a_worker_that_has_fallen_silent_is_not_seen_and_forgotten_by_the_next(house: House) -> None:
    Attendance(house.app._workers, LEASE).say(None, SLOTS)
    assert len(house.app.queue.list_workers()) == 1
    house.clock.advance(seconds=120)
    assert house.app.queue.list_workers() == []
    Attendance(house.app._workers, LEASE).say("b1", SLOTS[:1])
    [worker] = house.app._workers.find_many({})
    assert (worker.batch_id, worker.posts[0].slots) == ("b1", 1)


def test_the_same_is_not_said_again_and_again(house: House) -> None:
    attendance = Attendance(house.app._workers, LEASE)
    for _ in range(3):
        attendance.say(None, SLOTS)
    [worker] = house.app._workers.find_many({})
    assert worker.revision == 1
    attendance.say(None, SLOTS[:1])
    assert house.app._workers.find_by_id(worker.id).revision == 2


def test_a_worker_whose_process_is_gone_is_not_seen(house: House) -> None:
    Attendance(house.app._workers, LEASE).say(None, SLOTS)
    [worker] = house.app._workers.find_many({})
    host, _, rest = worker.name.split("/")
    house.app._workers.update_by_id(worker.id, {"$set": {"name": f"{host}/{2**22 + 1}/{rest}"}})
    assert house.app.queue.list_workers() == []


def test_leaving_without_having_said_anything_does_nothing(house: House) -> None:
    Attendance(house.app._workers, LEASE).leave()
    assert house.app._workers.count({}) == 0
