"""Makes a patrol plan: which unit makes which visits when. Searching is annealing.py, its terms are model.py.

Must-visits first, then priority, then little driving; towns below their floor are raised and searched again.
"""

from collections.abc import Sequence

import numpy as np

from geo.patrol.annealing import Cooling, anneal
from geo.patrol.checking import driving_s, faults, forbidden, town_shares
from geo.patrol.effort import Budget, Effort
from geo.patrol.model import (
    PRIZE_S,
    REST,
    Floats,
    Order,
    Orders,
    best_orders,
    can_rest,
    routes_of,
    terms_of,
    worth,
)
from geo.patrol.problem import PatrolUnit, Plan, Problem, Route, Visit
from geo.patrol.ruin import build
from geo.patrol.timing import timed, timed_resting

__all__ = ["Effort", "doable", "prepare", "solve"]

FLOOR_LOOKS = (0.55, 0.7, 0.85, 1.0)  # shares of the effort after which towns below the floor are raised
RAISE = 2.0  # a town that lacks all of its floor is worth three times as much in the next round
HOT = 0.6  # the first temperature, as a share of what a visit is worth on average
MILD = 0.2  # the same with few units, whose routes a few steps can turn over
FEW_UNITS = 20
WARM = 0.01  # the same from a plan that is to be improved, or once more after a town was raised
COLD = 0.001


def solve(problem: Problem, effort: Effort, start: Plan | None = None) -> Plan:
    """Return a plan that keeps everything the checker asks for; at worst one with empty routes.

    Begins from `start` where its routes still fit. Visits that nobody can make are unserved.
    """
    budget = Budget(effort)
    orders = _orders_of_plan(problem, start) if start else {}
    best = _plan(problem, orders)
    can = [can_rest(unit, problem.seconds[unit.profile]) for unit in problem.units]
    visits = doable(problem, [number for number, able in enumerate(can) if able])
    if not visits:
        return best
    worth_s, looks = worth(problem), FLOOR_LOOKS if problem.town_floor > 0 else (1.0,)
    terms = terms_of(problem, worth_s)
    rests = [able and unit.rest is not None for able, unit in zip(can, problem.units, strict=True)]
    mean_s = max(float(np.mean([visit.priority for visit in problem.visits])) * PRIZE_S, PRIZE_S)
    hot = WARM if start else MILD if len(problem.units) < FEW_UNITS else HOT
    for after, look in zip((0.0, *looks), looks, strict=False):
        routes = routes_of(terms, rests, orders, visits)
        build(terms, routes)
        anneal(terms, routes, Cooling(budget, after, look, hot * mean_s, COLD * mean_s))
        orders = best_orders(terms, routes)
        plan = _plan(problem, orders)
        best = min(best, plan, key=lambda plan: _badness(problem, plan))
        worth_s = _raised(problem, worth_s, plan)
        terms = terms._replace(worth=np.concatenate([worth_s, np.zeros(len(rests))]))
        hot = WARM
    return best


def prepare() -> None:
    """Have the kernel compiled or loaded, so that the first plan need not wait for it."""
    unit = PatrolUnit(0, 0, 0.0, 36_000.0, 0)
    visits = [Visit(0, 1.0, 60.0, 0.0, 3600.0, 0)] * 3
    solve(Problem([unit], visits, [np.zeros((1, 1))]), Effort(seed=0, cores=1, iterations=1))


def doable(problem: Problem, units: Sequence[int]) -> list[int]:
    """Return the visits that some of the units can make if it makes no other, rests aside."""
    kinds = {
        (u.start, u.end, u.shift_from_s, u.shift_until_s, u.profile, *_realm(u)): u
        for u in (problem.units[number] for number in units)
    }
    can = np.zeros(len(problem.visits), dtype=bool)
    for unit in kinds.values():
        can |= _alone(problem.visits, unit, problem.seconds[unit.profile])
    return [int(number) for number in np.flatnonzero(can)]


def _realm(unit: PatrolUnit) -> tuple[int, bool]:
    free = unit.may_leave_town or unit.county_wide
    return (-1 if free else unit.town, free)


def _alone(visits: Sequence[Visit], unit: PatrolUnit, seconds: Floats) -> np.ndarray:
    """Return per visit whether a unit can make it alone."""
    place = np.array([visit.place for visit in visits], dtype=np.int64)
    opens_s = np.array([visit.from_s for visit in visits], dtype=float)
    closes_s = np.array([visit.until_s for visit in visits], dtype=float)
    dwell_s = np.array([visit.dwell_s for visit in visits], dtype=float)
    allowed = np.array([not forbidden(unit, visit.town) for visit in visits], dtype=bool)
    begins_s = np.maximum(unit.shift_from_s + seconds[unit.start, place], opens_s)
    home_s = begins_s + dwell_s + seconds[place, unit.end]
    return np.asarray(allowed & (begins_s <= closes_s) & (home_s <= unit.shift_until_s))


def _orders_of_plan(problem: Problem, plan: Plan) -> Orders:
    """Return the orders of those routes of a plan that this problem's units can drive."""
    orders = {}
    for number, route in enumerate(plan.routes[: len(problem.units)]):
        order = [stop.visit for stop in route.stops if stop.visit < len(problem.visits)]
        timed_route = timed(problem, number, order)
        if timed_route is not None:
            orders[number] = _order(timed_route)
    return orders


def _order(route: Route) -> Order:
    order = [stop.visit for stop in route.stops]
    if route.rest is not None and order:
        order.insert(route.rest.after, REST)
    return order


def _plan(problem: Problem, orders: Orders) -> Plan:
    """Return the plan with these orders at their earliest times; what cannot be driven is left out."""
    routes = tuple(_route(problem, number, orders.get(number, [])) for number in range(len(problem.units)))
    plan = _with_unserved(problem, routes)
    return _spaced(problem, plan) if faults(problem, plan) else plan


def _route(problem: Problem, number: int, order: Order) -> Route:
    visits = [visit for visit in order if visit != REST]
    if not visits:
        return Route()
    after = order.index(REST) if REST in order else None
    return timed_resting(problem, number, visits, after) or timed(problem, number, visits) or Route()


def _with_unserved(problem: Problem, routes: tuple[Route, ...]) -> Plan:
    served = {stop.visit for route in routes for stop in route.stops}
    return Plan(routes, tuple(number for number in range(len(problem.visits)) if number not in served))


def _spaced(problem: Problem, plan: Plan) -> Plan:
    """Return the plan without the visits that come too soon after one of the same place.

    Only for wishes whose windows do not see to the spacing by themselves.
    """
    by_start = sorted(
        (stop.start_s, number, stop.visit)
        for number, route in enumerate(plan.routes)
        for stop in route.stops
        if problem.visits[stop.visit].revisit >= 0
    )
    last: dict[int, tuple[float, float]] = {}
    orders = {number: _order(route) for number, route in enumerate(plan.routes)}
    for start_s, number, visit in by_start:
        wish = problem.visits[visit]
        before_s, spacing_s = last.get(wish.revisit, (-np.inf, 0.0))
        if start_s - before_s < max(spacing_s, wish.spacing_s):
            orders[number].remove(visit)
        else:
            last[wish.revisit] = (start_s, wish.spacing_s)
    return _with_unserved(
        problem,
        tuple(_route(problem, number, orders[number]) for number in range(len(problem.units))),
    )


def _badness(problem: Problem, plan: Plan) -> tuple[int, float, float]:
    """Return what to minimise: musts not made, how far towns are below the floor, the value with a minus."""
    unserved = [problem.visits[number] for number in plan.unserved]
    lacking = sum(_lacking(problem, plan).values())
    value_s = -sum(visit.priority for visit in unserved) * PRIZE_S - driving_s(problem, plan)
    return sum(visit.must for visit in unserved), round(lacking, 6), -value_s


def _lacking(problem: Problem, plan: Plan) -> dict[int, float]:
    """Return the towns below the floor with what they lack of it, in (0, floor]."""
    shares = town_shares(problem, plan)
    return {town: problem.town_floor - share for town, share in shares.items() if share < problem.town_floor}


def _raised(problem: Problem, worth_s: Floats, plan: Plan) -> Floats:
    """Return what visits are worth with the towns below the floor raised."""
    factor = {town: 1.1 + RAISE * lack / problem.town_floor for town, lack in _lacking(problem, plan).items()}
    return worth_s * np.array([factor.get(visit.town, 1.0) for visit in problem.visits])
