"""Roads between settlements as cheapest paths over the terrain: valleys are cheap, hills and sea dear."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import Delaunay

from geo.generator.land import CELL_M, HALF_HEIGHT_M, HALF_WIDTH_M, Land, smooth_noise
from geo.generator.settlements import Settlements
from geo.shortest import cost_from, forest_from, tree_from, two_way_graph, walk_back

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Where national and provincial roads leave the county, as unit directions from the middle.
EXITS = {0: ((0.15, 1.0), (-0.05, -1.0)), 1: ((-1.0, 0.1), (-0.8, -0.75), (-0.55, 0.85))}


@dataclass
class Tracks:
    """Raster cells joined by roads so far: undirected cell pairs with their best class."""

    classes: dict[tuple[int, int], int] = field(default_factory=dict)
    cells: set[int] = field(default_factory=set)

    def add(self, path: list[int], road_class: int) -> None:
        """Lay a road along a path of cells."""
        for pair in pairwise(path):
            key = (min(pair), max(pair))
            self.classes[key] = min(self.classes.get(key, 9), road_class)
        self.cells.update(path)


@dataclass(frozen=True)
class Terrain:
    """The raster as a graph of eight neighbours with the cost of each step, metres on flat ground."""

    graph: csr_array
    width: int

    def cell(self, place: Floats) -> int:
        """Return the raster cell of a place in metres."""
        column = round((float(place[0]) + HALF_WIDTH_M) / CELL_M)
        return round((float(place[1]) + HALF_HEIGHT_M) / CELL_M) * self.width + column

    def places(self, cells: Ints) -> Floats:
        """Return the metres of cells, shaped [n, 2]."""
        return np.column_stack(
            [cells % self.width * CELL_M - HALF_WIDTH_M, cells // self.width * CELL_M - HALF_HEIGHT_M]
        )


def lay_tracks(seed: int, land: Land, settlements: Settlements) -> tuple[Terrain, Tracks]:
    """Join towns, county exits and villages."""
    rng = np.random.default_rng([seed, 4])
    terrain = _terrain(rng, land)
    tracks = Tracks()
    towns = [terrain.cell(place) for place in settlements.towns]
    for road_class, ends in _main_roads(terrain, land, towns):
        _join(terrain, tracks, ends, road_class)
    villages = [terrain.cell(place) for place in settlements.villages]
    _join_villages(terrain, tracks, villages)
    _join_neighbours(rng, terrain, tracks, settlements.villages)
    return terrain, tracks


def _terrain(rng: np.random.Generator, land: Land) -> Terrain:
    height, width = land.height_m.shape
    ease = 1.0 + 0.30 * np.clip(smooth_noise(rng, (height, width), 1_500.0), -1.8, 3)
    cost = ease + (land.height_m / 90.0) ** 1.5
    cost = np.where(land.is_land, cost, 14.0)
    index = np.arange(height * width).reshape(height, width)
    steps = []
    for row, column in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = index[: height - row, max(0, -column) : width - max(0, column)]
        there = index[row:, max(0, column) : width + min(0, column)]
        climb = np.abs(land.height_m.flat[here] - land.height_m.flat[there])
        weight = CELL_M * np.hypot(row, column) * (cost.flat[here] + cost.flat[there]) / 2 + 12.0 * climb
        steps.append((weight.ravel(), here.ravel(), there.ravel()))
    weight, here, there = (np.concatenate(part) for part in zip(*steps, strict=True))
    return Terrain(two_way_graph(np.column_stack([here, there]), weight, height * width), width)


def _main_roads(terrain: Terrain, land: Land, towns: list[int]) -> list[tuple[int, tuple[int, int]]]:
    """Return (class, ends) of the main roads, the most important first."""
    cost = _costs(terrain, towns, towns)
    tree = minimum_spanning_tree(cost).toarray()
    links = [(int(a), int(b)) for a, b in np.argwhere(tree > 0)]
    spare = sorted(
        (cost[a, b], a, b) for a in range(len(towns)) for b in range(a) if tree[a, b] + tree[b, a] == 0
    )
    links += [(a, b) for _, a, b in spare[:5]]
    edges = _exits(terrain, land)
    roads = [(0, (towns[0], cell)) for cell in edges[0]]
    roads += [(1, (towns[a], towns[b])) for a, b in links]
    from_edges = _costs(terrain, edges[1], towns)
    return roads + [
        (1, (towns[int(np.argmin(row))], cell)) for cell, row in zip(edges[1], from_edges, strict=True)
    ]


def _costs(terrain: Terrain, starts: list[int], ends: list[int]) -> Floats:
    return np.stack([cost_from(terrain.graph, start)[ends] for start in starts])


def _exits(terrain: Terrain, land: Land) -> dict[int, list[int]]:
    """Return the border cells by class: low land far out in each direction."""
    inside = np.flatnonzero(land.is_land.ravel())
    places = terrain.places(inside)
    heights = land.height_m.ravel()[inside]
    found: dict[int, list[int]] = {}
    for road_class, directions in EXITS.items():
        for direction in directions:
            along = places @ np.array(direction) / np.hypot(*direction)
            aside = np.abs(places @ np.array([-direction[1], direction[0]]) / np.hypot(*direction))
            score = along - 0.35 * aside - 14.0 * heights
            found.setdefault(road_class, []).append(int(inside[np.argmax(score)]))
    return found


def _join(terrain: Terrain, tracks: Tracks, ends: tuple[int, int], road_class: int) -> None:
    """Lay one road; where a road already runs, following it costs less than half."""
    graph = terrain.graph
    if tracks.classes:
        pairs = np.array(list(tracks.classes))
        pairs = np.vstack([pairs, pairs[:, ::-1]])
        less = csr_array(
            (-0.6 * graph[pairs[:, 0], pairs[:, 1]], (pairs[:, 0], pairs[:, 1])), shape=graph.shape
        )
        graph = csr_array(graph + less)
    before = tree_from(graph, ends[0])[1]
    tracks.add(walk_back(before, ends[1]), road_class)


def _join_villages(terrain: Terrain, tracks: Tracks, villages: list[int]) -> None:
    """Join every village to the nearest road; a way that serves many villages is a better road."""
    roads = np.array(sorted(tracks.cells))
    before = forest_from(terrain.graph, roads)[0]
    served: dict[tuple[int, int], int] = {}
    for village in villages:
        path = walk_back(before, village)
        for pair in pairwise(path):
            served[pair] = served.get(pair, 0) + 1
    for (first, second), count in served.items():
        tracks.add([first, second], 2 if count >= 7 else 3 if count >= 2 else 4)
    tracks.cells.update(villages)


def _join_neighbours(rng: np.random.Generator, terrain: Terrain, tracks: Tracks, villages: Floats) -> None:
    """Join some neighbouring villages directly, so that the country is not a tree of dead ends."""
    corners = Delaunay(villages).simplices
    pairs = np.unique(
        np.sort(np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1), axis=0
    )
    metres = np.hypot(*(villages[pairs[:, 0]] - villages[pairs[:, 1]]).T)
    chosen = pairs[(metres < 3_200.0) & (rng.uniform(size=len(pairs)) < 0.42)]
    for first in np.unique(chosen[:, 0]):
        start = terrain.cell(villages[first])
        cost, before = tree_from(terrain.graph, start, limit=8_000.0)
        for second in chosen[chosen[:, 0] == first, 1]:
            end = terrain.cell(villages[second])
            if cost[end] < 2.6 * np.hypot(*(villages[first] - villages[second])):
                tracks.add(walk_back(before, end), 4)
