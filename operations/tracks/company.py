"""Company: is a vehicle met more often than its own ways and the traffic's chance explain? Arrays only.

The unit is the trip of the case's vehicle: however many points of one road two vehicles share on it, they met
once. Who is asked about and what is read is in companions.py.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WINDOWS_S = (20.0, 60.0, 180.0)
"""How near in time: close behind, in sight, the same wave of traffic. The best one counts, at its price."""
POINTS = (1, 2, 4)
"""On how many points of one trip, at least; more are less often shared by chance, as the traffic shows."""
HABIT_S = 300.0
"""A pass so near to the time of day, on another day, is the candidate's habit there."""
WORKDAYS = 5 / 7  # who drives on workdays is to be compared with them: fewer days, more of a habit
DAY_S = 86_400.0
SHAPE = 0.3
"""How unevenly vehicles drive about: the shape of the gamma distribution of their rates (1: evenly)."""
LEAST_MEAN = 1e-4
ONE_DRIVE_S = 1800.0


@dataclass(frozen=True, slots=True)
class Met:
    """Passes near the case's vehicle: candidate, reading (position), lag_s (after the reading: > 0)."""

    candidate: Ints
    reading: Ints
    lag_s: Floats


@dataclass(frozen=True, slots=True)
class Way:
    """The case's vehicle: of each reading its trip (numbered from 0), its place (any number) and its time."""

    trip: Ints
    place: Ints
    at_s: Floats


@dataclass(frozen=True, slots=True)
class Chance:
    """What the traffic of the question says: expected encounters of a vehicle taken at random, by window, and
    the share of encounters that share so many points: [window, points]."""

    mean: Floats
    shares: Floats


def encounters(met: Met, way: Way, candidates: int) -> Ints:
    """Return [window, points, candidate]: on how many trips each was met so near at so many points."""
    counts = np.zeros((len(WINDOWS_S), len(POINTS), candidates), dtype=np.int64)
    for w, window_s in enumerate(WINDOWS_S):
        near = np.abs(met.lag_s) <= window_s
        who, points = _points_shared(
            met.candidate[near], way.trip[met.reading[near]], way.place[met.reading[near]]
        )
        for m, least in enumerate(POINTS):
            counts[w, m] = np.bincount(who[points >= least], minlength=candidates)
    return counts


def chance_of(counts: Ints) -> Chance:
    """Return what chance brings about, from those met once and twice: companions are too few to bend it."""
    once = (counts[:, 0] == 1).sum(axis=1)
    twice = (counts[:, 0] == 2).sum(axis=1)
    # Of a gamma-Poisson count, P(2)/P(1) = mean (1 + 1/shape) / 2 where it is small.
    mean = 2 * (twice + 0.5) / (once + 1.0) / (1 + 1 / SHAPE)
    single = counts[:, 0] == 1
    shares = np.array(
        [
            [(counts[w, m][single[w]].sum() + 1.0) / (once[w] + 2.0) for m in range(len(POINTS))]
            for w in range(len(WINDOWS_S))
        ]
    )
    shares[:, 0] = 1.0
    return Chance(np.maximum(mean, LEAST_MEAN), shares)


@dataclass(frozen=True, slots=True)
class Habit:
    """What a candidate does by itself at the places and hours of the case's vehicle.

    events: [window, points] how often it came by at the time of day on other days, or the same day but not in
    the window, at so many points of a trip; per_encounter: [window] how many of them make one expected
    encounter.
    """

    events: Floats
    per_encounter: Floats


def habit_of(place: Ints, at_s: Floats, way: Way, days: float) -> Habit:
    """Return the habit of one candidate from its passes (at places of `way`) in the whole period."""
    elsewhen, points = _passes_apart(place, at_s, way)
    events = np.zeros((len(WINDOWS_S), len(POINTS)))
    per = HABIT_S / np.array(WINDOWS_S) * max(1.0, days * WORKDAYS - 1)
    other_day = elsewhen >= DAY_S / 2
    lag = np.where(other_day, elsewhen - DAY_S, elsewhen)
    for w, window_s in enumerate(WINDOWS_S):
        beside = ~other_day & (np.abs(lag) > window_s) & (np.abs(lag) <= window_s + HABIT_S)
        for m, least in enumerate(POINTS):
            by_days = float((other_day & (points >= least)).sum())
            # Fewer trips to compare with than days: what happens beside the window weighs as much more.
            by_side = float((beside & (points >= least)).sum()) * per[w] / (HABIT_S / window_s)
            events[w, m] = max(by_days, by_side)
    return Habit(events, per)


def significance(counts: Ints, chance: Chance, habit: Habit | None) -> tuple[float, float]:
    """Return (p, expected encounters) of one candidate, met counts[window, points] times.

    p: of the best window and number of points, times how many were tried; not yet of all candidates.
    habit: None, before it is known: then p is the least that it can be.
    """
    best, expected = 1.0, 0.0
    for w in range(len(WINDOWS_S)):
        for m in range(len(POINTS)):
            met = int(counts[w, m])
            if not met:
                continue
            mean = chance.mean[w] * chance.shares[w, m]
            shape, rate = SHAPE, SHAPE / mean
            if habit is not None:
                shape += float(habit.events[w, m])
                rate += float(habit.per_encounter[w])
            p = float(betainc(met, shape, 1 / (1 + rate)))
            if p < best:
                best, expected = p, shape / rate
    return min(1.0, best * len(WINDOWS_S) * len(POINTS)), expected


def _points_shared(who: Ints, trip: Ints, place: Ints) -> tuple[Ints, Ints]:
    """Return, for every pair of candidate and trip, the candidate and how many places they shared."""
    if not len(who):
        return who, who
    rows = np.unique(np.column_stack([who, trip, place]), axis=0)
    pairs, points = np.unique(rows[:, :2], axis=0, return_counts=True)
    return pairs[:, 0], points


def _passes_apart(place: Ints, at_s: Floats, way: Way) -> tuple[Floats, Ints]:
    """Return the candidate's drives past the places of a trip: how far apart in time, at how many places.

    Apart on the same day: the lag in seconds; on another: DAY_S and the difference of the times of day.
    """
    drive = np.concatenate([[0], np.cumsum(np.diff(at_s) > ONE_DRIVE_S)]) if len(at_s) else np.zeros(0)
    mine, reading = np.nonzero(place[:, None] == way.place[None, :])
    lag = at_s[mine] - way.at_s[reading]
    of_day = (lag + DAY_S / 2) % DAY_S - DAY_S / 2
    near = np.abs(of_day) <= max(WINDOWS_S) + HABIT_S
    same_day = np.abs(lag) < DAY_S / 2
    near &= same_day | (np.abs(of_day) <= HABIT_S)
    mine, reading, of_day, same_day = mine[near], reading[near], of_day[near], same_day[near]
    if not len(mine):
        return np.zeros(0), np.zeros(0, dtype=np.int64)
    rows = np.column_stack([drive[mine].astype(np.int64), way.trip[reading], np.arange(len(mine))])
    pairs, where, points = np.unique(rows[:, :2], axis=0, return_inverse=True, return_counts=True)
    nearest = np.full(len(pairs), np.inf)
    np.minimum.at(nearest, where.ravel(), np.abs(of_day))
    other = np.zeros(len(pairs), dtype=bool)
    other[where.ravel()] = ~same_day
    return np.where(other, DAY_S + nearest, nearest), points
