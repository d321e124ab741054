"""Reference images: pictures that show a character. Each is decoded and stored once; several are taken whole or not at
all. A render's take can be one as well as a file that somebody brought."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vidctl.domain.asset import Asset, AssetKind, MediaFacts
from vidctl.domain.character import MAX_REFERENCE_IMAGES, Character, ReferenceImage, ReferenceRole
from vidctl.domain.limits import check_picture_bytes, check_picture_sides
from vidctl.domain.recipe import MediaKind
from vidctl.domain.take import Take
from vidctl.dtos.character_dtos import ReferenceImageDTO, ReferenceImageListDTO, ReferenceImagesAddDTO
from vidctl.dtos.media_dtos import UploadFaceImageResponseDTO
from vidctl.errors import AmbiguousReference, InvalidInput, MediaInvalid, NotFound
from vidctl.gateways.asset_store import AssetStore
from vidctl.repositories.asset_repository import AssetRepository
from vidctl.repositories.character_repository import CharacterRepository
from vidctl.repositories.take_repository import TakeRepository
from vidctl.services.editor import Draft, Editor
from vidctl.services.gallery_manager import Examine, GalleryManager
from vidctl.services.given_files import is_there, require_file
from vidctl.services.references import References, find_by_id_start, unknown

_LEAST_OF_ID = 4  # letters that the beginning of an id needs


@dataclass(frozen=True)
class Picture:
    """One that has been examined. `store` keeps its file, if it is not ours yet."""

    name: str
    warning: str
    store: Callable[[], Asset]


class CharacterReferences:
    """What one can do with reference images."""

    def __init__(
        self,
        characters: CharacterRepository,
        takes: TakeRepository,
        references: References,
        gallery: GalleryManager,
        assets: AssetRepository,
        store: AssetStore,
        editor: Editor,
        examine: Examine,
    ) -> None:
        self._characters = characters
        self._takes = takes
        self._references = references
        self._gallery = gallery
        self._assets = assets
        self._store = store
        self._editor = editor
        self._examine = examine

    def add(self, project: str | None, reference: str, request: ReferenceImagesAddDTO) -> ReferenceImageListDTO:
        """Files, or takes by their ids. One that is there already is not added twice; a role that is given counts for
        it too. Raises InvalidInput, MediaInvalid, NotFound."""
        character = self._references.character(project, reference)
        pictures = [self._picture(character, source) for source in request.pictures]
        role = request.role or ReferenceRole.REFERENCE
        images = [ReferenceImage(asset_id=each.store().id, name=each.name, role=role) for each in pictures]
        before, after = self._note(character, images, request.role)
        return self._listed(
            after,
            added=len(after.reference_images) - len(before.reference_images),
            warnings=[each.warning for each in pictures if each.warning],
        )

    def list_images(self, project: str | None, reference: str) -> ReferenceImageListDTO:
        """In the order in which they were added."""
        return self._listed(self._references.character(project, reference))

    def remove(self, project: str | None, reference: str, images: Sequence[str]) -> ReferenceImageListDTO:
        """By their files' names or ids. The files stay until `media tidy`."""
        character = self._references.character(project, reference)

        def build() -> tuple[Draft, Character]:
            current = self._characters.find_by_id(character.id)
            gone = {_named(current, text) for text in images}
            left = [image for image in current.reference_images if image.asset_id not in gone]
            draft = Draft("character refs remove", current.project_id, current.slug)
            return draft, draft.change(self._characters, current, {"reference_images": left})

        return self._listed(self._editor.attempt(build))

    def upload_face(self, project: str | None, file: Path, reference: str | None) -> UploadFaceImageResponseDTO:
        """Store a picture of a face and, with a character, note it as theirs. Raises MediaInvalid, NotFound."""
        character = self._references.character(project, reference) if reference is not None else None
        picture = self._file(file)
        asset = picture.store()
        if character is not None:
            image = ReferenceImage(asset_id=asset.id, name=picture.name, role=ReferenceRole.FACE)
            self._note(character, [image], ReferenceRole.FACE)
        return UploadFaceImageResponseDTO(
            file_path=str(self._gallery.path(asset)),
            original_name=file.name,
            media_type=asset.facts.media_type,
            **_shape(asset.facts),
            size=asset.size,
            asset_id=asset.id,
            character=character.slug if character else None,
            warnings=[picture.warning] if picture.warning else [],
        )

    def _picture(self, character: Character, source: str) -> Picture:
        """A file of that name counts before a take whose id begins like that."""
        path = Path(source)
        if not is_there(path) and (take := find_by_id_start(self._takes, source)) is not None:
            return self._of_take(character, take)
        return self._file(path)

    def _of_take(self, character: Character, take: Take) -> Picture:
        if take.project_id != character.project_id:
            raise NotFound(f"take {take.id[:8]} belongs to another project", fix="name a take of the same project")
        if take.kind is not MediaKind.IMAGE:
            raise InvalidInput(f"take {take.id[:8]} is a video", fix="name a still")
        asset = self._assets.find_by_id(take.asset_id)
        name = f"take-{take.id[:8]}{asset.facts.extension}"
        return Picture(name, _checked(name, asset.size, asset.facts), lambda: asset)

    def _file(self, file: Path) -> Picture:
        require_file(file)
        size = file.stat().st_size
        check_picture_bytes(file.name, size)  # before it is decoded
        facts = self._examine(file, AssetKind.IMAGE)
        return Picture(file.name, _checked(file.name, size, facts), lambda: self._keep(file, facts))

    def _keep(self, file: Path, facts: MediaFacts) -> Asset:
        with self._store.incoming(file.name) as incoming:
            self._store.copy_in(file, incoming)
            return self._gallery.store_file(incoming, AssetKind.IMAGE, file.name, facts)

    def _note(
        self, character: Character, images: Sequence[ReferenceImage], role: ReferenceRole | None
    ) -> tuple[Character, Character]:
        """The character before and after."""

        def build() -> tuple[Draft, tuple[Character, Character]]:
            current = self._characters.find_by_id(character.id)
            merged = _merged(current.reference_images, images, role)
            if len(merged) > MAX_REFERENCE_IMAGES:
                raise InvalidInput(
                    f"{current.name} would have {len(merged)} reference images",
                    cause=f"there may be {MAX_REFERENCE_IMAGES}",
                    fix="vidctl character refs remove takes some away",
                )
            draft = Draft("character refs add", current.project_id, current.slug)
            return draft, (current, draft.change(self._characters, current, {"reference_images": merged}))

        return self._editor.attempt(build)

    def _listed(self, character: Character, added: int = 0, warnings: Sequence[str] = ()) -> ReferenceImageListDTO:
        items = list(self._respond(character))
        return ReferenceImageListDTO(
            items=items, total=len(items), character=character.slug, added=added, warnings=list(warnings)
        )

    def _respond(self, character: Character) -> Iterator[ReferenceImageDTO]:
        ids = [image.asset_id for image in character.reference_images]
        assets = {asset.id: asset for asset in self._assets.find_many({"id": {"$in": ids}})}
        for image in character.reference_images:
            asset = assets.get(image.asset_id)
            if asset is None:
                raise NotFound(
                    f"the record of the reference image {image.name} is gone",
                    fix=f"vidctl character refs remove {character.slug} {image.asset_id[:12]}",
                )
            yield ReferenceImageDTO(
                **image.model_dump(), file=str(self._store.root / asset.location), size=asset.size,
                **_shape(asset.facts),
            )  # fmt: skip


def _checked(name: str, size: int, facts: MediaFacts) -> str:
    """A warning, or "". Raises MediaInvalid."""
    check_picture_bytes(name, size)
    shape = _shape(facts)
    return check_picture_sides(name, shape["width"], shape["height"])


def _shape(facts: MediaFacts) -> dict[str, int]:
    if facts.width is None or facts.height is None:
        raise MediaInvalid("a picture without a size is none", cause=f"it is {facts.media_type}")
    return {"width": facts.width, "height": facts.height}


def _merged(
    old: Sequence[ReferenceImage], new: Sequence[ReferenceImage], role: ReferenceRole | None
) -> list[ReferenceImage]:
    """Each asset once, in the order in which it came first."""
    merged = {image.asset_id: image for image in old}
    for image in new:
        known = merged.setdefault(image.asset_id, image)
        if role is not None:
            merged[image.asset_id] = known.model_copy(update={"role": role})
    return list(merged.values())


def _named(character: Character, text: str) -> str:
    """The asset id of the image that a person means."""
    images = character.reference_images
    found = [image for image in images if image.name == text]
    if not found and len(text) >= _LEAST_OF_ID:
        found = [image for image in images if image.asset_id.startswith(text.lower())]
    if not found:
        raise unknown("reference image", text, [image.name for image in images], f"of {character.slug}")
    if len(found) > 1:
        raise AmbiguousReference(
            f"{text!r} means more than one reference image",
            cause=", ".join(f"{image.asset_id[:12]} ({image.name})" for image in found),
            fix="name it by the beginning of its id",
            candidates=[image.asset_id for image in found],
        )
    return found[0].asset_id
