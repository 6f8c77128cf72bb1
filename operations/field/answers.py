"""Answers to assignments: a team says that it goes, or why it cannot. Sending teams is in dispatch.py."""

from datetime import datetime

from operations import alerts, events
from operations.alerts import Change
from operations.assignments import end_assignments, open_assignment
from operations.audit import Actor
from operations.facts import BadInput, Conflict, NotAllowed
from operations.store import Session
from operations.tables import Alert, Assignment, Unit


class NotSentThere(Conflict):
    """Nobody is under way to this alert (any more)."""

    def __init__(self) -> None:
        super().__init__("No unit is under way to this alert any more.")


def accept(session: Session, alert_id: int, actor: Actor, now: datetime) -> Alert:
    """Say that one's unit goes; again changes nothing. Raises as `alerts.locked`, and NotSentThere."""
    alert = alerts.locked(session, alert_id, actor, "accept")
    drive, unit = _own_drive(session, alert_id, actor)
    if drive.accepted_at is None:
        drive.accepted_at = now
        said = {"unit": unit.code, "answer": "accepted"}
        alerts.move_on(session, alert, Change("accept", events.ASSIGNMENT_ANSWERED, said), actor, now)
    return alert


def decline(session: Session, alert_id: int, reason: str, actor: Actor, now: datetime) -> Alert:
    """Say that one's unit cannot go: it is free again, the alert waits for another. Raises also BadInput."""
    if not reason.strip():
        raise BadInput("reason", "say why you cannot go")
    alert = alerts.locked(session, alert_id, actor, "decline")
    drive, unit = _own_drive(session, alert_id, actor)
    drive.declined_at, drive.declined_why = now, reason
    alert.dispatched_at = None
    said = {"unit": unit.code, "answer": "declined"}
    alerts.move_on(session, alert, Change("decline", events.ASSIGNMENT_ANSWERED, said, reason), actor, now)
    end_assignments(session, alert_id, actor, now)
    return alert


def _own_drive(session: Session, alert_id: int, actor: Actor) -> tuple[Assignment, Unit]:
    drive = open_assignment(session, alert_id)
    if drive is None:
        raise NotSentThere
    unit = session.get_one(Unit, drive.unit_id)
    if unit.user_id != actor.user_id:
        raise NotAllowed("This alert was given to another unit.")
    return drive, unit
