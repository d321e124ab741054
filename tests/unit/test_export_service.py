"""The cut: which take fills which frames of the film, and what is said of the gaps."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from tests.data import media
from tests.fakes.gallery_filler import new_take
from tests.fakes.house import House, told
from vidctl.domain.asset import Asset, AssetKind
from vidctl.domain.clip import Clip
from vidctl.domain.events import Event, Notice, Progress, Result
from vidctl.domain.project import Project
from vidctl.domain.recipe import LyricLine, MediaKind, TitleCard
from vidctl.domain.timeline import Fill, Slot
from vidctl.errors import Conflict, ExportFailed, InvalidInput, NotFound
from vidctl.exporters.check import Placed
from vidctl.exporters.editors import FORMATS
from vidctl.exporters.encoding import Quality
from vidctl.exporters.record_clock import DEFAULT_START, RecordClock
from vidctl.services.export_service import Gap


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path, project="film", ffmpeg=media.ffmpeg_path()) as house:
        yield house


@pytest.fixture
def film(house: House) -> Project:
    """A film of 24 fps without clips."""
    return house.project("film", fps="24")


def give(house: House, clip: Clip, kind: AssetKind) -> Asset:
    """Give a clip a take of that kind."""
    name = "picture.png" if kind is AssetKind.IMAGE else "film.mp4"
    with house.files.incoming(name) as incoming:
        if kind is AssetKind.IMAGE:
            media.image(incoming)
        else:
            media.video(incoming, frames=4)
        asset = house.app.gallery.store_file(incoming, kind, name)
    house.app.gallery.add_take(new_take(clip, asset.id, len(house.takes.find_many({})), MediaKind(kind.value)), {})
    return asset


def cut(house: House, gap: Gap = Gap.BLACK) -> list[tuple[int, int, Fill, str]]:
    """(start, frames, fill, label) of each slot."""
    return [(slot.start, slot.frames, slot.fill, slot.label) for slot in slots(house, gap)]


def slots(house: House, gap: Gap = Gap.BLACK) -> tuple[Slot, ...]:
    return house.app.export.cut("film", gap).timeline.slots


# what a clip shows


def test_the_selected_video_is_shown(house: House, film: Project) -> None:
    clip = house.clip(house.scene(film))
    give(house, clip, AssetKind.IMAGE)
    video = give(house, clip, AssetKind.VIDEO)
    [slot] = slots(house)
    assert (slot.fill, slot.sha256, slot.frames) == (Fill.VIDEO, video.id, 24)
    assert slot.media == house.app.gallery.path(video)


def test_the_later_part_of_a_split_clip_goes_on_where_the_first_ends(house: House, film: Project) -> None:
    clip = house.clip(house.scene(film))
    give(house, clip, AssetKind.VIDEO)
    house.app.clip_arranger.split("hero", "10f")
    first, later = slots(house)
    assert (first.start, first.frames, first.media_start) == (0, 10, 0)
    assert (later.start, later.frames, later.media_start) == (10, 14, 10)
    assert first.sha256 == later.sha256


def test_alternates_are_no_part_of_the_cut_but_of_the_json(house: House, film: Project, tmp_path: Path) -> None:
    house.clip(house.scene(film))
    house.app.clip_arranger.make_alternate("hero", None)
    house.app.scene_arranger.make_alternate("verse", None)
    assert [label for _, _, _, label in cut(house)] == ["film/verse/hero"]
    house.app.export.export_json("film", tmp_path / "film.json", overwrite=False)
    told = json.loads((tmp_path / "film.json").read_text(encoding="utf-8"))
    assert [(s["slug"], [c["slug"] for c in s["clips"]]) for s in told["scenes"]] == [
        ("verse", ["hero", "hero-a1"]),
        ("verse-a1", ["hero", "hero-a1"]),
    ]


def test_a_still_is_held_where_there_is_no_video(house: House, film: Project) -> None:
    clip = house.clip(house.scene(film))
    still = give(house, clip, AssetKind.IMAGE)
    [slot] = slots(house)
    assert (slot.fill, slot.sha256) == (Fill.STILL, still.id)


def test_a_video_that_is_not_selected_is_not_shown(house: House, film: Project) -> None:
    clip = house.clip(house.scene(film))
    give(house, clip, AssetKind.VIDEO)
    house.choose(clip.id, MediaKind.VIDEO, None)
    assert cut(house) == [(0, 24, Fill.BLACK, "film/verse/hero")]


@pytest.mark.parametrize(("gap", "fill"), [(Gap.BLACK, Fill.BLACK), (Gap.CARD, Fill.CARD)])
def test_a_clip_without_a_take_is_black_or_a_card(house: House, film: Project, gap: Gap, fill: Fill) -> None:
    house.clip(house.scene(film), image_prompt="a singer")
    [slot] = slots(house, gap)
    assert slot.fill is fill
    assert (slot.card.prompt if slot.card else "") == ("a singer" if gap is Gap.CARD else "")
    assert house.app.export.cut("film", gap).missing == ("film/verse/hero",)


@pytest.fixture
def gappy(house: House, film: Project) -> Project:
    """Clips at 0-2 s and 2.5-3.5 s under a song of 5 s with three lines."""
    scene = house.scene(film)
    house.clip(scene, "first", length=48)
    house.clip(scene, "second", length=24, position=60)
    lines = [(1900, 2200, "into the gap"), (2900, 3000, "over a clip"), (4000, 4500, "after all")]
    lyrics = [{"start_ms": start, "end_ms": end, "text": text} for start, end, text in lines]
    house.projects.update_by_id(film.id, {"$set": {"music_duration": 5.0, "lyrics": lyrics}})
    return film


def test_stretches_without_a_clip_show_cards_where_cards_are_wanted(house: House, gappy: Project) -> None:
    assert cut(house, Gap.CARD) == [
        (0, 48, Fill.CARD, "film/verse/first"),
        (48, 12, Fill.CARD, ""),
        (60, 24, Fill.CARD, "film/verse/second"),
        (84, 36, Fill.CARD, ""),
    ]
    assert house.app.export.cut("film", Gap.CARD).missing == ("film/verse/first", "film/verse/second")


def test_the_card_of_a_gap_tells_film_time_and_lyrics(house: House, gappy: Project) -> None:
    _, between, _, after = (slot.card for slot in slots(house, Gap.CARD))
    assert between == TitleCard(
        project="Film",
        scene="",
        clip="gap",
        lyrics=(LyricLine(start=0, end=5, text="into the gap"),),
        start_frame=48,
    )
    assert after is not None
    assert (after.start_frame, after.lyrics) == (84, (LyricLine(start=12, end=24, text="after all"),))


def test_stretches_without_a_clip_are_black_unless_cards_are_wanted(house: House, gappy: Project) -> None:
    assert {fill for _, _, fill, label in cut(house, Gap.BLACK) if not label} == {Fill.BLACK}


def test_a_film_with_gaps_is_drawn_to_its_end(house: House, gappy: Project, tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    list(house.app.export.export_video("film", out, gap=Gap.CARD, quality=Quality.DRAFT, overwrite=False))
    seen = [max(picture.convert("L").tobytes()) > 40 for _, picture in media.decoded(out)]
    assert seen == [True] * 120


def test_a_lost_file_is_told_and_not_cut_around(house: House, film: Project) -> None:
    clip = house.clip(house.scene(film))
    house.app.gallery.path(give(house, clip, AssetKind.VIDEO)).unlink()
    with pytest.raises(NotFound, match="is missing"):
        cut(house)


# where it is shown


def test_scenes_follow_one_another(house: House, film: Project) -> None:
    house.clip(house.scene(film, "one", order=1), "a", position=6)
    house.clip(house.scene(film, "zero", order=0), "b", length=12)
    assert cut(house) == [
        (0, 12, Fill.BLACK, "film/zero/b"),
        (12, 6, Fill.BLACK, ""),
        (18, 24, Fill.BLACK, "film/one/a"),
    ]


def test_the_clip_that_starts_later_is_shown_where_two_overlap(house: House, film: Project) -> None:
    scene = house.scene(film)
    give(house, house.clip(scene, "long", length=48), AssetKind.VIDEO)
    give(house, house.clip(scene, "short", length=12, position=12), AssetKind.IMAGE)
    assert cut(house) == [
        (0, 12, Fill.VIDEO, "film/verse/long"),
        (12, 12, Fill.STILL, "film/verse/short"),
        (24, 24, Fill.VIDEO, "film/verse/long"),
    ]
    assert slots(house)[2].media_start == 24
    assert house.app.export.cut("film", Gap.BLACK).overlapping == (
        "film/verse/long and film/verse/short overlap by 0.5 s (12 frames) at 00:00:00:12; the later one is shown",
    )


def test_every_pair_that_overlaps_is_told_as_the_timeline_tells_it(house: House, film: Project) -> None:
    scene = house.scene(film)
    for name, position, length in (("long", 0, 96), ("a", 12, 24), ("b", 24, 24), ("c", 48, 6)):
        house.clip(scene, name, position=position, length=length)
    told = house.app.export.cut("film", Gap.BLACK).overlapping
    issues = [issue.text for issue in house.app.timeline.project_analysis("film").issues]
    assert [text.partition(";")[0] for text in told] == issues
    assert len(told) == 4


def test_of_very_many_overlaps_the_first_are_told_and_how_many_more(house: House, film: Project) -> None:
    scene = house.scene(film)
    for number in range(6):
        house.clip(scene, f"c{number}")
    told = house.app.export.cut("film", Gap.BLACK).overlapping
    assert len(told) == 11
    assert told[-1] == "5 more pairs of clips overlap: vidctl project analyze finds them"


def test_of_clips_that_start_together_the_one_that_is_told_as_second_is_shown(house: House, film: Project) -> None:
    later, sooner = house.scene(film, "a", order=1, start=0), house.scene(film, "b", order=0)
    house.clip(later, "upper"), house.clip(sooner, "lower")
    [pair] = house.app.timeline.project_analysis("film").overlaps
    assert [label for _, _, _, label in cut(house)] == [pair.second] == ["film/a/upper"]


def test_clips_that_touch_do_not_overlap(house: House, film: Project) -> None:
    scene = house.scene(film)
    house.clip(scene, "a"), house.clip(scene, "b", position=24)
    assert house.app.export.cut("film", Gap.BLACK).overlapping == ()


@pytest.mark.parametrize(("seconds", "frames"), [(0.5, 24), (1.0, 24), (2.5, 60), (None, 24)])
def test_the_film_lasts_as_long_as_its_cut_or_its_song(
    house: House, film: Project, seconds: float | None, frames: int
) -> None:
    house.clip(house.scene(film))
    house.projects.update_by_id(film.id, {"$set": {"music_duration": seconds}})
    assert house.app.export.cut("film", Gap.BLACK).timeline.frames == frames


def test_letters_that_cards_cannot_show_are_told_once(house: House, film: Project, tmp_path: Path) -> None:
    scene = house.scene(film)
    for number in range(2):
        house.clip(scene, f"c{number}", position=number, length=1, image_prompt="a\ufdd0")
    wanted = {"quality": Quality.DRAFT, "overwrite": True}
    for gap, times in ((Gap.CARD, 1), (Gap.BLACK, 0)):
        events = list(house.app.export.export_video("film", tmp_path / "film.mp4", gap=gap, **wanted))  # type: ignore[arg-type]
        assert sum("U+FDD0" in notice.text for notice in told(events, Notice)) == times


def test_a_film_without_clips_is_no_film(house: House, film: Project) -> None:
    with pytest.raises(InvalidInput) as refused:
        cut(house)
    assert "vidctl clip create" in refused.value.fix


def test_the_rate_and_the_song_are_the_films(house: House, tmp_path: Path) -> None:
    film = house.project("film", fps="30000/1001", width=80, height=48)
    house.clip(house.scene(film))
    song = house.app.media.set_music("film", media.song(tmp_path / "song.wav"))
    timeline = house.app.export.cut("film", Gap.BLACK).timeline
    assert (timeline.rate, timeline.width, timeline.height) == (Fraction(30000, 1001), 80, 48)
    assert timeline.music == Path(song.file_path)


# writing it


def test_a_film_is_exported_with_notices_and_a_result(house: House, film: Project, tmp_path: Path) -> None:
    scene = house.scene(film)
    give(house, house.clip(scene, "a", length=6), AssetKind.IMAGE)
    house.clip(scene, "b", length=6, position=4)
    out = tmp_path / "film.mp4"
    events = list(house.app.export.export_video("film", out, gap=Gap.CARD, quality=Quality.DRAFT, overwrite=False))
    assert [notice.text for notice in told(events, Notice)] == [
        "film/verse/a and film/verse/b overlap by 0.0833 s (2 frames) at 00:00:00:04; the later one is shown",
        "film/verse/b has no selected take: a title card",
    ]
    [result] = told(events, Result)
    assert (result.value.frames, result.value.clips, result.value.missing) == (10, 2, ["film/verse/b"])
    assert len(list(media.decoded(out))) == 10


@pytest.mark.parametrize("there", ["file", "folder"])
def test_what_is_there_is_not_replaced(house: House, film: Project, tmp_path: Path, there: str) -> None:
    house.clip(house.scene(film))
    out = tmp_path / "film.mp4"
    out.mkdir() if there == "folder" else out.write_bytes(b"mine")
    for export in (
        lambda: list(house.app.export.export_video("film", out, gap=Gap.BLACK, quality=Quality.DRAFT, overwrite=False)),
        lambda: house.app.export.export_json("film", out, overwrite=False),
    ):
        with pytest.raises((Conflict, InvalidInput)):
            export()
    assert out.is_dir() or out.read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["film.mkv", "nowhere/film.mp4"])
def test_a_place_for_no_film_is_refused_before_anything_is_said(
    house: House, film: Project, tmp_path: Path, name: str
) -> None:
    house.clip(house.scene(film))
    export = house.app.export.export_video(
        "film", tmp_path / name, gap=Gap.BLACK, quality=Quality.DRAFT, overwrite=False
    )
    with pytest.raises(InvalidInput):
        next(iter(export))


def test_the_json_holds_every_clip_and_its_takes(house: House, film: Project, tmp_path: Path) -> None:
    clip = house.clip(house.scene(film))
    give(house, clip, AssetKind.IMAGE)
    found = house.app.export.export_json("film", tmp_path / "film.json", overwrite=False)
    written = json.loads((tmp_path / "film.json").read_text(encoding="utf-8"))
    [shot] = written["scenes"][0]["clips"]
    assert (shot["id"], len(shot["gallery"]["images"]), found.clips) == (clip.id, 1, 1)


# for editors


def exporting(house: House, out: Path, **wishes: object) -> Generator[Event, None, None]:
    wanted: dict[str, object] = {"start": None, "drop_frame": False, "conform": False, "overwrite": False} | wishes
    yield from house.app.export.export_cut("film", out, FORM[out.suffix], **wanted)  # type: ignore[arg-type]


def told_of(house: House, out: Path, **wishes: object) -> list[Event]:
    return list(exporting(house, out, **wishes))


FORM = {form.suffix: name for name, form in FORMATS.items()}
every_form = pytest.mark.parametrize("suffix", FORM)


@every_form
def test_clips_of_all_scenes_lie_where_the_film_shows_them(
    house: House, film: Project, tmp_path: Path, suffix: str
) -> None:
    house.clip(house.scene(film, "zero", order=0), "b", length=12)
    clip = house.clip(house.scene(film, "one", order=1), "a", length=4, position=6)
    shown = house.app.gallery.path(give(house, clip, AssetKind.VIDEO))
    told_of(house, tmp_path / f"film{suffix}")
    read, clock = FORMATS[FORM[suffix]].read, RecordClock.reading(DEFAULT_START, Fraction(24), drop=False)
    assert list(read((tmp_path / f"film{suffix}").read_bytes().decode(), clock)) == [
        Placed("video", 0, 12),
        Placed("video", 12, 6),
        Placed("video", 18, 4, 0, shown.as_uri()),
    ]


@every_form
def test_what_is_missing_short_or_hidden_is_told(house: House, film: Project, tmp_path: Path, suffix: str) -> None:
    scene = house.scene(film)
    give(house, house.clip(scene, "a", length=6), AssetKind.VIDEO)
    house.clip(scene, "b", length=6, position=5)
    give(house, house.clip(scene, "c", length=6, position=11), AssetKind.VIDEO)
    events = told_of(house, tmp_path / f"film{suffix}")
    assert [notice.text for notice in told(events, Notice)] == [
        "film/verse/a and film/verse/b overlap by 0.0417 s (1 frame) at 00:00:00:05; the later one is shown",
        "film/verse/b has no selected take: a gap",
        "verse/a: its take is 1 frame too short; a gap follows",
        "verse/c: its take is 2 frames too short; a gap follows",
    ]
    [result] = told(events, Result)
    assert (result.value.format, result.value.frames, result.value.missing) == (FORM[suffix], 17, ["film/verse/b"])


def test_the_prompt_goes_along_even_where_nothing_is_shown(house: House, film: Project, tmp_path: Path) -> None:
    house.clip(house.scene(film), image_prompt="a singer", video_prompt="a singer turns")
    told_of(house, tmp_path / "film.edl")
    assert "a singer turns" in (tmp_path / "film.edl").read_text()


def test_with_conform_the_takes_are_copied_beside_the_cut(house: House, film: Project, tmp_path: Path) -> None:
    give(house, house.clip(house.scene(film), length=6), AssetKind.VIDEO)
    events = told_of(house, tmp_path / "film.fcpxml", conform=True)
    assert [path.name for path in (tmp_path / "film-media").iterdir()] == ["001-verse-hero.mp4"]
    assert told(events, Progress)[-1].done == 6
    assert (tmp_path / "film-media" / "001-verse-hero.mp4").as_uri() in (tmp_path / "film.fcpxml").read_text()
    assert told(events, Notice) == []


def test_a_folder_of_copies_is_not_written_to_unasked(house: House, film: Project, tmp_path: Path) -> None:
    give(house, house.clip(house.scene(film), length=4), AssetKind.VIDEO)
    (tmp_path / "film-media").mkdir()
    with pytest.raises(Conflict, match="film-media exists"):
        told_of(house, tmp_path / "film.edl", conform=True)
    assert not (tmp_path / "film.edl").exists()
    told_of(house, tmp_path / "film.edl", conform=True, overwrite=True)
    assert (tmp_path / "film.edl").exists()


def beside(film: Path) -> list[str]:
    """What lies in the film's folder, and in folders within it."""
    kept = ("assets", "cache")
    found = (path.relative_to(film.parent) for path in film.parent.rglob("*"))
    return sorted(path.as_posix() for path in found if path.parts[0] not in kept)


def test_an_interrupted_export_leaves_no_folder_of_copies(house: House, film: Project, tmp_path: Path) -> None:
    give(house, house.clip(house.scene(film), length=4), AssetKind.VIDEO)
    before = beside(tmp_path / "film.edl")
    events = exporting(house, tmp_path / "film.edl", conform=True)
    assert isinstance(next(events), Progress)
    assert beside(tmp_path / "film.edl") != before
    with pytest.raises(KeyboardInterrupt):
        events.throw(KeyboardInterrupt)
    assert beside(tmp_path / "film.edl") == before


def test_a_failed_export_leaves_no_folder_of_copies(
    house: House, film: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(house, house.clip(house.scene(film), length=4), AssetKind.VIDEO)
    before = beside(tmp_path / "film.edl")
    misread = replace(FORMATS["edl"], read=lambda text, clock: iter(()))
    monkeypatch.setattr("vidctl.services.export_service.FORMATS", {"edl": misread})
    with pytest.raises(ExportFailed):
        told_of(house, tmp_path / "film.edl", conform=True)
    assert beside(tmp_path / "film.edl") == before


def test_a_film_that_the_format_cannot_hold_is_refused_before_anything_is_copied(
    house: House, film: Project, tmp_path: Path
) -> None:
    house.projects.update_by_id(film.id, {"$set": {"fps": "120"}})
    house.clip(house.scene(film))
    with pytest.raises(InvalidInput, match="120 frames a second"):
        told_of(house, tmp_path / "film.edl", conform=True)
    assert not (tmp_path / "film-media").exists()
