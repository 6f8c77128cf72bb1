"""Travel-time matrices, fast: an index of a network built once, re-weighted for a profile or a closed road.

Customizable contraction hierarchies (pyroutingkit) where installed, else scipy's Dijkstra: equal to the tick.
"""

import importlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.profiles import Arcs, arc_seconds, arcs_of, open_roads
from geo.roads import TICKS_PER_S, RoadNetwork
from geo.shortest import costs_from

Floats = NDArray[np.float64]
Nodes = NDArray[np.int64]
Weights = tuple[str, frozenset[int]]
T = TypeVar("T")

NETWORKS = 2  # indexed at a time: the one in use and, while it is replaced, the one before
WEIGHTINGS = 6  # profiles times closures held at a time, a few MB each
FEW = 16  # searches so few are quicker than building an index for them
AT_ONCE = 64  # rows to every node held in memory at a time
MATRIX_BYTES = 128 * 2**20


@cache
def pyroutingkit() -> Any:
    """Return the module, None where it is not installed."""
    try:
        return importlib.import_module("pyroutingkit")
    except ImportError:
        return None


class Kept(Generic[T]):
    """The values used last, by key; each is made by one thread while the others wait for it."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, threading.Lock()
        self._values: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of a key, made now if it is not held."""
        with self._lock:
            if key not in self._values:
                self._values[key] = make()
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
            return self._values[key]


@dataclass(frozen=True)
class _Metric:
    """A weighted hierarchy; nothing says that it may be asked by two threads at a time, so one waits."""

    metric: Any
    lock: threading.Lock

    def seconds(self, sources: Nodes, targets: Nodes) -> Floats:
        with self.lock:
            ticks = self.metric.distances_many_to_many(sources.astype(np.uint32), targets.astype(np.uint32))
        found = np.asarray(ticks, dtype=np.float64).reshape(len(sources), len(targets))
        found[found >= pyroutingkit().INF_WEIGHT] = np.inf
        found /= TICKS_PER_S
        return found


class RoadIndex:
    """Travel times of one network; safe to share between threads. `hierarchy` False: by scipy alone."""

    def __init__(self, network: RoadNetwork, hierarchy: bool = True) -> None:
        self.network = network
        self._hierarchy = hierarchy and pyroutingkit() is not None and len(network.target) > 0
        self._built: tuple[Arcs, Any] | None = None
        self._building = threading.Lock()
        self._metrics: Kept[_Metric] = Kept(WEIGHTINGS)
        self._roads: Kept[RoadNetwork] = Kept(WEIGHTINGS)

    def seconds(
        self, sources: ArrayLike, targets: ArrayLike, profile: str = "car", closed: Iterable[int] = ()
    ) -> Floats:
        """Return the matrix [source, target] of seconds, inf where no road leads. Raises UnknownProfile."""
        weights = profile, frozenset(int(edge) for edge in closed)
        rows, row = np.unique(np.atleast_1d(sources).astype(np.int64), return_inverse=True)
        columns, column = np.unique(np.atleast_1d(targets).astype(np.int64), return_inverse=True)
        is_few = self._built is None and min(len(rows), len(columns)) <= FEW
        search = self._by_search if is_few or not self._hierarchy else self._by_hierarchy
        found = search(rows, columns, weights)
        is_same = len(row) == len(rows) and len(column) == len(columns)
        if (
            is_same
            and np.array_equal(row, np.arange(len(rows)))
            and np.array_equal(column, np.arange(len(columns)))
        ):
            return found
        return np.asarray(found[np.ix_(row, column)])

    def roads(self, profile: str = "car", closed: Iterable[int] = ()) -> RoadNetwork:
        """Return the network a profile has while edges are closed, as geo.profiles.open_roads; kept."""
        shut = frozenset(int(edge) for edge in closed)
        return self._roads.get((profile, shut), lambda: open_roads(self.network, profile, sorted(shut)))

    def _by_search(self, sources: Nodes, targets: Nodes, weights: Weights) -> Floats:
        """Search from each source, or towards each target where those are fewer."""
        network = self.roads(*weights)
        if len(targets) < len(sources):
            return _searched(network.ticks_matrix_back, targets, sources).T
        return _searched(network.ticks_matrix, sources, targets)

    def _by_hierarchy(self, sources: Nodes, targets: Nodes, weights: Weights) -> Floats:
        metric = self._metrics.get(weights, lambda: self._weighted(weights))
        return metric.seconds(sources, targets)

    def _weighted(self, weights: Weights) -> _Metric:
        profile, closed = weights
        arcs, topology = self._topology()
        seconds = arc_seconds(self.network, arcs, profile, sorted(closed)).astype(np.float64)
        kit = pyroutingkit()
        ticks = np.minimum(np.rint(seconds * TICKS_PER_S), kit.INF_WEIGHT).astype(np.uint32)
        metric = kit.CCHMetric(topology)
        metric.customize(ticks, 1)
        return _Metric(metric, threading.Lock())

    def _topology(self) -> tuple[Arcs, Any]:
        with self._building:
            if self._built is None:
                arcs, network = arcs_of(self.network), self.network
                topology = pyroutingkit().CCHTopology()
                topology.build(
                    arcs.source.astype(np.uint32),
                    arcs.target.astype(np.uint32),
                    network.lat.astype(np.float32),
                    network.lon.astype(np.float32),
                    len(network.lon),
                )
                self._built = arcs, topology
            return self._built


_indexes: Kept[RoadIndex] = Kept(NETWORKS)


def road_index(network: RoadNetwork) -> RoadIndex:
    """Return the index of a network, one per version and process."""
    return _indexes.get(network.version, lambda: RoadIndex(network))


def _searched(graph: Any, starts: Nodes, ends: Nodes) -> Floats:
    parts = [
        costs_from(graph, starts[start : start + AT_ONCE])[:, ends] / TICKS_PER_S
        for start in range(0, len(starts), AT_ONCE)
    ]
    return np.vstack(parts) if parts else np.zeros((0, len(ends)))


class _Matrices:
    """Matrices asked for last, bounded in bytes."""

    def __init__(self, most_bytes: int) -> None:
        self._most, self._lock = most_bytes, threading.Lock()
        self._kept: OrderedDict[Hashable, Floats] = OrderedDict()

    def get(self, key: Hashable) -> Floats | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, matrix: Floats) -> None:
        with self._lock:
            self._kept[key] = matrix
            while sum(one.nbytes for one in self._kept.values()) > self._most:
                self._kept.popitem(last=False)


_matrices = _Matrices(MATRIX_BYTES)


def planning_matrix(
    network: RoadNetwork, nodes: ArrayLike, profile: str = "car", closed: Iterable[int] = ()
) -> Floats:
    """Return the seconds between all of `nodes`, read-only and kept for the next who asks the same.

    The same plan is asked for again and again while it is edited. Raises UnknownProfile.
    """
    places = np.ascontiguousarray(nodes, dtype=np.int64)
    shut = frozenset(int(edge) for edge in closed)
    key = network.version, profile, shut, places.tobytes()
    found = _matrices.get(key)
    if found is None:
        found = road_index(network).seconds(places, places, profile, shut)
        found.setflags(write=False)
        _matrices.put(key, found)
    return found
