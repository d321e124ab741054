"""A job's status changes by the table and by nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidctl.domain.document import utc_now
from vidctl.domain.job import FINAL, OPEN, TRANSITIONS, Job, JobAction, JobStatus, advance, retry_delay
from vidctl.domain.recipe import MediaKind, RenderRequest
from vidctl.errors import IllegalTransition, registry

STATUSES = st.sampled_from(JobStatus)
ACTIONS = st.sampled_from(JobAction)

#: The whole table as a person would draw it.
ALLOWED = {
    ("queued", "claim"): "running",
    ("running", "release"): "queued",
    ("running", "retry_later"): "waiting",
    ("waiting", "wake"): "queued",
    ("running", "succeed"): "succeeded",
    ("running", "fail"): "failed",
    ("queued", "cancel"): "cancelled",
    ("waiting", "cancel"): "cancelled",
    ("running", "cancel"): "cancelled",
    ("failed", "requeue"): "queued",
    ("cancelled", "requeue"): "queued",
}


def job(**fields: object) -> Job:
    request = RenderRequest(kind=MediaKind.IMAGE, backend="comfyui", width=64, height=64)
    values = {
        "project_id": "p", "clip_id": "c", "batch_id": "b", "label": "hero", "kind": "image",
        "request": request.model_dump_json(), "target": "*", **fields,
    }  # fmt: skip
    return Job.model_validate(values)


@given(STATUSES, ACTIONS)
def test_only_what_the_table_allows_happens(status: JobStatus, action: JobAction) -> None:
    if (status, action) in ALLOWED:
        assert advance(status, action) == ALLOWED[status, action]
    else:
        with pytest.raises(IllegalTransition):
            advance(status, action)


def test_a_refusal_says_what_would_have_been_allowed() -> None:
    with pytest.raises(IllegalTransition) as refused:
        advance(JobStatus.SUCCEEDED, JobAction.CANCEL)
    assert refused.value.problem == "a succeeded job cannot cancel"
    assert refused.value.cause == "only queued or running or waiting jobs can"


def test_every_status_can_be_reached_from_queued() -> None:
    reached = {JobStatus.QUEUED}
    for _ in JobStatus:
        reached |= {target for sources, target in TRANSITIONS.values() if sources & reached}
    assert reached == set(JobStatus)


def test_every_status_is_open_or_final() -> None:
    assert set(JobStatus) == OPEN | FINAL
    assert not OPEN & FINAL


@given(ACTIONS)
def test_a_final_status_is_left_only_by_a_persons_wish(action: JobAction) -> None:
    sources, _ = TRANSITIONS[action]
    assert action is JobAction.REQUEUE or not sources & FINAL


def test_a_success_is_never_undone() -> None:
    assert not any(JobStatus.SUCCEEDED in sources for sources, _ in TRANSITIONS.values())


@given(st.lists(ACTIONS, max_size=20))
def test_any_run_of_allowed_actions_ends_in_the_table(actions: list[JobAction]) -> None:
    status = JobStatus.QUEUED
    for action in actions:
        if (status, action) in ALLOWED:
            status = advance(status, action)
    assert status in JobStatus


def test_retries_wait_2_seconds_then_twice_as_long_up_to_5_minutes() -> None:
    assert [retry_delay(attempts).total_seconds() for attempts in range(1, 10)] == [2, 4, 8, 16, 32, 64, 128, 256, 300]


@given(st.integers(0, 10**6))
def test_a_retry_never_waits_less_than_the_one_before(attempts: int) -> None:
    before, after = (retry_delay(number) for number in (attempts, attempts + 1))
    assert timedelta(seconds=2) <= before <= after <= timedelta(minutes=5)


@given(st.sampled_from(sorted(registry())), st.integers(0, 3))
def test_what_may_pass_is_tried_again_while_attempts_are_left(code: str, attempts: int) -> None:
    passing = {"render_failed", "output_invalid", "unreachable", "disk_full", "store_failed"}
    tried = job(attempts=attempts, max_attempts=3)
    assert tried.may_try_again({"code": code}) == (code in passing and attempts < 3)


def test_a_lease_is_over_after_its_moment() -> None:
    now = utc_now()
    assert job(lease_until=now - timedelta(milliseconds=1)).lease_is_over(now)
    assert not job(lease_until=now).lease_is_over(now)
    assert not job(lease_until=None).lease_is_over(now)


def test_a_job_keeps_its_recipe_as_a_value() -> None:
    assert job().render_request().width == 64


@given(st.integers(-1000, 1000))
def test_a_higher_priority_is_a_lower_rank(priority: int) -> None:
    assert job(rank=-priority).priority == priority


def test_a_stored_job_is_read_as_it_was() -> None:
    written = job(attempts=2, excluded_servers=["one"], error={"code": "render_failed"}, not_before=utc_now())
    assert Job.from_stored(written.to_stored()) == written
