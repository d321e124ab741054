"""Songs that were cut off although every decoder takes them: what the containers' own lengths say.

Sources: RIFF (Microsoft, 1991), Ogg pages (RFC 3533 §6), ID3v2.4 §3.1, Xing's header as LAME writes it.
"""

from __future__ import annotations

from pathlib import Path

_UNKNOWN_RIFF_SIZES = (0, 0xFFFFFFFF)  # written by programs that stream and never return to the header
_LONGEST_OGG_PAGE = 27 + 255 + 255 * 255
_XING_REACH = 200  # the tag follows the first frame's header and side information


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


def wav_is_cut_off(wav: Path) -> bool:
    """Whether a WAV file is shorter than its header says."""
    with wav.open("rb") as file:
        head = file.read(8)
    size = int.from_bytes(head[4:8], "little")
    return head[:4] == b"RIFF" and size not in _UNKNOWN_RIFF_SIZES and wav.stat().st_size < size + 8


def ogg_is_cut_off(ogg: Path) -> bool:
    """Whether the last page of an Ogg file is incomplete."""
    size = ogg.stat().st_size
    with ogg.open("rb") as file:
        file.seek(max(0, size - _LONGEST_OGG_PAGE))
        tail = file.read()
    page = tail[tail.rfind(b"OggS") :]
    if len(page) < 27 or len(page) < 27 + page[26]:
        return True
    return len(page) < 27 + page[26] + sum(page[27 : 27 + page[26]])
