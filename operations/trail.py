"""The trail as an auditor reads it: pages of audit rows with the plates masked. Writing it is in audit.py."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from operations.store import Session
from operations.tables import AuditRow
from operations.times import to_text

# A plate or a pattern of one, in any text: two signs stay in front and one behind.
PLATE = re.compile(
    r"(?<![A-Z0-9?*])([一-鿿?][A-Z?]|WJ)[·.\s]?([A-Z0-9?*]{2,6})([A-Z0-9?*学警挂港澳领使])(?![A-Z0-9])"
)
PLATE_FIELDS = ("plate", "other_plate", "true_plate", "pattern")


@dataclass(frozen=True, slots=True)
class TrailAsked:
    """A page of the trail, newest first, below an id. A filter that is None lets all pass."""

    actor: str | None
    action: str | None
    case_number: str | None
    before_id: int | None
    limit: int


def trail_page(session: Session, asked: TrailAsked) -> Sequence[AuditRow]:
    """Return the audit rows asked for."""
    wanted = select(AuditRow).order_by(AuditRow.id.desc()).limit(asked.limit)
    if asked.actor is not None:
        wanted = wanted.where(AuditRow.actor == asked.actor)
    if asked.action is not None:
        wanted = wanted.where(AuditRow.action == asked.action)
    if asked.case_number is not None:
        wanted = wanted.where(AuditRow.case_number == asked.case_number)
    if asked.before_id is not None:
        wanted = wanted.where(AuditRow.id < asked.before_id)
    return session.scalars(wanted).all()


def trail_json(row: AuditRow) -> dict[str, Any]:
    """Return an audit row as the auditor sees it."""
    return {
        "id": row.id,
        "at": to_text(row.at),
        "actor": row.actor,
        "actor_role": row.actor_role,
        "action": row.action,
        "subject": row.subject,
        "subject_id": row.subject_id,
        "case_number": row.case_number,
        "reason": masked(row.reason),
        "details": masked(row.details),
        "sequence": row.sequence,
        "hash": row.hash,
    }


def masked(said: Any) -> Any:
    """Return what was said with every plate in it masked, however deep."""
    if isinstance(said, str):
        return PLATE.sub(lambda found: f"{found[1]}{'*' * len(found[2])}{found[3]}", said)
    if isinstance(said, dict):
        return {name: _field(name, value) for name, value in said.items()}
    if isinstance(said, list):
        return [masked(part) for part in said]
    return said


def _field(name: str, value: Any) -> Any:
    if name in PLATE_FIELDS and isinstance(value, str):
        return f"{value[:2]}{'*' * max(len(value) - 3, 1)}{value[-1:]}"
    return masked(value)
