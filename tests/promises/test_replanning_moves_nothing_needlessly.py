"""Promise: re-planning touches nothing that was done and moves nothing that need not move."""

from datetime import datetime, timedelta

from sqlalchemy import select

from operations.replanning import Asked, replan
from operations.store import Engine, reading, writing
from operations.tables import PatrolRoute, PatrolStop
from tests.conftest import Clock
from tests.planned_day import check_in, publish_day, store_roads
from tests.village import SUPERVISOR, found_village

Row = tuple[int, datetime, datetime, datetime | None, datetime | None]


def stops(engine: Engine) -> dict[int, Row]:
    """Return by id the unit and times of every stop that is not dropped."""
    joined = select(PatrolRoute.unit_id, PatrolStop).join(PatrolStop, PatrolStop.route_id == PatrolRoute.id)
    with reading(engine) as session:
        rows = session.execute(joined.where(PatrolStop.dropped_at.is_(None))).all()
        return {s.id: (unit, s.start_at, s.leave_at, s.checked_in_at, s.left_at) for unit, s in rows}


def test_what_is_done_stays_and_only_the_homeless_move(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    store_roads(engine, clock())
    publish_day(engine, clock())
    planned = stops(engine)
    own = sorted(stop for stop, row in planned.items() if row[0] == 1)
    check_in(engine, own[0], clock.move(420), clock.move(660))
    before = stops(engine)

    for revision, why in enumerate(("none", "unit_out", "unit_back", "none")):
        with writing(engine) as session:
            asked = Asked(1, revision, why, None if why == "none" else 1, apply=True)  # type: ignore[arg-type]
            replan(session, asked, SUPERVISOR, clock.move(20))

    after = stops(engine)
    assert after.keys() == before.keys(), "nothing is lost, nothing is made twice"
    assert after[own[0]] == before[own[0]], "what was done stays as it was"
    for stop, row in after.items():
        assert row[0] == 2 or stop == own[0], "the unit that fell out keeps only what it did"
    others = [stop for stop, row in before.items() if row[0] == 2]
    assert sorted(others, key=lambda stop: after[stop][1]) == sorted(others, key=lambda stop: before[stop][1])
    assert all(after[stop][2] - after[stop][1] == timedelta(minutes=10) for stop in others)
