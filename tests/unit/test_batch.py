"""What becomes of a batch is counted from its jobs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidctl.domain.batch import BatchStatus, batch_status, batch_title
from vidctl.domain.job import FINAL, OPEN, JobStatus

COUNTS = st.dictionaries(st.sampled_from(JobStatus), st.integers(0, 5))


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        ({}, "empty"),
        ({"queued": 3}, "queued"),
        ({"queued": 2, "running": 1}, "running"),
        ({"waiting": 1}, "running"),
        ({"queued": 1, "succeeded": 1}, "running"),
        ({"succeeded": 3}, "succeeded"),
        ({"succeeded": 2, "failed": 1}, "partly"),
        ({"succeeded": 2, "cancelled": 1}, "partly"),
        ({"failed": 3}, "failed"),
        ({"failed": 1, "cancelled": 2}, "failed"),
        ({"cancelled": 3}, "cancelled"),
    ],
)
def test_a_batch_is_what_its_jobs_are(counts: dict[str, int], status: str) -> None:
    assert batch_status({JobStatus(name): count for name, count in counts.items()}) == status


@given(COUNTS)
def test_a_batch_has_ended_exactly_when_no_job_is_open(counts: dict[JobStatus, int]) -> None:
    is_open = any(counts.get(status) for status in OPEN)
    assert (batch_status(counts) in (BatchStatus.QUEUED, BatchStatus.RUNNING)) == is_open
    all_succeeded = not is_open and {s for s in FINAL if counts.get(s)} == {JobStatus.SUCCEEDED}
    assert (batch_status(counts) is BatchStatus.SUCCEEDED) == all_succeeded


def test_a_batch_that_nobody_has_named_is_called_after_its_first_render() -> None:
    assert batch_title(["film/verse/hero image"]) == "film/verse/hero image"
    assert batch_title(["film/verse/hero image", "b", "c"]) == "film/verse/hero image and 2 more"
