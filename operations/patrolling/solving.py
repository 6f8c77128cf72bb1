"""Solving a draft: the plan drawn at random among good ones, scored against what was really wanted."""

from collections.abc import Callable

from geo import planning
from geo.patrol.problem import Plan, Problem, Route, Stop
from geo.patrol.variety import drawn
from operations.patrolling.drafts import Wishes

NAME = "pyvrp"


def solved(problem: Problem, wishes: Wishes, seed: int, enough: Callable[[], bool]) -> Plan:
    """Return a plan of the problem: of one drawn from it, so every window and shift of it holds."""
    chosen = drawn(problem, wishes.variety, seed)
    tasks = [
        planning.VisitTask(v.place, v.priority, v.dwell_s, v.from_s, v.until_s, v.town) for v in chosen.visits
    ]
    units = [planning.PatrolUnit(u.start, u.shift_from_s, u.shift_until_s, u.town) for u in chosen.units]
    effort = planning.Effort(seed, 1_000_000, wishes.seconds, enough)
    found = planning.plan_patrols(planning.Assignment(units, tasks, chosen.seconds[0]), effort)
    routes = [
        Route(
            tuple(Stop(s.task, s.arrive_s, max(s.arrive_s, tasks[s.task].from_s), s.leave_s) for s in stops)
        )
        for stops in found.routes
    ]
    return Plan(tuple(routes), tuple(found.unserved))
