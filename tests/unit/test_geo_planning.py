"""Patrol plans: feasible by an independent check, worth their prize, the same for one seed."""

import dataclasses

import numpy as np
import pytest

from geo.plan_check import faults, prize_share
from geo.planning import Assignment, Effort, PatrolUnit, Plan, PlannedStop, VisitTask, plan_patrols

HOUR_S = 3600.0


def shift(tasks: int, seed: int = 0) -> Assignment:
    """Three units in two towns and tasks on a plane of 30 x 30 driving minutes, half of them in windows."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 1800, (2 + tasks, 2))
    seconds = np.abs(places[:, None] - places[None]).sum(axis=2)
    units = [PatrolUnit(i % 2, 8 * HOUR_S, 12 * HOUR_S, i % 2) for i in range(3)]
    visits = []
    for i in range(tasks):
        start = rng.uniform(8, 10) * HOUR_S if i % 2 else 8 * HOUR_S
        end = start + HOUR_S if i % 2 else 12 * HOUR_S
        visits.append(VisitTask(2 + i, float(rng.integers(1, 20)), 600.0, start, end, i % 2))
    return Assignment(units, visits, seconds)


@pytest.mark.parametrize("tasks", [1, 12, 60])
def test_plans_can_be_driven(tasks: int) -> None:
    assignment = shift(tasks)
    plan = plan_patrols(assignment, Effort(seed=3, iterations=150))
    assert faults(assignment, plan) == []
    assert prize_share(assignment, plan) > 0.6


def test_of_too_many_tasks_the_dear_ones_are_served() -> None:
    assignment = shift(60)
    plan = plan_patrols(assignment, Effort(seed=3, iterations=150))
    lost = [assignment.tasks[task].prize for task in plan.unserved]
    served = [assignment.tasks[stop.task].prize for route in plan.routes for stop in route]
    assert np.mean(served) > np.mean(lost) + 2


def test_same_seed_same_plan() -> None:
    assignment = shift(30)
    effort = Effort(seed=5, iterations=100, limit_s=600.0)
    assert plan_patrols(assignment, effort) == plan_patrols(assignment, effort)


def test_a_task_nobody_can_reach_in_time_stays_unserved() -> None:
    assignment = shift(6)
    early = dataclasses.replace(assignment.tasks[0], until_s=assignment.tasks[0].from_s - HOUR_S, from_s=0.0)
    assignment = dataclasses.replace(assignment, tasks=[early, *assignment.tasks[1:]])
    plan = plan_patrols(assignment, Effort(seed=1, iterations=50))
    assert 0 in plan.unserved
    assert faults(assignment, plan) == []


def test_the_search_ends_when_it_is_enough() -> None:
    asked = iter([False] * 20 + [True] * 10_000)
    assignment = shift(30)
    plan = plan_patrols(assignment, Effort(1, iterations=10**9, limit_s=600.0, enough=lambda: next(asked)))
    assert faults(assignment, plan) == []


def test_nothing_to_do_is_a_plan() -> None:
    assignment = dataclasses.replace(shift(1), tasks=[])
    assert plan_patrols(assignment, Effort(seed=1)) == Plan([[], [], []], [])


def test_checker_sees_every_kind_of_fault() -> None:
    unit = PatrolUnit(0, 0.0, 2000.0, 0)
    task = VisitTask(1, 5.0, 600.0, 500.0, 900.0, 0)
    assignment = Assignment([unit], [task], np.array([[0.0, 400.0], [400.0, 0.0]]))

    def told(*stops: PlannedStop, unserved: tuple[int, ...] = ()) -> str:
        return "; ".join(faults(assignment, Plan([list(stops)], list(unserved))))

    assert told(PlannedStop(0, 400.0, 1100.0)) == ""
    assert "before the drive allows" in told(PlannedStop(0, 300.0, 1100.0))
    assert "after its window" in told(PlannedStop(0, 950.0, 1550.0))
    assert "before its dwell" in told(PlannedStop(0, 400.0, 1000.0))
    assert "back after its shift" in told(PlannedStop(0, 400.0, 1700.0))
    assert "visited 2 times" in told(PlannedStop(0, 400.0, 1100.0), PlannedStop(0, 1100.0, 1700.0))
    assert "not all tasks once" in told()
    assert "not all tasks once" in told(PlannedStop(0, 400.0, 1100.0), unserved=(0,))
