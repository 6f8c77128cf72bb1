"""Matching: which watchlist entries a batch of sightings belongs to or resembles, fast. It raises nothing.

A resemblance is no hit yet: whether the vehicle is rather one of its own is weighed in belief.py.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from operations.reads.errors import ReadErrors
from operations.reads.patterns import ONE, RUN, fixed_characters
from operations.watch_conditions import Passage
from operations.watch_index import WatchIndex, indexed
from operations.watched import Watched
from operations.watchlist import LEAST_FIXED_FUZZY

LEAST_LIKELY = 3e-4
"""P(read | true) under which a resemblance is not looked at: what the model holds for no more than chance
between any two characters. Above it lie nine in ten of all misreads (prior); belief.py weighs them."""


@dataclass(frozen=True, slots=True)
class Look:
    """What matching asks of a sighting. received_at: decides whether an entry was in force."""

    plate: str
    received_at: datetime
    passage: Passage


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that a plate fits or resembles. plate: the watched one; likelihood: P(read | plate)."""

    entry: Watched
    plate: str
    likelihood: float
    exact: bool


@dataclass(frozen=True, slots=True)
class Matcher:
    """Entries ready to be matched, those of one pattern together."""

    patterns: tuple[str, ...]
    entries: tuple[tuple[Watched, ...], ...]
    expressions: tuple[re.Pattern[str] | None, ...]
    index: WatchIndex

    def matches(self, looks: Sequence[Look], errors: ReadErrors) -> list[list[Match]]:
        """Return for each look the entries in force that its plate fits, and those it resembles, by id.

        A plate that fits an entry never resembles it too. What contradicts an entry's class, colour, area
        or hours is left out.
        """
        plates = [look.plate for look in looks]
        fits, resembles = self.index.candidates(plates)
        found: list[list[Match]] = [[] for _ in looks]
        for row, number in fits:
            if self._fits(plates[row], number):
                found[row] += self._of(number, looks[row], plates[row], None)
        for row, number in resembles:
            for plate, likelihood in self._likely(plates[row], number, errors):
                found[row] += self._of(number, looks[row], plate, likelihood)
        for matches in found:
            matches.sort(key=lambda match: match.entry.id)
        return found

    def _fits(self, plate: str, number: int) -> bool:
        expression = self.expressions[number]
        return expression.fullmatch(plate) is not None if expression else plate == self.patterns[number]

    def _likely(self, read: str, number: int, errors: ReadErrors) -> Iterator[tuple[str, float]]:
        """Yield the watched plate that this may have been, if that is likely enough."""
        if not self._fits(read, number):
            plate = nearest_fit(self.patterns[number], read)
            if self._fits(plate, number):
                likelihood = errors.probability(read, plate)
                if likelihood >= LEAST_LIKELY:
                    yield plate, likelihood

    def _of(self, number: int, look: Look, plate: str, likelihood: float | None) -> Iterator[Match]:
        """Yield the entries of a pattern that were in force and that the look does not contradict."""
        for entry in self.entries[number]:
            if likelihood is not None and not entry.fuzzy:
                continue
            if not entry.valid_from <= look.received_at < entry.valid_until:
                continue
            if not entry.conditions.contradicted_by(look.passage):
                yield Match(entry, plate, 1.0 if likelihood is None else likelihood, likelihood is None)


def compiled(entries: Iterable[Watched]) -> Matcher:
    """Return a matcher for the entries."""
    by_pattern: dict[str, list[Watched]] = defaultdict(list)
    for entry in entries:
        by_pattern[entry.pattern].append(entry)
    patterns = tuple(by_pattern)
    fuzzy = [
        any(entry.fuzzy for entry in by_pattern[pattern]) and fixed_characters(pattern) >= LEAST_FIXED_FUZZY
        for pattern in patterns
    ]
    return Matcher(
        patterns,
        tuple(tuple(group) for group in by_pattern.values()),
        tuple(_expression(pattern) for pattern in patterns),
        indexed(patterns, fuzzy),
    )


def nearest_fit(pattern: str, read: str) -> str:
    """Return the plate of a pattern that is likest to a read: what the pattern leaves open stays as read.

    Of a read too short for the pattern it is none that fits.
    """
    head, run, rest = pattern.partition(RUN)
    if not run:
        return _filled(pattern, read)
    tail = rest.rpartition(RUN)[2]
    middle = read[len(head) : len(read) - len(tail)]
    return _filled(head, read[: len(head)]) + middle + _filled(tail, read[len(read) - len(tail) :])


def _filled(pattern: str, read: str) -> str:
    if ONE not in pattern:
        return pattern
    return "".join(a if b == ONE else b for a, b in zip(read, pattern, strict=False))


def _expression(pattern: str) -> re.Pattern[str] | None:
    """Return the expression of a pattern; none for a whole plate."""
    if pattern.isalnum():
        return None
    return re.compile(pattern.replace(ONE, ".").replace(RUN, ".*"))
