"""Alerts from raised to closed, on both databases: who may, what is locked, what is told."""

import json

import pytest
import redis

from operations import alerts, dispatch
from operations.alert_views import alert_detail
from operations.alerts import AlertAlreadyClosed, AlertNotFound, WrongAlertState
from operations.audit import Actor
from operations.dispatch import NoUnitAvailable, UnitNotFound
from operations.facts import BadInput, NotAllowed
from operations.intake import Known, take_messages
from operations.relay import relay
from operations.sightings import Sighting, to_json
from operations.store import Engine, reading, writing
from operations.stream import Message
from operations.tables import Alert, Unit
from tests.conftest import Clock
from tests.village import OPERATOR, PATROL, PLATE, found_village, seen, straight_road, watch_for

ROADS = straight_road()


def _take(engine: Engine, clock: Clock, *sightings: Sighting) -> None:
    messages = [Message("0-1", to_json(sighting).encode()) for sighting in sightings]
    assert take_messages(engine, Known(), messages, clock()).refused == []


@pytest.fixture
def village(engine: Engine, clock: Clock) -> Engine:
    """A village with one new alert (id 1) at C0001."""
    found_village(engine, clock())
    watch_for(engine, PLATE, clock())
    _take(engine, clock, seen(clock.move(1), 1))
    return engine


def test_an_alert_goes_from_new_to_resolved_and_frees_its_unit(
    village: Engine, clock: Clock, redis_client: redis.Redis
) -> None:
    with writing(village) as session:
        alerts.acknowledge(session, 1, OPERATOR, clock.move(5))
    with writing(village) as session:
        dispatch.assign(session, ROADS, 1, None, actor=OPERATOR, now=clock.move(5))
        assert session.get_one(Unit, 1).state == "assigned"
    with writing(village) as session:
        dispatch.arrive(session, 1, PATROL, clock.move(60))
        assert session.get_one(Unit, 1).state == "on_scene"
    with writing(village) as session:
        alerts.resolve(session, 1, "车辆已拦下", OPERATOR, clock.move(60))
        assert session.get_one(Unit, 1).state == "available"
    relay(village, redis_client, clock())
    told = [(fields["type"], json.loads(fields["json"])) for _, fields in redis_client.xrange("events")]
    assert [kind for kind, _ in told] == [
        "watchlist.changed",
        "watchlist.changed",
        "alert.raised",
        "alert.acknowledged",
        "alert.dispatched",
        "unit.changed",
        "alert.on_scene",
        "unit.changed",
        "alert.resolved",
        "unit.changed",
    ]
    shown = told[-2][1]["alert"]
    assert (shown["state"], shown["outcome"], shown["unit"]["code"]) == ("resolved", "车辆已拦下", "U1")
    assert (shown["camera"]["code"], shown["town"], shown["acknowledged_by"]) == (
        "C0001",
        "城关镇",
        "operator",
    )


def test_the_detail_tells_sightings_history_and_route(village: Engine, clock: Clock) -> None:
    _take(village, clock, seen(clock.move(60), 2, "C0002"))
    with writing(village) as session:
        dispatch.assign(session, ROADS, 1, 2, actor=OPERATOR, now=clock())
    with reading(village) as session:
        detail = alert_detail(session, session.get_one(Alert, 1))
    assert [sighting["camera"]["code"] for sighting in detail["sightings"]] == ["C0001", "C0002"]
    assert [item["action"] for item in detail["history"]] == [
        "alert.raised",
        "alert.seen_again",
        "alert.dispatched",
    ]
    assert detail["assignment"]["route"]["coordinates"] == [
        [121.29, 28.15],
        [121.285, 28.15],
        [121.28, 28.15],
        [121.275, 28.15],
        [121.27, 28.15],
    ]
    assert detail["assignment"]["eta_s"] == pytest.approx(detail["assignment"]["distance_m"] / 12.5, rel=0.01)
    assert detail["times_seen"] == 2
    assert detail["camera"]["code"] == "C0002", "the alert points to where the vehicle was seen last"


def test_what_cannot_be_done_is_told(village: Engine, clock: Clock) -> None:
    auditor = Actor("auditor", "auditor", 9)
    with writing(village) as session:
        with pytest.raises(AlertNotFound):
            alerts.acknowledge(session, 99, OPERATOR, clock())
        with pytest.raises(NotAllowed):
            alerts.acknowledge(session, 1, auditor, clock())
        with pytest.raises(WrongAlertState):
            alerts.resolve(session, 1, "ok", OPERATOR, clock())
        with pytest.raises(BadInput):
            alerts.false_alarm(session, 1, " ", OPERATOR, clock())
        with pytest.raises(UnitNotFound):
            dispatch.assign(session, ROADS, 1, 77, actor=OPERATOR, now=clock())
        alerts.false_alarm(session, 1, "误读", OPERATOR, clock())
    with writing(village) as session, pytest.raises(AlertAlreadyClosed):
        alerts.acknowledge(session, 1, OPERATOR, clock())


def test_a_patrol_arrives_only_where_it_was_sent(village: Engine, clock: Clock) -> None:
    with writing(village) as session:
        dispatch.assign(session, ROADS, 1, 2, actor=OPERATOR, now=clock())
    with writing(village) as session, pytest.raises(NotAllowed):
        dispatch.arrive(session, 1, PATROL, clock())


def test_nearest_units_come_by_driving_time(village: Engine) -> None:
    with reading(village) as session:
        drives = dispatch.nearest_units(session, ROADS, session.get_one(Alert, 1), 3)
    assert [drive.unit.code for drive in drives] == ["U1", "U2"]
    assert drives[0].eta_s < drives[1].eta_s


def test_no_unit_is_available(village: Engine, clock: Clock) -> None:
    with writing(village) as session:
        for unit in session.query(Unit):
            unit.state = "off_duty"
    with writing(village) as session, pytest.raises(NoUnitAvailable):
        dispatch.assign(session, ROADS, 1, None, actor=OPERATOR, now=clock())
