"""What a media file is, found by decoding all of it. A file is taken for what it holds, never for what it is called."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from vidctl.domain.asset import AssetKind, MediaFacts
from vidctl.errors import InvalidInput, MediaInvalid, NotFound
from vidctl.gateways.containers import (
    ADTS,
    CONTAINERS,
    FLAC,
    HEAD_BYTES,
    MOV,
    MP3,
    MP4,
    Container,
    claimed_container,
    claims_audio_only,
    recognise,
)
from vidctl.gateways.decoding import Pictures, Sound, decode_pictures, decode_sound, moving_pictures, opened
from vidctl.gateways.pictures import examine_picture
from vidctl.gateways.truncation import announces_length, id3_size, is_cut_off

MUSIC_LIMIT = 50 * 1024 * 1024

# A header's duration counts whole codec frames; more than this apart means that part of the song is missing.
_TOLERANCE = Fraction(1, 10)


def examine(path: Path, expect: AssetKind | None = None, *, music_limit: int = MUSIC_LIMIT) -> MediaFacts:
    """Decode a file to its end and say what it is.

    A song's duration is what players play of it, to the sample. Raw AAC (.aac) can't say what its encoder has added:
    there it includes the silence before and after the song, up to about 0.07 s.
    `expect` refuses every other kind; `music_limit` is the most bytes that audio may have. Raises MediaInvalid for a
    file that is empty, not media, damaged, cut off, or not what its name says; NotFound if it does not exist.
    """
    container = _container(path, expect)
    _check_name(path, container)
    if not container.demuxer:
        return _pictures(path, container, expect)
    return _stream(path, container, expect, music_limit)


def _container(path: Path, expect: AssetKind | None) -> Container:
    head = _head(path)
    if not head:
        raise MediaInvalid(f"{path.name} is empty", cause="it has 0 bytes", fix="copy or download the file again")
    container = _recognise(path, head)
    if container is None:
        known = ", ".join(known.name for known in CONTAINERS if expect is None or expect in known.forms)
        raise MediaInvalid(
            f"{path.name} is not a picture, film or song",
            cause="it is text" if _is_text(head) else "its first bytes belong to no format that vidctl knows",
            fix=f"give a file in one of these formats: {known}",
        )
    return container


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except FileNotFoundError as error:
        raise NotFound(f"there is no file {path}", fix="check the path") from error
    except OSError as error:
        raise InvalidInput(f"cannot read {path}", cause=error.strerror or str(error)) from error


def _recognise(path: Path, head: bytes) -> Container | None:
    """As `recognise`, but some programs put an ID3 tag, which belongs to MP3, before FLAC."""
    container = recognise(head)
    if container is not MP3 or not head.startswith(b"ID3"):
        return container
    with path.open("rb") as file:
        file.seek(id3_size(head))
        return FLAC if file.read(4) == b"fLaC" else MP3


def _is_text(head: bytes) -> bool:
    return b"\0" not in head and all(byte >= 0x20 or byte in b"\t\n\r\f\x1b" for byte in head)


def _check_name(path: Path, container: Container) -> None:
    claimed = claimed_container(path)
    pictures = claimed is not None and not claimed.demuxer and not container.demuxer
    if claimed is None or pictures or path.suffix.lower() in container.suffixes:
        return
    form = next(iter(container.forms.values()))
    raise MediaInvalid(
        f"{path.name} is not what its name says",
        cause=f"its content is {container.name}, not {claimed.name}",
        fix=f"if that is what you meant, rename it to {path.with_suffix(form.extension).name}",
    )


def _pictures(path: Path, container: Container, expect: AssetKind | None) -> MediaFacts:
    seen = examine_picture(path)
    moving = len(seen.durations) > 1
    kind = AssetKind.VIDEO if moving else AssetKind.IMAGE
    _check_expected(path, container, kind, expect)
    form = container.forms[kind]
    return MediaFacts(
        kind=kind,
        media_type=form.media_type,
        extension=form.extension,
        width=seen.width,
        height=seen.height,
        fps=str(seen.rate) if moving else None,
        frames=len(seen.durations) if moving else None,
        duration=float(len(seen.durations) / seen.rate) if moving else None,
    )


def _stream(path: Path, container: Container, expect: AssetKind | None, music_limit: int) -> MediaFacts:
    if is_cut_off(path, container):
        raise _incomplete(path, "it ends before its own header says")
    with opened(path, container.demuxer) as media:
        film = moving_pictures(media)
        kind = AssetKind.VIDEO if film else AssetKind.AUDIO
        _check_expected(path, container, kind, expect)
        _check_content(path, container, kind, holds_sound=bool(media.streams.audio))
        if film is None:
            _check_size(path, music_limit)
            return _song(path, container, decode_sound(media))
        return _film(path, container, decode_pictures(media, film))


def _check_content(path: Path, container: Container, kind: AssetKind, *, holds_sound: bool) -> None:
    if kind is AssetKind.VIDEO and (claims_audio_only(path) or kind not in container.forms):
        raise MediaInvalid(
            f"{path.name} is not a song",
            cause="it holds moving pictures",
            fix="extract its sound into a file of its own first",
        )
    if kind is AssetKind.AUDIO and not (holds_sound and kind in container.forms):
        raise MediaInvalid(
            f"{path.name} holds neither pictures nor sound that vidctl can use",
            cause=f"no film in this {container.name} file",
            fix="export it again",
        )


def _check_size(path: Path, music_limit: int) -> None:
    size = path.stat().st_size
    if size > music_limit:
        raise MediaInvalid(
            f"{path.name} is too large for a song",
            cause=f"it has {size} bytes; the limit is {music_limit}",
            fix="convert it to FLAC, MP3 or M4A",
        )


def _song(path: Path, container: Container, sound: Sound) -> MediaFacts:
    if not sound.decoded:
        raise MediaInvalid(f"{path.name} has no sound", cause="it decodes to 0 samples", fix="export it again")
    _check_complete(path, container, sound)
    form = container.forms[AssetKind.AUDIO]
    return MediaFacts(
        kind=AssetKind.AUDIO,
        media_type=form.media_type,
        extension=form.extension,
        duration=float(_played(container, sound)),
        has_audio=True,
    )


def _played(container: Container, sound: Sound) -> Fraction:
    """The seconds of a complete song that are heard. AAC is decoded in whole frames, of which the last holds more than
    the song; where that ends, MPEG-4 says in its header."""
    if container in (MP4, MOV) and sound.announced is not None:
        return min(sound.decoded, sound.announced)
    return sound.decoded


def _check_complete(path: Path, container: Container, sound: Sound) -> None:
    """Raise if part of the song is missing. The length of raw AAC, and of some MP3s, is only guessed from the size."""
    guessed = container is ADTS or (container is MP3 and not announces_length(path))
    if sound.announced is not None and not guessed and abs(sound.decoded - sound.announced) > _TOLERANCE:
        announced, decoded = float(sound.announced), float(sound.decoded)
        raise _incomplete(path, f"its header announces {announced:.1f} s, decoding it gave {decoded:.1f} s")


def _incomplete(path: Path, cause: str) -> MediaInvalid:
    return MediaInvalid(
        f"{path.name} is incomplete", cause=cause, fix="download or export the file again; it must play to its end"
    )


def _film(path: Path, container: Container, seen: Pictures | None) -> MediaFacts:
    if seen is None:
        raise MediaInvalid(
            f"{path.name} has no pictures", cause="it decodes to 0 frames", fix="render or export it again"
        )
    form = container.forms[AssetKind.VIDEO]
    return MediaFacts(
        kind=AssetKind.VIDEO,
        media_type=form.media_type,
        extension=form.extension,
        width=seen.width,
        height=seen.height,
        fps=str(seen.rate),
        frames=seen.frames,
        duration=float(seen.duration),
        has_audio=seen.has_audio,
    )


def _check_expected(path: Path, container: Container, found: AssetKind, expect: AssetKind | None) -> None:
    if expect is None or found is expect:
        return
    words = {AssetKind.IMAGE: "a picture", AssetKind.VIDEO: "a film", AssetKind.AUDIO: "a song"}
    raise MediaInvalid(
        f"{path.name} is not {words[expect]}",
        cause=f"it is {words[found]} ({container.name})",
        fix=f"give {words[expect]}",
    )
