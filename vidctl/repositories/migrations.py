"""Numbered changes to the indexes and contents of a store. An applied one is recorded by name and never edited again.

Each must be repeatable: two processes may apply it at the same moment, and one may be killed in the middle of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vidctl.domain.batch import Batch, batch_title
from vidctl.domain.character import Character
from vidctl.domain.clip import Clip
from vidctl.domain.document import Document, write_time
from vidctl.domain.job import Job
from vidctl.domain.project import Project
from vidctl.domain.scene import Scene
from vidctl.domain.style_template import StyleTemplate
from vidctl.domain.take import Take
from vidctl.errors import NewerFormat
from vidctl.repositories.store import Doc, DocumentStore, DuplicateKey, Index

COLLECTION = "migrations"


@dataclass(frozen=True)
class Migration:
    """One step; `name` starts with its number."""

    name: str
    apply: Callable[[DocumentStore], None]


_FIRST_INDEXES = (
    Index("projects", "slug", ("slug",), unique=True),
    Index("scenes", "slug", ("project_id", "slug"), unique=True),
    Index("scenes", "in_order", ("project_id", "order")),
    Index("clips", "slug", ("scene_id", "slug"), unique=True),
    Index("clips", "of_project", ("project_id",)),
    Index("clips", "in_order", ("scene_id", "order")),
    Index("takes", "of_clip", ("clip_id", "created_at")),
    Index("takes", "of_project", ("project_id",)),
    Index("takes", "of_asset", ("asset_id",)),
    Index("servers", "slug", ("slug",), unique=True),
    Index("servers", "url", ("url",), unique=True),
    Index("jobs", "claim", ("status", "rank", "created_at", "number")),
    Index("jobs", "newest", ("created_at", "number")),
    Index("jobs", "newest_of_status", ("status", "created_at", "number")),
    Index("jobs", "of_batch", ("batch_id", "status")),
    Index("jobs", "of_clip", ("clip_id",)),
    Index("jobs", "leases", ("status", "lease_until")),
    Index("jobs", "due", ("status", "not_before")),
    Index("characters", "slug", ("project_id", "slug"), unique=True),
    Index("characters", "of_project", ("project_id",)),
    Index("templates", "slug", ("slug",), unique=True),
)


def _make_first_indexes(store: DocumentStore) -> None:
    for index in _FIRST_INDEXES:
        store.ensure_index(index)


_FILM_MODEL_INDEXES = (
    Index("scenes", "of_original", ("original_id",)),
    Index("clips", "in_time", ("scene_id", "position", "order", "alternate_number")),
    Index("clips", "of_original", ("original_id",)),
    Index("clips", "by_slug", ("project_id", "slug")),
    Index("clips", "by_name", ("project_id", "name")),
    Index("clips", "by_creation", ("project_id", "created_at")),
    Index("clips", "by_update", ("project_id", "updated_at")),
    Index("clips", "by_status", ("project_id", "status")),
    Index("clips", "of_template", ("template_id",)),
    Index("takes", "of_character", ("character_id", "created_at")),
    Index("jobs", "of_character", ("character_id",)),
    Index("takes", "newest", ("project_id", "created_at")),
    Index("takes", "of_kind", ("project_id", "kind", "created_at")),
    Index("takes", "by_rating", ("project_id", "rating", "created_at")),
    Index("pool", "slug", ("project_id", "slug"), unique=True),
    Index("pool", "newest", ("project_id", "created_at")),
    Index("pool", "of_asset", ("asset_id",)),
    Index("change_sets", "newest", ("created_at",)),
    Index("change_sets", "of_project", ("project_id", "created_at")),
    Index("changes", "of_set", ("set_id", "number")),
    Index("changes", "of_document", ("document_id", "document_revision")),
)
_GROWN: tuple[tuple[str, type[Document]], ...] = (
    ("projects", Project),
    ("scenes", Scene),
    ("clips", Clip),
    ("takes", Take),
    ("jobs", Job),
    ("characters", Character),
    ("templates", StyleTemplate),
)


def _complete_film_model(store: DocumentStore) -> None:
    for index in _FILM_MODEL_INDEXES:
        store.ensure_index(index)
    for collection, kind in _GROWN:
        for stored in store.find(collection, {"schema_version": {"$lt": kind.SCHEMA}}):
            store.replace(collection, kind.from_stored(stored).to_stored(), stored["revision"])
    _measure_scenes(store)


def _measure_scenes(store: DocumentStore) -> None:
    """Scenes say how long they are since then."""
    ends: dict[str, int] = defaultdict(int)
    for clip in store.find("clips", {}, fields=("scene_id", "position", "length")):
        ends[clip["scene_id"]] = max(ends[clip["scene_id"]], clip["position"] + clip["length"])
    for scene_id, end in ends.items():
        store.update("scenes", {"id": scene_id}, {"$set": {"length": end}, "$inc": {"revision": 1}})


_MODEL_INDEXES = (
    Index("model_presets", "name", ("scope", "subject", "name"), unique=True),
    Index("model_families", "model", ("model",), unique=True),
    Index("server_models", "of_server", ("server_id", "folder", "name")),
)


def _keep_models(store: DocumentStore) -> None:
    for index in _MODEL_INDEXES:
        store.ensure_index(index)


_BATCH_INDEXES = (
    Index("batches", "newest", ("created_at",)),
    Index("batches", "of_project", ("project_id", "created_at")),
    Index("workers", "last_heard", ("seen_at",)),
)


def _keep_batches(store: DocumentStore) -> None:
    for index in _BATCH_INDEXES:
        store.ensure_index(index)
    _gather_batches(store)


def _gather_batches(store: DocumentStore) -> None:
    """Jobs have said for long which of them were asked for together; now there is a document for each batch."""
    jobs: dict[str, list[Doc]] = defaultdict(list)
    fields = ("batch_id", "project_id", "label", "kind", "number", "created_at")
    for job in store.find("jobs", {}, sort=(("created_at", 1), ("number", 1)), fields=fields):
        jobs[job["batch_id"]].append(job)
    known = {batch["id"] for batch in store.find("batches", {}, fields=("id",))}
    for batch_id, together in jobs.items():
        if batch_id not in known:
            _add(store, "batches", _batch_of(batch_id, together))


def _batch_of(batch_id: str, jobs: Sequence[Doc]) -> Doc:
    projects = {job["project_id"] for job in jobs}
    made = Batch(
        id=batch_id,
        project_id=projects.pop() if len(projects) == 1 else "",
        title=batch_title([job["label"] for job in jobs]),
        kind=jobs[0]["kind"],
        asked=len(jobs),
        created_at=jobs[0]["created_at"],
        updated_at=jobs[0]["created_at"],
    )
    return made.to_stored()


MIGRATIONS = (
    Migration("0001_first_indexes", _make_first_indexes),
    Migration("0002_film_model", _complete_film_model),
    Migration("0003_models", _keep_models),
    Migration("0004_batches", _keep_batches),
)


def migrate(store: DocumentStore, migrations: Sequence[Migration] = MIGRATIONS) -> list[str]:
    """Apply what is missing, in order; the names of what was applied. One read if nothing is missing.

    Raises NewerFormat if the store holds a step that is not in `migrations`, before anything is changed.
    """
    applied = {record["id"] for record in store.find(COLLECTION, {})}
    unknown = applied - {migration.name for migration in migrations}
    if unknown:
        raise NewerFormat(
            "this store was made by a newer vidctl",
            cause=f"it holds {', '.join(sorted(unknown))}, which this vidctl does not know",
            fix="upgrade vidctl on this machine",
        )
    missing = [migration for migration in migrations if migration.name not in applied]
    for migration in missing:
        migration.apply(store)
        _record(store, migration)
    return [migration.name for migration in missing]


def _record(store: DocumentStore, migration: Migration) -> None:
    _add(store, COLLECTION, {"id": migration.name, "applied_at": write_time(store.now())})


def _add(store: DocumentStore, collection: str, document: Doc) -> None:
    try:
        store.insert(collection, document)
    except DuplicateKey:
        return  # another process has applied the same step meanwhile
