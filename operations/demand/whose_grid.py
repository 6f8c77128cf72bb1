"""Which grid a place of demand lies in. Bulk look-ups of a county's import have their own index."""

from collections.abc import Sequence

import numpy as np
import shapely
from sqlalchemy import select

from geo.coordinates import LonLat
from geo.grids import RegionIndex, index_areas
from operations.facts import BadInput
from operations.store import Session
from operations.tables import Grid

_indexed: dict[int, tuple[RegionIndex, list[tuple[int, int]]]] = {}  # of the grids in use


def grids_of(session: Session, places: Sequence[LonLat]) -> list[tuple[int, int] | None]:
    """Return (grid id, town id) of each place (WGS-84); None outside every grid."""
    index, ids = _index(session)
    if not places or not ids:
        return [None] * len(places)
    lon, lat = np.array(places, dtype=np.float64).T
    return [ids[found] if found >= 0 else None for found in index.locate(lon, lat).tolist()]


def grid_of(session: Session, place: LonLat) -> tuple[int, int]:
    """Return (grid id, town id) of a place. Raises BadInput for one outside every grid."""
    (found,) = grids_of(session, [place])
    if found is None:
        raise BadInput("lon", f"{place.lon:.5f}, {place.lat:.5f} lies in no grid of the county (WGS-84)")
    return found


def _index(session: Session) -> tuple[RegionIndex, list[tuple[int, int]]]:
    rows = session.execute(select(Grid.id, Grid.town_id, Grid.geometry).order_by(Grid.id)).all()
    key = hash(tuple((row.id, row.town_id, row.geometry) for row in rows))
    known = _indexed.get(key)
    if known is None:
        areas = shapely.from_wkb([row.geometry for row in rows])
        known = (index_areas(areas), [(row.id, row.town_id) for row in rows])
        _indexed.clear()
        _indexed[key] = known
    return known
