"""Patrols: a day's plans are made once and for all to drive, followed stop by stop, and told."""

import json
from datetime import date, timedelta

import pytest
from redis import Redis
from shapely import box
from sqlalchemy import select

from operations import events, patrols
from operations.audit import SYSTEM
from operations.facts import NotAllowed
from operations.patrol_planning import PatrolUnderWay, PlansAsked, PlansMade, local_midnight, make_plans
from operations.patrols import AlreadyCheckedIn, StopNotFound
from operations.relay import relay
from operations.store import Engine, reading, writing
from operations.tables import AuditRow, Grid, PatrolPlan, PatrolStop, RoadNetworkRow, Unit
from tests.conftest import Clock
from tests.village import OPERATOR, PATROL, SUPERVISOR, found_village, straight_road

ROADS = straight_road()
ZONE = "Asia/Shanghai"
DAY = date(2026, 11, 23)


@pytest.fixture
def village(engine: Engine, clock: Clock) -> Engine:
    """A village with roads and six more grids along them, and one far from every road."""
    found_village(engine, clock())
    areas = [box(121.26 + i / 80, 28.148, 121.27 + i / 80, 28.152) for i in range(6)]
    with writing(engine) as session:
        session.add(RoadNetworkRow(version=ROADS.version, loaded_at=clock(), arrays=ROADS.to_bytes()))
        for i, area in enumerate([*areas, box(121.3, 28.9, 121.31, 28.91)]):
            session.add(Grid(id=2 + i, code=f"G000{2 + i}", name="网格", town_id=1, geometry=area.wkb))
    return engine


def plan_by_hand(engine: Engine, clock: Clock, unit_id: int, day: date = DAY) -> list[int]:
    """Store a plan with two stops from 2 to 3 hours after now; return the stops' ids."""
    with writing(engine) as session:
        plan = PatrolPlan(day=day, unit_id=unit_id, made_at=clock(), seed=1)
        session.add(plan)
        session.flush()
        stops = [
            PatrolStop(
                plan_id=plan.id,
                position=i + 1,
                grid_id=2 + i,
                lon=121.265 + i / 100,
                lat=28.15,
                arrive_at=clock() + timedelta(hours=2, minutes=30 * i),
                leave_at=clock() + timedelta(hours=2, minutes=30 * i + 10),
            )
            for i in range(2)
        ]
        session.add_all(stops)
        session.flush()
        return [stop.id for stop in stops]


def test_every_grid_near_a_road_is_planned_within_the_shifts(village: Engine, clock: Clock) -> None:
    made = make_plans(village, PlansAsked(DAY, ZONE, seed=4, iterations=60), SUPERVISOR, clock())
    assert made == PlansMade(DAY, plans=2, stops=7)
    midnight = local_midnight(DAY, ZONE)
    shift_h = {1: (0, 8), 2: (8, 16)}  # two urban units take the shifts in turn
    with reading(village) as session:
        stops = session.execute(select(PatrolStop, PatrolPlan).join(PatrolPlan)).all()
        assert sorted(stop.grid_id for stop, _ in stops) == [1, 2, 3, 4, 5, 6, 7]
        for stop, plan in stops:
            start, end = (midnight + timedelta(hours=h) for h in shift_h[plan.unit_id])
            assert start <= stop.arrive_at < stop.leave_at <= end
        row = session.scalars(select(AuditRow)).one()
        assert (row.action, row.subject_id, row.details["unserved"]) == ("patrol.planned", "2026-11-23", 0)


def test_planning_again_replaces_until_somebody_checked_in(village: Engine, clock: Clock) -> None:
    asked = PlansAsked(DAY, ZONE, iterations=20)
    make_plans(village, asked, SYSTEM, clock())
    make_plans(village, asked, SUPERVISOR, clock())
    with writing(village) as session:
        stops = session.scalars(select(PatrolStop).order_by(PatrolStop.id)).all()
        assert len(stops) == 7
        stops[0].checked_in_at = clock()
    with pytest.raises(PatrolUnderWay, match="2026-11-23"):
        make_plans(village, asked, SUPERVISOR, clock())
    with pytest.raises(NotAllowed):
        make_plans(village, asked, OPERATOR, clock())


def test_a_route_leads_along_the_roads_from_stop_to_stop(village: Engine, clock: Clock) -> None:
    plan_by_hand(village, clock, unit_id=1)
    with reading(village) as session:
        shown = patrols.patrol_route(session, ROADS, session.get_one(Unit, 1), clock(), ZONE)
        idle = patrols.patrol_route(session, ROADS, session.get_one(Unit, 2), clock(), ZONE)
    assert shown["plan"]["day"] == DAY
    assert [stop["grid_code"] for stop in shown["plan"]["stops"]] == ["G0002", "G0003"]
    assert shown["plan"]["line"]["coordinates"][0] == [121.265, 28.15]
    assert shown["plan"]["line"]["coordinates"][-1] == [121.275, 28.15]
    assert (idle["plan"], idle["assignment"], idle["unit"]["code"]) == (None, None, "U2")


def test_the_night_shift_follows_yesterdays_plan(village: Engine, clock: Clock) -> None:
    plan_by_hand(village, clock, unit_id=1, day=DAY)
    clock.move(2 * 3600)  # 18:00 in Shanghai
    plan_by_hand(village, clock, unit_id=2, day=DAY - timedelta(days=1))
    with reading(village) as session:
        late = patrols.current_plan(session, 2, clock(), ZONE)
        assert late is not None
        assert late.day == DAY - timedelta(days=1)
        assert patrols.current_plan(session, 2, clock.move(4 * 3600), ZONE) is None


def test_checking_in_is_ones_own_and_once(village: Engine, clock: Clock, redis_client: Redis) -> None:
    first, second = plan_by_hand(village, clock, unit_id=1)
    (others, _) = plan_by_hand(village, clock, unit_id=2)
    with writing(village) as session:
        shown = patrols.check_in(session, first, "一切正常", PATROL, clock.move(60))
        with pytest.raises(AlreadyCheckedIn):
            patrols.check_in(session, first, None, PATROL, clock())
        for stop, who in ((others, PATROL), (second, SUPERVISOR)):
            with pytest.raises(NotAllowed):
                patrols.check_in(session, stop, None, who, clock())
        with pytest.raises(StopNotFound):
            patrols.check_in(session, 999, None, PATROL, clock())
    assert (shown["note"], shown["checked_in_at"]) == ("一切正常", "2026-11-23T08:01:00.000Z")
    relay(village, redis_client, clock())
    ((_, fields),) = redis_client.xrange(events.STREAM)
    told = json.loads(fields["json"])
    assert (fields["type"], told["unit_id"], told["stop"]) == (events.PATROL_CHECKED_IN, 1, shown)
    assert told["away_m"] == pytest.approx(490, abs=5)
