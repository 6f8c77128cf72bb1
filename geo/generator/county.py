"""The generated county as values, and the one function that makes it. Storing it is the caller's matter."""

import hashlib
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.coordinates import LocalMetres, LonLat
from geo.generator.cameras import Cameras, place_cameras
from geo.generator.divisions import GRIDS, SUB_GRIDS, Nesting, divide
from geo.generator.forces import Stations, Units, place_stations, place_units
from geo.generator.gazetteer import Gazetteer, Signposts
from geo.generator.land import shape_land
from geo.generator.names import COUNTY, name_towns, name_villages
from geo.generator.network import survey
from geo.generator.paths import lay_tracks
from geo.generator.points import Points, place_points
from geo.generator.settlements import TOWNS, found_settlements
from geo.generator.streets import lay_streets
from geo.grids import Divisions, index_areas
from geo.roads import RoadNetwork

MIDDLE = LonLat(121.4, 29.1)


@dataclass(frozen=True)
class Regions:
    """One level of divisions: polygons in degrees and the index of the region above (-1 for towns)."""

    codes: list[str]
    names: list[str]
    kinds: list[str]
    areas: NDArray[np.object_]
    above: NDArray[np.int64]


@dataclass(frozen=True)
class Villages:
    """Village names and places; `town` is the index of the town they lie in."""

    names: list[str]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    town: NDArray[np.int64]


@dataclass(frozen=True)
class County:
    """Everything that is the same for one seed. Indices (town, grid, point, station) count from 0."""

    name: str
    seed: int
    outline: shapely.MultiPolygon
    towns: Regions
    grids: Regions
    sub_grids: Regions
    villages: Villages
    roads: RoadNetwork
    points: Points
    cameras: Cameras
    stations: Stations
    units: Units

    def divisions(self) -> Divisions:
        """Return the look-up of places in sub-grids, grids and towns."""
        return Divisions(index_areas(self.sub_grids.areas), self.sub_grids.above, self.grids.above)

    def version(self) -> str:
        """Return a short hash of the whole county."""
        digest = hashlib.sha256(self.roads.version.encode())
        for wkb in shapely.to_wkb(self.sub_grids.areas):
            digest.update(wkb)
        for part in (self.points, self.cameras, self.stations, self.units):
            digest.update(repr((part.names, part.lon.tolist(), part.lat.tolist())).encode())
        return digest.hexdigest()[:16]


def generate(seed: int = 7) -> County:
    """Make the county of a seed: the same values every time."""
    plane = LocalMetres(MIDDLE)
    land = shape_land(seed)
    settlements = found_settlements(seed, land)
    streets = lay_streets(seed, land, settlements)
    nesting = divide(seed, land, settlements, streets)
    terrain, tracks = lay_tracks(seed, land, settlements)
    surveyed = survey(terrain, tracks, streets, plane)
    rng = np.random.default_rng([seed, 6])
    town_names = name_towns(settlements.towns[:, 0])
    village_names = name_villages(rng, len(settlements.villages))
    towns, grids, sub_grids = _regions(nesting, plane, town_names)
    divisions = Divisions(index_areas(sub_grids.areas), sub_grids.above, grids.above)
    gazetteer = Gazetteer(settlements, town_names, village_names, divisions)
    signposts = Signposts(rng, surveyed, gazetteer)
    points = place_points(surveyed, gazetteer, signposts)
    cameras = place_cameras(rng, surveyed, points, signposts)
    stations = place_stations(surveyed, gazetteer)
    lon, lat = (degrees.round(6) for degrees in plane.to_lonlat(*settlements.villages.T))
    return County(
        name=COUNTY,
        seed=seed,
        outline=_in_degrees(plane, np.array([land.outline], dtype=object))[0],
        towns=towns,
        grids=grids,
        sub_grids=sub_grids,
        villages=Villages(village_names, lon, lat, gazetteer.town_and_grid(lon, lat)[0]),
        roads=surveyed.roads,
        points=points,
        cameras=cameras,
        stations=stations,
        units=place_units(stations, town_names),
    )


def _in_degrees(plane: LocalMetres, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return shapes in degrees to 0.1 m; shared corners stay shared."""
    return np.asarray(
        shapely.transform(shapes, lambda xy: np.column_stack(plane.to_lonlat(xy[:, 0], xy[:, 1])).round(6))
    )


def _regions(nesting: Nesting, plane: LocalMetres, town_names: list[str]) -> tuple[Regions, Regions, Regions]:
    """Return towns, grids and sub-grids with codes and names; grids are numbered town by town."""
    grid_order = np.argsort(nesting.town_of_grid, kind="stable")
    grid_number = np.empty(GRIDS, dtype=np.int64)
    grid_number[grid_order] = np.arange(GRIDS)
    grid_of_cell = grid_number[nesting.grid_of_cell]
    cell_order = np.argsort(grid_of_cell, kind="stable")
    cells = _in_degrees(plane, nesting.cells.polygons[cell_order])
    above_cell, above_grid = grid_of_cell[cell_order], nesting.town_of_grid[grid_order]
    grid_areas = _merged(cells, above_cell, GRIDS)
    town_areas = _merged(grid_areas, above_grid, TOWNS)
    rank_in_town = _ranks(above_grid)
    rank_in_grid = _ranks(above_cell)
    grid_codes = [f"T{town + 1:02d}-G{rank:03d}" for town, rank in zip(above_grid, rank_in_town, strict=True)]
    grid_names = [f"{town_names[t]}第{rank}网格" for t, rank in zip(above_grid, rank_in_town, strict=True)]
    cell_codes = [f"{grid_codes[g]}-{rank:02d}" for g, rank in zip(above_cell, rank_in_grid, strict=True)]
    kinds = ["街道" if name.endswith("街道") else name[-1] for name in town_names]
    return (
        Regions([f"T{i + 1:02d}" for i in range(TOWNS)], town_names, kinds, town_areas, np.full(TOWNS, -1)),
        Regions(grid_codes, grid_names, ["grid"] * GRIDS, grid_areas, above_grid),
        Regions(cell_codes, cell_codes, ["sub_grid"] * SUB_GRIDS, cells, above_cell),
    )


def _merged(areas: NDArray[np.object_], above: NDArray[np.int64], count: int) -> NDArray[np.object_]:
    """Return the union of the areas under each region above; `above` is sorted."""
    cuts = np.searchsorted(above, np.arange(1, count))
    return np.array([shapely.coverage_union_all(group) for group in np.split(areas, cuts)], dtype=object)


def _ranks(above: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return 1, 2, 3 … within each run of a sorted array."""
    first = np.searchsorted(above, above, side="left")
    return np.arange(len(above)) - first + 1
