"""The tracking metrics on cases counted by hand."""

from math import sqrt

import pytest

from tests.benchmarks.tracking_metrics import ALPHAS, Moment, figures

A, B, FAR = (0.0, 0.0, 10.0, 10.0), (100.0, 0.0, 110.0, 10.0), (300.0, 0.0, 310.0, 10.0)


def test_tracks_that_are_the_truth_score_one() -> None:
    found = figures([Moment({1: A, 2: B}, {7: A, 9: B})] * 4)
    assert (found.hota, found.det_a, found.ass_a, found.idf1, found.switches) == (1, 1, 1, 1, 0)


def test_a_number_that_changes_half_way() -> None:
    found = figures([Moment({1: A}, {7: A})] * 2 + [Moment({1: A}, {8: A})] * 2)
    # All found, but each half knows but half of the vehicle: AssA = (2*2/4 + 2*2/4) / 4.
    assert found.det_a == 1
    assert found.ass_a == pytest.approx(0.5)
    assert found.hota == pytest.approx(sqrt(0.5))
    assert found.idf1 == pytest.approx(2 * 2 / 8)
    assert found.switches == 1


def test_a_missed_vehicle_and_a_ghost() -> None:
    found = figures([Moment({1: A, 2: B}, {7: A, 8: FAR})] * 3)
    assert found.det_a == pytest.approx(3 / (6 + 6 - 3))
    assert found.ass_a == 1
    assert found.idf1 == pytest.approx(2 * 3 / 12)


def test_a_box_that_fits_badly_counts_up_to_its_overlap() -> None:
    half = (0.0, 0.0, 10.0, 6.0)  # overlap 0.6
    found = figures([Moment({1: A}, {7: half})] * 2)
    assert found.det_a == pytest.approx(sum(alpha <= 0.6 + 1e-9 for alpha in ALPHAS) / len(ALPHAS))
    assert figures([Moment({1: A}, {7: (0.0, 0.0, 10.0, 4.0)})]).idf1 == 0


def test_what_is_found_on_an_unjudged_vehicle_counts_for_nothing() -> None:
    found = figures([Moment({1: A}, {7: A, 8: FAR}, unjudged=[FAR, B])] * 2)
    assert found.det_a == 1


def test_numbers_that_swap_when_two_meet() -> None:
    found = figures([Moment({1: A, 2: B}, {7: A, 8: B})] * 3 + [Moment({1: A, 2: B}, {7: B, 8: A})] * 3)
    assert found.switches == 2
    assert found.ass_a == pytest.approx(3 / (6 + 6 - 3))
