"""The queue in the store. Every change is one atomic step that says from which states it is allowed.

A worker's write names the job's fence: after another worker has claimed the job, the old one's writes match nothing.
Times are the store's, so that a host with a wrong clock neither steals nor starves jobs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NoReturn

from vidctl.domain.document import write_time
from vidctl.domain.job import FINAL, OPEN, RENDER_REMAINS, TRANSITIONS, Job, JobAction, JobStatus, advance, kept_error
from vidctl.errors import LeaseLost, RenderFailed
from vidctl.repositories.base_repository import BaseRepository
from vidctl.repositories.store import Filter
from vidctl.repositories.stored_values import as_stored

_CLAIM_ORDER = (("rank", 1), ("created_at", 1), ("number", 1))


class QueueRepository(BaseRepository[Job]):
    """Jobs, by named operations only."""

    collection = "jobs"
    document = Job
    noun = "job"

    def claim(
        self,
        owner: str,
        targets: Sequence[str],
        lease: timedelta,
        *,
        server_id: str | None = None,
        batch_id: str | None = None,
    ) -> Job | None:
        """The best queued job that may run on one of `targets`, now leased to `owner`; None if there is none. Jobs that
        have found out that they cannot run on `server_id` are left to other servers."""
        now = self.store.now()
        where: dict[str, Any] = {"target": {"$in": list(targets)}}
        if server_id is not None:
            where["excluded_servers"] = {"$ne": server_id}
        if batch_id is not None:
            where["batch_id"] = batch_id
        return self._change(
            where,
            JobAction.CLAIM,
            {"owner": owner, "lease_until": write_time(now + lease), "started_at": write_time(now), "progress": 0.0},
            increase={"fence": 1, "attempts": 1},
            sort=_CLAIM_ORDER,
        )

    def find_held(self, owner: str) -> Job | None:
        """The job that `owner` holds: a claim whose answer was lost has happened all the same."""
        return self.find_one({"owner": owner, "status": JobStatus.RUNNING})

    def wake_due(self) -> int:
        """Queue the waiting jobs whose time has come; how many."""
        due = {"not_before": {"$lte": write_time(self.store.now())}}
        count = 0
        while self._change(due, JobAction.WAKE, {"not_before": None}) is not None:
            count += 1
        return count

    def return_expired(self) -> int:
        """Take the running jobs back whose worker has fallen silent; how many. Their prompt ids stay, so the next
        worker finds the render if it still exists. The lost claim counts as an attempt: a job that kills every worker
        must not come back for ever. One that a person has cancelled comes back to be stopped on its server."""
        expired = {"status": JobStatus.RUNNING, "lease_until": {"$lt": write_time(self.store.now())}}
        returned = 0
        for job in self.find_many(expired):
            if job.cancel_requested or job.attempts < job.max_attempts:
                free = {"lease_until": None, "owner": ""}
                changed = self._change({"id": job.id, "fence": job.fence, **expired}, JobAction.RELEASE, free)
            else:
                ended = {
                    "error": kept_error(_worker_lost(job)),
                    "finished_at": write_time(self.store.now()),
                    "lease_until": None,
                }
                changed = self._change({"id": job.id, "fence": job.fence, **expired}, JobAction.FAIL, ended)
            returned += changed is not None
        return returned

    def expire(self, job: Job) -> None:
        """End a lease whose owner is known to be dead; nothing happens if the job has moved on."""
        over = write_time(self.store.now() - timedelta(seconds=1))
        held = {"id": job.id, "fence": job.fence, "status": JobStatus.RUNNING}
        self.update_one(held, {"$set": {"lease_until": over}})

    def renew(self, job: Job, lease: timedelta, progress: float) -> Job:
        """Keep a lease alive. Raises LeaseLost."""
        until = write_time(self.store.now() + lease)
        return self._fenced(job, {"lease_until": until, "progress": progress})

    def assign(self, job: Job, **values: Any) -> Job:
        """Note where a job runs (server, prompt id, whether it was submitted). Raises LeaseLost."""
        return self._fenced(job, values)

    def succeed(self, job: Job, take_ids: Sequence[str]) -> Job:
        """The render is done and its takes are stored. Raises LeaseLost."""
        done = {"take_ids": list(take_ids), "error": None, "progress": 1.0}
        return self._end(job, JobAction.SUCCEED, done)

    def fail(self, job: Job, error: dict[str, Any]) -> Job:
        """Give up. Raises LeaseLost."""
        return self._end(job, JobAction.FAIL, {"error": kept_error(error)})

    def cancelled(self, job: Job) -> Job:
        """The worker has stopped it. Raises LeaseLost."""
        return self._end(job, JobAction.CANCEL, {})

    def retry_later(self, job: Job, error: dict[str, Any], delay: timedelta, **values: Any) -> Job:
        """Let it wait for its next attempt. Raises LeaseLost."""
        due = write_time(self.store.now() + delay)
        free = {"lease_until": None, "owner": "", "error": kept_error(error), "not_before": due}
        return self._held(job, JobAction.RETRY_LATER, {**free, **values})

    def release(self, job: Job, **values: Any) -> Job:
        """Give it back unfinished; the claim does not count as an attempt. Raises LeaseLost."""
        return self._held(job, JobAction.RELEASE, {"lease_until": None, "owner": "", **values}, {"attempts": -1})

    def cancel(self, job_id: str) -> Job:
        """Cancel a job that nobody runs; ask the worker to cancel one that is running. Raises IllegalTransition."""
        idle = sorted(OPEN - {JobStatus.RUNNING})
        ended = {"status": JobStatus.CANCELLED, "finished_at": write_time(self.store.now())}
        job = self.update_one({"id": job_id, "status": {"$in": idle}}, {"$set": ended})
        asked = job or self.update_one(
            {"id": job_id, "status": JobStatus.RUNNING}, {"$set": {"cancel_requested": True}}
        )
        if asked is None:
            advance(self.find_by_id(job_id).status, JobAction.CANCEL)
        return asked or self.cancel(job_id)

    def requeue(self, job_id: str) -> Job:
        """Try a failed or cancelled job again from its first attempt. It keeps its prompt id where the render may be
        finished on the server, else it is rendered anew. Raises IllegalTransition."""
        fresh: dict[str, Any] = {
            "attempts": 0, "error": None, "cancel_requested": False, "excluded_servers": [], "finished_at": None,
            "not_before": None, "progress": 0.0, "owner": "",
        }  # fmt: skip
        rendered = {"id": job_id, "status": JobStatus.FAILED, "error.code": {"$in": sorted(RENDER_REMAINS)}}
        anew = {**fresh, "prompt_id": None, "submitted": False}
        job = self._change(rendered, JobAction.REQUEUE, fresh) or self._change({"id": job_id}, JobAction.REQUEUE, anew)
        if job is None:
            advance(self.find_by_id(job_id).status, JobAction.REQUEUE)
            return self.requeue(job_id)
        return job

    def counts(self, where: Filter | None = None) -> dict[JobStatus, int]:
        """How many jobs there are in each state."""
        return {status: self.store.count(self.collection, {**(where or {}), "status": status}) for status in JobStatus}

    def count_ahead(self, job: Job) -> int:
        """How many open jobs of other batches, queued before it for the same target, go before it."""
        before = {"target": job.target, "rank": {"$lte": job.rank}, "created_at": {"$lte": write_time(job.created_at)}}
        return self.count({**before, "status": {"$in": sorted(OPEN)}, "batch_id": {"$ne": job.batch_id}})

    def delete_ended(self, where: Filter) -> tuple[int, set[str]]:
        """Delete the jobs among these that have ended: how many, and the batches that they were of."""
        ended = {"status": {"$in": sorted(FINAL)}, **as_stored(where)}
        batches = {row["batch_id"] for row in self.store.find(self.collection, ended, fields=("batch_id",))}
        return self.delete_many(ended), batches

    def _end(self, job: Job, action: JobAction, values: dict[str, Any]) -> Job:
        ended = {"finished_at": write_time(self.store.now()), "lease_until": None}
        return self._held(job, action, {**ended, **values})

    def _fenced(self, job: Job, values: dict[str, Any]) -> Job:
        held = self.update_one({"id": job.id, "fence": job.fence, "status": JobStatus.RUNNING}, {"$set": values})
        return held or self._lost(job)

    def _held(self, job: Job, action: JobAction, values: dict[str, Any], increase: dict[str, int] | None = None) -> Job:
        held = self._change({"id": job.id, "fence": job.fence, "status": JobStatus.RUNNING}, action, values, increase)
        return held or self._lost(job)

    def _lost(self, job: Job) -> NoReturn:
        raise LeaseLost(
            f"job {job.id} is no longer ours",
            cause="its lease ran out and another worker took it over, or it was deleted",
            fix="nothing is lost: the render is found by its prompt id",
        )

    def _change(
        self,
        where: Filter,
        action: JobAction,
        values: dict[str, Any],
        increase: dict[str, int] | None = None,
        sort: Sequence[tuple[str, int]] = (),
    ) -> Job | None:
        sources, target = TRANSITIONS[action]
        changes: dict[str, Any] = {"$set": {**values, "status": target}}
        if increase:
            changes["$inc"] = increase
        # one source state is an equality, which lets the claim's index serve the order too
        state: Any = next(iter(sources)) if len(sources) == 1 else {"$in": sorted(sources)}
        return self.update_one({"status": state, **where}, changes, sort=sort)


def _worker_lost(job: Job) -> dict[str, Any]:
    return RenderFailed(
        f"the render was started {job.attempts} times and every worker fell silent",
        cause=f"the last one was {job.owner}",
        fix=f"look at that machine, then: vidctl queue retry {job.id}",
    ).as_dict()
