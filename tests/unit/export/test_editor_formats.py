"""Every format for editors tells the same cut, exactly, at every rate."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data import media
from tests.fakes.cuts import CLOCKS, MEDIA, cut, hour_one, mixed, still, take
from tests.fakes.film_studio import gap
from vidctl.domain.timeline import Slot
from vidctl.errors import ExportFailed, InvalidInput
from vidctl.exporters.check import Placed
from vidctl.exporters.editors import FORMATS, Format, export_cut
from vidctl.exporters.edits import edits_of
from vidctl.exporters.record_clock import RecordClock

each_format = pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS.keys())
each_clock = pytest.mark.parametrize(("rate", "drop"), CLOCKS, ids=lambda value: str(value))


def url(name: str) -> str:
    return (MEDIA / name).as_uri()


@each_format
@each_clock
def test_what_is_written_reads_back_as_the_cut(form: Format, rate: Fraction, drop: bool, tmp_path: Path) -> None:
    out, clock = tmp_path / f"film{form.suffix}", hour_one(rate, drop)
    song = media.song(tmp_path / "song.wav", seconds=2)
    export_cut(cut(mixed(rate), rate, song=song), out, clock, form)
    assert sorted(form.read(out.read_bytes().decode(), clock), key=lambda each: (each.track, each.start)) == [
        Placed("audio", 0, min(32, int(2 * rate)), 0, song.as_uri()),
        Placed("video", 0, 7, 0, url("hero.mp4")),
        Placed("video", 7, 5),
        Placed("video", 12, 4, 0, url("still.png")),
        Placed("video", 16, 6, 2, url("slow.mp4")),
        Placed("video", 22, 8, 1, url("short.mp4")),
        Placed("video", 30, 2),
    ]


RATES = [Fraction(16), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(1000, 41)]
slots = st.builds(
    take,
    frames=st.integers(1, 3000),
    rate=st.sampled_from(RATES),
    count=st.integers(1, 4000),
    skip=st.integers(0, 200),
    path=st.uuids().map(lambda name: MEDIA / f"{name}.mp4"),
)


@each_format
@given(
    shots=st.lists(st.one_of(slots, slots.map(lambda slot: gap(slot.frames))), min_size=1, max_size=6),
    which=st.sampled_from(CLOCKS),
)
def test_any_cut_can_be_written_and_is_found_right(
    form: Format, shots: list[Slot], which: tuple[Fraction, bool]
) -> None:
    rate, drop = which
    timeline, clock = cut(shots, rate), hour_one(rate, drop)
    found = list(form.read(form.write(timeline, clock), clock))
    assert [(each.start, each.frames) for each in found] == [(edit.start, edit.frames) for edit in edits_of(timeline)]
    assert sum(each.frames for each in found) == timeline.frames


@given(shots=st.lists(slots, min_size=1, max_size=6), which=st.sampled_from(CLOCKS))
def test_no_edit_reaches_past_its_files_end_and_none_is_shorter_than_it_must_be(
    shots: list[Slot], which: tuple[Fraction, bool]
) -> None:
    rate = which[0]
    for edit in edits_of(cut(shots, rate)):
        if edit.source:
            assert (edit.skip + edit.frames) / rate <= edit.source.seconds
    for shot in shots:
        shown = sum(edit.frames for edit in edits_of(cut([shot], rate)) if edit.source)
        assert shot.facts is not None
        length = shot.facts.frames / Fraction(shot.facts.fps or 0) if shot.facts.frames else Fraction(0)
        assert shown == shot.frames or (shot.media_start + shown + 1) / rate > length


@each_format
def test_markup_controls_and_line_ends_in_names_stay_text(form: Format, tmp_path: Path) -> None:
    nasty = (
        'x"<&>\x00\x1b[1m\r\n002  EVIL     V     C        00:00:00:00 00:00:09:00 00:00:00:00 00:00:09:00\u2028\ud800'
    )
    timeline = cut([take(5, name=f"film/{nasty}", prompt=nasty), still(3, name=f"film/{nasty}")], title=nasty)
    out = tmp_path / f"film{form.suffix}"
    export_cut(timeline, out, hour_one(Fraction(24)), form)
    text = out.read_bytes().decode()
    assert [each.frames for each in form.read(text, hour_one(Fraction(24)))] == [5, 3]
    assert not set(text) & {"\x00", "\x1b", "\u2028"}


@each_format
def test_a_path_of_any_letters_stays_the_path(form: Format, tmp_path: Path) -> None:
    path = MEDIA / "Jörg & Söhne" / "100% wet's #1?.mp4"
    clock = hour_one(Fraction(24))
    export_cut(cut([take(5, path=path)]), tmp_path / f"film{form.suffix}", clock, form)
    [found] = form.read((tmp_path / f"film{form.suffix}").read_bytes().decode(), clock)
    assert found.url == path.as_uri()


@each_format
def test_a_silent_film_has_no_track_for_sound(form: Format) -> None:
    clock = hour_one(Fraction(24))
    assert {each.track for each in form.read(form.write(cut([take(5)]), clock), clock)} == {"video"}


@each_format
def test_a_song_shorter_than_a_frame_is_left_out(form: Format, tmp_path: Path) -> None:
    clock = hour_one(Fraction(1, 3))
    timeline = cut([gap(2)], Fraction(1, 3), song=media.song(tmp_path / "song.wav"))
    assert {each.track for each in form.read(form.write(timeline, clock), clock)} == {"video"}


@each_format
def test_the_film_begins_where_it_is_told_to(form: Format) -> None:
    clock = RecordClock.reading("10:00:00:12", Fraction(24), drop=False)
    text = form.write(cut([take(5)]), clock)
    assert [each.start for each in form.read(text, clock)] == [0]
    with pytest.raises((ExportFailed, AssertionError)):
        assert [each.start for each in form.read(text, hour_one(Fraction(24)))] == [0]


@each_format
def test_a_file_that_came_out_wrong_is_not_kept(form: Format, tmp_path: Path) -> None:
    other = Format(form.suffix, lambda timeline, clock: form.write(cut([take(6)]), clock), form.read)
    out = tmp_path / f"film{form.suffix}"
    out.write_text("mine")
    with pytest.raises(ExportFailed, match="came out wrong"):
        export_cut(cut([take(5)]), out, hour_one(Fraction(24)), other)
    assert out.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    ("text", "rate", "drop", "told"),
    [
        ("1:00:00:00", 24, False, "not a timecode"),
        ("12.5", 24, False, "not a timecode"),
        ("24:00:00:00", 24, False, "not a timecode"),
        ("01:60:00:00", 24, False, "not a timecode"),
        ("01:00:00:24", 24, False, "not a timecode"),
        ("01:00:00;00", 30, False, "drop-frame timecode"),
        ("01:00:00:00", 30, True, "no drop frame at 30"),
        ("01:01:00:00", Fraction(30000, 1001), True, "does not exist"),
    ],
)
def test_a_start_that_cannot_be_is_refused(text: str, rate: Fraction, drop: bool, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        RecordClock.reading(text, Fraction(rate), drop=drop)


@pytest.mark.parametrize(("rate", "drop"), CLOCKS, ids=str)
def test_a_film_may_last_till_midnight_but_not_beyond(rate: Fraction, drop: bool) -> None:
    clock = RecordClock.reading("23:59:59:00", rate, drop=drop)
    left = -(-rate.numerator // rate.denominator)
    clock.check_day(left)
    with pytest.raises(InvalidInput, match="past 24:00:00:00"):
        clock.check_day(left + 1)
