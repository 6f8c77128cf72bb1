"""A published plan for tests: unit U1 of the village drives three stops along its one road, an hour apart."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from operations.store import Engine, writing
from operations.tables import PatrolPlan, PatrolRoute, PatrolStop

ZONE = "Asia/Shanghai"
FIRST_LON, APART_LON, LAT = 121.27, 0.02, 28.15


def place_of(position: int) -> tuple[float, float]:
    """Return where stop 1, 2 or 3 lies: on the road, nearly 2 km apart."""
    return FIRST_LON + (position - 1) * APART_LON, LAT


def publish_route(engine: Engine, now: datetime, unit_id: int = 1) -> list[int]:
    """Store a plan published now whose route began an hour ago; return the ids of its stops in order."""
    with writing(engine) as session:
        plan = PatrolPlan(
            day=now.astimezone(ZoneInfo(ZONE)).date(),
            state="published",
            wishes={},
            seed=1,
            made_at=now,
            published_at=now,
        )
        session.add(plan)
        session.flush()
        route = PatrolRoute(
            plan_id=plan.id,
            unit_id=unit_id,
            shift_from=now - timedelta(hours=1),
            shift_until=now + timedelta(hours=7),
            line=[list(place_of(1)), list(place_of(3))],
        )
        session.add(route)
        session.flush()
        stops = [_stop(route.id, position, now) for position in (1, 2, 3)]
        session.add_all(stops)
        session.flush()
        return [stop.id for stop in stops]


def _stop(route_id: int, position: int, now: datetime) -> PatrolStop:
    arrive_at = now + timedelta(hours=position - 1)
    lon, lat = place_of(position)
    return PatrolStop(
        route_id=route_id,
        position=position,
        grid_id=1,
        town_id=1,
        lon=lon,
        lat=lat,
        arrive_at=arrive_at,
        start_at=arrive_at,
        leave_at=arrive_at + timedelta(minutes=12),
        window_from=arrive_at,
        window_until=arrive_at + timedelta(hours=1),
        dwell_s=720.0,
        priority=2.0,
        must=position == 1,
        reasons=[{"code": "calls", "priority": 2.0, "calls": 5}],
    )
