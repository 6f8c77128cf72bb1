"""Counting: sightings of one stretch of time into movements and turns between sites. Pure; keeps no plate."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from operations.tracks.travel import LONGEST_S, bin_of, part_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ONE_VISIT_S = 300.0
"""Seen again at a site within this: one visit, two cameras of one crossing or a wait at its lights."""


@dataclass(frozen=True)
class Passes:
    """Sightings as arrays, in any order. vehicle: a number for each plate; at_s: seconds since 1970."""

    vehicle: Ints
    site: Ints
    at_s: Floats


@dataclass(frozen=True)
class Counts:
    """How many vehicles moved. movements [n, 4]: from site, to site (0: none in time), hour, bin;
    turns [m, 4]: previous site (0: none), from, to, part of the day."""

    movements: Ints
    moved: Floats
    turns: Ints
    turned: Floats


def count(passes: Passes, since_s: float, until_s: float) -> Counts:
    """Count the vehicles that left a site in [since, until): where they were seen next, and how soon.

    The passes must reach from LONGEST_S before to LONGEST_S after. Only the time from one sighting of a
    plate to its next is counted; a plate read wrong is seen nowhere next, mostly.
    """
    visits = _visits(passes)
    same = visits.vehicle[1:] == visits.vehicle[:-1]
    passed_s = visits.first_s[1:] - visits.last_s[:-1]
    in_time = np.append(same & (passed_s <= LONGEST_S), False)
    to_site = np.where(in_time, np.append(visits.site[1:], 0), 0)
    seconds = np.where(in_time, np.append(passed_s, 0.0), LONGEST_S)
    came = np.concatenate([[0], np.where(in_time[:-1], visits.site[:-1], 0)])
    counted = (visits.last_s >= since_s) & (visits.last_s < until_s)
    hour = (visits.last_s // 3600).astype(np.int64) % 24
    movements = np.column_stack([visits.site, to_site, hour, bin_of(seconds)])[counted]
    turned = counted & in_time
    turns = np.column_stack([came, visits.site, to_site, part_of(hour)])[turned]
    return Counts(*_tally(movements), *_tally(turns))


@dataclass(frozen=True)
class _Visits:
    vehicle: Ints
    site: Ints
    first_s: Floats
    last_s: Floats


def _visits(passes: Passes) -> _Visits:
    """Return what each vehicle visited, in order of vehicle and time."""
    order = np.lexsort((passes.at_s, passes.vehicle))
    vehicle, site, at_s = passes.vehicle[order], passes.site[order], passes.at_s[order]
    if not len(order):
        return _Visits(vehicle, site, at_s, at_s)
    again = (vehicle[1:] == vehicle[:-1]) & (site[1:] == site[:-1]) & (np.diff(at_s) <= ONE_VISIT_S)
    starts = np.flatnonzero(np.concatenate([[True], ~again]))
    ends = np.append(starts[1:], len(order)) - 1
    return _Visits(vehicle[starts], site[starts], at_s[starts], at_s[ends])


def _tally(rows: Ints) -> tuple[Ints, Floats]:
    """Return the different rows and how often each is there."""
    if not len(rows):
        return rows, np.zeros(0)
    order = np.lexsort(rows.T[::-1])
    rows = rows[order]
    starts = np.flatnonzero(np.concatenate([[True], (rows[1:] != rows[:-1]).any(axis=1)]))
    return rows[starts], np.diff(np.append(starts, len(rows))).astype(np.float64)
