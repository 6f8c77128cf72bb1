"""Legs: from one reading of a vehicle to the next, judged by the time that traffic takes. Draws nothing.

Readings that cannot be one vehicle's are set aside here; that they are two vehicles' is said in clones.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from operations.tracks.readings import Reading
from operations.tracks.travel import Band, Bands, TravelTimes

Verdict = Literal["driven", "stop", "gap", "impossible"]

GAP_S, SLOWER = 15 * 60.0, 1.2
"""So much more than the usual drive, driven so much slower, is no stop on the way but another trip."""
LOOK_BACK = 8
"""So many readings in a row may be another vehicle's (or nobody's) without breaking a track."""
BROKEN_COSTS = 3.0
"""A track that goes on from a reading it cannot have come from pays for it with so many readings."""


@dataclass(frozen=True, slots=True)
class Leg:
    """From one reading to a later one. band: what traffic takes at that hour (seconds).

    stop_s: for a stop, how long it stood if it drove as is usual; between `stop_least_s` and `stop_most_s`.
    """

    start: Reading
    end: Reading
    seconds: float
    band: Band
    verdict: Verdict

    @property
    def stop_s(self) -> float | None:
        """Return how long the vehicle stood, if it drove at the usual speed; None where it did not stop."""
        return max(0.0, self.seconds - self.band.usual_s) if self.verdict == "stop" else None

    @property
    def stop_band_s(self) -> tuple[float, float] | None:
        """Return the least and the most it can have stood: driven slowly, driven as fast as anyone."""
        if self.verdict != "stop":
            return None
        return max(0.0, self.seconds - self.band.slow_s), self.seconds - self.band.shortest_s


class Judged(NamedTuple):
    """Readings that can be one vehicle's, in order, the legs between them (one fewer), and for every other
    reading an impossible leg between it and the kept one before it (the first, where none is before)."""

    kept: list[Reading]
    legs: list[Leg]
    contradicting: list[Leg]


@dataclass(frozen=True)
class Course:
    """Readings in order of time as arrays, to look bands up by. at_s: seconds since 1970, our clock."""

    readings: Sequence[Reading]
    at_s: NDArray[np.float64]
    position: NDArray[np.int64]
    hour: NDArray[np.int64]
    error_s: NDArray[np.float64]


def course_of(readings: Sequence[Reading], travel: TravelTimes) -> Course:
    """Return readings (in order of time, of known sites) as arrays."""
    at_s = np.array([reading.at.timestamp() for reading in readings])
    return Course(
        readings,
        at_s,
        travel.sites.positions([reading.site for reading in readings]),
        (at_s // 3600).astype(np.int64) % 24,
        np.array([reading.error_s for reading in readings]),
    )


def judge(readings: Sequence[Reading], travel: TravelTimes) -> Judged:
    """Judge one vehicle's believed readings, in order of time.

    Where readings contradict each other, the most that can all be one vehicle's are kept.
    """
    if len(readings) < 2:
        return Judged(list(readings), [], [])
    course = course_of(readings, travel)
    kept = _one_vehicle(course, travel)
    aside = np.setdiff1d(np.arange(len(readings)), kept)
    anchor = kept[np.maximum(np.searchsorted(kept, aside) - 1, 0)]
    between = _legs(course, travel, kept[:-1], kept[1:])
    apart = _legs(course, travel, np.minimum(anchor, aside), np.maximum(anchor, aside))
    return Judged(
        [readings[i] for i in kept.tolist()],
        between,
        [replace(leg, verdict="impossible") for leg in apart],
    )


def _legs(
    course: Course, travel: TravelTimes, first: NDArray[np.int64], then: NDArray[np.int64]
) -> list[Leg]:
    bands = travel.bands_at(course.position[first], course.position[then], course.hour[first])
    seconds = course.at_s[then] - course.at_s[first]
    verdicts = _verdicts(seconds, bands, course.error_s[first] + course.error_s[then])
    found = bands.one_by_one()
    rows = zip(first.tolist(), then.tolist(), seconds.tolist(), found, verdicts.tolist(), strict=True)
    readings = course.readings
    return [
        Leg(readings[i], readings[j], passed, band, VERDICTS[verdict]) for i, j, passed, band, verdict in rows
    ]


VERDICTS: tuple[Verdict, ...] = ("driven", "stop", "gap", "impossible")
DRIVEN, STOP, GAP, IMPOSSIBLE = range(4)


def _verdicts(seconds: NDArray[np.float64], bands: Bands, error_s: NDArray[np.float64]) -> NDArray[np.int64]:
    verdicts = np.full(len(seconds), DRIVEN)
    verdicts[seconds - error_s > bands.slow_s] = STOP
    verdicts[seconds - error_s > np.maximum(bands.slow_s, SLOWER * bands.usual_s + GAP_S)] = GAP
    verdicts[seconds + error_s < bands.shortest_s] = IMPOSSIBLE
    return verdicts


def _one_vehicle(course: Course, travel: TravelTimes) -> NDArray[np.int64]:
    """Return which readings can all be one vehicle's: the weightiest chain of them, by what they are read by.

    A dynamic programme over the LOOK_BACK readings before each; only where two readings contradict.
    """
    count = len(course.readings)
    next_to = _possible(course, travel, 1)
    if next_to[1:].all():
        return np.arange(count)
    further = [_possible(course, travel, back) for back in range(2, min(LOOK_BACK, count - 1) + 1)]
    possible = np.array([next_to, *further])
    weight = np.array([reading.probability for reading in course.readings])
    best, before = weight.copy(), np.full(count, -1)
    for i in range(1, count):
        backs = np.flatnonzero(possible[: min(i, len(possible)), i]) + 1
        if len(backs):
            chosen = int(i - backs[np.argmax(best[i - backs])])
            before[i], best[i] = chosen, best[chosen] + weight[i]
        broken = int(np.argmax(best[:i]))
        if best[broken] - BROKEN_COSTS + weight[i] > best[i]:
            before[i], best[i] = broken, best[broken] - BROKEN_COSTS + weight[i]
    chain, here = [], int(np.argmax(best))
    while here >= 0:
        chain.append(here)
        here = int(before[here])
    return np.array(chain[::-1])


def _possible(course: Course, travel: TravelTimes, back: int) -> NDArray[np.bool_]:
    """Return for each reading whether a vehicle can have come from the one `back` before it."""
    found = np.zeros(len(course.readings), dtype=bool)
    here, there = course.position[:-back], course.position[back:]
    bands = travel.bands_at(here, there, course.hour[:-back])
    slack = course.error_s[:-back] + course.error_s[back:]
    found[back:] = course.at_s[back:] - course.at_s[:-back] + slack >= bands.shortest_s
    return found
