"""Mending a plan under way against solving the rest of its day anew: how soon, how good, what moves.

`python -m tests.benchmarks.patrol_repair --json [--only slack,full,1500s] [--parts 1.0]`. Seeds are fixed.
The baselines are measured in the same run on the same rest of the day: our solver begun from the mended plan
(warm) and from nothing (cold), bounded by iterations, so that a busy machine changes nothing but the time.
1500s is the file of GEO.md (PATROL_INSTANCES: its folder).
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from geo.patrol.checking import faults, served_priority
from geo.patrol.problem import PatrolUnit, Plan, Problem, Route, Visit
from geo.patrol.remaining import remaining, whole
from geo.patrol.repair import Underway, as_planned, cost, repair, told
from geo.patrol.solving import Effort, solve
from geo.patrol.timing import Since
from geo.road_index import RoadIndex
from geo.roads import closed_edges
from geo.travel_times import route
from tests.benchmarks.patrol_county import LONGEST_DRIVE_S, Day, make_day, places_on_map
from tests.county import county

INSTANCES = Path(os.environ.get("PATROL_INSTANCES", "/work/shared/data/routing/county"))
SEED = 1
PLAN, WARM, COLD = 160_000, 40_000, 160_000  # iterations; some 12,000 take a second of one core
TIMED = 7  # runs of which the median is told
AWAY_S = 2_700.0  # driving to an alert, being there
DAYS = {
    "slack": Day(seed=1, visits=1_500, units=60, shifts=3, rests=True, abroad_s=900.0),
    "full": Day(seed=2, visits=1_500, units=40, rests=True, abroad_s=900.0),
}
Json = dict[str, Any]


@dataclass(frozen=True)
class Trouble:
    """What happened at what time: the problem as it is now, how far the plan is, and what took beforehand."""

    name: str
    problem: Problem
    underway: Underway
    roads_ms: float | None = None


def main() -> None:
    """Measure what is asked and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", default="slack,full,1500s")
    parser.add_argument("--parts", type=float, default=1.0, help="shortens every search for a try")
    asked = parser.parse_args()
    told_of = [measure(name, asked.parts) for name in asked.only.split(",")]
    print(json.dumps({"load": os.getloadavg()[0], "instances": told_of}, indent=None if asked.json else 2))


def measure(name: str, parts: float) -> Json:
    """Return what each trouble of an instance costs, mended and solved anew."""
    problem = from_file(INSTANCES / "inst_1500s.npz") if name == "1500s" else make_day(DAYS[name])
    plan = solve(problem, _effort(PLAN * parts))
    solve(problem, _effort(100), start=plan)  # what is compiled once is not measured
    return {
        "instance": name,
        "visits": len(problem.visits),
        "units": len(problem.units),
        "served": round(served_priority(problem, plan), 5),
        "troubles": [compared(plan, trouble, parts) for trouble in troubles(name, problem, plan)],
    }


def troubles(name: str, problem: Problem, plan: Plan) -> Iterator[Trouble]:
    """Yield one unit out, two pulled away by an alert, and on generated roads a road closed."""
    now_s = min(unit.shift_from_s for unit in problem.units) + 2.5 * 3600
    at_work = [
        number
        for number, unit in enumerate(problem.units)
        if unit.shift_from_s < now_s < unit.shift_until_s and len(plan.routes[number].stops) > 8
    ]
    first, second, third = at_work[1], at_work[len(at_work) // 2], at_work[-2]
    yield Trouble("one unit out", problem, as_planned(problem, plan, now_s, [first]))
    pulled = replace(as_planned(problem, plan, now_s, [second, third]), out=frozenset())
    where = problem.visits[plan.routes[second].stops[-1].visit].place
    since: list[Since | None] = list(told(problem, plan, pulled).since)
    since[second] = since[third] = Since(where, now_s + AWAY_S)
    yield Trouble("two units pulled away", problem, replace(pulled, since=since))
    if name != "1500s":
        began_s = time.perf_counter()
        closed = replace(problem, seconds=[without_a_road()])
        roads_ms = 1000 * (time.perf_counter() - began_s)
        yield Trouble("a road closed", closed, as_planned(problem, plan, now_s), roads_ms)


def compared(plan: Plan, trouble: Trouble, parts: float) -> Json:
    """Return time and outcome of mending, and of solving the rest anew from there and from nothing."""
    problem = trouble.problem
    underway = told(problem, plan, trouble.underway)
    cpu_ms, wall_ms = [], []
    for _ in range(TIMED):
        cpu_s, wall_s = time.process_time(), time.perf_counter()
        mended = repair(problem, plan, underway)
        cpu_ms.append(1000 * (time.process_time() - cpu_s))
        wall_ms.append(1000 * (time.perf_counter() - wall_s))
    left = remaining(problem, mended.plan, underway)
    nothing = Plan(tuple(Route() for _ in left.problem.units), tuple(range(len(left.problem.visits))))
    rows: dict[str, Json] = {"mended": outcome(problem, plan, mended.plan)}
    for way, start, iterations in (("warm", left.plan, WARM), ("cold", nothing, COLD)):
        cpu_s = time.process_time()
        found = solve(left.problem, _effort(iterations * parts), start=start)
        cpu_s = time.process_time() - cpu_s
        assert faults(left.problem, found) == []
        rows[way] = outcome(problem, plan, whole(mended.plan, underway, left, found)) | {
            "cpu_s": round(cpu_s, 1)
        }
    best = max(row["served"] for row in rows.values())
    return {
        "trouble": trouble.name,
        "cpu_ms": round(statistics.median(cpu_ms), 1),
        "wall_ms": round(statistics.median(wall_ms), 1),
        "roads_ms": trouble.roads_ms and round(trouble.roads_ms, 1),
        "of_best": round(rows["mended"]["served"] / best, 5),
        **rows,
    }


def _effort(iterations: float) -> Effort:
    return Effort(SEED, iterations=int(iterations), cores=1)


def outcome(problem: Problem, before: Plan, after: Plan) -> Json:
    """Return what a plan serves and what changed hands against the one before."""
    price = cost(problem, before, after)
    return {
        "served": round(served_priority(problem, after), 5),
        "moved": price.moved,
        "dropped": price.dropped,
        "priority_lost": round(price.priority, 1),
    }


def without_a_road() -> np.ndarray:
    """Return the generated days' matrix without the middle of the way between two stations."""
    roads, places = county().roads, places_on_map()
    index = RoadIndex(roads)
    nodes = roads.snap(places[:, 0], places[:, 1])
    index.seconds(nodes[:20], nodes[:20])  # the index itself is built once a county, not once a closure
    way = route(roads, int(nodes[0]), int(nodes[4])).nodes
    middle = way[len(way) // 2 - 3 : len(way) // 2 + 3]
    shut = closed_edges(roads, np.column_stack([roads.lon[middle], roads.lat[middle]]).tolist())
    seconds = np.minimum(index.seconds(nodes, nodes, "car", shut.tolist()), LONGEST_DRIVE_S)
    np.fill_diagonal(seconds, 0.0)
    return seconds


def from_file(path: Path) -> Problem:
    """Return the problem of a file of GEO.md: stations are its first ten places, t = 0 is 08:00."""
    with np.load(path) as z:
        units = [
            PatrolUnit(int(at), int(at), float(start), float(end), int(at), county_wide=True)
            for at, start, end in zip(z["vst"], z["vs"], z["ve"], strict=True)
        ]
        stations = len(z["D"]) - len(z["prize"])
        visits = [
            Visit(
                stations + i,
                float(z["prize"][i]),
                float(z["s"][i]),
                float(z["a"][i]),
                float(z["b"][i]),
                int(z["ttown"][i]),
            )
            for i in range(len(z["prize"]))
        ]
        return Problem(units, visits, [z["D"].astype(float)], abroad_s=0.0)


if __name__ == "__main__":
    main()
