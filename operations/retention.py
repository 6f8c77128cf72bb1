"""Retention: what is old goes, what an open case preserves stays, and each time it is proven that it went.

The proof is an audit row: what was counted when deleting, and what was found when looked for afterwards.
"""

import time as clock
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from operations import audit, camera_hours
from operations.audit import SYSTEM
from operations.deletion import (
    Pictures,
    count_left,
    delete_sightings,
    forget_corrections,
    kept_pictures,
)
from operations.questions.preserved import count_preserved, preserve_alerts
from operations.reads.seen_plates import forget_unseen
from operations.store import Engine, Session, ensure_partitions, reading, take_turn, writing
from operations.tables import AuditRow, CameraHour
from operations.times import to_text

PARTITIONS_AHEAD_DAYS = 7
LATEST = timedelta(hours=26)  # it speaks once a day, within an hour of midnight (UTC)
ACTION, SUBJECT = "sightings.expired", "sightings"


@dataclass(frozen=True, slots=True)
class Expired:
    """What went: rows of sightings, picture files, plate texts; and what is left that should have gone."""

    sightings: int
    pictures: int
    plates: int = 0
    left_sightings: int = 0
    left_pictures: int = 0

    @property
    def is_proven(self) -> bool:
        return not (self.left_sightings or self.left_pictures)


@dataclass(frozen=True, slots=True)
class Proof:
    """What retention last said in the trail: when, what went, and what was left that should have gone."""

    at: datetime
    sightings: int
    pictures: int
    left_sightings: int
    left_pictures: int
    preserved: int


def make_partitions(engine: Engine, now: datetime) -> None:
    """Make the partitions of the coming days."""
    with writing(engine) as session:
        if take_turn(session, "partitions"):
            ensure_partitions(session, now.date(), now.date() + timedelta(days=PARTITIONS_AHEAD_DAYS))


def limit_at(now: datetime, days: int) -> datetime:
    """Return before which midnight (UTC) everything goes that nothing preserves."""
    return datetime.combine((now - timedelta(days=days)).astimezone(UTC).date(), time.min, UTC)


def expire(engine: Engine, media_dir: Path, now: datetime, days: int) -> Expired:
    """Delete what is older than `days` whole days and no open case preserves; look whether it is gone.

    An audit row says so once a day, and whenever anything went or is left.
    """
    started_s = clock.monotonic()
    limit = limit_at(now, days)
    with writing(engine) as session:
        preserve_alerts(session)
        first_today = _last_row(session, f"{limit:%Y-%m-%d}") is None
    with reading(engine) as session:
        pictures = Pictures(media_dir, limit, kept_pictures(session, limit))
    sightings = delete_sightings(engine, limit, pictures)
    if first_today:
        pictures.sweep()
    with writing(engine) as session:
        camera_hours.forget_old(session, now)
        forget_corrections(session, limit)
        plates = forget_unseen(session, limit.date())
    with reading(engine) as session:
        left, preserved = count_left(session, limit), count_preserved(session, limit)
    gone = Expired(sightings, pictures.deleted, plates, left, pictures.left)
    if first_today or gone != Expired(0, 0):
        said = {"days": days, "preserved": preserved, "seconds": round(clock.monotonic() - started_s, 1)}
        with writing(engine) as session:
            _record(session, gone, limit, now, said)
    return gone


def last_proof(session: Session) -> Proof | None:
    """Return what retention last said: once a day, and whenever anything went. None: it never ran."""
    row = _last_row(session, None)
    if row is None:
        return None
    counts = {name: int(row.details.get(name, 0)) for name in Proof.__slots__ if name != "at"}
    return Proof(at=row.at, **counts)


def overdue(session: Session, now: datetime, days: int) -> bool:
    """Return whether retention should have said something and has not: it is switched off, or it fails."""
    proof = last_proof(session)
    if proof is not None:
        return now - proof.at > LATEST
    first = session.scalar(select(func.min(CameraHour.hour)))
    return first is not None and first < limit_at(now, days) - LATEST


def _last_row(session: Session, day: str | None) -> AuditRow | None:
    rows = select(AuditRow).where(AuditRow.action == ACTION)
    if day is not None:
        rows = select(AuditRow).where(AuditRow.subject == SUBJECT, AuditRow.subject_id == day)
    return session.scalar(rows.order_by(AuditRow.id.desc()).limit(1))


def _record(session: Session, gone: Expired, limit: datetime, now: datetime, said: dict[str, Any]) -> None:
    """Keep the proof: counts, and the sentence of the check."""
    check = f"{gone.left_sightings} sightings left before {to_text(limit)} save {said['preserved']} preserved"
    audit.record(
        session,
        actor=SYSTEM,
        now=now,
        action=ACTION,
        subject=SUBJECT,
        subject_id=f"{limit:%Y-%m-%d}",
        details={"before": to_text(limit), **asdict(gone), **said, "check": check},
    )
