"""The way of a route by road: one line for the map, its metres and driving seconds. Not when it is driven."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.patrol.problem import Problem, Route
from geo.roads import RoadNetwork
from geo.shortest import tree_from, walk_back
from operations.patrolling.drives import NOWHERE

SIMPLER_BY_DEG = 0.00008  # about 8 m: what nobody sees on the map of a county
LEG_LIMIT = 1.5  # a leg is looked for this far past its matrix time, for another vehicle's speed


@dataclass(frozen=True, slots=True)
class Way:
    """A route's way from the station and back; line: [[lon, lat], ...], simplified."""

    line: list[list[float]]
    driving_s: float
    distance_m: float


def ways_of(
    network: RoadNetwork, problem: Problem, nodes: NDArray[np.int64], routes: Sequence[Route]
) -> list[Way]:
    """Return the way of each route, in the order of the units."""
    return [way_of(network, problem, nodes, unit, route) for unit, route in enumerate(routes)]


def way_of(network: RoadNetwork, problem: Problem, nodes: NDArray[np.int64], unit: int, route: Route) -> Way:
    """Return the way of one unit's route; of an empty route nothing."""
    places = places_of(problem, unit, route)
    matrix = problem.seconds[problem.units[unit].profile]
    driving_s = float(sum(matrix[a, b] for a, b in pairwise(places)))
    path: list[int] = []
    metres = 0.0
    for here, there in pairwise(places):
        leg = _leg(network, int(nodes[here]), int(nodes[there]), float(matrix[here, there]))
        if len(leg) > 1:
            metres += float(np.sum(network.length_matrix[leg[:-1], leg[1:]]))
        path += leg
    return Way(_line(network, path), round(driving_s, 1), round(metres, 1))


def places_of(problem: Problem, unit: int, route: Route) -> list[int]:
    """Return the places a unit drives to in order, its station at both ends and where it rests."""
    if not route.stops and route.rest is None:
        return []
    who = problem.units[unit]
    places = [problem.visits[stop.visit].place for stop in route.stops]
    if route.rest is not None:
        places.insert(route.rest.after, who.start)
    return [who.start, *places, who.end]


def _leg(network: RoadNetwork, here: int, there: int, seconds: float) -> list[int]:
    """Return the nodes of the fastest drive; none where there is no road, or no drive."""
    if here == there or NOWHERE in (here, there) or not np.isfinite(seconds):
        return []
    cost, before = tree_from(network.seconds_matrix, here, max(60.0, seconds * LEG_LIMIT))
    if not np.isfinite(cost[there]):
        cost, before = tree_from(network.seconds_matrix, here)
    return walk_back(before, there)[::-1] if np.isfinite(cost[there]) else []


def _line(network: RoadNetwork, path: Sequence[int]) -> list[list[float]]:
    if not path:
        return []
    places = np.column_stack([network.lon[list(path)], network.lat[list(path)]])
    if len(places) < 2:
        return np.asarray(places.round(6)).tolist()
    simple = shapely.simplify(shapely.linestrings(places), SIMPLER_BY_DEG, preserve_topology=False)
    return np.asarray(shapely.get_coordinates(simple).round(5)).tolist()
