"""Matrices by the hierarchy and by plain search: equal to the tick, for every profile, with roads closed."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from geo import road_index, roads
from geo.profiles import PROFILES, UnknownProfile
from geo.road_index import RoadIndex, planning_matrix
from geo.roads import Edges, RoadNetwork, closed_edges
from geo.travel_times import route, seconds_between
from tests.county import county


def square_and_island() -> RoadNetwork:
    """Corners 0 to 3 in a ring one way (0-1 a national road), 4 and 5 an island of one two-way street."""
    lon = np.array([121.40, 121.41, 121.41, 121.40, 121.5, 121.51])
    lat = np.array([29.10, 29.10, 29.11, 29.11, 29.1, 29.1])
    source, target = np.array([0, 1, 2, 3, 4, 5]), np.array([1, 2, 3, 0, 5, 4])
    return roads.from_edges(lon, lat, Edges(source, target, np.array([0, 3, 3, 3, 3, 3], dtype=np.int8)))


@pytest.mark.skipif(road_index.pyroutingkit() is None, reason="pyroutingkit has no wheel here")
@pytest.mark.parametrize("profile", PROFILES)
def test_both_ways_of_searching_agree_to_the_tick(profile: str) -> None:
    rng = np.random.default_rng(4)
    for network, count in ((county().roads, 40), (square_and_island(), 6)):
        nodes = rng.choice(len(network.lon), count, replace=False)
        shut = rng.choice(len(network.target), 1 + len(network.target) // 50, replace=False)
        fast, plain = RoadIndex(network), RoadIndex(network, hierarchy=False)
        fast._topology()  # few places would be searched plainly otherwise
        for closed in ([], shut):
            found = fast.seconds(nodes, nodes[::-1], profile, closed)
            assert np.array_equal(found, plain.seconds(nodes, nodes[::-1], profile, closed))
        assert np.isfinite(found).any()


@pytest.mark.parametrize("hierarchy", [True, False])
def test_feet_go_against_one_way_streets_but_not_along_national_roads(hierarchy: bool) -> None:
    index = RoadIndex(square_and_island(), hierarchy)
    by_car, on_foot = (index.seconds([0, 1, 1], [0, 1, 3, 4], who) for who in ("car", "foot"))
    assert by_car[0, 1] == pytest.approx(43.7, abs=0.1)  # 972 m at 80 km/h
    assert on_foot[0, 2] == pytest.approx(1112 / (5 / 3.6), rel=0.01)  # 3 -> 0 is one way for cars
    assert on_foot[0, 1] > 2.8 * on_foot[0, 2]  # round three sides
    assert np.array_equal(on_foot[1], on_foot[2])
    assert on_foot[0, 3] == np.inf


def test_a_closed_road_is_closed_in_both_directions_and_gone_round() -> None:
    network = county().roads
    busy = int(np.flatnonzero(network.road_class == 2)[5])
    here, there = int(network.source[busy]), int(network.target[busy])
    middle = [[float(network.lon[[here, there]].mean()), float(network.lat[[here, there]].mean())]]
    shut = closed_edges(network, middle)
    assert {(int(network.source[e]), int(network.target[e])) for e in shut} >= {(here, there)}
    assert len(shut) <= 2
    free, closed = (seconds_between(network, [here], [there], "car", c)[0, 0] for c in ((), shut))
    assert free < closed
    way = route(road_index.road_index(network).roads("car", shut), here, there)
    assert way.seconds == pytest.approx(closed, abs=0.01)


def test_a_planning_matrix_is_kept_and_cannot_be_changed() -> None:
    network = county().roads
    nodes = np.arange(0, 3000, 100)
    kept = planning_matrix(network, nodes)
    assert planning_matrix(network, nodes) is kept
    assert planning_matrix(network, nodes, "foot") is not kept
    with pytest.raises(ValueError, match="read-only"):
        kept[0, 0] = 1.0


def test_nobody_flies() -> None:
    with pytest.raises(UnknownProfile, match="car, motorcycle, foot"):
        seconds_between(square_and_island(), [0], [1], "helicopter")


def test_threads_share_an_index_each_with_its_own_closures() -> None:
    network = county().roads
    nodes = np.arange(0, len(network.lon), 500)
    shut = [range(start, start + 40) for start in range(0, 4_000, 400)]
    shared = RoadIndex(network)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda closed: shared.seconds(nodes, nodes, "car", closed), shut))
    plain = RoadIndex(network, hierarchy=False)
    for closed, matrix in zip(shut[::4], found[::4], strict=True):
        assert np.array_equal(matrix, plain.seconds(nodes, nodes, "car", closed))
