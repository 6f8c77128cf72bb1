"""How many calls an hour a grid can expect, by hour of the week, from few calls: pure, counts in, rates out.

Eight weeks of calls fill one in nineteen of 944 x 168 cells, so nothing is taken from a cell alone:
each finer level starts from the coarser one's estimate and departs from it as far as its own calls allow
(Gamma-Poisson, the prior's weight from the spread among the groups of that level).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HOURS_OF_WEEK = 168
_HOUR = np.arange(HOURS_OF_WEEK) % 24
_WEEKEND = (np.arange(HOURS_OF_WEEK) // 24 >= 5).astype(np.int64)
_PART = (_HOUR + 20) % 24 // 3  # parts of three hours from 04:00


@dataclass(frozen=True, slots=True)
class CallCounts:
    """Weighted calls [grid, hour of the week], weighted hours watched [hour of the week], each grid's town.

    noise: variance of a weighted count over its mean, sum(w^2) / sum(w) of the calls; 1 without forgetting.
    """

    counts: Floats
    watched_h: Floats
    town: Ints
    noise: float = 1.0


def call_rates(seen: CallCounts) -> Floats:
    """Return the expected calls an hour [grid, hour of the week]; zeros where no call was ever seen."""
    grids = len(seen.counts)
    total, watched = seen.counts.sum(), seen.watched_h.sum() * grids
    if total <= 0 or watched <= 0:
        return np.zeros_like(seen.counts)
    rates = np.full(seen.counts.shape, total / watched)
    for groups in _levels(seen.town, grids):
        rates = _refined(rates, seen, groups)
    return rates


def _levels(town: Ints, grids: int) -> list[Ints]:
    """Return the group of every cell, coarsest level first: the county's hours, towns, grids, their hours."""
    grid, hour = np.arange(grids)[:, None], np.arange(HOURS_OF_WEEK)[None, :]
    whole = np.zeros((grids, HOURS_OF_WEEK), dtype=np.int64)
    return [
        whole + (_HOUR + 24 * _WEEKEND),
        whole + hour,
        whole + town[:, None],
        whole + grid,
        grid * 16 + (_PART + 8 * _WEEKEND)[None, :],
        grid * HOURS_OF_WEEK + hour,
    ]


def _refined(rates: Floats, seen: CallCounts, groups: Ints) -> Floats:
    """Return the rates times a factor for each group: what it saw over what was expected, shrunk to 1."""
    flat = groups.ravel()
    counted = np.bincount(flat, seen.counts.ravel()) / seen.noise
    expected = np.bincount(flat, (rates * seen.watched_h).ravel()) / seen.noise
    weight = _prior_weight(counted, expected)
    if not np.isfinite(weight):
        return rates
    factor = (counted + weight) / (expected + weight)
    return np.asarray(rates * factor[groups])


def _prior_weight(counted: Floats, expected: Floats) -> float:
    """Return the prior's calls by moments: variance beyond Poisson's is expected^2 / weight; inf: none."""
    beyond = float(((counted - expected) ** 2 - expected).sum())
    return float((expected**2).sum()) / beyond if beyond > 0 else np.inf
