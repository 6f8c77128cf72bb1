"""Encounters: where two vehicles that a case names both passed, how long apart, and what chance has."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

from operations.times import to_text
from operations.tracks.readings import Reading

TOGETHER_S = 300.0
DAY_S = 86_400.0
SHIFTS_S = tuple(day * DAY_S for day in range(-30, 31) if day)
"""Chance: the second vehicle's passes moved by whole days, so that its hours and its roads stay its own."""
ONE_DRIVE_S = 1_800.0


@dataclass(frozen=True, slots=True)
class Meeting:
    """A reading of each vehicle at one site; seconds: how long after the first the second came."""

    first: Reading
    second: Reading
    seconds: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two vehicles met. drives: separate occasions; expected: as many by chance; p: of so many by chance.

    sites: at how many sites both passed at any time in the period.
    """

    meetings: list[Meeting]
    drives: int
    expected: float
    p: float
    sites: int


def between(first: Sequence[Reading], second: Sequence[Reading], within_s: float = TOGETHER_S) -> Comparison:
    """Compare the readings of two vehicles over one period: where both passed within so many seconds."""
    one = [reading for reading in first if reading.quarantined is None]
    other = [reading for reading in second if reading.quarantined is None]
    shared = {r.site for r in one} & {r.site for r in other}
    one = sorted((r for r in one if r.site in shared), key=lambda r: r.at)
    other = sorted((r for r in other if r.site in shared), key=lambda r: r.at)
    if not one or not other:
        return Comparison([], 0, 0.0, 1.0, len(shared))
    a, b = _arrays(one), _arrays(other)
    lag = np.where(a.site[:, None] == b.site[None, :], b.at_s[None, :] - a.at_s[:, None], np.inf)
    met = np.argwhere(np.abs(lag) <= within_s)
    drives = _drives(a.at_s[met[:, 0]])
    expected = _by_chance(a, lag, within_s)
    p = float(gammainc(drives, max(expected, 1e-9))) if drives else 1.0
    meetings = [Meeting(one[i], other[j], float(lag[i, j])) for i, j in met.tolist()]
    return Comparison(meetings, drives, expected, p, len(shared))


def comparison_json(found: Comparison) -> dict[str, Any]:
    """Return the comparison as the API shows it."""
    return {
        "meetings": [
            {
                "sighting": met.first.sighting,
                "with_sighting": met.second.sighting,
                "seconds": round(met.seconds, 1),
                "at": to_text(met.first.at),
                "camera": met.first.camera,
            }
            for met in found.meetings
        ],
        "drives": found.drives,
        "expected": round(found.expected, 3),
        "p": found.p,
        "sites": found.sites,
    }


@dataclass(frozen=True)
class _Passes:
    at_s: NDArray[np.float64]
    site: NDArray[np.int64]


def _arrays(readings: Sequence[Reading]) -> _Passes:
    return _Passes(
        np.array([reading.at.timestamp() for reading in readings]),
        np.array([reading.site for reading in readings], dtype=np.int64),
    )


def _drives(at_s: NDArray[np.float64]) -> int:
    """Return on how many separate drives these times lie."""
    return int(len(at_s) > 0) + int((np.diff(np.sort(at_s)) > ONE_DRIVE_S).sum())


def _by_chance(a: _Passes, lag: NDArray[np.float64], within_s: float) -> float:
    """Return the mean number of drives met when the second's days are shifted, among shifts that overlap."""
    span_s = float(a.at_s[-1] - a.at_s[0])
    counts, exposures = 0.0, 0.0
    for shift_s in SHIFTS_S:
        overlap = 1 - abs(shift_s) / max(span_s, DAY_S)
        if overlap <= 0.1:
            continue
        met = np.flatnonzero((np.abs(lag + shift_s) <= within_s).any(axis=1))
        counts += _drives(a.at_s[met])
        exposures += overlap
    return (counts + 0.05) / (exposures + 1.0)
