"""The rest of a day as a problem of its own, for solving, and its solution put back behind what is done.

A rest still to come keeps its planned time: the unit counts as two, before and after it, home in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from geo.patrol.problem import PatrolUnit, Plan, Problem, Rest, RestTaken, Route, Stop
from geo.patrol.repair import Underway
from geo.patrol.timing import Since, rest_due


@dataclass(frozen=True, slots=True)
class Span:
    """What is left of a unit's day, or the part of it before or after its rest."""

    unit: int
    after_rest: bool = False


@dataclass(frozen=True, slots=True)
class Remaining:
    """problem, plan: of the rest of the day; spans, visits: what its units and visits are in the whole."""

    problem: Problem
    plan: Plan
    spans: Sequence[Span]
    visits: Sequence[int]


def remaining(problem: Problem, plan: Plan, underway: Underway) -> Remaining:
    """Return what is left of a plan under way that was just mended, so that it can be driven.

    underway.since is told for every unit that is not out.
    """
    spans: list[Span] = []
    units: list[PatrolUnit] = []
    orders: list[list[Stop]] = []
    for number, route in enumerate(plan.routes):
        if number in underway.out:
            continue
        for span, unit, stops in _halves(problem, number, route, underway):
            spans.append(span)
            units.append(unit)
            orders.append(stops)
    made = {stop.visit for number, route in enumerate(plan.routes) for stop in route.stops} & underway.done
    visits = [number for number in range(len(problem.visits)) if number not in made]
    index = {visit: number for number, visit in enumerate(visits)}
    routes = tuple(Route(tuple(replace(stop, visit=index[stop.visit]) for stop in order)) for order in orders)
    served = {stop.visit for route in routes for stop in route.stops}
    start = Plan(routes, tuple(number for number in range(len(visits)) if number not in served))
    # The floor of towns is for the whole day; of its rest it would count again what is done.
    left = replace(problem, units=units, visits=[problem.visits[v] for v in visits], town_floor=0.0)
    return Remaining(left, start, spans, visits)


def whole(plan: Plan, underway: Underway, left: Remaining, solved: Plan) -> Plan:
    """Return the plan with the rest of its day as solved; what is done, and rests, stay."""
    behind: dict[int, list[Stop]] = {}
    before_rest: dict[int, int] = {}
    rests: dict[int, RestTaken | None] = {}
    for span, route in zip(left.spans, solved.routes, strict=True):
        stops = [replace(stop, visit=left.visits[stop.visit]) for stop in route.stops]
        behind[span.unit] = behind.get(span.unit, []) + stops
        if not span.after_rest:
            before_rest[span.unit], rests[span.unit] = len(stops), route.rest
    routes = []
    for number, route in enumerate(plan.routes):
        done = [stop for stop in route.stops if stop.visit in underway.done]
        rest = route.rest
        if taken := rests.get(number):
            rest = replace(taken, after=len(done) + taken.after)
        elif rest and rest.after >= len(done) and number in before_rest and _rest_ahead(underway, number):
            rest = replace(rest, after=len(done) + before_rest[number])
        routes.append(Route((*done, *behind.get(number, [])), rest))
    served = {stop.visit for route in routes for stop in route.stops}
    everything = {stop.visit for route in plan.routes for stop in route.stops} | set(plan.unserved)
    return Plan(tuple(routes), tuple(sorted(everything - served)))


def _rest_ahead(underway: Underway, number: int) -> bool:
    since = underway.since[number]
    return since is not None and not since.rest_taken


def _halves(
    problem: Problem, number: int, route: Route, underway: Underway
) -> list[tuple[Span, PatrolUnit, list[Stop]]]:
    """Return what is left of a unit: one span, or two around the rest it has planned."""
    who, since = problem.units[number], underway.since[number]
    assert since is not None
    since = Since(since.place, max(since.at_s, underway.now_s, who.shift_from_s), since.rest_taken)
    ahead = [stop for stop in route.stops if stop.visit not in underway.done]
    done = len(route.stops) - len(ahead)
    own = replace(who, start=since.place, shift_from_s=since.at_s, rest=None)
    rest = route.rest
    if not ahead and since.at_s >= who.shift_until_s:
        return []
    if not rest_due(problem, number, since):
        return [(Span(number), own, ahead)]
    if rest is None or rest.after < done:  # idle at its station: it still has its rest to plan
        return [(Span(number), replace(own, rest=_own_rest(who, since)), ahead)]
    first, second = ahead[: rest.after - done], ahead[rest.after - done :]
    until = replace(own, end=who.start, shift_until_s=rest.from_s)
    after = replace(who, shift_from_s=rest.until_s, rest=None)
    return [(Span(number), until, first), (Span(number, after_rest=True), after, second)]


def _own_rest(who: PatrolUnit, since: Since) -> Rest | None:
    return who.rest if since.place == who.start else None
