"""Positions of teams: taken while they work, several at once after a dead zone, gone after some days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from operations.audit import Actor
from operations.facts import BadInput
from operations.field.own_unit import locked_own_unit
from operations.field.shift_hours import NotOnShift, check_on_shift
from operations.store import Session
from operations.tables import Unit, UnitPosition

MOST_AT_ONCE = 500
CLOCK_TRUSTED_S = 5.0  # below it, what a slow network adds must not move a position in time
APART = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Passed:
    """Where a team was and when, by its phone's clock (WGS-84)."""

    at: datetime
    lon: float
    lat: float
    accuracy_m: float | None = None
    heading_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Sent:
    """Positions as a phone sends them; sent_at: its clock when it sent."""

    positions: Sequence[Passed]
    sent_at: datetime | None = None


def take_positions(
    session: Session, unit_id: int, sent: Sent, actor: Actor, at: tuple[datetime, str]
) -> tuple[Unit, int]:
    """Keep the positions that lie within the shift and are new; return the unit and how many they are.

    at: now, and the site's time zone. The newest becomes the unit's place. Raises NotAllowed, BadInput,
    NotOnShift.
    """
    now, timezone = at
    unit = locked_own_unit(session, actor, unit_id)
    spans = check_on_shift(session, unit, timezone, now)
    off_s = (sent.sent_at - now).total_seconds() if sent.sent_at is not None else 0.0
    ahead = timedelta(seconds=off_s if abs(off_s) > CLOCK_TRUSTED_S else 0.0)
    timed = [(min(one.at - ahead, now), one) for one in _checked(sent.positions)]
    within = [(when, one) for when, one in timed if any(start <= when <= end for start, end in spans)]
    if timed and not within:
        raise NotOnShift(f"Unit {unit.name} was outside its shift then: its position is not taken.")
    newest = session.scalar(select(func.max(UnitPosition.at)).where(UnitPosition.unit_id == unit.id))
    kept = 0
    for when, one in sorted(within, key=lambda pair: pair[0]):
        if newest is not None and when < newest + APART:
            continue  # sent before, or too little later to tell anything
        session.add(_row(unit, when, one))
        newest, kept = when, kept + 1
        if unit.position_at is None or when >= unit.position_at:
            unit.lon, unit.lat, unit.heading_deg, unit.position_at = one.lon, one.lat, one.heading_deg, when
    return unit, kept


def _checked(positions: Sequence[Passed]) -> Sequence[Passed]:
    if not 0 < len(positions) <= MOST_AT_ONCE:
        raise BadInput("positions", f"must be 1 to {MOST_AT_ONCE}")
    return positions


def _row(unit: Unit, at: datetime, one: Passed) -> UnitPosition:
    return UnitPosition(
        unit_id=unit.id,
        at=at,
        lon=one.lon,
        lat=one.lat,
        accuracy_m=one.accuracy_m,
        heading_deg=one.heading_deg % 360,
    )
