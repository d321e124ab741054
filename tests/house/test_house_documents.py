"""Documents outlive versions: every form that was ever released stays here as a file, and must load for ever."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vidctl.domain.asset import Asset
from vidctl.domain.batch import Batch
from vidctl.domain.change import Change, ChangeSet
from vidctl.domain.character import Character
from vidctl.domain.clip import Clip
from vidctl.domain.document import Document
from vidctl.domain.job import Job
from vidctl.domain.model_preset import ModelFamily, ModelPreset
from vidctl.domain.pool import PoolItem
from vidctl.domain.project import Project
from vidctl.domain.scene import Scene
from vidctl.domain.server import Server
from vidctl.domain.server_model import ServerModel
from vidctl.domain.style_template import StyleTemplate
from vidctl.domain.take import Take
from vidctl.domain.worker_record import WorkerRecord

RELEASED = sorted((Path(__file__).parents[1] / "data" / "documents").glob("*.json"))
KINDS: dict[str, type[Document]] = {
    "asset": Asset,
    "batch": Batch,
    "change": Change,
    "change_set": ChangeSet,
    "character": Character,
    "clip": Clip,
    "job": Job,
    "model_family": ModelFamily,
    "model_preset": ModelPreset,
    "pool_item": PoolItem,
    "project": Project,
    "scene": Scene,
    "server": Server,
    "server_model": ServerModel,
    "style_template": StyleTemplate,
    "take": Take,
    "worker_record": WorkerRecord,
}


def kind_of(path: Path) -> type[Document]:
    return KINDS[path.stem.rpartition("-")[0]]


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_every_released_form_of_a_document_loads(path: Path) -> None:
    stored = json.loads(path.read_text(encoding="utf-8"))
    document = kind_of(path).from_stored(stored)
    assert document.id == stored["id"]
    assert document.to_stored()["schema_version"] == kind_of(path).SCHEMA


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.__name__)
def test_todays_form_of_every_document_is_kept_as_a_file_and_reads_back_unchanged(kind: type[Document]) -> None:
    newest = [path for path in RELEASED if kind_of(path) is kind and path.stem.endswith(f"-{kind.SCHEMA}")]
    assert len(newest) == 1
    stored = json.loads(newest[0].read_text(encoding="utf-8"))
    assert kind.from_stored(stored).to_stored() == stored
