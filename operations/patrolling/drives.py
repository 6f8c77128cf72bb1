"""Drives between the places of a plan: their road nodes, closures in force, a matrix for each vehicle."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.coordinates import haversine_m
from geo.patrol.problem import Floats
from geo.road_index import planning_matrix
from geo.roads import RoadNetwork

Nodes = NDArray[np.int64]

NO_ROAD_M = 1_500.0  # a place farther than this from any road is not for vehicles
NOWHERE = -1


def nodes_of(network: RoadNetwork, lon: Sequence[float], lat: Sequence[float]) -> Nodes:
    """Return the road node of each place; NOWHERE where the nearest road is farther than NO_ROAD_M."""
    if not len(lon):
        return np.zeros(0, dtype=np.int64)
    nodes = network.snap(lon, lat).astype(np.int64)
    away_m = haversine_m(np.asarray(lon), np.asarray(lat), network.lon[nodes], network.lat[nodes])
    return np.where(away_m < NO_ROAD_M, nodes, NOWHERE)


def matrices(network: RoadNetwork, nodes: Nodes, vehicles: Sequence[str], closed: Nodes) -> list[Floats]:
    """Return for each vehicle the seconds [from, to] between nodes; NOWHERE is reached from nowhere."""
    return [_matrix(network, nodes, vehicle, closed) for vehicle in vehicles]


def _matrix(network: RoadNetwork, nodes: Nodes, vehicle: str, closed: Nodes) -> Floats:
    reached = np.flatnonzero(nodes != NOWHERE)
    found = planning_matrix(network, nodes[reached], vehicle, closed.tolist())
    if len(reached) == len(nodes):
        return found
    seconds = np.full((len(nodes), len(nodes)), np.inf)
    seconds[np.ix_(reached, reached)] = found
    np.fill_diagonal(seconds, 0.0)
    return seconds
