"""Mends a plan under way: what no longer fits is fitted in where it costs least, all else stays as it is.

Done visits never change, no visit changes units that need not. Better plans are a matter of solving.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from geo.patrol.gaps import REST, Board, Ints
from geo.patrol.problem import Plan, Problem, RestTaken, Route, Stop
from geo.patrol.spacing import groups, narrow
from geo.patrol.timing import Since, rest_due, timed

GIVES_WAY = 0.9  # a visit worth more than this share of a homeless one stays: for so little no plan jumps
MUST_FIRST = 1e9  # more than any priority per second


@dataclass(frozen=True, slots=True)
class Underway:
    """How far a plan is: the visits `done` (or not to be touched), the units `out` for the rest of the day.

    since: per unit where it is next free; None, or nothing for all: as planned, not before now_s.
    """

    now_s: float
    done: frozenset[int] = frozenset()
    since: Sequence[Since | None] = ()
    out: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Insertion:
    """Where a visit costs least: before stop number `position` of the unit's route, extra_s more driving."""

    unit: int
    position: int
    extra_s: float


@dataclass(frozen=True, slots=True)
class Repaired:
    """A mended plan: visits now made by another unit, made only now, and made no more."""

    plan: Plan
    moved: tuple[int, ...]
    inserted: tuple[int, ...]
    dropped: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan loses: priority points, seconds more on the road, visits to other units, visits lost."""

    priority: float
    driving_s: float
    moved: int
    dropped: int


@dataclass
class _Mending:
    """A repair at work: the board, and what found no place.

    groups: by visit those to one place whose own windows do not keep them apart; starts_s, unit_of: of them,
    when those that are made begin, and by whom if not done.
    """

    board: Board
    done: frozenset[int]
    starts_s: dict[int, float]
    groups: dict[int, list[int]]
    unit_of: dict[int, int] = field(default_factory=dict)
    homeless: list[int] = field(default_factory=list)


def as_planned(problem: Problem, plan: Plan, now_s: float, out: Iterable[int] = ()) -> Underway:
    """Return how far a plan is if all went as planned; a stop being driven to stays with its unit."""
    gone = frozenset(out)
    done = {
        stop.visit
        for unit, route in enumerate(plan.routes)
        for position, stop in enumerate(route.stops)
        if stop.start_s <= now_s or (unit not in gone and _left_s(problem, unit, route, position) < now_s)
    }
    return Underway(now_s, frozenset(done), out=gone)


def _left_s(problem: Problem, unit: int, route: Route, position: int) -> float:
    """Return when the unit sets off for a stop, at the latest."""
    who, stop = problem.units[unit], route.stops[position]
    here = problem.visits[route.stops[position - 1].visit].place if position else who.start
    if route.rest and route.rest.after == position:
        here = who.start
    return stop.arrive_s - float(problem.seconds[who.profile][here, problem.visits[stop.visit].place])


def told(problem: Problem, plan: Plan, underway: Underway) -> Underway:
    """Return the same with where each unit is next free told for every unit that is not out."""
    units = range(len(problem.units))
    since = [None if unit in underway.out else _since(problem, plan, underway, unit) for unit in units]
    return replace(underway, since=since)


def repair(problem: Problem, plan: Plan, underway: Underway, fill: bool = True) -> Repaired:
    """Return the plan mended for the rest of the day: units out, late or back, roads closed, visits new.

    A visit of `problem` that the plan does not know is new and treated like one that lost its unit.
    fill: visits that were unserved before go in where there is room; without it, the musts among them only.
    """
    mending = _mending(problem, plan, underway)
    known = [visit for visit in plan.unserved if visit < len(problem.visits)]
    waiting = [visit for visit in known if fill or problem.visits[visit].must]
    homeless = sorted({*mending.homeless, *_new(problem, plan)})
    left = _fit_in(mending, sorted({*homeless, *waiting}))
    _give_way(mending, [visit for visit in left if visit in set(homeless) or problem.visits[visit].must])
    after = _plan(problem, plan, underway, mending)
    return Repaired(after, *_differences(plan, after))


def best_insertion(problem: Problem, plan: Plan, visit: int, underway: Underway) -> Insertion | None:
    """Return where an unserved visit fits into the plan as it is; None if nowhere."""
    mending = _mending(problem, plan, underway)
    board, one = mending.board, np.array([visit], dtype=np.intp)
    found = [(float(cost[0]), unit, int(gap[0])) for unit, (cost, gap) in enumerate(_offers(board, one))]
    extra_s, unit, gap = min(found, default=(np.inf, 0, 0))
    if not np.isfinite(extra_s):
        return None
    visits_before = sum(item != REST for item in board.orders[unit][:gap])
    done = sum(stop.visit in underway.done for stop in plan.routes[unit].stops)
    return Insertion(unit, done + visits_before, extra_s)


def without(problem: Problem, plan: Plan, visit: int, underway: Underway) -> Plan:
    """Return the plan with one visit taken out, what follows it at its earliest times."""
    routes = tuple(_shortened(route, visit) for route in plan.routes)
    short = Plan(routes, tuple(sorted({*plan.unserved, visit})))
    return _plan(problem, short, underway, _mending(problem, short, underway))


def _shortened(route: Route, visit: int) -> Route:
    rest = route.rest
    if rest and any(stop.visit == visit for stop in route.stops[: rest.after]):
        rest = RestTaken(rest.after - 1, rest.from_s, rest.until_s)
    return Route(tuple(stop for stop in route.stops if stop.visit != visit), rest)


def cost(problem: Problem, before: Plan, after: Plan) -> Cost:
    """Return what the plan `after` costs against `before`; less than 0 is a gain."""
    moved, inserted, dropped = _differences(before, after)
    lost = sum(problem.visits[visit].priority for visit in dropped)
    won = sum(problem.visits[visit].priority for visit in inserted)
    more_s = driving_s(problem, after) - driving_s(problem, before)
    return Cost(round(lost - won, 6), round(more_s, 1), len(moved), len(dropped))


def driving_s(problem: Problem, plan: Plan) -> float:
    """Return the seconds all units drive, to rests and home too; roads closed since count nothing."""
    whole = 0.0
    for who, route in zip(problem.units, plan.routes, strict=True):
        places = [problem.visits[stop.visit].place for stop in route.stops]
        if route.rest:
            places.insert(route.rest.after, who.start)
        if places:
            drives = problem.seconds[who.profile][[who.start, *places], [*places, who.end]]
            whole += float(drives[np.isfinite(drives)].sum())
    return whole


def _mending(problem: Problem, plan: Plan, underway: Underway) -> _Mending:
    """Return the board with every unit's remaining order, and what no longer fits as homeless."""
    since = [_since(problem, plan, underway, unit) for unit in range(len(problem.units))]
    made = [stop for unit, stop in _stops(plan) if unit not in underway.out or stop.visit in underway.done]
    by_visit = {visit: group for group in groups(problem) for visit in group}
    starts_s = {stop.visit: stop.start_s for stop in made if stop.visit in by_visit}
    mending = _Mending(Board(problem, since), underway.done, starts_s, by_visit)
    for group in {id(group): group for group in by_visit.values()}.values():
        _narrow(mending, group)
    for unit, route in enumerate(plan.routes):
        order = [stop.visit for stop in route.stops if stop.visit not in underway.done]
        if unit in underway.out:
            mending.homeless += order
        else:
            mending.unit_of |= {visit: unit for visit in order if visit in by_visit}
            _seat(mending, unit, _with_rest(problem, route, order, since[unit], unit))
    return mending


def _since(problem: Problem, plan: Plan, underway: Underway, unit: int) -> Since:
    """Return where the unit is next free: as told, else after what it has done."""
    told = underway.since[unit] if underway.since else None
    if told is not None:
        return Since(told.place, max(told.at_s, underway.now_s), told.rest_taken)
    route, who = plan.routes[unit], problem.units[unit]
    done = [stop for stop in route.stops if stop.visit in underway.done]
    place, at_s = who.start, max(who.shift_from_s, underway.now_s)
    if done:
        place, at_s = problem.visits[done[-1].visit].place, max(done[-1].leave_s, underway.now_s)
    rest = route.rest
    if rest and rest.after < len(done):
        return Since(place, at_s, True)
    if rest and rest.after == len(done) and (at_s <= underway.now_s or rest.from_s <= underway.now_s):
        return Since(who.start, max(underway.now_s, rest.until_s), True)  # resting, or on its way to
    return Since(place, at_s)


def _with_rest(problem: Problem, route: Route, order: Sequence[int], since: Since, unit: int) -> list[int]:
    """Return the order with REST where the plan has it; an idle unit has its rest too, before it begins."""
    if not rest_due(problem, unit, since):
        return list(order)
    done = len(route.stops) - len(order)
    after = max(route.rest.after - done, 0) if route.rest else 0
    return [*order[:after], REST, *order[after:]]


def _seat(mending: _Mending, unit: int, order: list[int]) -> None:
    """Give a unit its order; what makes it late is homeless: the least worth first, a must last."""
    board = mending.board
    if board.put(unit, order):
        return
    visits = [item for item in order if item != REST]
    route = timed(board.problem, unit, visits, board.since[unit])
    if route and board.put(unit, _items(visits, route.rest)):
        return
    while not board.put(unit, order):
        leaving = _least_worth(board, unit, order)
        order = [item for item in order if item != leaving]
        if leaving == REST:  # neither rest nor home in time: it gets nothing more
            mending.homeless += [item for item in order if item != REST]
            return
        mending.homeless.append(leaving)
        _unmade(mending, leaving)


def _least_worth(board: Board, unit: int, order: Sequence[int]) -> int:
    """Return what leaves an order: of all up to the first that is late, the least worth that helps."""
    short = next(n for n in range(len(order) + 1) if board.fitted(unit, order[:n]) is None)
    early = [item for item in order[:short] if item != REST]
    helps = [item for item in early if board.fitted(unit, [i for i in order[:short] if i != item])]
    if not early:
        return REST
    return min(helps or early, key=lambda item: (bool(board.must[item]), float(board.priority[item])))


def _items(visits: Sequence[int], rest: RestTaken | None) -> list[int]:
    return [*visits[: rest.after], REST, *visits[rest.after :]] if rest else list(visits)


def _offers(board: Board, visits: Ints) -> list[tuple[np.ndarray, Ints]]:
    return [board.cheapest(unit, visits) for unit in range(len(board.problem.units))]


def _fit_in(mending: _Mending, wanted: Sequence[int]) -> list[int]:
    """Insert visits one by one, the most priority per second first, musts before all; return what is left."""
    board, visits = mending.board, np.array(wanted, dtype=np.intp)
    if not len(visits):
        return []
    offers = _offers(board, visits)
    cost, gap = np.array([c for c, _ in offers]), np.array([g for _, g in offers])
    waiting = np.ones(len(visits), dtype=bool)
    while True:
        unit_of = cost.argmin(axis=0)
        extra_s = cost[unit_of, np.arange(len(visits))]
        fits = waiting & np.isfinite(extra_s)
        if not fits.any():
            return [int(visit) for visit in visits[waiting]]
        seconds = np.where(fits, np.maximum(extra_s, 0.0) + board.dwell_s[visits] + 1.0, np.inf)
        worth = np.where(fits, board.priority[visits] / seconds + MUST_FIRST * board.must[visits], -1.0)
        chosen = int(worth.argmax())
        unit = int(unit_of[chosen])
        waiting[chosen] = False
        if _insert(mending, unit, int(gap[unit, chosen]), int(visits[chosen])):
            offers = _offers(board, visits)
            cost, gap = np.array([c for c, _ in offers]), np.array([g for _, g in offers])
        else:
            cost[unit], gap[unit] = board.cheapest(unit, visits)


def _insert(mending: _Mending, unit: int, gap: int, visit: int) -> bool:
    """Insert a visit that fits; say whether windows of other visits changed by it."""
    order = mending.board.orders[unit]
    mending.board.put(unit, [*order[:gap], visit, *order[gap:]])
    return _made(mending, unit, visit)


def _give_way(mending: _Mending, left: Sequence[int]) -> None:
    """Let visits worth much less give way to homeless ones; who gave way may fit in elsewhere."""
    board = mending.board
    for visit in sorted(left, key=lambda v: (not board.must[v], -board.priority[v], v)):
        found = [(*way, unit) for unit in range(len(board.orders)) if (way := _way_in(board, unit, visit))]
        if not found:
            continue
        _, _, gone, unit = min(found)
        board.put(unit, [visit if item == gone else item for item in board.orders[unit]])
        _unmade(mending, gone)
        _made(mending, unit, visit)
        _fit_in(mending, [gone])


def _way_in(board: Board, unit: int, visit: int) -> tuple[float, float, int] | None:
    """Return (priority, extra seconds, visit) of what gives way here at the least loss, if any does."""
    order = board.orders[unit]
    costs = board.instead(unit, visit)
    most = np.inf if board.must[visit] else board.priority[visit] * GIVES_WAY
    ways = [
        (float(board.priority[item]), float(extra_s), item)
        for item, extra_s in zip(order, costs, strict=True)
        if item != REST and np.isfinite(extra_s) and not board.must[item] and board.priority[item] <= most
    ]
    return min(ways, default=None)


def _made(mending: _Mending, unit: int, visit: int) -> bool:
    """Note that a unit now makes the visit; say whether that narrowed the windows of others."""
    if visit not in mending.groups:
        return False
    mending.unit_of[visit] = unit
    mending.starts_s[visit] = 0.0
    _narrow(mending, mending.groups[visit])
    return True


def _unmade(mending: _Mending, visit: int) -> None:
    mending.unit_of.pop(visit, None)
    if mending.starts_s.pop(visit, None) is not None:
        _narrow(mending, mending.groups[visit])


def _narrow(mending: _Mending, group: Sequence[int]) -> None:
    """Narrow the windows of a group around when its visits begin now."""
    board = mending.board
    units = {mending.unit_of[visit] for visit in group if visit in mending.unit_of}
    for unit in units:
        if gaps := board.gaps[unit]:
            begun = zip(board.orders[unit], gaps.starts_s, strict=True)
            mending.starts_s |= {visit: start_s for visit, start_s in begun if visit in mending.starts_s}
    narrow(board.problem, group, mending.starts_s, mending.done, (board.from_s, board.until_s))
    for unit in units:
        board.put(unit, board.orders[unit])


def _plan(problem: Problem, before: Plan, underway: Underway, mending: _Mending) -> Plan:
    routes = tuple(_route(mending, route, underway, unit) for unit, route in enumerate(before.routes))
    served = {stop.visit for route in routes for stop in route.stops}
    return Plan(routes, tuple(visit for visit in range(len(problem.visits)) if visit not in served))


def _route(mending: _Mending, before: Route, underway: Underway, unit: int) -> Route:
    """Return what is done as it was, followed by the unit's order at its times."""
    board = mending.board
    stops = [stop for stop in before.stops if stop.visit in underway.done]
    rest = _rest_before(board.since[unit], before, underway)
    gaps, order = board.gaps[unit], board.orders[unit]
    if gaps is None or (not stops and order == [REST]):
        return Route(tuple(stops), rest)
    for number, item in enumerate(order):
        start_s = gaps.starts_s[number]
        leave_s = float(gaps.leaves_s[number + 1])
        if item == REST:
            rest = RestTaken(len(stops), start_s, leave_s)
        else:
            arrive_s = float(gaps.leaves_s[number] + gaps.direct_s[number])
            stops.append(Stop(item, arrive_s, start_s, leave_s))
    return Route(tuple(stops), rest)


def _rest_before(since: Since, before: Route, underway: Underway) -> RestTaken | None:
    """Return the rest that the unit has had already, or is on its way to."""
    done = sum(stop.visit in underway.done for stop in before.stops)
    return before.rest if before.rest and since.rest_taken and before.rest.after <= done else None


def _new(problem: Problem, plan: Plan) -> set[int]:
    return set(range(len(problem.visits))) - {stop.visit for _, stop in _stops(plan)} - set(plan.unserved)


def _stops(plan: Plan) -> Iterable[tuple[int, Stop]]:
    return ((unit, stop) for unit, route in enumerate(plan.routes) for stop in route.stops)


def _differences(before: Plan, after: Plan) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Return the visits that changed units, those made only after, and those made only before."""
    old = {stop.visit: unit for unit, stop in _stops(before)}
    new = {stop.visit: unit for unit, stop in _stops(after)}
    moved = tuple(sorted(visit for visit in old.keys() & new.keys() if old[visit] != new[visit]))
    return moved, tuple(sorted(new.keys() - old.keys())), tuple(sorted(old.keys() - new.keys()))
