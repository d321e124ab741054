"""Eight processes, two thousand jobs: each is claimed once and completed by the one that claimed it."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.contract.test_claims import SHARED, in_processes
from tests.fakes.queue_worker import work_off
from tests.fakes.stores import Stores
from vidctl.domain.job import ANY_SERVER, Job, JobStatus
from vidctl.domain.recipe import MediaKind
from vidctl.repositories.opening import open_store
from vidctl.repositories.queue_repository import QueueRepository

JOBS = 2_000


def queued(number: int) -> Job:
    return Job(
        project_id="p",
        clip_id="c",
        batch_id="b",
        label=f"job {number}",
        kind=MediaKind.IMAGE,
        request="{}",
        target=ANY_SERVER,
        rank=number % 3,
    )


@pytest.mark.slow
@pytest.mark.parametrize("kind", SHARED)
def test_eight_processes_complete_each_of_two_thousand_jobs_once(kind: str, stores: Stores) -> None:
    with stores.url(kind) as url:
        store = open_store(url)
        queue = QueueRepository(store)
        ids = [queue.create(queued(number)).id for number in range(JOBS)]
        completed = Counter(in_processes(8, work_off, url))
        ended = queue.find_many({})
        store.close()
    assert completed == Counter(ids)
    assert {(job.status, job.attempts, job.fence, job.lease_until) for job in ended} == {
        (JobStatus.SUCCEEDED, 1, 1, None)
    }
    assert {(f"worker-{take.removeprefix('take-')}", job.owner) for job in ended for take in job.take_ids} == {
        (job.owner, job.owner) for job in ended
    }
