"""Patrol planning: which unit visits which place when, as prize-collecting routes solved by PyVRP.

Deterministic for one seed when bounded by iterations. The prize of a place is the caller's matter.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyvrp
from numpy.typing import NDArray
from pyvrp.stop import MaxIterations, MaxRuntime, MultipleCriteria

PRIZE_S = 600  # a unit drives this long for one point of prize
ABROAD_S = 900  # a visit outside the home town costs as much as this much more driving
TOO_FAR_S = 10 * 3600


@dataclass(frozen=True, slots=True)
class PatrolUnit:
    """A unit that starts and ends its shift at a place (an index into the matrix); seconds from midnight."""

    place: int
    shift_start_s: float
    shift_end_s: float
    town: int


@dataclass(frozen=True, slots=True)
class VisitTask:
    """One visit worth `prize` points, begun within [from_s, until_s]; seconds from midnight."""

    place: int
    prize: float
    dwell_s: float
    from_s: float
    until_s: float
    town: int


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A visit in a route: `task` is the index of the task; work begins then or when the window opens."""

    task: int
    arrive_s: float
    leave_s: float


@dataclass(frozen=True, slots=True)
class Assignment:
    """All that a plan is made from; `seconds[i, j]` is the drive from place i to place j."""

    units: Sequence[PatrolUnit]
    tasks: Sequence[VisitTask]
    seconds: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plan:
    """One route per unit, in the order of the units, and the tasks nobody visits."""

    routes: list[list[PlannedStop]]
    unserved: list[int]


class NoPlanFound(Exception):
    """The solver found no plan that keeps every window, not even after raising its penalties."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to search: whichever bound comes first. Only iterations give the same plan twice.

    `enough` is asked at every iteration; once it is true the best plan so far is taken.
    """

    seed: int
    iterations: int = 2_000
    limit_s: float = 20.0
    enough: Callable[[], bool] = _never


def plan_patrols(assignment: Assignment, effort: Effort) -> Plan:
    """Return routes that collect much prize for little driving. Raises NoPlanFound."""
    if not assignment.tasks or not assignment.units:
        return Plan([[] for _ in assignment.units], list(range(len(assignment.tasks))))
    data = _problem(assignment)
    penalty = _highest_penalty(assignment)
    for _ in range(4):
        best = _solve(data, effort, penalty)
        if best.is_feasible():
            return _read(assignment, best)
        penalty *= 10  # too low a penalty lets the solver stay late everywhere
    raise NoPlanFound("no plan keeps the shifts and windows")


def _highest_penalty(assignment: Assignment) -> float:
    """Return five times the best prize per second, in solver units (GEO.md §2.3)."""
    away = assignment.seconds + np.where(np.eye(len(assignment.seconds), dtype=bool), np.inf, 0.0)
    nearest_s = np.nan_to_num(away.min(axis=0), posinf=0.0)
    rates = [
        task.prize * PRIZE_S / max(task.dwell_s + nearest_s[task.place], 60.0) for task in assignment.tasks
    ]
    return max(5 * max(rates), 10.0)


def _solve(data: pyvrp.ProblemData, effort: Effort, highest_penalty: float) -> pyvrp.Solution:
    """Run PyVRP with penalties that start low; its defaults freeze large prizes for thousands of rounds."""
    params = pyvrp.SolveParams(
        ils=pyvrp.IteratedLocalSearchParams(history_length=50),
        penalty=pyvrp.PenaltyParams(solutions_between_updates=50, min_penalty=1, max_penalty=highest_penalty),
    )
    bounds = MultipleCriteria([MaxIterations(effort.iterations), MaxRuntime(effort.limit_s)])

    def stop(best_cost: int) -> bool:
        return effort.enough() or bounds(best_cost)

    return pyvrp.solve(data, stop, seed=effort.seed, collect_stats=False, params=params).best


def _problem(assignment: Assignment) -> pyvrp.ProblemData:
    """Return the solver's problem: one profile per home town, in which other towns lie farther away."""
    size = len(assignment.seconds)
    towns = sorted({unit.town for unit in assignment.units})
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(size)],
        clients=[_client(task) for task in assignment.tasks],
        depots=[pyvrp.Depot(location=unit.place) for unit in assignment.units],
        vehicle_types=[
            pyvrp.VehicleType(
                start_depot=i,
                end_depot=i,
                tw_early=int(np.ceil(unit.shift_start_s)),
                tw_late=int(unit.shift_end_s),
                profile=towns.index(unit.town),
            )
            for i, unit in enumerate(assignment.units)
        ],
        distance_matrices=[_costs(assignment, town) for town in towns],
        duration_matrices=[_whole_seconds(assignment.seconds)] * len(towns),
    )


def _client(task: VisitTask) -> pyvrp.Client:
    return pyvrp.Client(
        location=task.place,
        service_duration=int(np.ceil(task.dwell_s)),
        tw_early=int(np.ceil(task.from_s)),
        tw_late=int(task.until_s),
        prize=max(1, round(task.prize * PRIZE_S)),
        required=False,
    )


def _whole_seconds(seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    """Round up, so that a plan in whole seconds holds in real ones."""
    return np.ceil(np.nan_to_num(seconds, posinf=TOO_FAR_S)).astype(np.int64)


def _costs(assignment: Assignment, home: int) -> NDArray[np.int64]:
    """Return driving seconds with a surcharge on the way into places of other towns only."""
    towns: dict[int, set[int]] = {}
    for task in assignment.tasks:
        towns.setdefault(task.place, set()).add(task.town)
    abroad = [place for place, of in towns.items() if home not in of]
    costs = _whole_seconds(assignment.seconds)
    costs[:, abroad] += ABROAD_S
    np.fill_diagonal(costs, 0)
    return costs


def _read(assignment: Assignment, solution: pyvrp.Solution) -> Plan:
    routes: list[list[PlannedStop]] = [[] for _ in assignment.units]
    for route in solution.routes():
        routes[route.vehicle_type()] = [
            PlannedStop(visit.idx, float(visit.start_time - visit.wait_duration), float(visit.end_time))
            for visit in route.schedule()
            if visit.is_client()
        ]
    served = {stop.task for route in routes for stop in route}
    return Plan(routes, [task for task in range(len(assignment.tasks)) if task not in served])
