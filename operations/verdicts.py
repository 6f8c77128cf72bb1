"""Verdicts: what a person says of an alert, the two pictures before them, and what is learned from it.

A confirmed alert goes on, with the severity of its entry; a rejected one is closed as a false alarm. Either
way the reading and what it truly was are kept, and the read-error model learns from the pair.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from operations import alerts, events
from operations.alerts import Change
from operations.audit import Actor
from operations.facts import BadInput, Conflict, NotFound
from operations.reads.codes import NAMING, PROVINCES
from operations.reads.learning import learn_correction
from operations.reads.patterns import matches
from operations.store import Session
from operations.tables import Alert, AlertSighting, ReadCorrection, SightingRow, WatchlistEntry
from operations.watchlist import normalised

_PLATE = re.compile(rf"(WJ)?[{PROVINCES}A-Z0-9][A-Z0-9]{{4,7}}[{NAMING}]{{0,2}}")


class VerdictSaid(Conflict):
    """Somebody has said otherwise of this alert, or of the same reading."""

    def __init__(self, verdict: str, true_plate: str | None) -> None:
        plate = f", the plate being {true_plate}" if true_plate else ""
        super().__init__(f"This was {verdict} before{plate}: one verdict stands.")


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says. true_plate: None, as the alert has it (confirm) or not to be told (reject).

    sighting_id: whose pictures they saw; None: those of the newest.
    """

    true_plate: str | None = None
    reason: str | None = None
    sighting_id: str | None = None


def confirm(session: Session, alert_id: int, said: Said, actor: Actor, now: datetime) -> Alert:
    """Say that it is the watched vehicle; a new alert is acknowledged by it. Twice the same is once.

    Raises AlertNotFound, NotAllowed, WrongAlertState, VerdictSaid, and BadInput naming true_plate.
    """
    alert = alerts.locked_ever(session, alert_id, actor, "confirm")
    sighting = _looked_at(session, alert, said.sighting_id)
    entry = session.get_one(WatchlistEntry, alert.entry_id)
    true_plate = _plate(said.true_plate) or alert.believed_plate or alert.plate
    if not matches(entry.pattern, true_plate):
        raise BadInput("true_plate", "is not what the entry looks for: reject the alert instead")
    if _said_before(alert, "confirmed", true_plate):
        return alert
    alerts.check_open(alert, "confirm")
    if alert.acknowledged_at is None:
        alert.acknowledged_at, alert.acknowledged_by = now, actor.user_id
    alert.severity = entry.severity
    details = _decided(alert, "confirmed", true_plate, actor, now)
    change = Change("confirm", events.ALERT_CONFIRMED, {**details, "sighting": sighting.id})
    alerts.move_on(session, alert, change, actor, now)
    _keep(session, alert, sighting)
    return alert


def reject(session: Session, alert_id: int, said: Said, actor: Actor, now: datetime) -> Alert:
    """Say that it is another vehicle: a false alarm, and this read resembles the entry no more.

    Raises as `confirm`, and BadInput naming reason.
    """
    alert = alerts.locked_ever(session, alert_id, actor, "reject")
    sighting = _looked_at(session, alert, said.sighting_id)
    true_plate = _plate(said.true_plate)
    entry = session.get_one(WatchlistEntry, alert.entry_id)
    if not (said.reason or "").strip():
        raise BadInput("reason", "say why it is another vehicle")
    if true_plate and alert.match == "fuzzy" and matches(entry.pattern, true_plate):
        raise BadInput("true_plate", "is what the entry looks for: confirm the alert instead")
    if _said_before(alert, "rejected", true_plate):
        return alert
    alerts.check_open(alert, "reject")
    details = _decided(alert, "rejected", true_plate, actor, now)
    details |= {"sighting": sighting.id, "outcome": said.reason}
    alerts.close(session, alert, Change("reject", events.ALERT_FALSE_ALARM, details, said.reason), actor, now)
    _keep(session, alert, sighting)
    return alert


def _plate(text: str | None) -> str | None:
    """Return a whole plate as it is stored. Raises BadInput."""
    if text is None:
        return None
    plate = normalised(text)
    if not _PLATE.fullmatch(plate):
        raise BadInput(
            "true_plate", "write the whole plate, such as 浙JA1234; leave it out if nobody can tell"
        )
    return plate


def _looked_at(session: Session, alert: Alert, sighting_id: str | None) -> SightingRow:
    """Return the sighting whose pictures were seen. Raises NotFound."""
    same = (SightingRow.id == AlertSighting.sighting_id) & (SightingRow.seen_at == AlertSighting.seen_at)
    wanted = select(SightingRow).join(AlertSighting, same).where(AlertSighting.alert_id == alert.id)
    row = session.scalar(wanted.where(SightingRow.id == (sighting_id or alert.sighting_id)))
    if row is None:
        raise NotFound(f"Alert {alert.id} has no such sighting.")
    return row


def _said_before(alert: Alert, verdict: str, true_plate: str | None) -> bool:
    """Return whether the same was said. Raises VerdictSaid."""
    if alert.verdict is None:
        return False
    if (alert.verdict, alert.true_plate) != (verdict, true_plate):
        raise VerdictSaid(alert.verdict, alert.true_plate)
    return True


def _decided(
    alert: Alert, verdict: str, true_plate: str | None, actor: Actor, now: datetime
) -> dict[str, str | None]:
    """Put the verdict on the alert; return it for the trail."""
    alert.verdict, alert.true_plate = verdict, true_plate
    alert.verdict_by, alert.verdict_at = actor.user_id, now
    return {"verdict": verdict, "match": alert.match, "read": alert.plate, "true_plate": true_plate}


def _keep(session: Session, alert: Alert, sighting: SightingRow) -> None:
    """Keep what the reading truly was and learn from it, once a reading however many alerts it raised."""
    same = (ReadCorrection.sighting_id == sighting.id) & (ReadCorrection.seen_at == sighting.seen_at)
    kept = session.scalar(select(ReadCorrection).where(same).with_for_update())
    if kept is None:
        kept = ReadCorrection(
            alert_id=alert.id,
            sighting_id=sighting.id,
            seen_at=sighting.seen_at,
            camera_id=sighting.camera_id,
            read_plate=sighting.plate or alert.plate,
            verdict=alert.verdict,
            said_by=alert.verdict_by,
            said_at=alert.verdict_at,
        )
        session.add(kept)
    if alert.true_plate is None or kept.true_plate == alert.true_plate:
        return
    if kept.true_plate is not None:
        raise VerdictSaid(kept.verdict, kept.true_plate)
    kept.true_plate = alert.true_plate
    session.flush()
    learn_correction(session, kept.read_plate, alert.true_plate)
