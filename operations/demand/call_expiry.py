"""Expiry of calls: past their days they go, and the trail says how many went and how many are left."""

from datetime import datetime

from sqlalchemy import delete, func, select

from operations import audit
from operations.audit import SYSTEM
from operations.retention import limit_at
from operations.store import Engine, take_turn, writing
from operations.tables import PublicCall
from operations.times import to_text

EXPIRED = "patrol.calls_expired"


def expire_calls(engine: Engine, now: datetime, days: int) -> int:
    """Delete calls older than whole days, look whether they are gone; return how many went."""
    before = limit_at(now, days)
    with writing(engine) as session:
        if not take_turn(session, "call expiry"):
            return 0
        gone = int(getattr(session.execute(delete(PublicCall).where(PublicCall.at < before)), "rowcount", 0))
        if gone:
            left = session.scalar(select(func.count()).select_from(PublicCall).where(PublicCall.at < before))
            audit.record(
                session,
                actor=SYSTEM,
                now=now,
                action=EXPIRED,
                subject="public_calls",
                subject_id=f"{before:%Y-%m-%d}",
                details={"before": to_text(before), "calls": gone, "left": left or 0, "days": days},
            )
    return gone
