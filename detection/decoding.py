"""Reads a plate out of a recogniser's CTC probabilities under the grammar: exact forward-backward over form x
position x character, so every position has its own posterior. Knows no pixels and runs no network."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detection.grammar import ALPHABET, FORMS, LONGEST, PROVINCES

SYMBOLS = ("", *ALPHABET)
"""Columns of one look: the CTC blank first, then the grammar's alphabet."""
FLOOR = 1e-5
"""Least probability of any symbol at any step: no network is that sure, and one bad step must not decide."""

_COLUMN = {char: column for column, char in enumerate(ALPHABET)}
_LENGTHS = np.array([len(form.positions) for form in FORMS])
_ROWS = np.arange(len(FORMS))


def _allowed() -> np.ndarray:
    """Build the forms x positions x characters mask of the grammar, 1.0 where a character may stand."""
    mask = np.zeros((len(FORMS), LONGEST, len(ALPHABET)))
    for row, form in enumerate(FORMS):
        for place, chars in enumerate(form.positions):
            mask[row, place, [_COLUMN[char] for char in chars]] = 1.0
    return mask


_MASK = _allowed()
_PROVINCES = np.array([char in PROVINCES for char in ALPHABET], dtype=np.float64)
_SHARED_FLAWS = 2.0
"""Closer looks see the same pixels again; their joint certainty is flattened by this power."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What looks at one plate say of every form.

    log_likelihoods: per form, the natural log of the probability of all its texts together.
    posteriors: forms x positions x ALPHABET; each position of a form sums to 1, places past its end are 0.
    places: forms x positions, where along the look each character stands, as a share of its width.
    """

    log_likelihoods: np.ndarray
    posteriors: np.ndarray
    places: np.ndarray


def decode(steps: np.ndarray) -> Evidence:
    """Weigh one look. steps: T x len(SYMBOLS), probabilities per time step as a CTC recogniser gives them."""
    steps = np.maximum(np.asarray(steps, dtype=np.float64), FLOOR)
    peaks = steps.max(axis=1, keepdims=True)
    steps = steps / peaks
    arrivals, likelihoods = _forward(steps)
    flow, moments = _arrival_flow(steps, arrivals)
    totals = flow.sum(axis=2)
    posteriors = np.divide(flow, totals[:, :, None], out=np.zeros_like(flow), where=totals[:, :, None] > 0)
    places = np.divide(moments, totals, out=np.zeros_like(moments), where=totals > 0) / len(steps)
    return Evidence(np.log(np.maximum(likelihoods, 1e-300)) + np.log(peaks).sum(), posteriors, places)


def _forward(steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Run time forwards: probability of entering each (form, position, character) at each step, and of each
    form."""
    inside = np.zeros(_MASK.shape)
    between = np.zeros((len(FORMS), LONGEST + 1))
    between[:, 0] = 1.0
    arrivals = np.empty((len(steps), *_MASK.shape))
    for arrived, step in zip(arrivals, steps, strict=True):
        ends = inside.sum(axis=2)
        arrived[:] = between[:, :-1, None]
        # The same character twice needs a blank between, so it may not follow itself directly.
        arrived[:, 1:] += ends[:, :-1, None] - inside[:, :-1]
        arrived *= _MASK
        arrived *= step[1:]
        inside = inside * step[1:] + arrived
        between[:, 1:] += ends
        between *= step[0]
    return arrivals, between[_ROWS, _LENGTHS] + inside[_ROWS, _LENGTHS - 1].sum(axis=1)


def _arrival_flow(steps: np.ndarray, arrivals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Run time backwards: add up the whole paths that enter each (form, position, character), and their
    first moments.

    The moments are forms x positions: the same sums, each path weighted by the middle of the step at which
    it enters.
    """
    inside = np.zeros(_MASK.shape)
    inside[_ROWS, _LENGTHS - 1] = 1.0
    between = np.zeros((len(FORMS), LONGEST + 1))
    between[_ROWS, _LENGTHS] = 1.0
    flow, moments = np.zeros(_MASK.shape), np.zeros(_MASK.shape[:2])
    for time in range(len(steps) - 1, -1, -1):
        step = steps[time]
        passing = arrivals[time] * inside
        flow += passing
        moments += (time + 0.5) * passing.sum(axis=2)
        entered = _MASK * inside * step[1:]
        onward = entered.sum(axis=2)
        inside = inside * step[1:] + (step[0] * between[:, 1:])[:, :, None]
        inside[:, :-1] += onward[:, 1:, None] - entered[:, 1:]
        between = between * step[0]
        between[:, :-1] += onward
    return flow, moments


def pool(looks: Sequence[Evidence]) -> Evidence:
    """Fuse looks at one plate in one picture, position by position: the geometric mean of their
    probabilities.

    A mean, not a product: such looks share every flaw of the picture, so more of them are no more witnesses.
    """
    likelihoods = np.mean([look.log_likelihoods for look in looks], axis=0)
    logs = np.mean([np.log(look.posteriors + 1e-9) for look in looks], axis=0)
    return Evidence(likelihoods, _normalised(np.exp(logs) * _MASK), looks[0].places)


def with_province(evidence: Evidence, closer_looks: Sequence[np.ndarray]) -> Evidence:
    """Weigh in closer looks at the first character: each T x len(SYMBOLS) steps of a cut that holds the
    province.

    Only what the steps say of provinces counts, and only in forms that begin with one.
    """
    opening = [np.maximum(steps[:, 1:].max(axis=0) * _PROVINCES, FLOOR) for steps in closer_looks]
    logs = sum(np.log(peaks / (peaks * _PROVINCES).sum() + FLOOR) for peaks in opening)
    posteriors = evidence.posteriors.copy()
    for row in np.flatnonzero(_MASK[:, 0] @ _PROVINCES > 0):
        weighed = (2 * np.log(posteriors[row, 0] + 1e-9) + logs) / _SHARED_FLAWS
        posteriors[row, 0] = np.exp(weighed - weighed.max()) * _MASK[row, 0]
    return Evidence(evidence.log_likelihoods, _normalised(posteriors), evidence.places)


def _normalised(table: np.ndarray) -> np.ndarray:
    """Bring each position of each form back to a sum of 1."""
    totals = table.sum(axis=2, keepdims=True)
    return np.divide(table, totals, out=np.zeros_like(table), where=totals > 0)
