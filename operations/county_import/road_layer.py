"""The road layer: OSM extracts or lines, by geo.road_import, cut to the county; its findings in our words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.road_building import largest_part
from geo.road_import import RoadReport, UnreadableRoads, roads_from_geojson, roads_from_osm
from geo.roads import RoadNetwork
from operations.county_import.cells import plain
from operations.county_import.findings import BadFile, Findings
from operations.county_import.layers import plain_heading
from operations.county_import.reading import checked_start, read_file
from operations.county_import.records import Content, LayerFile
from operations.county_import.rows import Teller, Wishes
from operations.county_import.systems import System, chosen, system_said, to_wgs84

AROUND_DEG = 0.05  # 5 km: ways between two places of the county may leave it
WORDS = {
    "class": ("class", "highway", "fclass", "type", "等级", "道路等级", "技术等级", "道路类型", "类型"),
    "oneway": ("oneway", "单行", "单行道", "是否单行"),
    "maxspeed": ("maxspeed", "speed", "限速", "设计时速"),
    "name": ("name", "名称", "道路名称", "路名"),
    "code": ("code", "编码", "编号", "路线编号"),
}


@dataclass(frozen=True)
class RoadLayer:
    """The roads of a file; network: None where it has errors. lines: how many were read."""

    file: LayerFile
    network: RoadNetwork | None
    lines: int
    system: System


def road_layer(file: LayerFile, wishes: Wishes, found: Findings) -> RoadLayer:
    """Read roads; what is wrong goes to `found`. OSM is in WGS-84 whatever was asked for."""
    tell, system = Teller("roads", file.name, found), System("wgs84")
    try:
        if checked_start(file) in (".pbf", ".osm"):
            imported = roads_from_osm(file.path)
        else:
            content = read_file(file)
            system = chosen(wishes.system, system_said(content.said))
            features = _features(content, wishes.mapping.get("roads", {}))
            imported = roads_from_geojson(
                features, lambda x, y: to_wgs84(system, np.asarray(x), np.asarray(y))
            )
    except BadFile as error:
        tell.error(error.code, **error.numbers)
        return RoadLayer(file, None, 0, system)
    except UnreadableRoads:
        tell.error("unreadable", why="it is no whole OpenStreetMap file")
        return RoadLayer(file, None, 0, system)
    _tell(imported.report, tell)
    return RoadLayer(file, imported.network, int(imported.report.counts.get("roads", 0)), system)


def _features(content: Content, mapping: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the records as features with the property names that road_import knows."""
    owner = {plain_heading(word): name for name, words in reversed(WORDS.items()) for word in words}
    columns = {name: heading for name, heading in mapping.items() if name in WORDS}
    for heading in content.headings:
        columns.setdefault(owner.get(plain_heading(heading), heading), heading)
    return [
        {
            "id": record.row,
            "properties": {
                name: plain(record.values.get(columns[name])) for name in WORDS if name in columns
            },
            "geometry": shapely.geometry.mapping(record.geometry) if record.geometry is not None else None,
        }
        for record in content.records
    ]


def _tell(report: RoadReport, tell: Teller) -> None:
    for severity, findings in ((tell.error, report.errors), (tell.warning, report.warnings)):
        for one in findings:
            number = one.feature.split(" ")[0]
            row = int(number) if number.isdigit() else None
            severity(f"road_{one.code}", row, (one.field, one.value) if one.value else None, count=one.value)


def clipped(network: RoadNetwork, outline: BaseGeometry) -> RoadNetwork | None:
    """Return the connected roads within AROUND_DEG of the county; None where none is in it."""
    wide = outline.convex_hull.buffer(AROUND_DEG)
    shapely.prepare(wide)
    near = shapely.contains_xy(wide, network.lon, network.lat)
    shapely.prepare(outline)
    if not near.any() or not shapely.contains_xy(outline, network.lon[near], network.lat[near]).any():
        return None
    if near.all():
        return network
    edge = near[network.source] & near[network.target]
    number = np.cumsum(near) - 1
    indptr = np.zeros(int(near.sum()) + 1, dtype=np.int32)
    np.cumsum(np.bincount(number[network.source[edge]], minlength=len(indptr) - 1), out=indptr[1:])
    inside = replace(
        network,
        lon=network.lon[near],
        lat=network.lat[near],
        indptr=indptr,
        target=number[network.target[edge]].astype(np.int32),
        length_m=network.length_m[edge],
        seconds=network.seconds[edge],
        road_class=network.road_class[edge],
    )
    return largest_part(inside).network
