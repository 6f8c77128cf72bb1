"""Likely paths: which ways a vehicle may have gone between two places, and how probable each is.

Pure: road trees and the time that passed in, paths out. Knows no vehicle and no database.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.road_trees import Trees
from geo.shortest import NOBODY

MOST_PATHS = 3
DETOUR = 1.4
"""Only ways up to this much longer than the shortest are thought of (and SPARE_S more)."""
SPARE_S = 60.0
NEAR_S = (600.0, 1800.0)
"""Trees are grown to the first of these that is enough, else whole."""
LEAST_NEW = 0.2
"""A way must spend this share of its time off every likelier one, else it is the same way."""
CHOICE = 0.06
"""How fast drivers lose interest in slower ways: e-fold less likely per so much of the quickest's time."""
MISSED = 0.1
"""How often a working camera does not read a vehicle that passes: detection and reading together 0.9."""
SPREAD = 0.25
"""Standard deviation of the logarithm of driving times along one way."""
STOP_SHARE, STOP_S = 0.15, 900.0
"""So many legs hold a stop, of so many seconds in the mean."""
LEAST_PROBABILITY = 0.02

Nodes = NDArray[np.int64]


@dataclass(frozen=True)
class Way:
    """One way between two nodes: its nodes and edges, what it costs, the watched places it passes.

    cost: seconds by which drivers choose; seconds: what it usually takes.
    """

    nodes: Nodes
    edges: Nodes
    cost: float
    seconds: float
    passed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LikelyWay:
    """A way and the probability that the vehicle took it."""

    way: Way
    probability: float


@dataclass(frozen=True)
class Roads:
    """What ways are looked for by. trees: of what drivers choose by, first; then of other costs, by which
    other ways are found (watched places dear). seconds [edges]: usual. watched [edges]: the place whose
    cameras look at who comes along an edge, -1 for none."""

    trees: Sequence[Trees]
    seconds: NDArray[np.float64]
    watched: NDArray[np.int64]


def ways_between(roads: Roads, source: int, target: int) -> list[Way]:
    """Return the different ways between two nodes, the one of least cost first; none where no road leads."""
    found: list[Nodes] = []
    for each in roads.trees:
        for nodes in _alternatives(each, source, target):
            if all(_is_new(nodes, other) for other in found):
                found.append(nodes)
    ways = [_way(roads, nodes) for nodes in found]
    least = min((way.cost for way in ways), default=0.0)
    kept = [way for way in ways if way.cost <= DETOUR * least + SPARE_S]
    return sorted(kept, key=lambda way: way.cost)


def likely_paths(
    ways: Sequence[Way], passed_s: float, factor: float, works: Callable[[int], bool]
) -> list[LikelyWay]:
    """Return the ways with their probabilities (sum 1), the likeliest first.

    A way is the likelier the less it costs, the better its time (times `factor`, the hour's) explains the
    seconds that passed, and the fewer working cameras on it (`works` of a watched place) saw nothing.
    """
    if not ways:
        return []
    seconds, cost = np.array([[way.seconds, way.cost] for way in ways]).T
    least = max(float(cost.min()), 1.0)
    score = -(cost - least) / (CHOICE * least) + np.log(_explains(passed_s, seconds * factor))
    score += np.log(MISSED) * np.array([sum(map(works, way.passed)) for way in ways])
    share = np.exp(score - score.max())
    share /= share.sum()
    kept = [i for i in np.argsort(-share, kind="stable").tolist() if share[i] >= LEAST_PROBABILITY]
    kept = kept[:MOST_PATHS]
    total = float(share[kept].sum())
    return [LikelyWay(ways[i], float(share[i]) / total) for i in kept]


def _explains(passed_s: float, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the density of the time that passed: driven throughout, or driven with a stop on the way."""
    passed = max(passed_s, 1.0)
    off = np.log(passed / np.maximum(seconds, 1.0)) / SPREAD
    driven = np.exp(-0.5 * off**2) / (passed * SPREAD * np.sqrt(2 * np.pi))
    over = np.maximum(passed - seconds, 0.0)
    stopped = np.where(passed > seconds, np.exp(-over / STOP_S) / STOP_S, 0.0)
    return np.asarray((1 - STOP_SHARE) * driven + STOP_SHARE * stopped + 1e-12)


def _alternatives(trees: Trees, source: int, target: int) -> list[Nodes]:
    """Return the cheapest path, then paths along plateaus: where the tree from the source and that to the
    target run together for long, so that the path is the cheapest in each of its parts (choice routing)."""
    limit = next((limit for limit in NEAR_S if _reaches(trees, source, target, limit)), np.inf)
    ahead, before = trees.ahead(source, limit)
    back, after = trees.back(target, limit)
    cheapest = float(ahead[target])
    if not np.isfinite(cheapest):
        return []
    paths = [np.array(_walk(before, target)[::-1])]
    through = ahead + back
    near = np.flatnonzero(through <= DETOUR * cheapest + SPARE_S)  # all within the limit, on both trees
    near = near[before[near] != NOBODY]
    parent = before[near]
    joined = after[parent] == near  # (parent, node) is an edge of both trees
    if not joined.any():
        return paths
    plateaus = _Plateaus(near[joined], parent[joined], len(ahead))
    for via in plateaus.best(ahead, through, paths[0]):
        first, then = _walk(before, via)[::-1], _walk(after, via)[1:]
        paths.append(np.array(first + then))
    return paths


def _reaches(trees: Trees, source: int, target: int, limit: float) -> bool:
    """Return whether the tree within a limit holds every way that is thought of."""
    return bool(DETOUR * trees.ahead(source, limit)[0][target] + SPARE_S <= limit)


class _Plateaus:
    """Runs of edges that both trees share: their nodes (each edge's end), and the run of each."""

    def __init__(self, nodes: NDArray[np.intp], parents: NDArray[np.int32], size: int) -> None:
        self.nodes = nodes
        place = np.full(size, -1)
        place[nodes] = np.arange(len(nodes))
        root = np.where(place[parents] >= 0, place[parents], np.arange(len(nodes)))
        while True:  # each step doubles how far back along its run every node looks
            further = root[root]
            if np.array_equal(further, root):
                break
            root = further
        self.root = root

    def best(self, ahead: NDArray[np.float32], through: NDArray[np.float32], cheapest: Nodes) -> list[int]:
        """Return a node of each of the best: long, and on a path not much dearer than the cheapest."""
        order = np.argsort(self.root, kind="stable")
        starts = np.flatnonzero(np.concatenate([[True], np.diff(self.root[order]) > 0]))
        cost = ahead[self.nodes[order]]
        length = np.maximum.reduceat(cost, starts) - np.minimum.reduceat(cost, starts)
        least = float(ahead[cheapest[-1]])
        good = length - 2.0 * (through[self.nodes[order[starts]]] - least)
        on_cheapest = np.isin(self.nodes[order[starts]], cheapest)
        good[on_cheapest] = -np.inf
        ranked = np.argsort(-good, kind="stable")[: MOST_PATHS + 1]
        return [int(self.nodes[order[starts[i]]]) for i in ranked if good[i] > -0.2 * least]


def _walk(before: NDArray[np.int32], end: int) -> list[int]:
    """Return the nodes of a tree from `end` back to its root."""
    path, here = [end], int(before[end])
    while here != NOBODY:
        path.append(here)
        here = int(before[here])
    return path


def _is_new(nodes: Nodes, other: Nodes) -> bool:
    """Return whether enough of a path's nodes lie off another path, and it passes no node twice."""
    if len(np.unique(nodes)) < len(nodes):
        return False
    return bool(np.isin(nodes, other, invert=True).mean() >= LEAST_NEW)


def _way(roads: Roads, nodes: Nodes) -> Way:
    choice = roads.trees[0]
    edges = choice.edges_along(nodes)
    passed = roads.watched[edges[:-1]]
    unseen = tuple(dict.fromkeys(passed[passed >= 0].tolist()))
    return Way(nodes, edges, float(choice.cost[edges].sum()), float(roads.seconds[edges].sum()), unseen)
