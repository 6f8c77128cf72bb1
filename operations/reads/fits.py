"""What a pattern asks of plates of one length, column by column, misreads and slips included. No database."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np

from operations.reads.codes import CODES, OTHER, code
from operations.reads.errors import ReadErrors, Slip
from operations.reads.patterns import ONE, RUN, fixed_characters, spread
from operations.reads.prior import PLACES, extra_chars

NEVER = np.float32(-np.inf)
_EXTRA: list[float] = extra_chars().tolist()


@dataclass(frozen=True, slots=True)
class Fit:
    """One way for a read to be what a pattern says. columns: per character of the read what each code costs,
    as log-probabilities (CODES float32), or None where any will do. start: what the way itself costs.

    pattern: as spread over its length. dropped, extra: where a character is missing, or one too many.
    """

    pattern: str
    columns: tuple[np.ndarray | None, ...]
    start: float = 0.0
    dropped: int | None = None
    extra: int | None = None

    @property
    def best(self) -> float:
        """The most that a read can reach."""
        return self.start + sum(float(column.max()) for column in self.columns if column is not None)

    def expected(self) -> list[tuple[int, str]]:
        """Return what each character of a read stands for: the pattern's position, from 0, and character."""
        pairs = list(enumerate(self.pattern))
        if self.dropped is not None:
            pairs.pop(self.dropped)
        if self.extra is not None:
            pairs.insert(self.extra, (self.extra, ""))
        return pairs


def exact_fits(pattern: str, lengths: Sequence[int]) -> list[Fit]:
    """Return how plates of these lengths match the pattern exactly."""
    return [
        Fit(way, tuple(None if _open(char) else _only(char) for char in way))
        for length in lengths
        for way in spread(pattern, length)
    ]


def fuzzy_fits(pattern: str, lengths: Sequence[int], errors: ReadErrors, least: float) -> list[Fit]:
    """Return how plates of these lengths can be reads of what the pattern means with P >= least.

    The ways without a slip come first.
    """
    wanted = sorted({near for length in lengths for near in (length - 1, length, length + 1)})
    ways = [way for length in wanted for way in spread(pattern, length)]
    fits = [Fit(way, _columns(way, errors), log(errors.whole)) for way in ways]
    for way in ways:
        if fixed_characters(way):
            fits += _dropped(way, errors, least) + _extra(way, errors, least)
    return [fit for fit in fits if len(fit.columns) in lengths and fit.best >= log(least)]


def probability(fit: Fit, text: str, errors: ReadErrors) -> float:
    """Return P(text | pattern) in this way, from the texts themselves; 0 where it cannot be."""
    chance = exp(fit.start)
    for char, (place, true) in zip(text, fit.expected(), strict=True):
        if not true:
            chance *= _EXTRA[code(char)]
        elif not _open(true):
            chance *= errors.character(place, char, true)
    return chance


def why(fit: Fit, text: str, errors: ReadErrors) -> tuple[Slip, ...]:
    """Return what was not read right where `text` is a read of the pattern in this way."""
    slips = []
    if fit.dropped is not None:
        true = fit.pattern[fit.dropped]
        slips.append(Slip(fit.dropped + 1, "", "" if _open(true) else true, exp(fit.start)))
    for char, (place, true) in zip(text, fit.expected(), strict=True):
        if not true:
            chance = exp(fit.start) * _EXTRA[code(char)]
            slips.append(Slip(place + 1, char, "", chance))
        elif not _open(true) and char != true:
            slips.append(Slip(place + 1, char, true, errors.character(place, char, true)))
    return tuple(slips)


def _dropped(way: str, errors: ReadErrors, least: float) -> list[Fit]:
    """A dropped character of a run is no slip: the run is just shorter."""
    columns = _columns(way, errors)
    return [
        Fit(way, columns[:at] + columns[at + 1 :], log(chance), dropped=at)
        for at, chance in enumerate(errors.dropped(len(way)))
        if chance >= least and way[at] != RUN
    ]


def _extra(way: str, errors: ReadErrors, least: float) -> list[Fit]:
    """Nor is one too many beside a run."""
    columns, chances = _columns(way, errors), extra_chars()
    with np.errstate(divide="ignore"):
        column = np.log(chances).astype(np.float32)
    return [
        Fit(way, (*columns[:at], column, *columns[at:]), log(chance), extra=at)
        for at, chance in enumerate(errors.extra(len(way)))
        if chance * chances.max() >= least and RUN not in way[max(0, at - 1) : at + 1]
    ]


def _columns(way: str, errors: ReadErrors) -> tuple[np.ndarray | None, ...]:
    logs = errors.logs
    return tuple(
        None if _open(char) else logs[min(place, PLACES - 1), code(char)] for place, char in enumerate(way)
    )


def _only(char: str) -> np.ndarray:
    column = np.full(CODES, NEVER)
    column[code(char)] = 0.0
    return column


def _open(char: str) -> bool:
    return char in (ONE, RUN)


def has_strange(fit: Fit) -> bool:
    """Return whether the pattern names a character that has no code of its own."""
    return any(not _open(char) and code(char) == OTHER for char in fit.pattern)
