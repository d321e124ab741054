"""From "render these clips" to jobs, to takes, and to what is said of those that failed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.backend import Script, ScriptedBackend
from tests.fakes.house import House
from vidctl.domain.clip import Clip
from vidctl.domain.events import JobProgress, JobQueued, Notice, Result
from vidctl.domain.job import ANIMATIC, ANY_SERVER, Job, JobStatus
from vidctl.domain.recipe import MediaKind
from vidctl.dtos.base import make_input
from vidctl.dtos.generation_dtos import GenerationRequestDTO
from vidctl.errors import (
    AuthenticationFailed,
    ConfigurationError,
    InvalidInput,
    PartlyDone,
    RenderRejected,
    ServerCannotRender,
    Unreachable,
    UnusedParameter,
    VidctlError,
)

MODEL = "sdxl_base_1.0.safetensors"
LEASE = timedelta(minutes=1)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(tmp_path, server_patience=0.5) as house:
        yield house


def known(house: House, name: str = "Box", *models: str) -> ScriptedBackend:
    """A server that has told which models it has."""
    backend = house.server(name)
    house.app.comfyui._models[house.server_id(name)] = {"checkpoints": list(models or (MODEL,))}
    return backend


def away(house: House, name: str = "Box", error: VidctlError | None = None) -> None:
    """A server that cannot be asked."""
    house.server(name).away = True
    house.farm.locked[house.server_id(name)] = error or Unreachable(f"{name} does not answer")
    models, silent = house.app.comfyui.models_by_folder, house.server_id(name)

    def ask(server: Any) -> Any:
        if server.id == silent:
            raise house.farm.locked[silent]
        return models(server)

    house.app.comfyui.models_by_folder = ask  # type: ignore[method-assign]


def ask(clip: Clip, **fields: Any) -> GenerationRequestDTO:
    return make_input(GenerationRequestDTO, clips=[clip.id], **{"generation_type": MediaKind.IMAGE, **fields})


def queue(house: House, request: GenerationRequestDTO) -> list[Job]:
    list(house.app.generation.generate(request, wait=False))
    return house.queue.find_many({}, sort=(("created_at", 1), ("number", 1)))


def render(house: House, request: GenerationRequestDTO) -> Any:
    """Wait for the renders; the result."""
    *_, last = house.app.generation.generate(request, wait=True)
    assert isinstance(last, Result)
    return last.value


def test_a_render_is_queued_and_done(house: House) -> None:
    known(house)
    result = render(house, ask(house.clip(), count=2))
    assert (result.total, result.succeeded, result.open) == (2, 2, 0)
    assert house.queue.count({"status": JobStatus.SUCCEEDED}) == 2


def test_without_waiting_it_is_only_queued(house: House) -> None:
    box = known(house)
    events = list(house.app.generation.generate(ask(house.clip(image_prompt="rain")), wait=False))
    assert [type(event) for event in events] == [JobQueued, Result]
    assert box.submitted == []


def test_a_clip_without_a_prompt_is_rendered_with_a_warning(house: House) -> None:
    known(house)
    warning, queued, _ = house.app.generation.generate(ask(house.clip()), wait=False)
    assert isinstance(warning, Notice)
    assert "has no prompt" in warning.text
    assert isinstance(queued, JobQueued)


def test_one_server_is_bound_and_of_several_any_will_do(house: House) -> None:
    known(house, "One")
    [bound] = queue(house, ask(house.clip(slug="a")))
    known(house, "Two")
    *_, free = queue(house, ask(house.clip(slug="b")))
    assert (bound.target, free.target) == (house.server_id("one"), ANY_SERVER)


def test_the_priority_is_the_jobs(house: House) -> None:
    known(house)
    [job] = queue(house, ask(house.clip(), priority=5))
    assert job.priority == 5


# seeds of several takes


def test_the_takes_of_a_chosen_seed_count_up_from_it(house: House) -> None:
    known(house)
    requests = [job.render_request() for job in queue(house, ask(house.clip(), count=3, settings={"seed": 5}))]
    assert [request.values["seed"] for request in requests] == [5, 6, 7]
    assert [request.origins["seed"] for request in requests] == ["flags", "count", "count"]


def test_a_seed_of_the_film_counts_up_too(house: House) -> None:
    known(house)
    jobs = queue(house, ask(house.clip(image_settings={"seed": 5}), count=2))
    assert [job.render_request().seed for job in jobs] == [5, 6]


@pytest.mark.parametrize("settings", [{}, {"seed": -1}])
def test_without_a_chosen_seed_each_take_draws_its_own(house: House, settings: dict[str, Any]) -> None:
    known(house)
    house.app.generation._draw_seed = iter(range(100)).__next__
    jobs = queue(house, ask(house.clip(), count=3, settings=settings))
    assert len({job.render_request().seed for job in jobs}) == 3


# what is wrong leaves nothing behind


def test_a_wrong_value_queues_nothing(house: House) -> None:
    known(house)
    good, bad = house.clip(slug="good"), house.clip(slug="bad", image_settings={"width": 500})
    request = GenerationRequestDTO(clips=[good.id, bad.id], generation_type=MediaKind.IMAGE)
    with pytest.raises(InvalidInput):
        queue(house, request)
    assert house.queue.count({}) == 0


def test_a_wrong_value_is_refused_though_no_server_can_be_asked(house: House) -> None:
    away(house)
    with pytest.raises(InvalidInput, match="steps"):
        queue(house, ask(house.clip(), settings={"model": MODEL, "steps": "many"}))
    assert house.queue.count({}) == 0


def test_a_render_for_a_server_that_is_away_waits_in_the_queue(house: House) -> None:
    away(house)
    [job] = queue(house, ask(house.clip(), settings={"model": MODEL}))
    assert (job.status, job.target) == (JobStatus.QUEUED, house.server_id("box"))


def test_waiting_for_a_server_that_is_away_queues_nothing(house: House) -> None:
    away(house)
    with pytest.raises(Unreachable):
        render(house, ask(house.clip(), settings={"model": MODEL}))
    assert house.queue.count({}) == 0


def test_a_server_that_does_not_let_us_in_is_passed_over(house: House) -> None:
    away(house, "One", AuthenticationFailed("wrong password"))
    known(house, "Two")
    assert render(house, ask(house.clip())).succeeded == 1


@pytest.mark.parametrize("wait", [True, False])
def test_where_no_server_lets_us_in_that_is_told(house: House, wait: bool) -> None:
    away(house, "One", AuthenticationFailed("wrong password"))
    with pytest.raises(AuthenticationFailed):
        list(house.app.generation.generate(ask(house.clip()), wait=wait))


def test_without_any_server_the_remedy_is_told(house: House) -> None:
    with pytest.raises(ConfigurationError) as refused:
        queue(house, ask(house.clip()))
    assert "--server animatic" in refused.value.fix


def test_the_first_server_that_can_render_all_of_it_decides(house: House) -> None:
    known(house, "One", "mystery.safetensors")
    known(house, "Two")
    [job] = queue(house, ask(house.clip()))
    assert job.render_request().values["model"] == MODEL


# the animatic


def test_title_cards_take_no_flags_but_the_seed(house: House) -> None:
    with pytest.raises(UnusedParameter):
        queue(house, ask(house.clip(), server=ANIMATIC, settings={"steps": 3, "seed": 3}))


def test_a_seed_that_is_given_along_decides_about_a_cards_look_and_words(house: House) -> None:
    clip = house.clip(image_prompt="{a|b|c|d|e|f|g|h}")
    jobs = queue(house, ask(clip, server=ANIMATIC, settings={"seed": 40}, count=3))
    asked = [job.render_request() for job in jobs]
    assert [(each.seed, each.values) for each in asked] == [(seed, {"seed": seed}) for seed in (40, 41, 42)]
    assert len({each.card.prompt for each in asked if each.card}) > 1
    *_, again = queue(house, ask(clip, server=ANIMATIC, settings={"seed": 41}))
    assert again.render_request() == asked[1]


def test_without_a_seed_of_its_own_a_card_has_the_usual_look(house: House) -> None:
    jobs = queue(house, ask(house.clip(image_settings={"seed": 1}), server=ANIMATIC, count=2))
    assert [(job.render_request().seed, job.render_request().values) for job in jobs] == [(0, {}), (1, {})]


def test_a_drawn_seed_can_be_asked_for(house: House) -> None:
    house.app.generation._draw_seed = lambda: 77
    [job] = queue(house, ask(house.clip(), server=ANIMATIC, settings={"seed": -1}))
    assert job.render_request().values == {"seed": 77}


def test_the_films_settings_do_not_concern_title_cards(house: House) -> None:
    jobs = queue(house, ask(house.clip(image_settings={"steps": 3, "seed": 1}), server=ANIMATIC, count=2))
    assert len({job.render_request().fingerprint() for job in jobs}) == 2


# what is said at the end


def test_what_failed_is_raised_when_nothing_succeeded(house: House) -> None:
    known(house).plan(Script(broken_submit=RenderRejected("no such sampler", cause="eular"), received=False))
    with pytest.raises(RenderRejected) as failed:
        render(house, ask(house.clip()))
    assert (failed.value.problem, failed.value.cause) == ("no such sampler", "eular")


def test_a_part_that_failed_is_told_with_its_reason(house: House) -> None:
    known(house).plan(Script(), Script(), Script(broken_submit=RenderRejected("no such sampler"), received=False))
    with pytest.raises(PartlyDone) as failed:
        render(house, ask(house.clip(), count=3))
    assert failed.value.problem == "1 of 3 renders did not succeed"
    assert failed.value.cause == "no such sampler"


def test_renders_that_are_left_because_their_server_went_away_are_told(house: House) -> None:
    box = known(house)
    box.plan(Script(hold=threading.Event()))

    def render_until_it_goes_away() -> None:
        for event in house.app.generation.generate(ask(house.clip(), count=2), wait=True):
            box.away = box.away or isinstance(event, JobProgress)

    with pytest.raises(Unreachable) as failed:
        render_until_it_goes_away()
    assert failed.value.problem == "2 of 2 renders are still queued"


def test_leaving_gives_running_renders_back(house: House) -> None:
    known(house).plan(Script(hold=threading.Event()))
    events = house.app.generation.generate(ask(house.clip()), wait=True)
    assert next(event for event in events if isinstance(event, JobProgress))
    events.close()  # type: ignore[attr-defined]
    [job] = house.queue.find_many({})
    assert (job.status, job.attempts) == (JobStatus.QUEUED, 0)


def test_a_dry_run_stores_and_sends_nothing(house: House) -> None:
    box = known(house)
    [resolved] = house.app.generation.dry_run(ask(house.clip(), settings={"seed": 3})).renders
    assert (resolved.seed, resolved.origins["seed"], resolved.server) == (3, "flags", "Box")
    assert resolved.graph["5"]["inputs"]["seed"] == 3
    assert (box.submitted, house.queue.count({})) == ([], 0)


def test_what_a_server_lacks_is_told_before_anything_is_queued(house: House) -> None:
    known(house).plan(Script(refusal=ServerCannotRender("Box lacks a node")))
    with pytest.raises(ServerCannotRender):
        queue(house, ask(house.clip()))
    assert house.queue.count({}) == 0


def test_the_renders_of_a_batch_are_claimed_in_the_order_they_were_asked_for(house: House) -> None:
    box = known(house)
    house.app.generation._draw_seed = iter(range(100)).__next__
    labels = [job.label for job in queue(house, ask(house.clip(), count=12))]
    claimed = [house.queue.claim("me", (house.server_id("Box"),), LEASE) for _ in labels]
    assert [job.label for job in claimed if job] == labels
    assert box.submitted == []
