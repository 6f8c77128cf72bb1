"""Promise: a watched vehicle seen at several cameras raises one alert while it is open, told each time."""

import json
import threading

import redis
from sqlalchemy import select

from operations import alerts
from operations.intake import Known, Stored
from operations.relay import relay
from operations.store import Engine, reading, writing
from operations.tables import Alert, AlertSighting
from tests.conftest import Clock
from tests.village import OPERATOR, PLATE, found_village, seen, take, watch_for


def test_watchlisted_plate_alerts_once(engine: Engine, redis_client: redis.Redis, clock: Clock) -> None:
    found_village(engine, clock())
    watch_for(engine, PLATE, clock())
    known = Known()
    clock.move(10)
    assert take(engine, known, clock(), seen(clock(), 1, "C0001")).raised == [1]
    clock.move(60)
    second = take(engine, known, clock(), seen(clock(), 2, "C0002"), seen(clock(), 3, "C0003"))
    assert (second.raised, second.seen_again) == ([], [1])
    relay(engine, redis_client, clock())
    told = [fields for _, fields in redis_client.xrange("events") if fields["type"].startswith("alert.")]
    assert [fields["type"] for fields in told] == ["alert.raised", "alert.seen_again"]
    assert json.loads(told[-1]["json"])["alert"]["times_seen"] == 3
    with reading(engine) as session:
        assert len(session.scalars(select(Alert)).all()) == 1
        assert len(session.scalars(select(AlertSighting)).all()) == 3


def test_after_it_is_closed_the_next_sighting_raises_another(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    watch_for(engine, PLATE, clock())
    known = Known()
    take(engine, known, clock(), seen(clock(), 1))
    with writing(engine) as session:
        alerts.false_alarm(session, 1, "误读", OPERATOR, clock())
    assert take(engine, known, clock.move(5), seen(clock(), 2)).raised == [2]


def test_two_workers_at_the_same_moment_raise_one(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    watch_for(engine, "浙JA*", clock())
    start = threading.Barrier(2)
    found: list[Stored] = []

    def work(first: int) -> None:
        sightings = [seen(clock(), track) for track in range(first, first + 50)]
        start.wait(10)
        found.append(take(engine, Known(), clock(), *sightings))

    workers = [threading.Thread(target=work, args=(first,)) for first in (0, 100)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    assert sum(len(stored.raised) for stored in found) == 1
    with reading(engine) as session:
        assert session.scalars(select(Alert)).one().times_seen == 100
