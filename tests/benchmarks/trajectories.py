"""Speed of the trajectory cloud on a generated month: `python -m tests.benchmarks.trajectories --json F`.

Both databases; every figure beside the bare database's own time for the rows it must touch, in the same run.
Results are written as they come, so that a run that is broken off has told what it knows.
"""

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import func, select

from operations.migrate import migrate
from operations.quarantine_finding import look
from operations.reads.plate_index import plate_index
from operations.store import Engine, engine_from_url, reading, writing
from operations.tables import Camera, LearnedUntil, SightingRow
from operations.tracks.learning import catch_up
from operations.tracks.travel import TRAFFIC, travel_times
from tests.benchmarks import trajectories_questions as questions
from tests.benchmarks.county_month import make_month, write_month
from tests.benchmarks.county_truth import Month
from tests.benchmarks.trajectories_intake import intake
from tests.benchmarks.trajectories_measure import Bare
from tests.benchmarks.trajectories_storage import plans, storage
from tests.services import create_database, postgres_cluster

Json = dict[str, Any]
SEED = 7
STARTED_S = time.monotonic()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sightings", type=int, default=10_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--json", metavar="FILE", help="write the figures here as they come")
    parser.add_argument(
        "--keep", metavar="DIR", help="keep the SQLite month here and take it from here again"
    )
    parser.add_argument(
        "--learn-days", type=int, default=0, help="learn the traffic of the last days only; 0: of all"
    )
    parser.add_argument("--parts", default="", help="only these parts, by name, with commas between")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started and written goes too
    report: Json = {
        "benchmark": "trajectories",
        "sightings": options.sightings,
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
    }
    _say(f"making a month of {options.sightings:,} sightings")
    started = time.process_time()
    month = make_month(SEED, options.sightings)
    report["made"] = {"cpu_s": round(time.process_time() - started, 1), **_of_month(month)}
    for name in ("sqlite", "postgresql") if options.database == "both" else (options.database,):
        report[name] = {}
        with _database(name, options) as engine:
            measure(engine, month, report[name], options, lambda: _write(report, options.json))
    _write(report, options.json)
    if not options.json:
        print(json.dumps(report, indent=1, ensure_ascii=False))
    return int(
        any("failed" in part for name in ("sqlite", "postgresql") for part in report.get(name, {}).values())
    )


def measure(
    engine: Engine, month: Month, report: Json, options: argparse.Namespace, keep: Callable[[], None]
) -> None:
    """Fill the database unless it is filled, then take each part's figures; what fails says so."""
    asking = questions.Asking(engine, month, Bare(engine), np.random.default_rng(SEED))
    parts: dict[str, Callable[[], Json]] = {
        "path": lambda: questions.path(asking),
        "search": lambda: questions.search(asking),
        "index_only": lambda: questions.index_only(asking),
        "clone": lambda: questions.clone(asking),
        "companions": lambda: questions.companions(asking),
        "next": lambda: questions.where_next(asking),
        "storage": lambda: storage(engine, asking.bare),
        "plans": lambda: plans(asking),
        "doubts": lambda: doubts(engine, month),
        "intake": lambda: intake(engine, month),
    }
    wanted = options.parts.split(",") if options.parts else list(parts)
    learn_from = month.wishes.ends - timedelta(days=options.learn_days) if options.learn_days else None
    for name, part in {
        "fill": lambda: fill(engine, month, learn_from),
        **{name: parts[name] for name in wanted},
    }.items():
        started = time.monotonic()
        try:
            report[name] = part()
        except Exception as error:  # the edge: one part's failure must not cost the others' figures
            traceback.print_exc()
            report[name] = {"failed": f"{type(error).__name__}: {str(error)[:300]}"}
        report[name] |= {"took_s": round(time.monotonic() - started, 1), "load": round(os.getloadavg()[0], 1)}
        _say(f"{engine.dialect.name} {name}: {_short(report[name])}")
        keep()
    asking.bare.close()


def fill(engine: Engine, month: Month, learn_from: datetime | None) -> Json:
    """Store the month and learn the traffic from it (from a time on), as the timer would; load the index."""
    migrate(engine, month.wishes.ends.date())
    told: Json = {}
    with reading(engine) as session:
        stored = session.scalar(select(func.count()).select_from(SightingRow)) or 0
    if stored < len(month):
        assert not stored, f"the kept database holds {stored} other sightings: remove it"
        told["written_s"] = _timed(lambda: write_month(engine, month, _say))
    _say("learning")
    if learn_from is not None:
        with writing(engine) as session:
            session.merge(LearnedUntil(name=TRAFFIC, until=learn_from))
    told["learned_s"] = _timed(lambda: catch_up(engine, month.wishes.ends + timedelta(hours=4)))
    with reading(engine) as session:
        told["plate_index_s"] = _timed(lambda: plate_index(session))
        told["plates"] = len(plate_index(session))
        told["plate_index_mb"] = round(plate_index(session).held_bytes / 1e6, 1)
        told["travel_times_s"] = _timed(lambda: travel_times(session))
        told["pairs_learned"] = len(travel_times(session).traffic.start)
    return told


def doubts(engine: Engine, month: Month) -> Json:
    """Look at every camera once for what is not to be believed, as the timer does within an hour."""
    with reading(engine) as session:
        cameras = list(session.scalars(select(Camera.id)))
        started = time.process_time()
        found = look(session, cameras, month.wishes.ends - timedelta(hours=6))
    kinds = [one.kind for one in found.new]
    told = {kind: kinds.count(kind) for kind in ("phantom", "clock", "lane")}
    unknown_clocks = sum(not known for _, known in month.truth.clocks.values())
    true = {"phantom": len(month.truth.phantoms), "clock": unknown_clocks, "lane": len(month.truth.bad_lanes)}
    return {"cpu_s": round(time.process_time() - started, 1), "found": told, "true": true}


@contextmanager
def _database(name: str, options: argparse.Namespace) -> Iterator[Engine]:
    """Yield an empty database (or the kept one) that is gone afterwards, unless it is to be kept."""
    if name == "postgresql":
        with postgres_cluster() as cluster:
            engine = engine_from_url(create_database(cluster, "benchmark"))
            yield engine
            engine.dispose()
        return
    with tempfile.TemporaryDirectory(prefix="wg-bench-") as folder:
        kept = Path(options.keep or folder)
        kept.mkdir(parents=True, exist_ok=True)
        engine = engine_from_url(f"sqlite:///{kept / f'month-{options.sightings}.db'}")
        yield engine
        engine.dispose()


def _of_month(month: Month) -> Json:
    return {
        "distinct_plates_read": len(questions.counts_of(month)[0]),
        "vehicles": len(np.unique(month.vehicle)),
        "clones": len(month.truth.clones),
        "companions": len(month.truth.companions),
    }


def _timed(work: Callable[[], Any]) -> float:
    started = time.monotonic()
    work()
    return round(time.monotonic() - started, 2)


def _say(line: str) -> None:
    print(f"{time.monotonic() - STARTED_S:7.0f} s  {line}", file=sys.stderr, flush=True)


def _short(part: Json) -> str:
    """Return the first level of a part's figures on one line."""
    plain = {name: value for name, value in part.items() if not isinstance(value, dict | list)}
    for name in ("ours", "bare"):
        if isinstance(part.get(name), dict):
            plain[f"{name} p95"] = part[name]["p95_ms"]
    return ", ".join(f"{name} {value}" for name, value in plain.items())


def _write(report: Json, file: str | None) -> None:
    if file:
        Path(file).write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
