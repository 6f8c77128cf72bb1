"""Times of an order of visits: earliest, the rest at the station inside its window, home by shift end."""

from dataclasses import replace
from typing import Any

import numpy as np

from geo.patrol.checking import faults
from geo.patrol.problem import PatrolUnit, Plan, Problem, Rest, RestTaken, Route, Visit
from geo.patrol.timing import Since, timed

ROW_S = np.abs(np.arange(5.0)[:, None] - np.arange(5.0)) * 600.0  # places in a row, ten minutes apart
UNIT = PatrolUnit(start=0, end=0, shift_from_s=0.0, shift_until_s=4 * 3600.0, town=1)


def along_a_row(unit: PatrolUnit = UNIT, **changed: Any) -> Problem:
    """Visits 0 to 3 at the places 1 to 4, each of ten minutes, open all day."""
    visits = [Visit(place, 5.0, 600.0, 0.0, 4 * 3600.0, 1) for place in range(1, 5)]
    visits[1] = replace(visits[1], **changed)
    return Problem([unit], visits, [ROW_S])


def test_waits_for_a_window_and_leaves_after_the_dwell() -> None:
    route = timed(along_a_row(from_s=3000.0), 0, [0, 1])
    assert route is not None
    assert [(s.arrive_s, s.start_s, s.leave_s) for s in route.stops] == [(600, 600, 1200), (1800, 3000, 3600)]


def test_what_does_not_fit_is_refused() -> None:
    assert timed(along_a_row(until_s=1700.0), 0, [0, 1]) is None
    assert timed(along_a_row(until_s=1700.0), 0, [1, 0]) is not None
    assert timed(along_a_row(replace(UNIT, shift_until_s=5399.0)), 0, [0, 1, 2]) is None
    assert timed(along_a_row(replace(UNIT, shift_until_s=5400.0)), 0, [0, 1, 2]) is not None
    bound = along_a_row(replace(UNIT, may_leave_town=False), town=2)
    assert timed(bound, 0, [0, 1]) is None
    assert timed(bound, 0, [0, 2]) is not None


def test_the_rest_comes_where_it_is_soonest_over_inside_its_window() -> None:
    free = along_a_row(replace(UNIT, rest=Rest(0.0, 9000.0, 1200.0)))
    last = timed(free, 0, [0, 1, 2])
    assert last is not None
    assert last.rest == RestTaken(3, 5400.0, 6600.0)
    between = along_a_row(replace(UNIT, rest=Rest(2000.0, 2500.0, 1200.0)))
    assert (middle := timed(between, 0, [0, 1])) is not None
    assert middle.rest == RestTaken(1, 2000.0, 3200.0)
    assert faults(between, Plan((middle,), (2, 3))) == []
    assert timed(along_a_row(replace(UNIT, rest=Rest(100.0, 200.0, 1200.0))), 0, []) == Route()


def test_from_where_a_unit_is_now() -> None:
    problem = along_a_row(replace(UNIT, rest=Rest(0.0, 3600.0, 1200.0)))
    rested = timed(problem, 0, [3], Since(3, 5000.0, rest_taken=True))
    assert rested is not None
    assert rested.rest is None
    assert rested.stops[0].arrive_s == 5600.0
    late = timed(problem, 0, [3], Since(3, 5000.0))
    assert late is not None
    assert late.rest is None
    assert timed(problem, 0, [], Since(4, 1e6)) == Route()
