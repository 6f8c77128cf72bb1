"""Expiry in the field: positions go after their days, photos and places of check-ins after theirs.

As with sightings, an audit row proves it: what went, and what was found when looked for afterwards.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from operations import audit
from operations.audit import SYSTEM
from operations.field.photos import folder
from operations.media import KEY
from operations.retention import limit_at
from operations.store import Engine, Session, take_turn, writing
from operations.tables import AuditRow, CheckIn, UnitPosition
from operations.times import to_text

ACTION, SUBJECT = "positions.expired", "unit_positions"


@dataclass(frozen=True, slots=True)
class FieldDays:
    """How many whole days positions, and photos with the places of check-ins, are kept."""

    positions: int
    photos: int


@dataclass(frozen=True, slots=True)
class FieldGone:
    """What went, and what is left that should have gone."""

    positions: int = 0
    places: int = 0
    photos: int = 0
    left_positions: int = 0
    left_photos: int = 0

    @property
    def is_proven(self) -> bool:
        return not (self.left_positions or self.left_photos)


def expire_field(engine: Engine, media_dir: Path, now: datetime, days: FieldDays) -> FieldGone:
    """Delete what is too old, look whether it is gone, and say so daily and whenever anything went."""
    before, photos_before = limit_at(now, days.positions), limit_at(now, days.photos)
    with writing(engine) as session:
        if not take_turn(session, "field expiry"):
            return FieldGone()
        gone = session.execute(delete(UnitPosition).where(UnitPosition.at < before))
        emptied = session.execute(
            update(CheckIn)
            .where(_old_and_full(photos_before))
            .values(photo=None, lon=None, lat=None, accuracy_m=None)
        )
    photos, left_photos = _delete_files(folder(media_dir), photos_before)
    with writing(engine) as session:
        left = select(func.count()).select_from(UnitPosition).where(UnitPosition.at < before)
        said = FieldGone(_count(gone), _count(emptied), photos, session.scalar(left) or 0, left_photos)
        if said != FieldGone() or _first_today(session, before):
            _record(session, said, before, photos_before, now)
    return said


def left_over(session: Session, now: datetime, positions_days: int) -> int:
    """Return how many positions are there that should have gone a day ago: none where the timer runs."""
    late = select(func.count()).select_from(UnitPosition)
    return session.scalar(late.where(UnitPosition.at < limit_at(now, positions_days + 1))) or 0


def _old_and_full(before: datetime) -> ColumnElement[bool]:
    full = or_(CheckIn.photo.is_not(None), CheckIn.lon.is_not(None))
    return (CheckIn.received_at < before) & full


def _delete_files(photos: Path, before: datetime) -> tuple[int, int]:
    """Delete the photos last sent before a time; return how many went and how many would not go."""
    deleted = left = 0
    for file in photos.glob("[0-9a-f][0-9a-f]/*.jpg"):
        try:
            if not KEY.fullmatch(file.name) or file.stat().st_mtime >= before.timestamp():
                continue
            file.unlink()
            deleted += 1
        except OSError:  # a disk that is read-only or failing: the proof must say that the photo is there
            left += file.exists()
    return deleted, left


def _count(result: object) -> int:
    return int(getattr(result, "rowcount", 0))


def _first_today(session: Session, before: datetime) -> bool:
    rows = select(AuditRow.id).where(AuditRow.subject == SUBJECT, AuditRow.subject_id == f"{before:%Y-%m-%d}")
    return session.scalar(rows.limit(1)) is None


def _record(
    session: Session, gone: FieldGone, before: datetime, photos_before: datetime, now: datetime
) -> None:
    check = f"{gone.left_positions} positions left before {to_text(before)}"
    audit.record(
        session,
        actor=SYSTEM,
        now=now,
        action=ACTION,
        subject=SUBJECT,
        subject_id=f"{before:%Y-%m-%d}",
        details={
            "before": to_text(before),
            "photos_before": to_text(photos_before),
            **asdict(gone),
            "check": check,
        },
    )
