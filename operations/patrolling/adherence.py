"""How the day's published plans are kept: what is done, late, missed; and the grids nobody reached."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import shapely
from sqlalchemy import func, select

from operations.patrolling.views import stops_json, unit_shown
from operations.store import Session
from operations.tables import Grid, PatrolPlan, PatrolRoute, PatrolStop, Unit
from operations.times import to_text

Json = dict[str, Any]

LATE = timedelta(minutes=15)
DWELL_KEPT = 0.8  # of the planned dwell, between check-in and leaving
LISTED = 20


def adherence(session: Session, day: date, now: datetime) -> Json:
    """Return how each unit keeps its published routes of the day, and the grids longest unvisited.

    planned: stops not dropped. done: checked in; doubted: of those the ones marked with a doubt. late:
    checked in more than LATE after the planned beginning. missed: not checked in though its window, or LATE
    past its planned end, is over. dwell_kept_share: of the stops left again, those stayed at for DWELL_KEPT
    of the dwell. behind_s: how long the next stop is overdue.
    """
    joined = (
        select(PatrolRoute, Unit)
        .join(PatrolPlan, PatrolPlan.id == PatrolRoute.plan_id)
        .join(Unit, Unit.id == PatrolRoute.unit_id)
        .where(PatrolPlan.day == day, PatrolPlan.state.in_(("published", "superseded")))
        .where(PatrolPlan.published_at.is_not(None))
        .order_by(Unit.id, PatrolPlan.id)
    )
    by_unit: dict[int, tuple[Unit, list[int]]] = {}
    for route, unit in session.execute(joined):
        by_unit.setdefault(unit.id, (unit, []))[1].append(route.id)
    stops = _stops(session, [route_id for _, ids in by_unit.values() for route_id in ids])
    of_unit = [
        (unit, [stop for route_id in ids for stop in stops.get(route_id, [])])
        for unit, ids in by_unit.values()
    ]
    ahead = [_ahead(stops, now) for _, stops in of_unit]
    shown = {stop["id"]: stop for stop in stops_json(session, [each[0] for each in ahead if each])}
    items = [
        _kept(unit, stops, now) | {"next": shown[next_[0].id] if next_ else None}
        for (unit, stops), next_ in zip(of_unit, ahead, strict=True)
    ]
    return {"items": items, "longest_unvisited": longest_unvisited(session, now)}


def is_missed(stop: PatrolStop, now: datetime) -> bool:
    """Return whether a stop was not checked in and its time is over."""
    return stop.checked_in_at is None and (stop.window_until < now or stop.leave_at + LATE < now)


def dwell_kept(stop: PatrolStop) -> bool | None:
    """Return whether the patrol stayed as long as planned, a fifth less at most; None: it is not known."""
    if stop.checked_in_at is None or stop.left_at is None:
        return None
    return (stop.left_at - stop.checked_in_at).total_seconds() >= DWELL_KEPT * stop.dwell_s


def longest_unvisited(session: Session, now: datetime, count: int = LISTED) -> list[Json]:
    """Return the grids that no believed check-in reached for longest; those never visited first."""
    believed = (
        select(PatrolStop.grid_id, func.max(PatrolStop.checked_in_at).label("at"))
        .where(PatrolStop.checked_in_at.is_not(None), PatrolStop.doubts.is_(None))
        .group_by(PatrolStop.grid_id)
        .subquery()
    )
    grids = select(Grid, believed.c.at).outerjoin(believed, believed.c.grid_id == Grid.id)
    never_first = believed.c.at.is_not(None)
    rows = session.execute(grids.order_by(never_first, believed.c.at, Grid.id).limit(count)).all()
    return [_grid_json(grid, at, now) for grid, at in rows]


def _grid_json(grid: Grid, at: datetime | None, now: datetime) -> Json:
    middle = shapely.point_on_surface(shapely.from_wkb(grid.geometry))
    return {
        "grid_id": grid.id,
        "grid_code": grid.code,
        "town_id": grid.town_id,
        "lon": round(middle.x, 6),
        "lat": round(middle.y, 6),
        "last_visit_at": to_text(at),
        "days": round((now - at).total_seconds() / 86_400, 2) if at else None,
    }


def _stops(session: Session, route_ids: Sequence[int]) -> dict[int, list[PatrolStop]]:
    wanted = select(PatrolStop).where(PatrolStop.route_id.in_(route_ids), PatrolStop.dropped_at.is_(None))
    found: dict[int, list[PatrolStop]] = {}
    for stop in session.scalars(wanted.order_by(PatrolStop.start_at)):
        found.setdefault(stop.route_id, []).append(stop)
    return found


def _ahead(stops: Sequence[PatrolStop], now: datetime) -> list[PatrolStop]:
    return [stop for stop in stops if stop.checked_in_at is None and not is_missed(stop, now)]


def _kept(unit: Unit, stops: Sequence[PatrolStop], now: datetime) -> Json:
    done = [stop for stop in stops if stop.checked_in_at is not None]
    ahead = _ahead(stops, now)
    stayed = [kept for stop in done if (kept := dwell_kept(stop)) is not None]
    late = [stop for stop in done if stop.checked_in_at and stop.checked_in_at > stop.start_at + LATE]
    behind_s = (now - ahead[0].start_at).total_seconds() if ahead else 0.0
    return {
        "unit": unit_shown(unit),
        "planned": len(stops),
        "done": len(done),
        "doubted": sum(bool(stop.doubts) for stop in done),
        "late": len(late),
        "missed": sum(is_missed(stop, now) for stop in stops),
        "dwell_kept_share": round(sum(stayed) / len(stayed), 4) if stayed else None,
        "behind_s": round(max(behind_s, 0.0), 1),
    }
