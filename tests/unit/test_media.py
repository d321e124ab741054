"""Examining media: what a file is comes from decoding all of it."""

from __future__ import annotations

import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from tests.data import media
from vidctl.domain.asset import AssetKind, MediaFacts
from vidctl.errors import InvalidInput, MediaInvalid, NotFound
from vidctl.gateways import decoding
from vidctl.gateways.media import examine
from vidctl.gateways.pictures import fitted
from vidctl.gateways.probing import measure

SONGS = [".mp3", ".wav", ".flac", ".ogg", ".opus", ".m4a", ".aac"]
FILMS = [".mp4", ".mov", ".mkv", ".webm"]
PICTURES = [".png", ".jpg", ".webp", ".gif"]
ANIMATIONS = [".webp", ".gif", ".png"]


@pytest.mark.parametrize("suffix", SONGS)
def test_a_song_is_as_long_as_its_samples(tmp_path: Path, suffix: str) -> None:
    facts = examine(media.song(tmp_path / f"song{suffix}", seconds=1.5), AssetKind.AUDIO)
    assert facts.kind is AssetKind.AUDIO
    assert facts.has_audio
    assert (facts.width, facts.frames, facts.fps) == (None, None, None)
    assert facts.duration == pytest.approx(1.5, abs=0.07)  # raw AAC keeps its encoder's silence


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [44_100, 48_000])
@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3", ".ogg", ".m4a"])
def test_the_duration_is_exact_where_the_format_can_say_it(
    tmp_path: Path, suffix: str, rate: int, channels: int
) -> None:
    samples = 99_991  # no whole number of any codec's frames
    wav = media.song(tmp_path / "source.wav", seconds=samples / rate, rate=rate)
    media.ffmpeg("-i", wav, "-ac", channels, tmp_path / f"song{suffix}")
    assert examine(tmp_path / f"song{suffix}").duration == samples / rate


def test_an_m4a_that_was_cut_without_encoding_is_as_long_as_its_edit_list_says(tmp_path: Path) -> None:
    song = media.song(tmp_path / "song.m4a", seconds=2.0)
    media.ffmpeg("-ss", 0.5, "-i", song, "-c", "copy", "-t", 1, tmp_path / "cut.m4a")
    assert examine(tmp_path / "cut.m4a").duration == len(media.sound(tmp_path / "cut.m4a")[1]) / media.SAMPLE_RATE


@pytest.mark.parametrize(
    ("suffix", "media_type", "extension"),
    [
        (".mp3", "audio/mpeg", ".mp3"),
        (".m4a", "audio/mp4", ".m4a"),
        (".opus", "audio/ogg", ".ogg"),
        (".wav", "audio/wav", ".wav"),
    ],
)
def test_a_song_is_named_by_its_container(tmp_path: Path, suffix: str, media_type: str, extension: str) -> None:
    facts = examine(media.song(tmp_path / f"song{suffix}", seconds=0.5))
    assert (facts.media_type, facts.extension) == (media_type, extension)


@pytest.mark.parametrize("suffix", FILMS)
@pytest.mark.parametrize("rate", [Fraction(16), Fraction(24000, 1001), Fraction(30)])
def test_the_frames_of_a_film_are_counted(tmp_path: Path, suffix: str, rate: Fraction) -> None:
    facts = examine(media.video(tmp_path / f"take{suffix}", frames=17, rate=rate, size=(64, 48)), AssetKind.VIDEO)
    assert (facts.width, facts.height, facts.frames, facts.has_audio) == (64, 48, 17, False)
    assert facts.fps == str(rate)
    assert facts.duration == pytest.approx(float(17 / rate))


def test_a_film_tells_whether_it_has_sound(tmp_path: Path) -> None:
    film, song = media.video(tmp_path / "film.mp4"), media.song(tmp_path / "song.wav", seconds=0.5)
    media.ffmpeg("-i", film, "-i", song, "-c:v", "copy", tmp_path / "both.mp4")
    assert examine(tmp_path / "both.mp4").has_audio


@pytest.mark.parametrize("suffix", PICTURES)
def test_a_still_is_a_picture(tmp_path: Path, suffix: str) -> None:
    facts = examine(media.image(tmp_path / f"still{suffix}", size=(40, 24)), AssetKind.IMAGE)
    assert (facts.kind, facts.extension, facts.width, facts.height) == (AssetKind.IMAGE, suffix, 40, 24)
    assert (facts.frames, facts.duration, facts.fps) == (None, None, None)


@pytest.mark.parametrize("suffix", ANIMATIONS)
def test_an_animated_picture_is_a_film(tmp_path: Path, suffix: str) -> None:
    facts = examine(media.animation(tmp_path / f"take{suffix}", frames=5, milliseconds=50), AssetKind.VIDEO)
    assert (facts.kind, facts.frames, facts.fps, facts.duration) == (AssetKind.VIDEO, 5, "20", 0.25)


@pytest.mark.parametrize(("milliseconds", "fps"), [(62, "16"), (41, "24"), (33, "30"), (40, "25"), (83, "12")])
def test_an_animation_cut_to_whole_milliseconds_gets_its_rate_back(tmp_path: Path, milliseconds: int, fps: str) -> None:
    assert examine(media.animation(tmp_path / "take.webp", milliseconds=milliseconds)).fps == fps


def test_a_picture_is_measured_the_way_it_is_shown(tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6  # a quarter turn
    media.barcode(1, 1, (60, 40)).save(tmp_path / "phone.jpg", exif=turned)
    facts = examine(tmp_path / "phone.jpg")
    assert (facts.width, facts.height) == (40, 60)


def test_a_cover_picture_does_not_make_a_song_a_film(tmp_path: Path) -> None:
    song, cover = media.song(tmp_path / "song.mp3"), media.image(tmp_path / "cover.png")
    media.ffmpeg(
        *("-i", song, "-i", cover, "-map", 0, "-map", 1, "-c", "copy", "-disposition:v", "attached_pic"),
        tmp_path / "album.mp3",
    )
    assert examine(tmp_path / "album.mp3", AssetKind.AUDIO).duration == 2.0


def id3(*frames: bytes) -> bytes:
    """An ID3v2.4 tag of fewer than 128 bytes."""
    content = b"".join(frames)
    return b"ID3\x04\0\0\0\0\0" + bytes([len(content)]) + content


def test_tags_in_an_old_encoding_do_no_harm(tmp_path: Path) -> None:
    song = media.song(tmp_path / "song.mp3", seconds=0.5)
    artist = b"TPE1\0\0\0\x07\0\0\x03M\xfcller"  # says UTF-8, is Latin-1
    song.write_bytes(id3(artist) + song.read_bytes())
    assert examine(song).kind is AssetKind.AUDIO


def test_an_id3_tag_before_flac_does_not_make_it_an_mp3(tmp_path: Path) -> None:
    song = media.song(tmp_path / "song.flac", seconds=0.5)
    song.write_bytes(id3(bytes(100)) + song.read_bytes())
    assert examine(song).media_type == "audio/flac"


def test_a_name_with_a_colon_is_no_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    media.song(tmp_path / "http:song%d.wav", seconds=0.5)
    monkeypatch.chdir(tmp_path)
    assert examine(Path("http:song%d.wav")).duration == 0.5


def test_a_file_without_suffix_is_known_by_its_content(tmp_path: Path) -> None:
    shutil.copy(media.video(tmp_path / "take.webm"), tmp_path / "output")
    assert examine(tmp_path / "output").media_type == "video/webm"


def test_a_picture_under_another_pictures_name_is_taken_for_what_it_is(tmp_path: Path) -> None:
    shutil.copy(media.image(tmp_path / "still.jpg"), tmp_path / "still.png")
    assert examine(tmp_path / "still.png").extension == ".jpg"


# What is refused


@pytest.mark.parametrize("suffix", [*SONGS, *FILMS, *PICTURES])
def test_an_empty_file_is_refused(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"nothing{suffix}").touch()
    with pytest.raises(MediaInvalid, match="is empty"):
        examine(tmp_path / f"nothing{suffix}")


@pytest.mark.parametrize("suffix", [*SONGS, *FILMS, *PICTURES])
@pytest.mark.parametrize("text", ["not audio\n", "#EXTM3U\n/etc/hostname\n", "ffconcat version 1.0\nfile other.mp3\n"])
def test_text_is_refused_whatever_it_is_called(tmp_path: Path, suffix: str, text: str) -> None:
    (tmp_path / f"text{suffix}").write_text(text)
    with pytest.raises(MediaInvalid) as refusal:
        examine(tmp_path / f"text{suffix}")
    assert refusal.value.cause == "it is text"
    assert refusal.value.fix


def make(path: Path) -> Path:
    if path.suffix in FILMS:
        return media.video(path, frames=30)
    if path.suffix in SONGS:
        return media.song(path)
    return media.image(path)


def verdict(path: Path) -> MediaFacts | None:
    try:
        return examine(path)
    except MediaInvalid:
        return None


def cut(path: Path, share: float) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: max(16, int(len(content) * share))])
    return path


# Raw AAC says nothing of its length: cut between two frames it is a shorter song.
@pytest.mark.parametrize("suffix", [*SONGS[:-1], *FILMS, *PICTURES])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_a_truncated_file_is_refused(tmp_path: Path, suffix: str, share: float) -> None:
    with pytest.raises(MediaInvalid, match="incomplete"):
        examine(cut(make(tmp_path / f"cut{suffix}"), share))


@pytest.mark.parametrize("suffix", ANIMATIONS)
def test_a_truncated_animation_is_refused(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(MediaInvalid, match="incomplete"):
        examine(cut(media.animation(tmp_path / f"take{suffix}"), 0.6))


@pytest.mark.parametrize("suffix", [".mp3", ".flac", ".ogg", ".m4a", ".mp4", ".mkv", ".png", ".jpg"])
def test_a_damaged_file_is_refused(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(MediaInvalid, match=r"damaged|incomplete"):
        examine(media.damage(make(tmp_path / f"bad{suffix}")))


def test_what_a_strict_ffmpeg_refuses_is_refused(tmp_path: Path) -> None:
    """Small scratches, of which libav hides many unless it is told to be strict."""
    for seed in range(25):
        film = media.scratch(media.video(tmp_path / "scratched.mp4", frames=30), seed)
        strict = (media.ffmpeg_path(), "-nostdin", "-v", "error", "-xerror", "-err_detect", "explode")
        if subprocess.run([*strict, "-i", film, "-f", "null", "-"], capture_output=True, check=False).returncode:
            with pytest.raises(MediaInvalid):
                examine(film)


def test_a_complaint_counts_although_another_file_has_caused_it_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """libav only logs some damage, and PyAV holds back what it has just said."""
    monkeypatch.delitem(decoding._STRICT, "err_detect")
    for seed in range(8):
        film = media.scratch(media.video(tmp_path / "scratched.mp4", frames=30), seed)
        assert len({verdict(film) is None for _ in range(3)}) == 1


def test_a_truncated_song_tells_both_lengths(tmp_path: Path) -> None:
    with pytest.raises(MediaInvalid) as refusal:
        examine(cut(media.song(tmp_path / "song.mp3", seconds=4), 0.5))
    assert refusal.value.cause.startswith("its header announces 4.0 s, decoding it gave 2.")


def test_an_mp3_without_length_in_its_header_is_not_blamed(tmp_path: Path) -> None:
    """Its length is guessed from the bit rate of its start, which here is far from the rest's."""
    quiet_then_loud = "anullsrc=d=2[a];anoisesrc=d=2[b];[a][b]concat=v=0:a=1"
    media.ffmpeg("-f", "lavfi", "-i", quiet_then_loud, "-write_xing", 0, "-q:a", 4, tmp_path / "plain.mp3")
    assert examine(tmp_path / "plain.mp3").duration == pytest.approx(4.0, abs=0.1)


def test_a_streamed_wav_without_length_is_not_blamed(tmp_path: Path) -> None:
    song = media.song(tmp_path / "song.wav", seconds=0.5)
    content = bytearray(song.read_bytes())
    content[4:8] = content[40:44] = b"\xff\xff\xff\xff"
    song.write_bytes(content)
    assert examine(song).duration == 0.5


def test_a_playlist_behind_a_songs_tag_is_refused(tmp_path: Path) -> None:
    """libav looks for a format behind the tag: left to itself it would open what the playlist names."""
    media.song(tmp_path / "secret.mp3")
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nsecret.mp3\n#EXT-X-ENDLIST\n"
    (tmp_path / "song.mp3").write_bytes(id3(bytes(20)) + playlist)
    with pytest.raises(MediaInvalid):
        examine(tmp_path / "song.mp3")


def test_a_film_that_nothing_here_can_decode_is_refused(tmp_path: Path) -> None:
    film = media.video(tmp_path / "take.mp4")
    film.write_bytes(film.read_bytes().replace(b"avc1", b"zzz1"))
    with pytest.raises(MediaInvalid, match="no decoder"):
        examine(film)


@pytest.mark.parametrize("name", ["song.mp3", "song.m4a", "song.wav"])
def test_a_film_called_a_song_is_refused(tmp_path: Path, name: str) -> None:
    shutil.copy(media.video(tmp_path / "take.mp4"), tmp_path / name)
    with pytest.raises(MediaInvalid):
        examine(tmp_path / name)


def test_a_song_in_another_formats_name_is_refused_with_the_right_name(tmp_path: Path) -> None:
    shutil.copy(media.song(tmp_path / "song.mp3"), tmp_path / "mix.flac")
    with pytest.raises(MediaInvalid, match="MP3, not FLAC") as refusal:
        examine(tmp_path / "mix.flac")
    assert refusal.value.fix.endswith("rename it to mix.mp3")


@pytest.mark.parametrize(
    ("make_one", "expect"),
    [
        (lambda folder: media.song(folder / "a.mp3"), AssetKind.IMAGE),
        (lambda folder: media.image(folder / "a.png"), AssetKind.AUDIO),
        (lambda folder: media.image(folder / "a.webp"), AssetKind.VIDEO),
        (lambda folder: media.animation(folder / "a.webp"), AssetKind.IMAGE),
        (lambda folder: media.video(folder / "a.mp4"), AssetKind.AUDIO),
    ],
)
def test_another_kind_than_expected_is_refused(
    tmp_path: Path, make_one: Callable[[Path], Path], expect: AssetKind
) -> None:
    with pytest.raises(MediaInvalid, match=r"is not a (picture|film|song)"):
        examine(make_one(tmp_path), expect)


def test_a_song_above_the_limit_is_refused(tmp_path: Path) -> None:
    song = media.song(tmp_path / "song.wav", seconds=0.5)
    assert examine(song, music_limit=song.stat().st_size)
    with pytest.raises(MediaInvalid, match="too large"):
        examine(song, music_limit=song.stat().st_size - 1)


def test_a_song_without_samples_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaInvalid):
        examine(media.song(tmp_path / "silence.wav", seconds=0))


def test_a_decompression_bomb_is_refused_unopened(tmp_path: Path) -> None:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    size = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(bytes(100)))
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + pixels + chunk(b"IEND", b""))
    with pytest.raises(MediaInvalid, match="too many pixels"):
        examine(tmp_path / "bomb.png")


def test_a_film_of_enormous_frames_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(decoding._STRICT, "max_pixels", "1000")
    with pytest.raises(MediaInvalid):
        examine(media.video(tmp_path / "take.mp4"))


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        examine(tmp_path / "nowhere.mp3")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot read"):
        examine(tmp_path)


def test_good_and_bad_files_may_be_examined_side_by_side(tmp_path: Path) -> None:
    """libav's log is one for the process; no thread may hear of another's damage."""
    good, bad = media.song(tmp_path / "good.flac"), media.damage(media.song(tmp_path / "bad.flac"))

    with ThreadPoolExecutor(4) as threads:
        verdicts = list(threads.map(verdict, [good, bad] * 20))
    assert all(verdicts[0::2])
    assert not any(verdicts[1::2])


# Measuring without decoding, and stills on a canvas


@pytest.mark.parametrize("suffix", [*FILMS, ".webp"])
def test_measuring_agrees_with_examining(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"take{suffix}"
    path = media.animation(path, frames=9) if suffix == ".webp" else media.video(path, frames=9, rate=16)
    extent, facts = measure(path), examine(path)
    assert extent.frames == facts.frames
    assert float(extent.seconds) == pytest.approx(facts.duration, abs=0.002)
    assert extent.sound is None


def test_a_still_is_fitted_with_black_bars(tmp_path: Path) -> None:
    Image.new("RGB", (100, 50), (255, 255, 255)).save(tmp_path / "wide.png")
    canvas = fitted(tmp_path / "wide.png", (64, 64))
    assert canvas.size == (64, 64)
    assert [canvas.getpixel((32, y))[0] for y in (2, 32, 61)] == [0, 255, 0]  # type: ignore[index]


def test_what_is_transparent_becomes_black(tmp_path: Path) -> None:
    Image.new("RGBA", (64, 64), (255, 255, 255, 0)).save(tmp_path / "clear.png")
    assert fitted(tmp_path / "clear.png", (64, 64)).getpixel((32, 32)) == (0, 0, 0)
