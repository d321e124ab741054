"""How fast large films are: python -m pytest -n 0 -m bench tests/bench/bench_film.py

A film of 100,000 clips with a take each in 200 scenes, and one of 2,000 clips; on SQLite, and on a MongoDB: the one
that $VIDCTL_TEST_MONGO names, else one that is started, else its stand-in, which would take hours to be filled and so
gets 10,000 clips. Times are those of one call in a new App.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.stores import Stores, socket_kinds
from vidctl.app import App
from vidctl.domain.asset import Asset, AssetKind, MediaFacts
from vidctl.domain.clip import Clip
from vidctl.domain.project import Project
from vidctl.domain.recipe import MediaKind
from vidctl.domain.scene import Scene
from vidctl.domain.take import Take
from vidctl.domain.timeline import Span
from vidctl.domain.timeline_analysis import Placed
from vidctl.domain.timeline_suggestions import suggest
from vidctl.dtos.base import make_input
from vidctl.dtos.take_dtos import TakeFilterDTO
from vidctl.dtos.timeline_dtos import RippleInsertDTO
from vidctl.repositories.store import Insert, Write
from vidctl.settings import load_settings

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]
KINDS = ["sqlite-file", *(parameter.values[0] for parameter in socket_kinds()[:1])]
SCENES = {"stand-in": 20}
USUAL_SCENES = 200
BATCH = 10_000

Report = Callable[[str, float, str], None]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    with Stores(tmp_path_factory.mktemp("bench")) as opened:
        yield opened


@pytest.fixture(scope="module", params=KINDS)
def url(request: pytest.FixtureRequest, stores: Stores) -> Iterator[str]:
    with stores.url(request.param) as address:
        began = time.perf_counter()
        with open_app(address) as app:
            facts = MediaFacts(kind=AssetKind.IMAGE, media_type="image/png", extension=".png")
            app.store.insert("assets", Asset(id="a" * 64, location="a.png", size=1, facts=facts).to_stored())
            fill(app, "large", SCENES.get(request.param, USUAL_SCENES), 500)
            fill(app, "song", 20, 100)
        sys.__stdout__.write(f"\n  {request.param}: filled in {time.perf_counter() - began:.1f} s")  # type: ignore[union-attr]
        yield address


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Report:
    def write(what: str, value: float, unit: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n  {what:<60} {value:10.1f} {unit}")

    return write


def open_app(url: str) -> App:
    flags = {"store": url, "project": "large", "assets": "/nowhere", "store_timeout": "120"}
    return App(load_settings(flags=flags, start=Path("/"), environ={"VIDCTL_CONFIG": "/nowhere/config.toml"}))


def fill(app: App, slug: str, scenes: int, clips: int) -> None:
    film = Project(name=slug.title(), slug=slug)
    writes: list[Write] = [Insert("projects", film.to_stored())]
    for order in range(scenes):
        scene = Scene(project_id=film.id, name=f"Scene {order}", slug=f"s{order}", order=order, length=24 * clips)
        writes.append(Insert("scenes", scene.to_stored()))
        for number in range(clips):
            clip = Clip(
                project_id=film.id, scene_id=scene.id, name=f"Clip {number}", slug=f"c{number}", order=number,
                position=24 * number, length=24, image_prompt="a singer on a rooftop at night, rain, neon " * 5,
                tags=["hero"] if number % 50 == 0 else [],
            )  # fmt: skip
            take = Take(
                project_id=film.id, clip_id=clip.id, kind=MediaKind.IMAGE, asset_id="a" * 64, rating=1 + number % 5,
                tags=clip.tags,
            )  # fmt: skip
            writes += [Insert("clips", clip.to_stored()), Insert("takes", take.to_stored())]
    for start in range(0, len(writes), BATCH):
        app.store.write_all(writes[start : start + BATCH])


def timed(url: str, work: Callable[[App], Any], times: int = 5) -> float:
    """Median of some calls in milliseconds, each in an App of its own that has its connection."""
    found = []
    for _ in range(times):
        with open_app(url) as app:
            app.store.describe()
            began = time.perf_counter()
            work(app)
            found.append(1000 * (time.perf_counter() - began))
    return statistics.median(found)


def test_lists_of_100_000_clips(url: str, report: Report) -> None:
    with open_app(url) as app:
        middle = app.references.clip("s10/c250").id
    page = {"limit": 50}
    report("the first page of 50", timed(url, lambda app: app.clips.list_clips(**page)), "ms")
    report("a page from the middle", timed(url, lambda app: app.clips.list_clips(after=middle, **page)), "ms")
    report("a page of those with a tag", timed(url, lambda app: app.clips.list_clips(where="tag:hero", **page)), "ms")
    by_name = timed(url, lambda app: app.clips.list_clips(sort="name", after=middle, **page))
    report("a page by name, from the middle", by_name, "ms")
    whole_scene = timed(url, lambda app: app.clips.list_clips(scene="s10"))
    report("one scene of 500 clips", whole_scene, "ms")
    backwards = timed(url, lambda app: app.clips.list_clips(sort="-time", after=middle, **page))
    report("a page from the middle, backwards", backwards, "ms")
    for what, where in (("no clip fits", "has:video"), ("all clips fit", "has:image"), ("all clips fit", "text:neon")):
        asked = timed(url, lambda app, where=where: app.clips.list_clips(where=where, **page), 1)  # type: ignore[misc]
        report(f"a page of a query that {what}: {where}", asked, "ms")


def test_lists_of_100_000_takes(url: str, report: Report) -> None:
    for what, wanted in {
        "newest first": {},
        "best first": {"sort": "-rating"},
        "of a rating and better": {"rating": "3+"},
        "with a tag": {"tags": ["hero"]},
    }.items():
        asked = make_input(TakeFilterDTO, **wanted)
        report(f"a page of takes, {what}", timed(url, lambda app, a=asked: app.takes.list_takes(None, a)), "ms")  # type: ignore[misc]


def test_one_of_100_000_clips(url: str, report: Report) -> None:
    report("show one", timed(url, lambda app: app.clips.get_clip("s10/c250")), "ms")
    tag = timed(url, lambda app: app.clips.tag_clips(["s10/c250"], [f"t{time.monotonic_ns()}"], []))
    report("change one", tag, "ms")


def test_a_film_of_2_000_clips(url: str, report: Report) -> None:
    report("project show --tree", timed(url, lambda app: app.projects.get_project_with_scenes("song")), "ms")
    report("project analyze", timed(url, lambda app: app.timeline.project_analysis("song")), "ms")
    report("project timeline", timed(url, lambda app: app.timeline.project_timeline("song")), "ms")
    room = RippleInsertDTO(at="0", by="24f")
    report("scene ripple, 100 clips", timed(url, lambda app: app.timeline_edits.ripple_insert("song/s19", room)), "ms")
    closed = timed(url, lambda app: app.timeline_edits.close_gaps("song", None, dry_run=False), 1)
    report("project close-gaps, 100 of 2,000 clips move", closed, "ms")


def test_a_tangle_of_2_000_clips(report: Report) -> None:
    clips = [Placed(str(n), str(n), Span(12 * n, 12 * n + 24)) for n in range(2_000)]
    began = time.perf_counter()
    assert len(suggest(clips, latest=240_000)) == 1_000
    report("1,000 suggestions", 1000 * (time.perf_counter() - began), "ms")


def test_a_manifest_of_10_000_clips(url: str, report: Report, tmp_path: Path) -> None:
    flags = {"project": None, "dry_run": False, "check": False, "prune": False}
    clip = '[[scene.clip]]\nname = "Clip {n}"\nlength = "2.5s"\ntags = ["hero"]\nimage_prompt = "a train {n}"\n'
    scene = "".join(clip.format(n=n) for n in range(50))
    scenes = "".join(f'[[scene]]\nname = "Scene {number}"\n{scene}' for number in range(200))
    file = tmp_path / "film.toml"
    for what, text in (("made", scenes), ("nothing to do", scenes), ("changed", scenes.replace("train", "ship"))):
        file.write_text(f'vidctl = 1\n[project]\nname = "Manifest"\n{text}')
        report(f"10,000 clips: {what}", timed(url, lambda app: app.manifests.apply(file, **flags), 1) / 1000, "s")
    dump = timed(url, lambda app: app.manifests.dump("manifest", None, media=None, overwrite=False), 1)
    report("10,000 clips: dumped", dump / 1000, "s")


def test_the_command_line_on_100_000_clips(url: str, report: Report) -> None:
    for command in (["clip", "list", "--limit", "50"], ["clip", "show", "s10/c250"], ["--version"]):
        began = time.perf_counter()
        line = [sys.executable, "-m", "vidctl", "--store", url, "--project", "large", *command]
        done = subprocess.run([*line, *(["--json"] * ("clip" in command))], check=True, capture_output=True)
        report(f"vidctl {' '.join(command)}", 1000 * (time.perf_counter() - began), "ms")
        assert command == ["--version"] or json.loads(done.stdout)
