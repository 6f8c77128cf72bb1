"""Plate patterns: `?` is one character, `*` any run of them, none included. Looks nothing up."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, pairwise

ONE, RUN = "?", "*"
MOST_WAYS = 500
"""Ways to spread the runs of one pattern over one length; a pattern with more is cut to its first."""


def fixed_characters(pattern: str) -> int:
    """Return how many characters of a plate the pattern names."""
    return sum(char not in (ONE, RUN) for char in pattern)


def is_plate(pattern: str) -> bool:
    """Return whether the pattern is a whole plate, with nothing left open."""
    return ONE not in pattern and RUN not in pattern


def matches(pattern: str, text: str) -> bool:
    """Return whether a text is exactly what the pattern allows."""
    return _expression(pattern).fullmatch(text) is not None


def spread(pattern: str, length: int) -> list[str]:
    """Return the ways in which the pattern can be `length` long, each of that length.

    In them `*` stands for one character out of a run, so that one can tell it from `?`; both fit any.
    """
    parts = re.sub(r"\*+", RUN, pattern).split(RUN)
    free = length - sum(map(len, parts))
    if free < 0 or (len(parts) == 1 and free):
        return []
    found = []
    for gaps in _gaps(free, len(parts) - 1):
        found.append(parts[0] + "".join(RUN * gap + part for gap, part in zip(gaps, parts[1:], strict=True)))
        if len(found) == MOST_WAYS:
            break
    return found


def _gaps(free: int, runs: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to share `free` characters among the runs."""
    if runs == 0:
        yield ()
        return
    for bars in combinations(range(free + runs - 1), runs - 1):
        ends = (-1, *bars, free + runs - 1)
        yield tuple(after - before - 1 for before, after in pairwise(ends))


@lru_cache(4096)
def _expression(pattern: str) -> re.Pattern[str]:
    wild = {ONE: ".", RUN: ".*"}
    return re.compile("".join(wild.get(char) or re.escape(char) for char in pattern))
