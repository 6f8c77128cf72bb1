"""A patrol day in the village for tests: roads, grids along them, shifts, and plans made without a search."""

from datetime import date, datetime
from typing import Any

from shapely import box
from sqlalchemy import select

from geo.patrol.problem import Plan, Route
from geo.patrol.repair import Underway, repair
from operations.audit import Actor
from operations.patrolling.drafts import Wishes, draft
from operations.patrolling.planning import claim, want
from operations.patrolling.shifts import ensure_shifts
from operations.patrolling.stored import store_first
from operations.store import Engine, Session, reading, writing
from operations.tables import Grid, KeyPlace, PatrolPlan, PatrolRoute, PatrolStop, RoadNetworkRow
from tests.village import SUPERVISOR, found_village, straight_road

ROADS = straight_road()
ZONE = "Asia/Shanghai"
TOMORROW = date(2026, 11, 24)  # the tests' clock begins at 16:00 of the day before
FAR_GRID = 8
Hours = list[dict[str, Any]]
BY_DAY: Hours = [{"from": "08:30", "until": "15:00", "days": [1, 2, 3, 4, 5, 6, 7]}]


def found_patrol_village(engine: Engine, now: datetime, roads: bool = True) -> None:
    """Found a village with six more grids along its road and four markets; U1 works at night, U2 by day."""
    found_village(engine, now)
    add_grids(engine, now, roads)


def add_grids(engine: Engine, now: datetime, roads: bool = True) -> None:
    """Add grids 2 to 8 (the last far from every road), markets, shifts, and the road unless it is there."""
    areas = [box(121.26 + i / 80, 28.148, 121.27 + i / 80, 28.152) for i in range(6)]
    with writing(engine) as session:
        if roads:
            session.add(RoadNetworkRow(version=ROADS.version, loaded_at=now, arrays=ROADS.to_bytes()))
        for i, area in enumerate([*areas, box(121.3, 28.9, 121.31, 28.91)]):
            session.add(Grid(id=2 + i, code=f"G000{2 + i}", name="网格", town_id=1, geometry=area.wkb))
        ensure_shifts(session)
        session.flush()
        for i in range(4):
            key_place(session, f"菜场 {i + 1}", 121.27 + i / 50, 28.15, hours=BY_DAY)


def key_place(
    session: Session, code: str, lon: float, lat: float, must: bool = False, hours: Hours | None = None
) -> None:
    """Add a key place that wants one visit, any time or in these hours."""
    session.add(
        KeyPlace(
            code=code,
            name=code,
            kind="market",
            lon=lon,
            lat=lat,
            grid_id=FAR_GRID,
            town_id=1,
            priority=20.0,
            visits=1,
            dwell_s=600.0,
            spacing_s=0.0,
            must=must,
            hours=hours,
        )
    )


def wanted(engine: Engine, now: datetime, actor: Actor = SUPERVISOR, **wishes: object) -> int:
    """Ask for a plan of TOMORROW; return its id."""
    with writing(engine) as session:
        return want(session, TOMORROW, Wishes(ZONE, **({"seconds": 1, "seed": 4} | wishes)), actor, now).id


def drafted(engine: Engine, now: datetime, **wishes: object) -> int:
    """Store a draft of TOMORROW made by cheapest insertion alone; return its id."""
    plan_id = wanted(engine, now, **wishes)
    with writing(engine) as session:
        assert claim(session, now) == plan_id
    with reading(engine) as session:
        made = draft(session, TOMORROW, Wishes(ZONE, **wishes), now)
    nothing = Plan(tuple(Route() for _ in made.unit_ids), tuple(range(len(made.needs))))
    plan = repair(made.problem, nothing, Underway(-1e9)).plan
    with writing(engine) as session:
        row = session.get_one(PatrolPlan, plan_id)
        store_first(session, row, made, plan)
        row.state = "draft"
    return plan_id


def stops_of(session: Session, plan_id: int, unit_id: int | None = None) -> list[PatrolStop]:
    """Return the stops of a plan (of one unit) that are not dropped, in order of time."""
    joined = select(PatrolStop).join(PatrolRoute).where(PatrolRoute.plan_id == plan_id)
    if unit_id is not None:
        joined = joined.where(PatrolRoute.unit_id == unit_id)
    return list(session.scalars(joined.where(PatrolStop.dropped_at.is_(None)).order_by(PatrolStop.start_at)))
