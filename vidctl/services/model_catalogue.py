"""What servers have, kept in the store: asked for by a sync, and read without asking.

A file that a server no longer has stays known as an inactive one, with the time when it was last seen.
"""

from __future__ import annotations

from vidctl.domain.server_model import ServerModel
from vidctl.dtos.model_dtos import StoredModelDTO, StoredModelListDTO, SyncDTO
from vidctl.errors import NotFound
from vidctl.repositories.server_model_repository import ServerModelRepository
from vidctl.services.comfyui_service import ComfyUIService
from vidctl.services.model_config import ModelConfig
from vidctl.services.own_models import OwnModels
from vidctl.services.references import References, unknown


class ModelCatalogue:
    """What one can know of servers while they are away."""

    def __init__(
        self, models: ServerModelRepository, references: References, comfyui: ComfyUIService, model_config: ModelConfig
    ) -> None:
        self._models = models
        self._references = references
        self._comfyui = comfyui
        self._model_config = model_config

    def sync(self, reference: str) -> SyncDTO:
        """Ask a server what it has and keep that. Raises Unreachable, and keeps what was known then."""
        server = self._references.server(reference)
        there = self._comfyui.ask_models(server)
        now = self._models.store.now()
        each = (ServerModel.seen(server.id, folder, name, now) for folder, names in there.items() for name in names)
        found = {model.id: model for model in each}
        known = {model.id: model for model in self._models.list_by_server(server.id)}
        added = [model for model in found.values() if model.id not in known]
        gone = [model for model in known.values() if model.active and model.id not in found]
        self._models.add_missing(added)
        self._models.mark_seen([model_id for model_id in found if model_id in known], now)
        self._models.mark_gone([model.id for model in gone], now)
        returned = [model for model in known.values() if not model.active and model.id in found]
        return SyncDTO(
            server=server.slug, synced_at=now, total=len(found),
            added=_paths(added), returned=_paths(returned), gone=_paths(gone),
        )  # fmt: skip

    def list_stored(self, reference: str, folder: str | None = None) -> StoredModelListDTO:
        """What a server had when it was asked last. Raises NotFound if it never was, and for a folder that it lacks."""
        server = self._references.server(reference)
        known = self._models.list_by_server(server.id)
        if not known:
            raise NotFound(
                f"it is not known what {server.slug} has",
                cause="no sync has found anything there yet",
                fix=f"vidctl comfyui sync {server.slug}",
            )
        folders = list(dict.fromkeys(model.folder for model in known))
        if folder is not None and folder not in folders:
            raise unknown("folder", folder, folders, f"on {server.slug}")
        own = self._model_config.own()
        shown = [_response(model, own) for model in known if folder in (None, model.folder)]
        synced_at = max(model.updated_at for model in known)
        return StoredModelListDTO(items=shown, total=len(shown), server=server.slug, synced_at=synced_at)


def _paths(models: list[ServerModel]) -> list[str]:
    return sorted(f"{model.folder}/{model.name}" for model in models)


def _response(model: ServerModel, own: OwnModels) -> StoredModelDTO:
    return StoredModelDTO(
        **model.model_dump(include={"name", "folder", "first_seen", "last_seen"}),
        family=own.family_of(model.name, model.folder),
        is_active=model.active,
    )
