"""The animatic: exact frames, what stands on them, and a backend that can be stopped."""

from __future__ import annotations

import errno
import shutil
import threading
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from vidctl.domain.recipe import LyricLine, MediaKind, RenderRequest, TitleCard
from vidctl.errors import DiskFull, OutputInvalid, RenderFailed, RenderRejected, ServerCannotRender
from vidctl.gateways.animatic import AnimaticBackend, draw_card
from vidctl.gateways.card_layers import Layout, scene_hue
from vidctl.gateways.card_look import USUAL, look_of
from vidctl.gateways.render_backend import RemoteFile, RenderCancelled, RenderDone, RenderProgress, Whereabouts
from vidctl.gateways.title_card import CardPainter, zoom_box

SIZE = (160, 160)
FILM = Fraction(24)


def card(**changes: Any) -> TitleCard:
    values: dict[str, Any] = {"project": "Neon Nights", "scene": "Chorus", "clip": "Hero", "prompt": "a city at night"}
    return TitleCard(**(values | changes))


def request(**changes: Any) -> RenderRequest:
    values: dict[str, Any] = {"kind": MediaKind.VIDEO, "backend": "animatic", "width": 64, "height": 64, "frames": 5}
    return RenderRequest(**({"card": card()} | values | changes))


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[AnimaticBackend]:
    stills = tmp_path / "stills"
    stills.mkdir()
    drawing = AnimaticBackend(tmp_path / "work", lambda asset: path if (path := stills / asset).exists() else None)
    yield drawing
    drawing.close()


def rendered(backend: AnimaticBackend, wanted: RenderRequest, prompt_id: str = "r1") -> RenderDone:
    backend.submit(wanted, prompt_id)
    *_, done = backend.watch(prompt_id)
    assert isinstance(done, RenderDone)
    return done


def frames_of(path: Path | None) -> list[Image.Image]:
    with av.open(str(path)) as container:
        return [frame.to_image() for frame in container.decode(video=0)]  # type: ignore[no-untyped-call]


def painter(
    frames: int = 20, still: Image.Image | None = None, size: tuple[int, int] = SIZE, **changes: Any
) -> CardPainter:
    return CardPainter(card(**changes), frames, FILM, size, still)


def band(picture: Image.Image, top: int, bottom: int) -> bytes:
    return picture.crop((0, top, picture.width, bottom)).tobytes()


def lyric_band(picture: Image.Image) -> bytes:
    layout = Layout(picture.size)
    return band(picture, layout.lyric_top, layout.lyric_bottom)


def timecode_band(picture: Image.Image) -> bytes:
    layout = Layout(picture.size)
    return picture.crop((0, layout.foot, picture.width // 2, layout.height - layout.bar)).tobytes()


def middle(picture: Image.Image) -> tuple[float, ...]:
    """The mean colour where nothing is written."""
    width, height = picture.size
    mean = ImageStat.Stat(picture.crop((0, height // 2, width, height * 6 // 10))).mean
    return tuple(mean)


@pytest.mark.parametrize("fps", ["24", "30000/1001", "16"])
def test_a_clip_has_exactly_its_frames_at_exactly_its_rate(backend: AnimaticBackend, fps: str) -> None:
    done = rendered(backend, request(fps=fps, frames=37))
    with av.open(str(done.files[0].local)) as container:
        stream = container.streams.video[0]
        times = [frame.pts * stream.time_base for frame in container.decode(stream)]
    assert stream.average_rate == Fraction(fps)
    assert times == [number / Fraction(fps) for number in range(37)]


def test_a_clip_says_how_its_colours_are_meant(backend: AnimaticBackend) -> None:
    done = rendered(backend, request())
    with av.open(str(done.files[0].local)) as container:
        codec = container.streams.video[0].codec_context
        assert (codec.name, codec.pix_fmt) == ("h264", "yuv420p")
        assert (codec.colorspace, codec.color_primaries, codec.color_trc, codec.color_range) == (1, 1, 1, 1)


def test_the_colours_of_a_still_come_through_the_encoder(backend: AnimaticBackend, tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), (200, 40, 90)).save(tmp_path / "stills" / "red", "PNG")
    drawn = CardPainter(card(), 5, FILM, (320, 320), Image.new("RGB", (64, 64), (200, 40, 90))).frame(2)
    done = rendered(backend, request(width=320, height=320, card=card(still_asset="red")))
    assert middle(frames_of(done.files[0].local)[2]) == pytest.approx(middle(drawn), abs=4)


def test_a_line_of_lyrics_shows_from_its_frame_to_its_end() -> None:
    drawing = painter(lyrics=(LyricLine(start=5, end=9, text="Neon nights"),))
    bands = [lyric_band(drawing.frame(number)) for number in range(12)]
    without = lyric_band(painter().frame(0))
    assert [shown == without for shown in bands] == [number not in range(5, 9) for number in range(12)]


def test_of_two_lines_at_once_the_later_one_shows() -> None:
    long = LyricLine(start=0, end=20, text="long")
    both = painter(lyrics=(LyricLine(start=5, end=9, text="short"), long))
    only_long = painter(lyrics=(long,))
    same = [lyric_band(both.frame(n)) == lyric_band(only_long.frame(n)) for n in (4, 5, 8, 9)]
    assert same == [True, False, False, True]


def test_the_timecode_changes_with_every_frame_and_counts_from_the_film() -> None:
    early, late = painter(start_frame=0), painter(start_frame=7)
    bands = [timecode_band(early.frame(number)) for number in range(20)]
    assert len(set(bands)) == 20
    assert [timecode_band(late.frame(number)) for number in range(13)] == bands[7:]


def test_the_progress_line_reaches_the_edge_with_the_last_frame() -> None:
    drawing = painter(frames=4)
    ends = [drawing.frame(number).crop((0, SIZE[1] - 1, *SIZE)).convert("L").tobytes() for number in range(4)]
    assert [end.count(end[0]) for end in ends] == [40, 80, 120, 160]


def test_scenes_differ_in_colour_and_a_scene_keeps_its_own() -> None:
    assert middle(painter(scene="Verse").frame(0)) != middle(painter(scene="Chorus").frame(0))
    assert middle(painter(clip="Other").frame(0)) == middle(painter().frame(0))


def test_a_still_shows_through_darker_than_it_is() -> None:
    red, green, blue = middle(painter(still=Image.new("RGB", (300, 100), (0, 0, 240))).frame(0))
    assert (red, green) == pytest.approx((0, 0), abs=3)
    assert 90 < blue < 200


def test_a_still_moves_slowly_towards_us() -> None:
    still = Image.radial_gradient("L")
    drawing = painter(still=still)
    pictures = [drawing.frame(number).crop((0, 60, 160, 100)) for number in range(20)]
    steps = [ImageStat.Stat(ImageChops.difference(a, b).convert("L")).mean[0] for a, b in pairwise(pictures)]
    assert all(0 < step < 6 for step in steps)


SIDES = st.integers(16, 4000)


@given(SIDES, SIDES, st.floats(0, 1), st.floats(0, 1), st.integers(0, 2**63), st.text(min_size=1, max_size=9))
def test_the_zoom_never_leaves_the_still_and_never_goes_back(
    w: int, h: int, a: float, b: float, seed: int, name: str
) -> None:
    to = look_of(card(clip=name), seed).towards
    (left, top, right, bottom), later = zoom_box((w, h), min(a, b), to), zoom_box((w, h), max(a, b), to)
    assert left >= 0
    assert top >= 0
    assert right <= w + 1e-6
    assert bottom <= h + 1e-6
    assert later[2] - later[0] <= right - left + 1e-6
    assert (right - left) / (bottom - top) == pytest.approx(w / h)


def drawn(backend: AnimaticBackend, name: str, **changes: Any) -> bytes:
    """The pixels of a still of a card."""
    wanted = request(kind=MediaKind.IMAGE, width=160, height=160, frames=1, **changes)
    with Image.open(str(rendered(backend, wanted, name).files[0].local)) as picture:
        return picture.tobytes()


def test_each_seed_that_is_chosen_has_a_look_of_its_own_and_always_the_same(backend: AnimaticBackend) -> None:
    looks = [drawn(backend, f"r{seed}", seed=seed, values={"seed": seed}) for seed in range(9)]
    assert len(set(looks)) == 9
    assert drawn(backend, "again", seed=5, values={"seed": 5}) == looks[5]


def test_a_seed_that_nobody_has_chosen_leaves_the_usual_look(backend: AnimaticBackend) -> None:
    usual = drawn(backend, "r1")
    assert drawn(backend, "r2", seed=7) == usual
    assert drawn(backend, "r3", seed=USUAL, values={"seed": USUAL}) == usual


def test_the_usual_look_stays_what_it_was() -> None:
    """Recipes that are kept promise the same picture."""
    ground = painter(prompt="").frame(0)
    assert [ground.getpixel(place) for place in ((159, 0), (0, 150), (159, 150))] == [
        (73, 29, 37), (56, 19, 27), (29, 9, 21),
    ]  # fmt: skip
    look = look_of(card(), USUAL)
    assert (look.mirrored, look.flipped, look.outwards) == (False, False, False)
    assert look.towards == pytest.approx((0.46824, 0.59765), abs=1e-4)


def test_letters_that_cannot_be_drawn_are_told_once(backend: AnimaticBackend) -> None:
    told = [
        rendered(backend, request(frames=1, card=card(prompt=prompt)), f"r{number}").warnings
        for number, prompt in enumerate(("rain", "rain \ufdd0", "\ufdd0 snow", "\ufdd0 \ufdd1"))
    ]
    assert [len(warnings) for warnings in told] == [0, 1, 0, 1]
    assert "U+FDD0" in told[1][0]
    assert "U+FDD0" not in told[3][0]


def test_seeds_turn_the_ground_and_the_way_a_still_moves() -> None:
    looks = [look_of(card(), seed) for seed in range(1, 33)]
    assert {(look.mirrored, look.flipped, look.outwards) for look in looks} == set(product((False, True), repeat=3))
    assert all(abs(look.hue - scene_hue("Chorus")) <= 0.1 for look in looks)


def test_a_still_may_move_away() -> None:
    away = next(seed for seed in range(1, 33) if look_of(card(), seed).outwards)
    drawing = CardPainter(card(), 20, FILM, SIZE, Image.radial_gradient("L"), away)
    near, far = (drawing.frame(number).crop((0, 60, 160, 100)).convert("L") for number in (0, 19))
    assert ImageStat.Stat(near).mean[0] < ImageStat.Stat(far).mean[0]  # the dark middle fills the picture at first


PROMPTS = ["", "a", "Mädchen läuft – 日本の夜 🌃 العربية", "x" * 100_000, 'say "hi"\n' * 20_000, "\x00\x07\u200d\ufdd0"]
SIZES = [(64, 64), (64, 640), (640, 64), (16, 16), (360, 640), (642, 362)]


@pytest.mark.parametrize("prompt", PROMPTS, ids=["empty", "letter", "unicode", "long word", "long text", "controls"])
def test_any_prompt_is_drawn_at_any_size(prompt: str) -> None:
    line = LyricLine(start=0, end=9, text=prompt or " ")
    for size in SIZES:
        for still in (None, Image.new("L", (3, 500))):
            drawn = painter(size=size, still=still, prompt=prompt, clip=prompt[:200] or "-", lyrics=(line,)).frame(0)
            assert (drawn.size, drawn.mode) == (size, "RGB")


def test_a_film_of_many_hours_still_has_a_timecode() -> None:
    assert timecode_band(painter(start_frame=24 * 3600 * 11).frame(0)) != timecode_band(painter().frame(0))


def test_progress_rises_with_every_frame_to_1(backend: AnimaticBackend) -> None:
    backend.submit(request(frames=9), "r1")
    *steps, done = backend.watch("r1")
    assert steps == [RenderProgress(n / 9, node="title card", step=n, steps=9) for n in range(1, 10)]
    assert isinstance(done, RenderDone)
    assert done.seconds


def test_the_same_request_gives_the_same_file(backend: AnimaticBackend) -> None:
    first, second = (rendered(backend, request(), name).files[0].local for name in ("r1", "r2"))
    assert first
    assert second
    assert first.read_bytes() == second.read_bytes()


def test_another_thread_stops_a_render_and_nothing_is_left(backend: AnimaticBackend, tmp_path: Path) -> None:
    backend.submit(request(frames=2_000), "r1")
    events = backend.watch("r1")
    next(events)
    found: list[bool] = []
    stopper = threading.Thread(target=lambda: found.append(backend.cancel("r1")))
    stopper.start()
    with pytest.raises(RenderCancelled):
        list(events)
    stopper.join()
    assert found == [True]
    assert list((tmp_path / "work").iterdir()) == []
    assert backend.cancel("r1") is False
    assert backend.locate("r1") is Whereabouts.UNKNOWN


def test_a_render_that_waits_is_cancelled_before_it_is_drawn(backend: AnimaticBackend) -> None:
    backend.submit(request(), "r1")
    assert backend.cancel("r1") is True
    with pytest.raises(RenderCancelled):
        list(backend.watch("r1"))


def test_a_watch_left_early_can_be_taken_up_again(backend: AnimaticBackend, tmp_path: Path) -> None:
    backend.submit(request(), "r1")
    events = backend.watch("r1")
    next(events)
    assert backend.locate("r1") is Whereabouts.RUNNING
    assert backend.status().running == 1
    events.close()
    assert backend.locate("r1") is Whereabouts.QUEUED
    assert list((tmp_path / "work").iterdir()) == []
    assert isinstance(list(backend.watch("r1"))[-1], RenderDone)


def test_a_finished_render_repeats_its_result(backend: AnimaticBackend) -> None:
    done = rendered(backend, request())
    assert backend.locate("r1") is Whereabouts.FINISHED
    assert list(backend.watch("r1")) == [done]


def test_an_id_is_taken_only_once(backend: AnimaticBackend) -> None:
    backend.submit(request(), "r1")
    with pytest.raises(RenderRejected):
        backend.submit(request(), "r1")


@pytest.mark.parametrize("changes", [{"card": None}, {"width": 65}, {"height": 63}])
def test_what_cannot_be_drawn_is_refused_before_it_is_kept(backend: AnimaticBackend, changes: dict[str, Any]) -> None:
    with pytest.raises(ServerCannotRender):
        backend.submit(request(**changes), "r1")
    assert backend.locate("r1") is Whereabouts.UNKNOWN


def test_an_image_is_the_card_as_a_png_of_any_size(backend: AnimaticBackend) -> None:
    done = rendered(backend, request(kind=MediaKind.IMAGE, width=65, height=63, frames=1))
    assert done.files[0].local
    with Image.open(done.files[0].local) as picture:
        assert (picture.format, picture.size) == ("PNG", (65, 63))


def test_a_card_is_not_drawn_over_a_picture_of_a_card(backend: AnimaticBackend, tmp_path: Path) -> None:
    image = rendered(backend, request(kind=MediaKind.IMAGE), "still")
    backend.fetch(image.files[0], tmp_path / "stills" / "card")
    plain = rendered(backend, request(), "plain").files[0].local
    over = rendered(backend, request(card=card(still_asset="card")), "over").files[0].local
    assert plain
    assert over
    assert plain.read_bytes() == over.read_bytes()


def test_a_still_that_is_not_here_is_told_and_not_fatal(backend: AnimaticBackend) -> None:
    done = rendered(backend, request(card=card(still_asset="gone")))
    assert "Hero" in done.warnings[0]


def test_a_still_that_does_not_decode_fails_the_render(backend: AnimaticBackend, tmp_path: Path) -> None:
    (tmp_path / "stills" / "bad").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    backend.submit(request(card=card(still_asset="bad")), "r1")
    with pytest.raises(RenderFailed, match="does not decode"):
        list(backend.watch("r1"))


def test_fetching_onto_a_full_disk_leaves_nothing(
    backend: AnimaticBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = rendered(backend, request())

    def full(source: Path, destination: Path) -> None:
        destination.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    target = tmp_path / "target"
    target.mkdir()
    with pytest.raises(DiskFull):
        backend.fetch(done.files[0], target / "take.mp4")
    assert list(target.iterdir()) == []


def test_a_name_from_elsewhere_reads_no_file_outside_the_work_folder(backend: AnimaticBackend, tmp_path: Path) -> None:
    rendered(backend, request())
    (tmp_path / "secret").write_text("x")
    with pytest.raises(OutputInvalid):
        backend.fetch(RemoteFile("../secret"), tmp_path / "copy")


@pytest.mark.parametrize("kind", list(MediaKind))
def test_a_work_folder_that_cannot_be_written_fails_the_render(tmp_path: Path, kind: MediaKind) -> None:
    (tmp_path / "work").write_text("a file in its place")
    backend = AnimaticBackend(tmp_path / "work", lambda asset: None)
    backend.submit(request(kind=kind), "r1")
    with pytest.raises(RenderFailed, match="could not write"):
        list(backend.watch("r1"))


def test_closing_removes_what_was_made(backend: AnimaticBackend, tmp_path: Path) -> None:
    rendered(backend, request())
    backend.close()
    assert list((tmp_path / "work").iterdir()) == []


def test_a_gap_is_filled_with_the_card_from_where_it_is_skipped(tmp_path: Path) -> None:
    draw_card(card(), 7, 4, FILM, (320, 180), tmp_path / "gap.mp4")
    frames = frames_of(tmp_path / "gap.mp4")
    whole = painter(frames=11, size=(320, 180))
    assert len(frames) == 4
    for number, frame in enumerate(frames):
        apart = [
            ImageStat.Stat(ImageChops.difference(frame, whole.frame(other)).convert("L")).mean[0] for other in range(11)
        ]
        assert apart.index(min(apart)) == 7 + number


def test_a_card_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(RenderFailed, match=r"gap\.mp4"):
        draw_card(card(), 0, 2, FILM, (64, 64), tmp_path / "missing" / "gap.mp4")
