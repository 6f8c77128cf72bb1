"""A published plan is replaced whole or not at all: whoever looks sees one of the two, never a mixture."""

import threading

import pytest
from sqlalchemy import func, select

from operations.county import NoCounty
from operations.patrolling import publishing
from operations.store import Engine, reading, writing
from operations.tables import PatrolPlan, PatrolRoute, PatrolStop, RoadNetworkRow
from tests.conftest import Clock
from tests.patrol_days import drafted, found_patrol_village, stops_of
from tests.village import SUPERVISOR


def driven_now(engine: Engine) -> list[tuple[int, int, int]]:
    """Return (plan, unit, stops) of every route that is to be driven, as of one moment."""
    kept = (PatrolStop.route_id == PatrolRoute.id) & PatrolStop.dropped_at.is_(None)
    routes = (
        select(PatrolPlan.id, PatrolRoute.unit_id, func.count(PatrolStop.id))
        .join(PatrolRoute, PatrolRoute.plan_id == PatrolPlan.id)
        .outerjoin(PatrolStop, kept)
        .where(PatrolPlan.state == "published", PatrolRoute.out_at.is_(None))
        .group_by(PatrolPlan.id, PatrolRoute.unit_id)
        .order_by(PatrolRoute.unit_id)
    )
    with reading(engine) as session:
        return [(row[0], row[1], row[2]) for row in session.execute(routes)]


def publish(engine: Engine, plan_id: int, clock: Clock) -> None:
    with writing(engine) as session:
        publishing.publish(session, plan_id, 0, SUPERVISOR, clock())


def test_two_published_at_once_leave_one_whole(engine: Engine, clock: Clock) -> None:
    found_patrol_village(engine, clock())
    plans = [drafted(engine, clock()) for _ in range(4)]
    publish(engine, plans[0], clock)
    whole = {unit: stops for _, unit, stops in driven_now(engine)}
    seen: list[list[tuple[int, int, int]]] = []
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            seen.append(driven_now(engine))

    start = threading.Barrier(3)

    def replace(plan_id: int) -> None:
        start.wait()
        publish(engine, plan_id, clock)

    looking = threading.Thread(target=look)
    looking.start()
    replacing = [threading.Thread(target=replace, args=(plan_id,)) for plan_id in plans[1:]]
    for thread in replacing:
        thread.start()
    for thread in replacing:
        thread.join()
    over.set()
    looking.join()
    seen.append(driven_now(engine))
    for routes in seen:
        assert len({plan for plan, _, _ in routes}) == 1, "routes of two plans at once"
        assert {unit: stops for _, unit, stops in routes} == whole
    with reading(engine) as session:
        states = sorted(session.scalars(select(PatrolPlan.state)))
    assert states == ["published", "superseded", "superseded", "superseded"]


def test_a_publication_that_fails_leaves_the_old_plan_whole(engine: Engine, clock: Clock) -> None:
    found_patrol_village(engine, clock())
    first, second = drafted(engine, clock()), drafted(engine, clock())
    publish(engine, first, clock)
    before = driven_now(engine)
    with writing(engine) as session:
        clock.at = stops_of(session, first, unit_id=2)[1].start_at  # some of the new plan is past by now
        for row in session.scalars(select(RoadNetworkRow)):
            session.delete(row)
    with pytest.raises(NoCounty):
        publish(engine, second, clock)
    assert driven_now(engine) == before
