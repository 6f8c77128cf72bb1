"""Which sub-grid, grid and town a place lies in: exact, in bulk. Shapes come from the caller."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

CHUNK = 50_000  # point objects dominate the memory: about 300 bytes each


@dataclass(frozen=True)
class RegionIndex:
    """Areas that do not overlap, ready for look-ups."""

    areas: NDArray[np.object_]
    tree: shapely.STRtree

    def locate(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int64]:
        """Return the index of the area each place lies in, -1 outside all; on a border the lowest index."""
        x, y = np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float))
        found = np.full(len(x), -1, dtype=np.int64)
        for start in range(0, len(x), CHUNK):
            piece = slice(start, start + CHUNK)
            found[piece] = self._locate_chunk(x[piece], y[piece])
        return found

    def nearest(self, lon: float, lat: float) -> int:
        """Return the index of the area nearest to a place, inside or outside."""
        return int(self.tree.nearest(shapely.Point(lon, lat)))

    def _locate_chunk(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
        point, area = self.tree.query(shapely.points(x, y))
        inside = shapely.intersects_xy(self.areas[area], x[point], y[point])
        found = np.full(len(x), len(self.areas), dtype=np.int64)
        np.minimum.at(found, point[inside], area[inside])
        found[found == len(self.areas)] = -1
        return found


def index_areas(areas: Sequence[shapely.Geometry] | NDArray[np.object_]) -> RegionIndex:
    """Prepare areas (lon, lat polygons) for `RegionIndex.locate`."""
    array = np.asarray(areas, dtype=object)
    shapely.prepare(array)
    return RegionIndex(array, shapely.STRtree(array))


@dataclass(frozen=True)
class Divisions:
    """The three nested divisions: look up the sub-grid, know the grid and the town."""

    sub_grids: RegionIndex
    grid_of_sub_grid: NDArray[np.int64]
    town_of_grid: NDArray[np.int64]

    def locate(
        self, lon: ArrayLike, lat: ArrayLike
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return the indices of sub-grid, grid and town of each place, -1 outside the county."""
        sub_grid = self.sub_grids.locate(lon, lat)
        grid = np.where(sub_grid >= 0, self.grid_of_sub_grid[sub_grid], -1)
        return sub_grid, grid, np.where(grid >= 0, self.town_of_grid[grid], -1)
