"""The worker as a process: it goes on after its Redis or its database was away, and it stops when told."""

import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis
from sqlalchemy import func, select, text

from config.redis_server import start_embedded_redis
from operations import metrics, stream
from operations.sightings import to_json
from operations.store import Engine, reading, writing
from operations.tables import SightingRow
from operations.timers import WORKER_KEY
from tests.services import wait_until
from tests.village import PLATE, found_village, seen, watch_for
from tests.worker import operations_worker


def _stored(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(SightingRow)) or 0


def _publish(client: redis.Redis, first: int, count: int) -> None:
    now = datetime.now(UTC)
    for track in range(first, first + count):
        stream.publish(client, stream.SIGHTINGS, to_json(seen(now, track)))


def test_it_goes_on_after_redis_was_away(engine: Engine, database_url: str, tmp_path: Path) -> None:
    found_village(engine, datetime.now(UTC))
    folder = tmp_path / "r"
    server = start_embedded_redis(folder)
    url = f"unix://{folder / 'redis.sock'}"
    try:
        with redis.Redis.from_url(url) as client, operations_worker(database_url, url, tmp_path) as worker:
            _publish(client, 0, 10)
            wait_until(lambda: _stored(engine) == 10, "the first ten")
            server.send_signal(signal.SIGTERM)
            server.wait(10)
            server = start_embedded_redis(folder)
            _publish(client, 10, 10)
            wait_until(lambda: _stored(engine) == 20, "the next ten")
            assert worker.poll() is None
    finally:
        server.terminate()
        server.wait(10)
    assert (tmp_path / "worker.log").read_text().count("Traceback") == 0


def test_it_goes_on_after_the_database_ended_its_connections(
    engine: Engine, database_url: str, redis_url: str, redis_client: redis.Redis, tmp_path: Path
) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no connections to end")
    found_village(engine, datetime.now(UTC))
    _publish(redis_client, 0, 3_000)
    end_others = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with operations_worker(database_url, redis_url, tmp_path):
        for _ in range(3):
            before = _stored(engine)
            wait_until(lambda before=before: _stored(engine) > before or before == 3_000, "some progress")
            with writing(engine) as session:
                session.execute(end_others)
        wait_until(lambda: stream.backlog(redis_client, stream.SIGHTINGS) == 0, "the backlog")
    assert _stored(engine) == 3_000
    assert stream.dead_letters(redis_client, stream.SIGHTINGS) == 0


def test_an_alert_reaches_the_live_feed_and_the_figures(
    engine: Engine, database_url: str, redis_url: str, redis_client: redis.Redis, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    found_village(engine, now)
    watch_for(engine, PLATE, now)
    with operations_worker(database_url, redis_url, tmp_path):
        _publish(redis_client, 0, 1)
        kinds = {"alert.raised", "sightings.counted", "watchlist.changed"}
        wait_until(
            lambda: {fields["type"] for _, fields in redis_client.xrange("events")} >= kinds, "the events"
        )
        assert redis_client.keys(f"{WORKER_KEY}*")
        totals = metrics.totals(redis_client)
    assert (totals["sightings_stored_total"], totals["alerts_raised_total"]) == (1, 1)
