"""Times and routes on a road network at free flow. No traffic model here; searches are in road_index.py.

For another profile or with roads closed, give the network of `road_index(network).roads(profile, closed)`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.coordinates import haversine_m
from geo.road_index import road_index
from geo.roads import RoadNetwork
from geo.shortest import cost_from, tree_from, walk_back

# A vehicle at 130 km/h crosses a county in less; anything slower than this has no road there.
REACH_S = 4 * 3600.0
# Metres of bee line a second that most drives make: measured, wider and narrower first searches cost more.
CROW_SPEED_MS = 7.0


class NoRoadBetween(Exception):
    """No road leads from one node to the other."""

    def __init__(self, source: int, target: int) -> None:
        super().__init__(f"no road leads from node {source} to node {target}")
        self.source, self.target = source, target


@dataclass(frozen=True, slots=True)
class Route:
    """A drive along nodes; `passed_s[i]` is when node i of the path is reached, from the start."""

    nodes: NDArray[np.int64]
    passed_s: NDArray[np.float64]
    distance_m: float
    coordinates: list[list[float]]

    @property
    def seconds(self) -> float:
        """Return the driving time at free flow."""
        return float(self.passed_s[-1])

    def line(self) -> dict:
        """Return the route as a GeoJSON LineString."""
        places = self.coordinates if len(self.coordinates) > 1 else self.coordinates * 2
        return {"type": "LineString", "coordinates": places}


def seconds_between(
    network: RoadNetwork,
    sources: ArrayLike,
    targets: ArrayLike,
    profile: str = "car",
    closed: Iterable[int] = (),
) -> NDArray[np.float64]:
    """Return the matrix [source, target] of seconds; inf where no road leads.

    profile: one of geo.profiles.PROFILES. closed: edges nobody takes, as of geo.roads.closed_edges.
    Raises UnknownProfile.
    """
    return road_index(network).seconds(sources, targets, profile, closed)


def seconds_to(network: RoadNetwork, target: int, limit_s: float = REACH_S) -> NDArray[np.float64]:
    """Return the driving seconds from every node to one; inf past the limit."""
    return cost_from(network.reverse_seconds_matrix, target, limit_s)


def nearest(network: RoadNetwork, target: int, nodes: ArrayLike, count: int) -> list[tuple[int, float]]:
    """Return (position in `nodes`, seconds) of the `count` nearest by road to a node, nearest first."""
    candidates = np.atleast_1d(nodes)
    limit_s = _likely_s(network, target, candidates, count)
    while True:
        seconds = seconds_to(network, target, limit_s)[candidates]
        if np.isfinite(seconds).sum() >= min(count, len(candidates)) or limit_s >= REACH_S:
            break
        limit_s *= 2
    order = np.argsort(seconds, kind="stable")[:count]
    return [(int(i), float(seconds[i])) for i in order if np.isfinite(seconds[i])]


def _likely_s(network: RoadNetwork, target: int, nodes: NDArray[np.intp], count: int) -> float:
    """Return in what time `count` of the nodes are likely there: a search is as dear as it is wide."""
    if not len(nodes):
        return REACH_S
    away = haversine_m(network.lon[nodes], network.lat[nodes], *network.place(target))
    return max(60.0, float(np.sort(away)[min(count, len(nodes)) - 1]) / CROW_SPEED_MS)


def route(network: RoadNetwork, source: int, target: int) -> Route:
    """Return the fastest drive between two nodes. Raises NoRoadBetween."""
    seconds, before = tree_from(network.seconds_matrix, source)
    if not np.isfinite(seconds[target]):
        raise NoRoadBetween(int(source), int(target))
    nodes = np.array(walk_back(before, target)[::-1])
    metres = network.length_matrix[nodes[:-1], nodes[1:]] if len(nodes) > 1 else np.zeros(1)
    places = np.column_stack([network.lon[nodes], network.lat[nodes]]).round(6)
    return Route(nodes, seconds[nodes], float(np.sum(metres)), places.tolist())
