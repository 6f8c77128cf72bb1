"""Which sub-grid a place lies in, a million at a time; what 8,215 cameras see of 944 grids.

`python -m tests.benchmarks.grid_look_up --json [--points N]`. Beside it shapely's STRtree asked one place at
a time, on a sample of the same places; equality is exact. CPU seconds of one thread.
"""

import argparse
import json
import os
from typing import Any

import numpy as np
import shapely

from geo.coverage import Seen, view_sectors, views_of
from geo.generator import County, generate
from geo.grids import index_areas
from tests.benchmarks.travel_times import percentiles, timed

SEED, SAMPLE, DEATHS = 7, 20_000, 100


def look_up(county: County, points: int) -> dict[str, Any]:
    """Measure bulk look-ups of places all over the county's box, and the baseline's on a sample."""
    areas = county.sub_grids.areas
    rng = np.random.default_rng(SEED)
    west, south, east, north = county.outline.bounds
    lon, lat = rng.uniform(west, east, points), rng.uniform(south, north, points)
    index, built = timed(lambda: index_areas(areas))
    index.locate(lon[:1000], lat[:1000])
    found, took = timed(lambda: index.locate(lon, lat))
    tree = shapely.STRtree(areas)

    def one_by_one() -> list[int]:
        hits = (
            tree.query(shapely.Point(x, y), "intersects")
            for x, y in zip(lon[:SAMPLE], lat[:SAMPLE], strict=True)
        )
        return [int(hit.min()) if len(hit) else -1 for hit in hits]

    single, single_took = timed(one_by_one)
    return {
        "points": points,
        "areas": len(areas),
        "build_cpu_s": built["cpu_s"],
        "points_a_second": round(points / took["cpu_s"]),
        "strtree_one_by_one": round(SAMPLE / single_took["cpu_s"]),
        "equal_on_sample": bool(np.array_equal(found[:SAMPLE], single)),
        "inside": round(float(np.mean(found >= 0)), 3),
    }


def coverage(county: County) -> dict[str, Any]:
    """Measure what all cameras see of all grids, and one camera after another dying."""
    made = county.cameras
    columns = made.lon, made.lat, made.heading_deg, made.view_deg, made.range_m
    seeing = np.ones(len(made.lon), dtype=bool)
    seen, whole = timed(lambda: Seen(views_of(county.grids.areas, view_sectors(*columns)), seeing))
    deaths = []
    for camera in np.random.default_rng(SEED).choice(len(seeing), DEATHS, replace=False):
        seeing[camera] = False
        deaths.append(timed(lambda: seen.shares(seeing))[1])
    again = Seen(views_of(county.grids.areas, view_sectors(*columns)), seeing).shares(seeing)
    return {
        "cameras": len(seeing),
        "grids": len(county.grids.areas),
        "whole": whole,
        "one_dies": percentiles(deaths),
        "equal_to_reckoned_anew": bool(np.array_equal(seen.shares(seeing), again)),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--points", type=int, default=1_000_000)
    arguments = parser.parse_args()
    county = generate(seed=SEED)
    report = {
        "load": round(os.getloadavg()[0], 1),
        "look_up": look_up(county, arguments.points),
        "coverage": coverage(county),
    }
    print(json.dumps(report, indent=None if arguments.json else 1))


if __name__ == "__main__":
    main()
