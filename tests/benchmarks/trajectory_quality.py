"""Quality of the trajectory cloud on generated truth: `python -m tests.benchmarks.trajectory_quality`.

Cloned plates, companions, where next and legs, beside the same questions answered as CIVITAS does: exact
strings, straight-line speed of 110 km/h over 1 km, co-travel by raw count in a window. Same run, same month.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.quality_answers import clones, companions, legs, next_points
from tests.benchmarks.quality_month import stored_month

Json = dict[str, Any]
PARTS = {"clones": clones, "companions": companions, "where_next": next_points, "legs": legs}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sightings", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--parts", default=",".join(PARTS), help="only these, with commas between")
    parser.add_argument("--json", metavar="FILE", help="write the figures here")
    options = parser.parse_args()
    report: Json = {
        "benchmark": "trajectory_quality",
        "seed": options.seed,
        "sightings": options.sightings,
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "load": os.getloadavg()[0],
    }
    with tempfile.TemporaryDirectory() as directory:
        stored = stored_month(Path(directory), options.seed, options.sightings, _say)
        for name in options.parts.split(","):
            started = time.process_time()
            report[name] = PARTS[name](stored)
            report[name]["cpu_s"] = round(time.process_time() - started, 1)
            _say(f"{name}: {json.dumps(report[name], ensure_ascii=False)}")
        stored.engine.dispose()
    text = json.dumps(report, ensure_ascii=False, indent=2)
    if options.json:
        Path(options.json).write_text(text + "\n", encoding="utf-8")
    else:
        print(text)
    return 0


def _say(what: str) -> None:
    print(f"  {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
