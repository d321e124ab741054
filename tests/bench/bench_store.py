"""How fast the stores are: python -m pytest -n 0 -m bench tests/bench/bench_store.py

SQLite always; a MongoDB as well if $VIDCTL_TEST_MONGO names one.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from pydantic import BaseModel

from tests.fakes.claimer import QUEUED, claim_all
from tests.fakes.stores import NAMED_MONGO, Stores
from vidctl.domain.clip import Clip
from vidctl.repositories.base_repository import BaseRepository
from vidctl.repositories.opening import open_store
from vidctl.repositories.store import Delete, Doc, DocumentStore, Insert, Replace, Sort

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
KINDS = ["sqlite-file", *(["named-mongo"] if NAMED_MONGO else [])]
STAND_INS = [] if NAMED_MONGO else ["stand-in"]  # tells how many round trips are made, not how fast MongoDB is
MANY = 100_000
RECIPE = "x" * 1_500  # about what a recipe's JSON text takes

Report = Callable[[str, float, str], None]


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Report:
    def write(what: str, value: float, unit: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n  {what:<60} {value:10.2f} {unit}")

    return write


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Stores(tmp_path_factory.mktemp("bench")) as stores, stores.url(request.param) as address:
        yield address


def job(number: int) -> Doc:
    return {
        "id": f"{number:08}", "revision": 1, "schema_version": 1, "rank": number % 7, "created_at": f"{number:08}",
        "lease_until": None, "not_before": None, "target": "*", "batch_id": str(number // 50),
        "clip_id": str(number % 2_000), "request": RECIPE, **QUEUED,
    }  # fmt: skip


def clip(number: int) -> Doc:
    return {
        "id": f"{number:08}", "revision": 1, "schema_version": Clip.SCHEMA, "project_id": "1", "text": RECIPE,
        "scene_id": str(number % 200), "slug": f"clip-{number}", "name": f"Clip {number % 5_000}",
        "position": number // 200, "order": 0, "alternate_number": None, "original_id": None, "template_id": None,
        "status": "failed" if number % 3 else "done", "created_at": f"{number:08}", "updated_at": f"{number:08}",
    }  # fmt: skip


class Label(BaseModel):
    """What a list shows of a clip, about."""

    id: str
    name: str
    position: int


class Labels(BaseRepository[Clip]):
    collection = "clips"
    noun = "clip"
    document = Clip


@contextmanager
def filled(url: str, number: int) -> Iterator[DocumentStore]:
    """A store with that many queued jobs."""
    with closing(open_store(url)) as store:
        write_many(store, "jobs", job, number)
        yield store


def write_many(store: DocumentStore, collection: str, make: Callable[[int], Doc], number: int) -> None:
    """So many documents, ten thousand at a time."""
    for start in range(0, number, 10_000):
        store.write_all([Insert(collection, make(each)) for each in range(start, min(start + 10_000, number))])


def seconds(work: Callable[[], object], times: int) -> float:
    """The mean time of one call."""
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) / times


@pytest.mark.parametrize("url", KINDS, indirect=True)
def test_insert(url: str, report: Report) -> None:
    with filled(url, 0) as store:
        numbers = iter(range(2_000))
        taken = seconds(lambda: store.insert("jobs", job(next(numbers))), 2_000)
        report("insert (2 kB, 5 indexes), one by one", taken * 1e3, "ms")


@pytest.mark.parametrize("url", [*KINDS, *STAND_INS], indirect=True)
def test_write_all(url: str, report: Report) -> None:
    with filled(url, 0) as store:
        taken = seconds(lambda: write_many(store, "clips", clip, 10_000), 1)
        report("10,000 inserts (2 kB, all indexes of clips) in one batch", taken, "s")
        writes = [Replace("clips", {**clip(number), "revision": 2}, 1) for number in range(1_000)]
        report("1,000 replaces in one batch", seconds(lambda: store.write_all(writes), 1), "s")
        ids = iter(range(200))

        def renew() -> None:
            number = next(ids)
            store.write_all([Delete("clips", f"{number:08}", 2), Insert("clips", clip(number))])

        report("2 writes in one batch", seconds(renew, 200) * 1e3, "ms")


@pytest.mark.parametrize("url", KINDS, indirect=True)
def test_pages(url: str, report: Report) -> None:
    film, scene = {"project_id": "1"}, {"scene_id": "7"}
    measured: dict[str, tuple[Doc, Sort, str | None]] = {
        "the first": (film, (("name", 1),), None),
        "one in the middle, by name": (film, (("name", 1),), f"{MANY // 2:08}"),
        "one in the middle, newest first": (film, (("created_at", -1),), f"{MANY // 2:08}"),
        "the last, newest first": (film, (("created_at", -1),), f"{20:08}"),
        "one of a scene, in time": (
            scene,
            (("position", 1), ("order", 1), ("alternate_number", 1)),
            f"{MANY // 2 + 7:08}",
        ),
        "one of those in a status, by name": ({**film, "status": "failed"}, (("name", 1),), f"{MANY // 2:08}"),
    }
    with closing(open_store(url)) as store:
        write_many(store, "clips", clip, MANY)
        clips = Labels(store)
        for name, (where, sort, after) in measured.items():
            taken = seconds(lambda: clips.page(where, sort=sort, after=after, limit=50, projection=Label), 20)  # noqa: B023
            report(f"a page of 50 out of {MANY:,} clips: {name}", taken * 1e3, "ms")


@pytest.mark.parametrize("url", KINDS, indirect=True)
@pytest.mark.parametrize("processes", [1, 8])
def test_claims(url: str, processes: int, report: Report) -> None:
    with filled(url, 4_000):
        context = multiprocessing.get_context("spawn")
        start, claimed = context.Barrier(processes + 1), context.Queue()
        workers = [context.Process(target=claim_all, args=(url, start, claimed)) for _ in range(processes)]
        for worker in workers:
            worker.start()
        start.wait()
        began = time.perf_counter()
        numbers = [len(claimed.get()) for _ in workers]
        taken = time.perf_counter() - began
        for worker in workers:
            worker.join()
        assert sum(numbers) == 4_000
        report(f"claims by {processes} processes ({min(numbers)} to {max(numbers)} each)", 4_000 / taken, "/s")


@pytest.mark.parametrize("url", KINDS, indirect=True)
def test_a_long_queue(url: str, report: Report) -> None:
    order = (("rank", 1), ("created_at", 1))
    run = {"$set": {"status": "running"}}
    fits = {"target": {"$in": ["a", "b", "*"]}}
    measured: dict[str, Callable[[DocumentStore], object]] = {
        "claim": lambda s: s.take("jobs", QUEUED, run, order),
        "claim for one of three servers": lambda s: s.take("jobs", {**QUEUED, **fits}, run, order),
        "claim what is due": lambda s: s.take("jobs", {**QUEUED, "not_before": None}, run, order),
        "claim from a batch at the end": lambda s: s.take("jobs", {**QUEUED, "batch_id": "1999"}, run, order),
        "change by id": lambda s: s.take("jobs", {"id": "00050000"}, {"$inc": {"revision": 1}}),
        "find by id": lambda s: s.find("jobs", {"id": "00050000"}),
        "find the jobs of a clip (50)": lambda s: s.find("jobs", {"clip_id": "7"}),
        "find a page of 50 in claim order": lambda s: s.find("jobs", QUEUED, sort=order, limit=50),
        "find expired leases (none)": lambda s: s.find("jobs", {"status": "running", "lease_until": {"$lt": "2026"}}),
        "count queued": lambda s: s.count("jobs", QUEUED),
    }  # fmt: skip
    with filled(url, MANY) as store:
        for name, work in measured.items():
            report(f"{name}, {MANY:,} queued", seconds(lambda work=work: work(store), 20) * 1e3, "ms")  # type: ignore[misc]


@pytest.mark.parametrize("url", KINDS, indirect=True)
def test_open(url: str, report: Report) -> None:
    report("open and migrate a new store", seconds(lambda: open_store(url).close(), 1) * 1e3, "ms")
    report("open a migrated store", seconds(lambda: open_store(url).close(), 20) * 1e3, "ms")


def test_files_are_small(tmp_path: Path, report: Report) -> None:
    with filled(f"sqlite://{tmp_path}/store.db", 10_000):
        pass
    report("SQLite file of 10,000 jobs", (tmp_path / "store.db").stat().st_size / 1e6, "MB")
