"""Retention: sightings and pictures go when their days are over, unless an open case needs them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, delete, func, or_, select, tuple_

from operations import audit, camera_hours
from operations.audit import SYSTEM
from operations.media import KEY
from operations.store import (
    Engine,
    Session,
    ensure_partitions,
    partitions_before,
    reading,
    take_turn,
    thin_partition,
    writing,
)
from operations.tables import Alert, AlertSighting, Case, QueryRow, SightingRow
from operations.times import from_text, to_text

PARTITIONS_AHEAD_DAYS = 7
AT_ONCE = 5_000
# Pictures are stored a little before or after their sighting's own time.
PICTURES_LATER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Expired:
    """What went: rows of sightings, and picture files."""

    sightings: int
    pictures: int


def make_partitions(engine: Engine, now: datetime) -> None:
    """Make the partitions of the coming days."""
    with writing(engine) as session:
        if take_turn(session, "partitions"):
            ensure_partitions(session, now.date(), now.date() + timedelta(days=PARTITIONS_AHEAD_DAYS))


def expire(engine: Engine, media_dir: Path, now: datetime, days: int) -> Expired:
    """Delete what is older than `days` whole days and belongs to no open case; audited when anything went."""
    limit = datetime.combine((now - timedelta(days=days)).astimezone(UTC).date(), time.min, UTC)
    sightings = sum(_expire_partitions(engine, limit)) + sum(_expire_rows(engine, limit))
    with reading(engine) as session:
        kept = _kept_pictures(session, limit)
    pictures = _delete_pictures(media_dir, limit - PICTURES_LATER, kept)
    with writing(engine) as session:
        camera_hours.forget_old(session, now)
    if sightings or pictures:
        with writing(engine) as session:
            audit.record(
                session,
                actor=SYSTEM,
                now=now,
                action="sightings.expired",
                subject="sightings",
                subject_id=f"{limit:%Y-%m-%d}",
                details={
                    "before": to_text(limit),
                    "sightings": sightings,
                    "pictures": pictures,
                    "days": days,
                },
            )
    return Expired(sightings, pictures)


def belongs_to_an_open_case(session: Session) -> ColumnElement[bool]:
    """Return the condition that a sighting is in an alert of an open case, or answers a query of one."""
    alerted = (
        select(AlertSighting.sighting_id)
        .join(Alert, Alert.id == AlertSighting.alert_id)
        .join(Case, Case.id == Alert.case_id)
        .where(Case.state == "open")
    )
    asked = select(QueryRow.question).join(Case, Case.id == QueryRow.case_id).where(Case.state == "open")
    answers = [_answers(question) for question in session.scalars(asked)]
    return or_(SightingRow.id.in_(alerted), *answers)


def _answers(question: dict[str, str]) -> ColumnElement[bool]:
    """Return the condition that a sighting answers a question {"plate", "from", "to"}."""
    like = question["plate"].replace("?", "_").replace("*", "%")
    since, until = from_text(question["from"]), from_text(question["to"])
    # An unread plate must make this false, not unknown: NOT unknown is no reason to delete.
    return func.coalesce(SightingRow.plate, "").like(like) & SightingRow.seen_at.between(since, until)


def _expire_partitions(engine: Engine, limit: datetime) -> Iterator[int]:
    with reading(engine) as session:
        days = partitions_before(session, limit.date())
    for day in days:
        with writing(engine) as session:
            mine = take_turn(session, "retention")
            gone = thin_partition(session, day, belongs_to_an_open_case(session)) if mine else 0
        yield gone


def _expire_rows(engine: Engine, limit: datetime) -> Iterator[int]:
    """Delete row by row where there are no partitions, in short transactions."""
    while True:
        with writing(engine) as session:
            old = select(SightingRow.id, SightingRow.seen_at).where(SightingRow.seen_at < limit)
            rows = session.execute(old.where(~belongs_to_an_open_case(session)).limit(AT_ONCE)).all()
            if not rows:
                return
            key = tuple_(SightingRow.id, SightingRow.seen_at)
            session.execute(delete(SightingRow).where(key.in_([tuple(row) for row in rows])))
        yield len(rows)


def _kept_pictures(session: Session, limit: datetime) -> set[str]:
    old = select(SightingRow.snapshot, SightingRow.plate_crop).where(SightingRow.seen_at < limit)
    return {key for row in session.execute(old) for key in row if key}


def _delete_pictures(media_dir: Path, limit: datetime, kept: set[str]) -> int:
    deleted = 0
    for file in media_dir.glob("[0-9a-f][0-9a-f]/*.jpg"):
        if KEY.fullmatch(file.name) and file.name not in kept and file.stat().st_mtime < limit.timestamp():
            file.unlink(missing_ok=True)
            deleted += 1
    return deleted
