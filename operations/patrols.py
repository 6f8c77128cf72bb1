"""Following a patrol plan: a unit's route, and checking in. Plans are made in patrol_planning.py."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from geo.coordinates import haversine_m
from geo.roads import RoadNetwork
from geo.travel_times import NoRoadBetween, route
from operations import audit, events
from operations.assignments import unit_json
from operations.audit import Actor
from operations.facts import Conflict, NotAllowed, NotFound
from operations.store import Session
from operations.tables import Grid, PatrolPlan, PatrolStop, Unit
from operations.times import to_text

Json = dict[str, Any]


class StopNotFound(NotFound):
    """No patrol stop has this id; perhaps the day was planned anew."""

    def __init__(self, stop_id: int) -> None:
        super().__init__(f"There is no patrol stop {stop_id}.")


class AlreadyCheckedIn(Conflict):
    """The patrol was here before."""

    def __init__(self, at: datetime) -> None:
        super().__init__(f"This stop was checked in at {to_text(at)}.")


def site_day(now: datetime, timezone: str) -> date:
    """Return the local day."""
    return now.astimezone(ZoneInfo(timezone)).date()


def current_plan(session: Session, unit_id: int, now: datetime, timezone: str) -> PatrolPlan | None:
    """Return the unit's plan: yesterday's while its night shift lasts, else today's."""
    today = site_day(now, timezone)
    ends = select(func.max(PatrolStop.leave_at)).where(PatrolStop.plan_id == PatrolPlan.id).scalar_subquery()
    yesterdays = select(PatrolPlan).where(
        PatrolPlan.unit_id == unit_id, PatrolPlan.day == today - timedelta(days=1), ends > now
    )
    todays = select(PatrolPlan).where(PatrolPlan.unit_id == unit_id, PatrolPlan.day == today)
    return session.scalar(yesterdays) or session.scalar(todays)


def stops_of(session: Session, plan_id: int) -> Sequence[PatrolStop]:
    """Return the stops of a plan in order."""
    stops = select(PatrolStop).where(PatrolStop.plan_id == plan_id).order_by(PatrolStop.position)
    return session.scalars(stops).all()


def patrol_route(session: Session, network: RoadNetwork, unit: Unit, now: datetime, timezone: str) -> Json:
    """Return the unit, its current plan with the way between its stops, and what it is sent to."""
    plan = current_plan(session, unit.id, now, timezone)
    (shown,) = unit_json(session, [unit])
    return {
        "unit": shown,
        "plan": plan and _plan_json(session, network, plan),
        "assignment": shown["assignment"],
    }


def check_in(session: Session, stop_id: int, note: str | None, actor: Actor, now: datetime) -> Json:
    """Say that the patrol is at a stop. Raises StopNotFound, NotAllowed, AlreadyCheckedIn."""
    stop = session.get(PatrolStop, stop_id, with_for_update=True, populate_existing=True)
    if stop is None:
        raise StopNotFound(stop_id)
    plan = session.get_one(PatrolPlan, stop.plan_id)
    unit = session.get_one(Unit, plan.unit_id)
    if actor.role != "patrol" or unit.user_id != actor.user_id:
        raise NotAllowed("Only the patrol whose stop it is may check in.")
    if stop.checked_in_at is not None:
        raise AlreadyCheckedIn(stop.checked_in_at)
    stop.checked_in_at, stop.note = now, note
    shown = _stops_json(session, [stop])[0]
    away_m = round(float(haversine_m(unit.lon, unit.lat, stop.lon, stop.lat)))
    audit.record(
        session,
        actor=actor,
        action=events.PATROL_CHECKED_IN,
        subject="patrol_stop",
        subject_id=stop.id,
        details={"unit_id": unit.id, "stop": shown, "away_m": away_m},
        now=now,
    )
    return shown


def _plan_json(session: Session, network: RoadNetwork, plan: PatrolPlan) -> Json:
    stops = stops_of(session, plan.id)
    return {"day": plan.day, "stops": _stops_json(session, stops), "line": _line(network, stops)}


def _stops_json(session: Session, stops: Sequence[PatrolStop]) -> list[Json]:
    wanted = {stop.grid_id for stop in stops}
    codes = {row[0]: row[1] for row in session.execute(select(Grid.id, Grid.code).where(Grid.id.in_(wanted)))}
    return [
        {
            "id": stop.id,
            "position": stop.position,
            "grid_code": codes[stop.grid_id],
            "lon": stop.lon,
            "lat": stop.lat,
            "arrive_at": to_text(stop.arrive_at),
            "leave_at": to_text(stop.leave_at),
            "checked_in_at": to_text(stop.checked_in_at),
            "note": stop.note,
        }
        for stop in stops
    ]


def _line(network: RoadNetwork, stops: Sequence[PatrolStop]) -> Json | None:
    """Return the drive along the stops as one GeoJSON LineString; None for fewer than two places."""
    if not stops:
        return None
    nodes = network.snap([stop.lon for stop in stops], [stop.lat for stop in stops]).tolist()
    places: list[list[float]] = []
    for here, there in pairwise(nodes):
        try:
            places += route(network, here, there).coordinates
        except NoRoadBetween:  # the road network was replaced after the plan was made
            places += [list(network.place(here)), list(network.place(there))]
    return {"type": "LineString", "coordinates": places} if len(places) > 1 else None
