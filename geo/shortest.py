"""Typed doors to scipy: nearest points in the plane and cheapest paths in a sparse graph."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NOBODY = -9999  # scipy's mark for "no node before this one"


def nearest(points: Floats, places: Floats) -> tuple[Floats, Ints]:
    """Return for each place [n, 2] the distance to the nearest of `points` [m, 2] and its index."""
    away, index = cKDTree(points).query(places)
    return np.asarray(away), np.asarray(index, dtype=np.int64)


def nearest_several(points: Floats, places: Floats, count: int) -> Ints:
    """Return for each place the indices of its `count` nearest points, nearest first, shaped [n, count]."""
    index = cKDTree(points).query(places, k=list(range(1, min(count, len(points)) + 1)))[1]
    return np.asarray(index, dtype=np.int64)


def two_way_graph(pairs: Ints, costs: Floats, size: int) -> csr_array:
    """Return the graph of undirected edges; each pair is given once."""
    one_way = coo_array((costs, (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    return csr_array(one_way + one_way.T)


def cost_from(graph: csr_array, start: int, limit: float = np.inf) -> Floats:
    """Return the cheapest cost from one node to every node; inf where none is within the limit."""
    return np.asarray(dijkstra(graph, indices=np.array([start]), limit=limit)[0])


def costs_from(graph: csr_array, starts: Ints) -> Floats:
    """Return the cheapest costs from each start to every node, shaped [start, node]."""
    return np.asarray(dijkstra(graph, indices=starts))


def costs_to_nearest(graph: csr_array, starts: Ints, limit: float = np.inf) -> Floats:
    """Return the cheapest cost to every node from any of the starts; inf where none is within the limit."""
    return np.asarray(dijkstra(graph, indices=starts, min_only=True, limit=limit))


def tree_from(graph: csr_array, start: int, limit: float = np.inf) -> tuple[Floats, NDArray[np.int32]]:
    """Return the cost from one node to every node and the node before each on its path."""
    cost, before = dijkstra(graph, indices=np.array([start]), limit=limit, return_predecessors=True)
    return np.asarray(cost[0]), np.asarray(before[0])


def forest_from(graph: csr_array, starts: Ints) -> tuple[NDArray[np.int32], Ints]:
    """Return for every node the node before it on the way from the nearest start, and that start."""
    found: Any = dijkstra(graph, indices=starts, min_only=True, return_predecessors=True)
    return np.asarray(found[1]), np.asarray(found[2], dtype=np.int64)


def strong_parts(graph: csr_array) -> Ints:
    """Return for every node the number of its strongly connected part."""
    return np.asarray(connected_components(graph, directed=True, connection="strong")[1], dtype=np.int64)


def walk_back(before: NDArray[np.int32], end: int) -> list[int]:
    """Return the path of a tree from `end` back to its start."""
    path = [end]
    while before[path[-1]] != NOBODY:
        path.append(int(before[path[-1]]))
    return path
