"""What is said of a cut before an editor opens it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tests.data import media
from tests.fakes.cuts import MEDIA, cut, still, take
from tests.fakes.film_studio import gap
from vidctl.domain.timeline import Slot
from vidctl.exporters.editors import FORMATS
from vidctl.exporters.remarks import remarks


def said(*slots: Slot, form: str = "fcpxml", rate: Fraction | int = 24, song: Path | None = None) -> list[str]:
    return list(remarks(cut(slots, rate, song=song), FORMATS[form]))


def test_of_a_cut_that_all_show_alike_nothing_is_said(tmp_path: Path) -> None:
    assert said(take(5), gap(3), still(4), song=media.song(tmp_path / "song.wav")) == []


@pytest.mark.parametrize(("count", "told"), [(3, "2 frames too short"), (4, "1 frame too short")])
def test_a_take_that_ends_early_is_named(count: int, told: str) -> None:
    assert said(take(5, count=count)) == [f"verse/hero: its take is {told}; a gap follows"]


def test_takes_at_other_rates_are_named_together() -> None:
    slots = [take(5, rate=16, name=f"film/verse/{letter}") for letter in "abcde"]
    [told] = said(*slots, take(5))
    assert told.startswith("verse/a, verse/b, verse/c and 2 more: not at the film's rate")


@pytest.mark.parametrize(
    "slot", [take(5, path=MEDIA / "a.webm"), take(5, path=MEDIA / "a.webp"), still(5, path=MEDIA / "a.webp")]
)
def test_files_that_some_editors_cannot_read_are_named(slot: Slot) -> None:
    [told] = said(slot)
    assert "not every editor reads such a file; --conform" in told


def test_a_song_that_some_editors_cannot_read_is_named(tmp_path: Path) -> None:
    assert said(take(5), song=media.song(tmp_path / "song.ogg"))[0].startswith("song.ogg: not every editor")


def test_stills_are_told_of_where_the_format_has_none() -> None:
    assert "only knows as frozen films" in said(still(5), form="edl")[0]
    assert said(still(5), form="resolve") == []


@pytest.mark.parametrize(("rate", "form", "told"), [(48, "fcpxml", 1), (48, "edl", 0), (60, "fcpxml", 0)])
def test_a_rate_that_final_cut_lacks_is_told(rate: int, form: str, told: int) -> None:
    assert len(said(take(5, rate=rate), form=form, rate=rate)) == told
