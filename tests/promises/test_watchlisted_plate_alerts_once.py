"""Promise: a watched vehicle seen at several cameras raises one alert while it is open, told each time."""

import json
import threading
from datetime import timedelta

import pytest
import redis
from sqlalchemy import select

from operations import alerts, watchlist
from operations.intake import Known, Stored, take_messages
from operations.relay import relay
from operations.sightings import Sighting, to_json
from operations.store import Engine, reading, writing
from operations.stream import Message
from operations.tables import Alert, AlertSighting, SightingRow
from tests.conftest import Clock
from tests.village import OPERATOR, PLATE, SUPERVISOR, found_village, seen, watch_for


def _take(engine: Engine, known: Known, clock: Clock, *sightings: Sighting) -> Stored:
    messages = [Message("0-1", to_json(sighting).encode()) for sighting in sightings]
    return take_messages(engine, known, messages, clock())


def test_watchlisted_plate_alerts_once(engine: Engine, redis_client: redis.Redis, clock: Clock) -> None:
    found_village(engine, clock())
    watch_for(engine, PLATE, clock())
    known = Known()
    clock.move(10)
    assert _take(engine, known, clock, seen(clock(), 1, "C0001")).raised == [1]
    clock.move(60)
    second = _take(engine, known, clock, seen(clock(), 2, "C0002"), seen(clock(), 3, "C0003"))
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
    _take(engine, known, clock, seen(clock(), 1))
    with writing(engine) as session:
        alerts.false_alarm(session, 1, "误读", OPERATOR, clock())
    assert _take(engine, known, clock, seen(clock.move(5), 2)).raised == [2]


def test_two_workers_at_the_same_moment_raise_one(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    watch_for(engine, "浙JA*", clock())
    start = threading.Barrier(2)
    found: list[Stored] = []

    def work(first: int) -> None:
        sightings = [seen(clock(), track) for track in range(first, first + 50)]
        start.wait(10)
        found.append(_take(engine, Known(), clock, *sightings))

    workers = [threading.Thread(target=work, args=(first,)) for first in (0, 100)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    assert sum(len(stored.raised) for stored in found) == 1
    with reading(engine) as session:
        assert session.scalars(select(Alert)).one().times_seen == 100


def test_unwatched_vehicle_raises_nothing(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    watch_for(engine, PLATE, clock())
    strangers = [
        seen(clock(), 1, plate="浙JA1235"),
        seen(clock(), 2, plate=None, plate_characters=None),
        seen(clock(), 3, plate="浙JA12-4"),
        seen(clock() - timedelta(seconds=10), 4),  # received before the entry was in force
    ]
    stored = _take(engine, Known(), clock, *strangers)
    assert (stored.raised, stored.seen_again, stored.counted) == ([], [], {1: 4})
    with reading(engine) as session:
        assert session.scalars(select(Alert)).all() == []
        assert len(session.scalars(select(SightingRow)).all()) == 4


@pytest.mark.parametrize("ended_by", ["end", "validity", "case"])
def test_nothing_is_watched_after_its_end(engine: Engine, clock: Clock, ended_by: str) -> None:
    found_village(engine, clock())
    entry_id = watch_for(engine, PLATE, clock())
    known = Known()
    _take(engine, known, clock, seen(clock(), 1, plate="浙JX9999"))  # the watchlist is now in memory
    if ended_by == "end":
        with writing(engine) as session:
            watchlist.end(session, SUPERVISOR, entry_id, "找到了", clock())
    elif ended_by == "validity":
        clock.move(8 * 86_400)
    else:
        clock.move(91 * 86_400)
    clock.move(2)
    assert _take(engine, known, clock, seen(clock(), 2)).raised == []
