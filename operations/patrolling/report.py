"""The monthly patrol report: per town what was planned and done, how long teams stayed, how soon they came.

Counts what is stored and nothing else; each figure's definition is printed under the table (DEFINITIONS).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import func, select

from operations.facts import BadInput
from operations.patrolling.adherence import dwell_kept
from operations.patrolling.days import month_span
from operations.store import Session
from operations.tables import Alert, Assignment, Camera, Grid, PatrolPlan, PatrolRoute, PatrolStop, Town, Unit

Json = dict[str, Any]

DEFINITIONS = (
    "计划：本月内应当开始（当月则截至制表时）的已发布计划中的停留点；已撤下且未到访的不计。",
    "完成：队伍签到且未被标疑的停留点；完成率 = 完成 / 计划。",
    "存疑：签到过远、过快、手机时钟不实或无定位，单独列出，不计入完成。",
    "停留达标：完成且有离开时间的点中，停留不少于计划时长 80% 的比例；没有离开时间的不计。",
    "响应：本月告警从产生到首个出警单位到场的秒数，中位数与 90 分位；无人到场的告警不计；演练告警不计。",
    "覆盖率：本月至少有一次完成签到的网格占全部网格的比例；摄像机所见不计。",
    "里程：计划路线长度 × 该路线完成比例，是估算，不是车载实测；按单位所属乡镇计。",
)


@dataclass(slots=True)
class _Sums:
    """What is counted for a town, or for the county."""

    grids: int = 0
    planned: int = 0
    done: int = 0
    doubted: int = 0
    alerts: int = 0
    distance_m: float = 0.0
    stayed: list[bool] = field(default_factory=list)
    response_s: list[float] = field(default_factory=list)
    visited: set[int] = field(default_factory=set)

    def add(self, other: "_Sums") -> None:
        self.grids += other.grids
        self.planned += other.planned
        self.done += other.done
        self.doubted += other.doubted
        self.alerts += other.alerts
        self.distance_m += other.distance_m
        self.stayed += other.stayed
        self.response_s += other.response_s
        self.visited |= other.visited

    def to_json(self) -> Json:
        return {
            "planned": self.planned,
            "done": self.done,
            "doubted": self.doubted,
            "done_share": _share(self.done, self.planned),
            "dwell_kept_share": _share(sum(self.stayed), len(self.stayed)),
            "response_s_median": _quantile(self.response_s, 0.5),
            "response_s_p90": _quantile(self.response_s, 0.9),
            "alerts": self.alerts,
            "grids": self.grids,
            "grids_visited": len(self.visited),
            "coverage_share": _share(len(self.visited), self.grids),
            "distance_m": round(self.distance_m, 1),
        }


def monthly_report(session: Session, month: str, timezone: str, now: datetime) -> Json:
    """Return the report of a local month ("2026-11"); of the present month what was due until now.

    Raises BadInput for another spelling.
    """
    try:
        since, until = month_span(month, timezone)
    except ValueError:
        raise BadInput("month", "must be written like 2026-11") from None
    towns = session.execute(select(Town.id, Town.name).order_by(Town.id)).all()
    sums = {town.id: _Sums() for town in towns}
    for town_id, count in session.execute(select(Grid.town_id, func.count()).group_by(Grid.town_id)):
        sums[town_id].grids = count
    _count_stops(session, sums, since, min(until, now))
    _count_alerts(session, sums, since, until)
    county = _Sums()
    for one in sums.values():
        county.add(one)
    return {
        "month": month,
        "towns": [{"town_id": town.id, "name": town.name} | sums[town.id].to_json() for town in towns],
        "county": county.to_json(),
        "definitions": list(DEFINITIONS),
    }


def _count_stops(session: Session, sums: dict[int, _Sums], since: datetime, until: datetime) -> None:
    """Count the stops due in [since, until) of plans that are or were published."""
    joined = (
        select(PatrolStop, PatrolRoute.id, PatrolRoute.distance_m, Unit.town_id)
        .join(PatrolRoute, PatrolRoute.id == PatrolStop.route_id)
        .join(PatrolPlan, PatrolPlan.id == PatrolRoute.plan_id)
        .join(Unit, Unit.id == PatrolRoute.unit_id)
        .where(PatrolPlan.published_at.is_not(None))
        .where(PatrolStop.start_at >= since, PatrolStop.start_at < until)
    )
    routes: dict[int, list[Any]] = {}
    for stop, route_id, distance_m, home_town in session.execute(joined):
        if stop.dropped_at is not None and stop.checked_in_at is None:
            continue
        believed = stop.checked_in_at is not None and not stop.doubts
        driven = routes.setdefault(route_id, [home_town, distance_m or 0.0, 0, 0])
        driven[2] += believed
        driven[3] += 1
        _count_stop(sums[stop.town_id], stop, believed)
    for home_town, distance_m, done, planned in routes.values():
        sums[home_town].distance_m += distance_m * done / planned


def _count_stop(town: _Sums, stop: PatrolStop, believed: bool) -> None:
    town.planned += 1
    if not believed:
        town.doubted += stop.checked_in_at is not None
        return
    town.done += 1
    town.visited.add(stop.grid_id)
    kept = dwell_kept(stop)
    if kept is not None:
        town.stayed.append(kept)


def _count_alerts(session: Session, sums: dict[int, _Sums], since: datetime, until: datetime) -> None:
    """Count the alerts raised in [since, until), and how soon the first unit was there."""
    first = (
        select(Assignment.alert_id, func.min(Assignment.arrived_at).label("at"))
        .where(Assignment.arrived_at.is_not(None))
        .group_by(Assignment.alert_id)
        .subquery()
    )
    alerts = (
        select(Alert.raised_at, Camera.town_id, first.c.at)
        .join(Camera, Camera.id == Alert.camera_id)
        .outerjoin(first, first.c.alert_id == Alert.id)
        .where(Alert.raised_at >= since, Alert.raised_at < until, Alert.simulated.is_(False))
    )
    for raised_at, town_id, arrived_at in session.execute(alerts):
        sums[town_id].alerts += 1
        if arrived_at is not None:
            sums[town_id].response_s.append((arrived_at - raised_at).total_seconds())


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _quantile(values: Sequence[float], share: float) -> float | None:
    return round(float(np.quantile(values, share)), 1) if values else None
