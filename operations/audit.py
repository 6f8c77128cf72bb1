"""Audit: the trail of every change and every look, and the check that its hash chain is whole.

Rows are written in the caller's transaction; sealing them into the chain is the relay's work.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, func, select

from operations.store import Session
from operations.tables import AuditRow

GENESIS = "0" * 64
READ_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a person with a role, or the system."""

    login: str
    role: str
    user_id: int | None


SYSTEM = Actor("system", "system", None)


def at_the_shell() -> Actor:
    """Return who runs this command on the host: known by the operating system's user number only."""
    return Actor(f"shell:{os.getuid()}", "system", None)


def record(
    session: Session,
    *,
    actor: Actor,
    action: str,
    subject: str,
    subject_id: int | str,
    now: datetime,
    details: dict[str, Any] | None = None,
    case_number: str | None = None,
    reason: str | None = None,
) -> None:
    """Add an audit row to this transaction; with an action of events.TYPES it becomes that event."""
    session.add(
        AuditRow(
            at=now,
            actor=actor.login,
            actor_role=actor.role,
            action=action,
            subject=subject,
            subject_id=str(subject_id),
            case_number=case_number,
            reason=reason,
            details=details or {},
        )
    )


@dataclass(frozen=True, slots=True)
class Seal:
    """One end of the chain: the sequence and hash of a sealed row."""

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """The first row that breaks the chain, and why."""

    sequence: int
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: how many rows are sealed and whole, and how many are not sealed yet."""

    sealed: int
    unsealed: int
    first_broken: Break | None = None

    @property
    def whole(self) -> bool:
        return self.first_broken is None


def seal(rows: Sequence[AuditRow], last: Seal) -> Seal:
    """Give the rows the next sequences and hashes of the chain, in order; return its new end."""
    for row in rows:
        row.sequence, row.previous_hash = last.sequence + 1, last.hash
        row.hash = hash_of(row)
        last = Seal(row.sequence, row.hash)
    return last


def hash_of(row: AuditRow | Row[Any]) -> str:
    """Return SHA-256 of the previous hash and the canonical JSON of the row."""
    fields = {
        "sequence": row.sequence,
        "id": row.id,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": row.actor,
        "actor_role": row.actor_role,
        "action": row.action,
        "subject": row.subject,
        "subject_id": row.subject_id,
        "case_number": row.case_number,
        "reason": row.reason,
        "details": row.details,
    }
    canonical = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{row.previous_hash}{canonical}".encode()).hexdigest()


def chain_end(session: Session) -> Seal:
    """Return the last sealed row's sequence and hash; (0, GENESIS) before the first."""
    newest = select(AuditRow.sequence, AuditRow.hash).where(AuditRow.sequence.is_not(None))
    found = session.execute(newest.order_by(AuditRow.sequence.desc()).limit(1)).first()
    return Seal(found[0] or 0, found[1] or GENESIS) if found else Seal(0, GENESIS)


def verify(session: Session, anchor: Seal | None = None) -> Verdict:
    """Recompute the whole chain, a part at a time, and tell the first row that was changed or is missing.

    anchor: an end of the chain known from elsewhere (the relay keeps one in Redis). With it, rows cut off
    at the end, and a chain written anew, are found too.
    """
    unsealed = session.scalar(select(func.count()).where(AuditRow.sequence.is_(None))) or 0
    last = Seal(0, GENESIS)
    while True:
        part = select(*AuditRow.__table__.c).where(AuditRow.sequence > last.sequence)
        rows = session.execute(part.order_by(AuditRow.sequence).limit(READ_AT_ONCE)).all()
        for row in rows:
            why = _fault(row, last, anchor)
            if why:
                return Verdict(last.sequence, unsealed, Break(last.sequence + 1, why))
            last = Seal(last.sequence + 1, str(row.hash))
        if not rows:
            break
    if anchor and last.sequence < anchor.sequence:
        why = f"rows after it are missing: {anchor.sequence} were sealed"
        return Verdict(last.sequence, unsealed, Break(last.sequence + 1, why))
    return Verdict(last.sequence, unsealed)


def _fault(row: Row[Any], last: Seal, anchor: Seal | None) -> str | None:
    if row.sequence != last.sequence + 1:
        return "the row is missing"
    if row.previous_hash != last.hash:
        return "it does not follow the row before it"
    if row.hash != hash_of(row):
        return "its content was changed"
    if anchor and row.sequence == anchor.sequence and row.hash != anchor.hash:
        return "the chain was written anew"
    return None
