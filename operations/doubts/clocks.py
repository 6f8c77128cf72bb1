"""Clocks: a camera whose vehicles seem to come too late and leave too early, or the other way round.

Pure. If its times are d seconds ahead, every leg to it is d too long and every leg from it d too short, so
that d is what most legs agree on, whichever way they go; a jam lengthens both and moves nothing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FARTHEST_S = 3600.0
"""Reads of one plate farther apart say nothing; so an error of up to about an hour is found."""
LAGS = 6
"""A wrong clock puts reads of a plate out of order: so many neighbours in time are compared."""
NEAR_S = 1200.0
"""Sites farther apart by road say little of a clock."""
STEP_S = 10.0
SMOOTH_S = 25.0
NEAR_PEAK_S = 2.5 * SMOOTH_S
LEAST_OFF_S = 30.0
LEAST_BY_ROAD_S = 120.0
"""Where no traffic was learned: a camera's place on a road of one way may be off by a minute's drive, and
moves its legs as a clock would."""
LEAST_LEGS = 20
LEAST_OF_A_NEIGHBOUR = 5
LEAST_NEIGHBOURS = 2
AGREE = 0.6
AGREE_OF_LEGS = 0.5
"""Of few legs, a handful of one vehicle's detours can agree on an offset that is none."""
WELL_AGAIN_S = 15.0


@dataclass(frozen=True)
class Pairs:
    """Two reads of one plate at two sites, as arrays: cameras, the second's time minus the first's, by road.

    there_s, back_s: usual seconds from the first to the second, and from the second to the first.
    """

    first: Ints
    second: Ints
    apart_s: Floats
    there_s: Floats
    back_s: Floats


@dataclass(frozen=True, slots=True)
class Clock:
    """What the legs say of a camera's clock: ahead by offset_s, give or take error_s; how many legs agree."""

    offset_s: float
    error_s: float
    legs: int
    agree: int
    neighbours: int
    is_off: bool

    def numbers(self) -> dict[str, Any]:
        return {
            "offset_s": round(self.offset_s),
            "error_s": round(self.error_s, 1),
            "legs": self.legs,
            "agree": self.agree,
            "neighbours": self.neighbours,
        }


def close_reads(vehicle: Ints, at_s: Floats, site: Ints) -> tuple[Ints, Ints]:
    """Return the positions (first, second) of reads of one vehicle at two sites, near in time."""
    order = np.lexsort((at_s, vehicle))
    found: list[tuple[Ints, Ints]] = []
    for lag in range(1, LAGS + 1):
        one, other = order[:-lag], order[lag:]
        kept = (vehicle[one] == vehicle[other]) & (site[one] != site[other])
        kept &= at_s[other] - at_s[one] <= FARTHEST_S
        found.append((one[kept], other[kept]))
    return np.concatenate([one for one, _ in found]), np.concatenate([other for _, other in found])


def clocks_of(pairs: Pairs, least_off_s: float = LEAST_OFF_S) -> dict[int, Clock]:
    """Return, by camera, what its legs say of its clock; cameras with too few legs are left out.

    least_off_s: what is less is not off (LEAST_BY_ROAD_S where times are not learned). Judged twice, the
    second time without the legs to cameras found off the first time: theirs is the error.
    """
    if not len(pairs.first):
        return {}
    legs = _legs(pairs)
    first = _judged(legs, frozenset(), least_off_s)
    off = frozenset(camera for camera, clock in first.items() if clock.is_off)
    return _judged(legs, off, least_off_s) if off else first


@dataclass(frozen=True)
class _Legs:
    """Each pair twice, as seen from either camera, in order of that camera.

    if_came_s, if_left_s: the camera's offset, were the vehicle coming from the other one, or leaving for it.
    One of the two is right and gathers at the offset; the wrong one scatters over twice the way's length.
    """

    camera: Ints
    other: Ints
    if_came_s: Floats
    if_left_s: Floats


def _legs(pairs: Pairs) -> _Legs:
    near = (
        (pairs.there_s <= NEAR_S) & (pairs.back_s <= NEAR_S) & (np.minimum(pairs.there_s, pairs.back_s) > 0)
    )
    camera = np.concatenate([pairs.second[near], pairs.first[near]])
    ahead_s = np.concatenate([pairs.apart_s[near], -pairs.apart_s[near]])
    slow = _how_slow(pairs.apart_s[near], pairs.there_s[near])
    came_s = slow * np.concatenate([pairs.there_s[near], pairs.back_s[near]])
    left_s = slow * np.concatenate([pairs.back_s[near], pairs.there_s[near]])
    order = np.argsort(camera, kind="stable")
    other = np.concatenate([pairs.first[near], pairs.second[near]])
    return _Legs(camera[order], other[order], (ahead_s - came_s)[order], (ahead_s + left_s)[order])


def _how_slow(apart_s: Floats, road_s: Floats) -> float:
    """Return how many times as long as expected all the county's legs take just now."""
    ratio = apart_s / road_s
    typical = ratio[(ratio > 0.5) & (ratio < 2.0)]
    return float(np.median(typical)) if len(typical) else 1.0


def _judged(legs: _Legs, set_aside: frozenset[int], least_off_s: float) -> dict[int, Clock]:
    kept = ~np.isin(legs.other, np.array(sorted(set_aside), dtype=np.int64))
    cameras, starts = np.unique(legs.camera, return_index=True)
    found: dict[int, Clock] = {}
    for camera, rows in zip(cameras.tolist(), np.split(np.arange(len(kept)), starts[1:]), strict=True):
        of_it = rows[kept[rows]]
        clock = _clock(legs.other[of_it], legs.if_came_s[of_it], legs.if_left_s[of_it], least_off_s)
        if clock is not None:
            found[camera] = clock
    return found


def _clock(other: Ints, if_came_s: Floats, if_left_s: Floats, least_off_s: float) -> Clock | None:
    """Judge one camera; None: too few legs to say."""
    if len(other) < LEAST_LEGS:
        return None
    offset_s = _peak(np.concatenate([if_came_s, if_left_s]))
    came = np.abs(if_came_s - offset_s) < np.abs(if_left_s - offset_s)
    nearer = np.where(came, if_came_s, if_left_s)
    agree = np.abs(nearer - offset_s) <= NEAR_PEAK_S
    at_zero = np.minimum(np.abs(if_came_s), np.abs(if_left_s)) <= NEAR_PEAK_S
    both_ways = _both_ways(nearer[agree], came[agree])
    if both_ways is None:
        return None
    offset_s, error_s = both_ways
    neighbours, convinced = _neighbours(other, agree, at_zero)
    is_off = (
        abs(offset_s) >= max(least_off_s, 5 * error_s)
        and neighbours >= LEAST_NEIGHBOURS
        and convinced >= AGREE * neighbours
        and agree.mean() >= AGREE_OF_LEGS
    )
    return Clock(offset_s, error_s, len(other), int(agree.sum()), neighbours, bool(is_off))


def _both_ways(said_s: Floats, came: NDArray[np.bool_]) -> tuple[float, float] | None:
    """Return offset and error by the legs that came and those that left, each half of the say.

    A road that is slower than we think lengthens both, and so cancels out; with legs of one way only, nobody
    could tell it from a clock. None: too few of one of them.
    """
    halves = said_s[came], said_s[~came]
    if min(len(half) for half in halves) < LEAST_OF_A_NEIGHBOUR:
        return None
    middles = [float(np.median(half)) for half in halves]
    offset_s = sum(middles) / 2
    spread_s = 1.4826 * float(np.median(np.abs(said_s - np.median(said_s))))
    unlike_s = abs(middles[0] - middles[1]) / 4
    return offset_s, float(np.hypot(spread_s / np.sqrt(len(said_s)), unlike_s)) + 1.0


def _neighbours(other: Ints, agree: NDArray[np.bool_], at_zero: NDArray[np.bool_]) -> tuple[int, int]:
    """Return how many other cameras there are legs to, and for how many of them most say the offset."""
    which = np.unique(other, return_inverse=True)[1]
    legs = np.bincount(which)
    for_it, for_zero = np.bincount(which, agree), np.bincount(which, at_zero)
    enough = legs >= LEAST_OF_A_NEIGHBOUR
    return int(enough.sum()), int((enough & (for_it >= for_zero) & (for_it >= 0.3 * legs)).sum())


def _peak(values: Floats) -> float:
    """Return where values gather most densely."""
    edges = np.arange(-FARTHEST_S - STEP_S / 2, FARTHEST_S + STEP_S, STEP_S)
    counts, _ = np.histogram(values, edges)
    reach = int(3 * SMOOTH_S / STEP_S)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) * STEP_S / SMOOTH_S) ** 2)
    at = int(np.argmax(np.convolve(counts, bell, mode="same")))
    return float(edges[at] + STEP_S / 2)
