"""Calls for help: a team's panic button, seen by the desk at once, acknowledged and closed by people.

It works off shift too, and without a fix: then with the unit's last known place, and how old that is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from operations import audit, events
from operations.audit import Actor
from operations.facts import BadInput, Conflict, NotAllowed, NotFound
from operations.field.own_unit import locked_own_unit
from operations.store import Session
from operations.tables import DistressCall, Unit, User
from operations.times import to_text

STATES = ("open", "acknowledged", "closed")
TRANSITIONS = {
    ("open", "acknowledge"): "acknowledged",
    ("open", "close"): "closed",
    ("acknowledged", "close"): "closed",
}
DESK = ("operator", "supervisor")
SHOWN_AT_MOST = 200

Json = dict[str, Any]


class DistressNotFound(NotFound):
    """No call for help has this id."""

    def __init__(self, call_id: int) -> None:
        super().__init__(f"There is no call for help {call_id}.")


class WrongDistressState(Conflict):
    """Somebody else has acknowledged or closed it."""

    def __init__(self, state: str, action: str) -> None:
        super().__init__(f"A call for help that is {state} cannot be changed by {action}.")


@dataclass(frozen=True, slots=True)
class Cry:
    """What a phone sends when its button was held; times by its clock. No place: the last known one counts.

    positioned_at: when the place was had, where that was not at `at`.
    """

    client_id: str
    at: datetime
    sent_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    positioned_at: datetime | None = None


def raise_call(session: Session, cry: Cry, actor: Actor, now: datetime) -> DistressCall:
    """Keep a call for help and tell the desk; the same client_id again is that call. Raises NotAllowed."""
    unit = locked_own_unit(session, actor)
    known = session.scalar(select(DistressCall).where(DistressCall.client_id == cry.client_id))
    if known is not None:
        if known.unit_id != unit.id:
            raise BadInput("client_id", "was used by another team: make a new one")
        return known
    call = _row(cry, unit, actor, now)
    session.add(call)
    session.flush()
    _record(session, call, events.DISTRESS_RAISED, actor, now)
    return call


def acknowledge(session: Session, call_id: int, actor: Actor, now: datetime) -> DistressCall:
    """Say that the desk sees to it. Raises NotAllowed, DistressNotFound, WrongDistressState."""
    call = _locked(session, call_id, "acknowledge", actor)
    call.acknowledged_at, call.acknowledged_by = now, actor.user_id
    call.state = TRANSITIONS[call.state, "acknowledge"]
    _record(session, call, events.DISTRESS_CHANGED, actor, now)
    return call


def close(session: Session, call_id: int, outcome: str, actor: Actor, now: datetime) -> DistressCall:
    """Say how it ended. Raises as `acknowledge`, and BadInput."""
    if not outcome.strip():
        raise BadInput("outcome", "say how it ended")
    call = _locked(session, call_id, "close", actor)
    call.closed_at, call.closed_by, call.outcome = now, actor.user_id, outcome
    call.state = TRANSITIONS[call.state, "close"]
    _record(session, call, events.DISTRESS_CHANGED, actor, now)
    return call


def calls(session: Session, state: str | None, unit_id: int | None = None) -> Sequence[DistressCall]:
    """Return calls for help, newest first: `open` means not closed; None all. Raises BadInput."""
    wanted = select(DistressCall).order_by(DistressCall.id.desc()).limit(SHOWN_AT_MOST)
    if state == "open":
        wanted = wanted.where(DistressCall.state != "closed")
    elif state is not None:
        if state not in STATES:
            raise BadInput("state", f"must be one of {', '.join(STATES)}")
        wanted = wanted.where(DistressCall.state == state)
    if unit_id is not None:
        wanted = wanted.where(DistressCall.unit_id == unit_id)
    return session.scalars(wanted).all()


def distress_json(session: Session, found: Sequence[DistressCall]) -> list[Json]:
    """Return calls for help in the given order, each with its unit and who answered."""
    ids = {call.unit_id for call in found}
    units = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.id.in_(ids)))}
    people = {call.acknowledged_by for call in found} | {call.closed_by for call in found}
    names = {
        row.id: row.login for row in session.execute(select(User.id, User.login).where(User.id.in_(people)))
    }
    return [_json(call, units[call.unit_id], names) for call in found]


def _json(call: DistressCall, unit: Unit, names: dict[int | None, str]) -> Json:
    return {
        "id": call.id,
        "unit": {"id": unit.id, "code": unit.code, "name": unit.name},
        "state": call.state,
        "at": to_text(call.at),
        "received_at": to_text(call.received_at),
        "lon": call.lon,
        "lat": call.lat,
        "accuracy_m": call.accuracy_m,
        "positioned_at": to_text(call.positioned_at),
        "acknowledged_at": to_text(call.acknowledged_at),
        "acknowledged_by": names.get(call.acknowledged_by),
        "closed_at": to_text(call.closed_at),
        "closed_by": names.get(call.closed_by),
        "outcome": call.outcome,
    }


def _row(cry: Cry, unit: Unit, actor: Actor, now: datetime) -> DistressCall:
    ahead = cry.sent_at - now if cry.sent_at is not None else timedelta()
    has_place = cry.lon is not None and cry.lat is not None
    positioned_at = unit.position_at
    if has_place:
        positioned_at = None if cry.positioned_at is None else min(cry.positioned_at - ahead, now)
    return DistressCall(
        client_id=cry.client_id,
        unit_id=unit.id,
        user_id=actor.user_id,
        at=min(cry.at - ahead, now),
        received_at=now,
        lon=cry.lon if has_place else unit.lon,
        lat=cry.lat if has_place else unit.lat,
        accuracy_m=cry.accuracy_m,
        positioned_at=positioned_at,
        state="open",
    )


def _locked(session: Session, call_id: int, action: str, actor: Actor) -> DistressCall:
    if actor.role not in DESK:
        raise NotAllowed(f"A {actor.role} may not {action} a call for help.")
    call = session.get(DistressCall, call_id, with_for_update=True, populate_existing=True)
    if call is None:
        raise DistressNotFound(call_id)
    if (call.state, action) not in TRANSITIONS:
        raise WrongDistressState(call.state, action)
    return call


def _record(session: Session, call: DistressCall, action: str, actor: Actor, now: datetime) -> None:
    """Keep it in the trail; where the team was is in the call alone. The event carries the call as it is."""
    audit.record(
        session,
        actor=actor,
        now=now,
        action=action,
        subject="distress",
        subject_id=call.id,
        reason=call.outcome,
        details={"unit_id": call.unit_id, "state": call.state, "at": to_text(call.at)},
    )
