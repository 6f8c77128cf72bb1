"""Alerts as people and the live feed see them: a row of the list, and one's whole story. Changes nothing."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased

from operations.assignments import assignment_json
from operations.seen import seen_json
from operations.store import Session
from operations.tables import (
    Alert,
    AlertSighting,
    Assignment,
    AuditRow,
    Camera,
    Case,
    Grid,
    SightingRow,
    Town,
    Unit,
    User,
    WatchlistEntry,
)
from operations.times import to_text

Judge = aliased(User)


def alert_json(session: Session, alerts: Sequence[Alert]) -> list[dict[str, Any]]:
    """Return the alerts in the given order, each with its case, camera, grid, town and unit (two queries)."""
    ids = [alert.id for alert in alerts]
    around = {row.id: row for row in session.execute(_around(ids))}
    units = {row.alert_id: row for row in session.execute(_latest_units(ids))}
    return [_row(alert, around[alert.id], units.get(alert.id)) for alert in alerts]


def alert_detail(session: Session, alert: Alert) -> dict[str, Any]:
    """Return one alert with its sightings (oldest first), its history and its newest assignment."""
    newest = select(Assignment).where(Assignment.alert_id == alert.id).order_by(Assignment.id.desc())
    assignment = session.scalar(newest.limit(1))
    return {
        **alert_json(session, [alert])[0],
        "sightings": _sightings(session, alert),
        "history": _history(session, alert),
        "assignment": assignment and assignment_json(assignment),
    }


def _around(ids: Sequence[int]) -> Any:
    return (
        select(
            Alert.id,
            Case.number.label("case_number"),
            WatchlistEntry.reason,
            Camera.id.label("camera_id"),
            Camera.code.label("camera_code"),
            Camera.name.label("camera_name"),
            Grid.code.label("grid_code"),
            Town.name.label("town"),
            User.login.label("acknowledged_by"),
            Judge.login.label("verdict_by"),
        )
        .join(Case, Case.id == Alert.case_id)
        .join(WatchlistEntry, WatchlistEntry.id == Alert.entry_id)
        .join(Camera, Camera.id == Alert.camera_id)
        .join(Grid, Grid.id == Camera.grid_id)
        .join(Town, Town.id == Camera.town_id)
        .outerjoin(User, User.id == Alert.acknowledged_by)
        .outerjoin(Judge, Judge.id == Alert.verdict_by)
        .where(Alert.id.in_(ids))
    )


def _latest_units(ids: Sequence[int]) -> Any:
    """Select the units of the alerts, the newest assignment last; one that declined is not the alert's."""
    return (
        select(Assignment.alert_id, Unit.id, Unit.code, Unit.name)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(Assignment.alert_id.in_(ids), Assignment.declined_at.is_(None))
        .order_by(Assignment.id)
    )


def _row(alert: Alert, around: Row[Any], unit: Row[Any] | None) -> dict[str, Any]:
    return {
        "id": alert.id,
        "kind": alert.kind,
        "severity": alert.severity,
        "state": alert.state,
        "plate": alert.plate,
        "match": alert.match,
        "match_probability": alert.match_probability,
        "believed_plate": alert.believed_plate,
        "match_why": alert.match_why or [],
        "verdict": alert.verdict,
        "verdict_by": around.verdict_by,
        "verdict_at": to_text(alert.verdict_at),
        "true_plate": alert.true_plate,
        "case_number": around.case_number,
        "reason": around.reason,
        "camera": {"id": around.camera_id, "code": around.camera_code, "name": around.camera_name},
        "lon": alert.lon,
        "lat": alert.lat,
        "grid_code": around.grid_code,
        "town": around.town,
        "raised_at": to_text(alert.raised_at),
        "last_seen_at": to_text(alert.last_seen_at),
        "times_seen": alert.times_seen,
        "acknowledged_at": to_text(alert.acknowledged_at),
        "acknowledged_by": around.acknowledged_by,
        "dispatched_at": to_text(alert.dispatched_at),
        "on_scene_at": to_text(alert.on_scene_at),
        "closed_at": to_text(alert.closed_at),
        "outcome": alert.outcome,
        "escalation_level": alert.escalation_level,
        "simulated": alert.simulated,
        "unit": unit and {"id": unit.id, "code": unit.code, "name": unit.name},
    }


def _sightings(session: Session, alert: Alert) -> list[dict[str, Any]]:
    same = (SightingRow.id == AlertSighting.sighting_id) & (SightingRow.seen_at == AlertSighting.seen_at)
    rows = session.execute(
        select(SightingRow, Camera)
        .select_from(AlertSighting)
        .join(SightingRow, same)
        .join(Camera, Camera.id == AlertSighting.camera_id)
        .where(AlertSighting.alert_id == alert.id)
        .order_by(AlertSighting.seen_at)
    )
    return seen_json(rows.all())


def _history(session: Session, alert: Alert) -> list[dict[str, Any]]:
    """Return what was done to the alert; who looked at it is for the auditor alone."""
    rows = session.scalars(
        select(AuditRow)
        .where(AuditRow.subject == "alert", AuditRow.subject_id == str(alert.id))
        .where(AuditRow.action.not_in(("alert.viewed", "alert.picture_viewed", "alert.next_viewed")))
        .order_by(AuditRow.id)
    )
    return [
        {"at": to_text(row.at), "actor": row.actor, "action": row.action, "details": row.details}
        for row in rows
    ]
