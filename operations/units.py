"""Patrol units: who they are, on or off duty. Sending them is in dispatch.py, their own word in field/."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from redis import Redis
from sqlalchemy import select, update

from operations import events
from operations.assignments import change_unit_state, unit_json
from operations.audit import Actor
from operations.dispatch import UnitNotFound
from operations.facts import BadInput, Conflict, NotAllowed
from operations.store import Session
from operations.tables import Unit

BY_HAND = ("available", "off_duty")  # the other states come and go with assignments


class UnitIsBusy(Conflict):
    """The unit is on an assignment; it is free when its alert is closed."""

    def __init__(self, unit: Unit) -> None:
        super().__init__(f"Unit {unit.name} is on an assignment: close its alert first.")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a unit is (WGS-84) and which way it drives."""

    lon: float
    lat: float
    heading_deg: float = 0.0


def list_units(session: Session) -> list[dict[str, Any]]:
    """Return every unit with its assignment, as the API shows them."""
    return unit_json(session, session.scalars(select(Unit).order_by(Unit.id)).all())


def find_unit(session: Session, unit_id: int) -> Unit:
    """Return a unit. Raises UnitNotFound."""
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise UnitNotFound(unit_id)
    return unit


def unit_of(session: Session, user_id: int) -> Unit | None:
    """Return the unit that a user patrols with."""
    return session.scalar(select(Unit).where(Unit.user_id == user_id))


def set_state(session: Session, unit_id: int, state: str, actor: Actor, now: datetime) -> Unit:
    """Put a unit on or off duty. Raises UnitNotFound, NotAllowed, BadInput, UnitIsBusy."""
    unit = _locked(session, unit_id, actor)
    if state not in BY_HAND:
        raise BadInput("state", f"must be one of {', '.join(BY_HAND)}")
    if unit.state not in BY_HAND:
        raise UnitIsBusy(unit)
    if unit.state != state:
        change_unit_state(session, unit, state, actor, now)
    return unit


def record_moves(session: Session, moves: Mapping[int, Position], now: datetime) -> None:
    """Store many positions at once, by unit id; for a feed that is trusted to know them."""
    rows = [
        {"id": i, "lon": at.lon, "lat": at.lat, "heading_deg": at.heading_deg, "position_at": now}
        for i, at in moves.items()
    ]
    if rows:
        session.execute(update(Unit), rows)


def announce_moves(client: Redis, moves: Mapping[int, Position], states: Mapping[int, str]) -> None:
    """Publish one `units.moved` event for all these units."""
    moved = [
        {"id": i, "lon": at.lon, "lat": at.lat, "heading_deg": at.heading_deg, "state": states[i]}
        for i, at in moves.items()
    ]
    if moved:
        events.publish(client, [(events.UNITS_MOVED, {"units": moved})])


def _locked(session: Session, unit_id: int, actor: Actor) -> Unit:
    """Return the unit, locked, if this person may change it: a patrol only its own."""
    if actor.role not in ("operator", "supervisor", "patrol"):
        raise NotAllowed(f"A {actor.role} may not change units.")
    unit = session.get(Unit, unit_id, with_for_update=True, populate_existing=True)
    if unit is None:
        raise UnitNotFound(unit_id)
    if actor.role == "patrol" and unit.user_id != actor.user_id:
        raise NotAllowed("This is another patrol's unit.")
    return unit
