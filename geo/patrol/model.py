"""A patrol problem, or a part of it, in PyVRP's terms and back. Searches nothing, knows no clock.

A unit's rest is a client too: at its station, in its window, required. Units that rest alike share a place of
rest that no other unit can reach, and each has room for one rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyvrp
from numpy.typing import NDArray

from geo.patrol.problem import PatrolUnit, Problem

PRIZE_S = 600.0  # one point of priority is worth this much driving
TOO_FAR_S = 4 * 86_400  # nobody is there within any shift
REST = -1  # the rest among the visits of an order
MUST_TIMES = 20.0  # a must-visit is worth this many of the dearest others

Order = list[int]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Part:
    """Units and visits of a problem with PyVRP's data about them; clients are `visits`, then rests.

    units[i] is vehicle type i, visits[i] client i; rests[i] is the kind of client len(visits) + i.
    """

    units: tuple[int, ...]
    visits: tuple[int, ...]
    rests: tuple[int, ...]
    rest_kinds: tuple[int, ...]
    data: pyvrp.ProblemData


def worth(problem: Problem) -> NDArray[np.float64]:
    """Return what each visit is worth in seconds of driving: shaped [visits]."""
    priority = np.array([visit.priority for visit in problem.visits], dtype=float)
    must = np.array([visit.must for visit in problem.visits], dtype=bool)
    return (
        np.maximum(np.where(must, priority + MUST_TIMES * priority.max(initial=1.0), priority), 0) * PRIZE_S
    )


def can_rest(problem: Problem, number: int) -> bool:
    """Return whether the unit has no rest, or one that fits into its shift."""
    unit = problem.units[number]
    if unit.rest is None:
        return True
    begins_s = max(unit.rest.from_s, unit.shift_from_s)
    home_s = float(problem.seconds[unit.profile][unit.start, unit.end])
    return begins_s <= unit.rest.until_s and begins_s + unit.rest.lasts_s + home_s <= unit.shift_until_s


def part_of(problem: Problem, worth_s: Floats, units: Sequence[int], visits: Sequence[int]) -> Part:
    """Return the part with these units, all of which can rest, and these visits."""
    kinds = _RestKinds.of([problem.units[number] for number in units])
    drawing = _Drawing(problem, tuple(units), tuple(visits), kinds)
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0)] * len(drawing.places),
        clients=[*_visit_clients(drawing, worth_s), *_rest_clients(drawing)],
        depots=[pyvrp.Depot(location=i) for i in range(len(drawing.depots))],
        vehicle_types=_vehicles(drawing),
        **_matrices(drawing),
    )
    return Part(drawing.units, drawing.visits, kinds.clients, kinds.of_unit, data)


@dataclass(frozen=True, slots=True)
class _RestKinds:
    """Which rests there are: of_unit[i] is the kind of unit i or -1, clients the kind of each rest wanted."""

    kinds: tuple[tuple[int, float, float, float], ...]
    of_unit: tuple[int, ...]
    clients: tuple[int, ...]

    @classmethod
    def of(cls, units: Sequence[PatrolUnit]) -> "_RestKinds":
        keys = [
            (unit.start, unit.rest.from_s, unit.rest.until_s, unit.rest.lasts_s) if unit.rest else None
            for unit in units
        ]
        kinds = tuple(sorted({key for key in keys if key is not None}))
        of_unit = tuple(kinds.index(key) if key is not None else -1 for key in keys)
        return cls(kinds, of_unit, tuple(sorted(kind for kind in of_unit if kind >= 0)))


class _Drawing:
    """The places of a part in order: depots, places of rest, places of visits (one per place and town)."""

    def __init__(
        self, problem: Problem, units: tuple[int, ...], visits: tuple[int, ...], kinds: _RestKinds
    ) -> None:
        self.problem, self.units, self.visits, self.rest_kinds = problem, units, visits, kinds
        people = [problem.units[number] for number in units]
        self.depots = sorted({place for unit in people for place in (unit.start, unit.end)})
        wanted = [(problem.visits[number].place, problem.visits[number].town) for number in visits]
        self.visited = sorted(set(wanted))
        self.first_rest = len(self.depots)
        self.first_visited = self.first_rest + len(kinds.kinds)
        self.places = [
            *self.depots,
            *(kind[0] for kind in kinds.kinds),
            *(place for place, _ in self.visited),
        ]
        at = {key: self.first_visited + i for i, key in enumerate(self.visited)}
        self.location_of_visit = [at[key] for key in wanted]
        self.manner_of_unit = [
            (
                unit.profile,
                -1 if unit.county_wide else unit.town,
                unit.may_leave_town or unit.county_wide,
                kind,
            )
            for unit, kind in zip(people, kinds.of_unit, strict=True)
        ]
        self.manners = sorted(set(self.manner_of_unit))


def _visit_clients(drawing: _Drawing, worth_s: Floats) -> list[pyvrp.Client]:
    load = [0] if drawing.rest_kinds.kinds else []
    return [
        pyvrp.Client(
            location=location,
            delivery=load,
            service_duration=int(np.ceil(visit.dwell_s)),
            tw_early=int(np.ceil(visit.from_s)),
            tw_late=max(int(visit.until_s), int(np.ceil(visit.from_s))),
            prize=max(1, round(float(worth_s[number]))),
            required=False,
        )
        for number, location in zip(drawing.visits, drawing.location_of_visit, strict=True)
        for visit in (drawing.problem.visits[number],)
    ]


def _rest_clients(drawing: _Drawing) -> list[pyvrp.Client]:
    rests = [drawing.rest_kinds.kinds[kind] for kind in drawing.rest_kinds.clients]
    return [
        pyvrp.Client(
            location=drawing.first_rest + kind,
            delivery=[1],
            service_duration=int(np.ceil(lasts_s)),
            tw_early=int(np.ceil(from_s)),
            tw_late=max(int(until_s), int(np.ceil(from_s))),
            required=True,
        )
        for kind, (_, from_s, until_s, lasts_s) in zip(drawing.rest_kinds.clients, rests, strict=True)
    ]


def _vehicles(drawing: _Drawing) -> list[pyvrp.VehicleType]:
    room = [1] if drawing.rest_kinds.kinds else []
    depot = {place: i for i, place in enumerate(drawing.depots)}
    return [
        pyvrp.VehicleType(
            capacity=room,
            start_depot=depot[unit.start],
            end_depot=depot[unit.end],
            tw_early=int(np.ceil(unit.shift_from_s)),
            tw_late=int(unit.shift_until_s),
            profile=drawing.manners.index(manner),
        )
        for number, manner in zip(drawing.units, drawing.manner_of_unit, strict=True)
        for unit in (drawing.problem.units[number],)
    ]


def _matrices(drawing: _Drawing) -> dict[str, list[Ints]]:
    """Return PyVRP's matrices, one of costs and one of durations per manner of moving."""
    whole = {
        profile: whole_seconds(drawing.problem.seconds[profile], drawing.places)
        for profile in {manner[0] for manner in drawing.manners}
    }
    pairs = [_manner_matrices(drawing, whole[manner[0]], manner) for manner in drawing.manners]
    return {"distance_matrices": [c for c, _ in pairs], "duration_matrices": [d for _, d in pairs]}


def _manner_matrices(drawing: _Drawing, whole: Ints, manner: tuple[int, int, bool, int]) -> tuple[Ints, Ints]:
    """Return costs and durations: dearer into other towns, endless into forbidden ones and others' rests."""
    _, home, may_leave, rest = manner
    towns = np.array([town for _, town in drawing.visited], dtype=np.int64)
    abroad = drawing.first_visited + np.flatnonzero((towns != home) & (home >= 0))
    closed = [drawing.first_rest + kind for kind in range(len(drawing.rest_kinds.kinds)) if kind != rest]
    durations = whole
    if closed or (len(abroad) and not may_leave):
        durations = whole.copy()
        durations[:, closed if may_leave else [*closed, *abroad]] = TOO_FAR_S
        np.fill_diagonal(durations, 0)
    costs = durations
    if len(abroad) and may_leave and drawing.problem.abroad_s > 0:
        costs = durations.copy()
        costs[:, abroad] += int(np.ceil(drawing.problem.abroad_s))
        np.fill_diagonal(costs, 0)
    return costs, durations


def whole_seconds(seconds: NDArray[np.float64], places: Sequence[int]) -> Ints:
    """Return drives between places rounded up, so that a plan in whole seconds holds in real ones."""
    taken = seconds[np.ix_(places, places)]
    whole = np.ceil(np.where(np.isfinite(taken), np.minimum(taken, TOO_FAR_S), TOO_FAR_S)).astype(np.int64)
    np.fill_diagonal(whole, 0)
    return whole


def orders_of(part: Part, solution: pyvrp.Solution) -> dict[int, Order]:
    """Return per unit of the part the visits it makes in order, its rest among them as REST."""
    orders: dict[int, Order] = {number: [] for number in part.units}
    for route in solution.routes():
        orders[part.units[route.vehicle_type()]] = [
            part.visits[step.idx] if step.idx < len(part.visits) else REST
            for step in route.schedule()
            if step.is_client()
        ]
    return orders


def solution_of(part: Part, orders: dict[int, Order]) -> pyvrp.Solution:
    """Return the solution of a part in which its units make these visits in order; others are left out."""
    client = {number: i for i, number in enumerate(part.visits)}
    free: dict[int, list[int]] = {}
    for i, kind in enumerate(part.rests):
        free.setdefault(kind, []).append(len(part.visits) + i)
    routes = []
    for kind_of_vehicle, number in enumerate(part.units):
        kind = part.rest_kinds[kind_of_vehicle]
        order = orders.get(number) or ([REST] if kind >= 0 else [])
        steps = [
            free[kind].pop() if visit == REST else client[visit]
            for visit in order
            if visit == REST or visit in client
        ]
        if steps:
            routes.append(pyvrp.Route(part.data, steps, kind_of_vehicle))
    return pyvrp.Solution(part.data, routes)
