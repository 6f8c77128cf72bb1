"""Patrol problems on the generated county's roads, from a seed: visits of grids, markets, stretches; shifts.

The mix is that of GEO.md: one visit in six belongs to a market (four a day) or a stretch (three), the others
are grids, six in ten of them wanted within two to four hours. Used by the patrol benchmarks only.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from geo.patrol.problem import PatrolUnit, Problem, Rest, Visit
from geo.travel_times import seconds_between
from tests.county import county

HOUR_S = 3600.0
SPACING_S = 1.5 * HOUR_S
LONGEST_DRIVE_S = 3 * HOUR_S


@dataclass(frozen=True, slots=True)
class Day:
    """What a generated day has; shifts: how many of eight hours from 08:00, the units spread over them."""

    seed: int
    visits: int
    units: int
    shifts: int = 1
    rests: bool = False
    abroad_s: float = 0.0
    town_floor: float = 0.0


@cache
def _places() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return road nodes (stations first), their towns, how many are stations, and the drive between all."""
    made = county()
    roads = made.roads
    rng = np.random.default_rng(11)
    grids = np.array([area.representative_point().coords[0] for area in made.grids.areas])
    extra = rng.choice(len(roads.lon), 1_000, replace=False)
    nodes = np.concatenate([made.stations.node, roads.snap(grids[:, 0], grids[:, 1]), extra])
    towns = made.divisions().locate(roads.lon[nodes], roads.lat[nodes])[2]
    seconds = np.minimum(seconds_between(roads, nodes, nodes), LONGEST_DRIVE_S)
    np.fill_diagonal(seconds, 0.0)
    return nodes, np.maximum(towns, 0), np.array([len(made.stations.node)]), seconds


def places_on_map() -> NDArray[np.float64]:
    """Return lon, lat of every place of the problems' matrix, shaped [n, 2]."""
    nodes = _places()[0]
    return np.column_stack([county().roads.lon[nodes], county().roads.lat[nodes]])


def make_day(day: Day) -> Problem:
    """Return the problem of a day: the same for the same values."""
    rng = np.random.default_rng([20261124, day.seed])
    _, towns, (stations,), seconds = _places()
    ends_s = (8 + 8 * day.shifts) * HOUR_S
    visits: list[Visit] = []
    while len(visits) < day.visits:
        place = int(rng.integers(stations, len(towns)))
        visits += _visits(rng, place, int(towns[place]), (8 * HOUR_S, ends_s), len(visits))
    units = [_unit(rng, day, number, int(stations), towns) for number in range(day.units)]
    return Problem(units, visits[: day.visits], [seconds], day.abroad_s, day.town_floor)


def _unit(
    rng: np.random.Generator, day: Day, number: int, stations: int, towns: NDArray[np.int64]
) -> PatrolUnit:
    """Return a unit: a third starts at the bureau and works the whole county."""
    county_wide = number % 3 == 0
    station = 0 if county_wide else int(rng.integers(1, stations))
    starts_s = (8 + 8 * (number % day.shifts)) * HOUR_S + (0 if day.shifts > 1 else 1800.0 * (number % 3))
    rest = Rest(starts_s + 3 * HOUR_S, starts_s + 5 * HOUR_S, 1800.0) if day.rests else None
    return PatrolUnit(
        station,
        station,
        starts_s,
        starts_s + 8 * HOUR_S,
        int(towns[station]),
        county_wide=county_wide,
        rest=rest,
    )


def _visits(
    rng: np.random.Generator, place: int, town: int, span_s: tuple[float, float], revisit: int
) -> list[Visit]:
    """Return the visits that one place wants: one, or several in parts of the day that lie apart."""
    kind = rng.random()
    dwell_s = float(rng.integers(10, 16) * 60)
    opens_s, closes_s = span_s
    if kind >= 0.06:
        priority = float(rng.integers(3, 26))
        if rng.random() < 0.4:
            return [Visit(place, priority, dwell_s, opens_s, closes_s, town)]
        begins_s = float(rng.uniform(opens_s, closes_s - 2 * HOUR_S))
        return [Visit(place, priority, dwell_s, begins_s, begins_s + rng.uniform(2, 4) * HOUR_S, town)]
    copies, best = (4, rng.uniform(60, 100)) if kind < 0.02 else (3, rng.uniform(25, 60))
    part_s = (closes_s - opens_s) / copies
    return [
        Visit(
            place,
            round(float(best) * 0.8**k, 1),
            dwell_s,
            opens_s + k * part_s,
            opens_s + (k + 1) * part_s - min(SPACING_S, 0.6 * part_s),
            town,
            revisit=revisit,
            spacing_s=min(SPACING_S, 0.6 * part_s),
        )
        for k in range(copies)
    ]
