"""Neighbours: how many readings of other plates are expected among those of one. A number, no vehicle."""

from datetime import datetime

from sqlalchemy import func, select

from operations.reads.errors import ReadErrors
from operations.store import Session
from operations.tables import SightingRow

LEAST = 2e-5  # P(read | true) below which a plate is no neighbour
MOST = 900


def foreign_reads(
    session: Session, plate: str, since: datetime, until: datetime, errors: ReadErrors
) -> float:
    """Return how many sightings of plates easily taken for `plate` were misread as it, in expectation.

    Counts them together by the index on plates; what they were and where is neither read nor kept.
    """
    truths = errors.likely_truths(plate, LEAST)
    nearest = sorted((text for text in truths if text != plate), key=lambda text: -truths[text])[:MOST]
    if not nearest:
        return 0.0
    counts = session.execute(
        select(SightingRow.plate, func.count())
        .where(SightingRow.plate.in_(nearest), SightingRow.seen_at >= since, SightingRow.seen_at < until)
        .group_by(SightingRow.plate)
    )
    return float(sum(count * truths[str(text)] for text, count in counts))
