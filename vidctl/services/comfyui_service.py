"""Servers: add, list, show, check, models, update, remove."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vidctl.domain.names import slugify
from vidctl.domain.server import AuthKind, Server, ServerAuth
from vidctl.dtos.base import DeletedDTO, make_input
from vidctl.dtos.comfyui_dtos import (
    ComfyUIServerCreateDTO,
    ComfyUIServerDTO,
    ComfyUIServerInfoDTO,
    ComfyUIServerListDTO,
    ComfyUIServerModelsDTO,
    ComfyUIServerUpdateDTO,
    ModelDTO,
    ServerCheckDTO,
    ServerCheckListDTO,
)
from vidctl.errors import Conflict, VidctlError
from vidctl.gateways.comfyui.catalog import Catalog
from vidctl.repositories.comfyui_repository import ComfyUIRepository
from vidctl.repositories.queue_repository import QueueRepository
from vidctl.repositories.server_model_repository import ServerModelRepository
from vidctl.services.backends import Backends
from vidctl.services.editing import apply_changes
from vidctl.services.model_config import ModelConfig
from vidctl.services.orders import CREATED, NAME, Orders, in_order
from vidctl.services.own_models import OwnModels
from vidctl.services.paging import page_of
from vidctl.services.references import References, unknown

#: How many jobs an advice names; more would not be read.
_NAMED_JOBS = 12
_ORDERS = Orders("servers", "name", {"name": NAME, "created": CREATED})


class ComfyUIService:
    """What one can do with render servers."""

    def __init__(
        self,
        servers: ComfyUIRepository,
        queue: QueueRepository,
        references: References,
        backends: Backends,
        model_config: ModelConfig,
        server_models: ServerModelRepository,
    ) -> None:
        self._servers = servers
        self._queue = queue
        self._references = references
        self._backends = backends
        self._model_config = model_config
        self._server_models = server_models
        self._models: dict[str, dict[str, list[str]]] = {}

    def add_server(self, request: ComfyUIServerCreateDTO) -> ComfyUIServerDTO:
        """Register a server; it need not answer now. Raises DuplicateName."""
        server = Server(
            **request.model_dump(include={"name", "url", "slots", "headers"}),
            slug=_slug(request.name),
            auth=make_input(ServerAuth, kind=request.auth, username=request.username, secret=request.secret),
        )
        return _response(self._servers.create(server))

    def list_servers(
        self,
        *,
        active: bool | None = None,
        sort: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> ComfyUIServerListDTO:
        """All, or only those that get renders or get none; a page of them."""
        order = _ORDERS.read(sort)
        found = [each for each in self._servers.list_servers() if active in (None, each.active)]
        return ComfyUIServerListDTO(**page_of([_response(each) for each in in_order(found, order)], after, limit))

    def get_server(self, reference: str) -> ComfyUIServerDTO:
        """One server, as it is registered."""
        return _response(self._references.server(reference))

    def get_server_info(self, reference: str) -> ComfyUIServerInfoDTO:
        """A server with what it says of itself and how many models it has in each folder."""
        server = self._references.server(reference)
        check = self._check(server)
        models = {f: len(n) for f, n in self.models_by_folder(server).items()} if check.is_online else {}
        return ComfyUIServerInfoDTO(server=_response(server), check=check, models=models)

    def check_servers(self, references: list[str]) -> ServerCheckListDTO:
        """Ask the named servers, or all, whether they are there."""
        servers = [self._references.server(text) for text in references] or self._servers.list_servers()
        found = [self._check(server) for server in servers]
        return ServerCheckListDTO(items=found, total=len(found))

    def get_models(self, reference: str, folder: str | None = None) -> ComfyUIServerModelsDTO:
        """The server's model files with the family each seems to be of. Raises NotFound that names the folders."""
        server = self._references.server(reference)
        found = self.models_by_folder(server)
        if folder is not None and folder not in found:
            raise unknown("folder", folder, list(found), f"on {server.slug}")
        wanted = {name: files for name, files in found.items() if folder in (None, name)}
        own = self._model_config.own()
        return ComfyUIServerModelsDTO(
            server=server.slug,
            folders={name: [_model(file, name, own) for file in files] for name, files in wanted.items()},
        )

    def update_server(self, reference: str, request: ComfyUIServerUpdateDTO) -> ComfyUIServerDTO:
        """Change what was given. Raises DuplicateName."""
        server = self._references.server(reference)
        changes = request.given()
        login = {"auth", "username", "secret"} & changes.keys()
        if login:
            changes["auth"] = _new_auth(server.auth, {name: changes.pop(name) for name in login})
        if "name" in changes:
            changes["slug"] = _slug(changes["name"])
        return _response(apply_changes(self._servers, server, changes))

    def remove_server(self, reference: str) -> DeletedDTO:
        """Forget a server and what it had. Raises Conflict while jobs are bound to it."""
        server = self._references.server(reference)
        bound = self._queue.find_many({"target": server.id, "status": {"$in": ["queued", "waiting", "running"]}})
        if bound:
            raise _still_needed(server, [job.id for job in bound])
        models = self._server_models.delete_many({"server_id": server.id})
        self._servers.delete_by_id(server.id)
        return DeletedDTO(
            id=server.id, name=server.name, deleted={"servers": 1} | ({"models": models} if models else {})
        )

    def models_by_folder(self, server: Server) -> dict[str, list[str]]:
        """The server's model files; asked once a run. Raises Unreachable."""
        return self._models[server.id] if server.id in self._models else self.ask_models(server)

    def ask_models(self, server: Server) -> dict[str, list[str]]:
        """The server's model files by folder, as they are now. Raises Unreachable."""
        client = self._backends.client(server)
        try:
            self._models[server.id] = Catalog(client).models()
        finally:
            client.close()
        return self._models[server.id]

    def _check(self, server: Server) -> ServerCheckDTO:
        try:
            status = self._backends.of(server).status()
        except VidctlError as error:
            problem = f"{error.problem}: {error.cause}" if error.cause else error.problem
            return ServerCheckDTO(
                name=server.name, url=server.url, is_online=False, code=error.code, problem=problem, fix=error.fix
            )
        return ServerCheckDTO(
            name=server.name,
            url=server.url,
            is_online=True,
            version=status.version,
            devices=list(status.devices),
            queued=status.queued,
            running=status.running,
        )


def _new_auth(old: ServerAuth, given: dict[str, Any]) -> ServerAuth:
    kind = given.get("auth", old.kind)
    if kind is AuthKind.NONE:
        return ServerAuth()
    username = given.get("username", old.username) if kind is AuthKind.BASIC else ""
    return make_input(ServerAuth, kind=kind, username=username, secret=given.get("secret", old.secret))


def _still_needed(server: Server, jobs: Sequence[str]) -> Conflict:
    named = " ".join(job[:8] for job in jobs[:_NAMED_JOBS])
    return Conflict(
        f"{server.name} still has {len(jobs)} open {'job' if len(jobs) == 1 else 'jobs'}",
        cause="queued for this server only",
        fix=f"vidctl queue cancel {named}{' …' if len(jobs) > _NAMED_JOBS else ''}, or let them end first",
        jobs=list(jobs),
    )


def _slug(name: str) -> str:
    slug = slugify(name)
    if slug == "animatic":
        raise Conflict("a server cannot be called animatic", cause="that is the name of the built-in backend")
    return slug


def _model(file: str, folder: str, own: OwnModels) -> ModelDTO:
    return ModelDTO(name=file, folder=folder, family=own.family_of(file, folder))


def _response(server: Server) -> ComfyUIServerDTO:
    return ComfyUIServerDTO(
        **server.model_dump(include={"id", "slug", "name", "url", "slots", "created_at"}),
        server_type=server.kind,
        auth=server.auth.kind,
        username=server.auth.username,
        secret=server.auth.secret,
        header_names=[header.name for header in server.headers],
        is_active=server.active,
    )
