"""Solving a draft: the plan drawn at random among good ones, then timed against what was really wanted."""

from collections.abc import Callable

from geo.patrol.effort import Effort
from geo.patrol.problem import Plan, Problem
from geo.patrol.solving import solve
from geo.patrol.variety import drawn
from operations.patrolling.drafts import Wishes

NAME = "watchgrid/pyvrp"
CORES = 2


def solved(problem: Problem, wishes: Wishes, seed: int, enough: Callable[[], bool]) -> Plan:
    """Return a plan of the problem: of one drawn from it, so every window and shift of it holds."""
    chosen = drawn(problem, wishes.variety, seed)
    return solve(chosen, Effort(seed=seed, seconds=wishes.seconds, cores=CORES, enough=enough))
