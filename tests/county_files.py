"""The generated county written as files, as counties send them: GeoJSON, Shapefile, CSV, XLSX; for tests."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import shapefile
import shapely

from geo.generator import County
from geo.generator.county import Regions

Row = dict[str, Any]
Turn = Callable[[Any, Any], Any]


def same(lon: Any, lat: Any) -> Any:
    """Return the coordinates as they are."""
    return lon, lat


def region_rows(regions: Regions, above: Sequence[str], reference: str) -> list[Row]:
    rows = []
    for i, code in enumerate(regions.codes):
        row: Row = {"code": code, "name": regions.names[i]}
        row |= {reference: above[regions.above[i]]} if above else {"kind": regions.kinds[i]}
        rows.append(row)
    return rows


def place_rows(places: Any, turn: Turn = same) -> list[Row]:
    lon, lat = turn(places.lon, places.lat)
    return [
        {
            "code": code,
            "name": places.names[i],
            "kind": places.kinds[i],
            "lon": float(lon[i]),
            "lat": float(lat[i]),
        }
        for i, code in enumerate(places.codes)
    ]


def camera_rows(county: County, turn: Turn = same) -> list[Row]:
    rows = place_rows(county.cameras, turn)
    for i, row in enumerate(rows):
        point = county.cameras.point[i]
        row["grid"] = county.grids.codes[county.cameras.grid[i]]
        row["point"] = county.points.codes[point] if point >= 0 else ""
        for name in ("heading_deg", "view_deg", "range_m"):
            row[name] = float(getattr(county.cameras, name)[i])
    return rows


def unit_rows(county: County) -> list[Row]:
    units = county.units
    return [
        {
            "code": code,
            "name": units.names[i],
            "kind": units.kinds[i],
            "station": county.stations.codes[units.station[i]],
        }
        for i, code in enumerate(units.codes)
    ]


def write_csv(path: Path, rows: Sequence[Row], encoding: str = "utf-8", headings: Row | None = None) -> Path:
    """Write rows with their keys as headings, or as `headings` calls them."""
    names = list(rows[0])
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow([(headings or {}).get(name, name) for name in names])
        writer.writerows([row.get(name, "") for name in names] for row in rows)
    return path


def write_xlsx(path: Path, rows: Sequence[Row], headings: Row | None = None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    names = list(rows[0])
    sheet.append([(headings or {}).get(name, name) for name in names])
    for row in rows:
        sheet.append([row.get(name) for name in names])
    book.save(path)
    return path


def write_geojson(path: Path, rows: Sequence[Row], shapes: Sequence[Any], as_list: bool = False) -> Path:
    features = [
        {"type": "Feature", "properties": row, "geometry": json.loads(shapely.to_geojson(shape))}
        for row, shape in zip(rows, shapes, strict=True)
    ]
    made = features if as_list else {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    return path


def write_shapefile(path: Path, rows: Sequence[Row], shapes: Sequence[Any], encoding: str = "gbk") -> Path:
    """Write a zip of .shp, .dbf and .cpg; names are cut to ten signs, as dBase has it."""
    parts = {suffix: io.BytesIO() for suffix in ("shp", "shx", "dbf")}
    with shapefile.Writer(**parts, encoding=encoding) as writer:
        for name in rows[0]:
            writer.field(name[:10], "C", 80)
        for row, shape in zip(rows, shapes, strict=True):
            writer.shape(shapely.geometry.mapping(shapely.orient_polygons(shape, exterior_cw=True)))
            writer.record(*row.values())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for suffix, content in parts.items():
            package.writestr(f"网格.{suffix}", content.getvalue())
        package.writestr("网格.cpg", encoding.upper())
    return path


def write_roads(path: Path, county: County) -> Path:
    """Write every road once as a line of two places; one-way roads say so."""
    roads = county.roads
    pairs = {
        (int(a), int(b)): int(c) for a, b, c in zip(roads.source, roads.target, roads.road_class, strict=True)
    }
    features = []
    for (a, b), road_class in pairs.items():
        if (b, a) in pairs and b < a:
            continue
        line = [[float(roads.lon[i]), float(roads.lat[i])] for i in (a, b)]
        said = {"class": road_class, "oneway": "no" if (b, a) in pairs else "yes"}
        features.append(
            {"type": "Feature", "properties": said, "geometry": {"type": "LineString", "coordinates": line}}
        )
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path
