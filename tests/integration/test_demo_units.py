"""The demo's units: they keep to roads and speeds, follow plans, reach alerts, and leave phones alone."""

import json
import random
from datetime import timedelta

import numpy as np
import pytest
from redis import Redis
from sqlalchemy import select

from geo.coordinates import haversine_m
from operations import dispatch, events, units
from operations.demo.units import Fleet, tick
from operations.intake import Known, take_messages
from operations.sightings import to_json
from operations.store import Engine, reading, writing
from operations.stream import Message
from operations.tables import Alert, Assignment, PatrolPlan, PatrolStop, Unit
from operations.units import Position
from tests.conftest import Clock
from tests.village import OPERATOR, PLATE, found_village, seen, straight_road, watch_for

ROADS = straight_road()


@pytest.fixture
def village(engine: Engine, clock: Clock) -> Engine:
    found_village(engine, clock())
    return engine


@pytest.fixture
def fleet() -> Fleet:
    return Fleet(ROADS, "Asia/Shanghai", random.Random(1))


def places(engine: Engine) -> dict[int, tuple[float, float]]:
    with reading(engine) as session:
        return {unit.id: (unit.lon, unit.lat) for unit in session.scalars(select(Unit))}


def test_units_roam_on_the_road_at_road_speed(
    village: Engine, clock: Clock, redis_client: Redis, fleet: Fleet
) -> None:
    before, farthest = places(village), 0.0
    for _ in range(150):
        tick(village, redis_client, fleet, clock.move(2))
        after = places(village)
        for unit in after:
            assert after[unit][1] == pytest.approx(28.15, abs=1e-6)
            step_m = float(haversine_m(*before[unit], *after[unit]))
            assert step_m <= 2 * 45 / 3.6 + 0.2, "faster than the road's 45 km/h"
            farthest = max(farthest, step_m)
        before = after
    assert farthest > 10
    moved = [json.loads(fields["json"]) for _, fields in redis_client.xrange(events.STREAM)]
    assert {unit["state"] for event in moved for unit in event["units"]} == {"available"}
    assert len(moved) > 100


def test_a_unit_that_is_sent_arrives_and_says_so(
    village: Engine, clock: Clock, redis_client: Redis, fleet: Fleet
) -> None:
    watch_for(village, PLATE, clock())
    take_messages(village, Known(), [Message("0-1", to_json(seen(clock(), 1)).encode())], clock())
    tick(village, redis_client, fleet, clock.move(2))
    with writing(village) as session:
        dispatch.assign(session, ROADS, 1, 2, actor=OPERATOR, now=clock.move(1))
    with reading(village) as session:
        eta_s = session.scalars(select(Assignment)).one().eta_s
    ticks = 0
    while ticks < 200:
        tick(village, redis_client, fleet, clock.move(2))
        ticks += 1
        with reading(village) as session:
            if session.get_one(Alert, 1).state == "on_scene":
                break
    assert eta_s / 3 - 4 <= 2 * ticks <= eta_s / 3 + 60
    tick(village, redis_client, fleet, clock.move(600))
    with reading(village) as session:
        there = session.get_one(Unit, 2)
        assert there.state == "on_scene"
        assert np.allclose((there.lon, there.lat), (121.26, 28.15), atol=1e-6)


def test_a_unit_checks_in_at_its_stop(
    village: Engine, clock: Clock, redis_client: Redis, fleet: Fleet
) -> None:
    with writing(village) as session:
        plan = PatrolPlan(day=clock().date(), unit_id=2, made_at=clock(), seed=1)
        session.add(plan)
        session.flush()
        leave_at = clock() + timedelta(minutes=15)
        stop = {"plan_id": plan.id, "grid_id": 1, "lat": 28.15, "arrive_at": clock(), "leave_at": leave_at}
        session.add(PatrolStop(position=1, lon=121.30, **stop))
    for _ in range(60):
        tick(village, redis_client, fleet, clock.move(2))
    with reading(village) as session:
        assert session.scalars(select(PatrolStop)).one().checked_in_at is not None


def test_a_unit_whose_phone_reports_is_left_alone(
    village: Engine, clock: Clock, redis_client: Redis, fleet: Fleet
) -> None:
    tick(village, redis_client, fleet, clock.move(2))
    with writing(village) as session:
        units.record_moves(session, {1: Position(121.3123, 28.1501)}, clock.move(1))
    for _ in range(20):
        tick(village, redis_client, fleet, clock.move(2))
        assert places(village)[1] == (121.3123, 28.1501)
