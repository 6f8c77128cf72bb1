"""What cameras can see: view sectors and the share of each area seen. Buildings hide nothing here."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.coordinates import EARTH_RADIUS_M

ARC_STEPS = 8
Flags = NDArray[np.bool_]
Shares = NDArray[np.float64]


def view_sectors(
    lon: ArrayLike, lat: ArrayLike, heading_deg: ArrayLike, view_deg: ArrayLike, range_m: ArrayLike
) -> NDArray[np.object_]:
    """Return one polygon (degrees) per camera: apex at the camera, an arc at its range."""
    x, y, heading, view, reach = (
        np.atleast_1d(np.asarray(v, float)) for v in (lon, lat, heading_deg, view_deg, range_m)
    )
    turn = np.linspace(-0.5, 0.5, ARC_STEPS + 1)
    angle = np.radians(heading[:, None] + np.minimum(view, 350.0)[:, None] * turn)
    if len(x) == 0:
        return np.array([], dtype=object)
    a_degree_m = EARTH_RADIUS_M * np.pi / 180.0
    east_deg = reach[:, None] * np.sin(angle) / (a_degree_m * np.cos(np.radians(y[:, None])))
    north_deg = reach[:, None] * np.cos(angle) / a_degree_m
    ring = np.stack(
        [np.column_stack([x, x[:, None] + east_deg]), np.column_stack([y, y[:, None] + north_deg])], -1
    )
    return np.asarray(shapely.polygons(ring))


@dataclass(frozen=True)
class Views:
    """What cameras see of areas: pieces sorted by area, those of area i are begins[i]:begins[i + 1]."""

    camera: NDArray[np.int64]
    piece: NDArray[np.object_]
    begins: NDArray[np.int64]
    surface: Shares

    def shares(self, seeing: Flags, areas: NDArray[np.int64] | None = None) -> Shares:
        """Return for each area (or for some) the share [0, 1] of its surface that a seeing camera sees.

        seeing: per camera. What several see counts once.
        """
        asked = np.arange(len(self.surface)) if areas is None else areas
        unions = [shapely.union_all(self.piece[self._pieces(area, seeing)]) for area in asked.tolist()]
        return np.clip(shapely.area(np.array(unions, dtype=object)) / self.surface[asked], 0.0, 1.0)

    def touched(self, cameras: Flags) -> NDArray[np.int64]:
        """Return the areas of which some of the cameras see anything, ascending."""
        area = np.repeat(np.arange(len(self.surface)), np.diff(self.begins))
        return np.unique(area[cameras[self.camera]])

    def _pieces(self, area: int, seeing: Flags) -> NDArray[np.int64]:
        mine = np.arange(self.begins[area], self.begins[area + 1])
        return mine[seeing[self.camera[mine]]]


def views_of(areas: NDArray[np.object_], sectors: NDArray[np.object_]) -> Views:
    """Cut view sectors along areas (both in degrees)."""
    shapely.prepare(areas)
    camera, area = shapely.STRtree(areas).query(sectors, predicate="intersects")
    order = np.lexsort((camera, area))
    camera, area = camera[order], area[order]
    piece = sectors[camera]
    cut = ~shapely.contains_properly(areas[area], piece)
    piece[cut] = shapely.intersection(areas[area[cut]], piece[cut])
    begins = np.searchsorted(area, np.arange(len(areas) + 1))
    return Views(camera, piece, begins, shapely.area(areas))


class Seen:
    """The share of each area seen, in step with which cameras see: only what changes is worked out again.

    Not for several threads at a time.
    """

    def __init__(self, views: Views, seeing: Flags) -> None:
        self._views, self._seeing = views, seeing.copy()
        self._shares = views.shares(seeing)

    def shares(self, seeing: Flags) -> Shares:
        """Return the shares while these cameras see."""
        changed = self._views.touched(seeing != self._seeing)
        if len(changed):
            self._shares = self._shares.copy()
            self._shares[changed] = self._views.shares(seeing, changed)
        self._seeing = seeing.copy()
        return self._shares


def share_seen(areas: NDArray[np.object_], sectors: NDArray[np.object_]) -> Shares:
    """Return for each area the share [0, 1] of its surface inside at least one sector."""
    return views_of(areas, sectors).shares(np.ones(len(sectors), dtype=bool))
