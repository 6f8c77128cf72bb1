"""A county of two towns, four grids, one road, three cameras as files: for tests of the import."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shapely
from shapely import box

from operations.county_import.records import LayerFile
from tests.county_files import Row, write_csv, write_geojson

WEST, SOUTH, SIDE = 121.2, 28.1, 0.1
TOWNS = [
    ({"code": "330001", "name": "城关镇"}, box(121.2, 28.1, 121.3, 28.2)),
    ({"code": "330002", "name": "海游街道"}, box(121.3, 28.1, 121.4, 28.2)),
]
GRIDS = [
    ({"code": "W1", "name": "一格", "town": "330001"}, box(121.2, 28.1, 121.3, 28.15)),
    ({"code": "W2", "name": "二格", "town": "城关镇"}, box(121.2, 28.15, 121.3, 28.2)),
    ({"code": "W3", "name": "三格"}, box(121.3, 28.1, 121.4, 28.15)),
    ({"code": "W4", "name": "四格"}, box(121.3, 28.15, 121.4, 28.2)),
]
CAMERAS: list[Row] = [
    {"code": "K1", "name": "东门", "kind": "高清", "lon": 121.25, "lat": 28.12},
    {"code": "K2", "name": "西门", "kind": "社会", "lon": 121.35, "lat": 28.17},
    {"code": "K3", "name": "北门", "kind": "hd", "lon": 121.22, "lat": 28.19},
]
STATIONS: list[Row] = [{"code": "S9", "name": "城关派出所", "kind": "派出所", "lon": 121.26, "lat": 28.14}]
UNITS: list[Row] = [
    {"code": "P1", "name": "城区一组", "kind": "城区", "station": "城关派出所", "vehicle": "摩托车"}
]
ROAD = [[121.21, 28.15], [121.25, 28.15], [121.3, 28.15], [121.39, 28.15]]


def layer_file(path: Path, layer: str) -> LayerFile:
    return LayerFile(layer, path, path.name)


def areas_file(folder: Path, layer: str, areas: Sequence[tuple[Row, Any]]) -> LayerFile:
    path = write_geojson(
        folder / f"{layer}.geojson", [row for row, _ in areas], [shape for _, shape in areas]
    )
    return layer_file(path, layer)


def rows_file(folder: Path, layer: str, rows: Sequence[Row], encoding: str = "utf-8") -> LayerFile:
    return layer_file(write_csv(folder / f"{layer}.csv", rows, encoding), layer)


def road_file(folder: Path) -> LayerFile:
    line = {"type": "LineString", "coordinates": ROAD}
    road = {"type": "Feature", "properties": {"等级": "县道"}, "geometry": line}
    path = folder / "roads.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [road]}), encoding="utf-8")
    return layer_file(path, "roads")


def whole_county(folder: Path, cameras: Sequence[Row] = CAMERAS) -> list[LayerFile]:
    return [
        areas_file(folder, "towns", TOWNS),
        areas_file(folder, "grids", GRIDS),
        rows_file(folder, "cameras", cameras),
        rows_file(folder, "stations", STATIONS),
        rows_file(folder, "units", UNITS),
        road_file(folder),
    ]


def shifted(shape: Any, lon: float, lat: float) -> Any:
    return shapely.affinity.translate(shape, lon, lat)
