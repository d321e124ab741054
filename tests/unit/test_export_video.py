"""The exported film, decoded again: each frame carries a barcode that tells whose it is."""

from __future__ import annotations

import errno
import math
import os
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.data import media
from vidctl.domain.events import Event, Notice, Progress
from vidctl.domain.recipe import TitleCard
from vidctl.domain.timeline import Fill, Slot, Timeline
from vidctl.errors import DiskFull, ExportFailed, InvalidInput, MediaInvalid, NotFound
from vidctl.exporters.encoding import Encoding, Quality
from vidctl.exporters.joining import concat_list
from vidctl.exporters.segment_cache import SegmentCache
from vidctl.exporters.video import export_video
from vidctl.gateways.ffmpeg import Ffmpeg

RATES = [Fraction(r, 1001) if r > 1000 else Fraction(r) for r in (24000, 24, 25, 30000, 30, 60000, 60)]
CARD = TitleCard(project="film", scene="verse", clip="rain")


def half_up(number: Fraction) -> int:
    return int(number + Fraction(1, 2))


@dataclass(frozen=True)
class Source:
    """A clip with `count` barcoded frames at `rate`, known in pictures by its number."""

    clip: int
    path: Path
    fill: Fill
    count: int = 1
    rate: Fraction = Fraction(1)

    def slot(self, frames: int, start: int = 0) -> Slot:
        label = f"film/clip-{self.clip}"
        return Slot(0, frames, self.fill, label, media=self.path, sha256=self.path.name, media_start=start)

    def shown(self, rate: Fraction, at: int) -> int:
        """The source's frame on film frame `at`: the last one whose time, rounded to film frames, has come; past
        the source's end the last one shown."""
        moment = min(at, self.fills(rate) - 1)
        return max(number for number in range(self.count) if half_up(number * rate / self.rate) <= moment)

    def fills(self, rate: Fraction) -> int:
        """How many film frames the source lasts, a part of one counting as whole."""
        return math.ceil(self.count * rate / self.rate)


@dataclass(frozen=True)
class Shelf:
    slow: Source
    even: Source
    fast: Source
    web: Source
    still: Source
    animation: Source
    folder: Path

    @property
    def sources(self) -> list[Source]:
        return [self.slow, self.even, self.fast, self.web, self.still, self.animation]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Sources of all sorts and rates, made once."""
    folder = tmp_path_factory.mktemp("shelf")

    def film(clip: int, name: str, count: int, rate: int, size: tuple[int, int] = (64, 64)) -> Source:
        path = media.video(folder / name, clip=clip, frames=count, rate=rate, size=size)
        return Source(clip, path, Fill.VIDEO, count, Fraction(rate))

    return Shelf(
        slow=film(1, "slow.mp4", 8, 16),
        even=film(2, "even take's.mp4", 20, 24, (96, 96)),
        fast=film(3, "fast.mkv", 30, 60, (48, 48)),
        web=film(4, "web.webm", 10, 25),
        still=Source(5, media.image(folder / "still.png", clip=5), Fill.STILL),
        animation=Source(
            6, media.animation(folder / "a.webp", clip=6, frames=6, milliseconds=62), Fill.VIDEO, 6, Fraction(16)
        ),
        folder=folder,
    )


@pytest.fixture(scope="module")
def ffmpeg() -> Ffmpeg:
    return Ffmpeg(media.ffmpeg_path())


def draw_card(card: TitleCard, skip: int, frames: int, rate: Fraction, size: tuple[int, int], path: Path) -> None:
    """Clip 9, as the animatic would draw it."""
    media.video(path, clip=9, first=skip, frames=frames, rate=rate, size=size)


def gap(frames: int) -> Slot:
    return Slot(0, frames, Fill.BLACK)


def card(frames: int, skip: int = 0) -> Slot:
    return Slot(0, frames, Fill.CARD, "film/verse/rain", card=CARD, card_start=skip)


def timeline(*slots: Slot, rate: Fraction = Fraction(24), music: Path | None = None, size: int = 64) -> Timeline:
    """The slots one after the other."""
    starts = [sum(slot.frames for slot in slots[:number]) for number in range(len(slots))]
    placed = tuple(replace(slot, start=start) for slot, start in zip(slots, starts, strict=True))
    return Timeline("A film", rate, size, size, placed, music)


@dataclass
class Studio:
    """Exports into a folder of its own and keeps what was reported."""

    folder: Path
    ffmpeg: Ffmpeg

    @property
    def film(self) -> Path:
        return self.folder / "film.mp4"

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    def start(self, cut: Timeline, **options: object) -> Generator[Event, None, None]:
        given: dict[str, object] = {"ffmpeg": self.ffmpeg, "cache": self.cache, "draw_card": draw_card} | options
        return export_video(cut, self.film, **given)  # type: ignore[arg-type]

    def export(self, cut: Timeline, **options: object) -> list[Event]:
        return list(self.start(cut, **options))

    def shown(self) -> list[tuple[int, int] | None]:
        return [media.read_barcode(picture) for _, picture in media.decoded(self.film)]

    def left_overs(self) -> list[str]:
        """Files beside the film and hidden ones in the cache: there should be none."""
        beside = [path.name for path in self.folder.iterdir() if path not in (self.film, self.cache)]
        return beside + [path.name for path in self.cache.glob(".*")]


@pytest.fixture
def studio(tmp_path: Path, ffmpeg: Ffmpeg) -> Studio:
    folder = tmp_path / "out"
    folder.mkdir()
    return Studio(folder, ffmpeg)


class Watched(Ffmpeg):
    """Counts what runs, how many at once, and may be told to fail, or to end each "segment" or the "film" early."""

    def __init__(self, failures: int = 0, short: str = "") -> None:
        super().__init__(media.ffmpeg_path())
        self.commands: list[Sequence[str]] = []
        self.at_once = self.most_at_once = 0
        self._failures, self._short = failures, short
        self._lock = threading.Lock()

    def run(self, arguments: Sequence[str], *, total_frames: int) -> Generator[int, None, None]:
        with self._lock:
            self.commands.append(arguments)
            fail = len(self.commands) <= self._failures
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if fail:
                raise ExportFailed("ffmpeg failed", cause="told to")
            yield from super().run(self._shortened(arguments), total_frames=total_frames)
        finally:
            with self._lock:
                self.at_once -= 1

    def _shortened(self, arguments: Sequence[str]) -> Sequence[str]:
        joining = "concat" in arguments
        if self._short == ("film" if joining else "segment"):
            return [*arguments[:-2], "-frames:v", "1", *arguments[-2:]]
        return arguments


# Every frame is the right one


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{float(rate):.3f}")
def test_each_frame_of_the_film_is_the_right_one_at_any_rate(studio: Studio, shelf: Shelf, rate: Fraction) -> None:
    s = shelf
    slots = (s.slow.slot(9), gap(2), s.even.slot(13, 3), s.still.slot(3), s.fast.slot(11), card(4), s.slow.slot(5, 2))
    studio.export(timeline(*slots, rate=rate))
    expected = [
        *[(1, s.slow.shown(rate, at)) for at in range(9)],
        *[None] * 2,
        *[(2, s.even.shown(rate, at)) for at in range(3, 16)],
        *[(5, 0)] * 3,
        *[(3, s.fast.shown(rate, at)) for at in range(11)],
        *[(9, at) for at in range(4)],
        *[(1, s.slow.shown(rate, at)) for at in range(2, 7)],
    ]
    assert studio.shown() == expected
    assert [when * rate for when, _ in media.decoded(studio.film)] == list(range(47))


@given(data=st.data(), rate=st.sampled_from(RATES))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_cut_comes_out_frame_for_frame(
    data: st.DataObject, rate: Fraction, shelf: Shelf, ffmpeg: Ffmpeg, studio: Studio
) -> None:
    cut = data.draw(
        st.lists(
            st.tuples(st.sampled_from(shelf.sources), st.integers(1, 9), st.integers(0, 6)), min_size=1, max_size=5
        )
    )
    slots = [source.slot(frames, start if source.fill is Fill.VIDEO else 0) for source, frames, start in cut]
    studio.export(timeline(*slots, rate=rate), cache=shelf.folder / "cache")
    assert studio.shown() == [
        (source.clip, source.shown(rate, slot.media_start + at))
        for (source, _, _), slot in zip(cut, slots, strict=True)
        for at in range(slot.frames)
    ]


@pytest.mark.parametrize("rate", [Fraction(8), Fraction(12)])
def test_what_lasts_less_than_a_film_frame_is_shown(
    studio: Studio, shelf: Shelf, tmp_path: Path, rate: Fraction
) -> None:
    blink = media.video(tmp_path / "blink.mp4", clip=7, frames=1, rate=60)
    studio.export(timeline(shelf.still.slot(2), Source(7, blink, Fill.VIDEO).slot(2), gap(2), rate=rate))
    assert studio.shown() == [(5, 0)] * 2 + [(7, 0)] * 2 + [None] * 2


def test_a_webm_in_whole_milliseconds_loses_no_frame(studio: Studio, shelf: Shelf) -> None:
    studio.export(timeline(shelf.web.slot(10), rate=Fraction(25)))
    assert studio.shown() == [(4, at) for at in range(10)]


def test_an_animated_picture_is_shown_at_its_own_pace(studio: Studio, shelf: Shelf) -> None:
    studio.export(timeline(shelf.animation.slot(9), rate=Fraction(24)))
    assert studio.shown() == [(6, shelf.animation.shown(Fraction(24), at)) for at in range(9)]


def test_a_card_skips_its_first_frames(studio: Studio) -> None:
    studio.export(timeline(card(4), card(4, skip=3)))
    assert studio.shown() == [(9, at) for at in (0, 1, 2, 3, 3, 4, 5, 6)]


def test_a_take_too_short_holds_its_last_frame_and_says_so(studio: Studio, shelf: Shelf) -> None:
    events = studio.export(timeline(shelf.even.slot(10, 15), shelf.even.slot(20), gap(2)))
    notices = [event for event in events if isinstance(event, Notice)]
    assert [(notice.level, notice.text) for notice in notices] == [
        ("warning", "film/clip-2: its take is 5 frames too short; the last frame is held")
    ]
    assert studio.shown()[:10] == [(2, min(at, 19)) for at in range(15, 25)]


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{float(rate):.3f}")
def test_a_take_that_fills_its_place_is_not_complained_of(studio: Studio, shelf: Shelf, rate: Fraction) -> None:
    fills = [(source, source.fills(rate)) for source in (shelf.slow, shelf.even, shelf.fast)]
    assert not [e for e in studio.export(timeline(*(s.slot(n) for s, n in fills), rate=rate)) if isinstance(e, Notice)]
    events = studio.export(timeline(*(s.slot(n + 1) for s, n in fills), rate=rate))
    assert len([e for e in events if isinstance(e, Notice)]) == 3


def test_another_shape_gets_black_bars(studio: Studio, shelf: Shelf, tmp_path: Path) -> None:
    wide = media.video(tmp_path / "wide.mp4", clip=1, frames=3, size=(128, 64))
    Image.new("RGB", (30, 60), (255, 255, 255)).save(tmp_path / "tall.png")
    tall = Source(7, tmp_path / "tall.png", Fill.STILL)
    studio.export(timeline(Source(1, wide, Fill.VIDEO).slot(3), tall.slot(2)))
    pictures = [picture.convert("L") for _, picture in media.decoded(studio.film)]
    assert {picture.size for picture in pictures} == {(64, 64)}
    assert media.read_barcode(pictures[1].crop((0, 16, 64, 48)).convert("RGB")) == (1, 1)
    assert max(pictures[1].crop((0, 0, 64, 14)).getextrema()) < 8
    assert [pictures[3].getpixel((x, 32)) for x in (4, 60)] == [0, 0]
    assert pictures[3].getpixel((32, 32)) == pytest.approx(255, abs=3)


def test_pixels_that_are_not_square_are_made_so(studio: Studio, shelf: Shelf, tmp_path: Path) -> None:
    media.ffmpeg("-i", shelf.even.path, "-vf", "scale=32:64,setsar=2/1", tmp_path / "anamorphic.mp4")
    studio.export(timeline(Source(2, tmp_path / "anamorphic.mp4", Fill.VIDEO).slot(3)))
    assert studio.shown() == [(2, 0), (2, 1), (2, 2)]


def test_the_film_says_what_its_colours_are(studio: Studio, shelf: Shelf) -> None:
    studio.export(timeline(shelf.slow.slot(2), shelf.still.slot(2)))
    with av.open(str(studio.film)) as film:
        context = film.streams.video[0].codec_context
        assert (context.pix_fmt, context.color_primaries, context.color_trc, context.colorspace) == ("yuv420p", 1, 1, 1)
        assert film.streams.video[0].sample_aspect_ratio == 1


def test_white_stays_white_and_red_stays_red(studio: Studio, tmp_path: Path) -> None:
    for name, colour in (("white", (255, 255, 255)), ("red", (220, 30, 40))):
        Image.new("RGB", (64, 64), colour).save(tmp_path / f"{name}.png")
    studio.export(timeline(*(Source(0, tmp_path / f"{name}.png", Fill.STILL).slot(2) for name in ("white", "red"))))
    with av.open(str(studio.film)) as film:
        converted = [frame.reformat(format="rgb24", src_colorspace="ITU709") for frame in film.decode(video=0)]
        pictures = [frame.to_image() for frame in converted]
    assert pictures[0].getpixel((32, 32)) == pytest.approx((255, 255, 255), abs=3)
    assert pictures[2].getpixel((32, 32)) == pytest.approx((220, 30, 40), abs=4)


# The song


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".flac", ".ogg", ".m4a"])
def test_the_song_starts_with_the_film_to_the_sample(studio: Studio, shelf: Shelf, tmp_path: Path, suffix: str) -> None:
    song = media.song(tmp_path / f"song{suffix}", seconds=2)
    studio.export(timeline(gap(48), music=song))
    heard, sung = media.click_positions(studio.film), media.click_positions(song)
    assert len(heard) == 4
    assert heard == pytest.approx(sung, abs=3 / media.SAMPLE_RATE)


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(30000, 1001)])
@pytest.mark.parametrize("seconds", [0.5, 5])
def test_the_sound_is_as_long_as_the_film(studio: Studio, tmp_path: Path, rate: Fraction, seconds: float) -> None:
    studio.export(timeline(gap(50), rate=rate, music=media.song(tmp_path / "song.mp3", seconds=seconds)))
    with av.open(str(studio.film)) as film:
        sound, picture = film.streams.audio[0], film.streams.video[0]
        assert sound.duration == pytest.approx(float(50 / rate * media.SAMPLE_RATE), abs=1)
        assert picture.frames == 50
        assert picture.duration * picture.time_base == 50 / rate


def test_a_songs_cover_and_tags_and_the_takes_sound_stay_out(studio: Studio, shelf: Shelf, tmp_path: Path) -> None:
    song, cover = media.song(tmp_path / "song.mp3", seconds=1), media.image(tmp_path / "cover.png")
    album, talking = tmp_path / "album.mp3", tmp_path / "talking.mp4"
    media.ffmpeg(
        *("-i", song, "-i", cover, "-map", 0, "-map", 1, "-c", "copy", "-disposition:v", "attached_pic"),
        *("-metadata", "title=A song", "-metadata", "artist=A band", album),
    )
    media.ffmpeg("-i", shelf.even.path, "-i", song, "-c:v", "copy", talking)
    studio.export(timeline(Source(2, talking, Fill.VIDEO, 20, Fraction(24)).slot(5), music=album))
    with av.open(str(studio.film)) as film:
        assert [stream.type for stream in film.streams] == ["video", "audio"]
        assert film.metadata["title"] == "A film"
        assert "artist" not in film.metadata
    assert not media.click_positions(studio.film)  # the song's first click comes at 0.25 s, after the film's end


def test_a_songs_chapters_stay_out(studio: Studio, tmp_path: Path) -> None:
    chapter = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=Intro\n"
    (tmp_path / "chapters.txt").write_text(chapter)
    song, book = media.song(tmp_path / "song.m4a"), tmp_path / "book.m4a"
    media.ffmpeg("-i", song, "-i", tmp_path / "chapters.txt", "-map_chapters", 1, "-c", "copy", book)
    studio.export(timeline(gap(24), music=book))
    with av.open(str(studio.film)) as film:
        assert not film.chapters()
        assert [stream.type for stream in film.streams] == ["video", "audio"]


def test_a_film_without_song_is_silent(studio: Studio) -> None:
    studio.export(timeline(gap(3)))
    with av.open(str(studio.film)) as film:
        assert not film.streams.audio


# The way there


def test_progress_goes_from_the_first_frame_to_the_last(studio: Studio, shelf: Shelf) -> None:
    events = studio.export(timeline(shelf.slow.slot(7), gap(3), gap(3), shelf.even.slot(6)))
    for task in ("export", "join"):
        steps = [event for event in events if isinstance(event, Progress) and event.task == task]
        assert [step.done for step in steps] == sorted(step.done for step in steps)
        assert (steps[-1].done, steps[-1].total, steps[-1].unit) == (19, 19, "frame")


def test_a_changed_clip_costs_no_more_than_itself(studio: Studio, shelf: Shelf) -> None:
    first, again, changed = Watched(), Watched(), Watched()
    studio.export(timeline(shelf.slow.slot(5), gap(2), shelf.even.slot(5)), ffmpeg=first)
    studio.export(timeline(shelf.slow.slot(5), gap(2), shelf.even.slot(5)), ffmpeg=again)
    studio.export(timeline(shelf.slow.slot(5), gap(2), shelf.even.slot(5, 1)), ffmpeg=changed)
    assert [len(each.commands) for each in (first, again, changed)] == [4, 1, 2]
    assert studio.shown()[7:] == [(2, at) for at in range(1, 6)]


@pytest.mark.parametrize(
    "other",
    [
        {"quality": Quality.DRAFT},
        {"rate": Fraction(25)},
        {"size": 96},
        {"sha256": "another take"},
    ],
)
def test_what_changes_the_picture_is_encoded_anew(studio: Studio, shelf: Shelf, other: dict[str, object]) -> None:
    options = dict(other)
    slot = replace(shelf.slow.slot(3), sha256=str(options.pop("sha256", "a take")))
    quality = options.pop("quality", Quality.FINAL)
    studio.export(timeline(replace(slot, sha256="a take")))
    studio.export(timeline(slot, **options), quality=quality)  # type: ignore[arg-type]
    assert len(list(studio.cache.glob("*.mp4"))) == 2


def test_equal_slots_are_encoded_once(studio: Studio, shelf: Shelf) -> None:
    watched = Watched()
    studio.export(timeline(gap(4), shelf.still.slot(3), gap(4), shelf.still.slot(3)), ffmpeg=watched)
    assert len(watched.commands) == 3
    assert studio.shown() == [*[None] * 4, *[(5, 0)] * 3] * 2


def test_a_damaged_segment_in_the_cache_is_made_anew(studio: Studio, shelf: Shelf) -> None:
    studio.export(timeline(shelf.slow.slot(5)))
    (segment,) = studio.cache.glob("*.mp4")
    segment.write_bytes(segment.read_bytes()[:200])
    studio.export(timeline(shelf.slow.slot(5)))
    assert len(studio.shown()) == 5


@pytest.mark.parametrize("workers", [1, 3])
def test_no_more_ffmpegs_run_at_once_than_workers(studio: Studio, workers: int) -> None:
    watched = Watched()
    studio.export(timeline(*(gap(frames) for frames in range(1, 8))), ffmpeg=watched, workers=workers)
    assert watched.most_at_once <= workers


def test_a_passing_failure_is_tried_again(studio: Studio, shelf: Shelf) -> None:
    studio.export(timeline(shelf.slow.slot(5)), ffmpeg=Watched(failures=1))
    assert len(studio.shown()) == 5


def test_a_lasting_failure_names_the_clip(studio: Studio, shelf: Shelf) -> None:
    with pytest.raises(ExportFailed, match="film/clip-1") as failure:
        studio.export(timeline(shelf.slow.slot(5)), ffmpeg=Watched(failures=2))
    assert "told to" in failure.value.cause
    assert not studio.left_overs()


def test_a_segment_with_frames_missing_is_not_taken(studio: Studio, shelf: Shelf) -> None:
    watched = Watched(short="segment")
    with pytest.raises(ExportFailed, match="1 frames instead of 5"):
        studio.export(timeline(shelf.slow.slot(5)), ffmpeg=watched)
    assert len(watched.commands) == 2
    assert not list(studio.cache.iterdir())


def test_a_film_with_frames_missing_is_not_taken(studio: Studio, shelf: Shelf) -> None:
    with pytest.raises(ExportFailed, match="1 frames instead of 7"):
        studio.export(timeline(shelf.slow.slot(5), gap(2)), ffmpeg=Watched(short="film"))
    assert not studio.film.exists()
    assert not studio.left_overs()


# Interruptions and refusals


def until_first_segment(studio: Studio, export: Generator[Event, None, None]) -> None:
    """Run an export until one segment is finished and another is being encoded."""
    while not list(studio.cache.glob("[!.]*.mp4")):
        next(export)


@contextmanager
def long_running(studio: Studio, shelf: Shelf) -> Iterator[tuple[Watched, Generator[Event, None, None]]]:
    watched = Watched()
    cut = timeline(gap(2), replace(shelf.still.slot(20_000), label="long"), shelf.slow.slot(3))
    export = studio.start(cut, ffmpeg=watched, workers=2)
    yield watched, export
    export.close()


@pytest.mark.parametrize("end", ["close", "interrupt"])
def test_an_export_stopped_half_way_leaves_only_finished_segments(studio: Studio, shelf: Shelf, end: str) -> None:
    studio.film.write_bytes(b"the film of yesterday")
    with long_running(studio, shelf) as (watched, export):
        until_first_segment(studio, export)
        if end == "close":
            export.close()
        else:
            with pytest.raises(KeyboardInterrupt):
                export.throw(KeyboardInterrupt)
    assert watched.at_once == 0
    assert not studio.left_overs()
    assert list(studio.cache.iterdir())
    assert studio.film.read_bytes() == b"the film of yesterday"


def test_an_interrupted_export_goes_on_where_it_stopped(studio: Studio, shelf: Shelf) -> None:
    with long_running(studio, shelf) as (_, export):
        until_first_segment(studio, export)
    finished = len(list(studio.cache.iterdir()))
    watched = Watched()
    studio.export(timeline(gap(2), shelf.slow.slot(3), shelf.even.slot(2)), ffmpeg=watched)
    assert len(watched.commands) == 4 - finished


def test_a_failed_export_leaves_the_old_film(studio: Studio, shelf: Shelf) -> None:
    studio.film.write_bytes(b"the film of yesterday")
    with pytest.raises(ExportFailed):
        studio.export(timeline(shelf.slow.slot(5)), ffmpeg=Watched(failures=9))
    assert studio.film.read_bytes() == b"the film of yesterday"


def test_an_old_film_is_replaced_when_the_new_one_is_complete(studio: Studio) -> None:
    studio.film.write_bytes(b"the film of yesterday")
    studio.export(timeline(gap(3)))
    assert studio.shown() == [None] * 3
    assert not studio.left_overs()


@pytest.mark.parametrize("name", ["film.mov", "film", "film.mp4.txt"])
def test_only_mp4_is_written(studio: Studio, name: str) -> None:
    with pytest.raises(InvalidInput, match="exported as MP4"):
        list(
            export_video(
                timeline(gap(1)), studio.folder / name, ffmpeg=studio.ffmpeg, cache=studio.cache, draw_card=draw_card
            )
        )


def test_a_missing_folder_is_told_before_any_encoding(studio: Studio) -> None:
    destination = studio.folder / "nowhere" / "film.mp4"
    watched = Watched()
    with pytest.raises(InvalidInput, match="there is no folder"):
        list(export_video(timeline(gap(1)), destination, ffmpeg=watched, cache=studio.cache, draw_card=draw_card))
    assert not watched.commands


def test_an_unwritable_folder_is_told_before_any_encoding(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    watched = Watched()
    with pytest.raises(ExportFailed, match="Permission denied"):
        studio.export(timeline(gap(1)), ffmpeg=watched)
    assert not watched.commands


def test_a_folder_in_the_films_place_is_refused(studio: Studio) -> None:
    studio.film.mkdir()
    with pytest.raises(InvalidInput, match="it is a folder"):
        studio.export(timeline(gap(1)))


def test_an_empty_film_is_refused(studio: Studio) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        studio.export(timeline())


def test_lost_media_are_all_named_before_any_encoding(studio: Studio, shelf: Shelf, tmp_path: Path) -> None:
    lost = replace(shelf.slow, path=tmp_path / "lost.mp4").slot(3)
    with pytest.raises(NotFound) as failure:
        studio.export(timeline(gap(1), lost, music=tmp_path / "lost.mp3"))
    assert "film/clip-1" in failure.value.cause
    assert "lost.mp3" in failure.value.cause


def test_a_take_that_is_no_film_is_named_before_any_encoding(studio: Studio, shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a film")
    watched = Watched()
    with pytest.raises(MediaInvalid, match="film/clip-1"):
        studio.export(timeline(replace(shelf.slow, path=tmp_path / "text.mp4").slot(3)), ffmpeg=watched)
    assert not watched.commands


@pytest.mark.parametrize(
    "error",
    [OSError(errno.ENOSPC, "No space left on device"), DiskFull("the disk is full", cause="No space left on device")],
)
def test_a_full_disk_is_called_that_with_the_folders_to_look_at(studio: Studio, error: Exception) -> None:
    def full(*_: object) -> None:
        raise error

    with pytest.raises(DiskFull, match="No space left") as failure:
        studio.export(timeline(card(3)), draw_card=full)
    assert str(studio.folder) in failure.value.fix
    assert str(studio.cache) in failure.value.fix
    assert not studio.left_overs()
    assert not studio.film.exists()


# Encoding, joining and the cache, each alone


def test_sides_are_made_even() -> None:
    assert Encoding.of(Fraction(24), 1281, 719, Quality.FINAL).size == (1280, 720)


@pytest.mark.parametrize(
    ("size", "draft"),
    [((1920, 1080), (960, 540)), ((1080, 1920), (540, 960)), ((832, 480), (832, 480)), ((1024, 1024), (540, 540))],
)
def test_a_draft_is_540_lines(size: tuple[int, int], draft: tuple[int, int]) -> None:
    assert Encoding.of(Fraction(24), *size, Quality.DRAFT).size == draft


@given(rate=st.sampled_from([*RATES, Fraction(25, 2), Fraction(16)]))
def test_a_frame_lasts_a_whole_number_of_ticks(rate: Fraction) -> None:
    encoding = Encoding.of(rate, 64, 64, Quality.FINAL)
    assert (encoding.timescale / rate).denominator == 1
    assert encoding.timescale >= 10_000


@given(lengths=st.lists(st.integers(1, 500), min_size=1, max_size=300), rate=st.sampled_from(RATES))
def test_rounding_never_adds_up_over_many_segments(lengths: list[int], rate: Fraction) -> None:
    cut = timeline(*(gap(frames) for frames in lengths), rate=rate)
    listing = concat_list(cut.slots, [Path("/a.mp4")] * len(lengths), rate)
    total = sum(Fraction(line.split()[1]) for line in listing.splitlines() if line.startswith("duration"))
    assert abs(total - cut.frames / rate) <= Fraction(1, 1_000_000)


def test_a_folder_with_a_quote_in_its_name_can_be_joined(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    folder = tmp_path / "it's #1: 100%d & more"
    folder.mkdir()
    studio = Studio(folder, ffmpeg)
    studio.export(timeline(gap(2), card(2), music=media.song(folder / "a:b'%d.wav", seconds=0.5)))
    assert studio.shown() == [None, None, (9, 0), (9, 1)]


def fill(cache: SegmentCache, **ages: float) -> None:
    """Segments of 100 bytes, last used so many hours ago."""
    for key, hours in ages.items():
        cache.path(key).write_bytes(bytes(100))
        os.utime(cache.path(key), times=(0, time.time() - 3600 * hours))


def kept(cache: SegmentCache) -> set[str]:
    return {path.name for path in cache.folder.iterdir()}


def test_the_longest_unused_segments_go_first(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path, limit=250)
    fill(cache, a=5, b=9, c=7, d=3)
    cache.prune(keep=())
    assert kept(cache) == {"a.mp4", "d.mp4"}


def test_a_segment_in_use_is_never_removed(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path, limit=0)
    fill(cache, of_this_film=9, of_an_export_beside=0.5, of_nobody=8)
    cache.prune(keep=["of_this_film"])
    assert kept(cache) == {"of_this_film.mp4", "of_an_export_beside.mp4"}


def test_taking_a_segment_counts_as_use(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path, limit=0)
    media.video(cache.path("taken"), frames=2)
    os.utime(cache.path("taken"), times=(0, 0))
    assert cache.take("taken", 2)
    cache.prune(keep=())
    assert kept(cache) == {"taken.mp4"}


def test_what_a_killed_export_left_is_swept_after_a_day(tmp_path: Path) -> None:
    cache = SegmentCache(tmp_path, limit=1000)
    for name, hours in (("old", 25), ("new", 1)):
        (tmp_path / f".{name}.mp4").touch()
        (tmp_path / f".source-{name}").mkdir()
        (tmp_path / f".source-{name}" / "still.png").touch()
        for path in (tmp_path / f".{name}.mp4", tmp_path / f".source-{name}"):
            os.utime(path, times=(0, time.time() - 3600 * hours))
    cache.prune(keep=())
    assert kept(cache) == {".new.mp4", ".source-new"}


def test_an_export_keeps_the_cache_below_its_limit(studio: Studio, shelf: Shelf) -> None:
    studio.export(timeline(shelf.slow.slot(5), shelf.even.slot(5)))
    for segment in studio.cache.glob("*.mp4"):
        os.utime(segment, times=(0, 0))
    studio.export(timeline(gap(2)), cache_limit=1)
    assert len(list(studio.cache.iterdir())) == 1
