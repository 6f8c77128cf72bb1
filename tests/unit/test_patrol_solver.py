"""Patrol plans: found feasible by an independent checker, musts and floors kept, the same for one seed."""

import dataclasses
import time

import numpy as np
import pytest

from geo.patrol.checking import driving_s, faults, served_priority, town_shares
from geo.patrol.problem import PatrolUnit, Plan, Problem, Rest, RestTaken, Route, Stop, Visit
from geo.patrol.solving import Effort, doable, solve

HOUR_S = 3600.0


def day(visits: int, units: int, seed: int = 0, floor: float = 0.0) -> Problem:
    """Units of three towns, some rest, some stay in town; places on a plane of 30 x 30 driving minutes."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 1800, (3 + visits, 2))
    rest = Rest(10 * HOUR_S, 11.5 * HOUR_S, 1800.0)
    people = [
        PatrolUnit(
            i % 3,
            i % 3,
            8 * HOUR_S + 600.5 * i,
            14 * HOUR_S,
            i % 3,
            may_leave_town=i % 4 != 1,
            county_wide=i % 5 == 0,
            rest=rest if i % 2 else None,
        )
        for i in range(units)
    ]
    wanted = []
    for i in range(visits):
        opens_s = rng.uniform(8, 12) * HOUR_S if i % 2 else 8 * HOUR_S
        closes_s = opens_s + HOUR_S if i % 2 else 14 * HOUR_S
        wanted.append(Visit(3 + i, float(rng.integers(1, 20)), 600.0, opens_s, closes_s, i % 3, i % 17 == 3))
    return Problem(people, wanted, [np.abs(xy[:, None] - xy[None]).sum(axis=2)], town_floor=floor)


def steps(count: int, seed: int = 1) -> Effort:
    return Effort(seed, cores=1, iterations=count)


@pytest.mark.parametrize(("visits", "units"), [(1, 1), (14, 2), (120, 7)])
def test_plans_can_be_driven_and_serve_the_musts(visits: int, units: int) -> None:
    problem = day(visits, units, seed=visits)
    plan = solve(problem, steps(400))
    assert faults(problem, plan) == []
    assert not [number for number in plan.unserved if problem.visits[number].must]
    assert served_priority(problem, plan) > 0.8
    assert all(
        route.rest
        for unit, route in zip(problem.units, plan.routes, strict=True)
        if unit.rest and route.stops
    )


def test_same_seed_same_plan_and_two_threads_find_a_plan_too() -> None:
    problem = day(220, 20)
    assert solve(problem, steps(300)) == solve(problem, steps(300)) != solve(problem, steps(300, seed=2))
    together = solve(problem, Effort(1, cores=2, iterations=3000))
    assert faults(problem, together) == []
    assert served_priority(problem, together) > 0.85


def test_searching_pays_and_begins_from_a_given_plan() -> None:
    problem = day(150, 5)
    first, longer = solve(problem, steps(1)), solve(problem, steps(2000))
    assert served_priority(problem, longer) > served_priority(problem, first) + 0.03
    again = solve(problem, steps(1), start=longer)
    assert served_priority(problem, again) >= served_priority(problem, longer)


def test_a_floor_raises_a_starved_town() -> None:
    problem = day(150, 3)
    problem = dataclasses.replace(
        problem,
        units=[dataclasses.replace(unit, county_wide=True) for unit in problem.units],
        visits=[
            dataclasses.replace(visit, must=False, priority=1.0 if visit.town == 2 else 9.0)
            for visit in problem.visits
        ],
    )
    starved = town_shares(problem, solve(problem, steps(1500)))[2]
    kept = solve(dataclasses.replace(problem, town_floor=0.3), steps(1500))
    assert starved < 0.2
    assert town_shares(problem, kept)[2] >= 0.3
    assert faults(problem, kept) == []


def test_what_nobody_can_do_stays_unserved() -> None:
    problem = day(8, 2)
    early = dataclasses.replace(problem.visits[0], from_s=0.0, until_s=HOUR_S, must=True)
    nobody = dataclasses.replace(problem, visits=[early, *problem.visits[1:]])
    assert 0 not in doable(nobody, range(2))
    assert 0 in solve(nobody, steps(50)).unserved
    tired = dataclasses.replace(problem.units[1], rest=Rest(2 * HOUR_S, 3 * HOUR_S, 600.0))
    assert solve(dataclasses.replace(problem, units=[tired]), steps(50)).routes == (Route(),)
    assert solve(dataclasses.replace(problem, units=[], visits=[]), steps(50)) == Plan((), ())


def test_the_search_ends_when_it_is_enough_and_tells_how_far_it_is() -> None:
    heard: list[float] = []
    asked = iter([False] * 5)
    effort = Effort(1, 600.0, enough=lambda: next(asked, True))
    began_s = time.monotonic()
    assert faults(day(40, 8), solve(day(40, 8), effort)) == []
    assert time.monotonic() - began_s < 100
    solve(day(40, 2), Effort(1, cores=1, iterations=1000, report=heard.append))
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_copies_too_close_in_time_are_not_both_kept() -> None:
    problem = day(6, 2)
    twice = [dataclasses.replace(problem.visits[0], revisit=4, spacing_s=20 * HOUR_S, must=False)] * 2
    problem = dataclasses.replace(problem, visits=[*twice, *problem.visits[2:]])
    plan = solve(problem, steps(100))
    assert faults(problem, plan) == []
    assert len({0, 1} & {*plan.unserved}) == 1


def test_checker_finds_each_planted_fault() -> None:
    unit = PatrolUnit(0, 0, 0.0, 4000.0, 1, may_leave_town=False, rest=Rest(1500.0, 2500.0, 300.0))
    visit = Visit(1, 5.0, 600.0, 500.0, 900.0, 1, revisit=1, spacing_s=900.0)
    other = dataclasses.replace(visit, from_s=1200.0, until_s=3000.0)
    drive = np.array([[0.0, 400.0], [400.0, 0.0]])
    problem = Problem([unit], [visit, other], [drive])
    stop, rest = Stop(0, 400.0, 500.0, 1100.0), RestTaken(1, 1500.0, 1800.0)
    good = Plan((Route((stop,), rest),), (1,))

    def told(*stops: Stop, rest: RestTaken | None = rest, unserved: tuple[int, ...] = (1,)) -> str:
        return "; ".join(faults(problem, Plan((Route(stops, rest),), unserved)))

    assert faults(problem, good) == []
    assert (served_priority(problem, good), driving_s(problem, good)) == (0.5, 800.0)
    assert "before the drive allows" in told(dataclasses.replace(stop, arrive_s=300.0))
    assert "before its window" in told(dataclasses.replace(stop, start_s=450.0))
    assert "after its window" in told(Stop(0, 950.0, 950.0, 1550.0), rest=RestTaken(1, 1950.0, 2250.0))
    assert "before its dwell" in told(dataclasses.replace(stop, leave_s=1000.0))
    assert "takes no rest" in told(stop, rest=None)
    assert "outside the rest's window" in told(stop, rest=RestTaken(1, 2600.0, 2900.0))
    assert "rests before the drive" in told(dataclasses.replace(stop, leave_s=1300.0))
    assert "rests too short" in told(stop, rest=RestTaken(1, 1500.0, 1700.0))
    assert "rests after more stops" in told(stop, rest=RestTaken(2, 1500.0, 1800.0))
    assert "back after its shift" in told(stop, rest=RestTaken(1, 1500.0, 4100.0))
    assert "made 2 times" in told(stop, stop)
    assert "not all visits once" in told(stop, unserved=())
    soon = Stop(1, 1100.0, 1200.0, 1800.0)
    assert "too close" in told(stop, soon, rest=RestTaken(2, 2200.0, 2500.0), unserved=())
    elsewhere = dataclasses.replace(problem, visits=[dataclasses.replace(visit, town=2), other])
    assert "may not go to" in "; ".join(faults(elsewhere, good))
    none_due = dataclasses.replace(problem, units=[dataclasses.replace(unit, rest=None)])
    assert "does not have" in "; ".join(faults(none_due, good))
    assert "not one route per unit" in "; ".join(faults(problem, Plan((), (0, 1))))
