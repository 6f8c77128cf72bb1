"""The road network as arrays: nodes, directed edges in CSR order, snapping, saving to bytes.

It knows nothing of who drives on it; times between places are in travel_times.py.
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from geo.coordinates import LocalMetres, LonLat, haversine_m

TICKS_PER_S = 10_000
"""Searches count in whole ticks: then sums are exact, and equal whoever adds them up (road_index.py)."""
# 0 national road, 1 provincial road, 2 main street or county road, 3 street, 4 lane
FREE_FLOW_KMH = np.array([80.0, 60.0, 45.0, 30.0, 20.0])


@dataclass(frozen=True)
class RoadNetwork:
    """Directed edges sorted by source: those of node i are `indptr[i]:indptr[i + 1]`."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    indptr: NDArray[np.int32]
    target: NDArray[np.int32]
    length_m: NDArray[np.float32]
    seconds: NDArray[np.float32]
    road_class: NDArray[np.int8]

    @cached_property
    def version(self) -> str:
        """Return a short hash of the arrays; equal networks have equal versions."""
        digest = hashlib.sha256()
        for array in self._arrays().values():
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:16]

    @cached_property
    def source(self) -> NDArray[np.int32]:
        """Return the source node of every edge."""
        return np.repeat(np.arange(len(self.lon), dtype=np.int32), np.diff(self.indptr))

    @cached_property
    def seconds_matrix(self) -> csr_array:
        """Return the sparse matrix [from, to] of edge seconds."""
        return self._sparse(self.seconds)

    @cached_property
    def ticks(self) -> NDArray[np.int64]:
        """Return the seconds of every edge in whole ticks."""
        return np.rint(self.seconds.astype(np.float64) * TICKS_PER_S).astype(np.int64)

    @cached_property
    def ticks_matrix(self) -> csr_array:
        """Return the sparse matrix [from, to] of edge ticks."""
        return self._sparse(self.ticks)

    @cached_property
    def ticks_matrix_back(self) -> csr_array:
        """Return the transpose of `ticks_matrix`, for searches towards places."""
        return csr_array(self.ticks_matrix.T)

    @cached_property
    def reverse_seconds_matrix(self) -> csr_array:
        """Return the transpose of `seconds_matrix`, for searches towards a place."""
        return csr_array(self.seconds_matrix.T)

    @cached_property
    def length_matrix(self) -> csr_array:
        """Return the sparse matrix [from, to] of edge metres."""
        return self._sparse(self.length_m)

    @cached_property
    def _projection(self) -> LocalMetres:
        return LocalMetres(LonLat(float(np.mean(self.lon)), float(np.mean(self.lat))))

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(np.column_stack(self._projection.from_lonlat(self.lon, self.lat)))

    def snap(self, lon: object, lat: object) -> NDArray[np.intp]:
        """Return the node nearest to each place."""
        x_m, y_m = self._projection.from_lonlat(lon, lat)
        return np.asarray(self._tree.query(np.stack([x_m, y_m], axis=-1))[1])

    def away_m(self, lon: float, lat: float) -> NDArray[np.float64]:
        """Return how far a place is from every (straight) edge."""
        x_m, y_m = self._projection.from_lonlat(lon, lat)
        nodes = self._tree.data - np.array([x_m, y_m])
        start, along = nodes[self.source], nodes[self.target] - nodes[self.source]
        reached = np.clip(-(start * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-9), 0.0, 1.0)
        return np.asarray(np.linalg.norm(start + along * reached[:, None], axis=1))

    def place(self, node: int) -> LonLat:
        """Return where a node lies."""
        return LonLat(float(self.lon[node]), float(self.lat[node]))

    def to_bytes(self) -> bytes:
        """Return the arrays as compressed npz bytes."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **self._arrays())
        return buffer.getvalue()

    def _arrays(self) -> dict[str, NDArray]:
        return {
            "lon": self.lon,
            "lat": self.lat,
            "indptr": self.indptr,
            "target": self.target,
            "length_m": self.length_m,
            "seconds": self.seconds,
            "road_class": self.road_class,
        }

    def _sparse(self, values: NDArray) -> csr_array:
        size = len(self.lon)
        return csr_array((values.astype(np.float64), self.target, self.indptr), shape=(size, size))


def from_bytes(data: bytes) -> RoadNetwork:
    """Read what `RoadNetwork.to_bytes` wrote."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return RoadNetwork(**{name: arrays[name] for name in arrays.files})


@dataclass(frozen=True, slots=True)
class Edges:
    """Directed edges as parallel arrays, in any order; without lengths straight, without kmh at free flow."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    road_class: NDArray[np.int8]
    length_m: NDArray[np.float64] | None = None
    kmh: NDArray[np.float64] | None = None


def from_edges(lon: NDArray[np.float64], lat: NDArray[np.float64], edges: Edges) -> RoadNetwork:
    """Build a network; of parallel edges the quickest stays."""
    source, target = edges.source, edges.target
    length = edges.length_m
    if length is None:
        length = haversine_m(lon[source], lat[source], lon[target], lat[target])
    length = np.maximum(length, 1.0)
    kmh = FREE_FLOW_KMH[edges.road_class] if edges.kmh is None else edges.kmh
    seconds = length / (kmh / 3.6)
    order = np.lexsort((seconds, target, source))
    source, target = source[order], target[order]
    first = np.ones(len(source), dtype=bool)
    first[1:] = (source[1:] != source[:-1]) | (target[1:] != target[:-1])
    kept = order[first & (source != target)]
    indptr = np.zeros(len(lon) + 1, dtype=np.int32)
    np.cumsum(np.bincount(edges.source[kept], minlength=len(lon)), out=indptr[1:])
    return RoadNetwork(
        lon=lon.astype(np.float64),
        lat=lat.astype(np.float64),
        indptr=indptr,
        target=edges.target[kept].astype(np.int32),
        length_m=length[kept].astype(np.float32),
        seconds=seconds[kept].astype(np.float32),
        road_class=edges.road_class[kept].astype(np.int8),
    )


def closed_edges(network: RoadNetwork, places: Sequence[Sequence[float]]) -> NDArray[np.int64]:
    """Return the edges nearest to places [[lon, lat], ...], each with its opposite, ascending."""
    if not len(places):
        return np.array([], dtype=np.int64)
    source, target = network.source, network.target
    nearest = np.array([int(np.argmin(network.away_m(lon, lat))) for lon, lat in places])
    opposite = [np.flatnonzero((source == target[edge]) & (target == source[edge])) for edge in nearest]
    return np.unique(np.concatenate([nearest, *opposite])).astype(np.int64)
