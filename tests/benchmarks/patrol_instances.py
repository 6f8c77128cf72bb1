"""The patrol solver on instances with known answers: TOPTW, PCVRPTW, the stressed county of GEO.md.

`python -m tests.benchmarks.patrol_instances --json [--data FOLDER] [--only toptw county pcvrptw]`. Tuned
plain PyVRP solves each in the same run for as many CPU seconds; plans are scored by the checker, or by the
instances' published cost. Without the data (../shared/data/routing) there is nothing to measure.
"""

import argparse
import json
import os
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyvrp
from numpy.typing import NDArray

from geo.patrol.annealing import HABITS, Cooling, anneal
from geo.patrol.checking import driving_s, faults, served_priority
from geo.patrol.effort import Budget
from geo.patrol.kernel import LOAD, ROOM
from geo.patrol.model import best_orders, routes_of, terms_of
from geo.patrol.problem import PatrolUnit, Plan, Problem, Visit
from geo.patrol.ruin import build
from geo.patrol.solving import Effort, prepare, solve
from tests.benchmarks.patrol_peers import plain_pyvrp

DATA = Path(__file__).parents[3] / "shared" / "data" / "routing"
SEED = 1
CITY = 10  # TOPTW and PCVRPTW count in tenths, of which distances keep one (or two) decimals


def main() -> None:
    """Measure and print, as JSON if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--only", nargs="*", default=["toptw", "county", "pcvrptw"])
    options = parser.parse_args()
    warnings.simplefilter("ignore", pyvrp.exceptions.PenaltyBoundWarning)
    prepare()
    kinds: dict[str, Callable[[Path], list[dict[str, object]]]] = {
        "toptw": toptw,
        "county": county,
        "pcvrptw": pcvrptw,
    }
    result = {kind: kinds[kind](options.data) for kind in options.only}
    print(json.dumps(result, indent=None if options.json else 1))


def ours(problem: Problem, cpu_s: float, cores: int) -> Plan:
    """Solve with so many CPU seconds over all cores."""
    return solve(problem, Effort(SEED, cpu_s, cores=cores, clock=time.process_time))


def toptw(data: Path, cpu_s: float = 5.0) -> list[dict[str, object]]:
    """Solve every case on file for one to four vehicles, on one core."""
    known = json.loads((data / "toptw" / "bks_toptw.json").read_text())
    rows = []
    for path in sorted((data / "toptw").glob("*.txt")):
        for vehicles in known[path.stem]:
            problem = toptw_problem(path, int(vehicles))
            scores = {
                name: score(problem, plan) / known[path.stem][vehicles]
                for name, plan in (
                    ("ours", ours(problem, cpu_s, 1)),
                    ("plain", plain_pyvrp(problem, cpu_s, SEED)),
                )
            }
            rows.append({"case": f"{path.stem}.{vehicles}", "load": os.getloadavg()[0], **scores})
    means = {name: float(np.mean([float(str(row[name])) for row in rows])) for name in ("ours", "plain")}
    return [*rows, {"case": "mean", "cpu_s": cpu_s, **means}]


def score(problem: Problem, plan: Plan) -> float:
    """Return the priority a plan serves; 0 if the checker finds fault with it."""
    total = sum(visit.priority for visit in problem.visits)
    return 0.0 if faults(problem, plan) else served_priority(problem, plan) * total


def toptw_problem(path: Path, vehicles: int) -> Problem:
    """Return a TOPTW case: distances floored to one decimal, or two in the pr cases, and counted in those."""
    rows = [[float(word) for word in line.split()] for line in path.read_text().splitlines()[2:]]
    rows = [row for row in rows if len(row) > 7]
    scale = 100 if path.stem.startswith("pr") else 10
    xy = np.array([row[1:3] for row in rows])
    seconds = np.floor(scale * np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) + 1e-9)
    units = [PatrolUnit(0, 0, 0.0, rows[0][-1] * scale, 0, county_wide=True)] * vehicles
    visits = [
        Visit(i, row[4], row[3] * scale, row[-2] * scale, row[-1] * scale, 0)
        for i, row in enumerate(rows)
        if i
    ]
    return Problem(units, visits, [seconds])


def county(data: Path) -> list[dict[str, object]]:
    """Solve the stressed and the small county, no rests or jurisdictions: 40 and 10 CPU s on two cores."""
    rows: list[dict[str, object]] = []
    for name, cpu_s in (("1500s", 40.0), ("300", 10.0)):
        problem = county_problem(data / "county" / f"inst_{name}.npz")
        for solver in ("ours", "plain"):
            began_s = time.perf_counter()
            plan = ours(problem, cpu_s, 2) if solver == "ours" else plain_pyvrp(problem, cpu_s, SEED)
            rows.append(
                {
                    "case": name,
                    "solver": solver,
                    "cpu_s": cpu_s,
                    "wall_s": round(time.perf_counter() - began_s, 1),
                    "served": served_priority(problem, plan),
                    "driving_h": driving_s(problem, plan) / 3600,
                    "faults": len(faults(problem, plan)),
                    "load": os.getloadavg()[0],
                }
            )
    return rows


def county_problem(path: Path) -> Problem:
    """Return an instance of GEO.md: its fields are described in that file's head."""
    of = np.load(path)
    units = [
        PatrolUnit(int(place), int(place), float(begins), float(ends), int(place), county_wide=True)
        for place, begins, ends in zip(of["vst"], of["vs"], of["ve"], strict=True)
    ]
    columns = (of["prize"], of["s"], of["a"], of["b"], of["ttown"], of["grp"])
    visits = [
        Visit(10 + i, float(prize), float(dwell), float(opens), float(closes), int(town), revisit=int(group))
        for i, (prize, dwell, opens, closes, town, group) in enumerate(zip(*columns, strict=True))
    ]
    return Problem(units, visits, [of["D"].astype(float)])


def pcvrptw(data: Path, cpu_s: float = 40.0) -> list[dict[str, object]]:
    """Solve prize-collecting vehicle routing with 1,000 clients; gap to the cost in the solution file."""
    rows: list[dict[str, object]] = []
    for path in sorted((data / "pcvrptw").glob("*.vrp")):
        city = City.read(path)
        best = float(path.with_suffix(".sol").read_text().split("Cost:")[1])
        costs = {
            "ours": city.cost(city.solve(cpu_s)),
            "plain": city.cost(city.solve_plainly(path, cpu_s)),
            "nobody served": city.cost([]),
        }
        gaps = {name: cost / best - 1 for name, cost in costs.items()}
        rows.append({"case": path.stem, "cpu_s": cpu_s, "load": os.getloadavg()[0], **gaps})
    return rows


class City:
    """A PCVRPTW instance in tenths: its clients are numbered from 1, the depot is 0."""

    def __init__(self, fields: dict[str, NDArray[np.float64]], numbers: dict[str, int]) -> None:
        xy = fields["NODE_COORD_SECTION"]
        self.drive = np.floor(CITY * np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)))
        self.load = fields["DEMAND_SECTION"][:, 0]
        self.window = fields["TIME_WINDOW_SECTION"] * CITY
        self.prize = fields["PRIZE_SECTION"][:, 0] * CITY
        self.dwell, self.vehicles = numbers["SERVICE_TIME"] * CITY, numbers["VEHICLES"]
        self.room = numbers["CAPACITY"]

    @classmethod
    def read(cls, path: Path) -> "City":
        """Read an instance file."""
        fields: dict[str, list[list[float]]] = {}
        numbers: dict[str, int] = {}
        section = ""
        for line in path.read_text().splitlines():
            words = line.split()
            if len(words) == 1:
                section = words[0]
            elif ":" in line and words[-1].isdigit():
                numbers[words[0].rstrip(":")] = int(words[-1])
            elif section and words[0].isdigit():
                fields.setdefault(section, []).append([float(word) for word in words[1:]])
        return cls({name: np.array(rows) for name, rows in fields.items()}, numbers)

    def cost(self, orders: Sequence[Sequence[int]]) -> float:
        """Return driving plus the prizes of those not served. Raises ValueError for what cannot be driven."""
        served = [client for order in orders for client in order]
        if len(set(served)) < len(served) or len([order for order in orders if order]) > self.vehicles:
            raise ValueError("a client is served twice, or there are too many routes")
        return sum(map(self._route_cost, orders)) + float(self.prize.sum() - self.prize[served].sum())

    def _route_cost(self, order: Sequence[int]) -> float:
        at_s, here, driven = 0.0, 0, 0.0
        for client in [*order, 0]:
            driven += float(self.drive[here, client])
            at_s = max(at_s + float(self.drive[here, client]), float(self.window[client, 0]))
            if at_s > self.window[client, 1] or self.load[list(order)].sum() > self.room:
                raise ValueError("a window or the room in a vehicle is not kept")
            at_s, here = at_s + self.dwell, client
        return driven

    def problem(self) -> Problem:
        """Return the instance as a patrol problem; loads and room are not part of one."""
        unit = PatrolUnit(0, 0, 0.0, float(self.window[0, 1]), 0, county_wide=True)
        visits = [
            Visit(i, float(self.prize[i]), self.dwell, float(self.window[i, 0]), float(self.window[i, 1]), 0)
            for i in range(1, len(self.prize))
        ]
        return Problem([unit] * self.vehicles, visits, [self.drive])

    def solve(self, cpu_s: float) -> list[list[int]]:
        """Search by the solver's own kernel on two cores, prizes in driving."""
        problem = self.problem()
        terms = terms_of(problem, self.prize[1:])
        terms.nodes[: len(self.load) - 1, LOAD] = self.load[1:]
        terms.units[:, ROOM] = self.room
        routes = routes_of(terms, [False] * self.vehicles, {}, range(len(self.load) - 1))
        build(terms, routes)
        budget = Budget(Effort(SEED, cpu_s, cores=2, clock=time.process_time))
        mean = float(self.prize[1:].mean())
        anneal(
            terms, routes, Cooling(budget, 0.0, 1.0, 0.5 * mean, 0.005 * mean), HABITS._replace(venture=0.1)
        )
        return [[visit + 1 for visit in order] for order in best_orders(terms, routes).values()]

    def solve_plainly(self, path: Path, cpu_s: float) -> list[list[int]]:
        """Search by PyVRP alone with GEO.md's settings."""
        data = pyvrp.read(path, round_func="dimacs")
        params = pyvrp.SolveParams(
            ils=pyvrp.IteratedLocalSearchParams(history_length=50),
            penalty=pyvrp.PenaltyParams(solutions_between_updates=50, min_penalty=1, max_penalty=1000),
        )
        ends = time.process_time() + cpu_s
        found = pyvrp.solve(
            data, lambda _best: time.process_time() > ends, SEED, collect_stats=False, params=params
        )
        return [
            [step.idx + 1 for step in route.schedule() if step.is_client()] for route in found.best.routes()
        ]


if __name__ == "__main__":
    main()
