"""Following a plan: the route a unit drives now and its stops. Checking in is in operations/field."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, select

from operations.patrolling.days import site_day
from operations.store import Session
from operations.tables import PatrolPlan, PatrolRoute, PatrolStop


def current_route(session: Session, unit_id: int, now: datetime, timezone: str) -> PatrolRoute | None:
    """Return the unit's route by the published plans: the one under way or next of today, else today's last.

    Yesterday's while its night shift lasts.
    """
    today = site_day(now, timezone)
    routes = session.scalars(
        published_routes()
        .where(PatrolRoute.unit_id == unit_id, PatrolRoute.out_at.is_(None))
        .where(PatrolPlan.day.in_((today - timedelta(days=1), today)))
        .order_by(PatrolRoute.shift_from)
    ).all()
    ahead = [route for route in routes if route.shift_until > now]
    if ahead:
        return ahead[0]
    days = {route.id: session.get_one(PatrolPlan, route.plan_id).day for route in routes}
    over = [route for route in routes if days[route.id] == today]
    return over[-1] if over else None


def published_routes() -> Select[PatrolRoute]:
    """Select the routes of published plans, those of units that fell out too."""
    joined = select(PatrolRoute).join(PatrolPlan, PatrolPlan.id == PatrolRoute.plan_id)
    return joined.where(PatrolPlan.state == "published")


def stops_of(session: Session, route_id: int) -> Sequence[PatrolStop]:
    """Return the stops of a route that are still to be made or were, in order."""
    stops = select(PatrolStop).where(PatrolStop.route_id == route_id, PatrolStop.dropped_at.is_(None))
    return session.scalars(stops.order_by(PatrolStop.position)).all()
