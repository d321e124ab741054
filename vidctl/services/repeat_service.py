"""Takes rendered once more from the recipes they keep: the same again, or with other seeds. Nothing is resolved anew,
so what has changed in the film since then does not count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from vidctl.domain.events import Event
from vidctl.domain.job import ANIMATIC
from vidctl.domain.recipe import RenderRequest
from vidctl.domain.seeds import parse_seeds
from vidctl.domain.take import Take
from vidctl.errors import InvalidInput, UnusedParameter
from vidctl.services.destinations import Destination, Destinations
from vidctl.services.references import References
from vidctl.services.render_runs import RenderRuns, Wanted
from vidctl.services.take_reader import TakeReader

_VARIED = "vary"


class RepeatService:
    """Renders takes again. Raises what `vidctl generate` raises where a workflow or a file is no longer there."""

    def __init__(
        self, references: References, reader: TakeReader, destinations: Destinations, runs: RenderRuns
    ) -> None:
        self._references = references
        self._reader = reader
        self._destinations = destinations
        self._runs = runs

    def rerun(self, references: Sequence[str], *, server: str | None, wait: bool) -> Iterator[Event]:
        """The same recipes again, each once, in the order given; new takes of the same clips."""
        takes = list({take.id: take for take in map(self._references.take, references)}.values())
        return self._render([self._wanted(take) for take in takes], server, wait=wait)

    def vary(self, reference: str, seeds: str, *, server: str | None, wait: bool) -> Iterator[Event]:
        """A take's recipe with each of the seeds ("+1..+8", "100..108", "7,8,9")."""
        same = self._wanted(self._references.take(reference))
        if same.request.backend != ANIMATIC and "seed" not in same.request.values:
            raise UnusedParameter(
                "there is no seed to vary",
                cause="its workflow has none",
                fix="vidctl take rerun TAKE renders it again",
                parameter="seed",
            )
        wanted = [_with_seed(same, seed) for seed in parse_seeds(seeds, same.request.seed)]
        return self._render(wanted, server, wait=wait)

    def _wanted(self, take: Take) -> Wanted:
        request = take.request()
        if request is None:
            raise InvalidInput(
                f"take {take.id[:8]} cannot be rendered again",
                cause="it is a file that somebody brought, so there is no recipe",
                fix="vidctl generate renders its clip anew",
            )
        label = f"{self._reader.respond(take).path} {take.kind} again"
        return Wanted(take.project_id, take.clip_id, take.character_id, label, request, take.view)

    def _render(self, wanted: list[Wanted], server: str | None, *, wait: bool) -> Iterator[Event]:
        def check(destination: Destination) -> None:
            for each in wanted:
                destination.check(each.request)

        place = _place([each.request for each in wanted], server)
        _, destination = self._destinations.choose(place, check, online=wait)
        yield from self._runs.run(wanted, destination, wait=wait)


def _with_seed(same: Wanted, seed: int) -> Wanted:
    request = same.request
    changed = {
        "seed": seed,
        "values": {**request.values, "seed": seed},
        "origins": {**request.origins, "seed": _VARIED},
    }
    label = f"{same.label.removesuffix(' again')} seed {seed}"
    return replace(same, label=label, request=request.model_copy(update=changed))


def _place(requests: Sequence[RenderRequest], server: str | None) -> str | None:
    """The server to render on: title cards are drawn by the animatic only, and nothing else is."""
    cards = {request.backend == ANIMATIC for request in requests}
    if len(cards) > 1:
        raise InvalidInput(
            "title cards and renders of servers are named", cause="they are made in different places",
            fix="name them in two commands",
        )  # fmt: skip
    is_card = cards == {True}
    if server is not None and (server == ANIMATIC) is not is_card:
        what = "a title card is drawn without a server" if is_card else "the animatic draws nothing but title cards"
        raise InvalidInput(f"the recipe cannot be rendered on {server}", cause=what, fix="leave --server out")
    return ANIMATIC if is_card else server
