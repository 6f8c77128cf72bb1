"""The generated county written as files, as counties send them: GeoJSON, Shapefile, CSV, XLSX; for tests."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
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


def part_of(county: County, towns: int) -> dict[str, list[Row]]:
    """Return the rows of the first towns by layer; areas with their outline as `geometry`."""
    grid_in = county.grids.above < towns
    cell_in = grid_in[county.sub_grids.above]
    made = {
        "towns": _shaped(region_rows(county.towns, [], ""), county.towns, range(towns)),
        "grids": _shaped(
            region_rows(county.grids, county.towns.codes, "town"), county.grids, np.flatnonzero(grid_in)
        ),
        "sub_grids": _shaped(
            region_rows(county.sub_grids, county.grids.codes, "grid"),
            county.sub_grids,
            np.flatnonzero(cell_in),
        ),
        "points": _some(place_rows(county.points), county.points.town < towns),
        "cameras": _some(camera_rows(county), county.cameras.town < towns)[:700],
        "stations": _some(place_rows(county.stations), county.stations.town < towns),
    }
    known = {row["code"] for row in made["stations"]}
    made["units"] = [row for row in unit_rows(county) if row["station"] in known]
    points = {row["code"] for row in made["points"]}
    for row in made["cameras"]:
        row["point"] = row["point"] if row["point"] in points else ""
    return made


def _shaped(rows: list[Row], regions: Regions, chosen: Iterable[int]) -> list[Row]:
    return [{**rows[i], "geometry": regions.areas[i]} for i in chosen]


def _some(rows: list[Row], chosen: Any) -> list[Row]:
    return [row for row, wanted in zip(rows, chosen, strict=True) if wanted]


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


def write_roads(path: Path, county: County, within: Any) -> Path:
    """Write every road inside an outline once, as a line of two places; one-way roads say so."""
    roads = county.roads
    inside = shapely.contains_xy(within, roads.lon, roads.lat)
    edges = zip(roads.source.tolist(), roads.target.tolist(), roads.road_class.tolist(), strict=True)
    pairs = {(a, b): road_class for a, b, road_class in edges if inside[a] and inside[b]}
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
