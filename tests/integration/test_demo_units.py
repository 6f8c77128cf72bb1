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
from operations.tables import Alert, Assignment, PatrolPlan, PatrolRoute, PatrolStop, Unit
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


def test_a_unit_checks_in_at_its_stop_and_leaves_it(
    village: Engine, clock: Clock, redis_client: Redis, fleet: Fleet
) -> None:
    with writing(village) as session:
        plan = PatrolPlan(day=clock().date(), state="published", wishes={}, made_at=clock(), seed=1)
        session.add(plan)
        session.flush()
        shift_until = clock() + timedelta(hours=4)
        route = PatrolRoute(plan_id=plan.id, unit_id=2, shift_from=clock(), shift_until=shift_until)
        session.add(route)
        session.flush()
        at, dwell = clock() + timedelta(minutes=2), timedelta(minutes=1)
        times = {"arrive_at": at, "start_at": at, "leave_at": at + timedelta(minutes=15)}
        window = {"window_from": clock(), "window_until": shift_until}
        place = {"grid_id": 1, "town_id": 1, "lon": 121.30, "lat": 28.15}
        wish = {"dwell_s": dwell.total_seconds(), "priority": 5.0}
        session.add(PatrolStop(route_id=route.id, position=1, **place, **times, **window, **wish))
    for _ in range(120):
        tick(village, redis_client, fleet, clock.move(2))
    with reading(village) as session:
        stop = session.scalars(select(PatrolStop)).one()
        assert stop.checked_in_at is not None
        assert stop.left_at is not None
        assert 0.7 * dwell <= stop.left_at - stop.checked_in_at <= 1.2 * dwell
        assert stop.doubts is None


def test_a_unit_whose_phone_reports_is_left_alone(
    village: Engine, clock: Clock, redis_client: Redis, fleet: Fleet
) -> None:
    tick(village, redis_client, fleet, clock.move(2))
    with writing(village) as session:
        units.record_moves(session, {1: Position(121.3123, 28.1501)}, clock.move(1))
    for _ in range(20):
        tick(village, redis_client, fleet, clock.move(2))
        assert places(village)[1] == (121.3123, 28.1501)
