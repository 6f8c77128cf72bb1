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

WINDOWS_S = (60.0, 180.0)
"""How near in time: in sight, the same wave of traffic. The best one counts, at its price."""
POINTS = (1, 2, 4)
"""On how many points of one trip, at least; more are less often shared by chance, as the traffic shows."""
HABIT_S = 300.0
"""A pass so near to the time of day, on another day, is the candidate's habit there."""
WORKDAYS = 5 / 7  # who drives on workdays is to be compared with them: fewer days, more of a habit
DAY_S = 86_400.0
SHAPE = 0.3
"""How unevenly vehicles drive about: the shape of the gamma distribution of their rates (1: evenly)."""
UNKNOWN = 0.5  # what habits are worth that nobody saw (Jeffreys' prior of a rate)
FIRMEST = 6.0
"""However often a habit was seen, how it lies within minutes stays unknown: the shape of its rate's gamma."""
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
    mean = 2 * (twice + 0.25) / (once + 1.0) / (1 + 1 / SHAPE)
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
    """Return the habit of one candidate from its passes (at places of `way`) in the whole period.

    The drives on which it was met count as well: who comes by every day at this time is met by habit.
    """
    drives = _drives_near(place, at_s, way)
    events = np.zeros((len(WINDOWS_S), len(POINTS)))
    per = HABIT_S / np.array(WINDOWS_S) * max(1.0, days * WORKDAYS - 1)
    for w, window_s in enumerate(WINDOWS_S):
        beside = drives.same_day & (drives.apart_s > window_s) & (drives.apart_s <= window_s + HABIT_S)
        by_days = ~drives.same_day & (drives.apart_s <= HABIT_S)
        for m, least in enumerate(POINTS):
            shared = drives.points >= least
            # Beside the window there is no other day to compare with: one pass weighs as much as on all days.
            events[w, m] = max(
                (by_days & shared).sum(), (beside & shared).sum() * per[w] * window_s / HABIT_S
            )
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
            rate = SHAPE / (chance.mean[w] * chance.shares[w, m])
            p, mean = float(betainc(met, SHAPE, 1 / (1 + rate))), SHAPE / rate
            if habit is not None:
                # A habit seen at few points is held for one at more, as often as traffic shares so many.
                events = max(habit.events[w, m], habit.events[w, 0] * chance.shares[w, m])
                seen = UNKNOWN + float(events)
                shape = min(seen, FIRMEST)
                rate = float(habit.per_encounter[w]) * shape / seen
                by_habit = float(betainc(met, shape, 1 / (1 + rate)))
                p, mean = max((p, mean), (by_habit, shape / rate))
            if p < best:
                best, expected = p, mean
    return min(1.0, best * len(WINDOWS_S) * len(POINTS)), expected


def _points_shared(who: Ints, trip: Ints, place: Ints) -> tuple[Ints, Ints]:
    """Return, for every pair of candidate and trip, the candidate and how many places they shared."""
    if not len(who):
        return who, who
    trips = int(trip.max()) + 1
    places, place = np.unique(place, return_inverse=True)
    once = np.unique((who * trips + trip) * len(places) + place)
    pairs, points = np.unique(once // len(places), return_counts=True)
    return pairs // trips, points


@dataclass(frozen=True, slots=True)
class _Drives:
    """A candidate's drives past places of a trip of the case's vehicle: apart_s, by the time of day where it
    was another day; points: at how many places."""

    drive: Ints
    apart_s: Floats
    points: Ints
    same_day: NDArray[np.bool_]


def _drives_near(place: Ints, at_s: Floats, way: Way) -> _Drives:
    drive = np.concatenate([[0], np.cumsum(np.diff(at_s) > ONE_DRIVE_S)]) if len(at_s) else np.zeros(0)
    mine, reading = np.nonzero(place[:, None] == way.place[None, :])
    lag_s = at_s[mine] - way.at_s[reading]
    apart_s = np.abs((lag_s + DAY_S / 2) % DAY_S - DAY_S / 2)
    near = apart_s <= max(WINDOWS_S) + HABIT_S
    mine, reading, apart_s, lag_s = mine[near], reading[near], apart_s[near], lag_s[near]
    trips = int(way.trip[-1]) + 1
    keys = drive[mine].astype(np.int64) * trips + way.trip[reading]
    pairs, where, points = np.unique(keys, return_inverse=True, return_counts=True)
    nearest = np.full(len(pairs), np.inf)
    np.minimum.at(nearest, where, apart_s)
    same_day = np.zeros(len(pairs), dtype=bool)
    same_day[where] = np.abs(lag_s) < DAY_S / 2
    return _Drives(pairs // trips, nearest, points, same_day)
