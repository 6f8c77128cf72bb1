"""Searches routes by annealing on several threads, each in its own part of the county. Knows no plans.

Borders are drawn anew several times a second, so no border lasts; the compiled steps leave Python's lock.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.patrol.effort import Budget
from geo.patrol.kernel import AT, BEST_LENGTH, LENGTH, NODE, PLACE, Routes, Terms, settle
from geo.patrol.ruin import Habits, bench_of, steps

STEPS = 100  # at one temperature, between looks at the clock: about 10 ms
STRETCH = 0.02  # of the effort, between two drawings of borders
UNITS_EACH = 10  # with fewer per thread borders hurt: threads search alone, the better result is taken
HABITS = Habits(gone=12.0, longest=10.0, beside_first=40, beside_gone=10, reach=15, blink=0.01, venture=0.0)


@dataclass(frozen=True, slots=True)
class Cooling:
    """From which share of the effort to which, and from which temperature to which in seconds of driving."""

    budget: Budget
    from_share: float
    until_share: float
    hot_s: float
    cold_s: float

    def heat_s(self) -> float:
        """Return the temperature now."""
        done = (self.budget.spent() - self.from_share) / max(self.until_share - self.from_share, 1e-9)
        return float(self.hot_s * (self.cold_s / self.hot_s) ** min(max(done, 0.0), 1.0))


def anneal(terms: Terms, routes: Routes, cooling: Cooling, habits: Habits = HABITS) -> None:
    """Search until the cooling's share of the effort is spent; routes.best_* and value[1] hold the result.

    `routes` must be settled.
    """
    effort = cooling.budget.effort
    rng = np.random.default_rng([effort.seed, int(cooling.from_share * 1e6)])
    if not _has_work(routes):
        return
    if effort.cores <= 1:
        _stretch(terms, routes, (cooling, habits, rng), cooling.until_share, look=True)
    elif int(routes.own_unit.sum()) < UNITS_EACH * effort.cores:
        _alone(terms, routes, (cooling, habits, rng))
    else:
        _together(terms, routes, (cooling, habits, rng))


Manner = tuple[Cooling, Habits, np.random.Generator]


def _has_work(routes: Routes) -> bool:
    """Return whether there is a visit of the own ones that may be moved or put in."""
    makes_own = np.zeros(len(routes.unit), dtype=bool)
    made = routes.unit >= 0
    makes_own[made] = routes.own_unit[routes.unit[made]]
    return bool((makes_own | (~made & routes.own_visit)).any() and routes.own_unit.any())


def _stretch(terms: Terms, routes: Routes, manner: Manner, until: float, look: bool) -> None:
    cooling, habits, rng = manner
    budget, bench = cooling.budget, bench_of(terms, routes, habits)
    while budget.spent() < until:
        count = budget.left(STEPS)
        steps(bench, cooling.heat_s(), int(rng.integers(2**31)), count)
        budget.count(count)
        if look:
            budget.look()


def _on_threads(
    terms: Terms, parts: list[Routes], manner: Manner, until: float, pool: ThreadPoolExecutor
) -> None:
    """Search all parts at once, the first on this thread."""
    cooling, habits, rng = manner
    streams = rng.spawn(len(parts))
    others = [
        pool.submit(_stretch, terms, part, (cooling, habits, stream), until, look=False)
        for part, stream in zip(parts[1:], streams[1:], strict=True)
        if _has_work(part)
    ]
    if _has_work(parts[0]):
        _stretch(terms, parts[0], (cooling, habits, streams[0]), until, look=True)
    for other in others:
        other.result()


def _alone(terms: Terms, routes: Routes, manner: Manner) -> None:
    cooling = manner[0]
    parts = [_copy(routes) for _ in range(cooling.budget.effort.cores)]
    with ThreadPoolExecutor(len(parts)) as pool:
        _on_threads(terms, parts, manner, cooling.until_share, pool)
    _take_over(routes, min(parts, key=lambda part: float(part.value[1])))


def _together(terms: Terms, routes: Routes, manner: Manner) -> None:
    cooling, _, rng = manner
    best = _copy(routes)
    own_visit = routes.own_visit.copy()
    with ThreadPoolExecutor(cooling.budget.effort.cores) as pool:
        while cooling.budget.spent() < cooling.until_share:
            cooling.budget.look()
            parts = _divided(terms, routes, cooling.budget.effort.cores, rng)
            _on_threads(
                terms, parts, manner, min(cooling.budget.spent() + STRETCH, cooling.until_share), pool
            )
            value = sum(float(part.value[1]) for part in parts)
            if value < best.value[1] - 1e-6:
                _gather(best, parts, lambda part: (part.best_node, part.size[:, BEST_LENGTH]))
                best.value[1] = value
            _gather(routes, parts, lambda part: (part.slots[:, :, NODE], part.size[:, LENGTH]))
            routes.own_visit[:] = own_visit
            settle(terms, routes)
    _take_over(routes, best, gathered=True)


def _copy(routes: Routes) -> Routes:
    return Routes(*(array.copy() for array in routes))


def _gather(
    into: Routes, parts: list[Routes], what: Callable[[Routes], tuple[NDArray[np.int32], NDArray[np.int32]]]
) -> None:
    """Write every part's own routes into the routes under way of one."""
    for part in parts:
        node, length = what(part)
        into.slots[part.own_unit, :, NODE] = node[part.own_unit]
        into.size[part.own_unit, LENGTH] = length[part.own_unit]


def _take_over(routes: Routes, found: Routes, gathered: bool = False) -> None:
    routes.best_node[:] = found.slots[:, :, NODE] if gathered else found.best_node
    routes.size[:, BEST_LENGTH] = found.size[:, LENGTH if gathered else BEST_LENGTH]
    routes.value[1] = found.value[1]


def _divided(terms: Terms, routes: Routes, cores: int, rng: np.random.Generator) -> list[Routes]:
    """Return copies that share out units and visits, cut across the line between two far units."""
    units = np.flatnonzero(routes.own_unit)
    middle = np.array([routes.slots[u, (routes.size[u, LENGTH] + 1) // 2, AT] for u in units], dtype=np.int64)
    drive = terms.drive[0]
    one = middle[rng.integers(len(middle))]
    other = middle[np.argmax(drive[one, middle] * rng.uniform(0.5, 1.0, len(middle)))]
    along = (drive[one, middle] - drive[other, middle]).astype(float)
    rank = np.argsort(np.argsort(along + rng.uniform(0, 1, len(along))))
    owner = np.full(len(routes.own_unit), -1, dtype=np.int64)
    owner[units] = rank * cores // len(units)
    cuts = [along[owner[units] == part].max() for part in range(cores - 1)]
    place = terms.nodes[: terms.visits, PLACE]
    of_visit = np.searchsorted(np.array(cuts), drive[one, place].astype(float) - drive[other, place])
    made = routes.unit >= 0
    of_visit[made] = owner[routes.unit[made]]
    parts = []
    for core in range(cores):
        part = _copy(routes)
        part.own_unit[:] = owner == core
        part.own_visit[:] = routes.own_visit & (of_visit == core)
        settle(terms, part)
        parts.append(part)
    return parts
