"""Servers at the border. Secrets are shown by reference only."""

from __future__ import annotations

from pydantic import Field

from vidctl.domain.names import Name
from vidctl.domain.server import AuthKind, Header, SecretReference, ServerUrl
from vidctl.dtos.base import InputDTO, ListResponseDTO, ResponseDTO, Time, UpdateDTO


class ComfyUIServerCreateDTO(InputDTO):
    name: Name
    url: ServerUrl
    auth: AuthKind = AuthKind.NONE
    username: str = ""
    secret: SecretReference | None = None
    headers: list[Header] = Field(default_factory=list)
    slots: int = Field(default=1, ge=1, le=16)


class ComfyUIServerUpdateDTO(UpdateDTO):
    name: Name | None = None
    url: ServerUrl | None = None
    auth: AuthKind | None = None
    username: str | None = None
    secret: SecretReference | None = None
    headers: list[Header] | None = None
    slots: int | None = Field(default=None, ge=1, le=16)
    active: bool | None = None


class ComfyUIServerDTO(ResponseDTO):
    id: str
    slug: str
    name: str
    url: str
    server_type: str
    auth: AuthKind
    username: str
    secret: str | None
    header_names: list[str]
    slots: int
    is_active: bool
    created_at: Time


class ComfyUIServerListDTO(ListResponseDTO[ComfyUIServerDTO]):
    pass


class ServerCheckDTO(ResponseDTO):
    """Whether a server answers; `problem` says why not, `code` what kind of error that is."""

    name: str
    url: str
    is_online: bool
    version: str | None = None
    devices: list[str] = Field(default_factory=list)
    queued: int | None = None
    running: int | None = None
    code: str | None = None
    problem: str | None = None
    fix: str | None = None


class ServerCheckListDTO(ListResponseDTO[ServerCheckDTO]):
    pass


class ModelDTO(ResponseDTO):
    """A model file as the server names it; `family` is what vidctl takes it for, by its name."""

    name: str
    folder: str
    family: str


class ComfyUIServerModelsDTO(ResponseDTO):
    server: str
    folders: dict[str, list[ModelDTO]]


class ComfyUIServerInfoDTO(ResponseDTO):
    server: ComfyUIServerDTO
    check: ServerCheckDTO
    models: dict[str, int]
