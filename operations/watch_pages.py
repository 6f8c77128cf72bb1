"""Pages of the watchlist as a person may see it. Changing entries is in watchlist.py."""

from collections.abc import Sequence

from sqlalchemy import select

from operations.audit import Actor
from operations.store import Session
from operations.tables import CaseMember, WatchlistEntry


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
