"""Routes under repair as gaps with slack: what a visit costs in every gap, for many visits at once.

Holds each unit's earliest departures and latest arrivals; which visit goes where is repair's matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.patrol.problem import Floats, Problem
from geo.patrol.timing import CLOSE_S, Since

REST = -1  # stands for the rest in an order of visits
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps of one unit's order, before each item and after the last: arrays as long as the order + 1.

    leaves_s: the earliest departure into the gap; latest_s: the latest arrival behind it; here, there: rows
    of the matrices; direct_s: the drive between; starts_s (one shorter): when each item begins.
    """

    here: Ints
    there: Ints
    leaves_s: Floats
    latest_s: Floats
    direct_s: Floats
    starts_s: list[float]


class Board:
    """Orders of all units that can be changed, and the windows that hold for each visit now."""

    def __init__(self, problem: Problem, since: Sequence[Since]) -> None:
        visits = problem.visits
        self.problem, self.since = problem, since
        self.place = np.array([visit.place for visit in visits], dtype=np.intp)
        self.from_s = np.array([visit.from_s for visit in visits])
        self.until_s = np.array([visit.until_s for visit in visits])
        self.dwell_s = np.array([visit.dwell_s for visit in visits])
        self.priority = np.array([visit.priority for visit in visits])
        self.town = np.array([visit.town for visit in visits], dtype=np.intp)
        self.must = np.array([visit.must for visit in visits], dtype=bool)
        self.orders: list[list[int]] = [[] for _ in problem.units]
        self.gaps: list[Gaps | None] = [None] * len(problem.units)

    def put(self, unit: int, order: list[int]) -> bool:
        """Give a unit this order if it fits; say whether it does."""
        gaps = self.fitted(unit, order)
        if gaps is None:
            return False
        self.orders[unit], self.gaps[unit] = order, gaps
        return True

    def fitted(self, unit: int, order: Sequence[int]) -> Gaps | None:
        """Return the gaps of an order of visits and REST at its earliest times; None if it does not fit."""
        who, since = self.problem.units[unit], self.since[unit]
        items = [self._item(unit, item) for item in order]
        way = np.array([since.place, *(item[0] for item in items), who.end], dtype=np.intp)
        direct = self.problem.seconds[who.profile][way[:-1], way[1:]]
        drives: list[float] = direct.tolist()
        leaves, starts = [since.at_s], []
        for (_, from_s, until_s, lasts_s), drive_s in zip(items, drives, strict=False):
            start_s = max(leaves[-1] + drive_s, from_s)
            if start_s > until_s + CLOSE_S:
                return None
            starts.append(start_s)
            leaves.append(start_s + lasts_s)
        latest = [who.shift_until_s]
        if leaves[-1] + drives[-1] > latest[0] + CLOSE_S:
            return None
        for (_, _, until_s, lasts_s), drive_s in zip(reversed(items), reversed(drives), strict=False):
            latest.append(min(until_s, latest[-1] - drive_s - lasts_s))
        return Gaps(way[:-1], way[1:], np.array(leaves), np.array(latest[::-1]), direct, starts)

    def cheapest(self, unit: int, visits: Ints) -> tuple[Floats, Ints]:
        """Return for each visit what it costs the unit (seconds of driving, inf if it cannot) and its gap."""
        gaps = self.gaps[unit]
        if gaps is None:
            return np.full(len(visits), np.inf), np.zeros(len(visits), dtype=np.intp)
        extra = self._extra(unit, gaps, visits)
        best = extra.argmin(axis=0)
        return extra[best, np.arange(len(visits))] + self.abroad(unit, visits), best

    def instead(self, unit: int, visit: int) -> Floats:
        """Return what the visit costs in the place of each item of the unit's order; inf where it cannot."""
        gaps = self.gaps[unit]
        if gaps is None or not self.orders[unit]:
            return np.full(len(self.orders[unit]), np.inf)
        merged = Gaps(
            gaps.here[:-1],
            gaps.there[1:],
            gaps.leaves_s[:-1],
            gaps.latest_s[1:],
            gaps.direct_s[:-1] + gaps.direct_s[1:],
            [],
        )
        one = np.array([visit], dtype=np.intp)
        return np.asarray(self._extra(unit, merged, one)[:, 0] + self.abroad(unit, one))

    def abroad(self, unit: int, visits: Ints) -> Floats:
        """Return what the towns of the visits cost the unit: 0, abroad_s, or inf where it may not go."""
        who = self.problem.units[unit]
        if who.county_wide:
            return np.zeros(len(visits))
        price = self.problem.abroad_s if who.may_leave_town else np.inf
        return np.where(self.town[visits] == who.town, 0.0, price)

    def _extra(self, unit: int, gaps: Gaps, visits: Ints) -> Floats:
        """Return [gap, visit] seconds of driving more; inf where the visit or what follows would be late."""
        drive = self.problem.seconds[self.problem.units[unit].profile]
        places = self.place[visits]
        there = drive[np.ix_(gaps.here, places)]
        onward = drive[np.ix_(places, gaps.there)].T
        start = np.maximum(gaps.leaves_s[:, None] + there, self.from_s[visits])
        late = start > self.until_s[visits] + CLOSE_S
        late |= start + self.dwell_s[visits] + onward > gaps.latest_s[:, None] + CLOSE_S
        return np.where(late, np.inf, there + onward - gaps.direct_s[:, None])

    def _item(self, unit: int, item: int) -> tuple[int, float, float, float]:
        """Return place, window and duration of a visit or the unit's rest."""
        if item == REST:
            rest = self.problem.units[unit].rest
            assert rest is not None
            return self.problem.units[unit].start, rest.from_s, rest.until_s, rest.lasts_s
        visit = self.problem.visits[item]
        return visit.place, float(self.from_s[item]), float(self.until_s[item]), visit.dwell_s
