"""Reach by road: against one search per start, and areas with and without roads."""

import numpy as np
import pytest
import shapely

from geo.grids import index_areas
from geo.reach import area_roads, reached_s
from geo.travel_times import seconds_between
from tests.county import county
from tests.village import straight_road


def test_the_nearest_start_counts_and_the_limit_ends_it() -> None:
    network = county().roads
    starts = [5, 4000, 9000]
    every = seconds_between(network, starts, np.arange(len(network.lon))).min(axis=0)
    found = reached_s(network, starts, 300.0)
    assert np.array_equal(np.isfinite(found), every <= 300.0)
    assert found[np.isfinite(found)] == pytest.approx(every[every <= 300.0], abs=0.02)
    assert np.isinf(reached_s(network, [])).all()


def test_areas_are_reached_as_far_as_their_roads_are() -> None:
    network = straight_road()  # a node each 490 m at 45 km/h: 39.3 s
    boxes = [(121.25, 28.14, 121.2725, 28.16), (121.28, 28.151, 121.284, 28.155), (121.25, 28.4, 121.3, 28.5)]
    areas = index_areas([shapely.box(*corners) for corners in boxes])
    roads = area_roads(network, areas)
    seconds = reached_s(network, [0])
    shares = roads.shares(seconds)
    assert shares[0].tolist() == [2 / 5, 1.0, 1.0]
    assert shares[1].tolist() == [0.0, 0.0, 1.0], "no node of its own: its door's, 236 s away"
    assert np.isnan(shares[2]).all(), "30 km from any road"
    assert roads.door_s(seconds)[1] == pytest.approx(6 * 39.3, abs=1.0)
    assert np.isnan(roads.door_s(seconds)[2])
