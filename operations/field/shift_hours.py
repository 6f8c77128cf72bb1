"""Shift hours: whether a unit is at work now, so that its place may be taken. Shifts are in patrolling/."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from operations.facts import Conflict
from operations.store import Session
from operations.tables import PatrolPlan, PatrolRoute, Shift, Unit

MARGIN = timedelta(minutes=30)
DAY = timedelta(days=1)

Span = tuple[datetime, datetime]


class NotOnShift(Conflict):
    """The unit is off duty, or outside the hours of its shift: its place is not taken."""


def check_on_shift(session: Session, unit: Unit, timezone: str, now: datetime) -> list[Span]:
    """Return the times around now in which the unit's place may be taken. Raises NotOnShift, saying why.

    A unit off duty has none; one without a shift and without a route may be asked whenever it is on duty.
    """
    if unit.state == "off_duty":
        raise NotOnShift(f"Unit {unit.name} is off duty: its position is not taken.")
    spans = [(start - MARGIN, end + MARGIN) for start, end in working_hours(session, unit, timezone, now)]
    if not spans:
        return [(now - DAY, now + MARGIN)]
    if not any(start <= now <= end for start, end in spans):
        raise NotOnShift(f"Unit {unit.name} is outside its shift: its position is not taken.")
    return spans


def working_hours(session: Session, unit: Unit, timezone: str, now: datetime) -> list[Span]:
    """Return when the unit works from yesterday to tomorrow: by its shift, and by its published routes."""
    routes = session.execute(
        select(PatrolRoute.shift_from, PatrolRoute.shift_until)
        .join(PatrolPlan, PatrolPlan.id == PatrolRoute.plan_id)
        .where(PatrolRoute.unit_id == unit.id, PatrolPlan.state == "published")
        .where(PatrolRoute.shift_from <= now + DAY, PatrolRoute.shift_until >= now - DAY)
    )
    spans: list[Span] = [(row.shift_from, row.shift_until) for row in routes]
    shift = session.get(Shift, unit.shift_id) if unit.shift_id is not None else None
    if shift is not None:
        today = now.astimezone(ZoneInfo(timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
        for days in (-1, 0, 1):
            midnight = today + timedelta(days=days)
            spans.append(
                (midnight + timedelta(seconds=shift.from_s), midnight + timedelta(seconds=shift.until_s))
            )
    return sorted(spans)
