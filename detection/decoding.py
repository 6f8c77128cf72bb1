"""Reads a plate out of a recogniser's CTC probabilities under the grammar: exact forward-backward over form x
position x character, so every position has its own posterior. Knows no pixels and runs no network."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from detection.grammar import ALPHABET, FORMS, LONGEST

SYMBOLS = ("", *ALPHABET)
"""Columns of one look: the CTC blank first, then the grammar's alphabet."""
LEFT_OUT = -200.0
"""Log-likelihood of a form that was not weighed."""
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
_NAMED_BY = [[_COLUMN[char] for char in form.names] for form in FORMS]
"""Per form, the columns of the characters that only its like hold, such as 学; none for most plates."""
_LEAST_NAMED = 1e-3


@dataclass(frozen=True, slots=True)
class _Lattice:
    """Some forms laid out for the sums. A state is one character of one place of one form, a cell all those
    of one place; both in the order of forms and places.

    states: n x 3, form, place and column. starts: first state of each cell. cells: cell of each state.
    opens, closes: whether a cell is the first, or the last, of its form. lefts, rights: pairs of states that
    hold the same character in neighbouring places.
    """

    rows: np.ndarray
    states: np.ndarray
    starts: np.ndarray
    cells: np.ndarray
    opens: np.ndarray
    closes: np.ndarray
    lefts: np.ndarray
    rights: np.ndarray


@lru_cache(maxsize=64)
def _lattice(rows: tuple[int, ...]) -> _Lattice:
    states = np.argwhere(_MASK > 0)
    states = states[np.isin(states[:, 0], rows)]
    places = states[:, 0] * LONGEST + states[:, 1]
    named, starts, cells = np.unique(places, return_index=True, return_inverse=True)
    index = {tuple(state): number for number, state in enumerate(states.tolist())}
    lefts = [(index.get((row, place - 1, column)), number) for (row, place, column), number in index.items()]
    twins = np.array([(left, right) for left, right in lefts if left is not None])
    opens = named % LONGEST == 0
    return _Lattice(
        np.array(rows), states, starts, cells, opens, np.roll(opens, -1), twins[:, 0], twins[:, 1]
    )


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
    """Weigh several looks of one length at once. looks: N x T x len(SYMBOLS).

    A form named by a character that no look shows anywhere (no 学, no trainer) is left out: its likelihood
    is next to 0, its posteriors are 0.
    """
    lattice = _lattice(_worth_weighing(looks))
    steps = np.maximum(np.asarray(looks, dtype=np.float64), FLOOR).transpose(1, 0, 2)
    peaks = steps.max(axis=2, keepdims=True)
    steps = steps / peaks
    said = steps[:, :, 1 + lattice.states[:, 2]]
    arrivals, likelihoods = _forward(lattice, said, steps[:, :, :1])
    flow, moments = _arrival_flow(lattice, said, steps[:, :, :1], arrivals)
    log_likelihoods = np.full((len(looks), len(FORMS)), LEFT_OUT)
    found = np.log(np.maximum(likelihoods, 1e-300)) + np.log(peaks).sum(axis=0)
    log_likelihoods[:, lattice.rows] = np.maximum(found, LEFT_OUT)
    sums = zip(log_likelihoods, flow, moments, strict=True)
    return [_evidence(lattice, *one, len(steps)) for one in sums]


def _worth_weighing(looks: np.ndarray) -> tuple[int, ...]:
    """List the forms whose naming characters are seen in some look."""
    seen = looks[:, :, 1:].max(axis=(0, 1)) >= _LEAST_NAMED
    return tuple(row for row, named in enumerate(_NAMED_BY) if not named or any(seen[named]))


def _evidence(
    lattice: _Lattice, log_likelihoods: np.ndarray, flow: np.ndarray, moments: np.ndarray, duration: int
) -> Evidence:
    """Bring the sums over the paths of one look, by state and by cell, back to forms x places."""
    totals = np.add.reduceat(flow, lattice.starts)
    by_state = totals[lattice.cells]
    posteriors, places = np.zeros(_MASK.shape), np.zeros(_MASK.shape[:2])
    shares = np.divide(flow, by_state, out=np.zeros_like(flow), where=by_state > 0)
    posteriors[tuple(lattice.states.T)] = shares
    middles = np.divide(moments, totals, out=np.zeros_like(moments), where=totals > 0) / duration
    places[tuple(lattice.states[lattice.starts, :2].T)] = middles
    return Evidence(log_likelihoods, posteriors, places)


def _forward(lattice: _Lattice, said: np.ndarray, blanks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Run time forwards: probability of entering each state at each step, and of each form.

    said: T x N x states, what each step gives to the state's character; blanks: T x N x 1.
    """
    inside = np.zeros(said.shape[1:])
    after = np.zeros((len(inside), len(lattice.starts)))
    opening = np.ones((len(inside), 1))
    arrivals = np.empty(said.shape)
    for arrived, step, blank in zip(arrivals, said, blanks, strict=True):
        after += np.add.reduceat(inside, lattice.starts, axis=1)
        reach = np.where(lattice.opens, opening, np.roll(after, 1, axis=1))
        np.take(reach, lattice.cells, axis=1, out=arrived)
        # The same character twice needs a blank between, so it may not follow itself directly.
        arrived[:, lattice.rights] -= inside[:, lattice.lefts]
        arrived *= step
        inside *= step
        inside += arrived
        after *= blank
        opening *= blank
    return arrivals, (after + np.add.reduceat(inside, lattice.starts, axis=1))[:, lattice.closes]


def _arrival_flow(
    lattice: _Lattice, said: np.ndarray, blanks: np.ndarray, arrivals: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Run time backwards: add up the whole paths that enter each state, and their first moments by cell.

    The moments are the same sums, each path weighted by the middle of the step at which it enters.
    """
    inside = np.broadcast_to(lattice.closes[lattice.cells].astype(np.float64), said.shape[1:]).copy()
    after = np.broadcast_to(lattice.closes.astype(np.float64), (len(inside), len(lattice.closes))).copy()
    flow, moments = np.zeros_like(inside), np.zeros_like(inside)
    for time in range(len(said) - 1, -1, -1):
        passing = arrivals[time] * inside
        flow += passing
        passing *= time + 0.5
        moments += passing
        inside *= said[time]
        onward = np.roll(np.add.reduceat(inside, lattice.starts, axis=1), -1, axis=1)
        onward[:, lattice.closes] = 0.0
        after *= blanks[time]
        after += onward
        entered, inside = inside, inside + np.take(after, lattice.cells, axis=1)
        inside[:, lattice.lefts] -= entered[:, lattice.rights]
    return flow, np.add.reduceat(moments, lattice.starts, axis=1)


def pool(looks: Sequence[Evidence]) -> Evidence:
    """Fuse looks at one plate in one picture, position by position: the geometric mean of their
    probabilities.

    A mean, not a product: such looks share every flaw of the picture, so more of them are no more witnesses.
    """
    likelihoods = np.mean([look.log_likelihoods for look in looks], axis=0)
    logs = np.mean([np.log(look.posteriors + 1e-9) for look in looks], axis=0)
    return sharpened(Evidence(likelihoods, looks[0].posteriors, looks[0].places), logs)


def sharpened(evidence: Evidence, logs: np.ndarray) -> Evidence:
    """Replace the posteriors by others given as unnormalised logs, forms x positions x ALPHABET."""
    logs = np.where(_MASK > 0, logs, -np.inf)
    peaks = np.maximum(logs.max(axis=2, keepdims=True), -1e6)
    powers = np.exp(logs - peaks)
    return Evidence(evidence.log_likelihoods, _normalised(powers), evidence.places)


def _normalised(table: np.ndarray) -> np.ndarray:
    """Bring each position of each form back to a sum of 1."""
    totals = table.sum(axis=2, keepdims=True)
    return np.divide(table, totals, out=np.zeros_like(table), where=totals > 0)
