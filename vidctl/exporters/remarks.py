"""What a person should know before an editor opens the cut: where it will differ from the film's MP4, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vidctl.domain.asset import AssetKind
from vidctl.domain.timeline import Timeline
from vidctl.exporters.editors import Format
from vidctl.exporters.edits import Edit, edits_of, name_of, shortage, song_of

#: What Final Cut Pro, Premiere Pro and DaVinci Resolve all read.
_WELL_READ = frozenset(
    {
        (AssetKind.VIDEO, ".mp4"),
        (AssetKind.VIDEO, ".mov"),
        (AssetKind.IMAGE, ".png"),
        (AssetKind.IMAGE, ".jpg"),
        (AssetKind.AUDIO, ".wav"),
        (AssetKind.AUDIO, ".mp3"),
        (AssetKind.AUDIO, ".m4a"),
    }
)
_NAMED = 3


def remarks(timeline: Timeline, form: Format) -> Iterator[str]:
    """The differences, in sentences; none for a film of conformed copies."""
    for slot in timeline.slots:
        if missing := shortage(slot, timeline.rate):
            yield f"{name_of(slot)}: its take is {missing} frame{'s' * (missing > 1)} too short; a gap follows"
    edits = edits_of(timeline)
    if off := [edit for edit in edits if edit.source and edit.source.rate not in (None, timeline.rate)]:
        yield f"{_names(off)}: not at the film's rate, editors fit that in each in their own way; --conform does it now"
    if unread := [edit for edit in edits if not _is_well_read(edit)]:
        yield f"{_names(unread)}: not every editor reads such a file; --conform writes copies that all read"
    stills = [edit for edit in edits if edit.source and edit.source.is_still]
    if stills and not form.has_stills:
        yield f"{_names(stills)}: stills, which this format only knows as frozen films; --conform makes films of them"
    song = song_of(timeline)
    if song and not _is_well_read(song):
        yield f"{song.name}: not every editor reads such a song; --conform makes a WAV of it"
    if form.rates and timeline.rate not in form.rates:
        yield f"Final Cut Pro has no projects of {float(timeline.rate):g} fps"


def _is_well_read(edit: Edit) -> bool:
    return edit.source is None or (edit.source.facts.kind, edit.source.facts.extension) in _WELL_READ


def _names(edits: Sequence[Edit]) -> str:
    names = list(dict.fromkeys(edit.name for edit in edits))
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
