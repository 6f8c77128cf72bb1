"""Which settlement a place belongs to and what stands on the signpost at a road node."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.generator.names import name_streets
from geo.generator.network import Surveyed
from geo.generator.settlements import TOWNS, Settlements
from geo.grids import Divisions
from geo.shortest import nearest

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Gazetteer:
    """Names of settlements and the look-up of places."""

    settlements: Settlements
    town_names: list[str]
    village_names: list[str]
    divisions: Divisions

    def town_and_grid(self, lon: Floats, lat: Floats) -> tuple[Ints, Ints]:
        """Return town and grid of each place; a place just off the shore belongs to the nearest sub-grid."""
        sub_grid = self.divisions.sub_grids.locate(lon, lat)
        for i in np.flatnonzero(sub_grid < 0):
            sub_grid[i] = self.divisions.sub_grids.nearest(float(lon[i]), float(lat[i]))
        grid = self.divisions.grid_of_sub_grid[sub_grid]
        return self.divisions.town_of_grid[grid], grid


class Signposts:
    """Names road nodes; the streets of a town get their names in the order asked for."""

    def __init__(self, rng: np.random.Generator, surveyed: Surveyed, gazetteer: Gazetteer) -> None:
        self._surveyed, self.gazetteer = surveyed, gazetteer
        self._village = nearest(gazetteer.settlements.villages, surveyed.places)[1]
        self._town = nearest(gazetteer.settlements.towns, surveyed.places)[1]
        self._best_class = np.full(len(surveyed.places), 4)
        np.minimum.at(self._best_class, surveyed.roads.source, surveyed.roads.road_class)
        self._pools = [tuple(map(iter, name_streets(rng))) for _ in range(TOWNS)]
        self._streets: dict[tuple[int, int, int], str] = {}

    def name(self, node: int) -> str:
        """Return the crossing's name in town, the road and the nearest village in the country."""
        settlement = int(self._surveyed.settlement[node])
        if not 0 <= settlement < TOWNS:
            road = "G928国道" if self._best_class[node] == 0 else f"S{321 + self._town[node]}省道"
            return f"{road}{self.gazetteer.village_names[self._village[node]]}路口"
        first, second = (
            self._street(settlement, axis, int(self._surveyed.lines[node, axis])) for axis in (0, 1)
        )
        prefix = "" if settlement == 0 else self.gazetteer.town_names[settlement][:-1]
        return f"{prefix}{first}与{second}路口"

    def _street(self, town: int, axis: int, line: int) -> str:
        """Return the name of a lattice line; every fourth is a main street."""
        key = (town, axis, line)
        if key not in self._streets:
            main, others = self._pools[town]
            stem = next(main, None) if line % 4 == 0 else None
            self._streets[key] = f"{stem or next(others)}{'路' if axis == 0 else '街'}"
        return self._streets[key]
