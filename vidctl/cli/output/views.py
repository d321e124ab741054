"""Each result as blocks, by its type. A result without a view of its own is shown field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from vidctl.cli.output.blocks import Block, Fields, Lines, PathsShown, SettingsShown, Table, TopicShown
from vidctl.dtos.base import DeletedDTO
from vidctl.dtos.character_dtos import CharacterListResponseDTO
from vidctl.dtos.clip_dtos import (
    ClipGalleryResponseDTO,
    ClipListResponseDTO,
    ClipMovedDTO,
    ClipResponseDTO,
    GeneratedContentDTO,
)
from vidctl.dtos.comfyui_dtos import (
    ComfyUIServerInfoDTO,
    ComfyUIServerListDTO,
    ComfyUIServerModelsDTO,
    ServerCheckListDTO,
)
from vidctl.dtos.demo_dtos import DemoResponseDTO
from vidctl.dtos.doctor_dtos import DoctorDTO
from vidctl.dtos.generation_dtos import DryRunDTO, GenerationResponseDTO
from vidctl.dtos.media_dtos import ExportResponseDTO, TidyResponseDTO, UploadMusicResponseDTO
from vidctl.dtos.project_dtos import ProjectListResponseDTO, ProjectResponseDTO, ProjectWithScenesDTO
from vidctl.dtos.queue_dtos import (
    QueueChangedDTO,
    QueueJobDetailDTO,
    QueueJobListDTO,
    QueueJobStatusDTO,
    QueueStatusDTO,
    WorkSummaryDTO,
)
from vidctl.dtos.scene_dtos import SceneListResponseDTO
from vidctl.dtos.template_dtos import StyleTemplateListResponseDTO

_SHORT_ID = 8
T = TypeVar("T")


def blocks_of(result: Any) -> list[Block]:
    """What to draw for a result."""
    view = _VIEWS.get(type(result))
    return view(result) if view else [_fields(result)]


def _fields(result: BaseModel, leave_out: Iterable[str] = ()) -> Fields:
    values = result.model_dump(mode="json")
    pairs = [(name.replace("_", " "), _text(v)) for name, v in values.items() if name not in leave_out]
    return Fields([(label, text) for label, text in pairs if text])


def _text(value: Any) -> str:
    if value is None or value in ([], {}, ""):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return ", ".join(_text(v) for v in value)
    if isinstance(value, dict):
        return ", ".join(f"{k}={_text(v)}" for k, v in value.items())
    return str(value)


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f} s"


def _size(number: int) -> str:
    amount = float(number)
    for unit in ("B", "KiB", "MiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GiB"


def _cut(text: str, width: int = 48) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1]}…"


def _project(project: ProjectResponseDTO) -> list[Block]:
    return [_fields(project)]


def _projects(found: ProjectListResponseDTO) -> list[Block]:
    rows = [
        ["*" if p.is_current else "", p.slug, p.name, f"{p.width}x{p.height}", p.fps, _seconds(p.music_duration)]
        for p in found.items
    ]
    return [Table(["", "project", "name", "size", "fps", "song"], rows, "no projects yet: vidctl project create NAME")]


def _tree(project: ProjectWithScenesDTO) -> list[Block]:
    song = f", {project.music_file} ({_seconds(project.music_duration)})" if project.music_file else ""
    lines = [f"{project.name} ({project.slug}), {project.width}x{project.height}, {project.fps} fps{song}"]
    for branch, trunk, scene in _branches(project.scenes):
        lines.append(f"{branch}{scene.name} ({scene.slug}) from {scene.start:g} s, {scene.duration:g} s")
        for twig, _, clip in _branches(scene.clips):
            place = f"at {clip.timeline_position:g} s, {clip.length:g} s"
            lines.append(f"{trunk}{twig}{clip.name} ({clip.slug}) {place}, {_takes(clip)}")
    return [Lines(lines)]


def _branches(nodes: Sequence[T]) -> Iterator[tuple[str, str, T]]:
    """Each node with what is drawn before it and before what hangs below it."""
    for number, node in enumerate(nodes, 1):
        yield ("└─ ", "   ", node) if number == len(nodes) else ("├─ ", "│  ", node)


def _scenes(found: SceneListResponseDTO) -> list[Block]:
    rows = [[s.path, s.name, f"{s.start:g}", f"{s.duration:g}", _cut(s.description)] for s in found.items]
    return [
        Table(["scene", "name", "start s", "length s", "description"], rows, "no scenes yet: vidctl scene create NAME")
    ]


def _clips(found: ClipListResponseDTO) -> list[Block]:
    rows = [
        [c.path, f"{c.film_start:g}", f"{c.length:g}", _takes(c), _cut(c.image_prompt or c.video_prompt)]
        for c in found.items
    ]
    return [
        Table(["clip", "film s", "length s", "takes", "prompt"], rows, "no clips yet: vidctl clip create SCENE NAME")
    ]


def _characters(found: CharacterListResponseDTO) -> list[Block]:
    rows = [[c.slug, c.name, c.trigger_words, _cut(c.description)] for c in found.items]
    return [
        Table(["character", "name", "trigger words", "description"], rows, "none yet: vidctl character create NAME")
    ]


def _templates(found: StyleTemplateListResponseDTO) -> list[Block]:
    rows = [[t.slug, t.name, t.category, str(t.use_count), _cut(t.prompt)] for t in found.items]
    return [Table(["template", "name", "category", "used", "prompt"], rows, "none yet: vidctl template create NAME")]


def _takes(clip: ClipResponseDTO) -> str:
    chosen = "selected" if clip.selected_video_id or clip.selected_image_id else "none selected"
    counts = [_counted(clip.images, "still"), _counted(clip.videos, "video")]
    return ", ".join([*filter(None, counts), chosen]) if any(counts) else "no takes"


def _counted(number: int, noun: str) -> str:
    return "" if not number else f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _moved(moved: ClipMovedDTO) -> list[Block]:
    overlaps = [Lines([f"it overlaps {', '.join(moved.overlaps)}"])] if moved.overlaps else []
    return [Lines([f"{moved.clip.path} now starts at {moved.clip.timeline_position:g} s of its scene"]), *overlaps]


def _gallery(gallery: ClipGalleryResponseDTO) -> list[Block]:
    rows = [_take_row(take) for take in [*gallery.videos, *gallery.images]]
    headers = ["", "take", "kind", "size", "length", "seed", "model", "server", "file"]
    empty = f"{gallery.path} has no takes yet: vidctl generate image {gallery.path}"
    return [Table(headers, rows, empty, fold=True)]


def _take_row(take: GeneratedContentDTO) -> list[str]:
    return [
        "*" if take.is_selected else "",
        take.id[:_SHORT_ID],
        take.content_type,
        f"{take.width}x{take.height}",
        _seconds(take.duration),
        str(take.seed),
        take.model_name,
        take.server_name,
        take.file,
    ]


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
    return [Table(["", "server", "url", "found", "queue"], rows, "no servers yet: vidctl comfyui add NAME URL")]


def _info(info: ComfyUIServerInfoDTO) -> list[Block]:
    models = [[folder, str(count)] for folder, count in info.models.items()]
    return [
        _fields(info.server),
        _fields(info.check, leave_out=("name", "url")),
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
        job.id[:_SHORT_ID],
        state,
        done,
        job.label,
        job.server or "",
        f"{job.attempts}/{job.max_attempts}",
        _cut(error, 60),
    ]


_JOB_HEADERS = ["job", "status", "done", "render", "server", "tries", "error"]


def _jobs(found: QueueJobListDTO) -> list[Block]:
    more = found.total - len(found.items)
    note = [Lines([f"… and {more} more (--limit, --skip)"])] if more > 0 else []
    return [Table(_JOB_HEADERS, [_job_row(j) for j in found.items], "no jobs"), *note]


def _job(job: QueueJobDetailDTO) -> list[Block]:
    error = [Fields([(k, _text(v)) for k, v in job.error.items() if v], "error")] if job.error else []
    recipe = Fields([(k, _cut(_text(v), 200)) for k, v in job.request.items() if v not in (None, "", {}, [])], "recipe")
    return [_fields(job, leave_out=("request", "error")), *error, recipe]


def _status(found: QueueStatusDTO) -> list[Block]:
    counts = Fields([(status, str(count)) for status, count in found.counts.items()])
    rows = [[s.name, str(s.running), str(s.queued)] for s in found.servers]
    return [counts, Table(["server", "running", "queued"], rows)]


def _changed(found: QueueChangedDTO) -> list[Block]:
    refused = [Lines([f"{job[:_SHORT_ID]}: {reason}" for job, reason in found.refused.items()])]
    return [Table(_JOB_HEADERS, [_job_row(j) for j in found.jobs], "no job matched"), *refused]


def _worked(done: WorkSummaryDTO) -> list[Block]:
    counts = done.model_dump(exclude={"worker"})
    return [Lines([", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing to do"])]


def _generated(found: GenerationResponseDTO) -> list[Block]:
    if found.open == found.total:
        return [Lines([f"{found.total} queued as batch {found.batch_id[:_SHORT_ID]}: vidctl queue work renders them"])]
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
    rows = [[name, _cut(_text(value), 60), render.origins.get(name, "")] for name, value in render.values.items()]
    rows += [["lora", f"{lora['name']}:{lora['weight']}", render.origins.get("loras", "")] for lora in render.loras]
    nodes = [[node, data["class_type"], _cut(_text(_own(data["inputs"])), 80)] for node, data in render.graph.items()]
    return [head, Table(["value", "", "from"], rows), Table(["node", "class", "inputs"], nodes)]


def _own(inputs: dict[str, Any]) -> dict[str, Any]:
    return {k: f"node {v[0]}" if isinstance(v, list) else v for k, v in inputs.items()}


def _music(found: UploadMusicResponseDTO) -> list[Block]:
    return [
        Lines([f"{found.project} is cut to {found.original_name}: {_seconds(found.duration)}, {_size(found.size)}"])
    ]


def _tidied(found: TidyResponseDTO) -> list[Block]:
    verb = "removed" if found.removed else "would remove"
    return [Lines([f"{verb} {len(found.files)} files, {_size(found.bytes)}"])]


def _exported(found: ExportResponseDTO) -> list[Block]:
    sound = f", sound from {found.music}" if found.music else ", silent"
    length = f"{found.frames} frames at {found.fps} fps ({_seconds(found.seconds)})"
    line = f"{found.file}: {length}, {found.width}x{found.height}, {found.clips} clips{sound}, {_size(found.size)}"
    return [Lines([line] if found.format != "json" else [f"{found.file}: {found.clips} clips, {_size(found.size)}"])]


def _demo(found: DemoResponseDTO) -> list[Block]:
    return [
        Fields(
            [
                ("project", f"{found.project}, {found.clips} clips"),
                ("takes", found.assets),
                ("store", found.store),
            ]
        ),
        *_exported(found.film),
        Lines(["", "Try next:"]),
        Lines([f"  {step}" for step in found.next_steps]),
    ]


def _doctor(found: DoctorDTO) -> list[Block]:
    rows = [[check.state, check.name, check.found, check.fix] for check in found.checks]
    return [Table(["", "check", "found", "fix"], rows, fold=True)]


def _deleted(found: DeletedDTO) -> list[Block]:
    gone = ", ".join(f"{count} {kind}" for kind, count in found.deleted.items()) or "nothing was left"
    return [Lines([f"deleted {found.name}: {gone}"])]


def _settings(shown: SettingsShown) -> list[Block]:
    if shown.with_origin:
        return [Table(["setting", "value", "from"], [[s.name, _text(s.value), s.origin] for s in shown.settings])]
    return [Fields([(s.name, _text(s.value)) for s in shown.settings])]


def _paths(shown: PathsShown) -> list[Block]:
    return [Fields([(name, str(path) if path else "none") for name, path in shown.paths.items()])]


def _topic(shown: TopicShown) -> list[Block]:
    return [Lines(shown.text.splitlines())]


_VIEWS: dict[type, Callable[[Any], list[Block]]] = {
    ProjectResponseDTO: _project,
    ProjectListResponseDTO: _projects,
    ProjectWithScenesDTO: _tree,
    SceneListResponseDTO: _scenes,
    ClipListResponseDTO: _clips,
    ClipMovedDTO: _moved,
    CharacterListResponseDTO: _characters,
    StyleTemplateListResponseDTO: _templates,
    ClipGalleryResponseDTO: _gallery,
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
    UploadMusicResponseDTO: _music,
    TidyResponseDTO: _tidied,
    ExportResponseDTO: _exported,
    DemoResponseDTO: _demo,
    DoctorDTO: _doctor,
    DeletedDTO: _deleted,
    SettingsShown: _settings,
    PathsShown: _paths,
    TopicShown: _topic,
}
