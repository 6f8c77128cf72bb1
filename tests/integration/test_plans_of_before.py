"""An upgrade carries the plans of before over: one per unit and day became routes of the day's plan."""

from datetime import date, timedelta

from alembic import command
from sqlalchemy import Date, column, insert, select, table

from operations.migrate import _config
from operations.store import Engine, reading, writing
from operations.tables import PatrolPlan, PatrolRoute, PatrolStop, UtcTime
from tests.conftest import Clock
from tests.village import found_village

DAY = date(2026, 11, 23)
PLANS = table(
    "patrol_plans",
    column("id"),
    column("day", Date()),
    column("unit_id"),
    column("seed"),
    column("made_at", UtcTime()),
)
STOPS = table(
    "patrol_stops",
    *(column(name) for name in ("id", "plan_id", "position", "grid_id", "lon", "lat")),
    *(column(name, UtcTime()) for name in ("arrive_at", "leave_at", "checked_in_at")),
)


def test_what_was_driven_before_is_kept(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    later = clock() + timedelta(minutes=12)
    config = _config()
    with writing(engine) as session:
        config.attributes["connection"] = session.connection()
        command.downgrade(config, "0005")
        for unit in (1, 2):
            session.execute(insert(PLANS).values(id=unit, day=DAY, unit_id=unit, seed=9, made_at=clock()))
            stop = {"id": 10 + unit, "plan_id": unit, "position": 1, "grid_id": 1, "lon": 121.3, "lat": 28.15}
            session.execute(
                insert(STOPS).values(**stop, arrive_at=clock(), leave_at=later, checked_in_at=clock())
            )
        command.upgrade(config, "head")
    with writing(engine) as session:
        (plan,) = session.scalars(select(PatrolPlan)).all()
        assert (plan.day, plan.state, plan.seed) == (DAY, "published", 9)
        routes = session.scalars(select(PatrolRoute).order_by(PatrolRoute.unit_id)).all()
        assert [(route.plan_id, route.unit_id) for route in routes] == [(plan.id, 1), (plan.id, 2)]
        session.add(PatrolPlan(day=DAY, state="draft", wishes={}, seed=1, made_at=clock()))
        session.flush()
    with reading(engine) as session:
        stops = session.scalars(select(PatrolStop).order_by(PatrolStop.id)).all()
        assert [(stop.id, stop.route_id) for stop in stops] == [(11, routes[0].id), (12, routes[1].id)]
        assert {(stop.town_id, stop.leave_at, stop.checked_in_at) for stop in stops} == {(1, later, clock())}
