"""Learned traffic and readings from the database: counted once, robust; misreads joined, others not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, insert, select

from operations.reads import seen_plates
from operations.reads.seen_plates import Kept
from operations.store import Engine, reading, writing
from operations.tables import CameraHour, Movement, RoadNetworkRow, SightingRow, Turn
from operations.tracks.joining import Asked, readings_of
from operations.tracks.learning import catch_up, learn
from operations.tracks.travel import TravelTimes, travel_times, weight_at
from operations.tracks.working import saw_in
from tests.conftest import START
from tests.village import PLATE, found_village, straight_road

HERE, THERE, FURTHER = -1, -2, -3
DRIVE_S = 120.0
BEGAN = START.replace(hour=0)
NOW = BEGAN + timedelta(hours=14)


@pytest.fixture
def roads(engine: Engine) -> Engine:
    found_village(engine, START)
    network = straight_road()
    with writing(engine) as session:
        session.add(RoadNetworkRow(version=network.version, loaded_at=START, arrays=network.to_bytes()))
    return engine


def _seen(plate: str, at: datetime, camera: int, **said: object) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": f"{camera}:{plate}:{at.timestamp()}",
        "seen_at": at,
        "first_seen_at": at,
        "last_seen_at": at,
        "received_at": at,
        "clock_offset_s": 0.0,
        "camera_id": camera,
        "plate": plate,
        "vehicle_class": "car",
        "colour": "white",
        "confidence": 0.9,
        "simulated": False,
    }
    return values | said


def _store(engine: Engine, rows: list[dict[str, Any]]) -> None:
    with writing(engine) as session:
        session.execute(insert(SightingRow), rows)
        seen_plates.keep(session, Kept(), [(row["plate"], row["seen_at"].date()) for row in rows])


def _traffic(engine: Engine, vehicles: int, odd: int = 0) -> None:
    """Drive vehicles from camera 1 over 2 to 3 in eight hours; `odd` times a clone leaps from 1 to 2."""
    rng, rows = np.random.default_rng(1), []
    for number in range(vehicles):
        at = BEGAN + timedelta(seconds=float(rng.uniform(0, 8 * 3600)))
        for camera in (1, 2, 3):
            rows.append(_seen(f"浙J{number:05d}", at, camera))
            at += timedelta(seconds=DRIVE_S * float(rng.lognormal(0, 0.08)))
    for number in range(odd):
        at = BEGAN + timedelta(hours=8 * number / odd)
        rows += [_seen("浙JC10NE", at, 1), _seen("浙JC10NE", at + timedelta(seconds=20), 2)]
    _store(engine, rows)


def _counts(engine: Engine) -> dict[tuple[int, int], float]:
    with reading(engine) as session:
        total = func.sum(Movement.count)
        rows = session.execute(
            select(Movement.from_site, Movement.to_site, total).group_by(Movement.from_site, Movement.to_site)
        )
        return {(start, end): count / weight_at(BEGAN) for start, end, count in rows}


def _times(engine: Engine) -> TravelTimes:
    with reading(engine) as session:
        return travel_times(session)


def test_closed_hours_are_counted_once_and_the_rest_later(roads: Engine) -> None:
    _traffic(roads, 120)
    halfway = catch_up(roads, BEGAN + timedelta(hours=6))
    assert halfway == BEGAN + timedelta(hours=3)  # what left a site since may not have arrived
    early = _counts(roads)
    assert 0 < early[HERE, THERE] < 100
    assert catch_up(roads, BEGAN + timedelta(hours=6)) == halfway
    assert _counts(roads) == early
    catch_up(roads, NOW)
    assert _counts(roads) == pytest.approx(
        {(HERE, THERE): 120, (THERE, FURTHER): 120, (FURTHER, 0): 120}, rel=0.02
    )
    assert learn(roads, NOW) is None
    with reading(roads) as session:
        turns = session.scalar(select(func.sum(Turn.count)).where(Turn.previous_site == HERE))
        assert turns / weight_at(BEGAN) == pytest.approx(120, rel=0.02)
        assert not any(
            isinstance(column.type, type(SightingRow.plate.type)) for column in Movement.__table__.c
        )


def test_two_workers_count_everything_once(roads: Engine) -> None:
    _traffic(roads, 60)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: catch_up(roads, NOW), range(2)))
    catch_up(roads, NOW)
    assert _counts(roads)[HERE, THERE] == pytest.approx(60, rel=0.02)


def test_times_are_learned_and_a_clone_does_not_move_them(roads: Engine) -> None:
    unlearned = _times(roads).between(HERE, THERE, 2)
    assert not unlearned.learned
    _traffic(roads, 300, odd=9)
    catch_up(roads, NOW)
    band = _times(roads).between(HERE, THERE, 2)
    assert band.learned
    assert band.usual_s == pytest.approx(DRIVE_S, rel=0.08)
    assert 0.5 * DRIVE_S < band.shortest_s < 0.85 * DRIVE_S
    assert 1.1 * DRIVE_S < band.slow_s < 1.8 * DRIVE_S


def test_a_pair_never_seen_is_composed_along_the_roads_at_the_learned_pace(roads: Engine) -> None:
    _traffic(roads, 300)
    catch_up(roads, NOW)
    times = _times(roads)
    whole, back = times.between(HERE, FURTHER, 2), times.between(FURTHER, HERE, 2)
    assert not whole.learned
    assert whole.usual_s == pytest.approx(2 * DRIVE_S, rel=0.15)
    assert not back.learned
    assert whole.shortest_s < whole.usual_s < whole.slow_s


def test_misreads_join_where_they_fit_and_another_vehicle_does_not(roads: Engine) -> None:
    misread, other = "浙JA1Z34", "浙JA1284"  # 2 read as Z; a vehicle that has its own life
    _traffic(roads, 100)
    rows = [_seen(other, BEGAN + timedelta(hours=9, seconds=DRIVE_S + 2), 2)]  # by chance where ours is
    for day in range(3):
        start = BEGAN + timedelta(days=day, hours=9)
        rows.append(_seen(PLATE, start, 1))
        rows.append(_seen(misread if day == 1 else PLATE, start + timedelta(seconds=DRIVE_S), 2))
        rows.append(_seen(PLATE, start + timedelta(seconds=2 * DRIVE_S), 3))
        rows += [_seen(other, start.replace(hour=hour), 2) for hour in (2, 5, 14)]
    _store(roads, rows)
    with reading(roads) as session:
        asked = Asked(PLATE, BEGAN, BEGAN + timedelta(days=3))
        found = readings_of(session, asked)
        exact = readings_of(session, Asked(PLATE, asked.since, asked.until, fuzzy=False))
    assert len(exact) == 8
    (joined,) = [one for one in found if not one.is_exact]
    assert (joined.plate, joined.site) == (misread, THERE)
    assert [(slip["position"], slip["read"], slip["true"]) for slip in joined.why] == [(5, "Z", "2")]
    assert 0 < joined.probability < 0.1
    assert found == sorted(found, key=lambda one: one.at)


def test_a_misread_of_another_class_does_not_join(roads: Engine) -> None:
    rows = [
        _seen(PLATE, BEGAN, 1),
        _seen("浙JA1Z34", BEGAN + timedelta(seconds=DRIVE_S), 2, vehicle_class="bus"),
        _seen(PLATE, BEGAN + timedelta(seconds=2 * DRIVE_S), 3),
    ]
    _store(roads, rows)
    with reading(roads) as session:
        found = readings_of(session, Asked(PLATE, BEGAN, NOW))
    assert [one.plate for one in found] == [PLATE, PLATE]


def test_a_site_that_read_nothing_in_an_hour_cannot_have_missed_anybody(roads: Engine) -> None:
    hours = [BEGAN + timedelta(hours=number) for number in range(3)]
    with writing(roads) as session:
        session.add(CameraHour(camera_id=1, hour=hours[0], seen=9, read=7))
        session.add(CameraHour(camera_id=1, hour=hours[1], seen=9, read=0))
        session.add(CameraHour(camera_id=2, hour=hours[1], seen=1, read=1))
    with reading(roads) as session:
        asked = {(site, hour) for site in (HERE, THERE) for hour in hours}
        assert set(saw_in(session)(asked)) == {(HERE, hours[0]), (THERE, hours[1])}
