"""Patrol plans of the generated county: ours against other solvers, how they grow, what surprise costs.

`python -m tests.benchmarks.patrol_plans --json [--only day,instances,growth,variety,floor] [--parts 1.0]`.
Seeds are fixed. Every solver gets the same CPU time (ours on two cores: twice its wall time) in a process of
its own, one after the other, and the independent checker scores all. --parts shortens every time for a try.
"""

import argparse
import json
import multiprocessing
import os
import resource
import time
from collections import defaultdict
from dataclasses import asdict, replace
from itertools import pairwise
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from geo.patrol.bound import upper_bound
from geo.patrol.checking import driving_s, faults, served_priority, town_shares
from geo.patrol.problem import Plan, Problem
from geo.patrol.solving import Effort, solve
from geo.patrol.surprise import solve_surprisingly
from geo.patrol.variety import HOUR_S, evenness_of_places
from tests.benchmarks.patrol_county import Day, make_day
from tests.benchmarks.patrol_peers import PEERS, POINT_S

CORES, SEED = 2, 1
COUNTY_DAY = Day(seed=1, visits=1_500, units=60, shifts=3)
AS_DRIVEN = replace(COUNTY_DAY, rests=True, abroad_s=900.0, town_floor=0.6)
STRESSED = Day(seed=2, visits=1_500, units=40)
SMALL = tuple(
    Day(seed=100 + i, visits=150 + 20 * i, units=(5 if i % 2 else 7) + i // 2, shifts=1 + i % 3)
    for i in range(20)
)
GROWTH = ((300, 12, 5.0), (1_500, 60, 20.0), (4_000, 160, 60.0), (8_000, 320, 120.0))
DRAWN_PLANS = 28  # four weeks
SPREAD = 0.2
Json = dict[str, Any]


def main() -> None:
    """Measure what is asked and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", default="day,instances,growth,variety,floor")
    parser.add_argument("--parts", type=float, default=1.0)
    options = parser.parse_args()
    found: Json = {"load": os.getloadavg()[0]}
    for name in options.only.split(","):
        found[name] = SECTIONS[name](options.parts)
        if not options.json:
            print(name, json.dumps(found[name], indent=1), flush=True)
    if options.json:
        print(json.dumps(found | {"load_after": os.getloadavg()[0]}, indent=1))


def measure_day(parts: float) -> Json:
    """Return ours and the peers on the county day without rests, and ours on the day as it is driven."""
    problem = make_day(COUNTY_DAY)
    bound = upper_bound(problem, POINT_S)
    rows = _compared(COUNTY_DAY, 20.0 * parts, list(PEERS))
    for row in rows.values():
        row["of_bound"] = row["value"] / bound.value
    rows["Watchgrid, with rests, home towns, floor"] = _alone("ours", make_day(AS_DRIVEN), 20.0 * parts)
    stressed = _compared(STRESSED, 20.0 * parts, ["plain PyVRP, tuned", "VROOM"])
    return {"bound": asdict(bound), "rows": rows, "stressed": stressed}


def measure_instances(parts: float) -> Json:
    """Return served priority of every solver on twenty small days, and where ours was below a peer."""
    rows = [_compared(day, 5.0 * parts, list(PEERS)) for day in SMALL]
    names = list(rows[0])
    below = [
        {"day": asdict(day), "peer": name, "by": row[name]["served"] - row["Watchgrid"]["served"]}
        for day, row in zip(SMALL, rows, strict=True)
        for name in names
        if row[name]["served"] > row["Watchgrid"]["served"] + 1e-9
    ]
    mean = {name: float(np.mean([row[name]["served"] for row in rows])) for name in names}
    return {"mean_served": mean, "below": below, "rows": rows}


def measure_growth(parts: float) -> Json:
    """Return time, memory and quality from 300 to 8,000 visits, beside plain PyVRP."""
    grown: Json = {}
    for visits, units, wall_s in GROWTH:
        day = Day(seed=3, visits=visits, units=units, shifts=3)
        grown[str(visits)] = _compared(day, wall_s * parts, ["plain PyVRP, tuned"])
    return grown


def measure_variety(parts: float) -> Json:
    """Return how even the hours of visits fall over drawn plans, and what of the priority that costs."""
    problem = make_day(replace(COUNTY_DAY, visits=500, units=20))
    plans = {
        spread: [
            solve_surprisingly(problem, Effort(seed=seed, seconds=4.0 * parts, cores=CORES), spread)
            for seed in range(DRAWN_PLANS)
        ]
        for spread in (0.0, SPREAD)
    }
    told: Json = {}
    for spread, made in plans.items():
        served = [served_priority(problem, plan) for plan in made]
        told[f"spread {spread}"] = {
            "served": float(np.mean(served)),
            "evenness": _evenness(problem, made),
            "evenness_if_drawn_at_random": _evenness(problem, made, np.random.default_rng(1)),
            "driving_h": float(np.mean([driving_s(problem, plan) for plan in made])) / HOUR_S,
            "repeated_within_15_min": _repeated(made),
            "faults": sum(len(faults(problem, plan)) for plan in made),
        }
    told["price"] = told["spread 0.0"]["served"] - told[f"spread {SPREAD}"]["served"]
    return told


def measure_floor(parts: float) -> Json:
    """Return the least and greatest town share without a floor and with one, on the stressed day."""
    told: Json = {}
    for floor in (0.0, 0.8):
        day = replace(STRESSED, town_floor=floor, abroad_s=900.0)
        problem = make_day(day)
        plan = solve(problem, Effort(seed=1, seconds=20.0 * parts, cores=CORES))
        shares = town_shares(problem, plan)
        told[f"floor {floor}"] = {
            "served": served_priority(problem, plan),
            "least": min(shares.values()),
            "greatest": max(shares.values()),
        }
    return told


SECTIONS = {
    "day": measure_day,
    "instances": measure_instances,
    "growth": measure_growth,
    "variety": measure_variety,
    "floor": measure_floor,
}


def _compared(day: Day, wall_s: float, peers: list[str]) -> Json:
    """Return a row per solver: ours for so long on two cores, the others for as much CPU time."""
    problem = make_day(day)
    rows = {"Watchgrid": _alone("ours", problem, wall_s)}
    for name in peers:
        rows[name] = _alone(name, problem, wall_s * CORES)
    return rows


def _alone(solver: str, problem: Problem, limit_s: float) -> Json:
    """Run one solver in a process of its own and return its row; an empty one when it is not installed."""
    context = multiprocessing.get_context("spawn")
    receive, send = context.Pipe(duplex=False)
    child = context.Process(target=_solve_apart, args=(send, solver, problem, limit_s))
    child.start()
    send.close()
    try:
        row: Json = receive.recv()
    except EOFError:
        row = {"served": 0.0, "value": 0.0, "why": "it ended without an answer"}
    child.join()
    return row


def _solve_apart(send: Connection, solver: str, problem: Problem, limit_s: float) -> None:
    before_s, since = _cpu_s(), time.perf_counter()
    try:
        if solver == "ours":
            plan = solve(problem, Effort(seed=SEED, seconds=limit_s, cores=CORES))
        else:
            plan = PEERS[solver](problem, limit_s, SEED)
    except ModuleNotFoundError as missing:
        send.send({"served": 0.0, "value": 0.0, "why": f"not installed: {missing.name}"})
        return
    send.send(
        _row(problem, plan)
        | {"wall_s": time.perf_counter() - since, "cpu_s": _cpu_s() - before_s}
        | _memory()
    )


def _row(problem: Problem, plan: Plan) -> Json:
    driven_s = driving_s(problem, plan)
    served = served_priority(problem, plan)
    wanted = sum(visit.priority for visit in problem.visits)
    return {
        "served": served,
        "driving_h": driven_s / HOUR_S,
        "value": served * wanted * POINT_S - driven_s,
        "visits": len(problem.visits) - len(plan.unserved),
        "faults": len(faults(problem, plan)),
    }


def _cpu_s() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def _memory() -> Json:
    """Return the peak of this process and of its largest child, in MB."""
    own, child = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {"own_mb": own, "largest_child_mb": child}


def _evenness(problem: Problem, plans: list[Plan], rng: np.random.Generator | None = None) -> float:
    """Return the mean evenness of the hours in which visits began, or as many uniform draws would begin."""
    visited: dict[int, list[float]] = defaultdict(list)
    for stop in (stop for plan in plans for route in plan.routes for stop in route.stops):
        visit = problem.visits[stop.visit]
        visited[stop.visit].append(rng.uniform(visit.from_s, visit.until_s) if rng else stop.start_s)
    hours = {
        index: list(range(int(visit.from_s // HOUR_S), int(visit.until_s // HOUR_S) + 1))
        for index, visit in enumerate(problem.visits)
    }
    return evenness_of_places(visited, hours)


def _repeated(plans: list[Plan]) -> float:
    """Return the share of visits that begin within 15 minutes of when they began in the plan before."""
    starts = [{s.visit: s.start_s for route in plan.routes for s in route.stops} for plan in plans]
    both = [
        abs(now[visit] - before[visit])
        for before, now in pairwise(starts)
        for visit in now.keys() & before.keys()
    ]
    return float(np.mean(np.array(both) <= 900.0))


if __name__ == "__main__":
    main()
