"""Camera hours: how many vehicles each camera saw in each hour, kept in step with the sightings; no plate.

They outlive the sightings, because a camera's usual traffic is learned from weeks. Judges nothing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import case, delete, func, select

from operations.store import Session, add_amounts
from operations.tables import Camera, CameraHour, SightingRow

KEPT = timedelta(weeks=12)


@dataclass(frozen=True, slots=True)
class Count:
    """Vehicles seen, and plates read from them."""

    seen: int = 0
    read: int = 0


def hour_of(at: datetime) -> datetime:
    """Return the beginning of the hour (UTC) that a time lies in."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def count_in(session: Session, sightings: Iterable[tuple[int, datetime, bool]]) -> None:
    """Count sightings (camera id, seen_at, whether a plate was read): those this transaction has inserted."""
    seen: Counter[tuple[int, datetime]] = Counter()
    read: Counter[tuple[int, datetime]] = Counter()
    for camera_id, seen_at, has_plate in sightings:
        key = camera_id, hour_of(seen_at)
        seen[key] += 1
        read[key] += has_plate
    # In one order in every worker: two of them never wait for each other in a circle.
    rows = [
        {"camera_id": camera_id, "hour": hour, "seen": seen[camera_id, hour], "read": read[camera_id, hour]}
        for camera_id, hour in sorted(seen)
    ]
    add_amounts(session, CameraHour, rows, ("seen", "read"))


def counts_of(
    session: Session, camera_ids: Sequence[int], hours: Sequence[datetime]
) -> dict[int, dict[datetime, Count]]:
    """Return, by camera and hour, what was counted; an hour without a vehicle is not there."""
    wanted = select(CameraHour.camera_id, CameraHour.hour, CameraHour.seen, CameraHour.read).where(
        CameraHour.camera_id.in_(camera_ids), CameraHour.hour.in_(hours)
    )
    found: dict[int, dict[datetime, Count]] = {camera_id: {} for camera_id in camera_ids}
    for camera_id, hour, seen, read in session.execute(wanted):
        found[camera_id][hour] = Count(seen, read)
    return found


def first_hours(session: Session, camera_ids: Sequence[int]) -> dict[int, datetime]:
    """Return, by camera, the first hour in which it saw anything; those that never did are left out."""
    first = (
        select(func.min(CameraHour.hour)).where(CameraHour.camera_id == Camera.id).correlate(Camera)
    ).scalar_subquery()
    rows = session.execute(select(Camera.id, first).where(Camera.id.in_(camera_ids)))
    return {camera_id: hour for camera_id, hour in rows if hour is not None}


def counts_since(
    session: Session, camera_ids: Sequence[int], since: Sequence[datetime]
) -> list[dict[int, Count]]:
    """Return, for each of the times, what each camera has seen since then; counted in the sightings."""
    columns = []
    for at in since:
        later = SightingRow.seen_at >= at
        columns += [func.sum(case((later, 1), else_=0)), func.count(case((later, SightingRow.plate)))]
    rows = session.execute(
        select(SightingRow.camera_id, *columns)
        .where(SightingRow.camera_id.in_(camera_ids), SightingRow.seen_at >= min(since))
        .group_by(SightingRow.camera_id)
    ).all()
    return [{row[0]: Count(row[1 + 2 * n], row[2 + 2 * n]) for row in rows} for n in range(len(since))]


def forget_old(session: Session, now: datetime) -> None:
    """Delete the counts of hours that nothing compares with any more."""
    session.execute(delete(CameraHour).where(CameraHour.hour < now - KEPT))
