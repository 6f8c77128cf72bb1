"""The county in the database: storing it, its road network, its summary. Map layers are in county_map.py."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import shapely
from sqlalchemy import func, insert, select

from geo import roads
from geo.generator import County
from geo.generator.county import Regions
from geo.roads import RoadNetwork
from operations.facts import NotFound
from operations.store import Session
from operations.tables import (
    Camera,
    CountyRow,
    Grid,
    Point,
    RoadNetworkRow,
    Station,
    SubGrid,
    Table,
    Town,
    Unit,
)
from operations.times import to_text

_networks: dict[str, RoadNetwork] = {}  # the one in use, by version: reading it takes 50 ms, its trees more


class NoCounty(NotFound):
    """Nothing has been stored yet."""

    def __init__(self) -> None:
        super().__init__("There is no county yet: start `watchgrid up` or `watchgrid demo` first.")


def store_county(session: Session, county: County, now: datetime) -> None:
    """Store a generated county into empty tables: divisions, points, cameras, stations, units and roads."""
    towns = _store(session, Town, _region_rows(county.towns))
    grids = _store(session, Grid, _region_rows(county.grids, "town_id", towns))
    _store(session, SubGrid, [_without_name(row) for row in _region_rows(county.sub_grids, "grid_id", grids)])
    points = _store(session, Point, _point_rows(county, towns, grids))
    _store(session, Camera, _camera_rows(county, points, towns, grids))
    stations = _store(session, Station, _station_rows(county, towns))
    _store(session, Unit, _unit_rows(county, stations, towns))
    session.add(RoadNetworkRow(version=county.roads.version, loaded_at=now, arrays=county.roads.to_bytes()))
    session.add(
        CountyRow(
            name=county.name, version=county.version(), generated=True, outline=shapely.to_wkb(county.outline)
        )
    )


def county_row(session: Session) -> CountyRow:
    """Return the county served here. Raises NoCounty."""
    row = session.scalar(select(CountyRow).order_by(CountyRow.id.desc()).limit(1))
    if row is None:
        raise NoCounty
    return row


def road_network(session: Session) -> RoadNetwork:
    """Return the newest road network, read once per process and version. Raises NoCounty."""
    version = session.scalar(select(RoadNetworkRow.version).order_by(RoadNetworkRow.id.desc()).limit(1))
    if version is None:
        raise NoCounty
    network = _networks.get(version)
    if network is None:
        arrays = session.scalars(select(RoadNetworkRow.arrays).where(RoadNetworkRow.version == version)).one()
        network = roads.from_bytes(arrays)
        _networks.clear()
        _networks[version] = network
    return network


def county_summary(session: Session, site_timezone: str, now: datetime) -> dict[str, Any]:
    """Return name, bounds, counts and version of the county. Raises NoCounty."""
    row = county_row(session)
    west, south, east, north = shapely.from_wkb(row.outline).bounds
    counts = {
        name: session.scalar(select(func.count()).select_from(table))
        for name, table in (("towns", Town), ("grids", Grid), ("sub_grids", SubGrid), ("points", Point))
    }
    for kind in ("hd", "social"):
        of_kind = select(func.count()).select_from(Camera).where(Camera.kind == kind)
        counts[f"cameras_{kind}"] = session.scalar(of_kind)
    counts["units"] = session.scalar(select(func.count()).select_from(Unit))
    return {
        "name": row.name,
        "bounds": [west, south, east, north],
        "centre": [round((west + east) / 2, 6), round((south + north) / 2, 6)],
        "counts": counts,
        "version": row.version,
        "site_timezone": site_timezone,
        "server_time": to_text(now),
    }


def _store(session: Session, table: type[Table], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert rows and return their ids in the same order."""
    ids = insert(table).returning(table.__table__.c.id, sort_by_parameter_order=True)
    return list(session.scalars(ids, list(rows)))


def _region_rows(regions: Regions, above: str = "", ids: Sequence[int] = ()) -> list[dict[str, Any]]:
    rows = []
    shapes = shapely.to_wkb(regions.areas)
    for i, (code, name, shape) in enumerate(zip(regions.codes, regions.names, shapes, strict=True)):
        row: dict[str, Any] = {"code": code, "name": name, "geometry": shape}
        row |= {above: ids[regions.above[i]]} if above else {"kind": regions.kinds[i]}
        rows.append(row)
    return rows


def _without_name(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "name"}


def _point_rows(county: County, towns: Sequence[int], grids: Sequence[int]) -> list[dict[str, Any]]:
    made = county.points
    return [
        {
            "code": made.codes[i],
            "name": made.names[i],
            "kind": made.kinds[i],
            "lon": float(made.lon[i]),
            "lat": float(made.lat[i]),
            "town_id": towns[made.town[i]],
            "grid_id": grids[made.grid[i]],
        }
        for i in range(len(made.codes))
    ]


def _camera_rows(
    county: County, points: Sequence[int], towns: Sequence[int], grids: Sequence[int]
) -> list[dict[str, Any]]:
    made = county.cameras
    return [
        {
            "code": made.codes[i],
            "name": made.names[i],
            "kind": made.kinds[i],
            "point_id": points[made.point[i]] if made.point[i] >= 0 else None,
            "lon": float(made.lon[i]),
            "lat": float(made.lat[i]),
            "heading_deg": float(made.heading_deg[i]),
            "view_deg": float(made.view_deg[i]),
            "range_m": float(made.range_m[i]),
            "town_id": towns[made.town[i]],
            "grid_id": grids[made.grid[i]],
        }
        for i in range(len(made.codes))
    ]


def _station_rows(county: County, towns: Sequence[int]) -> list[dict[str, Any]]:
    made = county.stations
    return [
        {
            "code": made.codes[i],
            "name": made.names[i],
            "kind": made.kinds[i],
            "lon": float(made.lon[i]),
            "lat": float(made.lat[i]),
            "town_id": towns[made.town[i]],
        }
        for i in range(len(made.codes))
    ]


def _unit_rows(county: County, stations: Sequence[int], towns: Sequence[int]) -> list[dict[str, Any]]:
    made = county.units
    return [
        {
            "code": made.codes[i],
            "name": made.names[i],
            "kind": made.kinds[i],
            "station_id": stations[made.station[i]],
            "town_id": towns[made.town[i]],
            "lon": float(made.lon[i]),
            "lat": float(made.lat[i]),
        }
        for i in range(len(made.codes))
    ]
