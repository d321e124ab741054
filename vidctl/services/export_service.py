"""From the film to what is handed over: which take fills which frames, then an exporter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from vidctl.domain.clip import Clip
from vidctl.domain.events import Event, Notice, Result
from vidctl.domain.frames import seconds_to_frames
from vidctl.domain.lyrics import lines_within
from vidctl.domain.project import Project
from vidctl.domain.recipe import MediaKind, TitleCard
from vidctl.domain.timeline import Fill, Slot, Timeline, lay_slots
from vidctl.domain.timeline_analysis import count_overlaps
from vidctl.dtos.media_dtos import ExportResponseDTO
from vidctl.errors import Conflict, InvalidInput
from vidctl.exporters.conform import Conformer
from vidctl.exporters.destination import check_destination
from vidctl.exporters.editors import FORMATS, export_cut
from vidctl.exporters.encoding import Quality
from vidctl.exporters.json_export import export_json
from vidctl.exporters.record_clock import DEFAULT_START, RecordClock
from vidctl.exporters.remarks import remarks
from vidctl.exporters.video import SUFFIX, export_video
from vidctl.gateways.animatic import draw_card
from vidctl.gateways.ffmpeg import find_ffmpeg
from vidctl.gateways.lettering import boxes_told
from vidctl.gateways.title_card import undrawable
from vidctl.repositories.asset_repository import AssetRepository
from vidctl.services.animatic_recipes import title_card
from vidctl.services.film import Film, FilmReader, seconds
from vidctl.services.gallery_manager import GalleryManager
from vidctl.services.given_files import refuse_existing
from vidctl.services.references import References
from vidctl.services.timeline_views import TimelineViews, on_film, overlap_in_words

_TOLD_OVERLAPS = 10


class Gap(StrEnum):
    """What clips without a selected take show, and stretches of the film without a clip."""

    BLACK = "black"
    CARD = "card"


@dataclass(frozen=True)
class Cut:
    """A timeline with what is to be said of it."""

    timeline: Timeline
    film: Film
    missing: tuple[str, ...]
    overlapping: tuple[str, ...]


class ExportService:
    """What one can hand over."""

    def __init__(
        self,
        references: References,
        films: FilmReader,
        gallery: GalleryManager,
        assets: AssetRepository,
        *,
        cache: Path,
        ffmpeg: str,
    ) -> None:
        self._references = references
        self._films = films
        self._gallery = gallery
        self._assets = assets
        self._cache = cache
        self._ffmpeg = ffmpeg

    def export_video(
        self, project: str | None, destination: Path, *, gap: Gap, quality: Quality, overwrite: bool
    ) -> Iterator[Event]:
        """The film as one MP4; the last event is a Result. Raises Conflict if the file exists, MissingTool,
        ExportFailed, DiskFull; an existing file is replaced only by a complete one."""
        check_destination(destination, SUFFIX)
        refuse_existing(destination, overwrite)
        cut = self.cut(project, gap)
        ffmpeg = find_ffmpeg(self._ffmpeg or None)
        yield from _notices(cut, "black" if gap is Gap.BLACK else "a title card")
        yield from export_video(
            cut.timeline,
            destination,
            ffmpeg=ffmpeg,
            cache=self._cache / "segments",
            draw_card=draw_card,
            quality=quality,
        )
        yield Result(self._response(cut, "mp4", destination))

    def export_cut(
        self,
        project: str | None,
        destination: Path,
        form: str,
        *,
        start: str | None,
        drop_frame: bool,
        conform: bool,
        overwrite: bool,
    ) -> Iterator[Event]:
        """The cut for an editor's program, in one of FORMATS, beginning at the timecode `start` or at DEFAULT_START;
        the last event is a Result. With `conform` what it shows is copied to a folder beside it, at the film's rate and
        size. Raises Conflict if the file or the folder exists, InvalidInput, ExportFailed, DiskFull, MissingTool."""
        check_destination(destination, FORMATS[form].suffix)
        refuse_existing(destination, overwrite)
        cut = self.cut(project, Gap.BLACK)
        clock = RecordClock.reading(start or DEFAULT_START, cut.timeline.rate, drop=drop_frame)
        clock.check_day(cut.timeline.frames)
        FORMATS[form].write(cut.timeline, clock)  # what the format cannot hold is refused before anything is copied
        yield from _notices(cut, "a gap")
        if conform:
            yield from self._export_conformed(cut.timeline, destination, form, clock, overwrite)
        else:
            yield from _write_cut(cut.timeline, destination, form, clock)
        yield Result(self._response(cut, form, destination))

    def _export_conformed(
        self, timeline: Timeline, destination: Path, form: str, clock: RecordClock, overwrite: bool
    ) -> Iterator[Event]:
        """The folder of copies appears only with the cut that shows them."""
        folder = destination.with_name(f"{destination.stem}-media")
        if folder.exists() and not overwrite:
            raise Conflict(f"{folder} exists already", fix="choose another name, or use --overwrite")
        conformer = Conformer(find_ffmpeg(self._ffmpeg or None), self._cache / "segments", draw_card)
        with conformer.folder_for(folder) as part:
            shown = yield from conformer.conform(timeline, part, folder)
            yield from _write_cut(shown, destination, form, clock)

    def export_json(self, project: str | None, destination: Path, *, overwrite: bool) -> ExportResponseDTO:
        """The film with its takes and recipes as JSON. Raises Conflict if the file exists."""
        refuse_existing(destination, overwrite)
        cut = self.cut(project, Gap.BLACK)
        film = cut.film
        galleries = {clip.id: self._gallery.gallery(clip.id) for clips in film.clips.values() for clip in clips}
        export_json(film.project, film.scenes, film.clips, film.spans, galleries, destination)
        return self._response(cut, "json", destination)

    def cut(self, project: str | None, gap: Gap) -> Cut:
        """The film as slots: selected videos, stills held, gaps; at least as long as the song."""
        film = self._films.load(self._references.project(project))
        clips = film.in_order()
        if not clips:
            raise InvalidInput(f"{film.project.slug} has no clips", fix="vidctl clip create SCENE NAME adds one")
        shots = [self._shot(film, clip, gap) for clip in clips]
        song = film.project.music_duration
        total = max(film.frames, seconds_to_frames(song, film.project.rate) if song else 0)
        music_id = film.project.music_asset_id
        music = self._assets.find_by_id(music_id) if music_id else None
        timeline = Timeline(
            title=film.project.name,
            rate=film.project.rate,
            width=film.project.width,
            height=film.project.height,
            slots=_filled(lay_slots(shots, total), film.project, gap),
            music=self._gallery.path(music) if music else None,
            music_name=film.project.music_name,
            song=music.facts if music else None,
        )
        missing = tuple(s.label for s in shots if s.fill in (Fill.BLACK, Fill.CARD))
        return Cut(timeline, film, missing, tuple(_overlapping(film)))

    def _shot(self, film: Film, clip: Clip, gap: Gap) -> Slot:
        span, label, prompt = film.film_span(clip), film.path(clip), clip.prompt_for(MediaKind.VIDEO)
        for kind, fill in ((MediaKind.VIDEO, Fill.VIDEO), (MediaKind.IMAGE, Fill.STILL)):
            asset = self._gallery.selected_file(clip, kind)
            if asset is not None:
                return Slot(
                    span.start,
                    span.frames,
                    fill,
                    label,
                    self._gallery.path(asset),
                    asset.id,
                    media_start=clip.source_start if fill is Fill.VIDEO else 0,
                    facts=asset.facts,
                    prompt=prompt,
                )
        if gap is Gap.CARD:
            return Slot(span.start, span.frames, Fill.CARD, label, card=title_card(film, clip, MediaKind.VIDEO))
        return Slot(span.start, span.frames, Fill.BLACK, label, prompt=prompt)

    def _response(self, cut: Cut, kind: str, destination: Path) -> ExportResponseDTO:
        timeline = cut.timeline
        return ExportResponseDTO(
            project=cut.film.project.slug,
            format=kind,
            file=str(destination),
            size=destination.stat().st_size,
            frames=timeline.frames,
            fps=cut.film.project.fps,
            seconds=seconds(timeline.frames, timeline.rate),
            width=timeline.width,
            height=timeline.height,
            clips=len(cut.film.in_order()),
            missing=list(cut.missing),
            music=cut.film.project.music_name or None,
        )


def _filled(slots: tuple[Slot, ...], project: Project, gap: Gap) -> tuple[Slot, ...]:
    """The slots, with a card instead of black where cards are wanted and there is no clip."""
    if gap is Gap.BLACK:
        return slots
    return tuple(
        replace(slot, fill=Fill.CARD, card=_gap_card(slot, project)) if slot.fill is Fill.BLACK else slot
        for slot in slots
    )


def _gap_card(slot: Slot, project: Project) -> TitleCard:
    lyrics = lines_within(project.lyrics, slot.start, slot.frames, project.rate)
    return TitleCard(project=project.name, scene="", clip="gap", lyrics=lyrics, start_frame=slot.start)


def _overlapping(film: Film) -> Iterator[str]:
    """What overlaps and what is seen then, in sentences: the first pairs, as there may be very many."""
    clips = on_film(film, film.shown_scenes)
    told = TimelineViews.of(film).overlaps(clips, _TOLD_OVERLAPS)
    for pair in told:
        yield f"{overlap_in_words(pair)}; the later one is shown"
    if more := count_overlaps(clips) - len(told):
        yield f"{more} more pair{'s' * (more > 1)} of clips overlap: vidctl project analyze finds them"


def _write_cut(timeline: Timeline, destination: Path, form: str, clock: RecordClock) -> Iterator[Event]:
    yield from (Notice(text, "warning") for text in remarks(timeline, FORMATS[form]))
    export_cut(timeline, destination, clock, FORMATS[form])


def _notices(cut: Cut, shown: str) -> Iterator[Notice]:
    for text in cut.overlapping:
        yield Notice(text, "warning")
    for label in cut.missing:
        yield Notice(f"{label} has no selected take: {shown}", "warning")
    if boxes := {letter for slot in cut.timeline.slots if slot.card for letter in undrawable(slot.card)}:
        yield Notice(boxes_told(boxes), "warning")
