"""Alerts: their life from raised to closed, and who may move them. What raises one is in hits.py."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from operations import audit, events
from operations.assignments import end_assignments
from operations.audit import SYSTEM, Actor
from operations.facts import BadInput, Conflict, NotAllowed, NotFound
from operations.store import Session
from operations.tables import Alert, Case

CLOSED = ("resolved", "false_alarm")
TRANSITIONS = {
    ("new", "acknowledge"): "acknowledged",
    ("new", "dispatch"): "dispatched",
    ("acknowledged", "dispatch"): "dispatched",
    ("dispatched", "accept"): "dispatched",
    ("dispatched", "decline"): "acknowledged",
    ("dispatched", "arrive"): "on_scene",
    ("acknowledged", "resolve"): "resolved",
    ("dispatched", "resolve"): "resolved",
    ("on_scene", "resolve"): "resolved",
    ("new", "false_alarm"): "false_alarm",
    ("acknowledged", "false_alarm"): "false_alarm",
    ("dispatched", "false_alarm"): "false_alarm",
    ("on_scene", "false_alarm"): "false_alarm",
    ("new", "confirm"): "acknowledged",
    ("acknowledged", "confirm"): "acknowledged",
    ("dispatched", "confirm"): "dispatched",
    ("on_scene", "confirm"): "on_scene",
    ("new", "reject"): "false_alarm",
    ("acknowledged", "reject"): "false_alarm",
    ("dispatched", "reject"): "false_alarm",
    ("on_scene", "reject"): "false_alarm",
    ("new", "follow"): "resolved",
}
DESK = ("operator", "supervisor")
MAY = {
    "acknowledge": DESK,
    "dispatch": DESK,
    "accept": ("patrol",),
    "decline": ("patrol",),
    "arrive": (*DESK, "patrol"),
    "resolve": DESK,
    "false_alarm": DESK,
    "confirm": DESK,
    "reject": DESK,
}
HIGHEST_ESCALATION = 3
FOLLOWED = "exact_read"
"""The outcome of a fuzzy alert whose vehicle was then read exactly."""


class AlertNotFound(NotFound):
    """No alert has this id."""

    def __init__(self, alert_id: int) -> None:
        super().__init__(f"There is no alert {alert_id}.")


class WrongAlertState(Conflict):
    """The alert is not in a state in which this can be done."""

    def __init__(self, state: str, action: str) -> None:
        super().__init__(f"An alert that is {state.replace('_', ' ')} cannot be changed by {action}.")
        self.state, self.action = state, action


class AlertAlreadyClosed(WrongAlertState):
    """The alert was closed before."""


@dataclass(frozen=True, slots=True)
class Change:
    """What moves an alert on: an action of TRANSITIONS, the event it causes, and what the person said."""

    action: str
    event: str
    details: dict[str, Any]
    reason: str | None = None


def acknowledge(session: Session, alert_id: int, actor: Actor, now: datetime) -> Alert:
    """Say that a person has seen the alert. Raises AlertNotFound, WrongAlertState, NotAllowed."""
    alert = locked(session, alert_id, actor, "acknowledge")
    alert.acknowledged_at, alert.acknowledged_by = now, actor.user_id
    move_on(session, alert, Change("acknowledge", events.ALERT_ACKNOWLEDGED, {}), actor, now)
    return alert


def resolve(session: Session, alert_id: int, outcome: str, actor: Actor, now: datetime) -> Alert:
    """Close the alert with its outcome; its unit is free again. Raises as `acknowledge`, and BadInput."""
    if not outcome.strip():
        raise BadInput("outcome", "say how it ended")
    change = Change("resolve", events.ALERT_RESOLVED, {"outcome": outcome}, outcome)
    alert = locked(session, alert_id, actor, "resolve")
    close(session, alert, change, actor, now)
    return alert


def false_alarm(session: Session, alert_id: int, reason: str, actor: Actor, now: datetime) -> Alert:
    """Close the alert as a false alarm; its unit is free again. Raises as `acknowledge`, and BadInput."""
    if not reason.strip():
        raise BadInput("reason", "say why it is a false alarm")
    change = Change("false_alarm", events.ALERT_FALSE_ALARM, {"outcome": reason}, reason)
    alert = locked(session, alert_id, actor, "false_alarm")
    close(session, alert, change, actor, now)
    return alert


def follow_with_exact(session: Session, alert: Alert, now: datetime) -> None:
    """Close a locked fuzzy alert that nobody has touched: an exact read of its plate has its own alert now.

    One that a person already works on stays: closing it would call back whoever is on the way.
    """
    alert.closed_at, alert.outcome = now, FOLLOWED
    move_on(session, alert, Change("follow", events.ALERT_RESOLVED, {"outcome": FOLLOWED}), SYSTEM, now)


def escalate(session: Session, now: datetime, after_s: float) -> list[int]:
    """Escalate alerts that stay new for `after_s` seconds, again after each such time; return their ids."""
    waiting_since = func.coalesce(Alert.escalated_at, Alert.raised_at)
    overdue = (
        select(Alert)
        .where(Alert.state == "new", Alert.escalation_level < HIGHEST_ESCALATION)
        .where(waiting_since <= now - timedelta(seconds=after_s))
        .order_by(Alert.id)
        .with_for_update(skip_locked=True)
    )
    alerts = session.scalars(overdue).all()
    for alert in alerts:
        alert.escalation_level += 1
        alert.escalated_at = now
        change = Change("escalate", events.ALERT_ESCALATED, {"level": alert.escalation_level})
        _record(session, alert, change, SYSTEM, now)
    return [alert.id for alert in alerts]


def locked(session: Session, alert_id: int, actor: Actor, action: str) -> Alert:
    """Return the alert, locked until the transaction ends, if this person may do this to it now."""
    alert = locked_ever(session, alert_id, actor, action)
    check_open(alert, action)
    return alert


def locked_ever(session: Session, alert_id: int, actor: Actor, action: str) -> Alert:
    """Return the alert, locked, if this person may do this to alerts at all."""
    if actor.role not in MAY[action]:
        raise NotAllowed(f"A {actor.role} may not {action.replace('_', ' ')} alerts.")
    alert = session.get(Alert, alert_id, with_for_update=True, populate_existing=True)
    if alert is None:
        raise AlertNotFound(alert_id)
    return alert


def check_open(alert: Alert, action: str) -> None:
    """Raise AlertAlreadyClosed or WrongAlertState unless this can be done to the alert now."""
    if alert.state in CLOSED:
        raise AlertAlreadyClosed(alert.state, action)
    if (alert.state, action) not in TRANSITIONS:
        raise WrongAlertState(alert.state, action)


def move_on(session: Session, alert: Alert, change: Change, actor: Actor, now: datetime) -> None:
    """Put a locked alert into its next state, with the audit row."""
    before = alert.state
    alert.state = TRANSITIONS[before, change.action]
    details = {"from": before, "to": alert.state, **change.details}
    _record(session, alert, Change(change.action, change.event, details, change.reason), actor, now)


def close(session: Session, alert: Alert, change: Change, actor: Actor, now: datetime) -> None:
    """Close a locked alert with the change's reason as its outcome; its unit is free again."""
    alert.closed_at, alert.closed_by, alert.outcome = now, actor.user_id, change.reason
    move_on(session, alert, change, actor, now)
    end_assignments(session, alert.id, actor, now)


def _record(session: Session, alert: Alert, change: Change, actor: Actor, now: datetime) -> None:
    audit.record(
        session,
        actor=actor,
        now=now,
        action=change.event,
        subject="alert",
        subject_id=alert.id,
        case_number=session.get_one(Case, alert.case_id).number,
        reason=change.reason,
        details=change.details,
    )
