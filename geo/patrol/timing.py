"""When a unit is where if it makes visits in a given order: earliest times, its rest, back by shift end.

Chooses no order; that is solving and repair. Waiting costs nothing here, driving abroad no more time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.patrol.problem import Problem, RestTaken, Route, Stop

CLOSE_S = 1e-6  # times this near are equal: sums of drives in another order differ by less


@dataclass(frozen=True, slots=True)
class Since:
    """Where a unit under way is next free: at `place` (a row of the matrices) at `at_s`.

    rest_taken: it had its rest, or is not to have one any more.
    """

    place: int
    at_s: float
    rest_taken: bool = False


def timed(problem: Problem, unit: int, order: Sequence[int], since: Since | None = None) -> Route | None:
    """Return the visits in this order at their earliest times; None if they do not fit.

    The rest comes where the unit is home first, then where the visits begin first. Without visits: an empty
    route, with a rest only for a unit under way. Who can do nothing more in time still comes home.
    """
    if not rest_due(problem, unit, since) or (not order and since is None):
        route = timed_resting(problem, unit, order, None, since)
        return route if order else route or Route()
    ways = [timed_resting(problem, unit, order, after, since) for after in range(len(order) + 1)]
    fitting = [route for route in ways if route is not None]
    if not fitting:
        return None if order else Route()
    return min(fitting, key=lambda route: (home_s(problem, unit, route), sum(s.start_s for s in route.stops)))


def rest_due(problem: Problem, unit: int, since: Since | None) -> bool:
    """Return whether the unit still has a rest before it; one it can no longer begin in time is not due."""
    who = problem.units[unit]
    if who.rest is None or since is None:
        return who.rest is not None
    back = problem.seconds[who.profile][since.place, who.start]
    return not since.rest_taken and bool(since.at_s + back <= who.rest.until_s + CLOSE_S)


def allowed(problem: Problem, unit: int, visit: int) -> bool:
    """Return whether the unit may go to the visit's town."""
    who = problem.units[unit]
    return who.county_wide or who.may_leave_town or who.town == problem.visits[visit].town


def timed_resting(
    problem: Problem, unit: int, order: Sequence[int], after: int | None, since: Since | None = None
) -> Route | None:
    """As `timed`, with the rest after so many visits, or none for None."""
    who = problem.units[unit]
    drive = problem.seconds[who.profile]
    here, at_s = (since.place, since.at_s) if since else (who.start, who.shift_from_s)
    at_s = max(at_s, who.shift_from_s)
    stops: list[Stop] = []
    rest: RestTaken | None = None
    for position in range(len(order) + 1):
        if after == position and who.rest:
            from_s = max(at_s + float(drive[here, who.start]), who.rest.from_s)
            if from_s > who.rest.until_s + CLOSE_S:
                return None
            here, at_s = who.start, from_s + who.rest.lasts_s
            rest = RestTaken(position, from_s, at_s)
        if position == len(order):
            break
        visit = problem.visits[order[position]]
        arrive_s = at_s + float(drive[here, visit.place])
        start_s = max(arrive_s, visit.from_s)
        if start_s > visit.until_s + CLOSE_S or not allowed(problem, unit, order[position]):
            return None
        here, at_s = visit.place, start_s + visit.dwell_s
        stops.append(Stop(order[position], arrive_s, start_s, at_s))
    in_time = at_s + float(drive[here, who.end]) <= who.shift_until_s + CLOSE_S
    return Route(tuple(stops), rest) if in_time else None


def home_s(problem: Problem, unit: int, route: Route) -> float:
    """Return when the unit is home after a route; the end of its shift without stops and rest."""
    who = problem.units[unit]
    place, at_s = who.end, who.shift_until_s
    if route.stops:
        place, at_s = problem.visits[route.stops[-1].visit].place, route.stops[-1].leave_s
    if route.rest and route.rest.after == len(route.stops):
        place, at_s = who.start, route.rest.until_s
    return at_s + float(problem.seconds[who.profile][place, who.end])
