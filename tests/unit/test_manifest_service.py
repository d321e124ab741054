"""What applying a manifest does to a film that is there, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.data import media
from tests.fakes.film_check import faults
from tests.fakes.gallery_filler import new_take
from tests.fakes.house import House
from tests.unit.test_manifest_round_trip import FACE, SONG, give_assets
from vidctl.domain.character import Character, ReferenceImage
from vidctl.domain.document import new_id
from vidctl.domain.style_template import StyleTemplate
from vidctl.dtos.manifest_dtos import ManifestResponseDTO
from vidctl.dtos.variable_dtos import VariablesUpdateDTO
from vidctl.errors import Conflict, InvalidInput, Locked, NotFound, StaleDocument, TimelineOverlap
from vidctl.services.editor import Draft, Editor

FILM = """
vidctl = 1
[project]
slug = "film"
name = "Film"
size = "64x64"
[[scene]]
name = "Verse"
[[scene.clip]]
name = "One"
length = "24f"
image_prompt = "a train"
[[scene.clip]]
name = "Two"
length = "2s"
[[scene]]
name = "Chorus"
[[scene.clip]]
name = "Hero"
length = "1s"
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path / "house") as house:
        yield house


@pytest.fixture
def apply(house: House, tmp_path: Path) -> Callable[..., ManifestResponseDTO]:
    def run(text: str, **flags: Any) -> ManifestResponseDTO:
        file = tmp_path / "film.toml"
        file.write_text(text, encoding="utf-8")
        wanted = {"project": None, "dry_run": False, "check": False, "prune": False, **flags}
        return house.app.manifests.apply(file, **wanted)

    return run


Apply = Callable[..., ManifestResponseDTO]


def marks(told: ManifestResponseDTO) -> list[str]:
    return [f"{step.mark} {step.path}" for step in told.steps]


def clips(house: House) -> dict[str, tuple[int, int]]:
    return {clip.slug: (clip.position, clip.length) for clip in house.clips.find_many({})}


def test_a_film_is_made_of_its_file(house: House, apply: Apply) -> None:
    told = apply(FILM)
    assert told.applied
    assert (told.created, told.changed) == (6, 0)
    assert clips(house) == {"one": (0, 24), "two": (24, 48), "hero": (0, 24)}
    assert {scene.slug: (scene.order, scene.length) for scene in house.scenes.find_many({})} == {
        "verse": (0, 72),
        "chorus": (1, 24),
    }


def test_a_second_run_has_nothing_to_do(house: House, apply: Apply) -> None:
    apply(FILM)
    before = [clip.revision for clip in house.clips.find_many({})]
    assert not apply(FILM).applied
    assert [clip.revision for clip in house.clips.find_many({})] == before
    assert house.projects.find_many({})[0].revision == 1


def test_a_dry_run_tells_the_plan_and_changes_nothing(house: House, apply: Apply) -> None:
    assert not apply(FILM, dry_run=True).applied
    assert house.projects.count({}) == 0
    apply(FILM)
    told = apply(FILM.replace("a train", "a ship").replace("24f", "30f"), dry_run=True)
    assert marks(told) == ["~ verse/one", "~ verse/two"]
    assert [(c.field, c.before, c.after) for c in told.steps[0].changes] == [
        ("image_prompt", "a train", "a ship"),
        ("length", "1s", "1.25s"),
    ]
    assert clips(house)["one"] == (0, 24)


def test_a_check_is_a_conflict_if_there_is_something_to_do(apply: Apply) -> None:
    with pytest.raises(Conflict, match=r"\+ project film"):
        apply(FILM, check=True)
    apply(FILM)
    assert not apply(FILM, check=True).applied


def test_a_longer_clip_moves_what_follows_and_lengthens_its_scene(house: House, apply: Apply) -> None:
    apply(FILM)
    apply(FILM.replace("24f", "30f"))
    assert clips(house)["two"] == (30, 48)
    assert house.scenes.find_many({"slug": "verse"})[0].length == 78


def test_takes_and_selections_stay_as_they_are(house: House, apply: Apply) -> None:
    apply(FILM)
    clip = house.clips.find_many({"slug": "one"})[0]
    take = house.takes.create(new_take(clip, SONG))
    house.choose(clip.id, take.kind, take.id)
    apply(FILM.replace("a train", "a ship"))
    clip = house.clips.find_by_id(clip.id)
    assert (clip.selected_image_id, clip.image_prompt, clip.version) == (take.id, "a ship", 2)


def test_what_the_file_does_not_name_is_kept(house: House, apply: Apply) -> None:
    apply(FILM)
    project = house.projects.find_many({})[0]
    house.clip(house.scene(project, "outro", order=9), "last")
    told = apply(FILM)
    assert not told.applied
    assert marks(told) == ["= outro/last", "= outro"]


def test_pruning_moves_it_into_the_trash_with_its_takes(house: House, apply: Apply) -> None:
    apply(FILM)
    clip = house.clip(house.scene(house.projects.find_many({})[0], "outro", order=9), "last")
    house.takes.create(new_take(clip, SONG))
    told = apply(FILM, prune=True)
    assert marks(told) == ["- outro/last", "- outro"]
    assert (house.takes.count({}), house.clips.count({"slug": "last"})) == (0, 0)
    (deletion,) = house.app.history.list_trash("film", everywhere=False).items
    house.app.history.restore(deletion.id)
    assert (house.takes.count({}), house.clips.count({"slug": "last"}), house.scenes.count({"slug": "outro"})) == (
        1,
        1,
        1,
    )


def test_the_jobs_of_what_is_pruned_are_cancelled(house: House, apply: Apply) -> None:
    apply(FILM)
    clips = {clip.slug: clip for clip in house.clips.find_many({})}
    house.job(clips["hero"])
    kept = house.job(clips["one"])
    apply(FILM.partition('[[scene]]\nname = "Chorus"')[0], prune=True)
    assert [job.id for job in house.queue.find_many({})] == [kept.id]


def test_a_clip_that_is_in_another_scene_now_moves_with_its_takes(house: House, apply: Apply) -> None:
    apply(FILM)
    clip = house.clips.find_many({"slug": "two"})[0]
    house.takes.create(new_take(clip, SONG))
    head, two, rest = FILM.partition('[[scene.clip]]\nname = "Two"\nlength = "2s"\n')
    told = apply(head + rest + two, prune=True)
    assert marks(told) == ["~ chorus/two"]
    moved = house.clips.find_by_id(clip.id)
    assert (moved.scene_id, moved.position) == (house.scenes.find_many({"slug": "chorus"})[0].id, 24)
    assert {scene.slug: scene.length for scene in house.scenes.find_many({})} == {"verse": 24, "chorus": 72}


def test_a_locked_clip_that_differs_stops_everything(house: House, apply: Apply) -> None:
    apply(FILM)
    clip = house.clips.find_many({"slug": "one"})[0]
    house.app._editor.change("clip lock", house.clips, clip.id, {"locked": True})
    with pytest.raises(Locked, match="verse/one"):
        apply(FILM.replace('"Hero"', '"Hero!"\nslug = "hero"'))
    assert house.clips.find_many({"slug": "hero"})[0].name == "Hero"
    locked = FILM.replace('"a train"', '"a train"\nlocked = true')
    assert apply(locked.replace('"Hero"', '"Hero!"\nslug = "hero"')).changed == 1


def test_a_locked_clip_is_not_pruned(house: House, apply: Apply) -> None:
    apply(FILM)
    clip = house.clips.find_many({"slug": "hero"})[0]
    house.app._editor.change("clip lock", house.clips, clip.id, {"locked": True})
    with pytest.raises(Locked):
        apply(FILM.partition('[[scene]]\nname = "Chorus"')[0], prune=True)


def test_clips_may_not_overlap_such_as_are_kept_beside_them(house: House, apply: Apply) -> None:
    apply(FILM)
    house.clip(house.scenes.find_many({"slug": "chorus"})[0], "extra", position=24)
    longer = FILM.replace('"1s"', '"2s"')
    with pytest.raises(TimelineOverlap, match="chorus/extra"):
        apply(longer)
    assert apply(longer.replace('"Film"', '"Film"\noverlaps = true')).applied
    assert apply(longer, prune=True).deleted == 1


def test_a_new_rate_needs_a_place_for_every_clip(house: House, apply: Apply) -> None:
    apply(FILM)
    house.clip(house.scenes.find_many({"slug": "chorus"})[0], "extra", position=2400)
    faster = FILM.replace('"64x64"', '"64x64"\nfps = 48')
    with pytest.raises(Conflict, match=r"rate of film cannot change to 48 fps: .*chorus/extra"):
        apply(faster)
    apply(faster, prune=True)
    assert house.projects.find_many({})[0].fps == "48"
    assert clips(house) == {"one": (0, 24), "two": (24, 96), "hero": (0, 48)}


def test_a_film_may_get_another_name_for_paths(house: House, apply: Apply) -> None:
    assert apply(FILM, project="other").project == "other"
    (project,) = house.projects.find_many({})
    assert project.slug == "other"
    assert not apply(FILM, project=project.id).applied
    with pytest.raises(InvalidInput, match="not a slug"):
        apply(FILM, project="Other Film")


def test_scenes_get_the_order_of_the_file(house: House, apply: Apply) -> None:
    apply(FILM)
    head, chorus, rest = FILM.partition('[[scene]]\nname = "Verse"')
    verse, _, tail = rest.partition('[[scene]]\nname = "Chorus"')
    told = apply(f'{head}[[scene]]\nname = "Chorus"{tail}{chorus}{verse}')
    assert marks(told) == ["~ verse"]
    scenes = sorted(house.scenes.find_many({}), key=lambda scene: scene.order)
    assert [scene.slug for scene in scenes] == ["chorus", "verse"]


# several at once


@pytest.mark.parametrize(("field", "value"), [("lyrics", "la"), ("length", 36)])
def test_what_a_person_changes_meanwhile_stops_it_and_is_told(
    house: House, apply: Apply, monkeypatch: pytest.MonkeyPatch, field: str, value: str | int
) -> None:
    apply(FILM)
    write = Editor.write

    def overtaken(editor: Editor, draft: Draft) -> None:
        monkeypatch.setattr(Editor, "write", write)
        clip = house.clips.find_many({"slug": "hero"})[0]
        editor.change("clip update", house.clips, clip.id, {field: value})
        write(editor, draft)

    monkeypatch.setattr(Editor, "write", overtaken)
    # only the scene that both change tells of the other; the project is written by every manifest
    with pytest.raises(StaleDocument, match=rf"clip chorus/hero \({field}\)"):
        apply(FILM.replace('"1s"', '"2s"'))
    assert house.app.clips.get_clip("film/chorus/hero").model_dump()[field if field == "lyrics" else "frames"] == value


def test_of_many_things_that_were_changed_meanwhile_a_few_are_named(
    house: House, apply: Apply, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = FILM + "".join(f'[[scene.clip]]\nname = "N{n}"\nlength = "1s"\n' for n in range(9))
    apply(many)
    write = Editor.write

    def overtaken(editor: Editor, draft: Draft) -> None:
        monkeypatch.setattr(Editor, "write", write)
        house.app.clips.tag_clips([clip.id for clip in house.clips.find_many({})], ["night"], [])
        write(editor, draft)

    monkeypatch.setattr(Editor, "write", overtaken)
    with pytest.raises(StaleDocument, match="and 7 more") as told:
        apply(many.replace('"1s"', '"2s"'))
    assert len(told.value.details["changed"]) == 12


def test_a_take_that_lands_meanwhile_does_not_stop_it(
    house: House, apply: Apply, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(FILM)
    write = Editor.write

    def overtaken(editor: Editor, draft: Draft) -> None:
        monkeypatch.setattr(Editor, "write", write)
        clip = house.clips.find_many({"slug": "one"})[0]
        take = house.takes.create(new_take(clip, SONG))
        house.choose(clip.id, take.kind, take.id)
        write(editor, draft)

    monkeypatch.setattr(Editor, "write", overtaken)
    apply(FILM.replace("a train", "a ship"))
    clip = house.clips.find_many({"slug": "one"})[0]
    assert clip.image_prompt == "a ship"
    assert clip.selected_image_id is not None


def test_it_gets_through_among_takes_that_are_chosen_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "film.toml"
    file.write_text(FILM, encoding="utf-8")
    how: dict[str, Any] = {"project": None, "dry_run": False, "check": False, "prune": False}
    with House(tmp_path / "house", rate=1.0) as house:
        manifests, stop = house.app.manifests, Event()
        manifests.apply(file, **how)
        clip = house.clips.find_many({"slug": "one"})[0]

        def choose_on() -> None:
            while not stop.is_set():
                house.app._editor.change("test", house.clips, clip.id, {"selected_image_id": new_id()})

        plan = manifests._plan

        def plan_slowly(*arguments: Any) -> Any:
            planned = plan(*arguments)
            stop.wait(0.05)
            return planned

        monkeypatch.setattr(manifests, "_plan", plan_slowly)
        file.write_text(FILM.replace("a train", "a ship"), encoding="utf-8")
        with ThreadPoolExecutor(2) as crew:
            busy = [crew.submit(choose_on) for _ in range(2)]
            try:
                manifests.apply(file, **how)
            finally:
                stop.set()
            for each in busy:
                each.result()
        assert house.clips.find_by_id(clip.id).image_prompt == "a ship"


def test_the_films_variables_must_not_lead_back_by_a_scene_that_the_file_does_not_name(
    house: House, apply: Apply
) -> None:
    apply(FILM)
    house.app.variables.set_of_project("film", VariablesUpdateDTO(variables={"tone": "warm"}))
    house.app.variables.set_of_scene("film/chorus", VariablesUpdateDTO(variables={"mood": "{tone}"}))
    without_chorus = FILM[: FILM.index('[[scene]]\nname = "Chorus"')]
    circle = without_chorus.replace('size = "64x64"', 'size = "64x64"\nvariables = { tone = "{scene.mood}" }')
    with pytest.raises(InvalidInput, match=r"line 7: project.variables: .* of the scene chorus leads back to itself"):
        apply(circle)
    apply(circle.replace("{scene.mood}", "{scene.name}"))
    with pytest.raises(InvalidInput, match=r"no variable {tone}: in the variable scene.mood of the scene chorus"):
        apply(without_chorus)
    apply(without_chorus, prune=True)


# characters, templates, files


CAST = """
[[template]]
name = "Noir"
prompt = "black and white"
[[character]]
name = "Mara"
trigger_words = "m4ra"
lora = { name = "mara.safetensors", weight = 0.8 }
[[scene]]
name = "Verse"
[[scene.clip]]
name = "One"
length = "24f"
characters = ["mara"]
template = "noir"
"""
HEAD = 'vidctl = 1\n[project]\nname = "Film"\n'


def test_characters_and_templates_are_made_with_the_film(house: House, apply: Apply) -> None:
    apply(HEAD + CAST)
    (clip,), (mara,) = house.clips.find_many({}), house.app._characters.find_many({})
    (noir,) = house.app._templates.find_many({})
    assert (clip.character_ids, clip.template_id) == ([mara.id], noir.id)
    assert mara.lora
    assert mara.lora.weight == 0.8


def test_what_the_store_has_may_be_referred_to(house: House, apply: Apply) -> None:
    project = house.project("film")
    house.app._characters.create(Character(project_id=project.id, slug="mara", name="Mara"))
    house.app._templates.create(StyleTemplate(slug="noir", name="Noir"))
    told = apply(HEAD + CAST[CAST.index("[[scene]]") :], prune=True)
    assert "= mara" in marks(told)
    assert house.app._characters.count({}) == 1


def test_a_template_changes_only_if_the_file_says_so_and_all_films_are_thought_of(house: House, apply: Apply) -> None:
    apply(HEAD + CAST)
    told = apply(HEAD + CAST.replace("black and white", "grey"))
    assert marks(told) == ["~ noir"]
    assert told.warnings == ["the template noir changes for every film that uses it"]


def test_a_song_beside_the_manifest_is_taken_in(house: House, apply: Apply, tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    media.song(tmp_path / "media" / "song.wav", seconds=1)
    told = apply(FILM.replace('"64x64"', '"64x64"\nmusic = { file = "media/song.wav" }'))
    (project,) = house.projects.find_many({})
    assert (project.music_name, project.music_duration) == ("song.wav", pytest.approx(1, abs=0.01))
    assert "verse/two and 1 more would be shown after the song, which ends at 1 s" in told.warnings[0]
    assert house.app.manifests.dump("film", tmp_path / "again.toml", media=tmp_path / "m", overwrite=False).media == [
        "m/song.wav"
    ]
    assert (tmp_path / "m" / "song.wav").read_bytes() == (tmp_path / "media" / "song.wav").read_bytes()


def test_a_song_that_is_ours_already_is_found_by_its_hash(house: House, apply: Apply) -> None:
    give_assets(house)
    apply(FILM.replace('"64x64"', f'"64x64"\nmusic = {{ file = "song.wav", sha256 = "{SONG}" }}'))
    assert house.projects.find_many({})[0].music_asset_id == SONG


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('{ file = "song.wav" }', r"line 7: project.music.file: song.wav is not there"),
        (f'{{ file = "song.wav", sha256 = "{"c" * 64}" }}', "no stored file has its hash"),
        (f'{{ file = "real.wav", sha256 = "{"c" * 64}" }}', f"line 7: project.music.sha256: .*hash .*{'c' * 64}"),
        (f'{{ file = "x.png", sha256 = "{FACE}" }}', "is no audio but image/png"),
        ('{ file = "text.wav" }', "text.wav"),
        ('{ file = "/etc/song.wav" }', "from the manifest's folder"),
        ('{ file = "c:/song.wav" }', "from the manifest's folder"),
        ('{ file = "" }', "is no path"),
    ],
)
def test_a_wrong_song_is_told_by_its_line_and_nothing_is_kept(
    house: House, apply: Apply, tmp_path: Path, entry: str, problem: str
) -> None:
    give_assets(house)
    media.song(tmp_path / "real.wav", seconds=0.1)
    (tmp_path / "text.wav").write_text("la la la")
    before = house.assets.count({})
    with pytest.raises(InvalidInput, match=problem):
        apply(FILM.replace('"64x64"', f'"64x64"\nmusic = {entry}'))
    assert (house.assets.count({}), house.projects.count({})) == (before, 0)


def test_pictures_of_the_same_name_get_names_of_their_own(house: House, tmp_path: Path) -> None:
    give_assets(house)
    project = house.project("film", music_asset_id=SONG, music_name="Face.png")
    image = ReferenceImage(asset_id=FACE, name="face.png")
    house.app._characters.create(Character(project_id=project.id, slug="mara", name="Mara", reference_images=[image]))
    dump = house.app.manifests.dump("film", None, media=None, overwrite=False)
    assert dump.media == ["media/Face.png", f"media/{FACE[:8]}-face.png"]
    assert 'name = "face.png"' in dump.text


def test_a_dump_replaces_no_file_unasked(house: House, tmp_path: Path) -> None:
    give_assets(house)
    house.project("film", music_asset_id=SONG, music_name="song.wav")
    file, folder = tmp_path / "film.toml", tmp_path / "media"
    folder.mkdir()
    (folder / "song.wav").write_text("mine")
    with pytest.raises(Conflict, match=r"song\.wav"):
        house.app.manifests.dump("film", file, media=folder, overwrite=False)
    assert not file.exists()
    house.app.manifests.dump("film", file, media=folder, overwrite=True)
    with pytest.raises(Conflict, match=r"film\.toml"):
        house.app.manifests.dump("film", file, media=None, overwrite=False)


def test_a_dump_of_a_lost_file_is_not_half_a_dump(house: House, tmp_path: Path) -> None:
    give_assets(house)
    house.files.remove(house.assets.find_by_id(SONG).location)
    house.project("film", music_asset_id=SONG, music_name="song.wav")
    with pytest.raises(NotFound):
        house.app.manifests.dump("film", tmp_path / "film.toml", media=tmp_path / "media", overwrite=False)
    assert not (tmp_path / "film.toml").exists()


# alternates that the file does not name


def family(house: House, slug: str) -> tuple[str, int, str]:
    """(scene, number, original) of a clip, in names."""
    (clip,) = house.clips.find_many({"slug": slug})
    original = house.clips.find_by_id(clip.original_id or "").slug
    return house.scenes.find_by_id(clip.scene_id).slug, clip.alternate_number, original


def test_unnamed_alternates_go_where_their_original_goes(house: House, apply: Apply) -> None:
    apply(FILM)
    house.app.clip_arranger.make_alternate("film/verse/two", None)
    two = '[[scene.clip]]\nname = "Two"\nlength = "2s"\n'
    told = apply(FILM.replace(two, "") + two)
    assert "~ verse/two-a1" in marks(told)
    assert family(house, "two-a1") == ("chorus", 1, "two")
    assert faults(house.app.store) == []
    assert not apply(FILM.replace(two, "") + two).applied


def test_unnamed_alternates_give_way_to_the_numbers_of_the_file(house: House, apply: Apply) -> None:
    apply(FILM)
    house.app.clip_arranger.make_alternate("film/chorus/hero", "Kept")
    apply(FILM + '[[scene.clip]]\nname = "New"\nlength = "1s"\nalternate_of = "hero"\n')
    assert family(house, "new") == ("chorus", 1, "hero")
    assert family(house, "kept") == ("chorus", 2, "hero")


def test_unnamed_alternates_of_one_that_becomes_an_alternate_are_of_its_original(house: House, apply: Apply) -> None:
    apply(FILM)
    house.app.clip_arranger.make_alternate("film/verse/two", None)
    apply(FILM.replace('name = "Two"\n', 'name = "Two"\nalternate_of = "one"\n'))
    assert family(house, "two-a1") == ("verse", 2, "one")
    assert faults(house.app.store) == []


def test_an_alternate_that_moves_takes_no_name_that_is_there(house: House, apply: Apply) -> None:
    apply(FILM)
    house.app.clip_arranger.make_alternate("film/verse/two", "Hero")
    two = '[[scene.clip]]\nname = "Two"\nlength = "2s"\n'
    apply(FILM.replace(two, "") + two)
    assert {clip.slug for clip in house.clips.find_many({}) if clip.is_alternate} == {"hero-2"}
    assert faults(house.app.store) == []
