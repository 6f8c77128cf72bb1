"""The three nested divisions: sub-grids as small cells, grids as groups of them, towns as groups of grids.

All share one noded line work, so that borders meet exactly, without gaps.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from geo.generator.land import HALF_HEIGHT_M, HALF_WIDTH_M, Land
from geo.generator.settlements import TOWNS, Settlements
from geo.generator.streets import Streets
from geo.shortest import forest_from, nearest, nearest_several, two_way_graph

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GRIDS = 944
SUB_GRIDS = 5_727
SAMPLES = 110_000


@dataclass(frozen=True)
class Cells:
    """Sub-grid polygons in metres, their centres, and neighbouring pairs."""

    polygons: NDArray[np.object_]
    centres: Floats
    pairs: Ints


@dataclass(frozen=True)
class Nesting:
    """The grid of every sub-grid and the town of every grid."""

    cells: Cells
    grid_of_cell: Ints
    town_of_grid: Ints


def divide(seed: int, land: Land, settlements: Settlements, streets: list[Streets]) -> Nesting:
    """Cut the county into sub-grids, grids and towns, small where people live and wide in the hills."""
    rng = np.random.default_rng([seed, 3])
    cells = _cut_cells(rng, land, _spread_seeds(rng, land, streets))
    grid_of_cell = _group_cells(rng, cells)
    return Nesting(cells, grid_of_cell, _group_grids(land, settlements, cells, grid_of_cell))


def _spread_seeds(rng: np.random.Generator, land: Land, streets: list[Streets]) -> Floats:
    """Return SUB_GRIDS points, dense where people live, evened out by Lloyd steps on random samples."""
    samples = _sample_people(rng, land, streets)
    seeds = samples[rng.choice(len(samples), SUB_GRIDS, replace=False)]
    for _ in range(7):
        own = nearest(seeds, samples)[1]
        weight = np.bincount(own, minlength=SUB_GRIDS)
        mean = np.column_stack([np.bincount(own, samples[:, i], SUB_GRIDS) for i in (0, 1)])
        seeds = np.where(weight[:, None] > 0, mean / np.maximum(weight, 1)[:, None], seeds)
    return _on_land(land, seeds, samples)


def _on_land(land: Land, seeds: Floats, samples: Floats) -> Floats:
    """Move each seed that fell into the sea to the nearest of its own samples, or of none to a lonely one."""
    metres, own = nearest(seeds, samples)
    order = np.lexsort((metres, own))
    owners, first = np.unique(own[order], return_index=True)
    wet = ~shapely.contains_xy(land.outline, seeds[owners, 0], seeds[owners, 1])
    moved = seeds.copy()
    moved[owners[wet]] = samples[order[first[wet]]]
    idle = np.setdiff1d(np.arange(len(seeds)), owners)
    moved[idle] = samples[np.argsort(-metres, kind="stable")[: len(idle)]]
    return moved


def _sample_people(rng: np.random.Generator, land: Land, streets: list[Streets]) -> Floats:
    """Return random places: most about street corners of towns and villages, the rest over the land."""
    corners = np.vstack([street.places for street in streets])
    in_town = np.repeat(np.arange(len(streets)) < TOWNS, [len(street.places) for street in streets])
    town = rng.choice(np.flatnonzero(in_town), int(SAMPLES * 0.28))
    village = rng.choice(np.flatnonzero(~in_town), int(SAMPLES * 0.44))
    anywhere = rng.uniform(-1, 1, (int(SAMPLES * 0.6), 2)) * [HALF_WIDTH_M, HALF_HEIGHT_M]
    about_town = corners[town] + rng.standard_t(4, (len(town), 2)) * 110.0
    about_village = corners[village] + rng.standard_t(3, (len(village), 2)) * 300.0
    places = np.vstack([about_town, about_village, anywhere])
    shapely.prepare(land.outline)
    return places[shapely.contains_xy(land.outline, places[:, 0], places[:, 1])]


def _cut_cells(rng: np.random.Generator, land: Land, seeds: Floats) -> Cells:
    """Return one cell per seed: Voronoi lines bent a little, noded with the outline, polygonised."""
    frame = shapely.box(-40_000.0, -40_000.0, 40_000.0, 40_000.0)
    lines = shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=frame, only_edges=True)
    bent = _bend(rng, shapely.get_parts(shapely.node(lines)), seeds)
    noded = shapely.node(shapely.union_all([land.outline.boundary, *bent], grid_size=0.05))
    faces = np.asarray(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded).tolist())))
    middle = shapely.get_coordinates(shapely.point_on_surface(faces))
    faces = faces[shapely.contains_xy(land.outline, middle[:, 0], middle[:, 1])]
    touching = _touching(faces)
    owner = _owners(faces, seeds, touching)
    groups: list[list[shapely.Geometry]] = [[] for _ in range(len(seeds))]
    for face, index in zip(faces, owner, strict=True):
        groups[index].append(face)
    polygons = np.array([shapely.coverage_union_all(group) for group in groups], dtype=object)
    return Cells(
        polygons, shapely.get_coordinates(shapely.point_on_surface(polygons)), _joined(owner[touching[0]])
    )


def _bend(rng: np.random.Generator, lines: NDArray[np.object_], seeds: Floats) -> NDArray[np.object_]:
    """Give every long straight border a bend in its middle, never past the seed on either side."""
    ends = np.stack([shapely.get_coordinates(shapely.get_point(lines, i)) for i in (0, -1)], axis=1)
    side = ends[:, 1] - ends[:, 0]
    length = np.hypot(side[:, 0], side[:, 1])
    middle = ends.mean(axis=1)
    beside = seeds[nearest_several(seeds, middle, 2)]
    room = np.hypot(*(beside[:, 0] - beside[:, 1]).T) / 4 / np.maximum(length, 1.0)
    limit = np.where((length > 120.0) & (length < 8_000.0), np.minimum(0.13, room), 0.0)
    shift = rng.uniform(-1, 1, len(ends)) * limit
    middle = middle + np.column_stack([-side[:, 1], side[:, 0]]) * shift[:, None]
    return np.asarray(shapely.linestrings(np.stack([ends[:, 0], middle, ends[:, 1]], axis=1)))


def _owners(faces: NDArray[np.object_], seeds: Floats, touching: tuple[Ints, Floats]) -> Ints:
    """Return the seed that owns each face; a face cut off from its seed goes to its longest neighbour."""
    owner = np.full(len(faces), -1, dtype=np.int64)
    tree = shapely.STRtree(faces)
    seed, face = tree.query(shapely.points(seeds), predicate="within")
    owner[face] = seed
    pairs, metres = touching
    while (owner < 0).any():
        loose = (owner[pairs[:, 0]] < 0) & (owner[pairs[:, 1]] >= 0)
        for index in np.flatnonzero(loose)[np.argsort(metres[loose], kind="stable")]:
            owner[pairs[index, 0]] = owner[pairs[index, 1]]
    return owner


def _touching(polygons: NDArray[np.object_]) -> tuple[Ints, Floats]:
    """Return the pairs of polygons that share a border, both ways, and the metres they share.

    The line work is noded, so a shared border is a segment that occurs in exactly two polygons.
    """
    places, index = shapely.get_coordinates(polygons, return_index=True)
    same = index[1:] == index[:-1]
    start, end, owner = places[:-1][same], places[1:][same], index[1:][same]
    turn = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    segment = np.where(turn[:, None], np.hstack([end, start]), np.hstack([start, end]))
    order = np.lexsort(segment.T)
    twin = np.flatnonzero((segment[order[1:]] == segment[order[:-1]]).all(axis=1))
    first, second = owner[order[twin]], owner[order[twin + 1]]
    metres = np.hypot(*(segment[order[twin], :2] - segment[order[twin], 2:]).T)
    size = len(polygons)
    border = coo_array((metres, (first, second)), shape=(size, size))
    both = csr_array(border + border.T).tocoo()
    return np.column_stack(both.coords).astype(np.int64), both.data


def _joined(pairs: Ints) -> Ints:
    """Return each pair of different members once."""
    once = np.unique(np.sort(pairs, axis=1), axis=0)
    return once[once[:, 0] != once[:, 1]]


def _distances(centres: Floats, pairs: Ints, extra: Floats | float = 0.0) -> csr_array:
    """Return the graph of neighbours with the metres between centres as weights."""
    metres = np.hypot(*(centres[pairs[:, 0]] - centres[pairs[:, 1]]).T) + extra
    return two_way_graph(pairs, metres, len(centres))


def _group_cells(rng: np.random.Generator, cells: Cells) -> Ints:
    """Grow GRIDS connected groups of neighbouring cells; every island has its own."""
    graph = _distances(cells.centres, cells.pairs)
    count, part = connected_components(graph)
    size = np.bincount(part, minlength=count)
    wanted = np.maximum(1, np.floor(size * GRIDS / SUB_GRIDS).astype(int))
    wanted[np.argmax(size)] += GRIDS - wanted.sum()
    starts = np.concatenate(
        [_even_starts(rng, cells.centres, np.flatnonzero(part == i), wanted[i]) for i in range(count)]
    )
    return _nearest_start(graph, starts)


def _even_starts(rng: np.random.Generator, centres: Floats, members: Ints, count: int) -> Ints:
    """Return `count` different members spread evenly among them."""
    places = centres[members]
    means = places[rng.choice(len(members), count, replace=False)]
    for _ in range(12):
        own = nearest(means, places)[1]
        weight = np.bincount(own, minlength=count)
        mean = np.column_stack([np.bincount(own, places[:, i], count) for i in (0, 1)])
        means = np.where(weight[:, None] > 0, mean / np.maximum(weight, 1)[:, None], means)
    free = np.ones(len(members), dtype=bool)
    chosen = []
    for candidates in nearest_several(places, means, 24):
        best = next((int(i) for i in candidates if free[i]), int(np.argmax(free)))
        free[best] = False
        chosen.append(members[best])
    return np.array(chosen)


def _nearest_start(graph: csr_array, starts: Ints) -> Ints:
    """Return for every node the index of the start nearest along the graph."""
    reached = forest_from(graph, starts)[1]
    index = np.full(graph.shape[0], -1, dtype=np.int64)
    index[starts] = np.arange(len(starts))
    return np.asarray(index[reached])


def _group_grids(land: Land, settlements: Settlements, cells: Cells, grid_of_cell: Ints) -> Ints:
    """Give every grid to a town; heights lengthen the way, so town borders follow ridges."""
    weight = np.bincount(grid_of_cell, minlength=GRIDS)
    centres = np.column_stack([np.bincount(grid_of_cell, cells.centres[:, i]) / weight for i in (0, 1)])
    pairs = _joined(grid_of_cell[cells.pairs])
    pairs = np.vstack([pairs, _ferries(centres, pairs)])
    height = land.heights(centres[:, 0], centres[:, 1])
    graph = _distances(centres, pairs, 6.0 * (height[pairs[:, 0]] + height[pairs[:, 1]]))
    middle = nearest(cells.centres, settlements.towns)[1]
    return _nearest_start(graph, grid_of_cell[middle])


def _ferries(centres: Floats, pairs: Ints) -> Ints:
    """Return one pair joining each island to the nearest grid of the mainland."""
    _, part = connected_components(_distances(centres, pairs), directed=False)
    mainland = np.flatnonzero(part == np.argmax(np.bincount(part)))
    ferries = []
    for island in sorted(set(part.tolist()) - {int(part[mainland[0]])}):
        members = np.flatnonzero(part == island)
        metres, landing = nearest(centres[mainland], centres[members])
        best = int(np.argmin(metres))
        ferries.append((members[best], mainland[landing[best]]))
    return np.array(ferries, dtype=np.int64).reshape(-1, 2)
