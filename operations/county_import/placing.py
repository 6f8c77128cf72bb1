"""Placing: the grid and town of every camera, point and station, and whether the places make sense at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import coordinates
from geo.coordinates import Pair, haversine_m
from geo.grids import RegionIndex, index_areas
from geo.roads import RoadNetwork
from operations.county_import.areas import Areas
from operations.county_import.rows import Row, Teller
from operations.county_import.systems import DEGREES, System

NEAR_M = 500.0  # a camera on the county's border may stand on its far side
MOSTLY = 0.3
SAMPLE = 400
SUSPECT_M, BETTER = 60.0, 0.5
FAR_FROM_ROAD_M = 3_000.0
Floats = NDArray[np.float64]


@dataclass
class Ground:
    """Where places are looked up: grids (or towns, where there are no grids yet) and the roads."""

    grids: Areas
    index: RegionIndex | None
    roads: RoadNetwork | None
    numbers: dict[str, int]  # of grids by code

    @classmethod
    def of(cls, grids: Areas, roads: RoadNetwork | None) -> "Ground":
        """Return the ground of these grids."""
        index = index_areas(grids.shapes) if grids.codes else None
        return cls(grids, index, roads, {code: number for number, code in enumerate(grids.codes)})

    def locate(self, lon: Floats, lat: Floats) -> tuple[NDArray[np.int64], Floats]:
        """Return the grid of each place, the nearest for those in none, and metres away from it."""
        away = np.zeros(len(lon))
        if self.index is None or not len(lon):
            return np.full(len(lon), -1, dtype=np.int64), away
        found = self.index.locate(lon, lat)
        for outside in np.flatnonzero((found < 0) & np.isfinite(lon)):
            place = shapely.Point(lon[outside], lat[outside])
            grid = self.index.nearest(lon[outside], lat[outside])
            (x1, y1), (x2, y2) = shapely.get_coordinates(shapely.shortest_line(place, self.index.areas[grid]))
            found[outside], away[outside] = grid, haversine_m(x1, y1, x2, y2)
        return found, away


def place_rows(rows: Sequence[Row], ground: Ground, system: System, tell: Teller) -> None:
    """Give every row its grid and town by place, telling what lies outside."""
    lon, lat = (np.array([getattr(row, name) for row in rows], dtype=float) for name in ("lon", "lat"))
    placed = np.isfinite(lon)
    rows = [row for row, there in zip(rows, placed, strict=True) if there]
    lon, lat = lon[placed], lat[placed]
    grid, away = ground.locate(lon, lat)
    outside = away > NEAR_M
    if len(rows) >= 5 and outside.mean() > MOSTLY:
        numbers: dict[str, Any] = {
            "outside": int(outside.sum()),
            "rows": len(rows),
            "hint": _hint(lon, lat, ground, system),
        }
        tell.warning("mostly_outside", **numbers)
    for row, index, metres in zip(rows, grid.tolist(), away, strict=True):
        if index < 0:
            continue
        if metres > NEAR_M:
            tell.error("outside", row.number, ("code", row.code), away_m=round(float(metres)))
            continue
        code, named = ground.grids.codes[index], row.values.pop("grid", None)
        if metres > 0 and named in ground.numbers:
            code, index = named, ground.numbers[named]  # in a gap between grids: whoever says whose is right
        elif metres > 0:
            tell.warning("beside", row.number, ("code", row.code), away_m=round(float(metres)), other=code)
        elif named is not None and named not in (code, ground.grids.names[index]):
            tell.warning("other_grid", row.number, ("grid", named), found=code, other=named)
        row.values["grid"], row.values["town"] = code, ground.grids.parents[index]
    _tell_twins(rows, lon, lat, tell)
    tell_system(lon, lat, ground.roads, system, tell)


def _tell_twins(rows: Sequence[Row], lon: Floats, lat: Floats, tell: Teller) -> None:
    """Tell places that are exactly those of another row and look the same way."""
    first: dict[tuple[float, float, float | None], Row] = {}
    for row, x, y in zip(rows, lon.tolist(), lat.tolist(), strict=True):
        key = (round(x, 7), round(y, 7), row.values.get("heading_deg"))
        if row.values.get("point") is not None and "heading_deg" not in row.values:
            continue  # cameras of one pole, whose directions the file does not tell
        twin = first.setdefault(key, row)
        if twin is not row:
            tell.warning("same_place", row.number, ("code", row.code), other=twin.code)


def _systems_as_if(lon: Floats, lat: Floats, system: System) -> dict[str, Pair]:
    """Return the places as they would be, had the file been in each other system."""
    back = {"gcj02": coordinates.wgs84_to_gcj02, "bd09": coordinates.wgs84_to_bd09}
    x, y = back[system.name](lon, lat) if system.name in back else (lon, lat)
    return {name: turn(x, y) for name, turn in DEGREES.items() if name not in (system.name, "cgcs2000")}


def _hint(lon: Floats, lat: Floats, ground: Ground, system: System) -> str:
    """Return which other coordinate system puts the places into the county, or which to try."""
    inside = {}
    for name, (x, y) in _systems_as_if(lon, lat, system).items():
        assert ground.index is not None
        inside[name] = float((ground.index.locate(x, y) >= 0).mean())
    best = max(inside, key=lambda name: inside[name])
    return f"{best} puts {inside[best]:.0%} of them inside"


def tell_system(lon: Floats, lat: Floats, roads: RoadNetwork | None, system: System, tell: Teller) -> None:
    """Tell when another coordinate system brings the places much nearer to the roads (GCJ-02: 500 m)."""
    if roads is None or len(lon) < 20 or system.name not in DEGREES:
        return
    some = np.linspace(0, len(lon) - 1, min(len(lon), SAMPLE)).astype(int)
    lon, lat = lon[some], lat[some]
    given = float(np.median(road_metres(roads, lon, lat)))
    if not SUSPECT_M < given < FAR_FROM_ROAD_M:
        return
    others = {
        name: float(np.median(road_metres(roads, *place)))
        for name, place in _systems_as_if(lon, lat, system).items()
    }
    best = min(others, key=lambda name: others[name])
    if others[best] < BETTER * given:
        numbers: dict[str, Any] = {
            "median_m": round(given),
            "given": str(system),
            "other_m": round(others[best]),
        }
        tell.warning("wrong_system", **numbers, other=best)


def road_metres(roads: RoadNetwork, lon: Floats, lat: Floats) -> Floats:
    """Return the metres from each place to the nearest road."""
    ends = np.stack(
        [np.column_stack([roads.lon[i], roads.lat[i]]) for i in (roads.source, roads.target)], axis=1
    )
    scale = np.cos(np.radians(float(np.mean(lat))))
    lines = shapely.linestrings(ends * [scale, 1.0])
    places = shapely.points(np.column_stack([lon * scale, lat]))
    _, metres = shapely.STRtree(lines).query_nearest(places, all_matches=False, return_distance=True)
    return np.asarray(metres * 111_195.0)
