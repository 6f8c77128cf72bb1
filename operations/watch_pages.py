"""Pages of the watchlist as a person may see it. Changing entries is in watchlist.py."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from operations.audit import Actor
from operations.store import Session
from operations.tables import Alert, Case, CaseMember, User, WatchlistEntry
from operations.times import to_text


def entries_page(
    session: Session, actor: Actor, state: str | None, before_id: int | None, limit: int
) -> Sequence[WatchlistEntry]:
    """Return the entries of the person's cases (a supervisor: all), newest first, below an id."""
    wanted = select(WatchlistEntry).order_by(WatchlistEntry.id.desc()).limit(limit)
    if actor.role != "supervisor":
        mine = select(CaseMember.case_id).where(CaseMember.user_id == actor.user_id)
        wanted = wanted.where(WatchlistEntry.case_id.in_(mine))
    if state is not None:
        wanted = wanted.where(WatchlistEntry.state == state)
    if before_id is not None:
        wanted = wanted.where(WatchlistEntry.id < before_id)
    return session.scalars(wanted).all()


def entry_json(session: Session, entries: Sequence[WatchlistEntry]) -> list[dict[str, Any]]:
    """Return the entries as the API and the event stream show them; people are named by login."""
    people = {entry.created_by for entry in entries} | {entry.decided_by for entry in entries}
    users = session.execute(select(User.id, User.login).where(User.id.in_(people - {None})))
    logins = {user.id: user.login for user in users}
    case_ids = {entry.case_id for entry in entries}
    cases = session.execute(select(Case.id, Case.number).where(Case.id.in_(case_ids)))
    numbers = {case.id: case.number for case in cases}
    verdicts = _verdicts(session, [entry.id for entry in entries])
    return [
        {
            "id": entry.id,
            "pattern": entry.pattern,
            "case_number": numbers[entry.case_id],
            "reason": entry.reason,
            "severity": entry.severity,
            "fuzzy": entry.fuzzy,
            "vehicle_class": entry.vehicle_class,
            "colour": entry.colour,
            "area": entry.area,
            "hours": entry.hours,
            "state": entry.state,
            "valid_from": to_text(entry.valid_from),
            "valid_until": to_text(entry.valid_until),
            "created_by": logins.get(entry.created_by),
            "created_at": to_text(entry.created_at),
            "decided_by": logins.get(entry.decided_by) if entry.decided_by else None,
            "decided_at": to_text(entry.decided_at),
            "alerts": sum(verdicts[entry.id].values()),
            "confirmed": verdicts[entry.id]["confirmed"],
            "rejected": verdicts[entry.id]["rejected"],
        }
        for entry in entries
    ]


def _verdicts(session: Session, ids: Sequence[int]) -> dict[int, dict[str | None, int]]:
    """Return by entry how many of its alerts were confirmed, rejected, or had no verdict (None)."""
    counted = select(Alert.entry_id, Alert.verdict, func.count()).where(Alert.entry_id.in_(ids))
    found: dict[int, dict[str | None, int]] = defaultdict(lambda: defaultdict(int))
    for entry_id, verdict, count in session.execute(counted.group_by(Alert.entry_id, Alert.verdict)):
        found[entry_id][verdict] = count
    return found
