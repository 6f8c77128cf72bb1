"""Roads and travel times: a small network worked out by hand, and the generated county's."""

import numpy as np
import pytest

from geo import roads, travel_times
from geo.roads import Edges, RoadNetwork
from tests.county import county


def square() -> RoadNetwork:
    """Four corners about 1 km apart; 0-1-2-3 both ways at class 2, 3 -> 0 one way at class 4."""
    lon, lat = np.array([121.40, 121.41, 121.41, 121.40]), np.array([29.10, 29.10, 29.11, 29.11])
    source, target = np.array([0, 1, 1, 2, 2, 3, 3]), np.array([1, 0, 2, 1, 3, 2, 0])
    return roads.from_edges(lon, lat, Edges(source, target, np.array([2, 2, 2, 2, 2, 2, 4], dtype=np.int8)))


def test_one_way_street_is_driven_one_way_only() -> None:
    network = square()
    there, back = travel_times.route(network, 3, 0), travel_times.route(network, 0, 3)
    assert there.nodes.tolist() == [3, 0]
    assert there.seconds == pytest.approx(there.distance_m / (20 / 3.6), rel=1e-5)
    assert back.nodes.tolist() == [0, 1, 2, 3]
    assert back.line()["coordinates"] == [[121.40, 29.10], [121.41, 29.10], [121.41, 29.11], [121.40, 29.11]]


def test_no_road_is_a_fact() -> None:
    lon, lat = np.array([121.4, 121.41]), np.array([29.1, 29.1])
    network = roads.from_edges(lon, lat, Edges(np.array([0]), np.array([1]), np.array([3], dtype=np.int8)))
    with pytest.raises(travel_times.NoRoadBetween, match="no road leads from node 1 to node 0"):
        travel_times.route(network, 1, 0)


def test_route_to_where_one_stands() -> None:
    here = travel_times.route(square(), 2, 2)
    assert (here.seconds, here.distance_m) == (0.0, 0.0)
    assert len(here.line()["coordinates"]) == 2


def test_parallel_edges_keep_the_better_road() -> None:
    lon, lat = np.array([121.4, 121.41]), np.array([29.1, 29.1])
    edges = Edges(np.array([0, 0, 1]), np.array([1, 1, 0]), np.array([4, 1, 3], dtype=np.int8))
    assert roads.from_edges(lon, lat, edges).road_class.tolist() == [1, 3]


def test_bytes_round_trip_keeps_the_version() -> None:
    network = county().roads
    assert roads.from_bytes(network.to_bytes()).version == network.version


def test_snap_finds_the_nearest_node() -> None:
    network = county().roads
    rng = np.random.default_rng(0)
    nodes = rng.choice(len(network.lon), 200)
    assert np.array_equal(network.snap(network.lon[nodes], network.lat[nodes]), nodes)
    lon, lat = network.lon[nodes] + 0.004, network.lat[nodes] - 0.003
    squeeze = np.cos(np.radians(29.1))
    away = ((network.lon[None] - lon[:, None]) * squeeze) ** 2 + (network.lat[None] - lat[:, None]) ** 2
    assert np.mean(network.snap(lon, lat) == away.argmin(axis=1)) > 0.99


def test_matrix_route_and_reverse_search_agree() -> None:
    network = county().roads
    nodes = np.random.default_rng(1).choice(len(network.lon), 12, replace=False)
    matrix = travel_times.seconds_between(network, nodes, nodes)
    assert np.diag(matrix) == pytest.approx(0.0)
    assert (matrix[:, None, :] <= matrix[:, :, None] + matrix[None] + 1e-6).all()
    for i, target in enumerate(nodes.tolist()):
        towards = travel_times.seconds_to(network, target)[nodes]
        assert towards == pytest.approx(matrix[:, i])
        assert travel_times.route(network, int(nodes[0]), target).seconds == pytest.approx(matrix[0, i])


def test_nearest_by_road_is_in_order_and_whole() -> None:
    network = county().roads
    nodes = np.random.default_rng(2).choice(len(network.lon), 60)
    found = travel_times.nearest(network, 100, nodes, 3)
    seconds = travel_times.seconds_to(network, 100)[nodes]
    assert [s for _, s in found] == pytest.approx(np.sort(seconds)[:3])
    assert seconds[[i for i, _ in found]] == pytest.approx([s for _, s in found])
