"""Manifests, imports and archives at the border."""

from __future__ import annotations

from pydantic import Field

from vidctl.dtos.base import ResponseDTO


class ManifestChangeDTO(ResponseDTO):
    """A field of a manifest, with its value before and after in words."""

    field: str
    before: str
    after: str


class ManifestStepDTO(ResponseDTO):
    """`mark` is + for what is new, ~ for what changes, - for what is deleted, = for what the manifest does not name and
    is kept. `noun` is project, template, character, scene or clip; `path` leads to it within the film."""

    mark: str
    noun: str
    path: str
    changes: list[ManifestChangeDTO] = Field(default_factory=list)


class ManifestResponseDTO(ResponseDTO):
    """What was done to make a film as its manifest says, or would be: `applied` is false for a dry run, and where there
    was nothing to do."""

    project: str
    file: str
    applied: bool
    dry_run: bool
    created: int
    changed: int
    deleted: int
    kept: int
    steps: list[ManifestStepDTO]
    warnings: list[str]


class ImportResponseDTO(ResponseDTO):
    """A film of another system as it is here now. `skipped_images` and `skipped_videos` count takes whose files are on
    other machines, `skipped_urls` says where; `notes` tell what was changed on the way."""

    project: str
    project_id: str
    scenes: int
    clips: int
    characters: int
    skipped_images: int
    skipped_videos: int
    skipped_urls: list[str]
    notes: list[str]


class ArchiveResponseDTO(ResponseDTO):
    """An archive that was written and verified; `size` in bytes, `media` its files, `documents` counted by kind."""

    project: str
    file: str
    size: int
    media: int
    documents: dict[str, int]


class RestoreResponseDTO(ResponseDTO):
    """A film that was made of an archive. `new_ids` tells that some of its ids were taken, so that it got new ones;
    `new_media` are the files that were not here yet; `templates_kept` are those of the same slug that stayed as they
    are."""

    project: str
    project_id: str
    new_ids: bool
    media: int
    new_media: int
    documents: dict[str, int]
    templates_kept: list[str]


class ManifestDumpDTO(ResponseDTO):
    """A film as a manifest. `file` is None where the text was only printed; `media` are the files that it names, with
    their paths from its folder; `left_out` are alternates of originals that are gone."""

    project: str
    file: str | None
    text: str
    media: list[str]
    media_copied: int
    left_out: list[str]
