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


def _allowed() -> np.ndarray:
    """Build the forms x positions x characters mask of the grammar, 1.0 where a character may stand."""
    mask = np.zeros((len(FORMS), LONGEST, len(ALPHABET)))
    for row, form in enumerate(FORMS):
        for place, chars in enumerate(form.positions):
            mask[row, place, [_COLUMN[char] for char in chars]] = 1.0
    return mask


_MASK = _allowed()
_STATES = np.argwhere(_MASK > 0)
"""States x 3: form, place and column of every character that some place may hold, in that order."""
_CELLS, _FIRST_OF_CELL, _CELL_OF = np.unique(
    _STATES[:, 0] * LONGEST + _STATES[:, 1], return_index=True, return_inverse=True
)
"""A cell is one place of one form; its states lie side by side."""
_ENDS = np.array([int(np.searchsorted(_CELLS, row * LONGEST + len(form.positions) - 1))
                  for row, form in enumerate(FORMS)])  # fmt: skip
"""The last cell of each form."""
_OPENS = _CELLS % LONGEST == 0
_CLOSES = np.roll(_OPENS, -1)
"""Whether a cell is the first, or the last, of its form."""
_LAST_STATES = _CLOSES[_CELL_OF]


def _twins() -> np.ndarray:
    """Pair the states that hold the same character in neighbouring places of one form: n x 2, left, right."""
    index = {tuple(state): number for number, state in enumerate(_STATES.tolist())}
    lefts = [(index.get((row, place - 1, column)), number) for (row, place, column), number in index.items()]
    return np.array([(left, right) for left, right in lefts if left is not None])


_LEFT_TWINS, _RIGHT_TWINS = _twins().T
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
    return decode_all(steps[None])[0]


def decode_all(looks: np.ndarray) -> list[Evidence]:
    """Weigh several looks of one length at once. looks: N x T x len(SYMBOLS)."""
    steps = np.maximum(np.asarray(looks, dtype=np.float64), FLOOR).transpose(1, 0, 2)
    peaks = steps.max(axis=2, keepdims=True)
    steps = steps / peaks
    said = steps[:, :, 1 + _STATES[:, 2]]
    arrivals, likelihoods = _forward(said, steps[:, :, :1])
    flow, moments = _arrival_flow(said, steps[:, :, :1], arrivals)
    log_likelihoods = np.log(np.maximum(likelihoods, 1e-300)) + np.log(peaks).sum(axis=0)
    return [_evidence(*sums, len(steps)) for sums in zip(log_likelihoods, flow, moments, strict=True)]


def _evidence(log_likelihoods: np.ndarray, flow: np.ndarray, moments: np.ndarray, duration: int) -> Evidence:
    """Bring the sums over the paths of one look, by state and by cell, back to forms x places."""
    totals = np.add.reduceat(flow, _FIRST_OF_CELL)
    shares = np.divide(flow, totals[_CELL_OF], out=np.zeros_like(flow), where=totals[_CELL_OF] > 0)
    posteriors, places = np.zeros(_MASK.shape), np.zeros(_MASK.shape[:2])
    posteriors[tuple(_STATES.T)] = shares
    middles = np.divide(moments, totals, out=np.zeros_like(moments), where=totals > 0) / duration
    places.reshape(-1)[_CELLS] = middles
    return Evidence(log_likelihoods, posteriors, places)


def _forward(said: np.ndarray, blanks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Run time forwards: probability of entering each state at each step, and of each form.

    said: T x N x states, what each step gives to the state's character; blanks: T x N x 1.
    """
    inside = np.zeros(said.shape[1:])
    after = np.zeros((len(inside), len(_CELLS)))
    opening = np.ones((len(inside), 1))
    arrivals = np.empty(said.shape)
    for arrived, step, blank in zip(arrivals, said, blanks, strict=True):
        ends = np.add.reduceat(inside, _FIRST_OF_CELL, axis=1)
        after += ends
        reach = np.where(_OPENS, opening, np.roll(after, 1, axis=1))
        np.take(reach, _CELL_OF, axis=1, out=arrived)
        # The same character twice needs a blank between, so it may not follow itself directly.
        arrived[:, _RIGHT_TWINS] -= inside[:, _LEFT_TWINS]
        arrived *= step
        inside *= step
        inside += arrived
        after *= blank
        opening *= blank
    return arrivals, (after + np.add.reduceat(inside, _FIRST_OF_CELL, axis=1))[:, _ENDS]


def _arrival_flow(
    said: np.ndarray, blanks: np.ndarray, arrivals: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Run time backwards: add up the whole paths that enter each state, and their first moments by cell.

    The moments are the same sums, each path weighted by the middle of the step at which it enters.
    """
    inside = np.zeros(said.shape[1:])
    inside[:, _LAST_STATES] = 1.0
    after = np.zeros((len(inside), len(_CELLS)))
    after[:, _ENDS] = 1.0
    flow, moments = np.zeros_like(inside), np.zeros_like(after)
    for time in range(len(said) - 1, -1, -1):
        passing = arrivals[time] * inside
        flow += passing
        moments += (time + 0.5) * np.add.reduceat(passing, _FIRST_OF_CELL, axis=1)
        inside *= said[time]
        entered = inside
        onward = np.where(_CLOSES, 0.0, np.roll(np.add.reduceat(entered, _FIRST_OF_CELL, axis=1), -1, axis=1))
        after *= blanks[time]
        after += onward
        inside = entered + np.take(after, _CELL_OF, axis=1)
        inside[:, _LEFT_TWINS] -= entered[:, _RIGHT_TWINS]
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
