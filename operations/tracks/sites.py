"""Sites: where cameras stand together, on the road network. Knows no vehicle and no time.

A site's id is that of its monitoring point, or minus the id of a camera that belongs to none.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import cos, hypot, radians
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from geo.coordinates import EARTH_RADIUS_M, LonLat
from geo.roads import RoadNetwork
from operations.county import road_network
from operations.store import Session
from operations.tables import Camera, CountyRow, Point

KNOWN_FOR_S = 300.0


@dataclass(frozen=True)
class Sites:
    """All sites in order of their ids, as parallel arrays; `node`: the nearest node of `network`."""

    ids: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    node: NDArray[np.int64]
    names: list[str]
    site_of_camera: dict[int, int]
    code_of_camera: dict[int, str]
    network: RoadNetwork
    heading_of_camera: Mapping[int, float] = field(default_factory=dict)
    """Which way each camera looks, degrees from north; where it is not known, a camera is not there."""

    @cached_property
    def index_of(self) -> dict[int, int]:
        """Return the position of every site in the arrays, by its id."""
        return {site: position for position, site in enumerate(self.ids.tolist())}

    @cached_property
    def cameras_of(self) -> dict[int, list[int]]:
        """Return the ids of the cameras of every site."""
        found: dict[int, list[int]] = {}
        for camera, site in self.site_of_camera.items():
            found.setdefault(site, []).append(camera)
        return found

    def positions(self, sites: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the positions of site ids, all of which must be known."""
        return np.searchsorted(self.ids, np.asarray(sites, dtype=np.int64)).astype(np.int64)

    def place(self, site: int) -> LonLat:
        """Return where a site lies. Raises KeyError."""
        position = self.index_of[site]
        return LonLat(float(self.lon[position]), float(self.lat[position]))

    def name(self, site: int) -> str:
        """Return what a site is called. Raises KeyError."""
        return self.names[self.index_of[site]]

    def apart_m(self, here: int, there: int) -> float:
        """Return the straight distance of two sites."""
        (lon, lat), (to_lon, to_lat) = self.place(here), self.place(there)
        east = (to_lon - lon) * cos(radians((lat + to_lat) / 2))
        return hypot(east, to_lat - lat) * radians(EARTH_RADIUS_M)  # flat: a county is small

    @cached_property
    def camera_sites(self) -> NDArray[np.int64]:
        """Return the site id of every camera id up to the highest (0: no such camera), for whole arrays."""
        table = np.zeros(max(self.site_of_camera, default=0) + 1, dtype=np.int64)
        table[list(self.site_of_camera)] = list(self.site_of_camera.values())
        return table


def sites(session: Session) -> Sites:
    """Return the county's sites; remembered for some minutes while no camera is added. Raises NoCounty.

    Within one session they are always the same.
    """
    here: Sites | None = session.info.get("sites")
    if here is None:
        here = session.info["sites"] = _newest(session)
    return here


def _newest(session: Session) -> Sites:
    network = road_network(session)
    county = select(CountyRow.version).order_by(CountyRow.id.desc()).limit(1)
    key = network.version, session.scalar(select(func.max(Camera.id))), session.scalar(county)
    pool = session.get_bind().engine.pool
    known = _remembered.get(pool)
    if known is None or known.key != key or time.monotonic() - known.read_at_s > KNOWN_FOR_S:
        fresh = _read(session, network)
        if known is not None and known.key == key and _alike(known.sites, fresh):
            fresh = known.sites  # the same object: what others have worked out of it stays
        known = _remembered[pool] = _Known(key, time.monotonic(), fresh)
    return known.sites


class _Known(NamedTuple):
    key: tuple[str, int | None, str | None]
    read_at_s: float
    sites: Sites


_remembered: WeakKeyDictionary[Any, _Known] = WeakKeyDictionary()


def sites_of(
    network: RoadNetwork,
    cameras: Sequence[tuple[int, str, int | None, LonLat, str]],
    headings: Mapping[int, float] | None = None,
) -> Sites:
    """Return the sites of cameras given as (id, code, point id or None, its site's place and name).

    headings: degrees from north that cameras look, by id; what is not known says nothing of who was missed.
    """
    first: dict[int, tuple[LonLat, str]] = {}
    for camera, _, point, place, name in cameras:
        first.setdefault(point if point is not None else -camera, (place, name))
    ids = sorted(first)
    lon = np.array([first[site][0].lon for site in ids], dtype=np.float64)
    lat = np.array([first[site][0].lat for site in ids], dtype=np.float64)
    node = network.snap(lon, lat).astype(np.int64) if ids else np.zeros(0, dtype=np.int64)
    return Sites(
        ids=np.array(ids, dtype=np.int64),
        lon=lon,
        lat=lat,
        node=node,
        names=[first[site][1] for site in ids],
        site_of_camera={
            camera: point if point is not None else -camera for camera, _, point, _, _ in cameras
        },
        code_of_camera={camera: code for camera, code, _, _, _ in cameras},
        network=network,
        heading_of_camera=headings or {},
    )


def _read(session: Session, network: RoadNetwork) -> Sites:
    rows = session.execute(
        select(
            Camera.id,
            Camera.code,
            Camera.point_id,
            Camera.name,
            Camera.lon,
            Camera.lat,
            Camera.heading_deg,
            Point.name,
            Point.lon,
            Point.lat,
        )
        .outerjoin(Point, Point.id == Camera.point_id)
        .order_by(Camera.id)
    )
    cameras, headings = [], {}
    for camera, code, point, name, lon, lat, heading, point_name, point_lon, point_lat in rows:
        alone = point is None
        place = LonLat(lon, lat) if alone else LonLat(point_lon, point_lat)
        cameras.append((camera, code, point, place, name if alone else point_name))
        headings[camera] = heading
    return sites_of(network, cameras, headings)


def _alike(one: Sites, other: Sites) -> bool:
    return (
        one.site_of_camera == other.site_of_camera
        and one.heading_of_camera == other.heading_of_camera
        and one.code_of_camera == other.code_of_camera
        and one.names == other.names
        and np.array_equal(one.lon, other.lon)
        and np.array_equal(one.lat, other.lat)
    )
