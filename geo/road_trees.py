"""Cheapest-path trees of a road network, grown once per node and kept: ahead from a node, back towards it.

Holds a bounded amount of memory; the one grown longest ago goes first. Knows no traffic.
"""

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo.roads import RoadNetwork
from geo.shortest import tree_from

MOST_BYTES = 64 * 2**20
Cost = NDArray[np.float32]
Before = NDArray[np.int32]
Tree = tuple[Cost, Before]


class Trees:
    """Trees at a given cost of every edge (seconds, in the network's edge order)."""

    def __init__(self, network: RoadNetwork, cost: NDArray[np.float64]) -> None:
        self.cost = cost
        self._size = size = len(network.lon)
        self._keys = network.source.astype(np.int64) * size + network.target
        self._order = np.argsort(self._keys, kind="stable")
        self._graph = csr_array((cost, network.target, network.indptr), shape=(size, size))
        self._reverse = csr_array(self._graph.T)
        self._kept: OrderedDict[tuple[int, bool], tuple[Tree, float]] = OrderedDict()
        self._most = max(16, MOST_BYTES // (8 * size))

    def ahead(self, node: int, limit: float = np.inf) -> Tree:
        """Return the cost from a node to every node (inf: no road), and the node before each on its path.

        What costs more than `limit` may be left out (inf): nearby trees grow ten times as fast.
        """
        return self._tree(node, True, limit)

    def back(self, node: int, limit: float = np.inf) -> Tree:
        """Return the cost from every node to one, and the node after each on its path there; as `ahead`."""
        return self._tree(node, False, limit)

    def _tree(self, node: int, is_ahead: bool, limit: float) -> Tree:
        key = (node, is_ahead)
        known = self._kept.get(key)
        if known is None or known[1] < limit:
            cost, before = tree_from(self._graph if is_ahead else self._reverse, node, limit)
            known = self._kept[key] = (cost.astype(np.float32), before), limit
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return known[0]

    def edges_along(self, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the edges of a path of joined nodes, as positions in the network's edges."""
        return self.edges_between(nodes[:-1], nodes[1:])

    def edges_between(self, here: NDArray[np.int64], there: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the edges from nodes to their neighbours, as positions in the network's edges."""
        keys = here * np.int64(self._size) + there
        return np.asarray(self._order[np.searchsorted(self._keys, keys, sorter=self._order)])
