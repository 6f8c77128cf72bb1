"""Look-up of places in regions, and what cameras see of them."""

import numpy as np
import pytest
import shapely

from geo.coordinates import LocalMetres, LonLat
from geo.coverage import Seen, share_seen, view_sectors, views_of
from geo.grids import index_areas
from tests.county import county


def test_bulk_look_up_equals_brute_force() -> None:
    made = county()
    rng = np.random.default_rng(3)
    west, south, east, north = made.outline.bounds
    lon, lat = rng.uniform(west, east, 400), rng.uniform(south, north, 400)
    sub_grid, grid, town = made.divisions().locate(lon, lat)
    inside = shapely.contains_xy(made.sub_grids.areas[:, None], lon[None], lat[None])
    assert np.array_equal(sub_grid, np.where(inside.any(axis=0), inside.argmax(axis=0), -1))
    assert shapely.contains_xy(made.grids.areas[grid[grid >= 0]], lon[grid >= 0], lat[grid >= 0]).all()
    assert shapely.contains_xy(made.towns.areas[town[town >= 0]], lon[town >= 0], lat[town >= 0]).all()


def test_a_place_on_a_border_belongs_to_the_lower_index() -> None:
    index = index_areas([shapely.box(1, 0, 2, 1), shapely.box(0, 0, 1, 1)])
    assert index.locate([1.0, 0.5, 3.0], [0.5, 0.5, 0.5]).tolist() == [0, 1, -1]


def test_sector_looks_along_its_heading() -> None:
    sector = view_sectors([121.4], [29.1], [90.0], [60.0], [100.0])[0]
    plane = LocalMetres(LonLat(121.4, 29.1))
    ahead, behind, past = (plane.to_lonlat(x, 0.0) for x in (95.0, -5.0, 105.0))
    assert sector.contains(shapely.Point(*ahead))
    assert not sector.contains(shapely.Point(*behind))
    assert not sector.contains(shapely.Point(*past))


def test_overlapping_sectors_count_once() -> None:
    plane = LocalMetres(LonLat(121.4, 29.1))
    corners = plane.to_lonlat(np.array([-200.0, 200.0]), np.array([-200.0, 200.0]))
    area = np.array([shapely.box(corners[0][0], corners[1][0], corners[0][1], corners[1][1])], dtype=object)
    sectors = view_sectors([121.4, 121.4], [29.1, 29.1], [0.0, 0.0], [90.0, 90.0], [100.0, 100.0])
    assert share_seen(area, sectors)[0] == pytest.approx(np.pi * 100**2 / 4 / 400**2, rel=0.02)
    assert share_seen(area, sectors[:0])[0] == 0.0


def test_only_the_areas_of_a_dead_camera_are_worked_out_again_and_rightly() -> None:
    made, cameras = county(), county().cameras
    sectors = view_sectors(cameras.lon, cameras.lat, cameras.heading_deg, cameras.view_deg, cameras.range_m)
    views = views_of(made.grids.areas, sectors)
    seeing = np.random.default_rng(5).random(len(sectors)) < 0.9
    seen = Seen(views, seeing)
    for dead in (np.flatnonzero(seeing)[:3], np.flatnonzero(seeing)[100:101]):
        seeing[dead] = False
        some = views.touched(~seeing)[::60]
        for area, share in zip(some, seen.shares(seeing)[some], strict=True):
            grid = made.grids.areas[area]
            together = shapely.union_all(sectors[seeing & shapely.intersects(grid, sectors)])
            assert share == pytest.approx(grid.intersection(together).area / grid.area, abs=1e-9)
    assert np.array_equal(seen.shares(seeing), views.shares(seeing))
