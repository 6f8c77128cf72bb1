"""Solving a draft: the plan drawn at random among good ones; it begins from cheapest insertion."""

from collections.abc import Callable

from geo.patrol.effort import Effort
from geo.patrol.problem import Plan, Problem, Route
from geo.patrol.repair import Underway, repair
from geo.patrol.solving import solve
from geo.patrol.variety import drawn
from operations.patrolling.drafts import Wishes

CORES = 2
BEFORE_ALL_S = -1e9


def solved(
    problem: Problem,
    wishes: Wishes,
    enough: Callable[[], bool],
    report: Callable[[float], None] | None = None,
) -> Plan:
    """Return a plan of the problem: of one drawn from it, so every window and shift of it holds."""
    seed = wishes.seed or 0
    chosen = drawn(problem, wishes.variety, seed)
    nothing = Plan(tuple(Route() for _ in problem.units), tuple(range(len(problem.visits))))
    start = repair(chosen, nothing, Underway(BEFORE_ALL_S)).plan
    effort = Effort(seed=seed, seconds=wishes.seconds, cores=CORES, enough=enough, report=report)
    return solve(chosen, effort, start=start)
