"""The visits a grid wants on a day: one at least, more where calls come often, in the hours of the calls.

Pure: expected calls, the last visit and blind cameras in, needs out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import exp

import numpy as np
from numpy.typing import NDArray

from operations.demand.grid_stops import GridStop
from operations.demand.need import Need, Reason, Site, again, need_of
from operations.demand.windows import (
    CALL_HOURS_FROM,
    DAY_UNTIL_S,
    HOUR_S,
    STEP_S,
    Window,
    busiest,
    equal_parts,
)

BASE_POINTS = 3.0
UNVISITED_POINTS = 1.0  # a day, up to UNVISITED_DAYS
UNVISITED_DAYS = 7
CALL_POINTS = 40.0  # times the chance of a call within CALLS_WITHIN_H of the visit
CALLS_WITHIN_H = 2.0
CALLS_WITH_HOURS = 0.1  # expected calls a day from which on visits keep to the hours of the calls
CALLS_A_VISIT = 1 / 7  # expected calls a day that want one more visit: one a week
MOST_VISITS = 6
HOT_HOURS_SHARE = 0.8  # a grid's hours are the shortest that hold this share of its calls
LEAST_PART_H = 1.0
MOST_SPACING_S = 2 * HOUR_S
BLIND_POINTS = 15.0  # times the share of the cameras' view that is lost
WHOLE_DAY_H = (float(CALL_HOURS_FROM), float(CALL_HOURS_FROM + 24))


@dataclass(frozen=True, slots=True)
class Known:
    """What raises the demand of a grid beside calls: local days of the last believed visits, blind shares."""

    day: date
    visited: Mapping[int, date]
    blind: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Calls:
    """Expected calls of a grid by hour from 04:00, and how many were seen in the past weeks."""

    hourly: NDArray[np.float64]
    seen: int

    def between(self, window: tuple[float, float]) -> float:
        """Return the calls expected between two hours of the day (from CALL_HOURS_FROM on)."""
        held = np.concatenate([[0.0], np.cumsum(self.hourly)])
        ends = np.interp(np.array(window) - CALL_HOURS_FROM, np.arange(len(held)), held)
        return float(ends[1] - ends[0])

    def an_hour(self, window: tuple[float, float]) -> float:
        """Return the calls expected an hour between two hours of the day."""
        return self.between(window) / (window[1] - window[0])


def grid_needs(stop: GridStop, calls: Calls, known: Known, dwell_s: float) -> list[Need]:
    """Return a grid's visits: one at any time, or one in each part of the hours in which calls come."""
    site = Site(stop.grid_id, None, stop.town_id, stop.lon, stop.lat, dwell_s, False, f"grid:{stop.grid_id}")
    first = _first_reasons(stop.grid_id, known)
    parts = _parts_h(calls.hourly)
    if not parts:
        reasons = [*_visit_reasons(calls, WHOLE_DAY_H, 0), *first]
        return [need_of(site, Window(0.0, DAY_UNTIL_S), 0.0, reasons)]
    spacing_s = _spacing_s(parts)
    densest = sorted(range(len(parts)), key=lambda k: -calls.an_hour(parts[k]))
    made = []
    for k, (begin, end) in enumerate(parts):
        rank = densest.index(k)
        shorter_s = dwell_s if k == len(parts) - 1 else spacing_s
        window = Window(round(begin * HOUR_S), round(end * HOUR_S) - shorter_s)
        said = _visit_reasons(calls, (begin, end), rank)
        made.append(need_of(site, window, spacing_s, said if rank else said + first))
    return made


def _parts_h(hourly: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Return the hours of the day that get a visit each; none where calls are too few to tell hours."""
    expected = float(hourly.sum())
    if expected < CALLS_WITH_HOURS:
        return []
    visits = min(MOST_VISITS, 1 + int(expected / CALLS_A_VISIT))
    first, last = busiest(hourly, HOT_HOURS_SHARE)
    step_h = STEP_S / HOUR_S
    for parts in range(visits, 0, -1):
        edges = np.round(np.array(equal_parts(hourly, first, last, parts)) / step_h) * step_h
        if np.diff(edges).min() >= LEAST_PART_H:
            return [(a, b) for a, b in pairwise((CALL_HOURS_FROM + edges).tolist())]
    return []


def _spacing_s(parts: list[tuple[float, float]]) -> float:
    """Return half the shortest part, two hours at most: visits stay apart and their windows stay wide."""
    if len(parts) == 1:
        return 0.0
    shortest_s = min(end - begin for begin, end in parts) * HOUR_S
    return min(MOST_SPACING_S, shortest_s / 2 // STEP_S * STEP_S)


def _first_reasons(grid_id: int, known: Known) -> list[Reason]:
    """Return what makes the first visit of a day worth more: neglect, blind cameras."""
    last = known.visited.get(grid_id)
    days = None if last is None else max((known.day - last).days, 0)
    neglect = UNVISITED_POINTS * min(UNVISITED_DAYS if days is None else days, UNVISITED_DAYS)
    reasons: list[Reason] = [{"code": "unvisited", "priority": neglect, "days": days}] if neglect else []
    share = known.blind.get(grid_id, 0.0)
    points = round(BLIND_POINTS * share, 2)
    return [*reasons, {"code": "blind", "priority": points, "share": round(share, 3)}] if points else reasons


def _visit_reasons(calls: Calls, hours: tuple[float, float], rank: int) -> list[Reason]:
    """Return the points of any visit: the base, calls expected around it; less for a further one."""
    chance = 1 - exp(-calls.an_hour(hours) * CALLS_WITHIN_H)
    points = round(CALL_POINTS * chance, 2)
    reasons: list[Reason] = [{"code": "base", "priority": BASE_POINTS}]
    if points > 0:
        reasons.append(
            {
                "code": "calls",
                "priority": points,
                "chance": round(chance, 4),
                "expected": round(calls.between(hours), 3),
                "seen": calls.seen,
                "from_h": round(hours[0], 2),
                "until_h": round(hours[1], 2),
            }
        )
    return [*reasons, *again(BASE_POINTS + points, rank)]
