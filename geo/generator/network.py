"""One road network out of tracks over land and streets in settlements, strongly connected."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from geo.coordinates import LocalMetres
from geo.generator.paths import Terrain, Tracks
from geo.generator.settlements import TOWNS
from geo.generator.streets import Streets
from geo.roads import FREE_FLOW_KMH, Edges, RoadNetwork, from_edges
from geo.shortest import nearest, tree_from, two_way_graph, walk_back

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OPEN_COUNTRY = -1
JOIN_M = 350.0


@dataclass(frozen=True)
class Surveyed:
    """The network with what is known of each node: its metres, settlement (-1 none) and street lines."""

    roads: RoadNetwork
    places: Floats
    settlement: Ints
    lines: Ints
    is_gate: NDArray[np.bool_]


@dataclass
class _Draft:
    """Nodes and directed edges while the network is put together."""

    places: Floats
    settlement: Ints
    lines: Ints
    is_gate: NDArray[np.bool_]
    source: Ints
    target: Ints
    road_class: Ints

    def join(self, pairs: Ints, road_class: Ints) -> None:
        """Add two-way edges."""
        self.source = np.concatenate([self.source, pairs[:, 0], pairs[:, 1]])
        self.target = np.concatenate([self.target, pairs[:, 1], pairs[:, 0]])
        self.road_class = np.concatenate([self.road_class, road_class, road_class])


def survey(terrain: Terrain, tracks: Tracks, streets: list[Streets], plane: LocalMetres) -> Surveyed:
    """Put the network together; only its largest strongly connected part stays."""
    draft = _from_streets(streets)
    _add_tracks(draft, terrain, tracks)
    _mark_through_roads(draft)
    kept = _strong_part(draft)
    number = np.cumsum(kept) - 1
    inside = kept[draft.source] & kept[draft.target]
    lon, lat = plane.to_lonlat(*draft.places[kept].T)
    edges = Edges(
        number[draft.source[inside]], number[draft.target[inside]], draft.road_class[inside].astype(np.int8)
    )
    roads = from_edges(lon.round(6), lat.round(6), edges)
    return Surveyed(roads, draft.places[kept], draft.settlement[kept], draft.lines[kept], draft.is_gate[kept])


def _from_streets(streets: list[Streets]) -> _Draft:
    start = np.concatenate([[0], np.cumsum([len(s.places) for s in streets])])
    return _Draft(
        places=np.vstack([s.places for s in streets]),
        settlement=np.repeat(np.arange(len(streets)), np.diff(start)),
        lines=np.vstack([s.lines for s in streets]),
        is_gate=np.zeros(start[-1], dtype=bool),
        source=np.concatenate([s.source + first for s, first in zip(streets, start, strict=False)]),
        target=np.concatenate([s.target + first for s, first in zip(streets, start, strict=False)]),
        road_class=np.concatenate([s.road_class for s in streets]).astype(np.int64),
    )


def _add_tracks(draft: _Draft, terrain: Terrain, tracks: Tracks) -> None:
    """Add the tracks outside settlements and join them to the streets where they enter."""
    pairs = np.array(list(tracks.classes), dtype=np.int64)
    classes = np.array(list(tracks.classes.values()), dtype=np.int64)
    cells, flat = np.unique(pairs, return_inverse=True)
    pairs = flat.reshape(-1, 2)
    best = np.full(len(cells), 9)
    np.minimum.at(best, pairs, classes[:, None])
    places = _smoothed(terrain.places(cells), pairs)
    inside = _inside_settlement(places, best, draft)
    outside = ~inside[pairs].any(axis=1)
    first = len(draft.places)
    draft.join(pairs[outside] + first, classes[outside])
    entering = inside[pairs].sum(axis=1) == 1
    outer = np.where(inside[pairs[entering, 0]], pairs[entering, 1], pairs[entering, 0])
    street = nearest(draft.places, places[outer])[1]
    draft.is_gate[street] |= classes[entering] <= 1
    draft.join(np.column_stack([outer + first, street]), classes[entering])
    _join_passed_villages(draft, places, inside, first)
    draft.places = np.vstack([draft.places, places])
    draft.settlement = np.concatenate([draft.settlement, np.full(len(places), OPEN_COUNTRY)])
    draft.lines = np.vstack([draft.lines, np.zeros((len(places), 2), dtype=np.int64)])
    draft.is_gate = np.concatenate([draft.is_gate, np.zeros(len(places), dtype=bool)])


def _join_passed_villages(draft: _Draft, places: Floats, inside: NDArray[np.bool_], first: int) -> None:
    """Join each village that a road passes by, with one lane from its nearest street corner."""
    passing = np.flatnonzero(~inside)
    metres, road = nearest(places[passing], draft.places)
    order = np.lexsort((metres, draft.settlement))
    _, best = np.unique(draft.settlement[order], return_index=True)
    corner = order[best]
    near = (draft.settlement[corner] >= TOWNS) & (metres[corner] < JOIN_M)
    pairs = np.column_stack([corner, passing[road[corner]] + first])[near]
    draft.join(pairs, np.full(len(pairs), 4))


def _smoothed(places: Floats, pairs: Ints) -> Floats:
    """Pull each node towards its neighbours, so that steps of the raster become curves; ends stay."""
    size = len(places)
    graph = two_way_graph(pairs, np.ones(len(pairs)), size)
    degree = np.bincount(pairs.ravel(), minlength=size)
    pull = np.where(degree == 1, 0.0, np.where(degree == 2, 0.5, 0.35))[:, None]
    for _ in range(9):
        places = places * (1 - pull) + pull * (graph @ places) / np.maximum(degree, 1)[:, None]
    return np.asarray(places)


def _inside_settlement(places: Floats, best_class: Ints, draft: _Draft) -> NDArray[np.bool_]:
    """Tell which track nodes lie among streets: of a town, or, if of a minor road, of a village."""
    metres, street = nearest(draft.places, places)
    in_town = draft.settlement[street] < TOWNS
    return np.asarray(np.where(in_town, metres < 140.0, (metres < 60.0) & (best_class >= 3)))


def _mark_through_roads(draft: _Draft) -> None:
    """Make the streets from each gate of a town to its middle provincial road."""
    size = len(draft.places)
    step = np.hypot(*(draft.places[draft.source] - draft.places[draft.target]).T)
    seconds = step / FREE_FLOW_KMH[draft.road_class]
    graph = csr_array((seconds, (draft.source, draft.target)), shape=(size, size))
    upgraded: set[tuple[int, int]] = set()
    for town in range(TOWNS):
        streets = np.flatnonzero(draft.settlement == town)
        away = np.hypot(*(draft.places[streets] - draft.places[streets].mean(axis=0)).T)
        middle = int(streets[np.argmin(away)])
        before = tree_from(graph, middle)[1]
        gates = np.flatnonzero(draft.is_gate & (draft.settlement == town))
        for node in gates.tolist():
            path = walk_back(before, node)
            upgraded.update(pairwise(path), pairwise(path[::-1]))
    marked = [pair in upgraded for pair in zip(draft.source.tolist(), draft.target.tolist(), strict=True)]
    draft.road_class = np.where(marked, np.minimum(draft.road_class, 1), draft.road_class)


def _strong_part(draft: _Draft) -> NDArray[np.bool_]:
    size = len(draft.places)
    graph = coo_array((np.ones(len(draft.source)), (draft.source, draft.target)), shape=(size, size))
    part = connected_components(csr_array(graph), directed=True, connection="strong")[1]
    return np.asarray(part == np.argmax(np.bincount(part)))
