"""Promise: a text that one camera reads off everything is not believed and raises no alert; all can see why.

A taxi on the same watchlist still does, and lifting brings the text back.
"""

from datetime import datetime, timedelta

import numpy as np
import pytest
import redis
from sqlalchemy import select

from operations import quarantine
from operations.intake import Known
from operations.quarantine_finding import EVERY, PARTS, find
from operations.relay import relay
from operations.sightings import Sighting
from operations.store import Engine, reading, writing
from operations.tables import Alert, AuditRow, CountyRow, Quarantine, RoadNetworkRow, SightingRow
from tests.conftest import Clock
from tests.village import SUPERVISOR, found_village, seen, straight_road, take, watch_for

PHANTOM, TAXI = "浙A20261", "浙JT8888"
COLOURS = ("white", "black", "red", "blue", "silver")


@pytest.fixture
def village(engine: Engine, clock: Clock) -> Engine:
    """A day at three cameras: 60 ordinary vehicles, a taxi that passes often, a text on everything."""
    found_village(engine, clock())
    roads = straight_road()
    with writing(engine) as session:
        session.add(RoadNetworkRow(version=roads.version, loaded_at=clock(), arrays=roads.to_bytes()))
        session.add(CountyRow(name="村", version="v1", generated=True, outline=b""))
    take(engine, Known(), clock(), *_day(clock() - timedelta(hours=23)))
    return engine


def _day(start: datetime) -> list[Sighting]:
    random, passes = np.random.default_rng(4), []
    for number in range(60):  # each drives through twice, read at two cameras
        for at_s in random.uniform(0, 80_000, 2):
            passes += _drive(start, float(at_s), f"浙J{number:05d}", COLOURS[number % 5])
    for trip in range(25):
        passes += _drive(start, 3_000.0 * trip, TAXI, "yellow")
    for at_s in random.uniform(0, 80_000, 50):
        colour = COLOURS[int(random.integers(5))]
        passes.append((start + timedelta(seconds=float(at_s)), "C0001", PHANTOM, colour))
    return [
        seen(at, number, camera, plate=plate, colour=colour, box=None)
        for number, (at, camera, plate, colour) in enumerate(passes)
    ]


def _drive(start: datetime, at_s: float, plate: str, colour: str) -> list[tuple[datetime, str, str, str]]:
    at = start + timedelta(seconds=at_s)
    return [(at, "C0001", plate, colour), (at + timedelta(seconds=180), "C0002", plate, colour)]


def _look_everywhere(engine: Engine, clock: Clock) -> list[int]:
    """Run the timer's step until each part of the cameras has had its turn."""
    return [one for _ in range(PARTS) for one in find(engine, clock.move(EVERY.total_seconds()))]


def test_phantom_plate_raises_no_alert(village: Engine, redis_client: redis.Redis, clock: Clock) -> None:
    assert len(_look_everywhere(village, clock)) == 1
    for plate in (PHANTOM, TAXI):
        watch_for(village, plate, clock())
    clock.move(10)
    known = Known()
    stored = take(
        village, known, clock(), seen(clock(), 9001, plate=PHANTOM), seen(clock(), 9002, plate=TAXI)
    )
    assert len(stored.raised) == 1
    take(village, known, clock(), seen(clock(), 9003, "C0002", plate=PHANTOM))
    with reading(village) as session:
        assert sorted(session.scalars(select(Alert.plate))) == sorted([TAXI, PHANTOM]), "C0002 is believed"
        row = session.scalars(select(Quarantine)).one()
        assert (row.kind, row.camera_id, row.plate, row.held) == ("phantom", 1, PHANTOM, 1)
        assert row.why["visits"] >= 30
        assert row.why["linked"] <= 1
        assert "it is no vehicle's plate" in row.reason
        assert session.scalar(select(SightingRow.id).where(SightingRow.id.endswith(":9001"))), "it is kept"
    relay(village, redis_client, clock())
    told = [fields["type"] for _, fields in redis_client.xrange("events")]
    assert "quarantine.changed" in told


def test_lifting_brings_it_back_and_it_is_not_found_again_at_once(village: Engine, clock: Clock) -> None:
    (quarantine_id,) = _look_everywhere(village, clock)
    watch_for(village, PHANTOM, clock())
    with writing(village) as session:
        quarantine.lift(session, SUPERVISOR, quarantine_id, "看过图片，是真车", clock())
    assert len(take(village, Known(), clock.move(5), seen(clock(), 9001, plate=PHANTOM)).raised) == 1
    assert _look_everywhere(village, clock) == [], "the same text, the same reads: a person has decided"
    with reading(village) as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.subject == "quarantine"))
        assert [(row.actor, row.details["change"]) for row in rows] == [
            ("system", "made"),
            ("supervisor", "lifted"),
        ]


def test_two_workers_find_it_once(village: Engine, clock: Clock) -> None:
    assert len(_look_everywhere(village, clock)) == 1
    assert find(village, clock()) == [], "another worker was just here"
    assert _look_everywhere(village, clock) == []
    with reading(village) as session:
        assert len(session.scalars(select(Quarantine)).all()) == 1
