"""Promise: a message that cannot be handled is kept with its reason, and holds nothing up."""

from datetime import timedelta
from typing import Any

import pytest
import redis
from sqlalchemy import select, text

from operations import stream
from operations.intake import Known, take_messages
from operations.sightings import Sighting, to_json
from operations.store import Engine, drop_partitions_before, reading, writing
from operations.stream import Consumer
from operations.tables import SightingRow
from tests.conftest import Clock
from tests.village import found_village, seen

REFUSE_LANE_66 = {
    "sqlite": "CREATE TRIGGER no_66 BEFORE INSERT ON sightings WHEN NEW.lane = 66 "
    "BEGIN SELECT RAISE(ABORT, 'no lane 66'); END",
    "postgresql": "ALTER TABLE sightings ADD CONSTRAINT no_66 CHECK (lane <> 66)",
}


@pytest.fixture
def raw_client(redis_url: str) -> Any:
    with redis.Redis.from_url(redis_url) as client:
        yield client


def _letters(client: redis.Redis) -> dict[bytes, str]:
    letters: Any = client.xrange(stream.dead_stream(stream.SIGHTINGS))
    return {fields[b"json"]: fields[b"reason"].decode() for _, fields in letters}


def test_malformed_message_becomes_dead_letter(engine: Engine, raw_client: redis.Redis, clock: Clock) -> None:
    found_village(engine, clock())
    bad: dict[bytes, str] = {
        b"\xff\xfe": "not JSON",
        b"{}": "id is missing",
        to_json(seen(clock(), 7, vehicle_class="person")).encode(): "no vehicle",
        to_json(seen(clock(), 8, "C9999")).encode(): "camera C9999 is unknown",
        to_json(seen(clock() + timedelta(hours=1), 9, received_at=clock())).encode(): "clock is wrong",
    }
    consumer = Consumer(raw_client, stream.SIGHTINGS, "test")
    consumer.read(100, 1)  # joins
    for track, content in enumerate(bad):
        raw_client.xadd(stream.SIGHTINGS, {"json": content})
        stream.publish(raw_client, stream.SIGHTINGS, to_json(seen(clock(), track)))
    raw_client.xadd(stream.SIGHTINGS, {"something": "else"})

    stored = take_messages(engine, Known(), consumer.read(100, 1), clock())
    consumer.finish(stored.refused)

    letters = _letters(raw_client)
    assert letters.keys() == {*bad, b""}
    for content, why in bad.items():
        assert why in letters[content]
    assert stream.newest_reason(raw_client, stream.SIGHTINGS)
    assert stream.backlog(raw_client, stream.SIGHTINGS) == 0
    with reading(engine) as session:
        assert len(session.scalars(select(SightingRow)).all()) == len(bad)


def test_a_row_the_database_refuses_is_refused_alone(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    with writing(engine) as session:
        session.execute(text(REFUSE_LANE_66[engine.dialect.name]))
    messages = [
        stream.Message(str(track), to_json(seen(clock(), track, lane=66 if track == 7 else 1)).encode())
        for track in range(20)
    ]
    stored = take_messages(engine, Known(), messages, clock())
    assert [message.id for message, _ in stored.refused] == ["7"]
    assert "the database refuses it" in stored.refused[0][1]
    assert stored.counted == {1: 19}


def test_a_partition_that_went_is_made_again(engine: Engine, clock: Clock) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("only PostgreSQL has partitions")
    found_village(engine, clock())
    known = Known()
    old = clock() - timedelta(days=40)
    assert take_messages(engine, known, _one(seen(old, 1, received_at=clock())), clock()).counted == {1: 1}
    with writing(engine) as session:
        drop_partitions_before(session, clock().date())
    assert take_messages(engine, known, _one(seen(old, 2, received_at=clock())), clock()).counted == {1: 1}


def test_a_message_never_finished_is_claimed_and_at_last_dead(raw_client: redis.Redis) -> None:
    stream.publish(raw_client, "jobs", "poison")
    first = Consumer(raw_client, "jobs", "first")
    first.read(10, 1)  # joins
    assert [message.content for message in first.read(10, 1)] == [b"poison"]
    assert first.read(10, 1), "what is not finished is read again, not lost"
    deliveries = 1
    while stream.dead_letters(raw_client, "jobs") == 0:
        deliveries += 1
        assert deliveries < 10
        raw_client.xclaim("jobs", stream.GROUP, "dead", 0, [_only_id(raw_client)], idle=60_000, justid=True)
        held = Consumer(raw_client, "jobs", f"worker-{deliveries}").read(10, 1)
        assert bool(held) == (deliveries <= stream.DELIVERIES_AT_MOST)
    assert "was delivered 5 times" in (stream.newest_reason(raw_client, "jobs") or "")
    assert stream.backlog(raw_client, "jobs") == 0


def test_a_full_stream_refuses_rather_than_forgets(
    raw_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BACKLOG_AT_MOST", 2)
    stream.publish(raw_client, "jobs", "1")
    stream.publish(raw_client, "jobs", "2")
    with pytest.raises(stream.StreamFull):
        stream.publish(raw_client, "jobs", "3")
    assert stream.backlog(raw_client, "jobs") == 2


def _one(sighting: Sighting) -> list[stream.Message]:
    return [stream.Message("0-1", to_json(sighting).encode())]


def _only_id(client: redis.Redis) -> bytes:
    entries: Any = client.xrange("jobs")
    return entries[0][0]
