"""The generated county month tells the truth about itself."""

import functools

import numpy as np
import pytest

from geo.travel_times import seconds_between
from tests.benchmarks import county_plates
from tests.benchmarks.county_month import make_month
from tests.benchmarks.county_truth import Month


@functools.cache
def month() -> Month:
    return make_month(5, 30_000, clones=6, companions=6, zones=24, variants=2, clock_error_share=0.1)


def test_reads_are_wrong_as_often_as_wished_and_right_otherwise():
    made = month()
    real = (made.vehicle >= 0) & (made.texts() != "")
    read = county_plates.as_numbers(made.read)[real]
    true = county_plates.as_numbers(made.plate_of)[made.vehicle[real]]
    assert np.mean(read != true) == pytest.approx(0.05, abs=0.004)
    assert len(made) == 30_000
    assert np.all(np.diff(made.seen_at) >= 0)


def test_the_vehicles_under_one_plate_are_two_that_never_share_a_reading():
    made = month()
    for clone in made.truth.clones:
        first, second = clone.vehicles
        assert made.plate(first) == made.plate(second) == clone.plate
        assert not set(made.trip[made.vehicle == first]) & set(made.trip[made.vehicle == second])
    assert sum(clone.conflicts > 0 for clone in made.truth.clones) >= 3


def test_a_mate_passes_the_same_cameras_within_a_minute_or_two():
    made = month()
    for pair in made.truth.companions:
        mine, theirs = (np.flatnonzero(made.vehicle == one) for one in (pair.vehicle, pair.mate))
        near = [np.abs(made.true_at[mine] - made.true_at[row]).min() < 110 for row in theirs]
        leaders = made.trips.leader[made.trip[theirs]]
        assert len(np.unique(leaders[leaders >= 0])) <= pair.trips
        assert all(np.array(near)[leaders >= 0].tolist()) or np.mean(np.array(near)[leaders >= 0]) > 0.8


def test_true_roads_join_the_sites_and_nobody_drives_faster_than_their_drivers():
    made = month()
    order = np.lexsort((made.true_at, made.trip))
    trip = made.trip[order]
    pairs = np.flatnonzero((trip[1:] == trip[:-1]) & (trip[1:] >= 0))[:400]
    first, second = order[pairs], order[pairs + 1]
    sites = made.routes.site[made.row]
    for one, two in zip(first[:50].tolist(), second[:50].tolist(), strict=True):
        nodes = made.true_nodes(one, two)
        assert (nodes[0], nodes[-1]) == tuple(made.sites.node[sites[[one, two]]])
    road_s = seconds_between(made.county.roads, made.sites.node, made.sites.node)
    took_s = made.true_at[second] - made.true_at[first]
    assert np.all(took_s > 0.7 * road_s[sites[first], sites[second]] - 3.0)
