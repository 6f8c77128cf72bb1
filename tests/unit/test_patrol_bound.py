"""The bound of patrol plans: never below a plan, exact where time is all that limits."""

import numpy as np
import pytest

from geo.patrol.bound import share_bound, upper_bound
from geo.patrol.problem import PatrolUnit, Problem, Visit

HOUR_S = 3600.0


def street(priorities: list[float], hours: float) -> Problem:
    """One unit at the end of a street, a visit of 50 minutes every ten minutes of driving along it."""
    place = np.arange(len(priorities) + 1) * 600.0
    visits = [Visit(1 + i, p, 3000.0, 0.0, hours * HOUR_S, 0) for i, p in enumerate(priorities)]
    return Problem([PatrolUnit(0, 0, 0.0, hours * HOUR_S, 0)], visits, [np.abs(place[:, None] - place)])


def test_time_limits_what_can_be_served() -> None:
    """Two hours hold 50 + 50 minutes of dwell and 10 + 10 of driving, so two visits of three."""
    bound = upper_bound(street([5.0, 5.0, 5.0], hours=2))
    assert bound.priority == pytest.approx(10.0, abs=0.05)
    assert bound.share == pytest.approx(2 / 3, abs=0.01)
    assert share_bound(street([5.0, 5.0, 5.0], hours=2)) == pytest.approx(bound.share)


def test_ample_time_serves_all_for_the_least_driving() -> None:
    bound = upper_bound(street([1.0, 2.0, 3.0], hours=8), seconds_per_point=600.0)
    assert bound.share == 1.0
    assert 6 * 600.0 - 3600.0 <= bound.value < 6 * 600.0  # the plan drives to the end and back: 3,600 s


def test_a_window_that_cannot_be_kept_is_worth_nothing() -> None:
    problem = street([5.0, 7.0], hours=8)
    shut = Visit(2, 7.0, 3000.0, 0.0, 900.0, 0)  # 20 minutes away, open for 15
    assert upper_bound(Problem(problem.units, [problem.visits[0], shut], problem.seconds)).priority == 5.0
