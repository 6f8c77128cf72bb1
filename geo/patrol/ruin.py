"""One search step after another, compiled: takes strings of visits out of near routes, puts visits back.

Slack induction by string removals (Christiaens & Vanden Berghe 2020, doi:10.1287/trsc.2019.0914) with prizes:
what is worth more than its detour may come in, what no longer fits stays out. Accepts like annealing.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from geo.patrol.kernel import (
    BEFORE,
    CARRIED,
    CLOSES,
    DWELL,
    KIND,
    LENGTH,
    NODE,
    NOW,
    NOWHERE,
    OLD_CARRIED,
    OLD_LENGTH,
    OPENS,
    Array,
    Routes,
    Terms,
    cheapest,
    keep,
    put,
    retime,
    settle,
)

CHANGED, IS_CHANGED, OTHER, TRIED, TRIED_KIND = range(5)  # columns of Desk.units
HAND, HELD = range(2)  # columns of Desk.visits
IN_HAND, CHANGES, MARK = range(3)  # places of Desk.counts


class Habits(NamedTuple):
    """How far a step reaches: visits taken out on average, longest string, wanted visits looked at beside the
    first and beside each other visit taken out, neighbours whose routes are tried, chance of overlooking, and
    of venturing: sending an idle unit to the first visit whatever it costs, in case others make up for it."""

    gone: float
    longest: float
    beside_first: int
    beside_gone: int
    reach: int
    blink: float
    venture: float


class Desk(NamedTuple):
    """Room for one step's notes.

    counts [3]: visits in hand, units changed, the last mark given. visits [visits, 2]: those in hand, and the
    step that last took each up. units [units, 5]: those changed, whether each is, others to try, and the mark
    under which each unit, and each kind, was last tried. key [visits]: by which the hand is sorted.
    """

    counts: Array
    visits: Array
    units: Array
    key: Array


class Bench(NamedTuple):
    """All that a step works with."""

    terms: Terms
    routes: Routes
    habits: Habits
    notes: Desk


@njit(nogil=True, cache=True)
def _note(bench: Bench, u: int) -> None:
    """Write down route u before its first change in this step."""
    routes, notes = bench.routes, bench.notes
    if notes.units[u, IS_CHANGED]:
        return
    notes.units[u, IS_CHANGED] = 1
    notes.units[notes.counts[CHANGES], CHANGED] = u
    notes.counts[CHANGES] += 1
    for k in range(routes.size[u, LENGTH] + 2):
        for column in range(4):
            routes.old_slots[u, k, column] = routes.slots[u, k, column]
    routes.size[u, OLD_LENGTH], routes.size[u, OLD_CARRIED] = routes.size[u, LENGTH], routes.size[u, CARRIED]
    routes.cost[u, BEFORE] = routes.cost[u, NOW]


@njit(nogil=True, cache=True)
def _undo(bench: Bench) -> None:
    """Put all routes back to how they were before this step."""
    terms, routes, notes = bench.terms, bench.routes, bench.notes
    for i in range(notes.counts[CHANGES]):
        u = notes.units[i, CHANGED]
        for k in range(1, routes.size[u, LENGTH] + 1):
            if routes.slots[u, k, NODE] < terms.visits:
                routes.unit[routes.slots[u, k, NODE]] = -1
    for i in range(notes.counts[CHANGES]):
        u = notes.units[i, CHANGED]
        routes.size[u, LENGTH], routes.size[u, CARRIED] = (
            routes.size[u, OLD_LENGTH],
            routes.size[u, OLD_CARRIED],
        )
        routes.cost[u, NOW] = routes.cost[u, BEFORE]
        for k in range(routes.size[u, LENGTH] + 2):
            for column in range(4):
                routes.slots[u, k, column] = routes.old_slots[u, k, column]
        for k in range(1, routes.size[u, LENGTH] + 1):
            if routes.slots[u, k, NODE] < terms.visits:
                routes.unit[routes.slots[u, k, NODE]] = u


@njit(nogil=True, cache=True)
def _cut(bench: Bench, u: int, k: int, string: int) -> None:
    """Take `string` visits about slot k of route u in hand, half the time sparing some in their middle."""
    terms, routes, notes = bench.terms, bench.routes, bench.notes
    length = routes.size[u, LENGTH]
    spared = 0
    if 1 < string < length and np.random.random() < 0.5:
        while string + spared < length and np.random.random() > 0.5:
            spared += 1
    whole = string + spared
    first = min(max(1, k - np.random.randint(0, whole)), length - whole + 1)
    spare_from = first + np.random.randint(0, string + 1)
    kept = 1
    for i in range(1, length + 1):
        v = routes.slots[u, i, NODE]
        inside = first <= i < first + whole and not (spare_from <= i < spare_from + spared)
        if inside and v < terms.visits:
            routes.unit[v] = -1
            notes.visits[notes.counts[IN_HAND], HAND] = v
            notes.counts[IN_HAND] += 1
        else:
            routes.slots[u, kept, NODE] = v
            kept += 1
    routes.size[u, LENGTH] = kept - 1
    retime(terms, routes, u)


@njit(nogil=True, cache=True)
def _rest_anew(terms: Terms, routes: Routes, u: int) -> None:
    """Let the unit rest where that now costs least; where it did if that is the only way."""
    length = routes.size[u, LENGTH]
    for k in range(1, length + 1):
        v = routes.slots[u, k, NODE]
        if v >= terms.visits:
            for later in range(k, length):
                routes.slots[u, later, NODE] = routes.slots[u, later + 1, NODE]
            routes.size[u, LENGTH] -= 1
            retime(terms, routes, u)
            cost, after = cheapest(terms, routes, u, v, 0.0)
            put(terms, routes, u, v, after if cost < NOWHERE else k - 1)
            return


@njit(nogil=True, cache=True)
def _first(terms: Terms, routes: Routes) -> int:
    """Return a visit of the own ones at random; there has to be one."""
    while True:
        v = np.random.randint(0, terms.visits)
        u = routes.unit[v]
        if (u >= 0 and routes.own_unit[u]) or (u < 0 and routes.own_visit[v]):
            return int(v)


@njit(nogil=True, cache=True)
def _ruin(bench: Bench, first: int, longest: float, most_routes: int) -> None:
    """Take strings in hand out of the routes nearest to a visit."""
    terms, routes, notes = bench.terms, bench.routes, bench.notes
    for i in range(-1, terms.near.shape[1]):
        v = first if i < 0 else terms.near[first, i]
        u = routes.unit[v]
        if u < 0 or not routes.own_unit[u] or notes.units[u, IS_CHANGED]:
            continue
        _note(bench, u)
        k = 1
        while routes.slots[u, k, NODE] != v:
            k += 1
        string = int(np.random.random() * min(float(routes.size[u, LENGTH]), longest) + 1.0)
        _cut(bench, u, k, min(string, routes.size[u, LENGTH]))
        _rest_anew(terms, routes, u)
        if notes.counts[CHANGES] >= most_routes:
            break


@njit(nogil=True, cache=True)
def _take_up(bench: Bench, beside: int, how_many: int, step: int) -> None:
    """Take the wanted visits most like one in hand too, each once."""
    terms, routes, notes = bench.terms, bench.routes, bench.notes
    for i in range(-1, min(how_many, terms.near.shape[1])):
        v = beside if i < 0 else terms.near[beside, i]
        if routes.unit[v] < 0 and routes.own_visit[v] and notes.visits[v, HELD] != step:
            notes.visits[v, HELD] = step
            notes.visits[notes.counts[IN_HAND], HAND] = v
            notes.counts[IN_HAND] += 1


@njit(nogil=True, cache=True)
def _sorted(bench: Bench) -> Array:
    """Return the order in which to put the hand back: by chance, worth, worth per time, or window."""
    terms, notes = bench.terms, bench.notes
    how = np.random.random()
    for i in range(notes.counts[IN_HAND]):
        v = notes.visits[i, HAND]
        if how < 0.3:
            notes.key[i] = np.random.random()
        elif how < 0.5:
            notes.key[i] = -terms.worth[v]
        elif how < 0.75:
            notes.key[i] = -terms.worth[v] / (terms.nodes[v, DWELL] + 300.0)
        elif how < 0.9:
            notes.key[i] = terms.nodes[v, CLOSES] - terms.nodes[v, OPENS] - 1e-6 * terms.worth[v]
        else:
            notes.key[i] = terms.nodes[v, CLOSES]
    return np.argsort(notes.key[: notes.counts[IN_HAND]])


@njit(nogil=True, cache=True)
def _others(bench: Bench, v: int) -> int:
    """List the unchanged units that make near visits, and of each kind one without any; return how many."""
    terms, routes, units = bench.terms, bench.routes, bench.notes.units
    mark, found = bench.notes.counts[MARK], 0
    for i in range(min(bench.habits.reach, terms.near.shape[1])):
        u = routes.unit[terms.near[v, i]]
        if u >= 0 and routes.own_unit[u] and not units[u, IS_CHANGED] and units[u, TRIED] != mark:
            units[u, TRIED] = mark
            units[found, OTHER] = u
            found += 1
    for u in range(routes.size.shape[0]):
        if routes.size[u, LENGTH] > 1 or not routes.own_unit[u] or units[u, IS_CHANGED]:
            continue
        idle = routes.size[u, LENGTH] == 0 or routes.slots[u, 1, NODE] >= terms.visits
        if idle and units[terms.units[u, KIND], TRIED_KIND] != mark:
            units[terms.units[u, KIND], TRIED_KIND] = mark
            units[found, OTHER] = u
            found += 1
    return found


@njit(nogil=True, cache=True)
def _place(bench: Bench, v: int, everywhere: bool) -> None:
    """Put a visit where it costs least if it is worth that: in changed routes, or also near and idle ones."""
    terms, routes, notes = bench.terms, bench.routes, bench.notes
    notes.counts[MARK] += 1
    best, unit, after = NOWHERE, -1, -1
    changed = notes.counts[CHANGES]
    for i in range(changed + (_others(bench, v) if everywhere else 0)):
        u = notes.units[i, CHANGED] if i < changed else notes.units[i - changed, OTHER]
        cost, k = cheapest(terms, routes, u, v, bench.habits.blink)
        if cost < best:
            best, unit, after = cost, u, k
    if unit >= 0 and best < terms.worth[v]:
        _note(bench, unit)
        put(terms, routes, unit, v, after)


@njit(nogil=True, cache=True)
def _venture(bench: Bench, v: int) -> None:
    """Send an idle unit to a visit that nobody makes."""
    terms, routes = bench.terms, bench.routes
    for u in range(routes.size.shape[0]):
        if routes.own_unit[u] and routes.size[u, LENGTH] == 0:
            cost, after = cheapest(terms, routes, u, v, 0.0)
            if cost < NOWHERE:
                _note(bench, u)
                put(terms, routes, u, v, after)
                return


@njit(nogil=True, cache=True)
def _judge(bench: Bench, heat_s: float) -> None:
    """Accept the step or undo it, and clear the notes."""
    routes, notes = bench.routes, bench.notes
    change = 0.0
    for i in range(notes.counts[CHANGES]):
        u = notes.units[i, CHANGED]
        change += routes.cost[u, NOW] - routes.cost[u, BEFORE]
        notes.units[u, IS_CHANGED] = 0
    if change < -heat_s * np.log(np.random.random()):
        routes.value[0] += change
        if routes.value[0] < routes.value[1] - 1e-6:
            keep(routes)
    else:
        _undo(bench)


@njit(nogil=True, cache=True)
def _typical_length(routes: Routes) -> float:
    used, nodes = 0, 0
    for u in range(routes.size.shape[0]):
        if routes.own_unit[u] and routes.size[u, LENGTH] > 0:
            used += 1
            nodes += routes.size[u, LENGTH]
    return nodes / max(used, 1)


@njit(nogil=True, cache=True)
def steps(bench: Bench, heat_s: float, seed: int, count: int) -> None:
    """Make so many steps at one temperature in seconds of driving; there must be an own visit or route."""
    np.random.seed(seed)
    notes, habits = bench.notes, bench.habits
    notes.visits[:, HELD] = 0
    longest = max(min(habits.longest, _typical_length(bench.routes)), 1.0)
    most_routes = max(4.0 * habits.gone / (1.0 + longest) - 1.0, 1.0)
    for step in range(1, count + 1):
        notes.counts[IN_HAND], notes.counts[CHANGES] = 0, 0
        first = _first(bench.terms, bench.routes)
        _ruin(bench, first, longest, int(np.random.random() * most_routes + 1.0))
        gone = notes.counts[IN_HAND]
        for i in range(gone):
            notes.visits[notes.visits[i, HAND], HELD] = step
        _take_up(bench, first, habits.beside_first, step)
        for i in range(gone):
            _take_up(bench, notes.visits[i, HAND], habits.beside_gone, step)
        if habits.venture > 0 and np.random.random() < habits.venture and bench.routes.unit[first] < 0:
            _venture(bench, first)
        for i in _sorted(bench):
            if bench.routes.unit[notes.visits[i, HAND]] >= 0:
                continue  # ventured upon
            _place(bench, notes.visits[i, HAND], i < gone)
        _judge(bench, heat_s)


@njit(nogil=True, cache=True)
def build(terms: Terms, routes: Routes) -> None:
    """Put every visit that nobody makes where it costs least, what is worth most per time first; settles."""
    settle(terms, routes)
    per_time = terms.worth[: terms.visits] / (terms.nodes[: terms.visits, DWELL] + 300.0)
    for v in np.argsort(-per_time):
        if routes.unit[v] >= 0 or not routes.own_visit[v]:
            continue
        best, unit, after = terms.worth[v], -1, -1
        for u in range(routes.size.shape[0]):
            if routes.own_unit[u]:
                cost, k = cheapest(terms, routes, u, v, 0.0)
                if cost < best:
                    best, unit, after = cost, u, k
        if unit >= 0:
            put(terms, routes, unit, v, after)
    settle(terms, routes)


def bench_of(terms: Terms, routes: Routes, habits: Habits) -> Bench:
    """Return a bench with an empty desk."""
    units, visits = len(routes.size), terms.visits
    desk = Desk(
        np.zeros(3, np.int64),
        np.zeros((visits, 2), np.int64),
        np.zeros((units, 5), np.int64),
        np.zeros(visits),
    )
    return Bench(terms, routes, habits, desk)
