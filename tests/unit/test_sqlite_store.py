"""What is particular to the embedded store: its file, its locks, its indexes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from vidctl.errors import ConfigurationError, DiskFull, StoreFailed, Unreachable
from vidctl.repositories.migrations import migrate
from vidctl.repositories.sqlite_files import APPLICATION_ID, mount_kind
from vidctl.repositories.sqlite_language import where_sql
from vidctl.repositories.sqlite_store import SqliteStore
from vidctl.repositories.store import Index

NOBODY = 65534


@contextmanager
def opened(file: Path, wait: float = 5.0) -> Iterator[SqliteStore]:
    with closing(SqliteStore(file, wait=wait)) as store:
        yield store


def run_python(code: str, *arguments: object) -> list[str]:
    """Run code in a fresh interpreter; the lines it prints."""
    path = os.pathsep.join(filter(None, sys.path))
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(code), *map(str, arguments)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


# --- the file


def _fill(store: SqliteStore) -> None:
    for number in range(100):
        store.insert("things", {"id": str(number), "text": "x" * 2000})


def test_nothing_is_made_before_the_first_use_and_then_the_folder_too(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "store.db"
    with opened(file) as store:
        assert not file.parent.exists()
        store.insert("things", {"id": "1"})
    assert file.exists()


def test_what_one_wrote_the_next_reads(tmp_path: Path) -> None:
    with opened(tmp_path / "a name with ? # % é.db") as store:
        store.insert("things", {"id": "1"})
    with opened(tmp_path / "a name with ? # % é.db") as store:
        assert store.find("things", {}) == [{"id": "1"}]
    assert [file.name for file in tmp_path.iterdir()] == ["a name with ? # % é.db"]


def test_every_write_is_synced_to_the_log(tmp_path: Path) -> None:
    with opened(tmp_path / "store.db") as store, store._connections.reading() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "song.mp3"
    file.write_bytes(b"ID3" + bytes(5000))
    with opened(file) as store, pytest.raises(ConfigurationError, match="not a vidctl store"):
        store.insert("things", {"id": "1"})
    assert file.read_bytes() == b"ID3" + bytes(5000)


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    before = file.read_bytes()
    with opened(file) as store, pytest.raises(ConfigurationError, match="not a vidctl store"):
        store.insert("things", {"id": "1"})
    assert file.read_bytes() == before


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as store, pytest.raises(ConfigurationError, match="cannot be opened"):
        store.describe()


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "films").write_text("")
    with opened(tmp_path / "films" / "store.db") as store, pytest.raises(ConfigurationError, match="cannot be made"):
        store.describe()


def test_a_damaged_file_is_told_as_damaged(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    with opened(file) as store:
        _fill(store)
    content = bytearray(file.read_bytes())
    content[4096:-4096] = b"\xff" * (len(content) - 8192)
    file.write_bytes(content)
    with opened(file) as store, pytest.raises(StoreFailed, match="damaged"):
        store.find("things", {})


def test_a_document_that_is_no_json_is_told(tmp_path: Path) -> None:
    with opened(tmp_path / "store.db") as store:
        store.insert("things", {"id": "1"})
        with closing(sqlite3.connect(tmp_path / "store.db")) as connection, connection:
            connection.execute("UPDATE things SET doc = 'no JSON'")
        with pytest.raises(StoreFailed, match="malformed JSON"):
            store.find("things", {"n": 1})


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody who may not write")
@pytest.mark.parametrize("writer_is_there", [False, True])
@pytest.mark.parametrize(("folder_mode", "file_mode"), [(0o755, 0o644), (0o755, 0o666), (0o777, 0o444)])
def test_a_store_that_may_not_be_written_can_be_read(folder_mode: int, file_mode: int, writer_is_there: bool) -> None:
    with tempfile.TemporaryDirectory() as name:  # everybody may enter it, unlike pytest's folders
        folder = Path(name)
        file = folder / "store.db"
        with opened(file) as store:
            store.insert("things", {"id": "1"})
            if not writer_is_there:
                store.close()
            file.chmod(file_mode)
            folder.chmod(folder_mode)
            files = sorted(folder.iterdir())
            told = run_python(READ_AS_NOBODY, file)
            assert told == ["[{'id': '1'}]", f"ConfigurationError: {file} cannot be written"]
            assert sorted(folder.iterdir()) == files
        with opened(file) as store:
            store.insert("things", {"id": "2"})


READ_AS_NOBODY = f"""
    import os, sys, urllib.parse  # nobody may not read the folder that this Python lies in
    from pathlib import Path
    from vidctl.errors import VidctlError
    from vidctl.repositories.sqlite_store import SqliteStore
    os.setgid({NOBODY})
    os.setuid({NOBODY})
    store = SqliteStore(Path(sys.argv[1]), wait=1)
    print(store.find("things", {{}}))
    try:
        store.insert("things", {{"id": "2"}})
    except VidctlError as error:
        print(f"{{type(error).__name__}}: {{error.problem}}")
    store.close()
"""


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    with opened(tmp_path / "store.db") as store:
        store.insert("things", {"id": "first"})
        with store._connections.reading() as connection:
            connection.execute("PRAGMA max_page_count = 20")  # SQLite says the same as of a full disk
        with pytest.raises(DiskFull):
            _fill(store)
        stored = store.count("things", {})
        assert stored > 1
        store.delete("things", {"id": "first"})
        assert store.count("things", {}) == stored - 1


@pytest.mark.parametrize(
    ("mount", "kind"),
    [
        ("server:/films {} nfs4 rw 0 0", "nfs4"),
        ("//nas/films {} cifs rw 0 0", "cifs"),
        ("/dev/sdb1 {} ext4 rw 0 0", "ext4"),
    ],
)
def test_the_mount_that_holds_a_folder_is_found(tmp_path: Path, mount: str, kind: str) -> None:
    films = tmp_path / "my films"
    (films / "new").mkdir(parents=True)
    mounts = tmp_path / "mounts"
    escaped = str(films).replace(" ", "\\040")
    mounts.write_text(f"overlay / overlay rw 0 0\n{mount.format(escaped)}\ntmpfs {tmp_path}/my tmpfs rw 0 0\n")
    assert mount_kind(films / "new", mounts) == kind
    assert mount_kind(tmp_path, mounts) == "overlay"
    assert mount_kind(films, tmp_path / "no such file") == ""


def test_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vidctl.repositories.sqlite_files.mount_kind", lambda folder: "nfs4")
    with opened(tmp_path / "store.db") as store, pytest.raises(ConfigurationError, match="network file system"):
        store.insert("things", {"id": "1"})
    assert list(tmp_path.iterdir()) == []


# --- locks, threads, processes


def test_a_lock_that_stays_is_told_after_the_wait(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    with opened(file, wait=0.05) as store:
        store.insert("things", {"id": "1"})
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unreachable, match="locked"):
                store.insert("things", {"id": "2"})
            assert store.find("things", {}) == [{"id": "1"}]
        store.insert("things", {"id": "2"})


def test_a_lock_that_goes_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    with opened(file) as store:
        store.insert("things", {"id": "1"})
        other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.2, other.execute, ["COMMIT"])
        release.start()
        store.insert("things", {"id": "2"})
        release.join()
        other.close()
        assert store.count("things", {}) == 2


@pytest.mark.parametrize("location", ["file", "memory"])
def test_threads_take_each_document_once(tmp_path: Path, location: str) -> None:
    with closing(SqliteStore(tmp_path / "store.db" if location == "file" else None)) as store:
        for number in range(100):
            store.insert("jobs", {"id": str(number), "status": "queued"})
        taken: list[str] = []

        def work() -> None:
            while job := store.take("jobs", {"status": "queued"}, {"$set": {"status": "running"}}):
                taken.append(job["id"])

        _in_threads(work, 4)
        assert sorted(taken) == sorted(str(number) for number in range(100))


def test_connections_of_ended_threads_are_given_back(tmp_path: Path) -> None:
    with opened(tmp_path / "store.db") as store:
        for _ in range(5):
            _in_threads(lambda: store.count("things", {}), 1)
        store.count("things", {})
        assert len(store._connections._open) <= 2


def test_close_ends_the_connections_of_all_threads(tmp_path: Path) -> None:
    with opened(tmp_path / "store.db") as store:
        store.insert("things", {"id": "1"})
        used, end = threading.Event(), threading.Event()

        def hold() -> None:
            store.count("things", {})
            used.set()
            end.wait()

        thread = threading.Thread(target=hold)
        thread.start()
        used.wait()
        store.close()
        assert [file.name for file in tmp_path.iterdir()] == ["store.db"]  # the last one to close removes the log
        end.set()
        thread.join()


def _in_threads(work: Callable[[], object], number: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_forked_child_and_its_parent_write_side_by_side(tmp_path: Path) -> None:
    printed = run_python(
        """
        import os, sys
        from pathlib import Path
        from vidctl.repositories.sqlite_store import SqliteStore
        store = SqliteStore(Path(sys.argv[1]))
        store.insert("things", {"id": "before"})
        with store._connections.reading() as parents:
            pass
        child = os.fork()
        with store._connections.reading() as connection:
            assert (connection is parents) == bool(child), "a connection must not be shared across a fork"
        for number in range(50):
            store.insert("things", {"id": f"{bool(child)}{number}"})
        if child == 0:
            store.close()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        print(store.count("things", {}))
        store.close()
        """,
        tmp_path / "store.db",
    )
    assert printed == ["101"]


def test_a_write_that_fails_half_way_changes_nothing() -> None:
    with closing(SqliteStore(None)) as store:
        for number in range(3):
            store.insert("things", {"id": str(number), "n": number if number < 2 else "text"})
        with pytest.raises(StoreFailed):
            store.update("things", {}, {"$inc": {"n": 1}})
        assert [document["n"] for document in store.find("things", {})] == [0, 1, "text"]


# --- indexes


def plan(store: SqliteStore, use: Callable[[], object]) -> str:
    """SQLite's plan for the search that a use of the store makes."""
    seen: list[str] = []
    with store._connections.reading() as connection:
        connection.set_trace_callback(seen.append)
        use()
        connection.set_trace_callback(None)
        (search,) = [sql for sql in seen if sql.startswith("SELECT doc")]
        return "; ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {search}"))


@pytest.fixture(scope="module")
def queue() -> Iterator[SqliteStore]:
    """A queue of which 1,000 jobs are left."""
    with closing(SqliteStore(None)) as store:
        migrate(store)
        for number in range(1000):
            place = {"rank": number % 3, "created_at": f"{number:04}", "number": 0}
            job = {"status": "queued", **place, "batch_id": f"{number // 50}"}
            store.insert("jobs", {"id": str(number), "schema_version": 1, "not_before": None, **job})
        yield store


CLAIM_ORDER = (("rank", 1), ("created_at", 1), ("number", 1))


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"schema_version": 1, "target": {"$in": ["*", "one", "two"]}},
        {"not_before": {"$lte": "2026"}},
        {"not_before": None},
        {"excluded_servers": {"$ne": "one"}},
    ],
    ids=str,
)
def test_a_claim_reads_the_head_of_one_index_and_sorts_nothing(queue: SqliteStore, more: dict[str, object]) -> None:
    where = {"status": "queued", **more}
    claim = plan(queue, lambda: queue.take("jobs", where, {"$set": {"seen": 1}}, CLAIM_ORDER))
    assert claim.startswith("SEARCH jobs USING INDEX jobs.claim (<expr>=?)")
    assert "ORDER BY" not in claim


def test_a_claim_from_a_batch_does_not_walk_the_queue(queue: SqliteStore) -> None:
    where = {"status": "queued", "batch_id": "19"}
    claim = plan(queue, lambda: queue.take("jobs", where, {"$set": {"seen": 1}}, CLAIM_ORDER))
    assert claim.startswith("SEARCH jobs USING INDEX jobs.of_batch (<expr>=? AND <expr>=?)")


@pytest.mark.parametrize(
    ("where", "index"),
    [
        ({"status": "running", "lease_until": {"$lt": "2026"}}, "jobs.leases (<expr>=? AND <expr>>? AND <expr><?)"),
        ({"status": "waiting", "not_before": {"$lte": "2026"}}, "jobs.due (<expr>=? AND <expr>>? AND <expr><?)"),
        ({"clip_id": "1"}, "jobs.of_clip (<expr>=?)"),
        ({"clip_id": {"$in": ["1", "2"]}}, "jobs.of_clip (<expr>=?)"),
        ({"batch_id": "1", "status": "queued"}, "jobs.of_batch (<expr>=? AND <expr>=?)"),
        ({"id": "1"}, "sqlite_autoindex_jobs_1 (id=?)"),
        ({"id": {"$gte": "1", "$lt": "2"}}, "sqlite_autoindex_jobs_1 (id>? AND id<?)"),
    ],
    ids=str,
)
def test_an_index_serves(queue: SqliteStore, where: dict[str, object], index: str) -> None:
    assert plan(queue, lambda: queue.find("jobs", where)).startswith(f"SEARCH jobs USING INDEX {index}")


def test_few_of_many_are_found_by_the_narrower_index_and_then_sorted(queue: SqliteStore) -> None:
    where = {"project_id": "p", "kind": "video"}
    found = plan(queue, lambda: queue.find("takes", where))
    assert found.startswith("SEARCH takes USING INDEX takes.of_kind (<expr>=? AND <expr>=?)")


@pytest.mark.parametrize(("bound", "looks"), [({"$gte": 3}, 0), (4, 0), ({"$lt": 0}, 0), ({"$gte": 1}, 1), (1, 1)])
def test_an_index_alone_answers_where_no_truth_could_pass_for_a_number(bound: object, looks: int) -> None:
    condition = where_sql({"rating": bound}, {"takes.by_rating": ("rating",)})
    assert condition.text.count("json_type") == looks


@pytest.mark.parametrize("value", [["a"], {"a": 1}])
def test_an_indexed_field_holds_no_list_or_object(value: object) -> None:
    with closing(SqliteStore(None)) as store:
        store.ensure_index(Index("things", "inner", ("box.v",)))
        store.insert("things", {"id": "1", "box": {"v": "a"}, "revision": 1})
        with pytest.raises(ValueError, match="indexed"):
            store.insert("things", {"id": "2", "box": {"v": value}})
        with pytest.raises(ValueError, match="indexed"):
            store.take("things", {}, {"$set": {"box.v": value}})
        with pytest.raises(ValueError, match="indexed"):
            store.replace("things", {"id": "1", "box": {"v": value}, "revision": 2}, 1)
        assert store.find("things", {}) == [{"id": "1", "box": {"v": "a"}, "revision": 1}]


def test_an_index_that_another_process_made_is_used(tmp_path: Path) -> None:
    with opened(tmp_path / "store.db") as store:
        store.ensure_index(Index("things", "by_v", ("v",)))
    with opened(tmp_path / "store.db") as store:
        assert "things.by_v" in plan(store, lambda: store.find("things", {"v": "a"}))


def test_our_files_carry_our_mark(tmp_path: Path) -> None:
    with opened(tmp_path / "store.db") as store:
        store.describe()
    assert int.from_bytes((tmp_path / "store.db").read_bytes()[68:72], "big") == APPLICATION_ID
