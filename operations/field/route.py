"""The route on a team's phone: stops of the published plan, the way, what it is sent to. Changes nothing."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from operations.assignments import unit_json
from operations.field.check_in_views import stops_json
from operations.field.doubts import NEAR_M
from operations.field.shift_hours import NotOnShift, check_on_shift
from operations.store import Session
from operations.tables import PatrolPlan, PatrolRoute, PatrolStop, Unit
from operations.times import to_text

AHEAD = timedelta(hours=24)
AFTER = timedelta(hours=1)  # how long past its shift a team may still look at what it did
LONG_OVER = timedelta(hours=12)

Json = dict[str, Any]


def phone_route(session: Session, unit: Unit, timezone: str, now: datetime) -> Json:
    """Return the unit, its route now (or the next within a day, or the one just over), and its assignment."""
    (shown,) = unit_json(session, [unit])
    found = current_route(session, unit.id, now)
    return {
        "unit": shown,
        "plan": _route_json(session, *found) if found else None,
        "assignment": shown["assignment"],
        "server_time": to_text(now),
        "may_share": _may_share(session, unit, timezone, now),
        "near_m": NEAR_M,
    }


def current_route(session: Session, unit_id: int, now: datetime) -> tuple[PatrolPlan, PatrolRoute] | None:
    """Return the unit's published route that is under way, else the next, else the one just over."""
    routes = (
        select(PatrolPlan, PatrolRoute)
        .join(PatrolRoute, PatrolRoute.plan_id == PatrolPlan.id)
        .where(PatrolPlan.state == "published", PatrolRoute.unit_id == unit_id)
        .where(PatrolRoute.out_at.is_(None))  # it fell out, or another plan has taken this one's place
    )
    ahead = routes.where(PatrolRoute.shift_until > now - AFTER, PatrolRoute.shift_from < now + AHEAD)
    ahead = ahead.order_by(PatrolRoute.shift_from, PatrolPlan.id.desc())
    over = routes.where(PatrolRoute.shift_until <= now, PatrolRoute.shift_until > now - LONG_OVER)
    over = over.order_by(PatrolRoute.shift_until.desc(), PatrolPlan.id.desc())
    row = session.execute(ahead.limit(1)).first() or session.execute(over.limit(1)).first()
    return (row[0], row[1]) if row else None


def _route_json(session: Session, plan: PatrolPlan, route: PatrolRoute) -> Json:
    wanted = select(PatrolStop).where(
        PatrolStop.route_id == route.id,
        or_(PatrolStop.dropped_at.is_(None), PatrolStop.checked_in_at.is_not(None)),
    )
    stops = session.scalars(wanted.order_by(PatrolStop.position, PatrolStop.id)).all()
    line = route.line if route.line and len(route.line) > 1 else None
    return {
        "id": plan.id,
        "revision": plan.revision,
        "day": plan.day,
        "shift_from": to_text(route.shift_from),
        "shift_until": to_text(route.shift_until),
        "rest_from": to_text(route.rest_from),
        "rest_until": to_text(route.rest_until),
        "out_at": to_text(route.out_at),
        "stops": stops_json(session, stops),
        "line": line and {"type": "LineString", "coordinates": line},
    }


def _may_share(session: Session, unit: Unit, timezone: str, now: datetime) -> bool:
    try:
        check_on_shift(session, unit, timezone, now)
    except NotOnShift:
        return False
    return True
