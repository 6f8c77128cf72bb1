"""Merging: what the files hold laid over what the database holds, references found, every check made."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely

from geo.roads import RoadNetwork
from operations.county_import.areas import (
    Areas,
    find_parents,
    mend,
    tell_overlaps,
    tell_uncovered,
)
from operations.county_import.findings import Findings
from operations.county_import.layers import FIELDS, PLACES, shown_names, town_kind
from operations.county_import.placing import Ground, place_rows
from operations.county_import.road_layer import RoadLayer, clipped
from operations.county_import.rows import LayerRows, Row, Teller
from operations.county_import.standing import Standing, Stood

Known = Mapping[str, Mapping[str, Stood]]


@dataclass
class Read:
    """The files as read, by layer."""

    layers: dict[str, LayerRows] = field(default_factory=dict)
    roads: RoadLayer | None = None


@dataclass
class Merged:
    """Areas as they will be, the ground of places, and the roads to come (None: as they are)."""

    towns: Areas
    grids: Areas
    sub_grids: Areas
    ground: Ground
    roads: RoadNetwork | None


def merge(
    read: Read, base: Known, here: Standing, found: Findings, known_roads: RoadNetwork | None
) -> Merged:
    """Resolve and check the rows of `read` in place; base: what of the database stays."""
    for layer in read.layers:
        tell_missing(read.layers[layer], base[layer], found)
    towns, grids, sub_grids = (_areas(layer, read, base, found) for layer in ("towns", "grids", "sub_grids"))
    for layer, areas, above, reference in (
        ("grids", grids, towns, "town"),
        ("sub_grids", sub_grids, grids, "grid"),
    ):
        if layer in read.layers:
            find_parents(areas, above, reference, _teller(read, layer, found))
    _check_areas(read, (towns, grids, sub_grids), found)
    roads = _roads(read, towns, found)
    ground = Ground.of(grids, roads or known_roads)
    _take_place_of_point(read, base, found)
    for layer in ("points", "cameras", "stations"):
        if layer in read.layers:
            rows = read.layers[layer]
            place_rows(rows.rows, ground, rows.system, _teller(read, layer, found))
            if layer == "stations":  # these have a town only
                for row in rows.rows:
                    row.values.pop("grid", None)
    _find_stations(read, base, here, towns, found)
    return Merged(towns, grids, sub_grids, ground, roads)


def tell_missing(made: LayerRows, known: Mapping[str, Stood], found: Findings) -> None:
    """Tell what rows lack that are not known yet; those that are known keep what the file does not say."""
    layer = made.file.layer
    tell = Teller(layer, made.file.name, found)
    new = [row for row in made.rows if row.code not in known]
    for name in [one.name for one in FIELDS[layer] if one.needed and one.name != "code"]:
        lacking = [row for row in new if name not in row.values and not found.told_of(layer, row.number)]
        if lacking and name not in made.columns:
            tell.error("no_column", field=name, names=" / ".join(shown_names(layer, name)))
            continue
        for row in lacking:
            tell.error("missing", row.number, (name, None))
    if layer in PLACES:
        for row in new:
            if np.isnan(row.lon) and "point" not in row.values and not found.told_of(layer, row.number):
                tell.error("no_place", row.number, ("lon", None))


def _teller(read: Read, layer: str, found: Findings) -> Teller:
    return Teller(layer, read.layers[layer].file.name, found)


def _areas(layer: str, read: Read, base: Known, found: Findings) -> Areas:
    """Return the areas of a layer as they will be: those of the file, then those it does not hold."""
    made, known = read.layers.get(layer), base[layer]
    rows: list[Row] = []
    if made:
        tell = _teller(read, layer, found)
        mend(made.rows, tell)
        for row in made.rows:
            if row.shape is None and row.code in known:
                row.shape = known[row.code].shape
            if row.shape is not None:
                rows.append(row)
            elif not found.told_of(layer, row.number):
                tell.error("no_shape", row.number, ("code", row.code))
        made.rows = rows
        for row in rows:
            _default_names(layer, row, known.get(row.code))
    mine = {row.code for row in rows}
    kept = [code for code in known if code not in mine]
    above = {"grids": "town", "sub_grids": "grid"}.get(layer)
    parents: list[str | None] = [None for _ in rows]
    parents += [known[code].values[above] if above else None for code in kept]
    shapes = [row.shape for row in rows] + [known[code].shape for code in kept]
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return Areas(
        codes=[row.code for row in rows] + kept,
        names=[row.values.get("name", "") for row in rows] + [known[c].values.get("name", "") for c in kept],
        shapes=array,
        rows=[*rows, *(None for _ in kept)],
        parents=parents,
    )


def _default_names(layer: str, row: Row, stood: Stood | None) -> None:
    if layer == "sub_grids":
        return
    if stood is not None:
        row.values.setdefault("name", stood.values["name"])
    row.values.setdefault("name", row.code)
    if layer == "towns":
        row.values.setdefault("kind", town_kind(row.values["name"]))


def _check_areas(read: Read, areas: tuple[Areas, Areas, Areas], found: Findings) -> None:
    names = ("towns", "grids", "sub_grids")
    for layer, mine, below in zip(names, areas, (*areas[1:], None), strict=True):
        if layer in read.layers and mine.codes:
            tell_overlaps(mine, _teller(read, layer, found))
        lower = names[names.index(layer) + 1] if below else None
        if below and below.codes and mine.codes and {layer, lower} & set(read.layers):
            parts = set(below.parents)
            told = [lower == "grids" or code in parts for code in mine.codes]
            tell = _teller(read, layer if layer in read.layers else str(lower), found)
            tell_uncovered(below, mine, tell, told.__getitem__)


def _roads(read: Read, towns: Areas, found: Findings) -> RoadNetwork | None:
    """Return the roads of the file, cut to the county."""
    if read.roads is None or read.roads.network is None:
        return None
    tell = Teller("roads", read.roads.file.name, found)
    if not towns.codes:
        return read.roads.network
    network = clipped(read.roads.network, shapely.union_all(towns.shapes))
    if network is None:
        tell.error("roads_away")
    return network


def _take_place_of_point(read: Read, base: Known, found: Findings) -> None:
    """Check the points that cameras name, and give cameras without a place that of their point."""
    if "cameras" not in read.layers:
        return
    points = read.layers.get("points")
    by_code = {row.code: (row.lon, row.lat) for row in points.rows} if points else {}
    for code, stood in base["points"].items():
        by_code.setdefault(code, (stood.values["lon"], stood.values["lat"]))
    tell = _teller(read, "cameras", found)
    _tell_no_layer(read.layers["cameras"].rows, "point", by_code, tell)
    for row in read.layers["cameras"].rows:
        point = row.values.get("point")
        if point is not None and point not in by_code:
            tell.error("no_parent", row.number, ("point", point), other=point)
            row.values.pop("point")
        elif point is not None and np.isnan(row.lon):
            row.lon, row.lat = by_code[point]
        if row.values.get("sub_source") and not str(row.values.get("source", "")).startswith("rtsp"):
            tell.error("sub_alone", row.number, ("sub_source", None))


def _tell_no_layer(rows: list[Row], reference: str, known: Mapping[str, object], tell: Teller) -> None:
    """Tell once, not in every row, that the layer a reference leads to is empty; drop the references."""
    named = [row for row in rows if reference in row.values]
    if known or not named:
        return
    tell.error("no_layer", None, (reference, None), rows=len(named), other=f"{reference}s")
    for row in named:
        row.values.pop(reference)


def _find_stations(read: Read, base: Known, here: Standing, towns: Areas, found: Findings) -> None:
    """Give every unit in the file its station and town by code."""
    if "units" not in read.layers:
        return
    tell = _teller(read, "units", found)
    stations: dict[str, tuple[str, str | None]] = {}  # code -> name, town
    for code, stood in base["stations"].items():
        stations[code] = stood.values["name"], stood.values["town"]
    for row in read.layers["stations"].rows if "stations" in read.layers else ():
        stations[row.code] = row.values.get("name", ""), row.values.get("town")
    _tell_no_layer(read.layers["units"].rows, "station", stations, tell)
    for row in read.layers["units"].rows:
        named = row.values.get("station")
        codes = [named] if named in stations else [c for c, (name, _) in stations.items() if name == named]
        if named is not None and len(codes) != 1:
            tell.error("two_parents" if codes else "no_parent", row.number, ("station", named), other=named)
        elif codes:
            row.values["station"] = codes[0]
            row.values.setdefault("town", stations[str(codes[0])][1])
        town = row.values.get("town")
        if town is not None and town not in towns.codes:
            places = towns.find(town)
            if len(places) != 1:
                tell.error("two_parents" if places else "no_parent", row.number, ("town", town), other=town)
            else:
                row.values["town"] = towns.codes[places[0]]
        shift = row.values.get("shift")
        if shift is not None and shift not in here.shifts:
            tell.error("unknown_kind", row.number, ("shift", shift), known=", ".join(here.shifts) or "–")
