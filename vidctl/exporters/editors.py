"""The table of what can be handed to an editor's program, and how a file of it is written: whole, and read back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from vidctl.domain.timeline import Timeline
from vidctl.exporters.check import Reader, check, read_edl, read_fcpxml, read_otio
from vidctl.exporters.edl import edl
from vidctl.exporters.fcpxml import PROJECT_RATES, fcpxml
from vidctl.exporters.otio import otio
from vidctl.exporters.record_clock import RecordClock
from vidctl.gateways.asset_store import writing
from vidctl.gateways.whole_file import whole_file


@dataclass(frozen=True)
class Format:
    """A file format: its files' ending, its writer, the reader that checks what was written, and what it can tell."""

    suffix: str
    write: Callable[[Timeline, RecordClock], str]
    read: Reader
    has_stills: bool = True
    rates: Collection[Fraction] = ()  # the only ones that its editor's timelines can have; any if empty


#: Name of the export command -> format.
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "fcpxml": Format(".fcpxml", fcpxml, read_fcpxml, rates=PROJECT_RATES),
        "edl": Format(".edl", edl, read_edl, has_stills=False),
        "resolve": Format(".otio", otio, read_otio),
    }
)


def export_cut(timeline: Timeline, destination: Path, clock: RecordClock, form: Format) -> None:
    """Write the cut to `destination`, which appears, or is replaced, only when it was read back without a difference.

    Raises InvalidInput for a film that the format cannot hold; ExportFailed, DiskFull, ConfigurationError.
    """
    text = form.write(timeline, clock)
    with writing(destination), whole_file(destination) as part:
        part.write_bytes(text.encode())
        check(part.read_bytes().decode(), form.read, timeline, clock)
