"""What counts of misreads make of the prior: how plates are misread, as arrays. No database, no plates.

Why level and shape are learned from different sources: docs/adr/0019-one-model-of-misreads.md
"""

from dataclasses import dataclass, field

import numpy as np

from operations.reads.codes import CODES, UNREADABLE, code
from operations.reads.prior import DROPPED, EXTRA, PLACES, prior_levels, prior_shape

_PRIOR_SHAPE = 20.0
"""Misreads that the prior's shape counts for, per true character."""
_PRIOR_LEVEL = 4.0
"""The same for its level."""
_OPERATOR = 10.0
"""Misreads that one correction by a person counts for, in the shape."""
_LOOKS_AT_MOST = 100.0
"""What all looks together may count for, per place and character: they come by the million."""
_ELSEWHERE = 0.3
"""What a misread at another place counts for: glyphs are alike everywhere, light and dirt are not."""
_LEVEL_CHANGES = (0.25, 4.0)


@dataclass(slots=True)
class Counts:
    """Misreads counted by one source. table: PLACES x true code x read code; the others count plates."""

    table: np.ndarray = field(default_factory=lambda: np.zeros((PLACES, CODES, CODES)))
    dropped: float = 0.0
    extra: float = 0.0
    plates: float = 0.0


@dataclass(frozen=True, slots=True)
class Confusions:
    """table: P(read code | place, true code), PLACES x CODES x CODES. dropped, extra: P of a whole plate."""

    table: np.ndarray
    dropped: float = DROPPED
    extra: float = EXTRA


def learned(looks: Counts, operators: Counts) -> Confusions:
    """Return the confusions after these counts; without any, the prior."""
    levels, wrong = prior_levels(), _off_diagonal(operators.table)
    expected = _shared(operators.table.sum(axis=2) * levels)
    change = (_PRIOR_LEVEL + _shared(wrong.sum(axis=2))) / (_PRIOR_LEVEL + expected)
    return Confusions(
        _table(_shapes(_off_diagonal(looks.table), wrong), levels * np.clip(change, *_LEVEL_CHANGES)),
        _slip(DROPPED, operators.dropped, operators.plates),
        _slip(EXTRA, operators.extra, operators.plates),
    )


def _shapes(heard: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    """Return the shapes after misreads of looks and of fused texts, PLACES x CODES x CODES.

    How much is given up as unreadable only people teach: what one look could not read, fusing makes up from
    the others.
    """
    said = _PRIOR_SHAPE * prior_shape() + _OPERATOR * _shared(wrong)
    dash = code(UNREADABLE)
    unread = said[:, :, dash] / said.sum(axis=2)
    weights = said + _at_most(_shared(heard), _LOOKS_AT_MOST)
    weights[:, :, dash] = 0.0
    shapes: np.ndarray = weights * ((1.0 - unread) / weights.sum(axis=2))[:, :, None]
    shapes[:, :, dash] = unread
    return shapes


def _table(shapes: np.ndarray, levels: np.ndarray) -> np.ndarray:
    table: np.ndarray = levels[:, :, None] * shapes
    every = np.arange(CODES)
    table[:, every, every] = 1.0 - levels
    return table


def _slip(prior: float, seen: float, plates: float) -> float:
    change = (_PRIOR_LEVEL + seen) / (_PRIOR_LEVEL + prior * plates)
    return prior * float(np.clip(change, *_LEVEL_CHANGES))


def _off_diagonal(table: np.ndarray) -> np.ndarray:
    wrong: np.ndarray = table * ~np.eye(CODES, dtype=bool)
    return wrong


def _shared(table: np.ndarray) -> np.ndarray:
    shared: np.ndarray = (1.0 - _ELSEWHERE) * table + _ELSEWHERE * table.sum(axis=0)
    return shared


def _at_most(table: np.ndarray, most: float) -> np.ndarray:
    sums = table.sum(axis=2, keepdims=True)
    lowered: np.ndarray = table * np.minimum(1.0, most / np.maximum(sums, most))
    return lowered
