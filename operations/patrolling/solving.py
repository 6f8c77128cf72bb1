"""Solving a draft: a plan drawn at random among good ones."""

from collections.abc import Callable

from geo.patrol.effort import Effort
from geo.patrol.problem import Plan, Problem
from geo.patrol.solving import prepare
from geo.patrol.surprise import solve_surprisingly
from operations.patrolling.drafts import Wishes

CORES = 2


def solved(
    problem: Problem,
    wishes: Wishes,
    enough: Callable[[], bool],
    report: Callable[[float], None] | None = None,
) -> Plan:
    """Return a plan of the problem that its past plans do not foretell, as far as `wishes.variety` asks."""
    prepare()  # compiling, once after an install, is not the plan's time
    effort = Effort(wishes.seed or 0, wishes.seconds, CORES, enough=enough, report=report)
    return solve_surprisingly(problem, effort, wishes.variety)
