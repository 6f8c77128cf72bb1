"""Re-planning on both databases: previewed, applied, told; units out and back, alerts, roads closed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from operations import dispatch, events
from operations.audit import Actor
from operations.facts import BadInput, NotAllowed
from operations.improving import want_improvement
from operations.intake import Known
from operations.patrolling.planning import plan_next
from operations.patrolling.stored import PlanChangedMeanwhile
from operations.replanning import Asked, NotOutOfThePlan, replan
from operations.road_closures import NewClosure, close_roads, lift
from operations.store import Engine, reading, writing
from operations.tables import AuditRow, PatrolPlan, PatrolRoute, PatrolStop
from tests.conftest import Clock
from tests.planned_day import ROADS, check_in, place, publish_day, store_roads
from tests.village import OPERATOR, PATROL, PLATE, SUPERVISOR, found_village, seen, take, watch_for


@pytest.fixture
def day(engine: Engine, clock: Clock) -> Engine:
    """The village with a published plan (id 1)."""
    found_village(engine, clock())
    store_roads(engine, clock())
    assert publish_day(engine, clock()) == 1
    return engine


def who_makes_what(engine: Engine) -> dict[int, list[int]]:
    """Return per unit the places it goes to in order, by their last digit."""
    with reading(engine) as session:
        rows = session.execute(
            select(PatrolRoute.unit_id, PatrolStop.priority)
            .join(PatrolStop, PatrolStop.route_id == PatrolRoute.id)
            .where(PatrolStop.dropped_at.is_(None))
            .order_by(PatrolRoute.unit_id, PatrolStop.position)
        ).all()
    return {unit: [int(row.priority) for row in rows if row.unit_id == unit] for unit in (1, 2)}


def mend(engine: Engine, clock: Clock, revision: int, why: str, **said: object) -> dict:
    with writing(engine) as session:
        return replan(session, Asked(1, revision, why, **said), SUPERVISOR, clock())  # type: ignore[arg-type]


def test_a_unit_falls_out_and_comes_back(day: Engine, clock: Clock) -> None:
    check_in(day, 1, clock.move(300), clock.move(600))
    previewed = mend(day, clock, 0, "unit_out", unit_id=1)
    assert (previewed["moved"], previewed["dropped"], previewed["inserted"]) == (2, 0, 0)
    handed_on = [change for change in previewed["changes"] if change["priority"] in (3, 5)]
    assert [(one["from_unit"], one["to_unit"]) for one in handed_on] == [(1, 2), (1, 2)]
    assert who_makes_what(day) == {1: [1, 3, 5], 2: [2, 4, 6]}

    applied = mend(day, clock, 0, "unit_out", unit_id=1, apply=True)
    assert applied["cost"] == previewed["cost"]
    after = who_makes_what(day)
    assert after[1] == [1]
    assert sorted(after[2]) == [2, 3, 4, 5, 6]
    assert [one for one in after[2] if one % 2 == 0] == [2, 4, 6], "what U2 had stays in its order"
    with reading(day) as session:
        assert session.get_one(PatrolPlan, 1).revision == 1
        assert session.get_one(PatrolRoute, 1).out_at == clock()
        told = session.scalars(select(AuditRow).where(AuditRow.action == events.PATROL_CHANGED)).one()
        assert (told.reason, told.details["plan_id"], told.details["unit_ids"]) == ("unit_out", 1, [1, 2])
    with pytest.raises(PlanChangedMeanwhile):
        mend(day, clock, 0, "unit_back", unit_id=1)
    back = mend(day, clock, 1, "unit_back", unit_id=1, apply=True)
    assert (back["moved"], back["dropped"]) == (0, 0)
    assert who_makes_what(day) == after, "nothing moves that need not"


def test_who_may_and_what_is_refused(day: Engine, clock: Clock) -> None:
    with writing(day) as session:
        for actor in (PATROL, Actor("sun", "auditor", None)):
            with pytest.raises(NotAllowed):
                replan(session, Asked(1, 0, "none"), actor, clock())
        with pytest.raises(BadInput, match="unit_id"):
            replan(session, Asked(1, 0, "unit_out"), OPERATOR, clock())
        with pytest.raises(NotOutOfThePlan):
            replan(session, Asked(1, 0, "unit_back", 1), OPERATOR, clock())
        assert replan(session, Asked(1, 0, "none"), OPERATOR, clock())["changes"] == []


def test_an_alert_pulls_a_unit_away(day: Engine, clock: Clock) -> None:
    watch_for(day, PLATE, clock())
    take(day, Known(), clock(), seen(clock(), 1))
    with writing(day) as session:
        dispatch.assign(session, ROADS, 1, 1, actor=OPERATOR, now=clock.move(60))
    clock.move(30)
    told = mend(day, clock, 0, "alert", apply=True)
    assert told["dropped"] == 0
    with reading(day) as session:
        own = select(PatrolStop).where(PatrolStop.route_id == 1).order_by(PatrolStop.position)
        first = session.scalars(own).first()
        assert first is not None
        assert first.start_at > clock() + timedelta(minutes=20), "it is away for a while"


def test_a_better_rest_of_the_day_is_a_draft_that_says_what_moves(day: Engine, clock: Clock) -> None:
    check_in(day, 1, clock.move(300), clock.move(600))
    with writing(day) as session:
        with pytest.raises(NotAllowed):
            want_improvement(session, 1, 1, OPERATOR, clock())
        with pytest.raises(BadInput, match="seconds"):
            want_improvement(session, 1, 900, SUPERVISOR, clock())
        session.get_one(PatrolRoute, 2).out_at = clock()
        wanted = want_improvement(session, 1, 1, SUPERVISOR, clock()).id
    assert plan_next(day, lambda: False, clock()) == wanted
    with reading(day) as session:
        plan = session.get_one(PatrolPlan, wanted)
        assert (plan.state, plan.based_on, plan.failed_why) == ("draft", 1, None)
        assert plan.figures is not None
        assert (plan.figures["moved"], plan.figures["dropped"]) == (3, 0)
        routes = session.scalars(select(PatrolRoute).where(PatrolRoute.plan_id == wanted)).all()
        assert [route.unit_id for route in routes] == [1], "who is out stays out"
        stops = select(PatrolStop).where(PatrolStop.route_id == routes[0].id).order_by(PatrolStop.position)
        made = [int(stop.priority) for stop in session.scalars(stops)]
        assert (made[0], sorted(made)) == (1, [1, 2, 3, 4, 5, 6]), "what is done comes first"


def test_a_road_closes_and_opens_again(day: Engine, clock: Clock) -> None:
    lon, lat = place(5)
    with writing(day) as session:
        closed = close_roads(session, NewClosure([[lon - 0.0025, lat]], "塌方"), OPERATOR, clock.move(5)).id
    told = mend(day, clock, 0, "road_closed", apply=True)
    assert (told["dropped"], told["moved"]) == (2, 0)
    assert told["cost"]["priority"] == 11
    assert who_makes_what(day) == {1: [1, 3], 2: [2, 4]}
    with writing(day) as session:
        lift(session, closed, SUPERVISOR, clock())
    again = mend(day, clock, 1, "none", apply=True)
    assert (again["inserted"], again["dropped"], again["cost"]["priority"]) == (2, 0, -11)
    odd, even = who_makes_what(day).values()
    assert sorted([*odd, *even]) == [1, 2, 3, 4, 5, 6]
    with reading(day) as session:
        assert session.query(PatrolStop).count() == 6, "a stop that comes back is the stop it was"
