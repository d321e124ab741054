"""The queue against a model of it: whatever workers and people do in whatever order, no job is held by two, none is
lost, and none comes back for ever."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from tests.fakes.clock import Clock, ClockedStore
from tests.fakes.memory import migrated_store
from vidctl.domain.job import ANY_SERVER, FINAL, OPEN, Job, JobStatus
from vidctl.domain.recipe import MediaKind
from vidctl.errors import DiskFull, IllegalTransition, LeaseLost, RenderFailed, Unreachable, VidctlError
from vidctl.repositories.queue_repository import QueueRepository

LEASE = timedelta(seconds=60)
SERVERS = ("one", "two")
BATCHES = ("x", "y")
ERROR = {"code": "render_failed", "problem": "it failed", "cause": "", "fix": "", "details": {}}


def new_job(number: int = 0, **fields: Any) -> Job:
    values = {
        "project_id": "p", "clip_id": "c", "batch_id": "x", "label": f"job {number}", "kind": MediaKind.IMAGE,
        "request": "{}", "target": ANY_SERVER, **fields,
    }  # fmt: skip
    return Job(**values)


@dataclass
class Expected:
    """What the model knows of a job."""

    number: int
    rank: int
    target: str
    batch: str
    created: datetime
    max_attempts: int
    status: JobStatus = JobStatus.QUEUED
    attempts: int = 0
    fence: int = 0
    holder: str = ""
    lease_until: datetime | None = None
    not_before: datetime | None = None
    cancel: bool = False
    excluded: set[str] = field(default_factory=set)


class QueueMachine(RuleBasedStateMachine):
    """Claims are kept as they were given out, so that old ones can be tried as well as the last."""

    claims = Bundle("claims")
    jobs = Bundle("jobs")

    @initialize()
    def open(self) -> None:
        self.clock = Clock()
        self.own = migrated_store()
        self.queue = QueueRepository(ClockedStore(self.own, self.clock))  # type: ignore[arg-type]
        self.model: dict[str, Expected] = {}

    def teardown(self) -> None:
        if hasattr(self, "own"):
            self.own.close()

    # what people do

    @rule(
        target=jobs,
        rank=st.integers(-2, 2),
        place=st.sampled_from((ANY_SERVER, *SERVERS)),
        batch=st.sampled_from(BATCHES),
        most=st.integers(1, 3),
    )
    def enqueue(self, rank: int, place: str, batch: str, most: int) -> str:
        now = self.clock.now()
        number = len(self.model)
        job = new_job(number, rank=rank, target=place, batch_id=batch, max_attempts=most, created_at=now)
        self.queue.create(job)
        self.model[job.id] = Expected(number, rank, place, batch, now, most)
        self.clock.advance(milliseconds=1)
        return job.id

    @rule(job_id=jobs)
    def cancel(self, job_id: str) -> None:
        known = self.model[job_id]
        if known.status in FINAL:
            with pytest.raises(IllegalTransition):
                self.queue.cancel(job_id)
            return
        self.queue.cancel(job_id)
        if known.status is JobStatus.RUNNING:
            known.cancel = True
        else:
            known.status = JobStatus.CANCELLED

    @rule(job_id=jobs)
    def requeue(self, job_id: str) -> None:
        known = self.model[job_id]
        if known.status not in (JobStatus.FAILED, JobStatus.CANCELLED):
            with pytest.raises(IllegalTransition):
                self.queue.requeue(job_id)
            return
        job = self.queue.requeue(job_id)
        assert (job.prompt_id, job.error, job.finished_at, job.progress) == (None, None, None, 0.0)
        known.status, known.attempts, known.cancel, known.excluded = JobStatus.QUEUED, 0, False, set()

    @rule(seconds=st.sampled_from((1, 20, 61, 400)))
    def let_time_pass(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)

    # what workers do

    @rule(
        target=claims,
        owner=st.sampled_from(("ann", "bob")),
        server=st.sampled_from(SERVERS),
        batch=st.sampled_from((None, *BATCHES)),
    )
    def claim(self, owner: str, server: str, batch: str | None) -> Any:
        wanted = [
            (known.rank, known.created, job_id)
            for job_id, known in self.model.items()
            if known.status is JobStatus.QUEUED
            and known.target in (ANY_SERVER, server)
            and server not in known.excluded
            and batch in (None, known.batch)
        ]
        job = self.queue.claim(owner, (server, ANY_SERVER), LEASE, server_id=server, batch_id=batch)
        if not wanted:
            assert job is None
            return multiple()
        assert job is not None
        assert job.id == min(wanted)[2], "the highest priority goes first, and of two the older one"
        known = self.model[job.id]
        known.status, known.holder, known.lease_until = JobStatus.RUNNING, owner, self.clock.now() + LEASE
        known.attempts, known.fence = known.attempts + 1, known.fence + 1
        assert (job.fence, job.attempts, job.owner) == (known.fence, known.attempts, owner)
        return job

    def holds(self, claim: Job) -> bool:
        known = self.model[claim.id]
        return known.status is JobStatus.RUNNING and known.fence == claim.fence

    def write(self, claim: Job, call: Any) -> Expected | None:
        """Do what only the holder may; None if the claim is an old one and nothing may have happened."""
        if self.holds(claim):
            call()
            return self.model[claim.id]
        before = self.own.find("jobs", {})
        with pytest.raises(LeaseLost):
            call()
        assert self.own.find("jobs", {}) == before, "the write of an old claim has changed something"
        return None

    @rule(claim=claims, progress=st.floats(0, 1))
    def renew(self, claim: Job, progress: float) -> None:
        if known := self.write(claim, lambda: self.queue.renew(claim, LEASE, progress)):
            known.lease_until = self.clock.now() + LEASE

    @rule(claim=claims)
    def assign(self, claim: Job) -> None:
        self.write(claim, lambda: self.queue.assign(claim, prompt_id="p", server_id="one"))

    @rule(claim=claims)
    def succeed(self, claim: Job) -> None:
        if known := self.write(claim, lambda: self.queue.succeed(claim, ["take"])):
            known.status = JobStatus.SUCCEEDED

    @rule(claim=claims)
    def fail(self, claim: Job) -> None:
        if known := self.write(claim, lambda: self.queue.fail(claim, ERROR)):
            known.status = JobStatus.FAILED

    @rule(claim=claims)
    def stop(self, claim: Job) -> None:
        if known := self.write(claim, lambda: self.queue.cancelled(claim)):
            known.status = JobStatus.CANCELLED

    @rule(claim=claims, seconds=st.sampled_from((0, 2, 300)))
    def retry_later(self, claim: Job, seconds: int) -> None:
        delay = timedelta(seconds=seconds)
        if known := self.write(claim, lambda: self.queue.retry_later(claim, ERROR, delay)):
            known.status, known.not_before, known.lease_until = JobStatus.WAITING, self.clock.now() + delay, None

    @rule(claim=claims, server=st.sampled_from((None, *SERVERS)))
    def release(self, claim: Job, server: str | None) -> None:
        known = self.model[claim.id]
        excluded = known.excluded | ({server} if server else set())
        if self.write(claim, lambda: self.queue.release(claim, excluded_servers=sorted(excluded))):
            known.status, known.lease_until, known.excluded = JobStatus.QUEUED, None, excluded
            known.attempts -= 1

    @rule(claim=consumes(claims))
    def die_known(self, claim: Job) -> None:
        """The owner is known to be dead."""
        self.queue.expire(claim)
        if self.holds(claim):
            self.model[claim.id].lease_until = self.clock.now() - timedelta(seconds=1)

    @rule()
    def wake(self) -> None:
        due = [
            known
            for known in self.model.values()
            if known.status is JobStatus.WAITING and known.not_before and known.not_before <= self.clock.now()
        ]
        assert self.queue.wake_due() == len(due)
        for known in due:
            known.status = JobStatus.QUEUED

    @rule()
    def return_expired(self) -> None:
        expired = [
            known
            for known in self.model.values()
            if known.status is JobStatus.RUNNING and known.lease_until and known.lease_until < self.clock.now()
        ]
        assert self.queue.return_expired() == len(expired)
        for known in expired:
            again = known.cancel or known.attempts < known.max_attempts
            known.status = JobStatus.QUEUED if again else JobStatus.FAILED

    # what always holds

    @invariant()
    def the_store_says_what_the_model_says(self) -> None:
        for job in self.queue.find_many({}) if hasattr(self, "queue") else []:
            known = self.model[job.id]
            assert (job.status, job.attempts, job.fence, job.cancel_requested, set(job.excluded_servers)) == (
                known.status, known.attempts, known.fence, known.cancel, known.excluded,
            )  # fmt: skip

    @invariant()
    def counts_add_up(self) -> None:
        if hasattr(self, "queue"):
            counts = self.queue.counts()
            assert sum(counts.values()) == len(self.model)
            assert counts[JobStatus.QUEUED] == sum(k.status is JobStatus.QUEUED for k in self.model.values())

    @invariant()
    def only_running_jobs_are_leased_and_only_ended_ones_have_an_end(self) -> None:
        for job in self.queue.find_many({}) if hasattr(self, "queue") else []:
            assert (job.lease_until is not None) == (job.status is JobStatus.RUNNING)
            assert (job.finished_at is not None) == (job.status in FINAL)
            assert job.status not in OPEN or job.take_ids == []


QueueMachine.TestCase.settings = settings(
    max_examples=50, stateful_step_count=35, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestQueue = QueueMachine.TestCase


@pytest.fixture
def queue() -> Any:
    clock, store = Clock(), migrated_store()
    yield QueueRepository(ClockedStore(store, clock))  # type: ignore[arg-type]
    store.close()


def clock_of(queue: QueueRepository) -> Clock:
    assert isinstance(queue.store, ClockedStore)
    return queue.store.clock


def test_a_claim_whose_answer_was_lost_is_found_again(queue: QueueRepository) -> None:
    queue.create(new_job())
    claimed = queue.claim("ann", (ANY_SERVER,), LEASE)
    assert queue.find_held("ann") == claimed
    assert queue.find_held("bob") is None


def test_a_job_is_not_lost_while_its_lease_is_renewed(queue: QueueRepository) -> None:
    queue.create(new_job())
    claimed = queue.claim("ann", (ANY_SERVER,), LEASE)
    assert claimed
    for _ in range(5):
        clock_of(queue).advance(seconds=59)
        assert queue.return_expired() == 0
        queue.renew(claimed, LEASE, 0.5)


def test_a_job_that_outlives_no_worker_says_so(queue: QueueRepository) -> None:
    job = queue.create(new_job(max_attempts=1))
    queue.claim("ann", (ANY_SERVER,), LEASE)
    clock_of(queue).advance(seconds=61)
    queue.return_expired()
    ended = queue.find_by_id(job.id)
    assert ended.error
    assert ended.error["cause"] == "the last one was ann"
    assert ended.finished_at is not None


def test_a_cancelled_job_of_a_dead_worker_comes_back_to_be_stopped(queue: QueueRepository) -> None:
    job = queue.create(new_job(max_attempts=1))
    queue.claim("ann", (ANY_SERVER,), LEASE)
    queue.cancel(job.id)
    clock_of(queue).advance(seconds=61)
    queue.return_expired()
    assert queue.find_by_id(job.id).status is JobStatus.QUEUED


def test_the_prompt_id_outlives_a_lease(queue: QueueRepository) -> None:
    job = queue.create(new_job())
    claimed = queue.claim("ann", (ANY_SERVER,), LEASE)
    assert claimed
    queue.assign(claimed, prompt_id="p", submitted=True)
    clock_of(queue).advance(seconds=61)
    queue.return_expired()
    again = queue.find_by_id(job.id)
    assert (again.prompt_id, again.submitted) == ("p", True)


@pytest.mark.parametrize(
    ("error", "kept"), [(DiskFull("full"), "p"), (Unreachable("away"), "p"), (RenderFailed("node 5 failed"), None)]
)
def test_what_may_be_rendered_already_is_not_rendered_anew_when_it_is_tried_again(
    queue: QueueRepository, error: VidctlError, kept: str | None
) -> None:
    queue.create(new_job())
    claimed = queue.claim("ann", (ANY_SERVER,), LEASE)
    assert claimed
    queue.fail(queue.assign(claimed, prompt_id="p", submitted=True), error.as_dict())
    again = queue.requeue(claimed.id)
    assert (again.status, again.prompt_id, again.submitted) == (JobStatus.QUEUED, kept, kept is not None)


def test_a_render_that_was_cancelled_is_begun_anew(queue: QueueRepository) -> None:
    queue.create(new_job())
    claimed = queue.claim("ann", (ANY_SERVER,), LEASE)
    assert claimed
    queue.retry_later(queue.assign(claimed, prompt_id="p"), DiskFull("full").as_dict(), timedelta(seconds=2))
    queue.cancel(claimed.id)
    assert queue.requeue(claimed.id).prompt_id is None


def test_a_worker_is_told_that_its_job_is_to_be_cancelled(queue: QueueRepository) -> None:
    queue.create(new_job())
    claimed = queue.claim("ann", (ANY_SERVER,), LEASE)
    assert claimed
    queue.cancel(claimed.id)
    assert queue.renew(claimed, LEASE, 0.1).cancel_requested


@pytest.mark.parametrize(
    "write",
    [
        lambda queue, job: queue.renew(job, LEASE, 0.5),
        lambda queue, job: queue.assign(job, prompt_id="stolen"),
        lambda queue, job: queue.succeed(job, ["take"]),
        lambda queue, job: queue.fail(job, ERROR),
        lambda queue, job: queue.cancelled(job),
        lambda queue, job: queue.retry_later(job, ERROR, LEASE),
        lambda queue, job: queue.release(job),
    ],
    ids=["renew", "assign", "succeed", "fail", "cancelled", "retry_later", "release"],
)
def test_who_holds_an_older_fence_writes_nothing(queue: QueueRepository, write: Any) -> None:
    queue.create(new_job())
    late = queue.claim("ann", (ANY_SERVER,), LEASE)
    assert late
    clock_of(queue).advance(seconds=61)
    queue.return_expired()
    holder = queue.claim("bob", (ANY_SERVER,), LEASE)
    with pytest.raises(LeaseLost):
        write(queue, late)
    queue.expire(late)
    assert queue.find_by_id(late.id) == holder


def test_a_late_worker_cannot_cancel_a_job_that_a_person_wants_again(queue: QueueRepository) -> None:
    queue.create(new_job())
    claimed = queue.claim("ann", (ANY_SERVER,), LEASE)
    assert claimed
    queue.cancelled(claimed)
    queue.requeue(claimed.id)
    with pytest.raises(LeaseLost):
        queue.cancelled(claimed)
    assert queue.find_by_id(claimed.id).status is JobStatus.QUEUED
