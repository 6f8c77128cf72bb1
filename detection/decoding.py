"""Reads a plate out of a recogniser's CTC probabilities under the plate grammar: exact forward-backward over
(form x position x character), so every position has its own posterior. Knows no pixels and runs no network."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detection.grammar import ALPHABET, FORMS, LONGEST

SYMBOLS = ("", *ALPHABET)
"""Columns of one look: the CTC blank first, then the grammar's alphabet."""
FLOOR = 1e-4
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


@dataclass(frozen=True, slots=True)
class Evidence:
    """What looks at one plate say of every form.

    log_likelihoods: per form, the natural log of the probability of all its texts together.
    posteriors: forms x positions x ALPHABET; each position of a form sums to 1, places past its end are 0.
    """

    log_likelihoods: np.ndarray
    posteriors: np.ndarray


def decode(steps: np.ndarray) -> Evidence:
    """Weigh one look. steps: T x len(SYMBOLS), probabilities per time step as a CTC recogniser gives them."""
    steps = np.maximum(np.asarray(steps, dtype=np.float64), FLOOR)
    peaks = steps.max(axis=1, keepdims=True)
    steps = steps / peaks
    arrivals, likelihoods = _forward(steps)
    flow = _arrival_flow(steps, arrivals)
    totals = flow.sum(axis=2, keepdims=True)
    posteriors = np.divide(flow, totals, out=np.zeros_like(flow), where=totals > 0)
    with np.errstate(divide="ignore"):
        return Evidence(np.log(likelihoods) + np.log(peaks).sum(), posteriors)


def _forward(steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Run time forwards: probability of entering each (form, position, character) at each step, and of each form."""
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


def _arrival_flow(steps: np.ndarray, arrivals: np.ndarray) -> np.ndarray:
    """Run time backwards and add up the whole paths that enter each (form, position, character)."""
    inside = np.zeros(_MASK.shape)
    inside[_ROWS, _LENGTHS - 1] = 1.0
    between = np.zeros((len(FORMS), LONGEST + 1))
    between[_ROWS, _LENGTHS] = 1.0
    flow = np.zeros(_MASK.shape)
    for arrived, step in zip(arrivals[::-1], steps[::-1], strict=True):
        flow += arrived * inside
        entered = _MASK * inside * step[1:]
        onward = entered.sum(axis=2)
        inside = inside * step[1:] + (step[0] * between[:, 1:])[:, :, None]
        inside[:, :-1] += onward[:, 1:, None] - entered[:, 1:]
        between = between * step[0]
        between[:, :-1] += onward
    return flow


def pool(looks: Sequence[Evidence], weights: Sequence[float]) -> Evidence:
    """Fuse looks at one plate, position by position: a weighted product of their probabilities.

    weights: how much each look counts; a sum over 1 treats looks as that many independent witnesses.
    """
    likelihoods = sum(w * look.log_likelihoods for w, look in zip(weights, looks, strict=True))
    logs = sum(w * np.log(look.posteriors + 1e-9) for w, look in zip(weights, looks, strict=True))
    powers = np.exp(logs - np.max(logs, axis=2, keepdims=True)) * _MASK
    totals = powers.sum(axis=2, keepdims=True)
    return Evidence(
        np.asarray(likelihoods), np.divide(powers, totals, out=np.zeros_like(powers), where=totals > 0)
    )
