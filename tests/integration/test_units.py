"""Units: on and off duty with an audit row, positions of one's own unit only, one event for many moves."""

import json

import pytest
from redis import Redis
from sqlalchemy import select

from operations import events, units
from operations.audit import Actor
from operations.dispatch import UnitNotFound
from operations.facts import BadInput, NotAllowed
from operations.store import Engine, reading, writing
from operations.tables import AuditRow, Unit
from operations.units import Position, UnitIsBusy
from tests.conftest import Clock
from tests.village import OPERATOR, PATROL, found_village

OWN, OTHER = 1, 2


@pytest.fixture
def village(engine: Engine, clock: Clock) -> Engine:
    """A village; unit 1 is the patrol's own."""
    found_village(engine, clock())
    return engine


def test_going_off_duty_is_audited_once(village: Engine, clock: Clock) -> None:
    with writing(village) as session:
        units.set_state(session, OWN, "off_duty", PATROL, clock())
        units.set_state(session, OWN, "off_duty", PATROL, clock())
    with reading(village) as session:
        rows = session.scalars(select(AuditRow)).all()
        assert [(row.action, row.details) for row in rows] == [
            (events.UNIT_CHANGED, {"from": "available", "to": "off_duty"})
        ]
        assert [unit["state"] for unit in units.list_units(session)] == ["off_duty", "available"]


def test_who_may_change_which_unit(village: Engine, clock: Clock) -> None:
    with writing(village) as session:
        units.set_state(session, OTHER, "off_duty", OPERATOR, clock())
        with pytest.raises(NotAllowed, match="another patrol"):
            units.set_state(session, OTHER, "available", PATROL, clock())
        with pytest.raises(NotAllowed, match="auditor may not"):
            units.set_state(session, OWN, "off_duty", Actor("sun", "auditor", None), clock())
        with pytest.raises(BadInput, match="state"):
            units.set_state(session, OWN, "on_scene", PATROL, clock())
        with pytest.raises(UnitNotFound):
            units.set_state(session, 99, "off_duty", OPERATOR, clock())
        session.get_one(Unit, OWN).state = "assigned"
        session.flush()
        with pytest.raises(UnitIsBusy, match="1 号车 is on an assignment"):
            units.set_state(session, OWN, "off_duty", PATROL, clock())


def test_many_moves_are_one_event(village: Engine, clock: Clock, redis_client: Redis) -> None:
    moves = {OWN: Position(121.5, 29.0, 90.0), OTHER: Position(121.6, 29.1, 180.0)}
    with writing(village) as session:
        units.record_moves(session, moves, clock())
    units.announce_moves(redis_client, moves, {OWN: "available", OTHER: "assigned"})
    units.announce_moves(redis_client, {}, {})
    ((_, fields),) = redis_client.xrange(events.STREAM)
    assert fields["type"] == events.UNITS_MOVED
    assert json.loads(fields["json"])["units"][1] == {
        "id": OTHER,
        "lon": 121.6,
        "lat": 29.1,
        "heading_deg": 180.0,
        "state": "assigned",
    }
    with reading(village) as session:
        assert [(u["lon"], u["lat"]) for u in units.list_units(session)] == [(121.5, 29.0), (121.6, 29.1)]
