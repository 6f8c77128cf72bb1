"""What cameras can see: view sectors and the share of each area seen. Buildings hide nothing here."""

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.coordinates import LocalMetres, LonLat

ARC_STEPS = 8


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
    plane = LocalMetres(LonLat(float(np.mean(x)), float(np.mean(y))))
    x_m, y_m = plane.from_lonlat(x, y)
    east = np.column_stack([x_m, x_m[:, None] + reach[:, None] * np.sin(angle)])
    north = np.column_stack([y_m, y_m[:, None] + reach[:, None] * np.cos(angle)])
    ring = np.stack(plane.to_lonlat(east, north), axis=-1)
    return np.asarray(shapely.polygons(ring))


def share_seen(areas: NDArray[np.object_], sectors: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return for each area the share [0, 1] of its surface inside at least one sector."""
    seen = np.zeros(len(areas))
    if len(sectors) == 0:
        return seen
    sector, area = shapely.STRtree(areas).query(sectors, predicate="intersects")
    for index in np.unique(area):
        together = shapely.union_all(sectors[sector[area == index]])
        seen[index] = shapely.area(shapely.intersection(areas[index], together))
    return np.clip(seen / shapely.area(areas), 0.0, 1.0)
