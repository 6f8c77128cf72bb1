"""The relay: seals new audit rows into the hash chain and publishes those that are events. One at a time.

At least once: a crash between publishing and committing publishes again. Rows are found by what they lack
(relayed_at), never by id, because PostgreSQL commits out of order.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from redis import Redis
from sqlalchemy import select

from operations import audit, events
from operations.alert_views import alert_json
from operations.assignments import unit_json
from operations.audit import Seal
from operations.field.distress import distress_json
from operations.quarantine_views import quarantine_json
from operations.store import Engine, Session, reading, take_turn, writing
from operations.tables import Alert, AuditRow, DistressCall, Quarantine, Unit, WatchlistEntry
from operations.watch_pages import entry_json

AT_ONCE = 500
ANCHOR = "audit:anchor"

Shown = tuple[str, type[Any], Callable[[Session, Any], list[dict[str, Any]]]]
SHOWN: dict[str, Shown] = {
    "alert": ("alert", Alert, alert_json),
    "unit": ("unit", Unit, unit_json),
    "watchlist_entry": ("entry", WatchlistEntry, entry_json),
    "quarantine": ("quarantine", Quarantine, quarantine_json),
    "distress": ("distress", DistressCall, distress_json),
}
"""Subjects whose events carry the thing as it is now; other events carry their row's details."""


def relay(engine: Engine, client: Redis, now: datetime) -> int:
    """Relay one part of what waits, and return how many rows; 0 when none wait or another relay is at it."""
    with reading(engine) as session:
        if session.scalar(select(AuditRow.id).where(AuditRow.relayed_at.is_(None)).limit(1)) is None:
            return 0
    with writing(engine) as session:
        if not take_turn(session, "relay"):
            return 0
        waiting = select(AuditRow).where(AuditRow.relayed_at.is_(None)).order_by(AuditRow.id).limit(AT_ONCE)
        rows = session.scalars(waiting.with_for_update(skip_locked=True)).all()
        end = audit.seal(rows, audit.chain_end(session))
        for row in rows:
            row.relayed_at = now
        session.flush()
        events.publish(client, events_of(session, rows))
    if rows:
        client.set(ANCHOR, f"{end.sequence}:{end.hash}")
    return len(rows)


def events_of(session: Session, rows: Sequence[AuditRow]) -> list[events.Event]:
    """Return the events that the rows are, in their order; looks and sign-ins are none."""
    told = [row for row in rows if row.action in events.TYPES]
    shown = {subject: _shown(session, subject, told) for subject in SHOWN}
    found: list[events.Event] = []
    for row in told:
        if row.subject not in SHOWN:
            found.append((row.action, row.details))
        elif row.subject_id in shown[row.subject]:
            found.append((row.action, {SHOWN[row.subject][0]: shown[row.subject][row.subject_id]}))
    return found


def read_anchor(client: Redis) -> Seal | None:
    """Return the chain's end as last relayed, kept apart from the database; None before the first."""
    kept: Any = client.get(ANCHOR)
    if kept is None:
        return None
    sequence, _, digest = kept.partition(":")
    return Seal(int(sequence), digest)


def _shown(session: Session, subject: str, rows: Sequence[AuditRow]) -> dict[str, dict[str, Any]]:
    _, table, as_json = SHOWN[subject]
    ids = {int(row.subject_id) for row in rows if row.subject == subject}
    if not ids:
        return {}
    things = session.scalars(select(table).where(table.id.in_(ids))).all()
    return {str(shown["id"]): shown for shown in as_json(session, things)}
