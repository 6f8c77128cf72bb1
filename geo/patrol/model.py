"""A patrol problem as flat arrays for the kernel and back. Searches nothing, knows no clock.

Drives and dwells are rounded up to whole seconds and windows inwards, so what fits there fits in real time.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.patrol.checking import forbidden
from geo.patrol.kernel import (
    BEST_LENGTH,
    CLOSES,
    DWELL,
    LENGTH,
    NODE,
    NOWHERE,
    OPENS,
    PLACE,
    ROOM,
    Routes,
    Terms,
)
from geo.patrol.problem import PatrolUnit, Problem, Visit

PRIZE_S = 600.0  # one point of priority is worth this much driving
MUST_TIMES = 50.0  # a must-visit is worth this many of the dearest others
TOO_FAR_S = 4 * 86_400  # nobody is there within any shift
LIKE_EACH = 120  # visits that the search looks at around each
MOST_STOPS = 400
WAIT_WEIGHT = 0.2  # of waiting, against driving, in how much two visits are alike
ROWS_AT_ONCE = 500
REST = -1  # the rest among the visits of an order

Order = list[int]
Orders = dict[int, Order]
Floats = NDArray[np.float64]


def worth(problem: Problem) -> Floats:
    """Return what each visit is worth in seconds of driving: shaped [visits]."""
    priority = np.array([visit.priority for visit in problem.visits], dtype=float)
    must = np.array([visit.must for visit in problem.visits], dtype=bool)
    dear = MUST_TIMES * priority.max(initial=1.0)
    return np.asarray(np.maximum(priority + np.where(must, dear, 0.0), 0.0) * PRIZE_S)


def can_rest(unit: PatrolUnit, seconds: Floats) -> bool:
    """Return whether the unit has no rest, or one that fits into its shift."""
    if unit.rest is None:
        return True
    begins_s = max(unit.rest.from_s, unit.shift_from_s)
    home_s = float(seconds[unit.start, unit.end])
    return begins_s <= unit.rest.until_s and begins_s + unit.rest.lasts_s + home_s <= unit.shift_until_s


def terms_of(problem: Problem, worth_s: Floats) -> Terms:
    """Return the problem in the kernel's terms; a unit that cannot rest has no room for visits."""
    visits, units = problem.visits, problem.units
    towns = sorted({visit.town for visit in visits})
    drive = np.array([_whole(seconds) for seconds in problem.seconds], dtype=np.int32)
    nodes = np.array(
        [_visit_row(visit, towns) for visit in visits] + [_rest_row(unit, len(towns)) for unit in units],
        dtype=np.int32,
    )
    kinds: dict[tuple[object, ...], int] = {}
    return Terms(
        visits=len(visits),
        drive=drive,
        nodes=nodes,
        worth=np.concatenate([worth_s, np.zeros(len(units))]),
        near=near_visits(drive[0], nodes[: len(visits)]),
        units=np.array([_unit_row(problem, unit, kinds) for unit in units], dtype=np.int32),
        abroad=np.array([_abroad(problem, unit, towns) for unit in units]),
    )


def _visit_row(visit: Visit, towns: Sequence[int]) -> tuple[int, ...]:
    opens, closes = int(np.ceil(visit.from_s)), int(np.floor(visit.until_s))
    return (visit.place, opens, closes, int(np.ceil(visit.dwell_s)), 1, towns.index(visit.town))


def _rest_row(unit: PatrolUnit, towns: int) -> tuple[int, ...]:
    if unit.rest is None:
        return (unit.start, 0, 0, 0, 0, towns)
    opens, closes = int(np.ceil(unit.rest.from_s)), int(np.floor(unit.rest.until_s))
    return (unit.start, opens, closes, int(np.ceil(unit.rest.lasts_s)), 0, towns)


def _unit_row(problem: Problem, unit: PatrolUnit, kinds: dict[tuple[object, ...], int]) -> tuple[int, ...]:
    shift = (int(np.ceil(unit.shift_from_s)), int(np.floor(unit.shift_until_s)))
    room = len(problem.visits) if can_rest(unit, problem.seconds[unit.profile]) else 0
    kind = kinds.setdefault(_kind(unit), len(kinds))
    return (unit.start, unit.end, *shift, unit.profile, room, kind)


def _kind(unit: PatrolUnit) -> tuple[object, ...]:
    """Return what makes units interchangeable."""
    realm = -1 if unit.county_wide else unit.town
    shift = (unit.shift_from_s, unit.shift_until_s, unit.rest)
    return (unit.start, unit.end, *shift, unit.profile, realm, unit.may_leave_town)


def _abroad(problem: Problem, unit: PatrolUnit, towns: Sequence[int]) -> list[float]:
    """Return what a visit in each town costs the unit beyond driving, and nothing for its rest."""
    if unit.county_wide:
        return [0.0] * (len(towns) + 1)
    cost = [NOWHERE if forbidden(unit, town) else problem.abroad_s * (town != unit.town) for town in towns]
    return [*cost, 0.0]


def _whole(seconds: Floats) -> NDArray[np.int32]:
    near = np.minimum(np.where(np.isfinite(seconds), seconds, TOO_FAR_S), TOO_FAR_S)
    return np.asarray(np.ceil(near), dtype=np.int32)


def near_visits(drive: NDArray[np.int32], nodes: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return per visit those most like it, the likest first: near by road, in time one after the other.

    nodes: rows as in Terms. Driving counts whole, waiting a fifth, being late whole, in the better order.
    """
    visits, place = len(nodes), nodes[:, PLACE]
    opens, closes, dwell = (nodes[:, column].astype(np.float32) for column in (OPENS, CLOSES, DWELL))
    count = max(min(LIKE_EACH, visits - 1), 0)
    near = np.zeros((visits, count), dtype=np.int32)
    for first in range(0, visits if count else 0, ROWS_AT_ONCE):
        rows = np.arange(first, min(first + ROWS_AT_ONCE, visits))
        there = drive[np.ix_(place[rows], place)].astype(np.float32)
        back = drive[np.ix_(place, place[rows])].T.astype(np.float32)
        unlike = np.minimum(
            _unlike(there, (dwell[rows, None], opens[rows, None], closes[rows, None]), (opens, closes)),
            _unlike(back, (dwell, opens, closes), (opens[rows, None], closes[rows, None])),
        )
        unlike[np.arange(len(rows)), rows] = np.inf
        near[rows] = _least(unlike, count)
    return near


def _unlike(
    drive: NDArray[np.float32],
    one: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]],
    then: tuple[NDArray[np.float32], NDArray[np.float32]],
) -> NDArray[np.float32]:
    dwell, opens, closes = one
    done = dwell + drive
    wait = np.maximum(then[0] - done - closes, 0)
    return np.asarray(drive + WAIT_WEIGHT * wait + np.maximum(opens + done - then[1], 0), dtype=np.float32)


def _least(unlike: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    some = np.argpartition(unlike, count - 1, axis=1)[:, :count]
    order = np.take_along_axis(unlike, some, 1).argsort(axis=1, kind="stable")
    return np.take_along_axis(some, order, 1)


def routes_of(terms: Terms, rests: Sequence[bool], orders: Orders, doable: Sequence[int]) -> Routes:
    """Return the kernel's routes with these orders, each unit that has a rest resting; not yet settled.

    rests: per unit whether it has one to take. doable: the visits that may come in.
    """
    units, most = len(rests), min(terms.visits + 3, MOST_STOPS)
    slots = np.full((units, most, 4), -1, dtype=np.int32)
    size = np.zeros((units, 5), dtype=np.int32)
    for u in range(units):
        order = orders.get(u, []) or ([REST] if rests[u] else [])
        size[u, LENGTH] = len(order)
        slots[u, 1 : len(order) + 1, NODE] = [terms.visits + u if v == REST else v for v in order]
    own_visit = np.zeros(terms.visits, dtype=np.bool_)
    own_visit[list(doable)] = True
    return Routes(
        slots=slots,
        old_slots=slots.copy(),
        best_node=slots[:, :, NODE].copy(),
        size=size,
        cost=np.zeros((units, 2)),
        unit=np.full(terms.visits, -1, np.int32),
        own_unit=terms.units[:, ROOM] > 0,
        own_visit=own_visit,
        value=np.zeros(2),
    )


def best_orders(terms: Terms, routes: Routes) -> Orders:
    """Return the best routes as orders of visits, rests among them as REST."""
    return {
        u: [v if v < terms.visits else REST for v in routes.best_node[u, 1 : length + 1].tolist()]
        for u, length in enumerate(routes.size[:, BEST_LENGTH].tolist())
    }
