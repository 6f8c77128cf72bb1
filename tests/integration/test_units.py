"""Units: on and off duty with an audit row, positions of one's own unit only, one event for many moves."""

import json
from datetime import timedelta

import pytest
from redis import Redis
from sqlalchemy import select

from operations import events, units
from operations.audit import Actor
from operations.dispatch import UnitNotFound
from operations.facts import BadInput, NotAllowed
from operations.store import Engine, Session, reading, writing
from operations.tables import AuditRow, Station, Town, Unit, User
from operations.units import Position, UnitIsBusy
from tests.conftest import START

OPERATOR = Actor("li", "operator", None)


def add_units(session: Session) -> tuple[Unit, Unit, Actor]:
    """Return two units and the patrol officer of the first."""
    town = Town(code="T1", name="望城街道", kind="街道", geometry=b"")
    officer = User(login="wang", name="王", role="patrol", password_hash="")
    session.add_all([town, officer])
    session.flush()
    station = Station(code="D1", name="派出所", kind="station", lon=121.4, lat=29.1, town_id=town.id)
    session.add(station)
    session.flush()
    place = {"kind": "urban", "station_id": station.id, "town_id": town.id, "lon": 121.4, "lat": 29.1}
    first = Unit(code="U1", name="巡逻1组", user_id=officer.id, **place)
    second = Unit(code="U2", name="巡逻2组", **place)
    session.add_all([first, second])
    session.flush()
    return first, second, Actor("wang", "patrol", officer.id)


def test_going_off_duty_is_audited_once(engine: Engine) -> None:
    with writing(engine) as session:
        unit, _, officer = add_units(session)
        units.set_state(session, unit.id, "off_duty", officer, START)
        units.set_state(session, unit.id, "off_duty", officer, START)
    with reading(engine) as session:
        rows = session.scalars(select(AuditRow)).all()
        assert [(row.action, row.details) for row in rows] == [
            (events.UNIT_CHANGED, {"from": "available", "to": "off_duty"})
        ]
        assert [unit["state"] for unit in units.list_units(session)] == ["off_duty", "available"]


def test_who_may_change_which_unit(engine: Engine) -> None:
    with writing(engine) as session:
        own, other, officer = add_units(session)
        units.set_state(session, other.id, "off_duty", OPERATOR, START)
        with pytest.raises(NotAllowed, match="another patrol"):
            units.set_state(session, other.id, "available", officer, START)
        with pytest.raises(NotAllowed, match="auditor may not"):
            units.set_state(session, own.id, "off_duty", Actor("sun", "auditor", None), START)
        with pytest.raises(BadInput, match="state"):
            units.set_state(session, own.id, "on_scene", officer, START)
        with pytest.raises(UnitNotFound):
            units.set_state(session, 99, "off_duty", OPERATOR, START)
        own.state = "assigned"
        session.flush()
        with pytest.raises(UnitIsBusy, match="巡逻1组 is on an assignment"):
            units.set_state(session, own.id, "off_duty", officer, START)


def test_a_position_is_stored_with_its_time(engine: Engine) -> None:
    later = START + timedelta(seconds=9)
    with writing(engine) as session:
        unit, _, officer = add_units(session)
        units.record_position(session, unit.id, Position(121.41, 29.12, 370.0), officer, later)
        with pytest.raises(BadInput, match="lat"):
            units.record_position(session, unit.id, Position(29.12, 121.41), officer, later)
    with reading(engine) as session:
        found = units.find_unit(session, unit.id)
        assert (found.lon, found.lat, found.heading_deg, found.position_at) == (121.41, 29.12, 10.0, later)
        assert units.unit_of(session, officer.user_id or 0) is found


def test_many_moves_are_one_event(engine: Engine, redis_client: Redis) -> None:
    with writing(engine) as session:
        first, second, _ = add_units(session)
        moves = {first.id: Position(121.5, 29.0, 90.0), second.id: Position(121.6, 29.1, 180.0)}
        units.record_moves(session, moves, START)
    units.announce_moves(redis_client, moves, {first.id: "available", second.id: "assigned"})
    units.announce_moves(redis_client, {}, {})
    ((_, fields),) = redis_client.xrange(events.STREAM)
    assert fields["type"] == events.UNITS_MOVED
    assert json.loads(fields["json"])["units"][1] == {
        "id": second.id,
        "lon": 121.6,
        "lat": 29.1,
        "heading_deg": 180.0,
        "state": "assigned",
    }
    with reading(engine) as session:
        assert [(u["lon"], u["lat"]) for u in units.list_units(session)] == [(121.5, 29.0), (121.6, 29.1)]
