"""Sightings a second: off the stream, matched against 1,000 watchlist entries, stored, alerted and audited.

`python -m tests.benchmarks.sightings --json`. The baseline is a bare executemany of the same rows into the
same table in the same run: what the database alone takes.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import redis
from sqlalchemy import func, insert, select

from operations import stream
from operations.intake import COLUMNS, Known, take_messages
from operations.migrate import migrate
from operations.relay import relay
from operations.sightings import Sighting, to_json
from operations.store import Engine, engine_from_url, reading, writing
from operations.stream import Consumer
from operations.tables import Alert, SightingRow, WatchlistEntry
from tests.services import create_database, postgres_cluster, redis_server
from tests.village import found_village, seen

BATCH = 500
ENTRIES = 1_000
HIT_EVERY = 200
CODES = ("C0001", "C0002", "C0003")


def main() -> None:
    """Measure both databases and print a line each, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--count", type=int, default=20_000)
    options = parser.parse_args()
    results = {}
    with redis_server() as redis_url:
        for name, database in (("sqlite", sqlite_database), ("postgresql", postgresql_database)):
            with database() as engine, redis.Redis.from_url(redis_url) as client:
                results[name] = measure(engine, client, options.count)
    if options.json:
        print(json.dumps({"benchmark": "sightings", "count": options.count, **results}))
        return
    for name, result in results.items():
        print(f"{name:<11} {result['per_s']:>7.0f}/s, baseline {result['baseline_per_s']:.0f}/s")


def measure(engine: Engine, client: redis.Redis, count: int) -> dict[str, float]:
    """Return sightings a second with everything on, of the bare insert, and their ratio."""
    now = datetime.now(UTC)
    migrate(engine, now.date())
    found_village(engine, now)
    fill_watchlist(engine, now)
    sightings = [made(now, track) for track in range(count)]
    baseline_s = bare_insert(engine, [replace(one, id=f"bare:{one.id}") for one in sightings])
    client.delete(stream.SIGHTINGS)
    consumer = Consumer(client, stream.SIGHTINGS, "benchmark")
    consumer.read(1, 1)
    for one in sightings:
        client.xadd(stream.SIGHTINGS, {"json": to_json(one)})
    everything_s = drain(engine, client, consumer)
    with reading(engine) as session:
        stored = session.scalar(select(func.count()).select_from(SightingRow))
        alerts = session.scalar(select(func.count()).select_from(Alert))
    assert stored == 2 * count, "something was lost"
    assert alerts, "nothing was matched"
    return {
        "per_s": round(count / everything_s, 1),
        "baseline_per_s": round(count / baseline_s, 1),
        "share_of_baseline": round(baseline_s / everything_s, 3),
        "alerts": alerts,
    }


def drain(engine: Engine, client: redis.Redis, consumer: Consumer) -> float:
    """Handle the whole stream as the worker does, audit relay included; return the seconds it took."""
    known = Known()
    started_s = time.perf_counter()
    while messages := consumer.read(BATCH, 1):
        stored = take_messages(engine, known, messages, datetime.now(UTC))
        consumer.finish(stored.refused)
        while relay(engine, client, datetime.now(UTC)):
            pass
    return time.perf_counter() - started_s


def bare_insert(engine: Engine, sightings: list[Sighting]) -> float:
    """Insert the rows in batches with nothing else; return the seconds it took."""
    rows: list[dict[str, Any]] = [
        {**{name: getattr(one, name) for name in COLUMNS}, "camera_id": CODES.index(one.camera) + 1}
        for one in sightings
    ]
    started_s = time.perf_counter()
    for first in range(0, len(rows), BATCH):
        with writing(engine) as session:
            session.connection().execute(insert(SightingRow.__table__), rows[first : first + BATCH])
    return time.perf_counter() - started_s


def made(now: datetime, track: int) -> Sighting:
    """Return a sighting; one in HIT_EVERY is of a watched plate."""
    watched = f"浙JW{track // HIT_EVERY % ENTRIES:04d}"
    plate = watched if track % HIT_EVERY == 0 else f"浙J{track % 90_000 + 10_000}"
    return seen(now, track, CODES[track % 3], plate=plate, received_at=now + timedelta(milliseconds=1))


def fill_watchlist(engine: Engine, now: datetime) -> None:
    """Put ENTRIES entries in force: nine in ten whole plates, the others patterns."""
    with writing(engine) as session:
        session.add_all(
            WatchlistEntry(
                pattern=f"浙JW{number:04d}" if number % 10 else f"浙JX{number:03d}?*",
                case_id=1,
                reason="benchmark",
                severity="yellow",
                state="active",
                valid_from=now,
                valid_until=now + timedelta(days=1),
                created_by=2,
                created_at=now,
                decided_by=3,
                decided_at=now,
            )
            for number in range(ENTRIES)
        )


@contextmanager
def sqlite_database() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory(prefix="wg-bench-") as folder:
        engine = engine_from_url(f"sqlite:///{Path(folder) / 'watchgrid.db'}")
        yield engine
        engine.dispose()


@contextmanager
def postgresql_database() -> Iterator[Engine]:
    with postgres_cluster() as cluster:
        engine = engine_from_url(create_database(cluster, "benchmark"))
        yield engine
        engine.dispose()


if __name__ == "__main__":
    main()
