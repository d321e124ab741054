"""From an empty folder to a finished film, with the real vidctl on the genuine server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from tests.comfyui.kit import install
from tests.comfyui.kit.server import ComfyServer
from tests.comfyui.server_view import ServerView
from tests.comfyui.studio import QUICK, Studio
from tests.data import media
from vidctl.domain.job import JobStatus

#: Frames of the film for each clip, in its order; the rate is 24.
CUT = {"verse/street": 24, "chorus/hero": 36, "chorus/skyline": 12}
STILL = ("--size", "64x64", "--steps", "3", "--sampler", "euler_a", "--lora", "tiny_sd15_lora.safetensors:0.8")
VIDEO = ("--size", "64x64", "--steps", "3", "--lora", "tiny_wan_lora.safetensors:0.5")


@dataclass(frozen=True)
class Shoot:
    """A film that was made command by command; `told` holds what each printed with --json."""

    studio: Studio
    seen: ServerView
    told: dict[str, Any]

    @property
    def file(self) -> Path:
        return self.studio.folder / "film.mp4"

    def gallery(self, clip: str) -> Any:
        return self.studio.gallery(f"neon/{clip}")

    def graph(self, number: int, batch: str) -> dict[str, Any]:
        """The graph that the server ran for a job of a batch."""
        return self.seen.graph(self.told[batch]["jobs"][number]["prompt_id"])


def film_commands(folder: Path, url: str) -> Iterator[tuple[str, tuple[object, ...]]]:
    yield "project", ("project", "create", "Neon", "--size", "64x64", "--fps", "24")
    yield "use", ("project", "use", "neon")
    yield "verse", ("scene", "create", "Verse")
    yield "chorus", ("scene", "create", "Chorus")
    yield "street", ("clip", "create", "verse", "Street", "--length", "1", "--video", "a street in the rain")
    yield "hero", ("clip", "create", "chorus", "Hero", "--length", "36f", "--video", 'she says "neon"\nand runs')
    yield "skyline", ("clip", "create", "chorus", "Skyline", "--length", "0.5", "--image", "the skyline")
    yield "add", ("comfyui", "add", "box", url)
    yield "stills", ("generate", "image", "chorus/skyline", *STILL, "--count", 2, "--seed", 7)
    yield "videos", ("generate", "video", "verse/street", "chorus/hero", *VIDEO)
    yield "music", ("media", "music", "neon", media.song(folder / "song.flac", seconds=3))
    yield "export", ("export", "video", "neon", "-o", "film.mp4")


@pytest.fixture(scope="module")
def shoot(comfy: ComfyServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shoot]:
    folder = tmp_path_factory.mktemp("shoot")
    with closing(Studio(folder, comfy.url, VIDCTL_PROJECT="")) as studio, closing(ServerView(comfy.url)) as seen:
        told = {name: studio.ask(*command) for name, command in film_commands(folder, comfy.url)}
        yield Shoot(studio, seen, told)


def unlikeness(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures over all channels, 0 to 255."""
    mean: list[float] = ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean
    return sum(mean) / len(mean)


def pictures(path: Path | str) -> list[Image.Image]:
    return [picture for _, picture in media.decoded(Path(path))]


def test_every_render_succeeded(shoot: Shoot) -> None:
    assert [shoot.told[batch]["succeeded"] for batch in ("stills", "videos")] == [2, 2]
    assert {job.status for job in shoot.studio.jobs()} == {JobStatus.SUCCEEDED}


def test_the_server_ran_what_the_flags_said(shoot: Shoot) -> None:
    graphs = [shoot.graph(number, "stills") for number in (0, 1)]
    inputs = [{node["class_type"]: node["inputs"] for node in graph.values()} for graph in graphs]
    assert [each["KSampler"]["seed"] for each in inputs] == [7, 8]
    assert {each["KSampler"]["steps"] for each in inputs} == {3}
    assert {each["KSampler"]["sampler_name"] for each in inputs} == {"euler_ancestral"}
    assert {each["LoraLoader"]["lora_name"] for each in inputs} == {"tiny_sd15_lora.safetensors"}
    assert {each["LoraLoader"]["strength_model"] for each in inputs} == {0.8}


def test_a_prompt_reaches_the_server_as_it_was_written(shoot: Shoot) -> None:
    texts = [node["inputs"].get("text") for node in shoot.graph(1, "videos").values()]
    assert 'she says "neon"\nand runs' in texts


def test_two_seeds_make_two_pictures_of_the_size_that_was_asked_for(shoot: Shoot) -> None:
    newest, first = shoot.gallery("chorus/skyline").images
    assert (first.seed, newest.seed) == (7, 8)
    with Image.open(first.file) as one, Image.open(newest.file) as other:
        assert one.size == other.size == (64, 64)
        assert unlikeness(one, other) > 0


def test_the_first_take_is_selected_and_another_can_be_chosen(shoot: Shoot) -> None:
    newest, first = shoot.gallery("chorus/skyline").images
    assert (first.is_selected, newest.is_selected) == (True, False)
    shoot.studio.vidctl("clip", "select", "chorus/skyline", newest.id[:8])
    assert shoot.gallery("chorus/skyline").selected_image_id == newest.id
    shoot.studio.vidctl("clip", "select", "chorus/skyline", first.id)


@pytest.mark.parametrize(("clip", "frames"), [("verse/street", 17), ("chorus/hero", 25)])
def test_a_video_covers_its_clip_in_frames_that_the_model_can_make(shoot: Shoot, clip: str, frames: int) -> None:
    """16 frames a second, and one more than a multiple of four."""
    (take,) = shoot.gallery(clip).videos
    assert (take.frames, take.fps) == (frames, "16")
    assert len(pictures(take.file)) == frames


def test_every_take_lies_with_its_recipe_in_our_folder(shoot: Shoot) -> None:
    for clip in CUT:
        gallery = shoot.gallery(clip)
        for take in [*gallery.images, *gallery.videos]:
            sidecar = json.loads(Path(f"{take.file}.json").read_text())
            assert Path(take.file).is_relative_to(shoot.studio.assets)
            assert (sidecar["take_id"], sidecar["fingerprint"]) == (take.id, take.fingerprint)
            assert sidecar["recipe"]["seed"] == take.seed


def test_the_film_has_the_frames_rate_and_size_of_its_project(shoot: Shoot) -> None:
    times = [time for time, _ in media.decoded(shoot.file)]
    assert times == [Fraction(number, 24) for number in range(sum(CUT.values()))]
    told = shoot.told["export"]
    assert (told["frames"], told["fps"], told["seconds"], told["missing"]) == (72, "24", 3.0, [])
    with av.open(str(shoot.file)) as film:
        assert (film.streams.video[0].width, film.streams.video[0].height) == (64, 64)
        assert film.streams.video[0].average_rate == 24


def test_the_song_is_the_films_only_sound(shoot: Shoot) -> None:
    with av.open(str(shoot.file)) as film:
        assert len(film.streams.audio) == 1
    assert media.click_positions(shoot.file) == pytest.approx(media.clicks(3.0), abs=0.005)


def test_every_frame_of_the_film_comes_from_its_clips_take(shoot: Shoot) -> None:
    """Among all frames of all takes, the one most like it is of the selected take, at the same time."""
    files = [shoot.gallery(clip).videos[0].file for clip in ("verse/street", "chorus/hero")]
    files.append(shoot.gallery("chorus/skyline").images[1].file)
    takes = dict(zip(CUT, map(pictures, files), strict=True))
    frames = iter(pictures(shoot.file))
    for clip, length in CUT.items():
        for number in range(length):
            shown = next(frames)
            unlike = {(name, at): unlikeness(shown, frame) for name in takes for at, frame in enumerate(takes[name])}
            name, at = min(unlike, key=lambda place: unlike[place])
            assert name == clip
            assert clip == "chorus/skyline" or abs(at - number * 16 / 24) <= 1


def test_a_dry_run_shows_the_graph_that_is_run(studio: Studio, seen: ServerView) -> None:
    """Only the files are named after the prompt, so that each render has its own."""
    studio.plan("a")
    wanted = ("generate", "video", "one/a", *VIDEO, "--seed", 11, "--negative", "blurry")
    (planned,) = studio.ask(*wanted, "--dry-run")["renders"]
    assert seen.prompts() == {}
    (job,) = studio.ask(*wanted)["jobs"]
    (save,) = [node for node in planned["graph"].values() if "filename_prefix" in node["inputs"]]
    save["inputs"]["filename_prefix"] += f"-{job['prompt_id'][:8]}"
    assert seen.graph(job["prompt_id"]) == planned["graph"]


def test_a_long_prompt_arrives_whole(studio: Studio, seen: ServerView) -> None:
    """100,000 characters; most of them line breaks, which cost the text encoder nothing."""
    prompt = (f"\"neon\" 'rain' \\n {{brace}} (weight:1.1) é 雨{chr(10) * 3000}" * 40)[:99_900] + "!"
    escaped = prompt.replace("{", "\\{").replace("}", "\\}")
    (studio.folder / "prompt.txt").write_text(escaped)
    studio.plan("a")
    studio.vidctl("clip", "prompt", "one/a", "--image", "@prompt.txt")
    (job,) = studio.ask("generate", "image", "one/a", *QUICK)["jobs"]
    assert prompt in [node["inputs"].get("text") for node in seen.graph(job["prompt_id"]).values()]
    assert studio.gallery("one/a").images[0].prompt == prompt


@pytest.mark.parametrize(
    ("option", "value", "code", "hint"),
    [
        pytest.param("--set", "shift=3", 2, "has no parameter shift", id="a parameter that the workflow lacks"),
        pytest.param("--size", "65x64", 2, "use 64", id="a size that the model cannot make"),
        pytest.param("--model", "tiny_sd51.safetensors", 1, "did you mean tiny_sd15.safetensors?", id="a model"),
        pytest.param("--lora", "tiny_sd15_loro.safetensors", 1, "did you mean tiny_sd15_lora.safetensors", id="a LoRA"),
        pytest.param("--sampler", "eulr", 1, "did you mean euler", id="a sampler"),
        pytest.param("--scheduler", "karas", 1, "did you mean karras?", id="a scheduler"),
    ],
)
def test_what_cannot_be_rendered_is_told_before_anything_is_queued(
    studio: Studio, seen: ServerView, option: str, value: str, code: int, hint: str
) -> None:
    studio.plan("a")
    refused = studio.vidctl("generate", "image", "one/a", option, value, code=code)
    assert hint in refused.err
    assert (studio.jobs(), seen.prompts()) == ([], {})


def test_a_server_is_described(studio: Studio) -> None:
    studio.plan()
    (check,) = studio.ask("comfyui", "check")["items"]
    info = studio.ask("comfyui", "info", "box")
    models = studio.ask("comfyui", "models", "box")["folders"]
    assert (check["is_online"], check["version"]) == (True, install.DEFAULT_VERSION)
    assert info["models"]["loras"] == 2
    families = {model["name"]: model["family"] for folder in models.values() for model in folder}
    assert families["tiny_sd15.safetensors"] == "sd15"
    assert families["tiny_wan_t2v.safetensors"] == "wan2.1"


def test_the_demo_is_rendered_on_a_server(studio: Studio, seen: ServerView) -> None:
    studio.plan()
    made = studio.ask("demo", "film", "--server", "box", "--size", "64x64", "--steps", "1")
    assert (made["clips"], made["film"]["frames"], made["film"]["missing"]) == (9, 720, [])
    assert list(seen.prompts().values()) == ["success"] * 9
    assert len(pictures(studio.folder / "film" / "film.mp4")) == 720
