"""Servers, jobs and renders as they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from vidctl.cli.output.blocks import Block, Fields, Lines, Table
from vidctl.cli.output.views.words import SHORT_ID, counted, fields, text_of
from vidctl.domain.job import JobStatus
from vidctl.dtos.batch_dtos import BatchGenerationStatusDTO, BatchListResponseDTO, BatchResponseDTO
from vidctl.dtos.comfyui_dtos import (
    ComfyUIServerInfoDTO,
    ComfyUIServerListDTO,
    ComfyUIServerModelsDTO,
    ServerCheckListDTO,
)
from vidctl.dtos.generation_dtos import DryRunDTO, GenerationResponseDTO
from vidctl.dtos.queue_dtos import (
    QueueChangedDTO,
    QueueDeletedDTO,
    QueueJobDetailDTO,
    QueueJobListDTO,
    QueueJobResponseDTO,
    QueueJobStatusDTO,
    QueueStatusDTO,
    QueueWorkerDTO,
    WorkSummaryDTO,
)


def _servers(found: ComfyUIServerListDTO) -> list[Block]:
    rows = [[s.slug, s.url, s.auth, str(s.slots), "yes" if s.is_active else "no"] for s in found.items]
    return [Table(["server", "url", "login", "slots", "active"], rows, "no servers yet: vidctl comfyui add NAME URL")]


def _checks(found: ServerCheckListDTO) -> list[Block]:
    rows = [
        [
            "ok" if c.is_online else "fail", c.name, c.url,
            f"ComfyUI {c.version}; {'; '.join(c.devices)}" if c.is_online else c.problem or "",
            f"{c.running} running, {c.queued} queued" if c.is_online else "",
        ]
        for c in found.items
    ]  # fmt: skip
    return [
        Table(["", "server", "url", "found", "queue"], rows, "no servers yet: vidctl comfyui add NAME URL", fold=True)
    ]


def _info(info: ComfyUIServerInfoDTO) -> list[Block]:
    models = [[folder, str(count)] for folder, count in info.models.items()]
    return [
        fields(info.server),
        fields(info.check, leave_out=("name", "url", "code")),
        Table(["folder", "models"], models),
    ]


def _models(found: ComfyUIServerModelsDTO) -> list[Block]:
    rows = [
        [folder, m.name, "" if m.family == "unknown" else m.family] for folder, ms in found.folders.items() for m in ms
    ]
    return [Table(["folder", "model", "family"], rows, f"{found.server} has no models there")]


def _job_row(job: QueueJobStatusDTO) -> list[str]:
    error = job.error["problem"] if job.error else ""
    state = "cancelling" if job.cancel_requested and job.status == "running" else job.status
    done = f"{job.progress:.0%}" if job.status == "running" else ""
    return [
        job.id[:SHORT_ID],
        state,
        done,
        job.label,
        job.server or "",
        f"{job.attempts}/{job.max_attempts}",
        error,
    ]


_JOB_HEADERS = ["job", "status", "done", "render", "server", "tries", "error"]


def _jobs(found: QueueJobListDTO) -> list[Block]:
    return [Table(_JOB_HEADERS, [_job_row(j) for j in found.items], "no jobs")]


def _job(job: QueueJobDetailDTO) -> list[Block]:
    error = [Fields([(k, text_of(v)) for k, v in job.error.items() if v], "error")] if job.error else []
    pairs = [(k, text_of(v)) for k, v in job.request.items() if v not in (None, "", {}, [])]
    recipe = Fields(pairs, "recipe", most=200)
    return [fields(job, leave_out=("request", "error")), *error, recipe]


def _status(found: QueueStatusDTO) -> list[Block]:
    counts = Fields([(status, str(count)) for status, count in found.counts.items()])
    rows = [[s.name, str(s.running), str(s.queued)] for s in found.servers]
    return [counts, Table(["server", "running", "queued"], rows), _workers(found.workers)]


def _workers(found: Sequence[QueueWorkerDTO]) -> Block:
    rows = [
        [
            f"{worker.host} {worker.pid}",
            ", ".join(f"{each.server_name} ({each.slots})" for each in worker.servers),
            f"{worker.started_at:%Y-%m-%d %H:%M}",
            worker.batch_id[:SHORT_ID],
        ]
        for worker in found
    ]
    return Table(["worker", "at work on", "since", "only batch"], rows, "no worker is running: vidctl queue work")


def _changed(found: QueueChangedDTO) -> list[Block]:
    refused = [Lines([f"{job[:SHORT_ID]}: {reason}" for job, reason in found.refused.items()])]
    return [Table(_JOB_HEADERS, [_job_row(j) for j in found.jobs], "no job matched"), *refused]


def _worked(done: WorkSummaryDTO) -> list[Block]:
    counts = done.model_dump(exclude={"worker"})
    return [Lines([", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing to do"])]


def _added(found: QueueJobResponseDTO) -> list[Block]:
    behind = f", behind {found.ahead} others" if found.ahead else ""
    head = f"{len(found.jobs)} queued as batch {found.batch_id[:SHORT_ID]}{behind}: vidctl queue work renders them"
    return [Lines([head, *(f"warning: {warning}" for warning in found.warnings)])]


def _forgotten(found: QueueDeletedDTO) -> list[Block]:
    return [Lines([f"{counted(found.deleted, 'job') or 'no job'} forgotten; their takes stay"])]


def _batch_row(batch: BatchResponseDTO) -> list[str]:
    counts = [(batch.succeeded, "done"), (batch.failed, "failed"), (batch.cancelled, "cancelled"), (batch.open, "open")]
    told = ", ".join(f"{count} {word}" for count, word in counts if count)
    return [batch.id[:SHORT_ID], batch.status, told, f"{batch.created_at:%Y-%m-%d %H:%M}", batch.title]


_BATCH_HEADERS = ["batch", "status", "renders", "asked for", "title"]


def _batches(found: BatchListResponseDTO) -> list[Block]:
    return [Table(_BATCH_HEADERS, [_batch_row(batch) for batch in found.items], "no batches yet")]


def _batch(found: BatchGenerationStatusDTO) -> list[Block]:
    """Its line, and the jobs that a person may want to look at: those that run, and those that failed."""
    rows = [
        [job.id[:SHORT_ID], job.status, f"{job.progress:.0%}", job.label, job.error["problem"] if job.error else ""]
        for job in found.jobs
        if job.status in (JobStatus.RUNNING, JobStatus.WAITING, JobStatus.FAILED)
    ]
    jobs = [Table(["job", "status", "done", "render", "error"], rows)] if rows else []
    return [Table(_BATCH_HEADERS, [_batch_row(found)]), *jobs]


def _generated(found: GenerationResponseDTO) -> list[Block]:
    if found.open == found.total:
        return [Lines([f"{found.total} queued as batch {found.batch_id[:SHORT_ID]}: vidctl queue work renders them"])]
    rows = [_job_row(job) for job in found.jobs]
    return [Table(_JOB_HEADERS, rows), Lines([f"{found.succeeded} of {found.total} rendered"])]


def _dry_run(found: DryRunDTO) -> list[Block]:
    return [block for render in found.renders for block in _resolved(render)]


def _resolved(render: Any) -> Sequence[Block]:
    head = Fields(
        [
            ("server", render.server),
            ("workflow", render.workflow or render.backend),
            ("family", render.family),
            ("size", f"{render.width}x{render.height}, {render.frames} frames at {render.fps} fps"),
            ("fingerprint", render.fingerprint[:16]),
        ],
        render.clip,
    )
    rows = [[name, text_of(value), render.origins.get(name, "")] for name, value in render.values.items()]
    rows += [["lora", f"{lora.name}:{lora.weight}", render.origins.get("loras", "")] for lora in render.loras]
    nodes = [[node, data["class_type"], text_of(_own(data["inputs"]))] for node, data in render.graph.items()]
    return [head, Table(["value", "", "from"], rows), Table(["node", "class", "inputs"], nodes)]


def _own(inputs: dict[str, Any]) -> dict[str, Any]:
    return {k: f"node {v[0]}" if isinstance(v, list) else v for k, v in inputs.items()}


VIEWS: dict[type, Callable[[Any], list[Block]]] = {
    BatchListResponseDTO: _batches,
    BatchGenerationStatusDTO: _batch,
    QueueJobResponseDTO: _added,
    QueueDeletedDTO: _forgotten,
    ComfyUIServerListDTO: _servers,
    ServerCheckListDTO: _checks,
    ComfyUIServerInfoDTO: _info,
    ComfyUIServerModelsDTO: _models,
    QueueJobListDTO: _jobs,
    QueueJobDetailDTO: _job,
    QueueStatusDTO: _status,
    QueueChangedDTO: _changed,
    WorkSummaryDTO: _worked,
    GenerationResponseDTO: _generated,
    DryRunDTO: _dry_run,
}
