"""Plans as the API shows them: summaries, and the whole with routes, stops and the visits nobody makes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from operations.facts import BadInput
from operations.patrolling.days import local_midnight
from operations.patrolling.planning import progress
from operations.patrolling.stored import find_plan
from operations.store import Session
from operations.tables import Grid, KeyPlace, PatrolPlan, PatrolRoute, PatrolStop, Unit, User
from operations.times import to_text

Json = dict[str, Any]

STATES = ("wanted", "planning", "draft", "published", "superseded", "failed", "discarded")
AT_MOST = 200


@dataclass(frozen=True, slots=True)
class _Places:
    """What stops are shown with: codes of grids, names of key places."""

    grids: dict[int, str]
    places: dict[int, str]

    def of(self, grid_id: int, place_id: int | None) -> Json:
        """Return the fields that say where a visit is."""
        return {
            "grid_id": grid_id,
            "grid_code": self.grids.get(grid_id, ""),
            "place_id": place_id,
            "name": self.places.get(place_id) if place_id is not None else None,
        }


def plans_page(session: Session, day: date | None, state: str | None, now: datetime) -> list[Json]:
    """Return summaries of plans, the newest first, at most AT_MOST. Raises BadInput."""
    if state is not None and state not in STATES:
        raise BadInput("state", f"must be one of {', '.join(STATES)}")
    wanted = select(PatrolPlan).order_by(PatrolPlan.id.desc()).limit(AT_MOST)
    if day is not None:
        wanted = wanted.where(PatrolPlan.day == day)
    if state is not None:
        wanted = wanted.where(PatrolPlan.state == state)
    return summaries(session, session.scalars(wanted).all(), now)


def summary(session: Session, row: PatrolPlan, now: datetime) -> Json:
    """Return one plan's summary."""
    return summaries(session, [row], now)[0]


def summaries(session: Session, rows: Sequence[PatrolPlan], now: datetime) -> list[Json]:
    """Return what lists show of plans; made_by and published_by are logins, None for the system."""
    logins = _logins(session, {row.made_by for row in rows} | {row.published_by for row in rows})
    return [
        {
            "id": row.id,
            "day": row.day.isoformat(),
            "shift": row.shift,
            "name": row.name,
            "state": row.state,
            "revision": row.revision,
            "wishes": row.wishes,
            "seed": row.seed,
            "made_at": to_text(row.made_at),
            "made_by": logins.get(row.made_by or 0),
            "published_at": to_text(row.published_at),
            "published_by": logins.get(row.published_by or 0),
            "based_on": row.based_on,
            "figures": row.figures,
            "failed_why": row.failed_why,
            "solver": row.solver,
            "progress": progress(row, now),
        }
        for row in rows
    ]


def plan_json(session: Session, plan_id: int, now: datetime) -> Json:
    """Return a plan with its routes (GeoJSON lines) and unserved visits. Raises PlanNotFound."""
    row = find_plan(session, plan_id)
    joined = select(PatrolRoute, Unit).join(Unit, Unit.id == PatrolRoute.unit_id)
    pairs = session.execute(joined.where(PatrolRoute.plan_id == row.id).order_by(PatrolRoute.unit_id)).all()
    of_plan = select(PatrolStop).where(PatrolStop.route_id.in_([route.id for route, _ in pairs]))
    stops: dict[int, list[PatrolStop]] = {}
    for stop in session.scalars(of_plan.order_by(PatrolStop.position, PatrolStop.id)):
        stops.setdefault(stop.route_id, []).append(stop)
    places = _places(session)
    routes = [_route_json(route, unit, stops.get(route.id, []), places) for route, unit in pairs]
    unserved = [_unserved_json(row, said, places) for said in row.unserved or []]
    return summary(session, row, now) | {"routes": routes, "unserved": unserved}


def stops_json(session: Session, stops: Sequence[PatrolStop]) -> list[Json]:
    """Return stops as a plan shows them."""
    places = _places(session)
    return [_stop_json(stop, places) for stop in stops]


def line_json(line: list[list[float]] | None) -> Json | None:
    """Return a GeoJSON LineString; None for fewer than two places."""
    return {"type": "LineString", "coordinates": line} if line and len(line) > 1 else None


def unit_shown(unit: Unit) -> Json:
    """Return what plans say of a unit."""
    return {
        "id": unit.id,
        "code": unit.code,
        "name": unit.name,
        "kind": unit.kind,
        "vehicle": unit.vehicle,
        "town_id": unit.town_id,
    }


def _route_json(route: PatrolRoute, unit: Unit, stops: Sequence[PatrolStop], places: _Places) -> Json:
    terms = route.terms or {}
    return {
        "id": route.id,
        "unit": unit_shown(unit) | {"vehicle": terms.get("profile", unit.vehicle)},
        "shift_from": to_text(route.shift_from),
        "shift_until": to_text(route.shift_until),
        "rest_from": to_text(route.rest_from),
        "rest_until": to_text(route.rest_until),
        "out_at": to_text(route.out_at),
        "line": line_json(route.line),
        "driving_s": route.driving_s,
        "distance_m": route.distance_m,
        "stops": [_stop_json(stop, places) for stop in stops],
    }


def _stop_json(stop: PatrolStop, places: _Places) -> Json:
    return places.of(stop.grid_id, stop.place_id) | {
        "id": stop.id,
        "position": stop.position,
        "town_id": stop.town_id,
        "lon": stop.lon,
        "lat": stop.lat,
        "arrive_at": to_text(stop.arrive_at),
        "start_at": to_text(stop.start_at),
        "leave_at": to_text(stop.leave_at),
        "window_from": to_text(stop.window_from),
        "window_until": to_text(stop.window_until),
        "dwell_s": stop.dwell_s,
        "priority": stop.priority,
        "must": stop.must,
        "reasons": stop.reasons or [],
        "checked_in_at": to_text(stop.checked_in_at),
        "left_at": to_text(stop.left_at),
        "dropped_at": to_text(stop.dropped_at),
        "doubts": stop.doubts or [],
        "note": stop.note,
    }


def _unserved_json(row: PatrolPlan, said: Json, places: _Places) -> Json:
    midnight = row.midnight or local_midnight(row.day, "UTC")
    kept = ("key", "town_id", "lon", "lat", "priority", "dwell_s", "must", "why", "reasons")
    return places.of(said["grid_id"], said["place_id"]) | {
        **{name: said[name] for name in kept},
        "window_from": to_text(midnight + timedelta(seconds=said["window_from_s"])),
        "window_until": to_text(midnight + timedelta(seconds=said["window_until_s"])),
    }


def _places(session: Session) -> _Places:
    grids = session.execute(select(Grid.id, Grid.code)).all()
    places = session.execute(select(KeyPlace.id, KeyPlace.name)).all()
    return _Places({row.id: row.code for row in grids}, {row.id: row.name for row in places})


def _logins(session: Session, ids: set[int | None]) -> dict[int, str]:
    users = select(User.id, User.login).where(User.id.in_([i for i in ids if i is not None]))
    return {row.id: row.login for row in session.execute(users)}
