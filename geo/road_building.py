"""A road network from lines: split where lines meet, simplified, lengths kept, one connected part.

Where lines meet is said by equal keys of their places; files are read in road_import.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.coordinates import LocalMetres, LonLat
from geo.road_tags import BOTH, Direction
from geo.roads import FREE_FLOW_KMH, Edges, RoadNetwork, from_edges
from geo.shortest import strong_parts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BEND_M = 5.0  # a bend flatter than this is not kept
STEP_M = 300.0  # so near a node is any place on a road, for snapping
MOST_OF_CLASS = 1.5
"""A sign counts up to so many times the usual speed of its class: nobody keeps 80 along a town's streets."""


@dataclass(frozen=True, slots=True)
class RoadLine:
    """One road as drawn. keys: equal where roads may meet; kmh: as signed, None for what is usual."""

    keys: Ints
    lon: Floats
    lat: Floats
    road_class: int
    direction: Direction = BOTH
    kmh: float | None = None


@dataclass(frozen=True, slots=True)
class Connected:
    """The largest part of a network in which everything is reached from everything, and what was dropped."""

    network: RoadNetwork
    dropped_nodes: int
    dropped_m: float
    parts: int


def network_of(lines: Sequence[RoadLine]) -> RoadNetwork:
    """Return the network of lines: nodes where they meet or end, at bends, and along long straights."""
    sizes = np.array([len(line.keys) for line in lines])
    keys = np.concatenate([line.keys for line in lines])
    lon, lat = (np.concatenate([getattr(line, axis) for line in lines]) for axis in ("lon", "lat"))
    plane = LocalMetres(LonLat(float(lon.mean()), float(lat.mean())))
    last = np.cumsum(sizes) - 1
    of_line = np.repeat(np.arange(len(lines)), sizes)
    joint = _joints(keys, last)
    piece, begins = _pieces(joint, of_line)
    xy = np.column_stack(plane.from_lonlat(lon, lat))[piece]
    drawn = shapely.linestrings(xy, indices=np.repeat(np.arange(len(begins)), np.diff([*begins, len(piece)])))
    shaped = np.asarray(shapely.segmentize(shapely.simplify(drawn, BEND_M, preserve_topology=False), STEP_M))
    stretch = shapely.length(drawn) / np.maximum(shapely.length(shaped), 1e-6)
    ends = np.append(begins[1:], len(piece)) - 1
    return _network(
        plane, lines, _Shaped(shaped, stretch, keys[piece[begins]], keys[piece[ends]], of_line[piece[begins]])
    )


def largest_part(network: RoadNetwork) -> Connected:
    """Return the largest strongly connected part: from its places all others are reached, and back."""
    part = strong_parts(network.seconds_matrix)
    kept = part == np.bincount(part).argmax()
    edge = kept[network.source] & kept[network.target]
    number = np.cumsum(kept) - 1
    size = int(kept.sum())
    indptr = np.zeros(size + 1, dtype=np.int32)
    np.cumsum(np.bincount(number[network.source[edge]], minlength=size), out=indptr[1:])
    smaller = replace(
        network,
        lon=network.lon[kept],
        lat=network.lat[kept],
        indptr=indptr,
        target=number[network.target[edge]].astype(np.int32),
        length_m=network.length_m[edge],
        seconds=network.seconds[edge],
        road_class=network.road_class[edge],
    )
    dropped_m = float(network.length_m.sum() - smaller.length_m.sum())
    return Connected(smaller, int((~kept).sum()), dropped_m, int(part.max()) + 1)


def _joints(keys: Ints, last: Ints) -> NDArray[np.bool_]:
    """Return which places are nodes: ends of lines, and where keys come more than once."""
    _, where, times = np.unique(keys, return_inverse=True, return_counts=True)
    joint = times[where] > 1
    joint[last] = True
    joint[np.append(0, last[:-1] + 1)] = True
    return np.asarray(joint)


def _pieces(joint: NDArray[np.bool_], of_line: Ints) -> tuple[Ints, Ints]:
    """Return the places of all pieces between nodes one after another, and where each piece begins.

    A node inside a line ends one piece and begins the next, so it comes twice.
    """
    same = np.append(of_line[1:] == of_line[:-1], False)
    inside = joint & same & np.append(False, of_line[1:] == of_line[:-1])
    piece = np.repeat(np.arange(len(joint)), 1 + inside)
    starts = joint[piece] & same[piece]
    doubled = np.flatnonzero(inside[piece][:-1] & (piece[1:] == piece[:-1]))
    starts[doubled] = False
    return piece, np.flatnonzero(starts)


@dataclass(frozen=True, slots=True)
class _Shaped:
    """Pieces in metres, the keys they join, their lines; stretch: length as drawn over length as shaped."""

    shape: NDArray[np.object_]
    stretch: Floats
    start: Ints
    end: Ints
    line: Ints


def _network(plane: LocalMetres, lines: Sequence[RoadLine], made: _Shaped) -> RoadNetwork:
    xy, piece = shapely.get_coordinates(made.shape, return_index=True)
    first = np.append(True, piece[1:] != piece[:-1])
    last = np.append(first[1:], True)
    joints = np.unique(np.concatenate([made.start, made.end]))
    node = np.empty(len(xy), dtype=np.int64)
    between = ~(first | last)
    node[first], node[last] = (np.searchsorted(joints, keys) for keys in (made.start, made.end))
    node[between] = len(joints) + np.arange(between.sum())
    places = np.empty((len(joints) + int(between.sum()), 2))
    places[node] = xy
    here = np.flatnonzero(~last)
    length = np.linalg.norm(xy[here + 1] - xy[here], axis=1) * made.stretch[piece[here]]
    of_line = made.line[piece[here]]
    ahead, back = (np.array([line.direction[i] for line in lines])[of_line] for i in (0, 1))
    road_class = np.array([line.road_class for line in lines], dtype=np.int8)[of_line]
    signed = np.array([line.kmh or np.nan for line in lines])[of_line]
    usual = FREE_FLOW_KMH[road_class]
    kmh = np.where(np.isnan(signed), usual, np.minimum(signed, MOST_OF_CLASS * usual))
    both = [
        np.concatenate([one[ahead], other[back]])
        for one, other in (
            (node[here], node[here + 1]),
            (node[here + 1], node[here]),
            (road_class, road_class),
            (length, length),
            (kmh, kmh),
        )
    ]
    lon, lat = plane.to_lonlat(places[:, 0], places[:, 1])
    return from_edges(lon, lat, Edges(*both))
