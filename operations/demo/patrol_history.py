"""The demo's patrols of past days: published plans that were kept, but for a few visits. All invented."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import shapely
from sqlalchemy import insert, select

from geo.coordinates import haversine_m
from operations.patrolling.days import local_midnight, site_day
from operations.patrolling.drafts import Wishes
from operations.store import Engine, Session, writing
from operations.tables import Grid, PatrolPlan, PatrolRoute, PatrolStop, Shift, Station, Unit

DAYS = 6
DWELL_S = 720.0
DETOUR, SPEED_MS = 1.4, 9.0
SHARE_OF_TOWN = 0.55  # of its grids a town sees on one day; the rest waits for another
SURELY_OVER = timedelta(hours=1)
MISSED, DOUBTED, LATE = 0.06, 0.02, 0.08


@dataclass(frozen=True, slots=True)
class _Place:
    grid_id: int
    town_id: int
    lon: float
    lat: float


def write_patrol_history(engine: Engine, timezone: str, seed: int, now: datetime) -> int:
    """Store DAYS days of plans with their check-ins; return how many stops. For an empty installation."""
    rng = random.Random(seed)
    stops = 0
    with writing(engine) as session:
        places = _places(session)
        crews = [tuple(row) for row in session.execute(_crews()).all()]
        for back in range(DAYS, 0, -1):
            day = site_day(now, timezone) - timedelta(days=back)
            midnight = local_midnight(day, timezone)
            plan = PatrolPlan(
                day=day,
                midnight=midnight,
                name="演示历史",
                state="published",
                revision=1,
                wishes=Wishes(timezone).to_json(),
                seed=seed,
                made_at=midnight - timedelta(hours=6),
                published_at=midnight - timedelta(hours=5),
            )
            session.add(plan)
            session.flush()
            rows = [row for crew in crews for row in _drive(session, plan, crew, places, rng)]
            session.execute(
                insert(PatrolStop), [row for row in rows if row["leave_at"] + timedelta(hours=1) < now]
            )
            stops += len(rows)
    return stops


def _crews() -> Any:
    joined = select(Unit, Station, Shift).join(Station, Station.id == Unit.station_id)
    return joined.join(Shift, Shift.id == Unit.shift_id).order_by(Unit.id)


def _places(session: Session) -> dict[int, list[_Place]]:
    """Return a place in every grid, by town."""
    grids = session.execute(select(Grid.id, Grid.town_id, Grid.geometry).order_by(Grid.id)).all()
    middles = shapely.get_coordinates(shapely.point_on_surface(shapely.from_wkb([g.geometry for g in grids])))
    by_town: dict[int, list[_Place]] = {}
    for grid, (lon, lat) in zip(grids, middles.tolist(), strict=True):
        by_town.setdefault(grid.town_id, []).append(_Place(grid.id, grid.town_id, lon, lat))
    return by_town


def _drive(
    session: Session,
    plan: PatrolPlan,
    crew: tuple[Any, ...],
    places: dict[int, list[_Place]],
    rng: random.Random,
) -> Iterator[dict[str, Any]]:
    """Store a unit's route of a day; yield its stops: places near its station, as many as its shift holds."""
    unit, station, shift = crew
    midnight = plan.midnight or plan.made_at
    route = PatrolRoute(
        plan_id=plan.id,
        unit_id=unit.id,
        shift_from=midnight + timedelta(seconds=shift.from_s),
        shift_until=midnight + timedelta(seconds=shift.until_s),
        distance_m=0.0,
    )
    session.add(route)
    session.flush()
    here, metres = (station.lon, station.lat), 0.0
    at = route.shift_from + timedelta(minutes=rng.uniform(2, 20))
    for position, place in enumerate(_chosen(unit, here, places, rng), start=1):
        leg_m = float(haversine_m(*here, place.lon, place.lat)) * DETOUR
        at += timedelta(seconds=leg_m / SPEED_MS)
        leave_at = at + timedelta(seconds=DWELL_S)
        if leave_at > route.shift_until - timedelta(minutes=30):
            break
        metres += leg_m
        yield _stop(route.id, position, place, at) | _kept(at, rng)
        here, at = (place.lon, place.lat), leave_at
    route.distance_m = round(metres, 1)


def _chosen(
    unit: Unit, here: tuple[float, float], places: dict[int, list[_Place]], rng: random.Random
) -> Sequence[_Place]:
    """Return some of the home town's places, each next one the nearest of what is left."""
    own = places.get(unit.town_id, [])
    left = rng.sample(own, min(len(own), max(6, round(len(own) * SHARE_OF_TOWN / 4))))
    way: list[_Place] = []
    while left:
        lon, lat = (way[-1].lon, way[-1].lat) if way else here
        nearest = min(left, key=lambda p: (p.lon - lon) ** 2 + (p.lat - lat) ** 2)
        left.remove(nearest)
        way.append(nearest)
    return way


def _stop(route_id: int, position: int, place: _Place, at: datetime) -> dict[str, Any]:
    return {
        "route_id": route_id,
        "position": position,
        "grid_id": place.grid_id,
        "town_id": place.town_id,
        "lon": place.lon,
        "lat": place.lat,
        "arrive_at": at,
        "start_at": at,
        "leave_at": at + timedelta(seconds=DWELL_S),
        "window_from": at - timedelta(hours=2),
        "window_until": at + timedelta(hours=2),
        "dwell_s": DWELL_S,
        "priority": 10.0,
        "must": False,
        "spacing_s": 0.0,
    }


def _kept(at: datetime, rng: random.Random) -> dict[str, Any]:
    """Return when the team said that it was there, and whether that is believed."""
    if rng.random() < MISSED:
        return {"checked_in_at": None, "left_at": None, "doubts": None}
    late_s = rng.uniform(900, 2400) if rng.random() < LATE else rng.gauss(60, 200)
    checked_in_at = at + timedelta(seconds=late_s)
    doubts = (
        [{"code": "too_far", "away_m": round(rng.uniform(400, 1500))}] if rng.random() < DOUBTED else None
    )
    left_at = checked_in_at + timedelta(seconds=DWELL_S * rng.uniform(0.7, 1.3))
    return {"checked_in_at": checked_in_at, "left_at": left_at, "doubts": doubts}
