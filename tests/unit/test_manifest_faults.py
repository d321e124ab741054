"""Everything that is wrong with a manifest is told at once: line, field and what would be right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vidctl.domain.manifest_film import FilmDocuments
from vidctl.domain.manifest_layout import lay_out
from vidctl.errors import InvalidInput, NewerFormat, NotFound
from vidctl.services.manifest_checks import wrong_settings, wrong_variables
from vidctl.services.manifest_file import ManifestFile, read_manifest

PROJECT = 'vidctl = 1\n[project]\nname = "Film"\n'
CLIP = '[[scene]]\nname = "Verse"\n[[scene.clip]]\nname = "One"\nlength = "1s"\n'


def faults(tmp_path: Path, text: str | bytes) -> list[tuple[int, str, str]]:
    """(line, field, problem) of all that is wrong."""
    file = tmp_path / "film.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    try:
        read: ManifestFile = read_manifest(file)
        variables = wrong_variables(read.manifest, read.doubts, FilmDocuments(), prune=False)
        layout = lay_out(read.manifest, doubts=read.doubts)
        read.refuse([*layout.faults, *wrong_settings(read.manifest), *variables])
    except InvalidInput as error:
        told: list[dict[str, Any]] = error.details["faults"]
        return [(each["line"], each["field"], each["problem"]) for each in told]
    return []


def the_fault(tmp_path: Path, text: str) -> tuple[int, str, str]:
    (fault,) = faults(tmp_path, text)
    return fault


@pytest.mark.parametrize(
    ("row", "field", "problem"),
    [
        ('desciption = "x"', "project.desciption", "did you mean description?"),
        ("image_settings = { steps = 3 }", "project.image_settings", "did you mean"),
        ("zzz = 1", "project.zzz", "there are slug, name"),
        ("description = 3", "project.description", "must be a text"),
        ('drop_frame = "yes"', "project.drop_frame", "true or false"),
        ("drop_frame = true", "project.drop_frame", "no drop frame at 24 fps"),
        ('size = "640"', "project.size", "like 1280x720"),
        ('size = "641x360"', "project.size", "even"),
        ('size = "8194x360"', "project.size", "from 16 to 8192"),
        ('size = "14x16"', "project.size", "from 16 to 8192"),
        ('fps = "fast"', "project.fps", "23.976"),
        ("fps = 121", "project.fps", "it may have 1 to 120"),
        ("fps = true", "project.fps", "must be a text"),
        ('slug = "Night Train"', "project.slug", "write night-train"),
        (f'slug = "{"a" * 81}"', "project.slug", "no slug"),
        (f'description = "{"x" * 2001}"', "project.description", "at most 2000"),
        (f'notes = "{"x" * 5001}"', "project.notes", "at most 5000"),
        ('variables = { Mood = "x" }', "project.variables.Mood", "variable's name"),
        ("variables = { mood = 3 }", "project.variables.mood", "must be a text"),
        ("image.steps = 0", "project.image.steps", "got 0; it may be"),
        ('image = { seed = 3, width = "wide" }', "project.image.width", "a whole number: got 'wide'"),
        ("video.stepps = 3", "project.video.stepps", "did you mean steps?"),
        ("video.Steps = 3", "project.video.Steps", "setting's name"),
        (f"video.steps = 1{'0' * 30}", "project.video.steps", "a larger number than the stores can keep"),
        ("video.steps = 2026-11-23", "project.video.steps", "must be a text, a number"),
        ("image = 3", "project.image", "must be a table"),
        ('lyrics = ["la la"]', "project.lyrics", "00:12.500 --> 00:15.000"),
        ('lyrics = ["00:02.000 --> 00:01.000 la"]', "project.lyrics", "ends before it starts"),
        ('music = "song.flac"', "project.music", "must be a table"),
        ('music = { fil = "song.flac" }', "project.music.fil", "did you mean file?"),
        ('music = { file = "a", sha256 = "12" }', "project.music.sha256", "64 letters"),
        ("when = 2026-11-23", "project.when", "no such field"),
        ('variables.character = "x"', "project.variables.character", "choose another name"),
        ('variables.loop = "{loop}"', "project.variables.loop", "leads back to itself"),
        ('variables.half = "{a|b"', "project.variables.half", "never closed"),
        ('variables = { mood = "x", tone = "{mod}" }', "project.variables.tone", "did you mean {mood}?"),
    ],
)
def test_a_wrong_field_of_the_film(tmp_path: Path, row: str, field: str, problem: str) -> None:
    found = faults(tmp_path, f"{PROJECT}{row}\n{CLIP}")
    line, name, told = next(each for each in found if each[1] == field)
    assert (line, name) == (4, field)
    assert problem in told


@pytest.mark.parametrize(
    ("row", "field", "problem"),
    [
        ('lenght = "1s"', "lenght", "did you mean length?"),
        ('status = "done"', "status", "'draft', 'stills', 'approved' or 'final'"),
        ('at = "soon"', "at", "12.5"),
        ('at = "10000.1s"', "at", "10000 s at most"),
        ("at = -1", "at", "is not a time"),
        ("at = nan", "at", "is not a time"),
        ('at = "00:00:01;00"', "at", "drop frame"),
        ('characters = ["mara"]', "characters", "there is no character mara"),
        ('template = "noir"', "template", "there is no template noir"),
        ('template = "No Ir"', "template", "write no-ir"),
        ('alternate_of = "two"', "alternate_of", "there is no verse/two in this file"),
        ('alternate_of = "one"', "alternate_of", "an alternate of itself"),
        ('alternate_of = "a/b/c"', "alternate_of", "no slug"),
        ("alternate = 1", "alternate", "say alternate_of, too"),
        ("alternate = 0", "alternate", "at least 1"),
        ('tags = ["a b"]', "tags", "one word"),
        ("tags = [1]", "tags", "must be a text"),
        ('source_start = "x"', "source_start", "is not a time"),
        (f'lyrics = "{"x" * 5001}"', "lyrics", "at most 5000"),
        (f'video_prompt = "{"x" * 100_001}"', "video_prompt", "at most 100000"),
        ('video.loras = [{ name = "x", weight = 11 }]', "video.loras", "at most 10"),
        ("image.stepps = 3", "image.stepps", "did you mean steps?"),
    ],
)
def test_a_wrong_field_of_a_clip(tmp_path: Path, row: str, field: str, problem: str) -> None:
    line, name, told = the_fault(tmp_path, f"{PROJECT}{CLIP}{row}\n")
    assert (line, name) == (9, f"scene.clip.{field}")
    assert problem in told


@pytest.mark.parametrize("table", ["template", "character", "scene", "scene.clip"])
@pytest.mark.parametrize(
    ("setting", "problem"), [("stepps = 3", "did you mean steps?"), ('width = "wide"', "a whole number: got 'wide'")]
)
def test_a_wrong_setting_is_named_with_all_that_leads_to_it(
    tmp_path: Path, table: str, setting: str, problem: str
) -> None:
    scene = '[[scene]]\nname = "Verse"\n' if table == "scene.clip" else ""
    text = f'{PROJECT}{scene}[[{table}]]\nname = "One"\nimage.{setting}\nvideo.steps = 3\n'
    line, field, told = the_fault(tmp_path, text + 'length = "1s"\n' if scene else text)
    assert (line, field) == (8 if scene else 6, f"{table}.image.{setting.split()[0]}")
    assert problem in told


def test_a_variable_of_a_scene_may_not_lead_back_to_itself_by_one_of_the_film(tmp_path: Path) -> None:
    text = f'{PROJECT}variables.mood = "{{scene.mood}}"\n[[scene]]\nname = "Verse"\nvariables.mood = "{{mood}}"\n'
    line, field, told = the_fault(tmp_path, text)
    assert (line, field) == (7, "scene.variables.mood")
    assert "leads back to itself" in told


@pytest.mark.parametrize("length", ['"0s"', '"0f"', "0.001"])
def test_a_clip_has_a_frame_at_least(tmp_path: Path, length: str) -> None:
    assert "less than a frame" in the_fault(tmp_path, PROJECT + CLIP.replace('"1s"', length))[2]


@pytest.mark.parametrize("row", ["at = 10000", 'at = "240000f"', "length = 10000"])
def test_the_last_place_there_is_may_be_taken(tmp_path: Path, row: str) -> None:
    clip = CLIP.replace('length = "1s"\n', "") if row.startswith("length") else CLIP
    assert faults(tmp_path, f"{PROJECT}{clip}{row}\n") == []


def test_what_is_left_out_says_where(tmp_path: Path) -> None:
    assert faults(tmp_path, PROJECT + '[[scene]]\nname = "A"\n[[scene.clip]]\n') == [
        (6, "scene.clip.length", "it is not given"),
        (6, "scene.clip.name", "it is not given"),
    ]
    assert faults(tmp_path, "vidctl = 1\n") == [(1, "project", "it is not given")]
    assert faults(tmp_path, "") == [
        (1, "project", "it is not given"),
        (1, "vidctl", "must be 1, the version of the format"),
    ]


def test_slugs_are_there_once(tmp_path: Path) -> None:
    twice = CLIP + '[[scene.clip]]\nname = "One!"\nlength = "1s"\n[[scene]]\nname = "verse"\n'
    assert faults(tmp_path, PROJECT + twice) == [
        (9, "scene.clip.slug", "the slug one is there twice"),
        (12, "scene.slug", "the slug verse is there twice"),
    ]


def test_alternates_go_in_no_circle_and_no_chain(tmp_path: Path) -> None:
    def clip(name: str, of: str) -> str:
        return f'[[scene.clip]]\nname = "{name}"\nlength = 1\nalternate_of = "{of}"\n'

    circle = faults(tmp_path, PROJECT + CLIP + clip("a", "b") + clip("b", "c") + clip("c", "a"))
    assert [line for line, _, _ in circle] == [12, 16, 20]
    assert "circle: verse/a of verse/b of verse/c of verse/a" in circle[0][2]
    (chain,) = faults(tmp_path, PROJECT + CLIP + clip("a", "one") + clip("b", "a"))
    assert chain[2] == "verse/a is an alternate itself: name the original, verse/one"
    (scene,) = faults(tmp_path, PROJECT + CLIP + '[[scene]]\nname = "X"\nalternate_of = "y"\n')
    assert scene == (11, "scene.alternate_of", "there is no y in this file")


def test_an_alternates_number_is_there_once(tmp_path: Path) -> None:
    text = PROJECT + CLIP
    for name in "ab":
        text += f'[[scene.clip]]\nname = "{name}"\nlength = 1\nalternate_of = "one"\nalternate = 1\n'
    assert the_fault(tmp_path, text) == (18, "scene.clip.alternate", "there is an alternate 1 of verse/one already")


def test_clips_overlap_only_where_the_film_says_so(tmp_path: Path) -> None:
    two = CLIP + '[[scene.clip]]\nname = "Two"\nat = "12f"\nlength = 1\n'
    line, field, problem = the_fault(tmp_path, PROJECT + two)
    assert (line, field) == (11, "scene.clip.at")
    assert "two overlaps one, which ends at 1s" in problem
    assert faults(tmp_path, PROJECT + "overlaps = true\n" + two) == []
    assert faults(tmp_path, PROJECT + two.replace("12f", "24f")) == []


def test_a_film_goes_no_further_by_adding_up(tmp_path: Path) -> None:
    clips = "".join(f'[[scene.clip]]\nname = "{name}"\nlength = 9000\n' for name in ("A", "B", "C"))
    line, _, problem = the_fault(tmp_path, f'{PROJECT}[[scene]]\nname = "S"\n{clips}')
    assert line == 12
    assert "begin at 10000 s at most" in problem


def test_the_first_twenty_are_told_and_all_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "film.toml"
    file.write_text(PROJECT + "".join(f"x{number} = 1\n" for number in range(30)))
    with pytest.raises(InvalidInput, match="30 faults") as caught:
        read_manifest(file).refuse(())
    assert len(caught.value.cause.splitlines()) == 21
    assert caught.value.cause.endswith("and 10 more")
    assert len(caught.value.details["faults"]) == 30


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (PROJECT + "name = 1\n", "line 4"),
        (PROJECT + "x = [1,\n", "line 5"),
        ("vidctl = \n", "line 1"),
        (b"vidctl = 1\n\xff\n", "line 2 of film.toml is no text"),
        ("x = " + "[" * 3000 + "]" * 3000, "too deep"),
        ("x = " + "1" * 5000, "no TOML"),
        ("\x00", "line 1"),
    ],
)
def test_what_is_no_toml_is_told_by_its_line(tmp_path: Path, text: str | bytes, problem: str) -> None:
    file = tmp_path / "film.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InvalidInput, match=problem):
        read_manifest(file)


def test_a_format_of_the_future_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "film.toml").write_text(PROJECT.replace("= 1", "= 2") + "new = true\n")
    with pytest.raises(NewerFormat):
        read_manifest(tmp_path / "film.toml")


def test_lines_of_any_ending_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    file = tmp_path / "film.toml"
    file.write_bytes(b"\xef\xbb\xbf" + (PROJECT + CLIP).replace("\n", "\r\n").encode())
    assert read_manifest(file).manifest.scene[0].clip[0].slug == "one"


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_manifest(tmp_path / "none.toml")
    with pytest.raises(InvalidInput, match="folder"):
        read_manifest(tmp_path)
