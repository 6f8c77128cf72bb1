"""Roads from files: OpenStreetMap extracts and GeoJSON lines, with a report of what was taken and left out.

What words mean is in road_tags.py, how lines become a network in road_building.py. Nothing is stored here.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import osmium
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.coordinates import LocalMetres, LonLat, Pair
from geo.road_building import RoadLine, largest_part, network_of
from geo.road_tags import (
    BOTH,
    OSM_CLASS,
    Direction,
    class_of,
    direction_of,
    left_out,
    osm_direction,
    speed_kmh,
)
from geo.roads import RoadNetwork

JOIN_M = 2.0
"""Ends of GeoJSON lines so near to each other, or to a corner of another line, meet."""
SMALL_SHARE = 0.2
"""A largest connected part below this share of all nodes is no road network: the lines do not join."""
Convert = Callable[[Any, Any], Pair]


class UnreadableRoads(Exception):
    """The file holds no roads that can be read; the sentence names the fix."""


@dataclass(frozen=True, slots=True)
class RoadFinding:
    """What is wrong or odd: a code, the feature and field it is about, the value found, and what to do."""

    code: str
    feature: str
    field: str
    value: str
    fix: str


@dataclass(frozen=True)
class RoadReport:
    """Counts (roads, nodes, edges, metres, parts, dropped_nodes, dropped_m, left_out by reason) and findings.

    With an error there is no network; warnings are to be read, then accepted or not.
    """

    counts: dict[str, Any] = field(default_factory=dict)
    errors: list[RoadFinding] = field(default_factory=list)
    warnings: list[RoadFinding] = field(default_factory=list)


@dataclass(frozen=True)
class ImportedRoads:
    """The network of a file's largest connected part, None if the report has errors."""

    network: RoadNetwork | None
    report: RoadReport


def roads_from_osm(path: Path) -> ImportedRoads:
    """Read an OpenStreetMap extract (.osm.pbf, .osm, .osm.gz, .osm.bz2). Raises UnreadableRoads."""
    report, lines, omitted = RoadReport(), [], Counter[str]()
    ways = osmium.FileProcessor(str(path)).with_locations()
    try:
        for way in ways.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY)).with_filter(
            osmium.filter.KeyFilter("highway", "route")
        ):
            tags = dict(way.tags)
            why = left_out(tags)
            if why is None:
                lines += _osm_lines(way, tags, omitted)
            elif why != "not_for_cars" or "highway" in tags:
                omitted[why] += 1
    except (RuntimeError, OSError) as error:
        raise UnreadableRoads(
            f"The file cannot be read as OpenStreetMap data ({error}): export it again as .osm.pbf or .osm."
        ) from None
    if omitted["ferry"]:
        report.warnings.append(
            _finding("ferries", "", "route", omitted["ferry"], "know that islands are left out")
        )
    if omitted["places_missing"]:
        fix = "take a complete extract: roads end at the cut"
        report.warnings.append(_finding("cut_roads", "", "nodes", omitted["places_missing"], fix))
    return _connected(lines, report, omitted)


def roads_from_geojson(
    features: Sequence[Mapping[str, Any]], convert: Convert = lambda x, y: (x, y)
) -> ImportedRoads:
    """Read features of lines: properties class (or highway), oneway, maxspeed; all may be missing but class.

    convert: from the file's coordinates to WGS-84 degrees. Lines meet at their ends, and where an end touches
    another line's corner; lines that only cross (bridges) do not.
    """
    report, roads = RoadReport(), []
    for number, feature in enumerate(features, 1):
        roads += _surveyed(feature, _name(feature, number), convert, report)
    if not roads and not report.errors:
        fix = "take features of lines (LineString) with a property class"
        report.errors.append(_finding("no_roads", "", "geometry", "", fix))
    if report.errors:
        report.counts["roads"] = len(roads)
        return ImportedRoads(None, report)
    return _connected(_joined(roads), report, Counter())


def _osm_lines(way: Any, tags: Mapping[str, str], omitted: Counter[str]) -> list[RoadLine]:
    """Return a way as lines: one, or several where places are missing from the extract."""
    known = [(node.ref, node.lon, node.lat) if node.location.valid() else None for node in way.nodes]
    lines, run = [], list[tuple[int, float, float]]()
    for place in [*known, None]:
        if place is not None:
            if not run or place[0] != run[-1][0]:
                run.append(place)
            continue
        if len(run) > 1:
            keys, lon, lat = zip(*run, strict=True)
            lines.append(
                RoadLine(
                    np.array(keys, dtype=np.int64),
                    np.array(lon),
                    np.array(lat),
                    OSM_CLASS[tags["highway"]],
                    osm_direction(tags),
                    speed_kmh(tags.get("maxspeed", "")),
                )
            )
        run = []
    omitted["places_missing"] += known.count(None)
    return lines


def _surveyed(feature: Mapping[str, Any], name: str, convert: Convert, report: RoadReport) -> list[RoadLine]:
    """Return a feature's lines, noting what is wrong with it; keys are set later."""
    said = feature.get("properties") or {}
    word = str(said.get("class", said.get("highway", "")) or "")
    road_class, direction, kmh = class_of(word), _direction(said), _speed(said)
    if road_class is None:
        fix = "name it national, provincial, county, street or lane (国道 省道 县道 乡道 村道), or 0 to 4"
        report.errors.append(_finding("class", name, "class", word, fix))
    if direction is None:
        fix = "say yes (along the line), -1 (against it) or no"
        report.errors.append(_finding("oneway", name, "oneway", said["oneway"], fix))
    if kmh is None:
        fix = "say km/h as a number, or leave it empty"
        report.errors.append(_finding("maxspeed", name, "maxspeed", said["maxspeed"], fix))
    lines = []
    for part in _parts(feature, name, report):
        lon, lat = (np.asarray(axis, dtype=np.float64) for axis in convert(part[:, 0], part[:, 1]))
        if not (np.abs(lon) <= 180).all() or not (np.abs(lat) <= 85).all():
            fix = "name the coordinate system the file is in: these are no degrees"
            report.errors.append(_finding("coordinates", name, "geometry", part[0].tolist(), fix))
        elif road_class is not None and direction is not None and kmh is not None:
            lines.append(
                RoadLine(np.zeros(len(lon), dtype=np.int64), lon, lat, road_class, direction, kmh or None)
            )
    return lines


def _direction(said: Mapping[str, Any]) -> Direction | None:
    word = said.get("oneway")
    return BOTH if word is None else direction_of(str(word))


def _speed(said: Mapping[str, Any]) -> float | None:
    """Return the speed said, 0 where nothing is, None for what is no speed."""
    word = str(said.get("maxspeed") if said.get("maxspeed") is not None else "").strip()
    return speed_kmh(word) if word not in ("", "0") else 0.0


def _parts(feature: Mapping[str, Any], name: str, report: RoadReport) -> list[Any]:
    """Return the places of a feature's lines as arrays [n, 2]."""
    shape = feature.get("geometry") or {}
    kind = shape.get("type")
    if kind not in ("LineString", "MultiLineString"):
        report.errors.append(_finding("geometry", name, "geometry", kind, "draw roads as LineString"))
        return []
    parts = shape.get("coordinates") or []
    found = []
    for part in [parts] if kind == "LineString" else parts:
        try:
            places = np.array([place[:2] for place in part], dtype=np.float64).reshape(-1, 2)
        except (TypeError, ValueError):
            places = np.full((1, 2), np.nan)
        if len(places) < 2 or not np.isfinite(places).all():
            fix = "give every line two places or more, each [lon, lat]"
            report.errors.append(_finding("line", name, "geometry", str(part)[:60], fix))
        else:
            found.append(places)
    return found


def _joined(roads: Sequence[RoadLine]) -> list[RoadLine]:
    """Return the lines with equal keys where they meet: near ends, and near corners that an end touches."""
    lon, lat = (np.concatenate([getattr(road, axis) for road in roads]) for axis in ("lon", "lat"))
    plane = LocalMetres(LonLat(float(lon.mean()), float(lat.mean())))
    places = np.column_stack(plane.from_lonlat(lon, lat))
    sizes = np.array([len(road.lon) for road in roads])
    after = np.cumsum(sizes)
    ends = np.concatenate([after - sizes, after - 1])
    near = cKDTree(places).query_ball_point(places[ends], JOIN_M)
    pairs = np.array(
        [(end, other) for end, others in zip(ends.tolist(), near, strict=True) for other in others]
    )
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(places), len(places)))
    keys = connected_components(graph, directed=False)[1].astype(np.int64)
    return [
        RoadLine(key, road.lon, road.lat, road.road_class, road.direction, road.kmh)
        for key, road in zip(np.split(keys, after[:-1]), roads, strict=True)
    ]


def _connected(lines: Sequence[RoadLine], report: RoadReport, omitted: Counter[str]) -> ImportedRoads:
    if not lines:
        fix = "take an extract with roads for cars (highway=…)"
        report.errors.append(_finding("no_roads", "", "highway", "", fix))
        return ImportedRoads(None, report)
    whole = network_of(lines)
    part = largest_part(whole)
    network = part.network
    nodes = len(whole.lon)
    report.counts.update(
        roads=len(lines),
        nodes=len(network.lon),
        edges=len(network.target),
        metres=round(float(network.length_m.sum())),
        parts=part.parts,
        dropped_nodes=part.dropped_nodes,
        dropped_m=round(part.dropped_m),
        left_out={why: count for why, count in sorted(omitted.items()) if count and why != "places_missing"},
    )
    if part.dropped_nodes:
        fix = "join their ends if cars can drive there and back; else accept that they are left out"
        report.warnings.append(_finding("parts", "", "geometry", f"{part.dropped_nodes} of {nodes}", fix))
    if len(network.lon) < SMALL_SHARE * nodes or not len(network.target):
        fix = f"join lines where roads meet: ends more than {JOIN_M:g} m apart do not"
        report.errors.append(_finding("scattered", "", "geometry", f"{len(network.lon)} of {nodes}", fix))
    return ImportedRoads(None if report.errors else network, report)


def _name(feature: Mapping[str, Any], number: int) -> str:
    said = feature.get("properties") or {}
    known = feature.get("id") or said.get("id") or said.get("code") or said.get("name")
    return f"{number} ({known})" if known is not None else str(number)


def _finding(code: str, feature: str, about: str, value: object, fix: str) -> RoadFinding:
    return RoadFinding(code, feature, about, str(value), fix)
