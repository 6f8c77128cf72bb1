"""Figures of a patrol plan: shares, gaps between visits to one place, and why a visit is left."""

import numpy as np
import pytest

from geo.patrol.problem import PatrolUnit, Plan, Problem, Rest, RestTaken, Route, Stop, Visit
from operations.patrolling.figures import figures_of, why_unserved

HOUR = 3600.0
SECONDS = np.array([[0, 600, np.inf], [600, 0, np.inf], [np.inf, np.inf, 0]])
UNIT = PatrolUnit(
    0, 0, 8 * HOUR, 16 * HOUR, town=1, may_leave_town=False, rest=Rest(11 * HOUR, 13 * HOUR, 1800)
)
DAY = (8 * HOUR, 16 * HOUR)


def visit(
    place: int, priority: float, town: int = 1, window: tuple[float, float] = DAY, **more: object
) -> Visit:
    return Visit(place, priority, 600.0, *window, town, **more)  # type: ignore[arg-type]


def test_figures_count_what_is_served() -> None:
    visits = [visit(1, 6.0, revisit=3), visit(1, 3.0, revisit=3), visit(1, 1.0, town=2)]
    stops = (Stop(0, 9 * HOUR, 9 * HOUR, 9.5 * HOUR), Stop(1, 14 * HOUR, 14 * HOUR, 14.5 * HOUR))
    plan = Plan((Route(stops, RestTaken(1, 12 * HOUR, 12.5 * HOUR)),), (2,))
    figures = figures_of(Problem([UNIT], visits, [SECONDS]), plan)
    assert (figures["visits"], figures["served"], figures["unserved"], figures["rests_kept"]) == (3, 2, 1, 1)
    assert figures["priority_share"] == 0.9
    assert figures["towns"] == [{"town_id": 1, "share": 1.0}, {"town_id": 2, "share": 0.0}]
    assert [gap for gap in figures["gaps_h"] if gap["count"]] == [{"from_h": 4, "until_h": 6, "count": 1}]


@pytest.mark.parametrize(
    ("left", "why"),
    [
        (visit(1, 1.0), "lost_to_higher"),
        (visit(1, 1.0, must=True), "lost_to_higher"),
        (visit(2, 1.0), "too_far"),
        (visit(2, 1.0, must=True), "must_impossible"),
        (visit(1, 1.0, town=2), "no_unit"),
        (visit(1, 1.0, window=(20 * HOUR, 22 * HOUR)), "no_unit"),
        (visit(1, 1.0, window=(8 * HOUR, 8 * HOUR + 60)), "too_far"),
    ],
)
def test_why_nobody_makes_a_visit(left: Visit, why: str) -> None:
    assert why_unserved(Problem([UNIT], [left], [SECONDS]), 0) == why
