"""Reach by road: how soon the nearest of several starts is anywhere, and how much of each area in how long.

An area is reached as far as its road nodes are: the share of them within one, three, five minutes. The drive
to an area ends at its door, where patrols stop: its own node nearest to its middle, else the nearest of all.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.coordinates import haversine_m
from geo.grids import RegionIndex
from geo.roads import RoadNetwork
from geo.shortest import costs_to_nearest

BANDS_S = (60.0, 180.0, 300.0)
NO_ROAD_M = 1_500.0
"""An area without a node, its middle farther than this from any road, is not for vehicles."""


def reached_s(network: RoadNetwork, starts: ArrayLike, limit_s: float = 300.0) -> NDArray[np.float64]:
    """Return the seconds from the nearest of `starts` (nodes) to every node; inf past the limit."""
    nodes = np.unique(np.atleast_1d(np.asarray(starts, dtype=np.int64)))
    if not len(nodes):
        return np.full(len(network.lon), np.inf)
    return costs_to_nearest(network.seconds_matrix, nodes, limit_s)


@dataclass(frozen=True)
class AreaRoads:
    """The roads of areas. area: of each node, -1 in none. door: of each area, -1 without a road near."""

    area: NDArray[np.int64]
    door: NDArray[np.int64]

    def door_s(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the seconds to each area's door; inf where it is not reached, nan where it has none."""
        return np.where(self.door >= 0, seconds[self.door], np.nan)

    def shares(self, seconds: NDArray[np.float64], within_s: ArrayLike = BANDS_S) -> NDArray[np.float64]:
        """Return the share of each area's nodes within each limit, shaped [area, limit]; nan without a road.

        An area without a node of its own has its door's.
        """
        limits = np.atleast_1d(np.asarray(within_s, dtype=np.float64))
        count = len(self.door)
        node = np.flatnonzero(self.area >= 0)
        nodes = np.bincount(self.area[node], minlength=count)
        alone = np.flatnonzero((nodes == 0) & (self.door >= 0))
        owner, node = np.append(self.area[node], alone), np.append(node, self.door[alone])
        nodes[alone] = 1
        reached = [np.bincount(owner[seconds[node] <= limit], minlength=count) for limit in limits]
        with np.errstate(invalid="ignore"):
            return np.where(nodes[:, None] > 0, np.stack(reached, axis=1) / nodes[:, None], np.nan)


def area_roads(network: RoadNetwork, areas: RegionIndex) -> AreaRoads:
    """Return which nodes lie in which area, and each area's door."""
    middle = shapely.get_coordinates(shapely.point_on_surface(areas.areas))
    door = network.snap(middle[:, 0], middle[:, 1]).astype(np.int64)
    away_m = haversine_m(middle[:, 0], middle[:, 1], network.lon[door], network.lat[door])
    door = np.where(away_m < NO_ROAD_M, door, -1)
    area = areas.locate(network.lon, network.lat)
    inside = np.flatnonzero(area >= 0)
    owner = area[inside]
    off_m = haversine_m(network.lon[inside], network.lat[inside], middle[owner, 0], middle[owner, 1])
    farthest_first = np.argsort(-off_m, kind="stable")
    door[owner[farthest_first]] = inside[farthest_first]  # the nearest is written last
    return AreaRoads(area, door)
