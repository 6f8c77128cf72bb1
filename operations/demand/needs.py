"""What patrols are wanted for on a day: one Need for each visit, with the reasons that make its priority.

From places only: calls of the public, key places, blind cameras, standing orders, days since a visit. Never
from who lives where, and never from what patrols found. It plans no route.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from operations.coverage import blind_grids
from operations.demand.expected_calls import forecast
from operations.demand.grid_needs import UNVISITED_DAYS, Calls, Known, grid_needs
from operations.demand.grid_stops import GridStop, grid_stops
from operations.demand.need import Need as Need
from operations.demand.need import Reason, Site, again, need_of
from operations.demand.windows import HOUR_S, Wanted, Window, apart, cut, spans_of
from operations.store import Session
from operations.tables import KeyPlace, PatrolStop, StandingOrder

DWELL_S = 720.0  # Koper's 10 to 16 minutes; a setting, not a proven truth
ORDER_SPACING_S = 2 * HOUR_S


def needs(session: Session, day: date, timezone: str, now: datetime, dwell_s: float = DWELL_S) -> list[Need]:
    """Return every visit wanted on a local day, by place, then time. dwell_s: of grids. Raises NoCounty."""
    zone = ZoneInfo(timezone)
    stops = grid_stops(session)
    expected = forecast(session, [(stop.grid_id, stop.town_id) for stop in stops], day, zone)
    known = Known(day, _last_visits(session, zone, now), blind_grids(session, now))
    found: list[Need] = []
    for number, stop in enumerate(stops):
        calls = Calls(expected.hourly[number], int(expected.seen[number]))
        found += grid_needs(stop, calls, known, dwell_s)
    found += [need for place in _places(session) for need in _place_needs(place, day)]
    sites = {stop.grid_id: stop for stop in stops}
    for order in _orders(session, day):
        found += _order_needs(session, order, day, sites)
    return found


def _place_needs(place: KeyPlace, day: date) -> list[Need]:
    """Return a key place's visits within its hours of the day."""
    site = Site(
        place.grid_id,
        place.id,
        place.town_id,
        place.lon,
        place.lat,
        place.dwell_s,
        place.must,
        f"place:{place.id}",
    )
    reason = {"code": "place", "priority": round(place.priority, 2), "kind": place.kind, "name": place.name}
    return _ranked(
        site, spans_of(place.hours, day), Wanted(place.visits, place.dwell_s, place.spacing_s), reason
    )


def _order_needs(
    session: Session, order: StandingOrder, day: date, sites: Mapping[int, GridStop]
) -> list[Need]:
    """Return the visits a supervisor ordered; none to a grid that no road reaches."""
    place = session.get(KeyPlace, order.place_id) if order.place_id is not None else None
    where: KeyPlace | GridStop | None = place or sites.get(order.grid_id or 0)
    if where is None:
        return []
    site = Site(
        where.grid_id,
        order.place_id,
        where.town_id,
        where.lon,
        where.lat,
        order.dwell_s,
        order.must,
        f"order:{order.id}",
    )
    reason = {
        "code": "order",
        "priority": round(order.priority, 2),
        "order_id": order.id,
        "reason": order.reason,
        "until": order.until_day.isoformat(),
    }
    spans = spans_of(order.hours, day)
    shortest_s = min((span.until_s - span.from_s for span in spans), default=0.0)
    spacing_s = min(ORDER_SPACING_S, shortest_s / order.visits / 2)
    return _ranked(site, spans, Wanted(order.visits, order.dwell_s, spacing_s), reason)


def _ranked(site: Site, spans: Sequence[Window], wanted: Wanted, reason: Reason) -> list[Need]:
    """Return a need for each window of the spans; within a span each further visit is worth less."""
    ranked = [(window, rank) for span in spans for rank, window in enumerate(cut(span, wanted))]
    ranked = apart(ranked, wanted.spacing_s)
    spacing_s = wanted.spacing_s if len(ranked) > 1 else 0.0
    return [
        need_of(site, window, spacing_s, [reason, *again(reason["priority"], rank)])
        for window, rank in ranked
    ]


def _last_visits(session: Session, zone: ZoneInfo, now: datetime) -> dict[int, date]:
    """Return the local day of every grid's last believed visit in the days that count."""
    since = now - timedelta(days=UNVISITED_DAYS + 1)
    believed = select(PatrolStop.grid_id, func.max(PatrolStop.checked_in_at)).where(
        PatrolStop.checked_in_at >= since, PatrolStop.doubts.is_(None)
    )
    rows = session.execute(believed.group_by(PatrolStop.grid_id)).all()
    return {grid_id: at.astimezone(zone).date() for grid_id, at in rows if at is not None}


def _places(session: Session) -> Sequence[KeyPlace]:
    return session.scalars(select(KeyPlace).where(KeyPlace.active).order_by(KeyPlace.id)).all()


def _orders(session: Session, day: date) -> Sequence[StandingOrder]:
    """Return the orders in force on a day."""
    in_force = select(StandingOrder).where(
        StandingOrder.from_day <= day, StandingOrder.until_day >= day, StandingOrder.ended_at.is_(None)
    )
    return session.scalars(in_force.order_by(StandingOrder.id)).all()
