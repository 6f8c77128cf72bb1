"""Counting and what counts say: movements between sites, times robust against misreads, roads' own speeds."""

from dataclasses import replace

import numpy as np
import pytest

from geo.road_speeds import Times, edge_factors
from operations.tracks.counting import ONE_VISIT_S, Passes, count
from operations.tracks.learned import Histogram, traffic_of
from operations.tracks.travel import BINS, LONGEST_S, TravelTimes, bin_of, bin_seconds, traffic_from_bytes
from tests.road import SITES, road

DAY_S = 86_400.0


def _counted(
    passes: list[tuple[int, int, float]], since: float = 0.0, until: float = DAY_S
) -> dict[tuple[int, int], float]:
    vehicle, site, at_s = zip(*passes, strict=True)
    found = count(Passes(np.array(vehicle), np.array(site), np.array(at_s, dtype=float)), since, until)
    assert found.movements.shape[1:] == (4,)
    totals: dict[tuple[int, int], float] = {}
    for (start, end, _, _), many in zip(found.movements.tolist(), found.moved.tolist(), strict=True):
        totals[start, end] = totals.get((start, end), 0) + many
    return totals


def test_only_what_one_plate_did_next_and_in_time_is_a_movement() -> None:
    passes = [(1, 10, 100), (2, 20, 150), (1, 20, 400), (2, 30, 150 + LONGEST_S + 1), (1, 10, 500)]
    assert _counted(passes) == {(10, 20): 1, (20, 10): 1, (10, 0): 1, (20, 0): 1, (30, 0): 1}


def test_two_cameras_of_one_crossing_see_one_visit() -> None:
    passes = [(1, 10, 100), (1, 10, 100 + ONE_VISIT_S), (1, 20, 700)]
    assert _counted(passes) == {(10, 20): 1, (20, 0): 1}


def test_a_stretch_counts_who_left_in_it_and_stretches_add_up() -> None:
    passes = [(1, 10, 100), (1, 20, 4000), (1, 30, 7000)]
    early, late = _counted(passes, 0, 3600), _counted(passes, 3600, DAY_S)
    assert early == {(10, 20): 1}
    assert early | late == _counted(passes)


def test_bins_hold_times_within_a_tenth() -> None:
    seconds = np.geomspace(11, LONGEST_S - 1, 200)
    assert np.abs(bin_seconds(bin_of(seconds)) / seconds - 1).max() < 0.05
    assert bin_of([0.0, 5.0, 1e9]).tolist() == [0, 0, BINS - 1]


def _histogram(seconds: np.ndarray, start: int = 1, end: int = 2) -> Histogram:
    """Return movements between two sites at noon."""
    many = len(seconds)
    return Histogram(
        np.full(many, start), np.full(many, end), np.full(many, 12), bin_of(seconds), np.ones(many)
    )


@pytest.mark.parametrize("wrong", [0, 10])
def test_one_in_twenty_misread_or_cloned_does_not_move_what_is_possible(wrong: int) -> None:
    rng = np.random.default_rng(2)
    honest = 150 * rng.lognormal(0, 0.1, 200)
    noise = rng.uniform(0, LONGEST_S, wrong)
    noise[: wrong // 3] = rng.uniform(5, 60, wrong // 3)
    sites = road().sites
    band = TravelTimes(sites, traffic_of(_histogram(np.concatenate([honest, noise])), sites)).between(
        1, 2, 12
    )
    assert band.learned
    assert band.usual_s == pytest.approx(150, rel=0.05)
    assert 85 < band.shortest_s < honest.min()
    assert np.quantile(honest, 0.9) < band.slow_s < 280


def test_few_vehicles_say_little_and_none_nothing() -> None:
    sites = road().sites
    slow = np.full(3, 900.0)
    assert not TravelTimes(sites, traffic_of(_histogram(slow), sites)).between(1, 2, 12).learned
    few = TravelTimes(sites, traffic_of(_histogram(np.full(9, 900.0)), sites)).between(1, 2, 12)
    many = TravelTimes(sites, traffic_of(_histogram(np.full(300, 900.0)), sites)).between(1, 2, 12)
    assert few.usual_s < many.usual_s == pytest.approx(900, rel=0.05)


def test_every_edge_finds_its_own_pace_from_times_of_whole_ways() -> None:
    """A road of eleven edges, one of them three times as slow; measured only between every other site."""
    network = road().sites.network
    slow = np.ones(len(network.target))
    slow[(network.source == 4) & (network.target == 5)] = 3.0
    node = road().sites.node
    starts = np.arange(SITES - 2)
    ahead = network.seconds * slow
    between = {
        (int(s), int(t)): float(c) for s, t, c in zip(network.source, network.target, ahead, strict=True)
    }
    seconds = np.array([between[i, i + 1] + between[i + 1, i + 2] for i in starts.tolist()])
    times = Times(node[starts], node[starts + 2], seconds, np.full(len(starts), 400.0))
    found = edge_factors(network, times, 1.25)
    own = {(int(s), int(t)): float(f) for s, t, f in zip(network.source, network.target, found, strict=True)}
    ways = np.array([own[i, i + 1] + own[i + 1, i + 2] for i in starts.tolist()]) * float(network.seconds[0])
    assert np.abs(ways / seconds - 1).max() < 0.25
    assert own[4, 5] > 1.5 * own[8, 9]


def test_what_is_stored_answers_as_what_was_learned_and_as_the_roads_do() -> None:
    sites = road().sites
    histograms = [_histogram(np.full(40, 150.0 + site), site, site + 1) for site in range(1, 6)]
    together = [
        np.concatenate([getattr(one, name) for one in histograms])
        for name in ("start", "end", "hour", "bin", "count")
    ]
    learned = traffic_of(Histogram(*together), sites)
    assert learned.by_road.shape == (6, 6)
    every = list(range(1, SITES + 1))
    found = [
        TravelTimes(sites, traffic).matrix(every, every, 12)
        for traffic in (
            learned,
            traffic_from_bytes(learned.to_bytes()),
            replace(learned, seen=np.zeros(0, dtype=np.int64), by_road=np.zeros((0, 0))),
        )
    ]
    for other in found[1:]:
        assert np.allclose(found[0].usual_s, other.usual_s, rtol=1e-4)
        assert (found[0].learned == other.learned).all()
