"""The ways of a generated county: routes between zones over its roads, and the cameras that look at them.

Made input for benchmarks. Knows no vehicle and no time of day beyond the classes of road.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.coordinates import bearing_deg
from geo.generator import County
from geo.roads import RoadNetwork

Ints = NDArray[Any]
Floats = NDArray[np.float64]

CLASSES = 5
BESIDE_DEG = 50.0  # a camera sees who comes up the approach it looks down, give or take this
NEAR_S = 420.0  # most drives are short: how often a pair of zones is driven falls by e every so many seconds
TASTE = 0.22  # how much drivers differ in what they hold a road to cost: log standard deviation


@dataclass(frozen=True)
class Sites:
    """Where cameras stand together: the county's points, then HD cameras without a point, one site each.

    cameras: [site, 4] index of its cameras in `county.cameras`, -1 where fewer. heading: theirs, degrees.
    lights: whether traffic lights hold vehicles there.
    """

    node: Ints
    cameras: Ints
    heading: Floats
    lights: NDArray[np.bool_]
    at_node: Ints
    """[road node] the site there, or -1."""


@dataclass(frozen=True)
class Routes:
    """Drives between zones. Nodes of route r: `nodes[start[r]:start[r + 1]]`; its site passes are the rows
    `first[r]:first[r + 1]` of site, camera, step (position in its nodes) and cost.

    cost: [row, road class] free-flow seconds from the route's origin to there. last: seconds to the end.
    choices: [pair, variant] the routes of one pair of zones. weight: [pair] how often it is driven.
    """

    start: Ints
    nodes: Ints
    first: Ints
    site: Ints
    camera: Ints
    step: Ints
    cost: NDArray[np.float32]
    choices: Ints
    weight: Floats
    from_zone: Ints
    to_zone: Ints

    def passes(self) -> Ints:
        """Return how many sites each route passes."""
        return np.diff(self.first)


def lay_out_sites(county: County) -> Sites:
    """Return the sites of a county's HD cameras."""
    made = county.cameras
    hd = np.flatnonzero(np.array(made.kinds) == "hd")
    lone = hd[made.point[hd] < 0]
    nodes = np.concatenate([county.points.node, county.roads.snap(made.lon[lone], made.lat[lone])])
    cameras = np.full((len(nodes), 4), -1, dtype=np.int32)
    filled = np.zeros(len(nodes), dtype=np.int64)
    for camera in hd[made.point[hd] >= 0].tolist():
        point = made.point[camera]
        cameras[point, filled[point]] = camera
        filled[point] += 1
    cameras[len(county.points.node) :, 0] = lone
    at_node = np.full(len(county.roads.lon), -1, dtype=np.int32)
    at_node[nodes[::-1]] = np.arange(len(nodes), dtype=np.int32)[::-1]
    kinds = np.array([*county.points.kinds, *["crossing"] * len(lone)])
    return Sites(nodes, cameras, made.heading_deg[cameras], kinds == "crossing", at_node)


def lay_routes(county: County, sites: Sites, rng: np.random.Generator, zones: int, variants: int) -> Routes:
    """Lay the routes between `zones` zones, each pair in up to `variants` ways that drivers prefer."""
    nodes, weights = _zones(county, rng, zones)
    ways: list[Ints] = []
    numbers = np.full((variants, zones, zones), -1, dtype=np.int64)
    for variant in range(variants):
        for origin, found in enumerate(_ways_from(county.roads, nodes, rng, variant)):
            for goal, way in enumerate(found):
                if goal != origin and len(way) > 1:
                    numbers[variant, origin, goal] = len(ways)
                    ways.append(way)
    return _with_passes(county.roads, sites, ways, _pairs(county.roads, nodes, weights, numbers))


def _zones(county: County, rng: np.random.Generator, count: int) -> tuple[Ints, Floats]:
    """Return road nodes where drives begin and end, and how busy each is: town, village, county's edge."""
    roads = county.roads
    degree, best = np.diff(roads.indptr), np.full(len(roads.lon), 9)
    np.minimum.at(best, roads.source, roads.road_class)
    ends = np.flatnonzero((degree == 1) & (best <= 1))
    ends = rng.permutation(ends)[: max(3, count // 8)]
    villages = roads.snap(county.villages.lon, county.villages.lat)
    villages = rng.permutation(np.unique(villages))[: count // 3]
    in_town = county.points.node[np.array(county.points.kinds) == "crossing"]
    around = rng.choice(in_town, count - len(ends) - len(villages), replace=False)
    near = rng.normal(0, 0.006, (2, len(around)))
    towns = roads.snap(roads.lon[around] + near[0], roads.lat[around] + near[1])
    weights = np.repeat([5.0, 0.7, 2.0], [len(ends), len(villages), len(towns)])
    return np.concatenate([ends, villages, towns]), weights * rng.lognormal(0, 0.5, count)


def _ways_from(roads: RoadNetwork, zones: Ints, rng: np.random.Generator, variant: int) -> list[list[Ints]]:
    """Return [origin][goal] the nodes of the way that one taste prefers; the first taste is the clock's."""
    taste = rng.lognormal(0, TASTE if variant else 0.0, len(roads.target))
    size = len(roads.lon)
    graph = csr_array((roads.seconds.astype(np.float64) * taste, roads.target, roads.indptr), (size, size))
    before = dijkstra(graph, indices=zones, return_predecessors=True)[1]
    found = []
    for tree in before:
        steps = [zones.astype(np.int64)]
        while (steps[-1] >= 0).any():
            here = steps[-1]
            steps.append(np.where(here >= 0, tree[here], -1))
        back = np.array(steps[:-1])
        long = (back >= 0).sum(axis=0)
        found.append([back[: long[i], i][::-1].astype(np.int32) for i in range(len(zones))])
    return found


@dataclass(frozen=True)
class _Pairs:
    choices: Ints
    weight: Floats
    from_zone: Ints
    to_zone: Ints


def _pairs(roads: RoadNetwork, nodes: Ints, weights: Floats, numbers: Ints) -> _Pairs:
    """Return the pairs of zones that are driven, nearer ones more often (a gravity model)."""
    seconds = dijkstra(roads.seconds_matrix, indices=nodes)[:, nodes]
    driven = (numbers[0] >= 0) & (seconds > 60.0)
    origin, goal = np.nonzero(driven)
    weight = weights[origin] * weights[goal] * np.exp(-seconds[origin, goal] / NEAR_S)
    return _Pairs(numbers[:, origin, goal].T, weight, origin, goal)


def _with_passes(roads: RoadNetwork, sites: Sites, ways: list[Ints], pairs: _Pairs) -> Routes:
    """Find the sites on every way, the camera that looks at who comes, and what it costs to get there."""
    start = np.concatenate([[0], np.cumsum([len(way) for way in ways])])
    nodes = np.concatenate(ways)
    route = np.repeat(np.arange(len(ways)), np.diff(start))
    at = sites.at_node[nodes]
    first_node = np.zeros(len(nodes), dtype=bool)
    first_node[start[:-1]] = True
    rows = np.flatnonzero((at >= 0) & ~first_node)  # who starts at a camera has not driven past it
    came = bearing_deg(
        roads.lon[nodes[rows]], roads.lat[nodes[rows]], roads.lon[nodes[rows - 1]], roads.lat[nodes[rows - 1]]
    )
    away = np.abs((sites.heading[at[rows]] - came[:, None] + 180.0) % 360.0 - 180.0)
    away[sites.cameras[at[rows]] < 0] = 999.0
    seen, looks = away.min(axis=1) < BESIDE_DEG, away.argmin(axis=1)
    rows, site = rows[seen], at[rows[seen]]
    camera = sites.cameras[site, looks[seen]]
    first = np.searchsorted(route[rows], np.arange(len(ways) + 1))
    driven = np.diff(first)[pairs.choices].min(axis=1) > 0
    return Routes(
        start=start,
        nodes=nodes,
        first=first,
        site=site,
        camera=camera,
        step=(rows - start[route[rows]]).astype(np.int32),
        cost=_running_cost(roads, nodes, start, rows),
        choices=pairs.choices[driven],
        weight=pairs.weight[driven] / pairs.weight[driven].sum(),
        from_zone=pairs.from_zone[driven],
        to_zone=pairs.to_zone[driven],
    )


def _running_cost(roads: RoadNetwork, nodes: Ints, start: Ints, rows: Ints) -> NDArray[np.float32]:
    """Return [row, road class] the free-flow seconds from a way's origin to the nodes at these rows."""
    key = roads.source.astype(np.int64) * len(roads.lon) + roads.target
    edge = np.searchsorted(key, nodes[:-1].astype(np.int64) * len(roads.lon) + nodes[1:])
    edge = np.minimum(edge, len(key) - 1)  # between two ways is no edge; what it adds is taken out below
    seconds, road_class = roads.seconds[edge].astype(np.float64), roads.road_class[edge]
    origin = start[np.searchsorted(start, rows, side="right") - 1]
    cost = np.empty((len(rows), CLASSES), dtype=np.float32)
    for kind in range(CLASSES):
        running = np.concatenate([[0.0], np.cumsum(np.where(road_class == kind, seconds, 0.0))])
        cost[:, kind] = running[rows] - running[origin]
    return cost
