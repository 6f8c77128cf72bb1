"""Watched: the watchlist entries in force as matching needs them. Changing one is in watchlist.py."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, cast, func, select

from operations.store import Session
from operations.tables import Case, WatchlistEntry
from operations.watch_conditions import ANYTHING, Conditions, conditions_of


@dataclass(frozen=True, slots=True)
class Watched:
    """What matching needs of a watchlist entry, and an alert of it. In force from until before; aware UTC."""

    id: int
    pattern: str
    severity: str
    case_id: int
    case_number: str
    valid_from: datetime
    valid_until: datetime
    fuzzy: bool = True
    conditions: Conditions = ANYTHING


def entries_in_force(session: Session, now: datetime) -> list[Watched]:
    """Return the active entries of open cases that are valid at `now`, by id; none outlives its case."""
    entry = WatchlistEntry
    rows = session.execute(
        select(
            entry.id,
            entry.pattern,
            entry.severity,
            entry.case_id,
            Case.number,
            entry.valid_from,
            entry.valid_until,
            Case.ends_at,
            entry.fuzzy,
            entry.vehicle_class,
            entry.colour,
            entry.area,
            entry.hours,
        )
        .join(Case, Case.id == entry.case_id)
        .where(entry.state == "active", Case.state == "open", Case.ends_at > now)
        .where(entry.valid_from <= now, entry.valid_until > now)
        .order_by(entry.id)
    )
    return [
        Watched(
            *row[:6],
            min(row[6], row[7]),
            row.fuzzy,
            conditions_of(row.vehicle_class, row.colour, row.area, row.hours),
        )
        for row in rows
    ]


def fingerprint(session: Session) -> Hashable:
    """Return what differs whenever an entry or a case came into force, ended or changed its end; quick.

    An entry never changes but to begin or end, so the ids in force say all about entries.
    """
    ids = cast(WatchlistEntry.id, BigInteger)  # the square of 50,000 is no 32-bit number
    active = select(func.count(), func.sum(ids), func.sum(ids * ids)).where(WatchlistEntry.state == "active")
    cases = select(Case.id, Case.ends_at).where(Case.state == "open").order_by(Case.id)
    return tuple(session.execute(active).one()), tuple(map(tuple, session.execute(cases)))
