"""The ground that coverage is reckoned on: grids, what each camera sees of them, their roads.

Read and cut once per process, and again when the county, its roads or a camera's place has changed.
"""

from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import func, select

from geo.coverage import Seen, Views, view_sectors, views_of
from geo.grids import index_areas
from geo.reach import AreaRoads, area_roads
from geo.roads import RoadNetwork
from operations.county import road_network
from operations.store import Session
from operations.tables import Camera, CountyRow, Grid, RoadNetworkRow

Ids = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass
class Sight:
    """How much of each grid cameras see: alive, alive or unknown, all. Kept in step, one thread at a time."""

    views: Views
    _alive: Seen | None = None
    _hoped: Seen | None = None
    _all: Floats | None = None
    _lock: Lock = field(default_factory=Lock)

    def shares(self, alive: Flags, unknown: Flags) -> tuple[Floats, Floats, Floats]:
        """Return per grid the share seen by cameras alive, by those alive or unknown, and by all."""
        with self._lock:
            if self._alive is None or self._hoped is None or self._all is None:
                self._alive, self._hoped = Seen(self.views, alive), Seen(self.views, alive | unknown)
                self._all = self.views.shares(np.ones(len(alive), dtype=bool))
            return self._alive.shares(alive), self._hoped.shares(alive | unknown), self._all


@dataclass(frozen=True)
class Ground:
    """Grids in the order of their ids, cameras too. lon, lat: a place inside each grid."""

    stamp: tuple[Any, ...]
    network: RoadNetwork
    grid_id: Ids
    town_id: Ids
    code: list[str]
    lon: Floats
    lat: Floats
    camera_id: Ids
    camera_grid: Ids
    """Of each camera the index of its grid."""
    sight: Sight
    roads: AreaRoads


# By the pool of connections, which stands for one database: tests have many in a process.
_grounds: WeakKeyDictionary[Any, Ground] = WeakKeyDictionary()
_building = Lock()


def ground(session: Session) -> Ground:
    """Return the ground of this database. Raises NoCounty."""
    stamp = _stamp(session)
    pool = session.get_bind().engine.pool
    with _building:
        known = _grounds.get(pool)
        if known is None or known.stamp != stamp:
            known = _grounds[pool] = _built(session, stamp)
    return known


def _stamp(session: Session) -> tuple[Any, ...]:
    """Return what changes when grids, roads or the places and views of cameras do."""
    grids = select(func.count(), func.sum(Grid.id), func.sum(func.length(Grid.geometry)))
    views = (Camera.id, Camera.lon, Camera.lat, Camera.heading_deg, Camera.view_deg, Camera.range_m)
    sums = select(func.count(), *(func.sum(column) for column in (*views, Camera.grid_id)))
    roads = select(func.max(RoadNetworkRow.id))
    county = select(func.max(CountyRow.version))
    return tuple(tuple(session.execute(asked).one()) for asked in (grids, sums, roads, county))


def _built(session: Session, stamp: tuple[Any, ...]) -> Ground:
    network = road_network(session)
    columns = select(Grid.id, Grid.town_id, Grid.code, Grid.geometry)
    grids = session.execute(columns.order_by(Grid.id)).all()
    areas = index_areas(shapely.from_wkb([row.geometry for row in grids]))
    middle = shapely.get_coordinates(shapely.point_on_surface(areas.areas)).reshape(-1, 2)
    views = (Camera.lon, Camera.lat, Camera.heading_deg, Camera.view_deg, Camera.range_m)
    cameras = session.execute(select(Camera.id, Camera.grid_id, *views).order_by(Camera.id)).all()
    seen = np.array([row[2:] for row in cameras], dtype=np.float64).reshape(-1, 5)
    grid_id = np.array([row.id for row in grids], dtype=np.int64)
    return Ground(
        stamp=stamp,
        network=network,
        grid_id=grid_id,
        town_id=np.array([row.town_id for row in grids], dtype=np.int64),
        code=[row.code for row in grids],
        lon=middle[:, 0],
        lat=middle[:, 1],
        camera_id=np.array([row.id for row in cameras], dtype=np.int64),
        camera_grid=np.searchsorted(grid_id, [row.grid_id for row in cameras]).astype(np.int64),
        sight=Sight(views_of(areas.areas, view_sectors(*seen.T))),
        roads=area_roads(network, areas),
    )
