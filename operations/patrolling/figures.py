"""Figures of a plan: what it serves and costs, and why nobody makes a visit. Stores nothing."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from geo.patrol.problem import Plan, Problem
from geo.patrol.timing import allowed

GAP_HOURS = (1, 2, 3, 4, 6, 8, 12)

Json = dict[str, Any]


def figures_of(problem: Problem, plan: Plan) -> Json:
    """Return what the API calls `figures`, but for the metres, the bound and the entropy."""
    served = [stop.visit for route in plan.routes for stop in route.stops]
    wanted = sum(visit.priority for visit in problem.visits)
    resting = [u for u, unit in enumerate(problem.units) if unit.rest is not None and plan.routes[u].stops]
    return {
        "visits": len(problem.visits),
        "served": len(served),
        "priority_share": round(sum(problem.visits[v].priority for v in served) / wanted, 5)
        if wanted
        else 1.0,
        "towns": _towns(problem, served),
        "dwell_s": round(sum(problem.visits[v].dwell_s for v in served), 1),
        "units": sum(1 for route in plan.routes if route.stops),
        "rests": len(resting),
        "rests_kept": sum(plan.routes[unit].rest is not None for unit in resting),
        "unserved": len(plan.unserved),
        "must_unserved": sum(problem.visits[v].must for v in plan.unserved),
        "gaps_h": _gaps(problem, plan),
    }


def why_unserved(problem: Problem, visit: int) -> str:
    """Return why nobody makes a visit: no_unit, too_far, must_impossible or lost_to_higher.

    no_unit: nobody who may go there is on shift in its window. too_far: nobody of those could be there in
    time and home again, with nothing else to do. must_impossible: the same, of a visit that must be.
    """
    wanted = problem.visits[visit]
    on_shift = [
        number
        for number, unit in enumerate(problem.units)
        if allowed(problem, number, visit)
        and unit.shift_from_s <= wanted.until_s
        and unit.shift_until_s >= wanted.from_s + wanted.dwell_s
    ]
    if any(_reaches(problem, unit, visit) for unit in on_shift):
        return "lost_to_higher"
    if wanted.must:
        return "must_impossible"
    return "too_far" if on_shift else "no_unit"


def _reaches(problem: Problem, number: int, visit: int) -> bool:
    unit, wanted = problem.units[number], problem.visits[visit]
    seconds = problem.seconds[unit.profile]
    begins_s = max(unit.shift_from_s + seconds[unit.start, wanted.place], wanted.from_s)
    back_s = begins_s + wanted.dwell_s + seconds[wanted.place, unit.end]
    return bool(begins_s <= wanted.until_s and back_s <= unit.shift_until_s)


def _towns(problem: Problem, served: Sequence[int]) -> list[Json]:
    """Return the share of its own priority that each town gets."""
    wanted: dict[int, float] = {}
    for visit in problem.visits:
        wanted[visit.town] = wanted.get(visit.town, 0.0) + visit.priority
    got = dict.fromkeys(wanted, 0.0)
    for number in served:
        got[problem.visits[number].town] += problem.visits[number].priority
    return [
        {"town_id": town, "share": round(got[town] / wanted[town], 4) if wanted[town] else 1.0}
        for town in sorted(wanted)
    ]


def _gaps(problem: Problem, plan: Plan) -> list[Json]:
    """Return how many hours lie between the beginnings of visits to one place, counted by spans."""
    starts: dict[int, list[float]] = {}
    for route in plan.routes:
        for stop in route.stops:
            group = problem.visits[stop.visit].revisit
            if group >= 0:
                starts.setdefault(group, []).append(stop.start_s)
    hours = [gap / 3600 for each in starts.values() for gap in np.diff(sorted(each)).tolist()]
    where = np.searchsorted(GAP_HOURS, hours, side="left")
    counts = np.bincount(where, minlength=len(GAP_HOURS) + 1).tolist()
    edges = [0, *GAP_HOURS, None]
    return [
        {"from_h": edges[number], "until_h": edges[number + 1], "count": count}
        for number, count in enumerate(counts)
    ]
