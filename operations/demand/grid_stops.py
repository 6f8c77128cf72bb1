"""Where a patrol stops in each grid: a road place inside it that can be driven to. Plans no visit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components
from sqlalchemy import select

from geo.coordinates import haversine_m
from geo.grids import index_areas
from geo.roads import RoadNetwork
from operations.county import road_network
from operations.store import Session
from operations.tables import Grid

NO_ROAD_M = 1_500.0  # a grid without a road inside and farther than this from any is not for vehicles


@dataclass(frozen=True, slots=True)
class GridStop:
    """A grid and the road place at which it is visited."""

    grid_id: int
    town_id: int
    lon: float
    lat: float


_found: dict[tuple[str, int], list[GridStop]] = {}  # of the network and grids in use: finding takes 0.2 s


def grid_stops(session: Session) -> list[GridStop]:
    """Return the stop of every grid that can be reached by road, by grid id. Raises NoCounty."""
    network = road_network(session)
    rows = session.execute(select(Grid.id, Grid.town_id, Grid.geometry).order_by(Grid.id)).all()
    key = (network.version, hash(tuple((row.id, row.town_id, row.geometry) for row in rows)))
    found = _found.get(key)
    if found is None:
        stops = _stops(network, shapely.from_wkb([row.geometry for row in rows]))
        found = [
            GridStop(row.id, row.town_id, *network.place(node))
            for row, node in zip(rows, stops, strict=True)
            if node >= 0
        ]
        _found.clear()
        _found[key] = found
    return found


def _stops(network: RoadNetwork, areas: Sequence[shapely.Geometry] | NDArray[np.object_]) -> list[int]:
    """Return for each area the connected node inside nearest its middle, else the nearest; -1: none near."""
    nodes = _connected(network)
    lon, lat = network.lon[nodes], network.lat[nodes]
    inside = index_areas(areas).locate(lon, lat)
    middle = shapely.get_coordinates(shapely.point_on_surface(areas))
    away_m = haversine_m(lon, lat, middle[inside, 0], middle[inside, 1])
    order = np.lexsort((away_m, inside))
    held, first = np.unique(inside[order], return_index=True)
    best = {int(area): int(nodes[order[at]]) for area, at in zip(held, first, strict=True) if area >= 0}
    return [
        best[area] if area in best else _near(network, nodes, middle[area]) for area in range(len(middle))
    ]


def _near(network: RoadNetwork, nodes: NDArray[np.int64], middle: NDArray[np.float64]) -> int:
    away_m = haversine_m(network.lon[nodes], network.lat[nodes], middle[0], middle[1])
    nearest = int(np.argmin(away_m))
    return int(nodes[nearest]) if away_m[nearest] < NO_ROAD_M else -1


def _connected(network: RoadNetwork) -> NDArray[np.int64]:
    """Return the nodes of the largest part in which every node can be driven to from every other."""
    _, part = connected_components(network.seconds_matrix, directed=True, connection="strong")
    return np.flatnonzero(part == np.argmax(np.bincount(part)))
