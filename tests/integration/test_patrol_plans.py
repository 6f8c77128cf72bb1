"""Patrol plans: made by a worker that may die, published as a whole, changed by hand at a stated cost."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from geo.patrol.checking import faults
from operations import events
from operations.facts import BadInput, NotAllowed
from operations.field.route import current_route
from operations.patrolling import planning, publishing
from operations.patrolling.comparing import compare
from operations.patrolling.editing import Edit, edit
from operations.patrolling.publishing import DayIsOver, PlanIsPublished, PlanNotADraft
from operations.patrolling.shifts import change_unit
from operations.patrolling.stored import PlanChangedMeanwhile, stored_plan
from operations.store import Engine, reading, writing
from operations.tables import AuditRow, PatrolPlan, PatrolRoute, PatrolStop, Shift, Unit
from tests.conftest import Clock
from tests.patrol_days import ROADS, drafted, found_patrol_village, key_place, stops_of, wanted
from tests.village import OPERATOR, SUPERVISOR

NEVER = bool  # bool() is False: nobody says stop


@pytest.fixture
def village(engine: Engine, clock: Clock) -> Engine:
    found_patrol_village(engine, clock())
    return engine


def publish(engine: Engine, plan_id: int, clock: Clock, revision: int = 0) -> None:
    with writing(engine) as session:
        publishing.publish(session, plan_id, revision, SUPERVISOR, clock())


def test_a_plan_whose_worker_died_is_made_by_the_next(village: Engine, clock: Clock) -> None:
    plan_id, began = wanted(village, clock()), clock()
    with writing(village) as session:
        assert planning.claim(session, began) == plan_id  # and this worker is killed
    assert planning.plan_next(village, NEVER, clock.move(30)) is None
    assert planning.plan_next(village, NEVER, clock.move(33)) == plan_id  # 2 x 1 s + 60 s are over
    with reading(village) as session:
        made = stored_plan(session, plan_id, clock())
        assert (made.row.state, made.row.revision) == ("draft", 0)
        assert made.row.figures is not None
        assert made.row.figures["served"] == len(made.needs) > 0
        assert faults(made.problem, made.plan) == []
        kept = [stop.id for stop in stops_of(session, plan_id)]
        told = session.scalars(select(AuditRow).where(AuditRow.action == events.PATROL_PLANNED)).one()
        assert told.details["figures"]["must_unserved"] == 0
    planning.make(village, plan_id, began, NEVER)  # the first worker was only slow: its plan is not kept
    with reading(village) as session:
        assert [stop.id for stop in stops_of(session, plan_id)] == kept


def test_a_plan_stopped_halfway_waits_for_the_next_worker(village: Engine, clock: Clock) -> None:
    plan_id = wanted(village, clock())
    assert planning.plan_next(village, lambda: True, clock()) == plan_id
    with reading(village) as session:
        row = session.get_one(PatrolPlan, plan_id)
        assert (row.state, row.claimed_at, planning.progress(row, clock())) == ("wanted", None, 0.0)
    with writing(village) as session:
        publishing.discard(session, plan_id, 0, SUPERVISOR, clock())
    assert planning.plan_next(village, NEVER, clock()) is None


def test_wishes_are_checked_and_only_supervisors_have_them(village: Engine, clock: Clock) -> None:
    for field, value in (("seconds", 121), ("variety", 0.6), ("shift", "tea"), ("town_floor", -1)):
        with pytest.raises(BadInput) as wrong:
            wanted(village, clock(), **{field: value})
        assert wrong.value.field == field
    with pytest.raises(NotAllowed):
        wanted(village, clock(), OPERATOR)


def test_what_no_road_reaches_is_left_with_the_reason(village: Engine, clock: Clock) -> None:
    with writing(village) as session:
        key_place(session, "远", 121.305, 28.905)
        key_place(session, "远而必到", 121.306, 28.906, must=True)
    plan_id = drafted(village, clock())
    with reading(village) as session:
        made = stored_plan(session, plan_id, clock())
    said = {each["lon"]: each["why"] for each in made.row.unserved or []}
    assert said == {121.305: "too_far", 121.306: "must_impossible"}
    assert made.row.figures is not None
    assert made.row.figures["must_unserved"] == 1
    assert faults(made.problem, made.plan) == []


def test_a_night_shift_goes_on_after_midnight(village: Engine, clock: Clock) -> None:
    with writing(village) as session:
        night = session.scalars(select(Shift).where(Shift.code == "night")).one()
        unit = session.get_one(Unit, 2)
        unit.kind, unit.shift_id = "night", night.id
    plan_id = drafted(village, clock(), shift="night")
    with reading(village) as session:
        route = session.scalars(select(PatrolRoute)).one()
        assert (route.unit_id, route.shift_until - route.shift_from) == (2, timedelta(hours=8))
        assert route.rest_from is not None
        stops = stops_of(session, plan_id)
        assert stops
        assert stops[-1].leave_at <= route.shift_until
        assert route.shift_until.date() == route.shift_from.date()  # UTC: 12:00 to 20:00
    publish(village, plan_id, clock)
    after_midnight = route.shift_until - timedelta(hours=3)  # 01:00 of the 25th at the site
    with reading(village) as session:
        found = current_route(session, 2, after_midnight)
        assert found is not None
        assert found[1].id == route.id


def test_publishing_twice_changes_nothing_and_a_stale_eye_is_told(village: Engine, clock: Clock) -> None:
    plan_id = drafted(village, clock())
    with pytest.raises(PlanChangedMeanwhile, match="revision 3"):
        publish(village, plan_id, clock, revision=3)
    publish(village, plan_id, clock)
    publish(village, plan_id, clock)
    with writing(village) as session:
        row = session.get_one(PatrolPlan, plan_id)
        assert (row.state, row.revision, row.published_by) == ("published", 1, SUPERVISOR.user_id)
        told = session.scalars(select(AuditRow).where(AuditRow.action == events.PATROL_PUBLISHED)).all()
        assert [each.details["unit_ids"] for each in told] == [[1, 2]]
        with pytest.raises(PlanIsPublished):
            publishing.discard(session, plan_id, 1, SUPERVISOR, clock())
        copied = publishing.copy(session, plan_id, SUPERVISOR, clock())
    with reading(village) as session:
        assert compare(session, plan_id, copied.id, clock())["within_15_min_share"] == 1.0
        assert len(stops_of(session, copied.id)) == len(stops_of(session, plan_id))
    waiting = wanted(village, clock())
    with pytest.raises(PlanNotADraft):
        publish(village, waiting, clock)
    clock.move(2 * 86_400)
    with pytest.raises(DayIsOver):
        publish(village, copied.id, clock)


def test_a_plan_under_way_is_replaced_in_what_is_not_done(village: Engine, clock: Clock) -> None:
    first, second, of_one = (drafted(village, clock()) for _ in range(3))
    publish(village, first, clock)
    with writing(village) as session:
        done = stops_of(session, first, unit_id=2)[0]
        done.checked_in_at = done.start_at
        clock.at = done.leave_at + timedelta(minutes=5)
    publish(village, second, clock)
    with writing(village) as session:
        old, new = session.get_one(PatrolPlan, first), session.get_one(PatrolPlan, second)
        assert (old.state, new.state) == ("superseded", "published")
        assert [stop.id for stop in stops_of(session, first)] == [done.id]
        assert new.figures is not None
        assert (new.figures["served"], new.figures["unserved"]) == (
            len(stops_of(session, second)),
            len(new.unserved or []),
        )
        ahead = stops_of(session, second)
        assert all(stop.start_at >= clock() for stop in ahead)
        assert (done.grid_id, done.window_from) not in {(stop.grid_id, stop.window_from) for stop in ahead}
        assert [stop.position for stop in stops_of(session, second, unit_id=2)] == list(
            range(1, 1 + len(stops_of(session, second, unit_id=2)))
        )
        for route in session.scalars(select(PatrolRoute).where(PatrolRoute.plan_id == of_one)):
            if route.unit_id == 1:
                session.delete(route)
    publish(village, of_one, clock)  # a plan of U2 alone
    with reading(village) as session:
        routes = session.scalars(select(PatrolRoute).where(PatrolRoute.plan_id == second)).all()
        assert {route.unit_id: route.out_at is None for route in routes} == {1: True, 2: False}
        assert session.get_one(PatrolPlan, second).state == "published"
        found = current_route(session, 2, clock())
        assert found is not None
        assert found[0].id == of_one


def test_a_change_by_hand_says_its_cost_before_it_is_made(village: Engine, clock: Clock) -> None:
    plan_id = drafted(village, clock())
    with writing(village) as session:
        stop = stops_of(session, plan_id, unit_id=2)[1]
        asked = edit(session, Edit(plan_id, 0, "remove", stop_id=stop.id), SUPERVISOR, clock())
        assert (asked["feasible"], asked["plan"], asked["cost"]["dropped"]) == (True, None, 1)
        assert asked["cost"]["priority"] == stop.priority
        assert session.get_one(PatrolPlan, plan_id).revision == 0
        made = edit(session, Edit(plan_id, 0, "remove", stop_id=stop.id, apply=True), SUPERVISOR, clock())
    (gone,) = made["plan"]["unserved"]
    assert (gone["grid_id"], made["plan"]["revision"]) == (stop.grid_id, 1)
    back = Edit(plan_id, 1, "insert", unserved_key=gone["key"], unit_id=2, position=1, apply=True)
    with writing(village) as session:
        with pytest.raises(PlanChangedMeanwhile):
            edit(session, Edit(plan_id, 0, "remove", stop_id=stop.id), SUPERVISOR, clock())
        found = edit(session, back, SUPERVISOR, clock())
    assert (found["cost"]["priority"], found["plan"]["unserved"]) == (-stop.priority, [])
    with reading(village) as session:
        assert stops_of(session, plan_id, unit_id=2)[0].grid_id == stop.grid_id
        made_again = stored_plan(session, plan_id, clock())
        assert faults(made_again.problem, made_again.plan) == []


def test_what_is_done_does_not_move(village: Engine, clock: Clock) -> None:
    plan_id = drafted(village, clock())
    publish(village, plan_id, clock)
    with writing(village) as session:
        done, following, *_ = stops_of(session, plan_id, unit_id=2)
        done.checked_in_at = clock.at = done.start_at
    with writing(village) as session:
        for asked in (Edit(plan_id, 1, "remove", done.id), Edit(plan_id, 1, "move", done.id, position=2)):
            assert edit(session, asked, SUPERVISOR, clock())["why_not"] == "done"
        made = edit(session, Edit(plan_id, 1, "remove", following.id, apply=True), SUPERVISOR, clock())
        assert made["feasible"]
    with reading(village) as session:
        assert session.get_one(PatrolStop, following.id).dropped_at == clock()
        kept = session.get_one(PatrolStop, done.id)
        assert (kept.start_at, kept.dropped_at) == (done.start_at, None)
        told = session.scalars(select(AuditRow).where(AuditRow.action == events.PATROL_CHANGED)).all()
        assert told[-1].details["unit_ids"] == [2]


def test_a_unit_gets_a_shift_of_its_kind_only(village: Engine, clock: Clock) -> None:
    with writing(village) as session:
        codes = {shift.code: shift.id for shift in session.scalars(select(Shift))}
        unit = change_unit(
            session, 1, {"shift_id": codes["urban_late"], "vehicle": "foot"}, SUPERVISOR, clock()
        )
        assert (unit.shift_id, unit.vehicle) == (codes["urban_late"], "foot")
        with pytest.raises(BadInput, match="village"):
            change_unit(session, 1, {"shift_id": codes["village"]}, SUPERVISOR, clock())
        with pytest.raises(NotAllowed):
            change_unit(session, 1, {"vehicle": "car"}, OPERATOR, clock())
    plan_id = drafted(village, clock())
    with reading(village) as session:
        walked = stored_plan(session, plan_id, clock())
        profiles = [unit.profile for unit in walked.problem.units]
        assert len(set(profiles)) == 2
        far = walked.problem.seconds[profiles[0]].max() / walked.problem.seconds[profiles[1]].max()
        assert far > 3, "on foot it takes longer"
    assert ROADS.version == walked.row.roads_version
