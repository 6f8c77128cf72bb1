"""Assignments: which unit drives to which alert, and units as others see them. Chooses no unit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from operations import audit, events
from operations.audit import Actor
from operations.store import Session
from operations.tables import Assignment, Unit
from operations.times import to_text


def open_assignment(session: Session, alert_id: int) -> Assignment | None:
    """Return the assignment under way for an alert."""
    return session.scalar(
        select(Assignment).where(Assignment.alert_id == alert_id, Assignment.ended_at.is_(None))
    )


def end_assignments(session: Session, alert_id: int, actor: Actor, now: datetime) -> None:
    """End what is under way for an alert; its units are available again."""
    under_way = select(Assignment).where(Assignment.alert_id == alert_id, Assignment.ended_at.is_(None))
    for assignment in session.scalars(under_way.with_for_update()).all():
        assignment.ended_at = now
        unit = session.get_one(Unit, assignment.unit_id, with_for_update=True)
        change_unit_state(session, unit, "available", actor, now)


def change_unit_state(session: Session, unit: Unit, state: str, actor: Actor, now: datetime) -> None:
    """Put a locked unit into a state, with the audit row."""
    before, unit.state = unit.state, state
    audit.record(
        session,
        actor=actor,
        now=now,
        action=events.UNIT_CHANGED,
        subject="unit",
        subject_id=unit.id,
        details={"from": before, "to": state},
    )


def assignment_json(assignment: Assignment) -> dict[str, Any]:
    """Return an assignment with its route (a GeoJSON LineString)."""
    return {
        "id": assignment.id,
        "alert_id": assignment.alert_id,
        "unit_id": assignment.unit_id,
        "assigned_at": to_text(assignment.assigned_at),
        "eta_s": assignment.eta_s,
        "distance_m": assignment.distance_m,
        "route": assignment.route,
        "accepted_at": to_text(assignment.accepted_at),
        "declined_at": to_text(assignment.declined_at),
        "declined_why": assignment.declined_why,
        "arrived_at": to_text(assignment.arrived_at),
        "ended_at": to_text(assignment.ended_at),
    }


def unit_json(session: Session, units: Sequence[Unit]) -> list[dict[str, Any]]:
    """Return the units as the API and the event stream show them, with what each drives to."""
    ids = [unit.id for unit in units]
    under_way = select(Assignment).where(Assignment.unit_id.in_(ids), Assignment.ended_at.is_(None))
    drives = {assignment.unit_id: assignment for assignment in session.scalars(under_way)}
    return [_unit_json(unit, drives.get(unit.id)) for unit in units]


def _unit_json(unit: Unit, drive: Assignment | None) -> dict[str, Any]:
    return {
        "id": unit.id,
        "code": unit.code,
        "name": unit.name,
        "kind": unit.kind,
        "state": unit.state,
        "lon": unit.lon,
        "lat": unit.lat,
        "heading_deg": unit.heading_deg,
        "position_at": to_text(unit.position_at),
        "station_id": unit.station_id,
        "town_id": unit.town_id,
        "vehicle": unit.vehicle,
        "shift_id": unit.shift_id,
        "assignment": drive
        and {
            "alert_id": drive.alert_id,
            "eta_s": drive.eta_s,
            "route": drive.route,
            "accepted_at": to_text(drive.accepted_at),
        },
    }
