"""The recipe of a title card: what is written on it, at the film's own size and rate."""

from __future__ import annotations

from vidctl.domain.clip import Clip
from vidctl.domain.lyrics import lines_within
from vidctl.domain.portrait import Portrait, Shot
from vidctl.domain.project import Project
from vidctl.domain.recipe import LyricLine, MediaKind, RenderRequest, TitleCard
from vidctl.domain.wishes import Wishes
from vidctl.domain.wording import Words
from vidctl.errors import UnusedParameter
from vidctl.services.film import Film

FLAGS = "flags"


def wants_seed(wishes: Wishes) -> bool:
    """Whether a person has asked for a seed along with the render. That of film and clip is meant for real renders."""
    return "seed" in _flags(wishes)


def animatic_request(project: Project, shot: Shot, card: TitleCard, wishes: Wishes, words: Words) -> RenderRequest:
    """The card of a shot, with those words on it. The settings of film and clip are meant for its real renders and do
    not concern it, but flags do. Raises UnusedParameter for any but the seed."""
    flags = _flags(wishes) - {"seed"}
    if flags:
        first = sorted(flags)[0]
        raise UnusedParameter(
            f"the animatic has no {'--size' if first in ('width', 'height') else f'parameter {first}'}",
            cause="it draws title cards at the film's size and rate",
            fix="leave the option out, or render on a server",
        )
    return RenderRequest(
        kind=wishes.kind,
        backend="animatic",
        width=project.width,
        height=project.height,
        frames=shot.length if wishes.kind is MediaKind.VIDEO else 1,
        fps=project.fps,
        seed=words.seed,
        values={"seed": words.seed} if wants_seed(wishes) else {},
        origins={"seed": FLAGS} if wants_seed(wishes) else {},
        card=card.model_copy(update={"prompt": words.prompt}),
    )


def _flags(wishes: Wishes) -> set[str]:
    return {name for source, settings in wishes.layers if source == FLAGS for name in settings}


def portrait_card(project: Project, portrait: Portrait) -> TitleCard:
    """What a picture of a character would show, as it is written on its card."""
    character = portrait.character
    return TitleCard(
        project=project.name, scene=character.name, clip=f"{character.name}: {portrait.title}", prompt=portrait.prompt
    )


def title_card(film: Film, clip: Clip, kind: MediaKind, still: str | None = None) -> TitleCard:
    """What is known of a clip, as it is written on its card."""
    return TitleCard(
        project=film.project.name,
        scene=film.scene(clip.scene_id).name,
        clip=clip.name,
        prompt=clip.prompt_for(kind),
        lyrics=_lyrics(film, clip),
        start_frame=film.film_span(clip).start,
        still_asset=still,
    )


def _lyrics(film: Film, clip: Clip) -> tuple[LyricLine, ...]:
    """The film's timed lines while the clip runs, else the clip's own lines spread evenly over it."""
    timed = lines_within(film.project.lyrics, film.film_span(clip).start, clip.length, film.project.rate)
    own = [line.strip() for line in clip.lyrics.splitlines() if line.strip()]
    if timed or not own:
        return timed
    edges = [round(i * clip.length / len(own)) for i in range(len(own) + 1)]
    return tuple(LyricLine(start=a, end=b, text=t) for a, b, t in zip(edges, edges[1:], own, strict=False))
