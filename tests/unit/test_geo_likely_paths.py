"""Likely paths: which ways there are between two places, and what makes one likelier than another."""

import numpy as np
import pytest

from geo.likely_paths import Roads, Way, likely_paths, ways_between
from geo.road_trees import Trees
from geo.roads import Edges, RoadNetwork, from_edges

SIDE = 7


def _grid() -> RoadNetwork:
    """Streets about 500 m long in rows about 100 m apart; node = row * SIDE + column."""
    off = np.random.default_rng(1).normal(0, 0.0001, (2, SIDE * SIDE))  # no two ways take exactly as long
    rows, columns = np.divmod(np.arange(SIDE * SIDE), SIDE)
    node = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)
    pairs = np.concatenate(
        [
            np.column_stack([node[:, :-1].ravel(), node[:, 1:].ravel()]),
            np.column_stack([node[:-1].ravel(), node[1:].ravel()]),
        ]
    )
    both = np.concatenate([pairs, pairs[:, ::-1]])
    edges = Edges(both[:, 0], both[:, 1], np.full(len(both), 3, dtype=np.int8))
    return from_edges(121.2 + columns * 0.00514 + off[0], 29.1 + rows * 0.0009 + off[1], edges)


GRID = _grid()


def _roads(watched: dict[int, int], shy_s: float = 0.0) -> Roads:
    """Return the grid's roads; watched: place by node that every road into it is seen from."""
    at = np.array([watched.get(int(node), -1) for node in GRID.target])
    seconds = GRID.seconds.astype(np.float64)
    trees = [Trees(GRID, seconds)]
    if shy_s:
        trees.append(Trees(GRID, seconds + shy_s * (at >= 0)))
    return Roads(trees, seconds, at)


def _always(place: int) -> bool:
    return True


def _way(seconds: float, passed: tuple[int, ...] = ()) -> Way:
    none = np.zeros(0, dtype=np.int64)
    return Way(none, none, seconds, seconds, passed)


def test_the_ways_join_their_ends_by_roads_and_differ() -> None:
    ways = ways_between(_roads({}), 0, SIDE * SIDE - 1)
    assert len(ways) > 1
    for way in ways:
        assert (way.nodes[0], way.nodes[-1]) == (0, SIDE * SIDE - 1)
        assert (GRID.source[way.edges] == way.nodes[:-1]).all()
        assert (GRID.target[way.edges] == way.nodes[1:]).all()
    assert len({tuple(way.nodes) for way in ways}) == len(ways)
    assert ways[0].cost == pytest.approx(
        float(Trees(GRID, GRID.seconds.astype(float)).ahead(0)[0][-1]), rel=1e-5
    )


def test_no_road_no_way() -> None:
    apart = from_edges(
        np.array([121.2, 121.21, 121.3]),
        np.full(3, 29.1),
        Edges(np.array([0, 1]), np.array([1, 0]), np.array([3, 3], dtype=np.int8)),
    )
    seconds = apart.seconds.astype(np.float64)
    roads = Roads([Trees(apart, seconds)], seconds, np.full(len(apart.target), -1))
    assert ways_between(roads, 0, 2) == []
    assert likely_paths([], 100.0, 1.0, _always) == []


def test_a_working_camera_that_saw_nothing_makes_its_way_less_likely() -> None:
    """The straight street passes place 9; with a camera at work there, the vehicle came around it."""
    ways = ways_between(_roads({3: 9}, shy_s=50.0), 0, SIDE - 1)
    passing = {way.passed for way in ways}
    assert passing == {(), (9,)}
    seconds = ways[0].seconds
    seen = likely_paths(ways, seconds, 1.0, _always)
    blind = likely_paths(ways, seconds, 1.0, lambda place: False)
    through = [sum(each.probability for each in found if each.way.passed == (9,)) for found in (seen, blind)]
    assert through[0] < through[1]
    assert blind[0].way.passed == (9,)


def test_probabilities_sum_to_one_and_the_time_that_passed_decides_between_like_ways() -> None:
    ways = [_way(300.0), _way(320.0), _way(330.0)]
    for passed_s in (250.0, 300.0, 400.0, 2000.0):
        found = likely_paths(ways, passed_s, 1.0, _always)
        assert sum(each.probability for each in found) == pytest.approx(1.0)
        assert [each.probability for each in found] == sorted((e.probability for e in found), reverse=True)
    share = {
        passed_s: {e.way.seconds: e.probability for e in likely_paths(ways, passed_s, 1.0, _always)}
        for passed_s in (270.0, 360.0)
    }
    assert share[360.0][330.0] > share[270.0][330.0]


def test_the_hour_s_factor_stretches_what_a_way_takes() -> None:
    quick, slow = _way(300.0), _way(318.0)
    relaxed = likely_paths([quick, slow], 318.0, 1.0, _always)
    rush = likely_paths([quick, slow], 318.0, 318.0 / 300.0, _always)
    assert {e.way.seconds: e.probability for e in rush}[300.0] > {
        e.way.seconds: e.probability for e in relaxed
    }[300.0]
