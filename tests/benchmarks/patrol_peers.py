"""Other solvers on the same patrol problems: plain PyVRP, VROOM, OR-Tools, as their users would set them up.

They are given no rests and no jurisdictions, which not all of them know. ortools and pyvroom are the extra
[peers]; without them their rows are missing, and the output says so.
"""

import time
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pyvrp

from geo.patrol.problem import Plan, Problem, Route, Stop

POINT_S = 600  # a unit drives this long for one point of priority, in every solver


def plain_pyvrp(problem: Problem, cpu_s: float, seed: int, tuned: bool = True) -> Plan:
    """Solve by PyVRP alone on one core, with GEO.md's settings or its defaults, for so many CPU seconds."""
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(len(problem.seconds[0]))],
        clients=[
            pyvrp.Client(
                location=visit.place,
                service_duration=int(np.ceil(visit.dwell_s)),
                tw_early=int(np.ceil(visit.from_s)),
                tw_late=int(visit.until_s),
                prize=max(1, round(visit.priority * POINT_S)),
                required=False,
            )
            for visit in problem.visits
        ],
        depots=[pyvrp.Depot(location=unit.start) for unit in problem.units],
        vehicle_types=[
            pyvrp.VehicleType(
                start_depot=i, end_depot=i, tw_early=int(unit.shift_from_s), tw_late=int(unit.shift_until_s)
            )
            for i, unit in enumerate(problem.units)
        ],
        distance_matrices=[np.ceil(problem.seconds[0]).astype(np.int64)],
        duration_matrices=[np.ceil(problem.seconds[0]).astype(np.int64)],
    )
    params = pyvrp.SolveParams()
    if tuned:
        away = problem.seconds[0] + np.diag(np.full(len(problem.seconds[0]), np.inf))
        near_s = away.min(axis=0)
        rate = max(v.priority * POINT_S / (v.dwell_s + near_s[v.place]) for v in problem.visits)
        params = pyvrp.SolveParams(
            ils=pyvrp.IteratedLocalSearchParams(history_length=50),
            penalty=pyvrp.PenaltyParams(solutions_between_updates=50, min_penalty=1, max_penalty=5 * rate),
        )
    ends = time.process_time() + cpu_s
    result = pyvrp.solve(
        data, lambda _best: time.process_time() > ends, seed=seed, collect_stats=False, params=params
    )
    routes: list[tuple[Stop, ...]] = [()] * len(problem.units)
    for route in result.best.routes():
        routes[route.vehicle_type()] = tuple(
            Stop(
                visit.idx,
                float(visit.start_time - visit.wait_duration),
                float(visit.start_time),
                float(visit.end_time),
            )
            for visit in route.schedule()
            if visit.is_client()
        )
    return plan_of(problem, routes if result.best.is_feasible() else [()] * len(routes))


def vroom(problem: Problem, cpu_s: float, seed: int) -> Plan:
    """Solve by VROOM at its greatest depth, two threads; it goes past its time limit (see cpu_s)."""
    import vroom as api

    best = max(visit.priority for visit in problem.visits)
    asked = api.Input()
    asked.set_durations_matrix(profile="car", matrix_input=np.ceil(problem.seconds[0]).astype(np.uint32))
    asked.add_vehicle(
        [
            api.Vehicle(
                i,
                start=unit.start,
                end=unit.end,
                time_window=api.TimeWindow(int(unit.shift_from_s), int(unit.shift_until_s)),
            )
            for i, unit in enumerate(problem.units)
        ]
    )
    asked.add_job(
        [
            api.Job(
                i,
                location=visit.place,
                default_service=int(np.ceil(visit.dwell_s)),
                priority=max(1, round(100 * visit.priority / best)),
                time_windows=[api.TimeWindow(int(np.ceil(visit.from_s)), int(visit.until_s))],
            )
            for i, visit in enumerate(problem.visits)
        ]
    )
    solution = asked.solve(exploration_level=5, nb_threads=2, timeout=timedelta(seconds=cpu_s / 2))
    orders: list[list[int]] = [[] for _ in problem.units]
    steps = solution.routes
    for unit, kind, job in zip(steps["vehicle_id"], steps["type"], steps["id"], strict=True):
        if kind == "job":
            orders[int(unit)].append(int(job))
    return plan_of(problem, [timed_route(problem, i, order) for i, order in enumerate(orders)])


def or_tools(problem: Problem, cpu_s: float, seed: int) -> Plan:
    """Solve by OR-Tools' routing library: parallel cheapest insertion, then guided local search."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    units, visits = problem.units, problem.visits
    drive = np.ceil(problem.seconds[0]).astype(int)
    place = [visit.place for visit in visits] + [unit.start for unit in units] + [unit.end for unit in units]
    dwell = [int(np.ceil(visit.dwell_s)) for visit in visits] + [0] * (2 * len(units))
    starts = list(range(len(visits), len(visits) + len(units)))
    manager = pywrapcp.RoutingIndexManager(
        len(place), len(units), starts, [start + len(units) for start in starts]
    )
    model = pywrapcp.RoutingModel(manager)
    between = drive[np.ix_(place, place)]
    driving = model.RegisterTransitMatrix(between.tolist())
    taking = model.RegisterTransitMatrix((between + np.array(dwell)[:, None]).tolist())
    model.SetArcCostEvaluatorOfAllVehicles(driving)
    day_s = int(max(unit.shift_until_s for unit in units))
    model.AddDimension(taking, day_s, day_s, False, "time")
    clock = model.GetDimensionOrDie("time")
    for i, visit in enumerate(visits):
        clock.CumulVar(manager.NodeToIndex(i)).SetRange(int(np.ceil(visit.from_s)), int(visit.until_s))
        model.AddDisjunction([manager.NodeToIndex(i)], max(1, round(visit.priority * POINT_S)))
    for i, unit in enumerate(units):
        for index in (model.Start(i), model.End(i)):
            clock.CumulVar(index).SetRange(int(unit.shift_from_s), int(unit.shift_until_s))
    search = pywrapcp.DefaultRoutingSearchParameters()
    search.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    search.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    search.time_limit.FromMilliseconds(int(cpu_s * 1000))
    found = model.SolveWithParameters(search)
    orders: list[list[int]] = [[] for _ in units]
    for i in range(len(units) if found else 0):
        index = found.Value(model.NextVar(model.Start(i)))
        while not model.IsEnd(index):
            orders[i].append(manager.IndexToNode(index))
            index = found.Value(model.NextVar(index))
    return plan_of(problem, [timed_route(problem, i, order) for i, order in enumerate(orders)])


def timed_route(problem: Problem, number: int, order: list[int]) -> tuple[Stop, ...]:
    """Return the stops of an order at their earliest times; the checker says whether they are in time."""
    unit = problem.units[number]
    at_s, place, stops = unit.shift_from_s, unit.start, []
    for index in order:
        visit = problem.visits[index]
        arrive_s = at_s + float(problem.seconds[unit.profile][place, visit.place])
        start_s = max(arrive_s, visit.from_s)
        at_s, place = start_s + visit.dwell_s, visit.place
        stops.append(Stop(index, arrive_s, start_s, at_s))
    return tuple(stops)


def plan_of(problem: Problem, routes: list[tuple[Stop, ...]]) -> Plan:
    """Return a plan of routes, with what they leave out."""
    served = {stop.visit for route in routes for stop in route}
    left = tuple(index for index in range(len(problem.visits)) if index not in served)
    return Plan(tuple(Route(stops) for stops in routes), left)


PEERS: dict[str, Callable[[Problem, float, int], Plan]] = {
    "plain PyVRP, tuned": plain_pyvrp,
    "plain PyVRP, defaults": lambda problem, cpu_s, seed: plain_pyvrp(problem, cpu_s, seed, tuned=False),
    "VROOM": vroom,
    "OR-Tools": or_tools,
}
NEEDS = {"VROOM": "vroom", "OR-Tools": "ortools"}
