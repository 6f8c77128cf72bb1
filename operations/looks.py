"""Looks: alerts and pictures as a person may see them, each look audited in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from operations import audit
from operations.access import Person
from operations.alert_views import alert_detail
from operations.alerts import CLOSED, AlertNotFound
from operations.facts import BadInput, NotAllowed, NotFound
from operations.media import UnknownMedia
from operations.store import Session
from operations.tables import Alert, AlertSighting, Assignment, Camera, Case, SightingRow, Unit

STATES = ("new", "acknowledged", "dispatched", "on_scene", *CLOSED)


@dataclass(frozen=True, slots=True)
class AlertsAsked:
    """A page of alerts, newest first, below an id. state: `open`, `closed`, one state, or None for all."""

    state: str | None
    severity: str | None
    before_id: int | None
    limit: int


def alerts_page(session: Session, person: Person, asked: AlertsAsked) -> Sequence[Alert]:
    """Return the alerts asked for; a patrol sees those its unit was sent to. Raises BadInput."""
    wanted = select(Alert).order_by(Alert.id.desc()).limit(asked.limit)
    if asked.state == "open":
        wanted = wanted.where(Alert.state.not_in(CLOSED))
    elif asked.state == "closed":
        wanted = wanted.where(Alert.state.in_(CLOSED))
    elif asked.state is not None:
        if asked.state not in STATES:
            raise BadInput("state", f"must be open, closed or one of {', '.join(STATES)}")
        wanted = wanted.where(Alert.state == asked.state)
    if asked.severity is not None:
        wanted = wanted.where(Alert.severity == asked.severity)
    if asked.before_id is not None:
        wanted = wanted.where(Alert.id < asked.before_id)
    if person.role == "patrol":
        wanted = wanted.where(Alert.id.in_(_sent_to(person)))
    return session.scalars(wanted).all()


def look_at_alert(session: Session, alert_id: int, person: Person, now: datetime) -> dict[str, Any]:
    """Return the whole story of an alert, audited. A patrol may look while its unit is on it."""
    alert = alert_for(session, alert_id, person)
    _record(session, alert, person, now, action="alert.viewed")
    return alert_detail(session, alert)


def alert_picture(
    session: Session, alert_id: int, what: str, sighting_id: str | None, *, person: Person, now: datetime
) -> str:
    """Return the media key of a sighting's `snapshot` or `plate_crop`, audited; None: the first sighting.

    Raises AlertNotFound, NotFound, UnknownMedia, NotAllowed.
    """
    alert = alert_for(session, alert_id, person)
    wanted = select(SightingRow).join(
        AlertSighting,
        (AlertSighting.sighting_id == SightingRow.id) & (AlertSighting.seen_at == SightingRow.seen_at),
    )
    wanted = wanted.where(AlertSighting.alert_id == alert.id)
    row = session.scalar(wanted.where(SightingRow.id == (sighting_id or alert.sighting_id)))
    if row is None:
        raise NotFound(f"Alert {alert_id} has no such sighting.")
    key = picture_of(row, what)
    _record(session, alert, person, now, action="alert.picture_viewed", sighting=row.id, picture=what)
    return key


def picture_of(row: SightingRow, what: str) -> str:
    """Return the media key of a sighting's `snapshot` or `plate_crop`. Raises UnknownMedia."""
    key = row.snapshot if what == "snapshot" else row.plate_crop
    if key is None:
        raise UnknownMedia(f"sighting {row.id} has no {what}")
    return key


def alert_for(session: Session, alert_id: int, person: Person) -> Alert:
    """Return an alert that the person may see: a patrol only one its unit is on now."""
    alert = session.get(Alert, alert_id)
    if alert is None:
        raise AlertNotFound(alert_id)
    if person.role == "patrol":
        under_way = _sent_to(person).where(Assignment.ended_at.is_(None), Assignment.alert_id == alert_id)
        if session.scalar(under_way) is None:
            raise NotAllowed("This alert was not given to your unit.")
    return alert


def watch_cameras(session: Session, ids: Sequence[int], person: Person, now: datetime) -> dict[int, str]:
    """Return the codes of the cameras by id, each look at their live picture audited. Raises NotFound."""
    rows = session.execute(select(Camera.id, Camera.code).where(Camera.id.in_(ids))).all()
    codes = dict(rows)
    for camera_id in ids:
        if camera_id not in codes:
            raise NotFound(f"There is no camera {camera_id}.")
        audit.record(
            session,
            actor=person.actor,
            now=now,
            action="camera.watched",
            subject="camera",
            subject_id=camera_id,
            details={"camera": codes[camera_id]},
        )
    return codes


def _sent_to(person: Person) -> Select[int]:
    """Select the ids of the alerts that the person's unit was sent to."""
    own = select(Assignment.alert_id).join(Unit, Unit.id == Assignment.unit_id)
    return own.where(Unit.user_id == person.id)


def _record(session: Session, alert: Alert, person: Person, now: datetime, **said: str) -> None:
    audit.record(
        session,
        actor=person.actor,
        now=now,
        action=said.pop("action"),
        subject="alert",
        subject_id=alert.id,
        case_number=session.get_one(Case, alert.case_id).number,
        details=said,
    )
