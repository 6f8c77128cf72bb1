"""The generated county: exact counts, true nesting, the same for one seed, a network one can drive."""

import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.generator.land import shape_land
from geo.generator.settlements import found_settlements
from geo.generator.streets import lay_streets
from tests.county import county


def test_counts_are_those_of_the_founding_document() -> None:
    made = county()
    assert (len(made.towns.areas), len(made.grids.areas), len(made.sub_grids.areas)) == (10, 944, 5_727)
    assert len(made.points.codes) == 304
    assert (made.cameras.kinds.count("hd"), made.cameras.kinds.count("social")) == (1_131, 7_084)
    assert len(set(made.cameras.codes)) == len(set(made.cameras.names)) == 8_215
    assert len(made.units.codes) == 60


def test_sub_grids_tile_their_grids_and_grids_their_towns() -> None:
    made = county()
    assert shapely.coverage_is_valid(made.sub_grids.areas)
    for inner, outer in ((made.sub_grids, made.grids), (made.grids, made.towns)):
        sums = np.bincount(inner.above, shapely.area(inner.areas), len(outer.areas))
        assert sums == pytest.approx(shapely.area(outer.areas), rel=1e-9)
        assert shapely.is_valid(outer.areas).all()
    assert shapely.area(made.towns.areas).sum() == pytest.approx(made.outline.area, rel=1e-6)


def test_each_sub_grid_and_grid_is_one_piece() -> None:
    polygon = 3
    assert set(shapely.get_type_id(county().sub_grids.areas)) == {polygon}
    assert set(shapely.get_type_id(county().grids.areas)) == {polygon}


def test_grids_are_small_where_people_live() -> None:
    made = county()
    area = shapely.area(made.sub_grids.areas)
    assert np.percentile(area, 95) > 12 * np.percentile(area, 5)


def test_every_road_node_reaches_every_other() -> None:
    roads = county().roads
    assert 8_000 <= len(roads.lon) <= 20_000
    assert connected_components(roads.seconds_matrix, directed=True, connection="strong")[0] == 1
    assert set(roads.road_class) == {0, 1, 2, 3, 4}
    one_way = set(zip(roads.source.tolist(), roads.target.tolist(), strict=True))
    assert any((there, here) not in one_way for here, there in one_way)


def test_every_point_has_a_camera_that_looks_across_it() -> None:
    made = county()
    with_camera = made.cameras.point[made.cameras.point >= 0]
    assert set(with_camera) == set(range(304))


def test_one_way_streets_trap_nobody() -> None:
    """Seed 101 once had a corner that could not be left, and behind it a whole town."""
    land = shape_land(101)
    for streets in lay_streets(101, land, found_settlements(101, land)):
        size = len(streets.places)
        graph = coo_array(
            (np.ones(len(streets.source)), (streets.source, streets.target)), shape=(size, size)
        )
        assert connected_components(graph, directed=True, connection="strong")[0] == 1
