"""Coverage of every grid: what cameras see of it now, when a patrol last came, how soon one is there by road.

A camera is alive if it is enabled, has a source and its worker says that it sees; dead if the worker says
otherwise or it was taken out of use; unknown if nothing watches it. Unknown is not alive, and told apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from geo.reach import reached_s
from operations import blind_spots
from operations.blind_spots import Floats, Grids, lost_shares
from operations.coverage_ground import Ground, ground
from operations.road_closures import roads_in_force
from operations.store import Session
from operations.tables import Camera, PatrolStop, Station, Unit
from operations.times import to_text

SEES = frozenset({"online", "wrong_clock"})
"""`silent` looks well and sees too little; `moved` looks elsewhere: neither sees what it is there for."""
UNKNOWN = "unknown"
LOOK_BACK = timedelta(days=90)
FARTHEST_S = 3600.0
Starts = Literal["stations", "units"]


@dataclass(frozen=True)
class Reach:
    """Seconds to each grid's middle by road (inf: over an hour, nan: no road); within: in 1, 3, 5 minutes."""

    seconds: Floats
    within: Floats


@dataclass(frozen=True)
class Coverage:
    """Of each grid, in the order of ids. Cameras are counted where they stand."""

    at: datetime
    ground: Ground
    seen_now: Floats
    seen_hoped: Floats
    seen_all: Floats
    cameras: Mapping[str, NDArray[np.int64]]
    last_visit_at: Sequence[datetime | None]
    unvisited_h: Floats
    stations: Reach
    units: Reach
    rank: NDArray[np.int64]
    points: Sequence[float]
    reasons: Sequence[list[dict[str, Any]]]


def coverage(session: Session, now: datetime) -> Coverage:
    """Return how every grid is covered now. Raises NoCounty."""
    here = ground(session)
    alive, unknown = _camera_flags(session, here)
    seen_now, hoped, seen_all = here.sight.shares(alive, unknown)
    visits = _last_visits(session, now)
    last = [visits.get(grid_id) for grid_id in here.grid_id.tolist()]
    unvisited_h = np.array([np.nan if at is None else (now - at).total_seconds() / 3600 for at in last])
    stations, units = reach(session, "stations", now), reach(session, "units", now)
    nearest_s = np.fmin(stations.seconds, units.seconds)
    has_road = here.roads.door >= 0
    known = Grids(seen_now, hoped, seen_all, unvisited_h, nearest_s, has_road)
    why = [blind_spots.reasons(known, index) for index in range(len(last))]
    points = [blind_spots.points(reasons) for reasons in why]
    return Coverage(
        at=now,
        ground=here,
        seen_now=seen_now,
        seen_hoped=hoped,
        seen_all=seen_all,
        cameras=_counted(here, alive, unknown),
        last_visit_at=last,
        unvisited_h=unvisited_h,
        stations=stations,
        units=units,
        rank=blind_spots.ranks(np.array(points), has_road),
        points=points,
        reasons=why,
    )


def blind_grids(session: Session, now: datetime) -> dict[int, float]:
    """Return the share of each grid's camera view that dead cameras have left unseen, where any is.

    Cameras nobody watches count as seeing: what is not known to be lost raises no demand. Raises NoCounty.
    """
    here = ground(session)
    _, hoped, seen_all = here.sight.shares(*_camera_flags(session, here))
    lost = lost_shares(hoped, seen_all)
    return {int(here.grid_id[i]): float(lost[i]) for i in np.flatnonzero(lost > 1e-9)}


def reach(session: Session, starts: Starts, now: datetime) -> Reach:
    """Return how soon each grid is reached from the stations by car, or from the units free now.

    A unit on foot walks; closed roads are closed. Raises NoCounty.
    """
    here = ground(session)
    seconds = np.full(len(here.network.lon), np.inf)
    for profile, places in _starts(session, starts).items():
        nodes = here.network.snap([lon for lon, _ in places], [lat for _, lat in places])
        seconds = np.minimum(seconds, reached_s(roads_in_force(session, now, profile), nodes, FARTHEST_S))
    return Reach(here.roads.door_s(seconds), here.roads.shares(seconds))


def coverage_columns(found: Coverage) -> dict[str, Any]:
    """Return the coverage as columns of equal length, null for what is not known."""
    here = found.ground
    columns: dict[str, Any] = {
        "grid_id": here.grid_id.tolist(),
        "code": here.code,
        "town_id": here.town_id.tolist(),
        "lon": here.lon.round(6).tolist(),
        "lat": here.lat.round(6).tolist(),
        "seen_now": _numbers(found.seen_now, 4),
        "seen_hoped": _numbers(found.seen_hoped, 4),
        "seen_all": _numbers(found.seen_all, 4),
        "last_visit_at": [to_text(at) for at in found.last_visit_at],
        "unvisited_h": _numbers(found.unvisited_h, 1),
        "blind_rank": [rank or None for rank in found.rank.tolist()],
        "blind_points": list(found.points),
        "reasons": list(found.reasons),
    }
    columns |= {name: counts.tolist() for name, counts in found.cameras.items()}
    return columns | _reach_columns(found.stations, "station") | _reach_columns(found.units, "unit")


def reach_columns(session: Session, starts: Starts, now: datetime) -> dict[str, Any]:
    """Return the reach from stations or units as columns of equal length. Raises NoCounty."""
    named = _reach_columns(reach(session, starts, now), "in")
    return {"grid_id": ground(session).grid_id.tolist(), "seconds": named.pop("in_s"), **named}


def _reach_columns(found: Reach, name: str) -> dict[str, Any]:
    shares = {f"{name}_{minutes}min": _numbers(found.within[:, i], 3) for i, minutes in enumerate((1, 3, 5))}
    return {f"{name}_s": _numbers(found.seconds, 0), **shares}


def _numbers(values: Floats, digits: int) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in np.round(values, digits).tolist()]


def _camera_flags(session: Session, here: Ground) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which cameras are alive and which unknown, in the ground's order; the others are dead."""
    columns = select(Camera.id, Camera.state, Camera.enabled, Camera.source.is_not(None))
    told = {row[0]: row[1:] for row in session.execute(columns)}
    alive, unknown = (np.zeros(len(here.camera_id), dtype=bool) for _ in range(2))
    for index, camera_id in enumerate(here.camera_id.tolist()):
        state, enabled, has_source = told.get(camera_id, (UNKNOWN, True, False))
        unknown[index] = enabled and (state == UNKNOWN or not has_source)
        alive[index] = enabled and has_source and state in SEES
    return alive, unknown


def _counted(
    here: Ground, alive: NDArray[np.bool_], unknown: NDArray[np.bool_]
) -> dict[str, NDArray[np.int64]]:
    kinds = {
        "cameras": np.ones(len(alive), dtype=bool),
        "cameras_alive": alive,
        "cameras_dead": ~alive & ~unknown,
        "cameras_unknown": unknown,
    }
    count = len(here.grid_id)
    return {name: np.bincount(here.camera_grid[flags], minlength=count) for name, flags in kinds.items()}


def _last_visits(session: Session, now: datetime) -> dict[int, datetime]:
    """Return when each grid was last visited in LOOK_BACK, by check-ins that are believed."""
    believed = select(PatrolStop.grid_id, func.max(PatrolStop.checked_in_at)).where(
        PatrolStop.checked_in_at >= now - LOOK_BACK,
        PatrolStop.checked_in_at <= now,
        PatrolStop.doubts.is_(None),
    )
    rows = session.execute(believed.group_by(PatrolStop.grid_id)).all()
    return {grid_id: at for grid_id, at in rows if at is not None}


def _starts(session: Session, starts: Starts) -> dict[str, list[tuple[float, float]]]:
    """Return the places to start from, by how one moves from there."""
    if starts == "stations":
        rows = session.execute(select(Station.lon, Station.lat)).all()
        return {"car": [(lon, lat) for lon, lat in rows]} if rows else {}
    found: dict[str, list[tuple[float, float]]] = {}
    free = select(Unit.vehicle, Unit.lon, Unit.lat).where(Unit.state == "available")
    for vehicle, lon, lat in session.execute(free):
        found.setdefault(vehicle, []).append((lon, lat))
    return found
