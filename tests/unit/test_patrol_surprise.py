"""Surprise: a walk keeps every visit and every rule, and leads elsewhere."""

import numpy as np

from geo.patrol.checking import faults
from geo.patrol.effort import Effort
from geo.patrol.problem import PatrolUnit, Plan, Problem, Rest, Visit
from geo.patrol.surprise import solve_surprisingly
from geo.patrol.wandering import wandered

HOUR_S = 3600.0


def shift() -> Problem:
    """Four units, one with a rest, one bound to its town, and 24 visits within 30 minutes' drive."""
    rng = np.random.default_rng(3)
    at = rng.uniform(0, 900, (26, 2))
    seconds = np.abs(at[:, None] - at[None]).sum(axis=2)
    span = (8 * HOUR_S, 14 * HOUR_S)
    units = [PatrolUnit(i % 2, i % 2, *span, i % 2, may_leave_town=i != 3) for i in range(3)]
    units.append(PatrolUnit(0, 0, *span, 0, rest=Rest(10 * HOUR_S, 12 * HOUR_S, 1800.0)))
    visits = [
        Visit(2 + i, 5.0, 600.0, 8 * HOUR_S, (10 if i % 4 == 0 else 14) * HOUR_S, i % 2, revisit=-1)
        for i in range(24)
    ]
    return Problem(units, visits, [seconds])


def made_at(plan: Plan) -> dict[int, float]:
    return {stop.visit: stop.start_s for route in plan.routes for stop in route.stops}


def test_a_walk_serves_the_same_visits_at_other_times() -> None:
    problem = shift()
    plan = solve_surprisingly(problem, Effort(seed=1, iterations=120, cores=1), spread=0.0)
    walked = wandered(problem, plan, seed=2)
    assert faults(problem, plan) == faults(problem, walked) == []
    assert made_at(plan).keys() == made_at(walked).keys()
    changed = [visit for visit, at_s in made_at(plan).items() if abs(at_s - made_at(walked)[visit]) > 900]
    assert len(changed) > 6
    assert walked == wandered(problem, plan, seed=2)


def test_a_surprising_plan_keeps_every_rule() -> None:
    problem = shift()
    plan = solve_surprisingly(problem, Effort(seed=7, iterations=120, cores=1), spread=0.2)
    assert faults(problem, plan) == []
    assert len(plan.unserved) <= 2
