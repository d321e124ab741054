"""Where renders may go: a named server, whichever of the registered ones can, or the built-in animatic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from vidctl.domain.job import ANIMATIC, ANY_SERVER
from vidctl.domain.recipe import RenderRequest
from vidctl.domain.server import Server
from vidctl.errors import ConfigurationError, Unreachable, VidctlError
from vidctl.gateways.render_backend import RenderBackend
from vidctl.repositories.comfyui_repository import ComfyUIRepository
from vidctl.services.backends import Backends, bind_graph
from vidctl.services.comfyui_service import ComfyUIService
from vidctl.services.model_config import ModelConfig
from vidctl.services.own_models import OwnModels
from vidctl.services.recipes import Models
from vidctl.services.references import References

T = TypeVar("T")


@dataclass(frozen=True)
class Destination:
    """`target` is what the job says; `models` and `backend` are None where nothing can be asked at the moment; `silent`
    says why. `own` is what the person has said of models, wherever they are."""

    target: str
    name: str
    servers: tuple[Server, ...]
    models: Models = None
    backend: RenderBackend | None = None
    silent: Unreachable | None = None
    own: OwnModels = field(default_factory=OwnModels)

    def check(self, request: RenderRequest) -> None:
        """Raises for a value that is wrong, and for what the server lacks if it can be asked."""
        if self.backend is not None:
            self.backend.validate(request)
        elif request.workflow:
            bind_graph(request)


class Destinations:
    """Finds where a render may go."""

    def __init__(
        self,
        servers: ComfyUIRepository,
        references: References,
        comfyui: ComfyUIService,
        backends: Backends,
        model_config: ModelConfig,
    ) -> None:
        self._servers = servers
        self._references = references
        self._comfyui = comfyui
        self._backends = backends
        self._model_config = model_config

    def choose(self, name: str | None, plan: Callable[[Destination], T], *, online: bool) -> tuple[T, Destination]:
        """Of several servers the first for which `plan` raises nothing, with what it gave. Raises what it raised for
        the first one if there is none."""
        refusal: VidctlError | None = None
        for destination in self.candidates(name, online=online):
            try:
                return plan(destination), destination
            except Unreachable as error:
                # what could not be decided without asking a server: what that server said is the better answer
                refusal = refusal or destination.silent or error
            except VidctlError as error:
                refusal = refusal or error
        assert refusal is not None
        raise refusal

    def candidates(self, name: str | None, *, online: bool) -> Iterator[Destination]:
        """In the order in which they should be tried; servers that do not answer or let us in are left out.

        If none is left, raises what the first of them said; but without `online`, and if one of them is only away,
        gives a destination without models, for a render that waits until it is back."""
        if name == ANIMATIC:
            yield Destination(ANIMATIC, ANIMATIC, (), None, self._backends.animatic())
            return
        registered = [self._references.server(name)] if name else self._servers.list_servers()
        servers = [server for server in registered if server.active]
        if not servers:
            raise _no_server(registered)
        target = servers[0].id if len(servers) == 1 else ANY_SERVER
        shown = servers[0].name if len(servers) == 1 else "any server"
        own = self._model_config.own()
        silent: list[Unreachable | ConfigurationError] = []
        for server in servers:
            try:
                models = self._comfyui.models_by_folder(server)
            except (Unreachable, ConfigurationError) as error:
                silent.append(error)
                continue
            yield Destination(target, shown, tuple(servers), models, self._backends.of(server), own=own)
        if len(silent) == len(servers):
            away = [error for error in silent if isinstance(error, Unreachable)]
            if online or not away:
                raise silent[0]
            yield Destination(target, shown, tuple(servers), silent=away[0], own=own)


def _no_server(registered: list[Server]) -> ConfigurationError:
    if not registered:
        return ConfigurationError(
            "no server is registered",
            fix="vidctl comfyui add NAME URL registers one; --server animatic draws title cards without any",
        )
    return ConfigurationError(
        f"{' and '.join(server.name for server in registered)} cannot be used",
        cause="no server named or registered is in service",
        fix=f"vidctl comfyui update {registered[0].slug} --active; --server animatic draws title cards without any",
    )
