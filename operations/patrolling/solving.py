"""Solving a draft: a plan drawn at random among good ones; the search begins from cheapest insertion."""

from collections.abc import Callable

from geo.patrol.effort import Effort
from geo.patrol.problem import Plan, Problem, Route
from geo.patrol.repair import Underway, repair
from geo.patrol.surprise import solve_surprisingly
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
    """Return a plan of the problem that its past plans do not foretell, as far as `wishes.variety` asks."""
    seed = wishes.seed or 0
    nothing = Plan(tuple(Route() for _ in problem.units), tuple(range(len(problem.visits))))
    start = repair(drawn(problem, wishes.variety, seed), nothing, Underway(BEFORE_ALL_S)).plan
    effort = Effort(seed=seed, seconds=wishes.seconds, cores=CORES, enough=enough, report=report)
    return solve_surprisingly(problem, effort, wishes.variety, start)
