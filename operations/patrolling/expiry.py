"""Expiry of plans: drafts nobody published go after some weeks. What was published stays, for the report."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from operations import audit
from operations.audit import SYSTEM
from operations.store import Engine, take_turn, writing
from operations.tables import PatrolPlan, PatrolRoute, PatrolStop
from operations.times import to_text

KEPT = timedelta(days=28)


def expire_plans(engine: Engine, now: datetime) -> int:
    """Delete what was never driven and is of a day more than KEPT ago; return how many plans."""
    limit = (now - KEPT).date()
    driven = (
        select(PatrolRoute.plan_id)
        .join(PatrolStop, PatrolStop.route_id == PatrolRoute.id)
        .where(PatrolStop.checked_in_at.is_not(None))
    )
    with writing(engine) as session:
        if not take_turn(session, "patrol plans"):
            return 0
        old = select(PatrolPlan.id).where(
            PatrolPlan.day < limit,
            PatrolPlan.state.in_(("draft", "failed", "discarded", "superseded")),
            PatrolPlan.id.not_in(driven),
        )
        gone = session.scalars(old.order_by(PatrolPlan.id)).all()
        if gone:
            session.execute(delete(PatrolPlan).where(PatrolPlan.id.in_(gone)))
            audit.record(
                session,
                actor=SYSTEM,
                now=now,
                action="patrol.plans_expired",
                subject="patrol_plan",
                subject_id=f"{limit:%Y-%m-%d}",
                details={"before": to_text(now - KEPT), "plans": list(gone)},
            )
    return len(gone)
