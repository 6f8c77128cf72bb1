"""Preserved: which sightings a case keeps beyond their days, and why. Deleting is in retention.py."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, delete, exists, func, insert, literal, select

from operations.store import Session, insert_missing
from operations.tables import Alert, AlertSighting, Case, CaseSighting, SightingRow

Key = tuple[str, datetime]
"""A sighting's id and seen_at."""


def preserve(session: Session, case_id: int, found_by: str, keys: Sequence[Key]) -> None:
    """Keep sightings that a question (`found_by`: its id) of a case found until the case ends."""
    rows = [
        {"case_id": case_id, "found_by": found_by, "sighting_id": sighting_id, "seen_at": seen_at}
        for sighting_id, seen_at in keys
    ]
    insert_missing(session, CaseSighting, rows)


def preserve_alerts(session: Session) -> None:
    """Keep what alerts of open cases hit, where that is not done yet."""
    found_by = literal("alert:") + cast(Alert.id, String)
    done = exists().where(
        CaseSighting.case_id == Alert.case_id,
        CaseSighting.found_by == found_by,
        CaseSighting.sighting_id == AlertSighting.sighting_id,
        CaseSighting.seen_at == AlertSighting.seen_at,
    )
    hit = (
        select(Alert.case_id, found_by, AlertSighting.sighting_id, AlertSighting.seen_at)
        .join(Alert, Alert.id == AlertSighting.alert_id)
        .join(Case, Case.id == Alert.case_id)
        .where(Case.state == "open", ~done)
    )
    session.execute(insert(CaseSighting).from_select(["case_id", "found_by", "sighting_id", "seen_at"], hit))


def release(session: Session, case_id: int) -> int:
    """Let go of what a case preserved; return how many sightings."""
    own = CaseSighting.case_id == case_id
    count = session.scalar(select(func.count(CaseSighting.sighting_id.distinct())).where(own)) or 0
    session.execute(delete(CaseSighting).where(own))
    return count


def found_sighting(session: Session, case_id: int, found_by: str, sighting_id: str) -> SightingRow | None:
    """Return a sighting that a question of a case found; None where it did not."""
    same = (SightingRow.id == CaseSighting.sighting_id) & (SightingRow.seen_at == CaseSighting.seen_at)
    wanted = select(SightingRow).join(CaseSighting, same)
    wanted = wanted.where(CaseSighting.case_id == case_id, CaseSighting.found_by == found_by)
    return session.scalar(wanted.where(CaseSighting.sighting_id == sighting_id))


def is_preserved() -> ColumnElement[bool]:
    """Return the condition that an open case preserves a sighting."""
    return (
        exists()
        .where(CaseSighting.seen_at == SightingRow.seen_at, CaseSighting.sighting_id == SightingRow.id)
        .where(Case.id == CaseSighting.case_id, Case.state == "open")
        .correlate(SightingRow)
    )


def count_preserved(session: Session, limit: datetime) -> int:
    """Return how many stored sightings before `limit` an open case preserves."""
    same = (SightingRow.id == CaseSighting.sighting_id) & (SightingRow.seen_at == CaseSighting.seen_at)
    kept = select(SightingRow.id, SightingRow.seen_at).join(CaseSighting, same).distinct()
    kept = kept.join(Case, Case.id == CaseSighting.case_id).where(Case.state == "open")
    kept = kept.where(CaseSighting.seen_at < limit, SightingRow.seen_at < limit)
    return session.scalar(select(func.count()).select_from(kept.subquery())) or 0
