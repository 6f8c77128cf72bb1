"""Travel times on 50,000 road nodes: 2,000 places, a road closes, the nearest of 60 units to an alert.

`python -m tests.benchmarks.travel_times --json [--places N]`. The index beside scipy's Dijkstra in the same
run, equality of every cell checked. CPU seconds of one thread; the wall beside them.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from geo.coordinates import LocalMetres, LonLat
from geo.road_building import largest_part
from geo.road_index import RoadIndex, pyroutingkit, road_index
from geo.roads import Edges, RoadNetwork, closed_edges, from_edges
from geo.travel_times import nearest, route

SEED, SIDE, STEP_M = 7, 224, 160.0
ARTERIAL_EVERY = 18
UNITS, ALERTS, CLOSURES = 60, 300, 20
KEPT, ONE_WAY = 0.77, 0.06


def synthetic_roads() -> RoadNetwork:
    """Return a perturbed grid of 50,000 crossings: arterials every 18th line, gaps, one-way streets."""
    rng = np.random.default_rng(SEED)
    place = np.arange(SIDE * SIDE)
    row, column = place // SIDE, place % SIDE
    noise = rng.normal(0, 0.22 * STEP_M, (2, len(place)))
    plane = LocalMetres(LonLat(121.3, 29.0))
    lon, lat = plane.to_lonlat(column * STEP_M + noise[0], row * STEP_M + noise[1])
    right, up = place[column < SIDE - 1], place[row < SIDE - 1]
    here, there = np.concatenate([right, up]), np.concatenate([right + 1, up + SIDE])
    line = np.concatenate([row[right], column[up]])
    big = line % ARTERIAL_EVERY == 0
    kept = big | (rng.random(len(here)) < KEPT)
    here, there, big = here[kept], there[kept], big[kept]
    road_class = np.where(big, rng.integers(0, 3, len(here)), rng.integers(3, 5, len(here))).astype(np.int8)
    kmh = np.where(big, rng.uniform(45, 65, len(here)), rng.uniform(18, 35, len(here)))
    back = big | (rng.random(len(here)) >= ONE_WAY)
    both = [np.concatenate([a, b[back]]) for a, b in ((here, there), (there, here), (road_class, road_class))]
    speeds = np.concatenate([kmh, kmh[back]]) * rng.uniform(0.9, 1.1, len(both[0]))
    return largest_part(from_edges(lon, lat, Edges(*both, kmh=speeds))).network


def timed(act: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """Return what `act` returns, and its CPU and wall seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = act()
    return found, {
        "cpu_s": round(time.process_time() - cpu, 4),
        "wall_s": round(time.perf_counter() - wall, 4),
    }


def percentiles(times: list[dict[str, float]]) -> dict[str, float]:
    """Return the median and 95th percentile in milliseconds of CPU, and the wall's 95th."""
    cpu, wall = (np.array([one[name] for one in times]) * 1e3 for name in ("cpu_s", "wall_s"))
    p50, p95 = np.percentile(cpu, [50, 95])
    return {
        "p50_ms": round(float(p50), 2),
        "p95_ms": round(float(p95), 2),
        "wall_p95_ms": round(float(np.percentile(wall, 95)), 2),
    }


def matrices(network: RoadNetwork, places: int) -> dict[str, Any]:
    """Measure the whole matrix by the index and by scipy, each cell compared."""
    nodes = np.random.default_rng(SEED).choice(len(network.lon), places, replace=False)
    plain, searched = timed(lambda: RoadIndex(network, hierarchy=False).seconds(nodes, nodes))
    said = {"places": places, "scipy": searched}
    if pyroutingkit() is None:
        return said | {"index": None}
    index = RoadIndex(network)
    _, built = timed(index._topology)
    found, asked = timed(lambda: index.seconds(nodes, nodes))
    closing = []
    for number in range(CLOSURES):
        where = nodes[number]
        shut = closed_edges(network, [[network.lon[where] + 4e-4, network.lat[where]]])
        closing.append(timed(lambda shut=shut: index._weighted(("car", frozenset(shut.tolist()))))[1])
    shut = np.random.default_rng(SEED).choice(len(network.target), 200, replace=False)
    some = nodes[:100]
    after = index.seconds(some, nodes, "car", shut)
    after_plain = RoadIndex(network, hierarchy=False).seconds(some, nodes, "car", shut)
    return said | {
        "index_build": built,
        "index": asked,
        "times_faster": round(searched["cpu_s"] / asked["cpu_s"], 1),
        "all_cells_equal": bool(np.array_equal(found, plain)),
        "closed_cells_equal": bool(np.array_equal(after, after_plain)),
        "closed_cells_changed": round(float(np.mean(after != found[:100])), 3),
        "customise_after_a_closure": percentiles(closing),
    }


def nearest_units(network: RoadNetwork) -> dict[str, Any]:
    """Measure who of 60 units is nearest to an alert (five of them), free roads and with some closed."""
    rng = np.random.default_rng(SEED + 1)
    units, alerts = rng.choice(len(network.lon), UNITS), rng.choice(len(network.lon), ALERTS)
    shut = rng.choice(len(network.target), 6, replace=False)
    roads = road_index(network).roads("car", shut)
    said = {}
    for name, driven in (("free", network), ("six_closed", roads)):
        nearest(driven, int(alerts[0]), units, 5)  # the matrices are made at the first question
        asked = [timed(lambda a=a, d=driven: nearest(d, int(a), units, 5)) for a in alerts]
        said[name] = percentiles([took for _, took in asked])
    first = [timed(lambda a=a: route(network, int(units[0]), int(a)))[1] for a in alerts[:50]]
    _, closing = timed(lambda: road_index(network).roads("car", [int(shut[0])]))
    return said | {
        "route": percentiles(first),
        "network_after_a_closure_ms": round(closing["cpu_s"] * 1e3, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--places", type=int, default=2_000)
    arguments = parser.parse_args()
    network = synthetic_roads()
    report = {
        "load": round(os.getloadavg()[0], 1),
        "nodes": len(network.lon),
        "edges": len(network.target),
        "matrix": matrices(network, arguments.places),
        "nearest_of_60": nearest_units(network),
    }
    print(json.dumps(report, indent=None if arguments.json else 1))


if __name__ == "__main__":
    main()
