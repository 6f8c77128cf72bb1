"""How good a plan could be at most: an upper bound by relaxation. Plans nothing.

Every served visit is left in with one drive to it and one from it, drives that no windows allow are
struck out, and all drives and dwells together fit into all shifts. Which unit does what, and in one piece,
is not asked. For a price on time this is an assignment problem; the best price gives the bound of the linear
programme (its Lagrangian dual: the assignment polytope has whole corners).
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment, minimize_scalar

from geo.patrol.problem import Floats, Problem

PRICED_TIMES = 9  # any price gives a bound; more tighten it by less than a thousandth
FORBIDDEN = -1e12


@dataclass(frozen=True, slots=True)
class Bound:
    """No plan serves more priority than `priority` points, nor is worth more than `value`.

    value: priority x seconds_per_point - driving seconds. share: `priority` of all that is wanted.
    """

    priority: float
    share: float
    value: float


def share_bound(problem: Problem) -> float:
    """Return the share [0, 1] of all priority that no plan exceeds; seconds for 1,500 visits."""
    wanted = float(sum(visit.priority for visit in problem.visits))
    if not problem.units or not wanted:
        return 0.0
    points = _best_price(problem, _drives(problem), _budget_s(problem), (1.0, 0.0))
    return min(points / wanted, 1.0)


def upper_bound(problem: Problem, seconds_per_point: float = 600.0) -> Bound:
    """Return the bounds of priority and value; about n^3 work, minutes for 8,000 visits."""
    if not problem.units or not problem.visits:
        return Bound(0.0, 0.0, 0.0)
    wanted = float(sum(visit.priority for visit in problem.visits))
    drives = _drives(problem)
    budget_s = _budget_s(problem)
    points = _best_price(problem, drives, budget_s, (1.0, 0.0))
    value = _best_price(problem, drives, budget_s, (seconds_per_point, 1.0))
    points = min(points, wanted)
    return Bound(points, points / wanted if wanted else 0.0, value)


def _budget_s(problem: Problem) -> float:
    return sum(
        unit.shift_until_s - unit.shift_from_s - (unit.rest.lasts_s if unit.rest else 0.0)
        for unit in problem.units
    )


def _drives(problem: Problem) -> Floats:
    """Return the fewest driving seconds [from, to] over visits, then units; inf where windows forbid it."""
    visits, units = problem.visits, problem.units
    fastest = np.minimum.reduce([np.asarray(matrix, dtype=float) for matrix in problem.seconds])
    place = np.array([visit.place for visit in visits])
    begins = np.array([visit.from_s for visit in visits])
    latest = np.array([visit.until_s for visit in visits])
    done = begins + np.array([visit.dwell_s for visit in visits])
    out = np.array([unit.shift_from_s for unit in units])
    back = np.array([unit.shift_until_s for unit in units])
    starts, ends = np.array([unit.start for unit in units]), np.array([unit.end for unit in units])
    count = len(visits)
    drives = np.zeros((count + len(units), count + len(units)))
    between = fastest[np.ix_(place, place)]
    drives[:count, :count] = np.where(done[:, None] + between <= latest[None], between, np.inf)
    away = fastest[np.ix_(starts, place)]
    drives[count:, :count] = np.where(out[:, None] + away <= latest[None], away, np.inf)
    home = fastest[np.ix_(place, ends)]
    drives[:count, count:] = np.where(done[:, None] + home <= back[None], home, np.inf)
    drives[count:, count:] = np.inf
    return drives


def _best_price(problem: Problem, drives: Floats, budget_s: float, worth: tuple[float, float]) -> float:
    """Return the least of budget x price + the best assignment at that price; any price gives a bound.

    worth: what a point of priority and a second of driving count for.
    """
    priority = np.array([visit.priority for visit in problem.visits])
    dwell_s = np.array([visit.dwell_s for visit in problem.visits])
    per_point, per_second = worth
    count = len(priority)
    allowed = np.isfinite(drives)

    def at(price: float) -> float:
        gain = np.full_like(drives, FORBIDDEN)
        np.multiply(drives, -(price + per_second), out=gain, where=allowed)
        gain[:, :count] += per_point * priority - price * dwell_s
        np.fill_diagonal(gain, 0.0)  # a visit that is not made, a unit that stays in
        row, column = linear_sum_assignment(gain, maximize=True)
        return float(gain[row, column].sum() + price * budget_s)

    dearest = per_point * float((priority / np.maximum(dwell_s, 1.0)).max())
    found = minimize_scalar(at, bounds=(0.0, dearest), method="bounded", options={"maxiter": PRICED_TIMES})
    return min(float(found.fun), at(0.0))
