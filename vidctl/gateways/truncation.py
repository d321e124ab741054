"""Files that were cut off: what a container says of its own length, against the bytes that are there.

Decoders take many of them without a word. Sources: RIFF (Microsoft, 1991), Ogg pages (RFC 3533 §6), MP4 boxes
(ISO 14496-12 §4.2), EBML (RFC 8794 §6), ID3v2.4 §3.1, Xing's header as LAME writes it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from vidctl.gateways.containers import MKV, MOV, MP4, OGG, WAV, WEBM, Container

_UNKNOWN_RIFF_SIZES = (0, 0xFFFFFFFF)  # written by programs that stream and never return to the header
_LONGEST_OGG_PAGE = 27 + 255 + 255 * 255
_XING_REACH = 200  # the tag follows the first frame's header and side information


def is_cut_off(path: Path, container: Container) -> bool:
    """Whether the file has fewer bytes than its container needs; False for containers that don't tell."""
    test = _TESTS.get(container)
    if test is None:
        return False
    with path.open("rb") as file:
        return test(file, path.stat().st_size)


def id3_size(head: bytes) -> int:
    """Bytes of the ID3v2 tag that a file begins with, 0 without one."""
    if not head.startswith(b"ID3") or len(head) < 10:
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))


def announces_length(mp3: Path) -> bool:
    """Whether an MP3 counts its frames in a header. Without, its length is only guessed from its size."""
    with mp3.open("rb") as file:
        file.seek(id3_size(file.read(10)))
        start = file.read(_XING_REACH)
    return any(tag in start for tag in (b"Xing", b"Info", b"VBRI"))


def _wav(file: BinaryIO, size: int) -> bool:
    head = file.read(8)
    announced = int.from_bytes(head[4:8], "little")
    return head[:4] == b"RIFF" and announced not in _UNKNOWN_RIFF_SIZES and size < announced + 8


def _ogg(file: BinaryIO, size: int) -> bool:
    """The last page names the lengths of its parts in a table."""
    file.seek(max(0, size - _LONGEST_OGG_PAGE))
    tail = file.read()
    page = tail[tail.rfind(b"OggS") :]
    if len(page) < 27 or len(page) < 27 + page[26]:
        return True
    return len(page) < 27 + page[26] + sum(page[27 : 27 + page[26]])


def _mpeg4(file: BinaryIO, size: int) -> bool:
    """Box follows box; the last must end with the file, and one of them must be the index."""
    position, indexed = 0, False
    while position < size:
        file.seek(position)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        indexed = indexed or head[4:8] == b"moov"
        if length < 8:  # 0 is "to the end of the file"; anything else is the decoder's to judge
            break
        position += length
    return position > size or not indexed


def _matroska(file: BinaryIO, size: int) -> bool:
    """After the EBML header comes one segment, which holds all the rest."""
    file.seek(4)
    header = _ebml_size(file)
    file.seek(header or 0, 1)
    if header is None or file.read(4) != b"\x18\x53\x80\x67":
        return True
    segment = _ebml_size(file)
    return segment is not None and file.tell() + segment > size


def _ebml_size(file: BinaryIO) -> int | None:
    """The variable-length number at this place; None for "unknown", which live recordings carry, or none."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    width = 9 - first[0].bit_length()
    value = int.from_bytes(first + file.read(width - 1), "big") & (1 << 7 * width) - 1
    return None if value == (1 << 7 * width) - 1 else value


_TESTS: dict[Container, Callable[[BinaryIO, int], bool]] = {
    WAV: _wav,
    OGG: _ogg,
    MP4: _mpeg4,
    MOV: _mpeg4,
    MKV: _matroska,
    WEBM: _matroska,
}
