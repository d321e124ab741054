"""A film that is dumped, applied elsewhere and dumped again is the same text, whatever is in it."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.house import House
from vidctl.domain.asset import Asset, AssetKind, MediaFacts
from vidctl.domain.character import Character, ReferenceImage, ReferenceRole
from vidctl.domain.clip import Clip, ClipStatus
from vidctl.domain.document import Document
from vidctl.domain.frames import parse_time
from vidctl.domain.lyrics import TimedLine
from vidctl.domain.manifest_forms import write_frames
from vidctl.domain.project import Project
from vidctl.domain.prompt_markup import literal
from vidctl.domain.prompt_values import TAKEN_IN_PROJECTS, TAKEN_IN_SCENES
from vidctl.domain.recipe import Lora
from vidctl.domain.scene import Scene
from vidctl.domain.style_template import StyleTemplate

RATES = ["24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60", "12", "25/2"]
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
TEXTS = st.text(LETTERS, max_size=12) | st.text('a"\\\n\r\t ', max_size=8)
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).map(str.strip).filter(bool)
WORDS = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True)
TAGS = st.lists(st.from_regex(r"[a-zé0-9]{1,4}", fullmatch=True), max_size=3, unique=True)
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "steps": st.integers(2, 200),
        "cfg": st.floats(0.1, 30),
        "model": NAMES,
        "seed": st.integers(0, 2**63 - 1),
        "loras": st.lists(st.fixed_dictionaries({"name": NAMES, "weight": st.floats(-2, 2)}), max_size=2),
    },
)
TAKEN = {*TAKEN_IN_PROJECTS, *TAKEN_IN_SCENES}
WITH_SETTINGS = {"image_settings": SETTINGS, "video_settings": SETTINGS}
VARIABLES = st.dictionaries(WORDS.filter(lambda name: name not in TAKEN), TEXTS.map(literal), max_size=2)
SONG, FACE = "a" * 64, "b" * 64


@st.composite
def films(draw: st.DrawFn) -> list[Document]:
    """The documents of a film, the project first."""
    rate = draw(st.sampled_from(RATES))
    characters = draw(st.lists(WORDS, max_size=2, unique=True))
    templates = draw(st.lists(WORDS, max_size=2, unique=True))
    project = Project(
        slug="film",
        fps=rate,
        drop_frame=rate in ("30000/1001", "60000/1001") and draw(st.booleans()),
        width=2 * draw(st.integers(8, 4096)),
        height=2 * draw(st.integers(8, 4096)),
        **draw(st.fixed_dictionaries({"name": NAMES, "description": TEXTS, "notes": TEXTS, "variables": VARIABLES})),
        **draw(st.fixed_dictionaries(WITH_SETTINGS)),
        lyrics=[
            TimedLine(start_ms=start, end_ms=start + length, text=text)
            for start, length, text in draw(
                st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 9999), TEXTS), max_size=2)
            )
        ],
        **draw(st.sampled_from([{}, {"music_asset_id": SONG, "music_name": "song.wav", "music_duration": 2.0}])),
    )
    found: list[Document] = [project]
    for slug in characters:
        found.append(
            Character(
                project_id=project.id,
                slug=slug.replace("_", "x"),
                lora=draw(st.none() | st.builds(Lora, name=NAMES, weight=st.floats(-10, 10))),
                reference_images=draw(
                    st.lists(
                        st.builds(
                            ReferenceImage,
                            asset_id=st.just(FACE),
                            name=st.sampled_from(["face.png", "a/b", "con.png", " x", "Ü 1.png"]),
                            role=st.sampled_from(ReferenceRole),
                        ),
                        max_size=2,
                    )
                ),
                **draw(
                    st.fixed_dictionaries(
                        {"name": NAMES, "description": TEXTS, "trigger_words": TEXTS, "style_notes": TEXTS}
                        | WITH_SETTINGS
                    )
                ),
            )
        )
    for slug in templates:
        found.append(
            StyleTemplate(
                slug=slug.replace("_", "x"),
                **draw(
                    st.fixed_dictionaries(
                        {
                            "name": NAMES,
                            "description": TEXTS,
                            "category": st.sampled_from(["custom", "noir"]),
                            "prompt": TEXTS,
                            "negative_prompt": TEXTS,
                            "is_public": st.booleans(),
                        }
                        | WITH_SETTINGS
                    )
                ),
            )
        )
    if len({(type(each), getattr(each, "slug", "")) for each in found}) < len(found):
        return [project]
    for number in range(draw(st.integers(0, 3))):
        found += draw(scenes(project, number, found))
    return found


@st.composite
def scenes(draw: st.DrawFn, project: Project, number: int, film: list[Document]) -> list[Document]:
    people = [each.id for each in film if isinstance(each, Character)]
    looks = [each.id for each in film if isinstance(each, StyleTemplate)]
    others = [each for each in film if isinstance(each, Scene) and not each.is_alternate]
    original = draw(st.sampled_from([None, *others]))
    scene = Scene(
        project_id=project.id,
        slug=f"s{number}",
        order=draw(st.integers(0, 3)),
        start=draw(st.none() | st.integers(0, 5000)),
        original_id=original.id if original else None,
        alternate_number=number if original else 0,
        **draw(
            st.fixed_dictionaries(
                {
                    "name": NAMES,
                    "description": TEXTS,
                    "lyrics": TEXTS,
                    "notes": TEXTS,
                    "tags": TAGS,
                    "variables": VARIABLES,
                }
                | WITH_SETTINGS
            )
        ),
    )
    clips: list[Clip] = []
    for place in range(draw(st.integers(0, 4))):
        shown = [clip for clip in clips if not clip.is_alternate]
        end = max((clip.end for clip in shown), default=0)
        first = draw(st.sampled_from([None, None, *shown]))
        clip = Clip(
            project_id=project.id,
            scene_id=scene.id,
            slug=f"c{place}",
            order=draw(st.integers(0, 3)),
            position=draw(st.just(end) | st.integers(0, 200)),
            length=draw(st.integers(1, 200)),
            source_start=draw(st.sampled_from([0, 0, 7])),
            original_id=first.id if first else None,
            alternate_number=place + draw(st.sampled_from([0, 9])) * (place > 2) if first else 0,
            character_ids=draw(st.permutations(people)),
            template_id=draw(st.sampled_from([None, *looks])),
            status=draw(st.sampled_from(ClipStatus)),
            **draw(
                st.fixed_dictionaries(
                    {
                        "name": NAMES,
                        "locked": st.booleans(),
                        "tags": TAGS,
                        "lyrics": TEXTS,
                        "notes": TEXTS,
                        "image_prompt": TEXTS,
                        "video_prompt": TEXTS,
                        "negative_prompt": TEXTS,
                    }
                    | WITH_SETTINGS
                )
            ),
        )
        if (clip.order, clip.position) in {(each.order, each.position) for each in clips}:
            clip.order = 10 + place  # only their ids would put them in order, and those are others elsewhere
        clips.append(clip)
    scene.length = max((clip.end for clip in clips if not clip.is_alternate), default=0)
    return [scene, *clips]


def fill(house: House, film: list[Document]) -> None:
    repositories = house.app._film_repositories
    for document in film:
        repositories.of(document).create(document)
    give_assets(house)


def give_assets(house: House) -> None:
    """Both houses have the files: what is not here goes by its hash."""
    audio = MediaFacts(kind=AssetKind.AUDIO, media_type="audio/wav", extension=".wav", duration=2.0)
    picture = MediaFacts(kind=AssetKind.IMAGE, media_type="image/png", extension=".png", width=64, height=64)
    for asset_id, facts in ((SONG, audio), (FACE, picture)):
        location = f"{asset_id[:2]}/{asset_id}{facts.extension}"
        path = house.files.root / location
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        house.assets.create(Asset(id=asset_id, facts=facts, size=1, location=location))


def contents(house: House) -> dict[tuple[str, str, str], dict[str, Any]]:
    """What the documents say, by kind, scene and slug: without ids, and with references by slug."""
    slugs = {each.id: each.slug for kind in (house.scenes, house.clips, house.app._characters, house.app._templates)
             for each in kind.find_many({})}  # fmt: skip
    found = {}
    for repository in (house.projects, house.scenes, house.clips, house.app._characters, house.app._templates):
        for each in repository.find_many({}):
            values = each.model_dump(exclude={"id", "revision", "created_at", "updated_at", "project_id", "order"})
            told = {
                name: slugs.get(value, value) if isinstance(value, str) else value for name, value in values.items()
            }
            told["character_ids"] = [slugs[each] for each in values.get("character_ids", [])]
            found[repository.collection, str(told.get("scene_id")), each.slug] = told
    return found


def changes(house: House, file: Path) -> set[str]:
    """Which fields applying a file would change."""
    told = house.app.manifests.apply(file, project=None, dry_run=True, check=False, prune=True)
    assert {step.mark for step in told.steps} <= {"~"}
    return {change.field for step in told.steps for change in step.changes}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(films())
def test_a_film_survives_the_journey_to_another_store(film: list[Document]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        House(Path(folder) / "one") as one,
        House(Path(folder) / "two") as two,
    ):
        fill(one, film)
        give_assets(two)
        file = Path(folder) / "film.toml"
        text = one.app.manifests.dump("film", file, media=None, overwrite=False).text
        assert file.read_bytes() == text.encode()
        two.app.manifests.apply(file, project=None, dry_run=False, check=False, prune=False)
        assert two.app.manifests.dump("film", None, media=None, overwrite=False).text == text
        assert changes(two, file) == set()
        assert changes(one, file) == set()
        used = {template.slug for template in two.app._templates.find_many({})}
        before = {key: value for key, value in contents(one).items() if key[0] != "templates" or key[2] in used}
        assert contents(two) == before


def test_clips_that_only_their_ids_put_in_order_get_orders_that_do(tmp_path: Path) -> None:
    with House(tmp_path / "one") as one, House(tmp_path / "two") as two:
        scene = one.scene(one.project("film"), "verse")
        for slug, order, position in (("a", 5, 0), ("b", 5, 0), ("c", 0, 24)):
            one.clip(scene, slug, order=order, position=position)
        text = one.app.manifests.dump("film", tmp_path / "film.toml", media=None, overwrite=False).text
        two.app.manifests.apply(tmp_path / "film.toml", project=None, dry_run=False, check=False, prune=False)
        assert two.app.manifests.dump("film", None, media=None, overwrite=False).text == text
        assert sorted(clip.order for clip in two.clips.find_many({})) == [0, 1, 2]


@settings(max_examples=200)
@given(st.integers(0, 2_000_000), st.sampled_from(RATES))
def test_a_time_is_exact_at_every_rate(frames: int, rate: str) -> None:
    assert parse_time(write_frames(frames, Fraction(rate)), Fraction(rate)) == frames


def test_every_field_of_a_film_is_carried_or_known_to_be_left_out() -> None:
    left_out = {
        "id", "revision", "created_at", "updated_at", "project_id", "version", "use_count", "selected_image_id",
        "selected_video_id",
    }  # fmt: skip
    carried = {
        Project: {"name", "slug", "description", "width", "height", "fps", "drop_frame", "music_asset_id", "music_name",
                  "music_duration", "lyrics", "notes", "variables", "image_settings", "video_settings"},
        Scene: {"name", "slug", "order", "description", "lyrics", "notes", "tags", "start", "length", "original_id",
                "alternate_number", "variables", "image_settings", "video_settings"},
        Clip: {"scene_id", "name", "slug", "order", "position", "length", "lyrics", "notes", "tags", "status", "locked",
               "original_id", "alternate_number", "image_prompt", "video_prompt", "negative_prompt", "character_ids",
               "template_id", "image_settings", "video_settings", "source_start"},
        Character: {"name", "slug", "description", "trigger_words", "style_notes", "lora", "reference_images",
                    "image_settings", "video_settings"},
        StyleTemplate: {"name", "slug", "description", "category", "prompt", "negative_prompt", "image_settings",
                        "video_settings", "is_public"},
    }  # fmt: skip
    assert {kind: set(kind.model_fields) - left_out for kind in carried} == carried
