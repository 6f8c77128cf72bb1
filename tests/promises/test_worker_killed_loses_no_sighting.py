"""Promise: a worker killed in the middle of its work loses no sighting and stores none twice."""

import signal
from datetime import UTC, datetime
from pathlib import Path

import redis
from sqlalchemy import func, select

from operations import stream
from operations.sightings import to_json
from operations.store import Engine, reading
from operations.tables import Alert, SightingRow
from tests.services import wait_until
from tests.village import PLATE, found_village, seen, watch_for
from tests.worker import operations_worker

BACKLOG = 5_000
WATCHED_EVERY = 100


def _stored(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(SightingRow)) or 0


def test_worker_killed_loses_no_sighting(
    engine: Engine, database_url: str, redis_url: str, redis_client: redis.Redis, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    found_village(engine, now)
    watch_for(engine, PLATE, now)
    with redis_client.pipeline(transaction=False) as pipe:
        for track in range(BACKLOG):
            plate = PLATE if track % WATCHED_EVERY == 0 else f"皖B{track:05d}"
            pipe.xadd(stream.SIGHTINGS, {"json": to_json(seen(now, track, plate=plate))})
        pipe.execute()

    with operations_worker(database_url, redis_url, tmp_path) as worker:
        wait_until(lambda: _stored(engine) > 0, "the first batch")
        worker.send_signal(signal.SIGKILL)
        worker.wait(20)
    left = stream.backlog(redis_client, stream.SIGHTINGS)
    assert left > 0, "it was killed too late to prove anything"

    with operations_worker(database_url, redis_url, tmp_path) as worker:
        wait_until(lambda: stream.backlog(redis_client, stream.SIGHTINGS) == 0, "the rest of the backlog")
        worker.terminate()
        assert worker.wait(20) == 0, "SIGTERM ends it cleanly"

    assert _stored(engine) == BACKLOG
    assert stream.dead_letters(redis_client, stream.SIGHTINGS) == 0
    with reading(engine) as session:
        alert = session.scalars(select(Alert)).one()
        assert alert.times_seen == BACKLOG // WATCHED_EVERY
        ids = session.scalars(select(func.count(SightingRow.id.distinct()))).one()
        assert ids == BACKLOG
