"""Scores a patrol plan against its problem and finds what it breaks; knows nothing of how plans are made."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from geo.patrol.problem import PatrolUnit, Plan, Problem, Route

ROUNDING_S = 1e-3


def faults(problem: Problem, plan: Plan) -> list[str]:
    """Return one sentence for everything a plan breaks; none for a plan that can be driven.

    Sources: windows, dwell, shifts, rests, forbidden towns, drives, spacing of revisits, each visit once or
    unserved. That a must-visit is unserved is no fault: it may be impossible.
    """
    found = _counting_faults(problem, plan)
    if found:
        return found
    for number, (unit, route) in enumerate(zip(problem.units, plan.routes, strict=True)):
        found += [f"unit {number}: {fault}" for fault in _route_faults(problem, unit, route)]
    return found + _spacing_faults(problem, plan)


def _counting_faults(problem: Problem, plan: Plan) -> list[str]:
    found = []
    if len(plan.routes) != len(problem.units):
        found.append("the plan has not one route per unit")
    times = Counter(stop.visit for route in plan.routes for stop in route.stops)
    found += [f"visit {visit} is made {count} times" for visit, count in sorted(times.items()) if count > 1]
    if sorted([*times, *plan.unserved]) != list(range(len(problem.visits))):
        found.append("served and unserved visits together are not all visits once")
    return found


def _route_faults(problem: Problem, unit: PatrolUnit, route: Route) -> list[str]:
    found = [fault for at in range(len(route.stops)) for fault in _stop_faults(problem, unit, route, at)]
    found += _rest_faults(problem, unit, route)
    if not route.stops and route.rest is None:
        return found
    place, left_s = _left(problem, unit, route, len(route.stops))
    if left_s + problem.seconds[unit.profile][place, unit.end] > unit.shift_until_s + ROUNDING_S:
        found.append("is back after its shift")
    return found


def _left(problem: Problem, unit: PatrolUnit, route: Route, before: int) -> tuple[int, float]:
    """Return where and when the unit leaves for its stop number `before` (or for home)."""
    if route.rest is not None and route.rest.after == before:
        return unit.start, route.rest.until_s
    return _worked(problem, unit, route, before)


def _worked(problem: Problem, unit: PatrolUnit, route: Route, stops: int) -> tuple[int, float]:
    """Return where and when the unit is done with its first `stops` stops, the rest after them aside."""
    if stops == 0:
        return unit.start, unit.shift_from_s
    stop = route.stops[stops - 1]
    return problem.visits[stop.visit].place, stop.leave_s


def _stop_faults(problem: Problem, unit: PatrolUnit, route: Route, at: int) -> Iterator[str]:
    stop = route.stops[at]
    visit = problem.visits[stop.visit]
    place, left_s = _left(problem, unit, route, at)
    if stop.arrive_s + ROUNDING_S < left_s + problem.seconds[unit.profile][place, visit.place]:
        yield f"visit {stop.visit} is reached before the drive allows"
    if stop.start_s + ROUNDING_S < max(stop.arrive_s, visit.from_s):
        yield f"visit {stop.visit} begins before its window or the arrival"
    if stop.start_s > visit.until_s + ROUNDING_S:
        yield f"visit {stop.visit} begins after its window"
    if stop.leave_s + ROUNDING_S < stop.start_s + visit.dwell_s:
        yield f"visit {stop.visit} is left before its dwell is over"
    if forbidden(unit, visit.town):
        yield f"visit {stop.visit} is in a town the unit may not go to"


def forbidden(unit: PatrolUnit, town: int) -> bool:
    """Return whether a unit may not visit places of a town."""
    return not unit.may_leave_town and not unit.county_wide and town != unit.town


def _rest_faults(problem: Problem, unit: PatrolUnit, route: Route) -> Iterator[str]:
    rest, taken = unit.rest, route.rest
    if rest is None or taken is None:
        if rest is None and taken is not None:
            yield "takes a rest it does not have"
        if rest is not None and taken is None and route.stops:
            yield "takes no rest"
        return
    if not 0 <= taken.after <= len(route.stops):
        yield "rests after more stops than it has"
        return
    place, left_s = _worked(problem, unit, route, taken.after)
    if taken.from_s + ROUNDING_S < left_s + problem.seconds[unit.profile][place, unit.start]:
        yield "rests before the drive to its station allows"
    if not rest.from_s - ROUNDING_S <= taken.from_s <= rest.until_s + ROUNDING_S:
        yield "rests outside the rest's window"
    if taken.until_s - taken.from_s + ROUNDING_S < rest.lasts_s:
        yield "rests too short"


def _spacing_faults(problem: Problem, plan: Plan) -> list[str]:
    begun: dict[int, list[tuple[float, int]]] = {}
    for route in plan.routes:
        for stop in route.stops:
            if problem.visits[stop.visit].revisit >= 0:
                begun.setdefault(problem.visits[stop.visit].revisit, []).append((stop.start_s, stop.visit))
    found = []
    for starts in begun.values():
        starts.sort()
        for (before_s, one), (after_s, other) in pairwise(starts):
            apart_s = max(problem.visits[one].spacing_s, problem.visits[other].spacing_s)
            if after_s - before_s + ROUNDING_S < apart_s:
                found.append(f"visits {one} and {other} of one place are too close in time")
    return found


def served_priority(problem: Problem, plan: Plan) -> float:
    """Return the share [0, 1] of all priority that a plan serves; 1 where there is none to serve."""
    whole = sum(visit.priority for visit in problem.visits)
    return 1.0 - sum(problem.visits[visit].priority for visit in plan.unserved) / whole if whole else 1.0


def town_shares(problem: Problem, plan: Plan) -> dict[int, float]:
    """Return per town with visits the share [0, 1] of its own priority that a plan serves."""
    whole: dict[int, float] = {}
    lost: dict[int, float] = {}
    for visit in problem.visits:
        whole[visit.town] = whole.get(visit.town, 0.0) + visit.priority
    for visit in (problem.visits[number] for number in plan.unserved):
        lost[visit.town] = lost.get(visit.town, 0.0) + visit.priority
    return {town: 1.0 - lost.get(town, 0.0) / all_ if all_ else 1.0 for town, all_ in sorted(whole.items())}


def driving_s(problem: Problem, plan: Plan) -> float:
    """Return the seconds all units drive together, ways to rests and home among them."""
    return sum(
        _route_driving_s(problem, unit, route)
        for unit, route in zip(problem.units, plan.routes, strict=True)
        if route.stops or route.rest
    )


def _route_driving_s(problem: Problem, unit: PatrolUnit, route: Route) -> float:
    places = [problem.visits[stop.visit].place for stop in route.stops]
    if route.rest is not None:
        places.insert(route.rest.after, unit.start)
    way = [unit.start, *places, unit.end]
    return sum(float(problem.seconds[unit.profile][a, b]) for a, b in pairwise(way))
