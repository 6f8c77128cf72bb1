"""Road speeds: how much longer than at free flow each edge takes, from times between places. Pure.

Each time is laid along the way that is quickest so far; what it says of the whole way, it says of each part.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.sparse import csr_array

from geo.road_trees import Trees
from geo.roads import RoadNetwork
from geo.shortest import NOBODY

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLASSES = 5
ROUNDS = 3
STEPS = 12
DAMPING = 0.7
BELIEVED = 15.0
"""An edge's own factor counts as much as its class's once so many vehicles crossed it."""
FACTORS = (0.6, 6.0)


@dataclass(frozen=True)
class Times:
    """Measured times between nodes: usual seconds at the reference hour, and how many vehicles say so."""

    start: Ints
    end: Ints
    seconds: Floats
    count: Floats


def edge_factors(network: RoadNetwork, times: Times, otherwise: float) -> Floats:
    """Return the factor of every edge on its free-flow seconds; `otherwise` where nothing was measured.

    First one factor a class of road and one wait at each end of a measured way (lights), by weighted least
    squares; then each edge's own, as far as vehicles enough crossed it (multiplicative reconstruction).
    """
    factor = np.full(len(network.target), otherwise)
    if not len(times.start):
        return factor
    ends = np.zeros(len(network.lon), dtype=bool)
    ends[times.end] = True
    into_end = ends[network.target]
    for _ in range(ROUNDS):
        on = _ways(network, times, network.seconds * factor)
        believed = _class_factors(network, times, on, into_end, otherwise)
        factor = _own_factors(network, times, on, believed)
    return factor


def _ways(network: RoadNetwork, times: Times, cost: Floats) -> csr_array:
    """Return the matrix [time, edge] of which edges the quickest way of each measured time takes."""
    trees = Trees(network, np.asarray(cost, dtype=np.float64))
    rows, columns = [], []
    for source in np.unique(times.start).tolist():
        _, before = trees.ahead(source)
        mine = np.flatnonzero(times.start == source)
        here = times.end[mine].copy()
        while len(mine):
            parent = before[here]
            going = parent != NOBODY
            mine, here, parent = mine[going], here[going], parent[going]
            rows.append(mine)
            columns.append(trees.edges_between(parent.astype(np.int64), here))
            here = parent.astype(np.int64)
    row, column = np.concatenate(rows), np.concatenate(columns)
    shape = len(times.start), len(network.target)
    return csr_array((np.ones(len(row)), (row, column)), shape=shape)


def _class_factors(
    network: RoadNetwork, times: Times, on: csr_array, into_end: NDArray[np.bool_], otherwise: float
) -> Floats:
    """Return each edge's factor by its class, with the wait at the places measured from and to."""
    free = network.seconds.astype(np.float64)
    kinds = np.zeros((len(free), CLASSES + 1))
    kinds[np.arange(len(free)), network.road_class] = free
    kinds[into_end, CLASSES] = 1.0
    columns = np.asarray(on @ kinds)
    weight = np.sqrt(np.minimum(times.count, 100.0)) / np.maximum(times.seconds, 1.0)
    prior = np.diag(0.02 * weight.sum() * np.append(free.mean() * np.ones(CLASSES), 1.0))
    wished = prior @ np.append(np.full(CLASSES, otherwise), 5.0)
    found, _ = nnls(np.vstack([columns * weight[:, None], prior]), np.append(times.seconds * weight, wished))
    seconds = kinds @ np.append(np.clip(found[:CLASSES], *FACTORS), found[CLASSES])
    return np.asarray(seconds / np.maximum(free, 1e-3))


def _own_factors(network: RoadNetwork, times: Times, on: csr_array, believed: Floats) -> Floats:
    """Return each edge's own factor: its class's, pulled to what the ways across it say."""
    free = network.seconds.astype(np.float64)
    factor = believed.copy()
    weight = np.minimum(times.count, 200.0)
    seen = np.asarray(on.T @ weight)
    trust = DAMPING * seen / (seen + BELIEVED)
    for _ in range(STEPS):
        said = np.log(times.seconds / np.maximum(on @ (free * factor), 1.0))
        factor *= np.exp(trust * np.asarray(on.T @ (weight * said)) / np.maximum(seen, 1e-9))
    return np.clip(factor, 0.5 * believed, 3.0 * believed)
