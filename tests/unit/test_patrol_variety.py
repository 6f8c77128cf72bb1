"""Drawing plans: windows only shrink, draws repeat with their seed, evenness is what its name says."""

import numpy as np
import pytest

from geo.patrol.problem import PatrolUnit, Problem, Visit
from geo.patrol.variety import HOUR_S, drawn, evenness

UNITS = [PatrolUnit(0, 0, 8 * HOUR_S, 16 * HOUR_S, 0), PatrolUnit(0, 0, 8 * HOUR_S, 12 * HOUR_S, 0)]
VISITS = [
    Visit(0, 10.0, 600.0, 0.0, 24 * HOUR_S, 0),
    Visit(0, 10.0, 600.0, 9 * HOUR_S, 10 * HOUR_S, 0),
    Visit(0, 10.0, 600.0, 0.0, 24 * HOUR_S, 0, must=True),
]
PROBLEM = Problem(UNITS, VISITS, [np.zeros((1, 1))])


def test_windows_shrink_to_where_units_are() -> None:
    for seed in range(40):
        anytime, short, must = drawn(PROBLEM, 0.2, seed).visits
        assert 0 <= anytime.from_s < anytime.until_s <= 24 * HOUR_S
        assert 8 * HOUR_S <= (anytime.from_s + anytime.until_s) / 2 < 17 * HOUR_S
        assert (short.from_s, short.until_s) == (9 * HOUR_S, 10 * HOUR_S)
        assert (must.from_s, must.until_s) == (0.0, 24 * HOUR_S)
        assert all(8.0 <= visit.priority <= 12.0 for visit in (anytime, short, must))


def test_the_same_seed_draws_the_same() -> None:
    assert drawn(PROBLEM, 0.2, 5) == drawn(PROBLEM, 0.2, 5)
    assert drawn(PROBLEM, 0.2, 5).visits != drawn(PROBLEM, 0.2, 6).visits
    assert drawn(PROBLEM, 0.0, 5) is PROBLEM


def test_evenness_of_hours() -> None:
    hours = list(range(8))
    assert evenness([hour * HOUR_S for hour in hours] * 5, hours) == pytest.approx(1.0)
    assert evenness([3 * HOUR_S] * 40, hours) == 0.0
    some = evenness(list(np.random.default_rng(1).uniform(0, 8 * HOUR_S, 28)), hours)
    half = evenness(list(np.random.default_rng(1).uniform(0, 4 * HOUR_S, 28)), hours)
    assert half == pytest.approx(2 / 3, abs=0.05)
    assert some > 0.9
