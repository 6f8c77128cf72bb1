"""What is found in stored sightings: a clock that is off, a lane that is misread, and that both end again."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import select

from operations.intake import Known
from operations.quarantine_finding import keep, look
from operations.sightings import Sighting
from operations.store import Engine, reading, writing
from operations.tables import CountyRow, Quarantine, RoadNetworkRow
from tests.conftest import Clock
from tests.village import found_village, seen, straight_road, take

CAMERAS = ("C0001", "C0002", "C0003")
APART_S = 75.0
"""About what the road says from one camera to the next, and what traffic takes longer."""


@pytest.fixture
def village(engine: Engine, clock: Clock) -> Engine:
    found_village(engine, clock())
    roads = straight_road()
    with writing(engine) as session:
        session.add(RoadNetworkRow(version=roads.version, loaded_at=clock(), arrays=roads.to_bytes()))
        session.add(CountyRow(name="村", version="v1", generated=True, outline=b""))
    return engine


def _traffic(now: datetime, error_s: float, misread_lane: int | None) -> Iterator[Sighting]:
    """Drive 90 vehicles up and down the road within the last hour; C0002's clock is off by error_s."""
    random = np.random.default_rng(int(now.timestamp()))
    for number in range(90):
        start = now - timedelta(seconds=float(random.uniform(300, 3_400)))
        lane = 1 + number % 3
        for place, camera in enumerate(CAMERAS if number % 2 else CAMERAS[::-1]):
            at = start + timedelta(seconds=APART_S * place + float(random.normal(0, 6)))
            misread = camera == "C0001" and lane == misread_lane
            plate = f"浙X{int(random.integers(1e5)):05d}" if misread else f"浙J{number:02d}{now:%H%M%S}"
            if camera == "C0002":
                at += timedelta(seconds=error_s)
            track = int(now.timestamp()) % 100_000 * 1_000 + number
            yield seen(at, track, camera, plate=plate, lane=lane)


def _look(engine: Engine, clock: Clock, error_s: float, misread_lane: int | None) -> dict[str, Quarantine]:
    clock.move(4 * 3600)
    for _ in range(3):  # three hours' worth, in one
        take(engine, Known(), clock.move(1), *_traffic(clock(), error_s, misread_lane))
    with reading(engine) as session:
        found = look(session, [1, 2, 3], clock())
    keep(engine, found, clock())
    with reading(engine) as session:
        return {row.key: row for row in session.scalars(select(Quarantine).where(Quarantine.until.is_(None)))}


def test_a_wrong_clock_is_found_with_its_offset_and_ends_when_it_is_right(
    village: Engine, clock: Clock
) -> None:
    assert _look(village, clock, 0.0, None) == {}
    found = _look(village, clock, 200.0, None)
    assert list(found) == ["clock:2::"]
    row = found["clock:2::"]
    assert row.why["offset_s"] == pytest.approx(200, abs=10)
    assert "s ahead (give or take" in row.reason
    assert clock() - row.since == timedelta(hours=2)
    assert _look(village, clock, 0.0, None) == {}, "it was set"
    with reading(village) as session:
        ended = session.scalars(select(Quarantine)).one()
        assert ended.until == clock(), "what it saw before stays doubted"


def test_a_misread_lane_is_found_and_ends_when_it_reads_again(village: Engine, clock: Clock) -> None:
    assert _look(village, clock, 0.0, None) == {}
    found = _look(village, clock, 0.0, 2)
    assert list(found) == ["lane:1::2"]
    assert found["lane:1::2"].why["unknown"] > 0.6
    assert found["lane:1::2"].why["sisters_unknown"] < 0.1
    for _ in range(3):
        left = _look(village, clock, 0.0, None)
    assert left == {}
