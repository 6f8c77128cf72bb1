"""Silent cameras: what is counted, when nothing is said, and what a quiet county means."""

from datetime import UTC, datetime, timedelta

import redis
from sqlalchemy import select

from operations import camera_hours
from operations.camera_health import READS_KEY
from operations.camera_hours import Count
from operations.intake import Known
from operations.silence import judge_reads
from operations.store import Engine, reading, writing
from operations.tables import Camera, CameraHour
from operations.timers import watch_reads
from tests.conftest import Clock
from tests.ingest_worker import add_cameras
from tests.past import ZONE, fill_past
from tests.village import found_village, seen, take

MONDAY_NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def _county(engine: Engine, clock: Clock, cameras: int, weeks: float) -> None:
    clock.at = MONDAY_NINE
    add_cameras(engine, {f"C{number:04d}": f"rtsp://{number}" for number in range(1, cameras + 1)})
    with writing(engine) as session:
        for camera in session.query(Camera):
            camera.state, camera.state_since = "online", clock() - timedelta(days=1)
    fill_past(engine, range(1, cameras + 1), clock(), weeks)


def _silent(engine: Engine, clock: Clock) -> set[str]:
    with writing(engine) as session:
        judge_reads(session, clock(), ZONE)
    with reading(engine) as session:
        return set(session.scalars(select(Camera.code).where(Camera.state == "silent")))


def test_hours_are_counted_with_the_rows_and_never_twice(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    hour = clock()
    clock.move(7200)
    passes = [
        seen(hour + timedelta(minutes=20 * n), n, plate=None if n % 2 else "浙JA1234") for n in range(5)
    ]
    for _ in range(2):
        take(engine, Known(), clock(), *passes[:3])
        take(engine, Known(), clock(), *passes, seen(hour, 9, "C0002"))
    with reading(engine) as session:
        found = camera_hours.counts_of(session, [1, 2], [hour, hour + timedelta(hours=1)])
    assert found == {
        1: {hour: Count(3, 2), hour + timedelta(hours=1): Count(2, 1)},
        2: {hour: Count(1, 1)},
    }
    with writing(engine) as session:
        camera_hours.forget_old(session, hour + camera_hours.KEPT + timedelta(minutes=1))
        assert [row.hour for row in session.query(CameraHour)] == [hour + timedelta(hours=1)]


def test_a_quiet_county_is_no_county_of_silent_cameras(engine: Engine, clock: Clock) -> None:
    _county(engine, clock, cameras=8, weeks=4)
    start = clock() - timedelta(hours=1)
    for number in range(1, 8):  # a holiday: a quarter of the usual; the eighth camera sees nothing at all
        take(
            engine,
            Known(),
            clock(),
            *(seen(start + timedelta(seconds=100 * n), n, f"C{number:04d}") for n in range(36)),
        )
    assert _silent(engine, clock) == {"C0008"}


def test_without_two_weeks_behind_it_nothing_is_said(engine: Engine, clock: Clock) -> None:
    _county(engine, clock, cameras=1, weeks=0.5)
    assert _silent(engine, clock) == set()


def test_the_figures_of_the_last_hour_are_shown_and_a_backlog_stops_the_judging(
    engine: Engine, redis_client: redis.Redis, clock: Clock
) -> None:
    _county(engine, clock, cameras=2, weeks=4)
    take(engine, Known(), clock(), *(seen(clock() - timedelta(seconds=30 * n), n) for n in range(100)))
    with redis_client.pipeline() as pipe:
        for _ in range(600):
            pipe.xadd("sightings", {"json": "{}"})
        pipe.execute()
    watch_reads(engine, redis_client, ZONE, clock())
    assert not redis_client.exists(READS_KEY), "what waits unread may be the very vehicles that are missed"
    redis_client.delete("sightings")
    watch_reads(engine, redis_client, ZONE, clock())
    told = redis_client.hgetall(READS_KEY)
    assert told["1"].startswith('{"seen": 100, "usual": 1')
    assert told["2"].startswith('{"seen": 0, "usual": 1')
    assert redis_client.xlen("events") == 1
