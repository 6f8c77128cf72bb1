"""Map layers as the console draws them: GeoJSON of areas and places, compact roads, cameras as columns."""

import json
from typing import Any

import shapely
from sqlalchemy import select

from geo.road_lines import SCALE, road_lines
from operations.county import road_network
from operations.store import Session
from operations.tables import Camera, Grid, Point, Station, SubGrid, Town

Json = dict[str, Any]


def towns(session: Session) -> Json:
    """Return the towns as a GeoJSON FeatureCollection."""
    rows = session.execute(select(Town.id, Town.code, Town.name, Town.kind, Town.geometry).order_by(Town.id))
    return _areas([dict(row._mapping) for row in rows])


def grids(session: Session) -> Json:
    """Return the grids as a GeoJSON FeatureCollection."""
    columns = (Grid.id, Grid.code, Grid.name, Grid.town_id, Grid.geometry)
    return _areas([dict(row._mapping) for row in session.execute(select(*columns).order_by(Grid.id))])


def sub_grids(session: Session) -> Json:
    """Return the sub-grids as a GeoJSON FeatureCollection."""
    columns = (SubGrid.id, SubGrid.code, SubGrid.grid_id, SubGrid.geometry)
    return _areas([dict(row._mapping) for row in session.execute(select(*columns).order_by(SubGrid.id))])


def points(session: Session) -> Json:
    """Return the monitoring points as a GeoJSON FeatureCollection."""
    columns = (
        Point.id,
        Point.code,
        Point.name,
        Point.kind,
        Point.town_id,
        Point.grid_id,
        Point.lon,
        Point.lat,
    )
    return _places([dict(row._mapping) for row in session.execute(select(*columns).order_by(Point.id))])


def stations(session: Session) -> Json:
    """Return the police stations and posts as a GeoJSON FeatureCollection."""
    columns = (
        Station.id,
        Station.code,
        Station.name,
        Station.kind,
        Station.town_id,
        Station.lon,
        Station.lat,
    )
    return _places([dict(row._mapping) for row in session.execute(select(*columns).order_by(Station.id))])


def roads(session: Session) -> Json:
    """Return the roads as lines of integer steps. Raises NoCounty."""
    network = road_network(session)
    lines = [{"class": road_class, "xy": xy} for road_class, xy in road_lines(network)]
    return {"version": network.version, "scale": SCALE, "lines": lines}


def cameras(session: Session) -> Json:
    """Return all cameras as columns of equal length; `live` tells which have a source."""
    has_source = Camera.source.is_not(None).label("live")
    columns = (Camera.id, Camera.code, Camera.lon, Camera.lat, Camera.kind, Camera.state, has_source)
    rows = session.execute(select(*columns).order_by(Camera.id)).all()
    names = ("id", "code", "lon", "lat", "kind", "state", "live")
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


def _areas(rows: list[Json]) -> Json:
    shapes = shapely.to_geojson(shapely.from_wkb([row.pop("geometry") for row in rows]))
    return _collection(rows, [json.loads(shape) for shape in shapes])


def _places(rows: list[Json]) -> Json:
    return _collection(
        rows, [{"type": "Point", "coordinates": [row.pop("lon"), row.pop("lat")]} for row in rows]
    )


def _collection(rows: list[Json], shapes: list[Json]) -> Json:
    features = [
        {"type": "Feature", "id": row["id"], "geometry": shape, "properties": row}
        for row, shape in zip(rows, shapes, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}
