"""Walking at random from a good plan to others that serve the same visits. Improves nothing.

Stretches of routes are turned round, moved and exchanged wherever every window, rest and shift still holds,
so the price is some driving, never a visit.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from geo.patrol.checking import faults
from geo.patrol.problem import Plan, Problem, Route
from geo.patrol.timing import timed_resting

TRIES_PER_VISIT = 60


def wandered(problem: Problem, plan: Plan, seed: int) -> Plan:
    """Return a plan that many random steps from `plan` lead to; the same for one seed."""
    rng = np.random.default_rng([seed, 1])
    routes = list(plan.routes)
    busy = [unit for unit, route in enumerate(routes) if len(route.stops) > 1]
    if not busy:
        return plan
    for _ in range(TRIES_PER_VISIT * sum(len(route.stops) for route in routes)):
        unit, other = (busy[number] for number in rng.integers(len(busy), size=2))
        if unit == other:
            _rearrange(problem, routes, unit, rng) if rng.random() < 0.5 else _turn(
                problem, routes, unit, rng
            )
        else:
            _exchange_ends(problem, routes, (unit, other), rng)
    found = replace(plan, routes=tuple(routes))
    return plan if faults(problem, found) else found


def _order(route: Route) -> list[int]:
    return [stop.visit for stop in route.stops]


def _cuts(route: Route, rng: np.random.Generator) -> tuple[int, int]:
    """Return two positions between stops, the first not behind the second."""
    a, b = rng.integers(len(route.stops) + 1, size=2).tolist()
    return min(a, b), max(a, b)


def _turn(problem: Problem, routes: list[Route], unit: int, rng: np.random.Generator) -> None:
    order = _order(routes[unit])
    a, b = _cuts(routes[unit], rng)
    _take(problem, routes, {unit: order[:a] + order[a:b][::-1] + order[b:]}, rng)


def _rearrange(problem: Problem, routes: list[Route], unit: int, rng: np.random.Generator) -> None:
    order = _order(routes[unit])
    a, b = _cuts(routes[unit], rng)
    left = order[:a] + order[b:]
    at = int(rng.integers(len(left) + 1))
    _take(problem, routes, {unit: left[:at] + order[a:b] + left[at:]}, rng)


def _exchange_ends(
    problem: Problem, routes: list[Route], units: tuple[int, int], rng: np.random.Generator
) -> None:
    one, other = (_order(routes[unit]) for unit in units)
    a, b = int(rng.integers(len(one) + 1)), int(rng.integers(len(other) + 1))
    _take(problem, routes, {units[0]: one[:a] + other[b:], units[1]: other[:b] + one[a:]}, rng)


def _take(
    problem: Problem, routes: list[Route], orders: dict[int, list[int]], rng: np.random.Generator
) -> None:
    """Put these orders into the routes if all of them can be driven."""
    found: dict[int, Route] = {}
    for unit, order in orders.items():
        route = _timed(problem, unit, order, routes[unit], rng)
        if route is None:
            return
        found[unit] = route
    for unit, route in found.items():
        routes[unit] = route


def _timed(
    problem: Problem, unit: int, order: Sequence[int], before: Route, rng: np.random.Generator
) -> Route | None:
    """Return the order at its earliest times, its rest near where it was."""
    if not order:
        return Route() if problem.units[unit].rest is None else None
    if problem.units[unit].rest is None:
        return timed_resting(problem, unit, order, None)
    if before.rest is None:
        return None
    after = before.rest.after + int(rng.integers(-1, 2))
    return timed_resting(problem, unit, order, min(max(after, 0), len(order)))
