"""A plan drawn at random among good ones: solved as drawn, filled up as wanted, then wandered from.

Solving is in solving.py, drawing in variety.py. The seed makes an auditor's plan the same again where the
effort is counted in iterations.
"""

from collections.abc import Callable
from dataclasses import replace

from geo.patrol.effort import Effort
from geo.patrol.problem import Plan, Problem
from geo.patrol.solving import solve
from geo.patrol.variety import drawn
from geo.patrol.wandering import wandered

AS_DRAWN = 0.92  # share of the effort spent on the drawn problem; the rest wins back what its windows lost


def solve_surprisingly(problem: Problem, effort: Effort, spread: float, start: Plan | None = None) -> Plan:
    """Return a plan of the problem that its past plans do not foretell; spread 0 plans as `solve` does.

    spread: see `variety.drawn`; 0.2 costs about two points of the priority served (docs/benchmarks.md).
    """
    if spread <= 0:
        return solve(problem, effort, start)
    first = solve(drawn(problem, spread, effort.seed), _part(effort, 0.0, AS_DRAWN), start)
    filled = solve(problem, _part(effort, AS_DRAWN, 1.0), first)
    return wandered(problem, filled, effort.seed)


def _part(effort: Effort, begins: float, ends: float) -> Effort:
    """Return the part of an effort between two shares of it."""
    share = ends - begins
    told = effort.report

    def tell(spent: float) -> None:
        if told is not None:
            told(begins + share * spent)

    report: Callable[[float], None] | None = tell if told is not None else None
    return replace(
        effort,
        seconds=effort.seconds * share,
        iterations=None if effort.iterations is None else max(1, round(effort.iterations * share)),
        report=report,
    )
