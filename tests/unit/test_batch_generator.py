"""Many clips, one batch: its counts are true while and after it is rendered, whoever renders it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.house import House, told
from vidctl.domain.events import JobFinished, JobQueued, Notice, Progress, Result
from vidctl.domain.job import JobStatus
from vidctl.dtos.base import make_input
from vidctl.dtos.batch_dtos import BatchGenerationStatusDTO
from vidctl.dtos.generation_dtos import BatchGenerationRequestDTO, QueueJobRequestDTO
from vidctl.errors import InvalidInput, NotFound, PartlyDone
from vidctl.repositories.migrations import MIGRATIONS, migrate
from vidctl.services.batch_generator import BatchGenerator


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path) as opened:
        yield opened


@pytest.fixture
def clips(house: House) -> list[str]:
    """Three clips of a film."""
    scene = house.scene(house.project())
    return [house.clip(scene, slug, position=24 * n, image_prompt=slug).id for n, slug in enumerate("abc")]


def batch(clips: list[str], **fields: Any) -> BatchGenerationRequestDTO:
    values = {"clips": clips, "generation_type": "image", "server": "animatic", **fields}
    return make_input(BatchGenerationRequestDTO, **values)


def run(house: House, clips: list[str], *, wait: bool = False, **fields: Any) -> BatchGenerationStatusDTO:
    *_, last = house.app.batches.run(batch(clips, **fields), wait=wait)
    assert isinstance(last, Result)
    assert isinstance(last.value, BatchGenerationStatusDTO)
    return last.value


def quick(house: House) -> BatchGenerator:
    """The generator, but it looks more often."""
    app = house.app
    return BatchGenerator(app._batches, app._batch_reader, app.references, app.generation, app.queue, look=0.005)


def test_a_batch_is_queued_with_a_job_for_each_clip_and_waits_for_nobody(house: House, clips: list[str]) -> None:
    events = list(house.app.batches.run(batch(clips), wait=False))
    assert len(told(events, JobQueued)) == 3
    status = house.app.batches.get_status(None)
    assert (status.status, status.total, status.asked, status.open) == ("queued", 3, 3, 3)
    assert [job.clip_id for job in status.jobs] == clips
    assert (status.started_at, status.finished_at, status.progress) == (None, None, 0.0)


def test_a_batch_that_is_waited_for_ends_with_its_status(house: House, clips: list[str]) -> None:
    status = run(house, clips, wait=True)
    assert (status.status, status.succeeded, status.open, status.progress) == ("succeeded", 3, 0, 1.0)
    assert status.finished_at is not None
    assert all(job.take_ids for job in status.jobs)


def test_counts_are_true_when_renders_fail(house: House, clips: list[str]) -> None:
    status = run(house, clips)
    first, second, _ = status.jobs
    house.queue.cancel(first.id)
    house.queue.update_by_id(second.id, {"$set": {"status": JobStatus.FAILED}})
    now = house.app.batches.get_status(status.id[:8])
    assert (now.status, now.succeeded, now.failed, now.cancelled, now.open) == ("running", 0, 1, 1, 1)
    assert now.progress == pytest.approx(2 / 3)


def test_one_prompt_may_be_given_for_all_clips(house: House, clips: list[str]) -> None:
    house.server()
    run(house, clips, server=None, settings={"model": "sdxl_base_1.0.safetensors", "prompt": "rain"})
    assert {job.render_request().values["prompt"] for job in house.queue.find_many({})} == {"rain"}


def test_batches_are_listed_newest_first_page_by_page(house: House, clips: list[str]) -> None:
    made = [run(house, clips[:number], title=f"no. {number}") for number in (1, 2, 3)]
    first = house.app.batches.list_batches(None, after=None, limit=2)
    assert [item.title for item in first.items] == ["no. 3", "no. 2"]
    assert (first.total, first.next_after) == (3, made[1].id)
    second = house.app.batches.list_batches("film", after=first.next_after, limit=2)
    assert [(item.title, item.total, item.status) for item in second.items] == [("no. 1", 1, "queued")]
    assert second.next_after is None


def test_batches_of_a_film_are_found_by_it(house: House, clips: list[str]) -> None:
    other = house.clip(slug="other", image_prompt="x")
    run(house, clips)
    run(house, [other.id])
    several = run(house, [clips[0], other.id])
    assert several.project_id == ""
    assert house.app.batches.list_batches("film", after=None, limit=9).total == 1
    assert house.app.batches.list_batches(None, after=None, limit=9).total == 3


def test_an_unknown_batch_is_told(house: House) -> None:
    with pytest.raises(NotFound, match="no batch yet"):
        house.app.batches.get_status(None)
    with pytest.raises(NotFound, match="'abcd'"):
        house.app.batches.get_status("abcd")


def test_a_batch_without_clips_is_refused() -> None:
    with pytest.raises(InvalidInput, match="not valid"):
        batch([])


def test_one_wrong_clip_leaves_no_batch_behind(house: House, clips: list[str]) -> None:
    with pytest.raises(NotFound):
        run(house, [*clips, "film/verse/nobody"])
    assert house.app.batches.list_batches(None, after=None, limit=9).total == 0


def test_a_large_batch_is_written_in_pieces_and_none_is_lost(house: House, clips: list[str]) -> None:
    status = run(house, clips, count=140)
    assert (status.total, status.asked) == (420, 420)
    assert [job.label[-4:] for job in status.jobs[138:142]] == ["#139", "#140", "e #1", "e #2"]


def test_who_watches_a_batch_is_told_until_it_has_ended(house: House, clips: list[str]) -> None:
    status = run(house, clips)
    watching = quick(house).watch(status.id)
    notice, begin = next(watching), next(watching)
    assert isinstance(notice, Notice)
    assert "no worker" in notice.text
    assert begin == Progress(status.title, 0, 3, "render")
    for job in status.jobs:
        house.queue.cancel(job.id)
    assert next(watching) == Progress(status.title, 3, 3, "render")
    assert isinstance(next(watching), Result)
    with pytest.raises(PartlyDone, match="3 of 3"):
        next(watching)


def test_a_batch_that_others_render_is_watched_to_its_end(house: House, clips: list[str]) -> None:
    status = run(house, clips)
    with house.working(animatic=True) as shift:
        *_, last = quick(house).watch(status.id)
        shift.until(JobFinished, 3)
    assert isinstance(last, Result)
    assert (last.value.status, last.value.succeeded) == ("succeeded", 3)


def test_jobs_of_a_store_from_before_are_gathered_into_batches(house: House, clips: list[str]) -> None:
    status = run(house, clips)
    [step] = [step for step in MIGRATIONS if step.name == "0004_batches"]
    kept = house.app._batches.find_by_id(status.id)
    house.app._batches.delete_many({})
    for _ in range(2):
        house.store.delete("migrations", {"id": step.name})
        migrate(house.store, MIGRATIONS)
        [gathered] = house.app._batches.find_many({})
        assert gathered.to_stored() == kept.to_stored()


def test_jobs_are_added_to_the_queue_behind_those_that_go_first(house: House, clips: list[str]) -> None:
    run(house, clips, priority=1)
    run(house, clips[:1], priority=-1)
    request = make_input(
        QueueJobRequestDTO, clips=clips[:2], generation_type="image", server="animatic", max_attempts=7
    )
    added = house.app.generation.enqueue(request)
    assert (added.ahead, [job.clip_id for job in added.jobs]) == (3, clips[:2])
    assert {job.max_attempts for job in added.jobs} == {7}
    assert house.app.batches.get_status(added.batch_id).total == 2


def test_renders_without_a_prompt_are_queued_with_a_warning(house: House) -> None:
    house.server()
    settings = {"model": "sdxl_base_1.0.safetensors"}
    silent = house.clip(slug="silent")
    request = make_input(QueueJobRequestDTO, clips=[silent.id], generation_type="image", settings=settings)
    [warning] = house.app.generation.enqueue(request).warnings
    assert "has no prompt" in warning
