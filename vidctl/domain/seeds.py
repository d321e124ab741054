"""Which seeds a person means: "100..108", "7,8,9", or "+1..+8" counted from a take's own."""

from __future__ import annotations

import re

from vidctl.errors import InvalidInput

#: The largest that every store and the queue can keep.
MAX_SEED = 2**63 - 1
#: More renders than this at once are a slip of the finger.
MOST_SEEDS = 1000

_PART = re.compile(r"([+-]?)(\d{1,20})(?:\.\.([+-]?)(\d{1,20}))?")


def parse_seeds(text: str, own: int) -> list[int]:
    """The seeds in the order given, each once; those with a sign are counted from `own`. Raises InvalidInput."""
    seeds: dict[int, None] = {}
    for part in text.split(","):
        seeds.update(dict.fromkeys(_range(part.strip(), own)))
        if len(seeds) > MOST_SEEDS:
            raise _refused(text, f"that is more than {MOST_SEEDS} seeds")
    if wrong := [seed for seed in seeds if not 0 <= seed <= MAX_SEED]:
        raise _refused(text, f"{wrong[0]} is not between 0 and {MAX_SEED}")
    return list(seeds)


def _range(part: str, own: int) -> range:
    match = _PART.fullmatch(part)
    if match is None or not part.isascii():
        raise _refused(part, "it is neither a number nor a range of two numbers")
    sign, first, last_sign, last = match.groups()
    if last is None:
        return range(_seed(sign, first, own), _seed(sign, first, own) + 1)
    if bool(sign) != bool(last_sign):
        raise _refused(part, "only one end of the range is counted from the take's own seed")
    start, end = _seed(sign, first, own), _seed(last_sign, last, own)
    if not 0 <= end - start < MOST_SEEDS:
        raise _refused(part, "its end lies before its start" if end < start else f"it holds more than {MOST_SEEDS}")
    return range(start, end + 1)


def _seed(sign: str, digits: str, own: int) -> int:
    return own + int(sign + digits) if sign else int(digits)


def _refused(text: str, cause: str) -> InvalidInput:
    return InvalidInput(f"{text!r} names no seeds", cause=cause, fix="write +1..+8, 100..108 or 7,8,9")
