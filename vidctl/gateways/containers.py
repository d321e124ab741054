"""What a file is by its first bytes: the container formats that vidctl takes, and which names they may carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vidctl.domain.asset import AssetKind

HEAD_BYTES = 4096


@dataclass(frozen=True)
class Form:
    """The media type and the extension under which a container with this kind of content is stored."""

    media_type: str
    extension: str


@dataclass(frozen=True, eq=False)
class Container:
    """A container format. `demuxer` is libav's name for it, empty where Pillow reads it; `forms` says which kinds
    it may hold; `suffixes` are the file names' endings that go with it."""

    name: str
    demuxer: str
    forms: dict[AssetKind, Form]
    suffixes: frozenset[str]


def _pictures(name: str, media_type: str, *suffixes: str, moving: bool = True) -> Container:
    form = Form(media_type, suffixes[0])
    forms = {AssetKind.IMAGE: form} | ({AssetKind.VIDEO: form} if moving else {})
    return Container(name, "", forms, frozenset(suffixes))


def _sound(name: str, demuxer: str, media_type: str, *suffixes: str) -> Container:
    return Container(name, demuxer, {AssetKind.AUDIO: Form(media_type, suffixes[0])}, frozenset(suffixes))


PNG = _pictures("PNG", "image/png", ".png", ".apng")
JPEG = _pictures("JPEG", "image/jpeg", ".jpg", ".jpeg", ".jfif", moving=False)
WEBP = _pictures("WebP", "image/webp", ".webp")
GIF = _pictures("GIF", "image/gif", ".gif")
MP3 = _sound("MP3", "mp3", "audio/mpeg", ".mp3")
WAV = _sound("WAV", "wav", "audio/wav", ".wav", ".wave")
FLAC = _sound("FLAC", "flac", "audio/flac", ".flac")
OGG = _sound("Ogg", "ogg", "audio/ogg", ".ogg", ".oga", ".opus")
ADTS = _sound("AAC", "aac", "audio/aac", ".aac")

_MPEG4_SUFFIXES = frozenset({".mp4", ".m4v", ".mov", ".m4a", ".m4b"})
_MATROSKA_SUFFIXES = frozenset({".mkv", ".webm"})
_M4A = Form("audio/mp4", ".m4a")
MP4 = Container("MP4", "mp4", {AssetKind.VIDEO: Form("video/mp4", ".mp4"), AssetKind.AUDIO: _M4A}, _MPEG4_SUFFIXES)
MOV = Container(
    "QuickTime", "mov", {AssetKind.VIDEO: Form("video/quicktime", ".mov"), AssetKind.AUDIO: _M4A}, _MPEG4_SUFFIXES
)
WEBM = Container("WebM", "webm", {AssetKind.VIDEO: Form("video/webm", ".webm")}, _MATROSKA_SUFFIXES)
MKV = Container("Matroska", "matroska", {AssetKind.VIDEO: Form("video/x-matroska", ".mkv")}, _MATROSKA_SUFFIXES)

CONTAINERS = (PNG, JPEG, WEBP, GIF, MP3, WAV, FLAC, OGG, ADTS, MP4, MOV, WEBM, MKV)

_AUDIO_ONLY_NAMES = frozenset({".mp3", ".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".aac", ".m4a", ".m4b"})


def claimed_container(path: Path) -> Container | None:
    """The container that the file's name promises, None for a name that promises none."""
    suffix = path.suffix.lower()
    return next((container for container in CONTAINERS if suffix in container.suffixes), None)


def claims_audio_only(path: Path) -> bool:
    """Whether the file's name promises sound without moving pictures."""
    return path.suffix.lower() in _AUDIO_ONLY_NAMES


def _mpeg4(head: bytes) -> Container | None:
    if head[4:8] == b"ftyp":
        return MOV if head[8:12] == b"qt  " else MP4
    # QuickTime files from before 2001 have no "ftyp" and begin with the film itself.
    return MOV if head[4:8] in (b"moov", b"mdat", b"wide") else None


def _matroska(head: bytes) -> Container | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    return WEBM if b"\x42\x82\x84webm" in head else MKV


def _riff(head: bytes) -> Container | None:
    if head[:4] not in (b"RIFF", b"RF64"):
        return None
    return {b"WAVE": WAV, b"WEBP": WEBP}.get(head[8:12])


def _mpeg_audio(head: bytes) -> Container | None:
    if head.startswith(b"ID3"):
        return MP3
    if len(head) < 4 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0:
        return ADTS
    layer_three = head[1] & 0xE6 == 0xE2
    return MP3 if layer_three and head[2] & 0xF0 != 0xF0 and head[2] & 0x0C != 0x0C else None


def _begins(container: Container, *magic: bytes) -> Callable[[bytes], Container | None]:
    return lambda head: container if head.startswith(magic) else None


_TESTS: tuple[Callable[[bytes], Container | None], ...] = (
    _begins(PNG, b"\x89PNG\r\n\x1a\n"),
    _begins(JPEG, b"\xff\xd8\xff"),
    _begins(GIF, b"GIF87a", b"GIF89a"),
    _begins(FLAC, b"fLaC"),
    _begins(OGG, b"OggS"),
    _riff,
    _mpeg4,
    _matroska,
    _mpeg_audio,
)


def recognise(head: bytes) -> Container | None:
    """The container that a file beginning with `head` (HEAD_BYTES of it) is written in, None if vidctl knows none."""
    return next((found for test in _TESTS if (found := test(head))), None)
