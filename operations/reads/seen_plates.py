"""Which plate texts there are, from which day to which: kept at intake, forgotten by retention."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import case, delete, event, select, update

from operations.reads.plate_table import FORGOTTEN
from operations.store import Session, insert_new
from operations.tables import LearnedUntil, PlateRow, SightingRow

_REMEMBERED = 200_000
"""Texts that one worker remembers: some 40 MB. Any more are looked up, 500 in a few milliseconds."""
_CHUNK = 5_000

Span = tuple[date, date]
"""The first and the last day."""


@dataclass(slots=True)
class Kept:
    """The days of plates that one worker knows to be in the database."""

    spans: dict[str, Span] = field(default_factory=dict)

    def remember(self, spans: dict[str, Span]) -> None:
        """Add what was committed; what was learned longest ago goes when there are too many."""
        for text, span in spans.items():
            self.spans[text] = _wider(self.spans.get(text, span), span)
        if len(self.spans) > _REMEMBERED:
            self.spans = dict(list(self.spans.items())[_REMEMBERED // 2 :])


def keep(session: Session, known: Kept, seen: Iterable[tuple[str, date]]) -> None:
    """See to it that each plate text is stored with its days (UTC). `known` learns it once it is committed.

    Never waits in a circle with other workers: new texts come first and in one order, then those whose days
    grow, by id, and who waits there has not yet changed what others could wait for.
    """
    spans: dict[str, Span] = {}
    for text, day in seen:
        first, last = known.spans.get(text) or (date.max, date.min)
        if not first <= day <= last:
            spans[text] = _wider(spans.get(text, (day, day)), (day, day))
    if not spans:
        return
    stored = _stored(session, spans)
    missing = spans.keys() - stored.keys()
    if _insert(session, {text: spans[text] for text in missing}) < len(missing):
        stored = _stored(session, spans)  # another worker was quicker with some
    for text in _widen(session, spans, stored):
        _insert(session, {text: spans[text]})  # forgotten since we looked
    event.listen(session, "after_commit", lambda _: known.remember(spans), once=True)


def forget_unseen(session: Session, before_day: date) -> int:
    """Delete the plates last seen before a day that no stored sighting carries; return how many.

    Call it once the sightings are gone. What a case preserves keeps its plate.
    """
    limit = datetime.combine(before_day, time.min, UTC)
    carried = select(1).where(SightingRow.plate == PlateRow.text, SightingRow.seen_at < limit)
    unseen = select(PlateRow.id).where(PlateRow.last_day < before_day, ~carried.exists())
    # What a worker holds has just been seen again: leave it, and never wait for a worker.
    ids = session.scalars(unseen.order_by(PlateRow.id).with_for_update(skip_locked=True)).all()
    for start in range(0, len(ids), _CHUNK):
        session.execute(delete(PlateRow).where(PlateRow.id.in_(ids[start : start + _CHUNK])))
    if ids:
        _mark_forgotten(session, limit)
    return len(ids)


def _mark_forgotten(session: Session, at: datetime) -> None:
    """Tell every plate index to begin anew: the mark always rises."""
    mark = session.get(LearnedUntil, FORGOTTEN)
    if mark is None:
        session.add(LearnedUntil(name=FORGOTTEN, until=at))
    else:
        mark.until = max(at, mark.until + timedelta(seconds=1))


def _stored(session: Session, spans: dict[str, Span]) -> dict[str, tuple[int, Span]]:
    """Return the id and days of the texts that are stored already."""
    wanted = select(PlateRow.text, PlateRow.id, PlateRow.first_day, PlateRow.last_day)
    found: dict[str, tuple[int, Span]] = {}
    for some in _chunks(sorted(spans)):
        for text, plate_id, first, last in session.execute(wanted.where(PlateRow.text.in_(some))):
            found[text] = plate_id, (first, last)
    return found


def _insert(session: Session, spans: dict[str, Span]) -> int:
    rows = [
        {"text": text, "first_day": first, "last_day": last} for text, (first, last) in sorted(spans.items())
    ]
    return len(insert_new(session, PlateRow, rows))


def _widen(session: Session, spans: dict[str, Span], stored: dict[str, tuple[int, Span]]) -> list[str]:
    """Widen the days of stored texts where they must be; return the texts that are gone."""
    groups: dict[Span, dict[int, str]] = {}
    for text, (plate_id, days) in stored.items():
        if _wider(days, spans[text]) != days:
            groups.setdefault(spans[text], {})[plate_id] = text
    texts = {plate_id: text for group in groups.values() for plate_id, text in group.items()}
    held = set[int]()
    for some in _chunks(sorted(texts)):
        wanted = select(PlateRow.id).where(PlateRow.id.in_(some)).order_by(PlateRow.id)
        held |= set(session.scalars(wanted.with_for_update()))
    for (first, last), group in groups.items():
        wider = {
            "first_day": case((PlateRow.first_day > first, first), else_=PlateRow.first_day),
            "last_day": case((PlateRow.last_day < last, last), else_=PlateRow.last_day),
        }
        for some in _chunks(sorted(group)):
            session.execute(update(PlateRow).where(PlateRow.id.in_(some)).values(wider))
    return sorted(text for plate_id, text in texts.items() if plate_id not in held)


def _wider(one: Span, other: Span) -> Span:
    return min(one[0], other[0]), max(one[1], other[1])


def _chunks(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))
