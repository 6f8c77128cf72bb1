"""Routes as flat arrays, compiled: times along a route, the cheapest place for a visit, taking it in.

Whole seconds in int32, costs in float64 seconds of driving. Chooses nothing; see ruin.py. numba compiles it
at first use (some seconds), then takes it from its cache. Few wide arrays: that compiles and runs faster.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

NOWHERE = 1e18  # the cost of what cannot be
PLACE, OPENS, CLOSES, DWELL, LOAD, TOWN = range(6)  # columns of Terms.nodes
START, END, FROM, UNTIL, PROFILE, ROOM, KIND = range(7)  # columns of Terms.units
NODE, AT, LEAVES, LATE = range(4)  # columns of Routes.slots
LENGTH, CARRIED, OLD_LENGTH, OLD_CARRIED, BEST_LENGTH = range(5)  # columns of Routes.size
NOW, BEFORE = range(2)  # columns of Routes.cost
Array = np.ndarray[Any, Any]


class Terms(NamedTuple):
    """What is asked, with nodes = visits, then one rest per unit. Shapes in brackets.

    drive [profiles, places, places] s; nodes [nodes, 6]: place, begin of work in [opens, closes] s, dwell s,
    load, town (rests have the last town); worth [nodes] s of driving; near [visits, k]: those most like
    each; units [units, 7]: start and end places, on shift [from, until] s, profile, room for load, kind
    (alike units have the same); abroad [units, towns] s added for a visit there, NOWHERE where forbidden.
    """

    visits: int
    drive: Array
    nodes: Array
    worth: Array
    near: Array
    units: Array
    abroad: Array


class Routes(NamedTuple):
    """A solution while it is searched; nodes 1..length of a route are its own, 0 and length + 1 its ends.

    slots [units, most, 4]: node, place, when it leaves at the earliest, when it must begin at the latest;
    old_slots: the same before the step under way; best_node [units, most]: of the best own routes met; size
    [units, 5]: length, load, both before the step, best length; cost [units, 2]: driving + abroad - worth now
    and before the step; unit [visits]: who makes it or -1; own_unit, own_visit: what this search may change;
    value [2]: own costs summed, now and at best.
    """

    slots: Array
    old_slots: Array
    best_node: Array
    size: Array
    cost: Array
    unit: Array
    own_unit: Array
    own_visit: Array
    value: Array


@njit(nogil=True, cache=True)
def retime(terms: Terms, routes: Routes, u: int) -> None:
    """Bring the places, times, cost and load of unit u up to date with its nodes."""
    length = routes.size[u, LENGTH]
    drive = terms.drive[terms.units[u, PROFILE]]
    slots, nodes = routes.slots[u], terms.nodes
    here, clock_s = terms.units[u, START], terms.units[u, FROM]
    slots[0, AT], slots[0, LEAVES], slots[length + 1, AT] = here, clock_s, terms.units[u, END]
    cost, load = 0.0, 0
    for k in range(1, length + 1):
        v = slots[k, NODE]
        there = nodes[v, PLACE]
        cost += drive[here, there] + terms.abroad[u, nodes[v, TOWN]] - terms.worth[v]
        load += nodes[v, LOAD]
        clock_s = max(clock_s + drive[here, there], nodes[v, OPENS]) + nodes[v, DWELL]
        slots[k, AT], slots[k, LEAVES] = there, clock_s
        here = there
    if length > 0:
        cost += drive[here, terms.units[u, END]]
    routes.cost[u, NOW], routes.size[u, CARRIED] = cost, load
    then, clock_s = terms.units[u, END], terms.units[u, UNTIL]
    slots[length + 1, LATE] = clock_s
    for k in range(length, 0, -1):
        v = slots[k, NODE]
        clock_s = min(clock_s - drive[slots[k, AT], then] - nodes[v, DWELL], nodes[v, CLOSES])
        slots[k, LATE] = clock_s
        then = slots[k, AT]


@njit(nogil=True, cache=True)
def cheapest(terms: Terms, routes: Routes, u: int, v: int, blink: float) -> tuple[float, int]:
    """Return what node v costs at its best place in route u, and after which slot; NOWHERE if none fits.

    blink: the chance of overlooking a better place, which keeps the search from being short-sighted.
    """
    best, after = NOWHERE, -1
    nodes, slots, length = terms.nodes, routes.slots[u], routes.size[u, LENGTH]
    extra = terms.abroad[u, nodes[v, TOWN]]
    if extra >= NOWHERE or routes.size[u, CARRIED] + nodes[v, LOAD] > terms.units[u, ROOM]:
        return best, after
    if length + 3 > slots.shape[0]:
        return best, after
    drive = terms.drive[terms.units[u, PROFILE]]
    there, opens, closes, dwell = nodes[v, PLACE], nodes[v, OPENS], nodes[v, CLOSES], nodes[v, DWELL]
    for k in range(length + 1):
        leaves, late = slots[k, LEAVES], slots[k + 1, LATE]
        if leaves > closes:
            break
        if opens + dwell > late:
            continue
        here, then = slots[k, AT], slots[k + 1, AT]
        begins = max(leaves + drive[here, there], opens)
        if begins > closes or begins + dwell + drive[there, then] > late:
            continue
        cost = drive[here, there] + drive[there, then] + extra
        if length > 0:
            cost -= drive[here, then]
        if cost < best and not (blink > 0.0 and np.random.random() < blink):
            best, after = cost, k
    return best, after


@njit(nogil=True, cache=True)
def put(terms: Terms, routes: Routes, u: int, v: int, after: int) -> None:
    """Put node v into route u after its slot number `after`."""
    for k in range(routes.size[u, LENGTH], after, -1):
        routes.slots[u, k + 1, NODE] = routes.slots[u, k, NODE]
    routes.slots[u, after + 1, NODE] = v
    routes.size[u, LENGTH] += 1
    if v < terms.visits:
        routes.unit[v] = u
    retime(terms, routes, u)


@njit(nogil=True, cache=True)
def settle(terms: Terms, routes: Routes) -> None:
    """Bring all that follows from nodes and lengths up to date, for all units; the best is the present."""
    routes.unit[:] = -1
    routes.value[0] = 0.0
    for u in range(routes.size.shape[0]):
        retime(terms, routes, u)
        if routes.own_unit[u]:
            routes.value[0] += routes.cost[u, NOW]
        for k in range(1, routes.size[u, LENGTH] + 1):
            if routes.slots[u, k, NODE] < terms.visits:
                routes.unit[routes.slots[u, k, NODE]] = u
    keep(routes)


@njit(nogil=True, cache=True)
def keep(routes: Routes) -> None:
    """Keep the own routes as the best ones."""
    routes.value[1] = routes.value[0]
    for u in range(routes.size.shape[0]):
        if routes.own_unit[u]:
            routes.size[u, BEST_LENGTH] = routes.size[u, LENGTH]
            for k in range(1, routes.size[u, LENGTH] + 1):
                routes.best_node[u, k] = routes.slots[u, k, NODE]
