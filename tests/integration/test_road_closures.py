"""Road closures on both databases: in force, run out, lifted; nobody is sent over a closed road."""

from datetime import timedelta

import pytest

from operations import dispatch, events
from operations.dispatch import UnitCannotReach
from operations.facts import BadInput, NotAllowed
from operations.intake import Known
from operations.road_closures import (
    ClosureIsOver,
    ClosureNotFound,
    NewClosure,
    close_roads,
    closures_in_force,
    closures_json,
    lift,
    roads_in_force,
)
from operations.store import Engine, reading, writing
from operations.tables import AuditRow
from tests.conftest import Clock
from tests.planned_day import store_roads
from tests.village import INVESTIGATOR, OPERATOR, PLATE, SUPERVISOR, found_village, seen, take, watch_for

BETWEEN = [[121.2825, 28.15]]  # between unit U1 and the cameras to the east


@pytest.fixture
def village(engine: Engine, clock: Clock) -> Engine:
    found_village(engine, clock())
    store_roads(engine, clock())
    return engine


def test_a_closure_holds_until_it_runs_out_or_is_lifted(village: Engine, clock: Clock) -> None:
    until = clock() + timedelta(hours=1)
    with writing(village) as session:
        close_roads(session, NewClosure(BETWEEN, "施工", until), OPERATOR, clock())
        assert len(closures_in_force(session, clock())) == 2, "both ways"
        second = close_roads(session, NewClosure(BETWEEN, "塌方"), SUPERVISOR, clock.move(1)).id
    with writing(village) as session:
        assert len(closures_in_force(session, until)) == 2
        lift(session, second, OPERATOR, clock())
        assert len(closures_in_force(session, until)) == 0
        with pytest.raises(ClosureIsOver):
            lift(session, second, OPERATOR, clock())
        with pytest.raises(ClosureNotFound):
            lift(session, 99, OPERATOR, clock())
    with reading(village) as session:
        shown = closures_json(session, clock())
        assert [(one["id"], one["in_force"], one["closed_by"]) for one in shown] == [
            (2, False, "supervisor"),
            (1, True, "operator"),
        ]
        told = [(row.details["what"], row.reason) for row in session.query(AuditRow).order_by(AuditRow.id)]
        assert told == [("closed", "施工"), ("closed", "塌方"), ("lifted", "塌方")]
        assert {row.action for row in session.query(AuditRow)} == {events.ROADS_CHANGED}


def test_what_cannot_be_closed_is_said(village: Engine, clock: Clock) -> None:
    wrong = {
        "places: place 1 is .* m from any road": NewClosure([[121.28, 28.3]], "施工"),
        "places: place 2 must be": NewClosure([*BETWEEN, [121.28]], "施工"),
        "places: give": NewClosure([], "施工"),
        "reason": NewClosure(BETWEEN, " "),
        "until": NewClosure(BETWEEN, "施工", clock()),
    }
    with writing(village) as session:
        for why, asked in wrong.items():
            with pytest.raises(BadInput, match=why):
                close_roads(session, asked, OPERATOR, clock())
        with pytest.raises(NotAllowed):
            close_roads(session, NewClosure(BETWEEN, "施工"), INVESTIGATOR, clock())


def test_nobody_is_sent_over_a_closed_road(village: Engine, clock: Clock) -> None:
    watch_for(village, PLATE, clock())
    take(village, Known(), clock(), seen(clock(), 1, camera="C0001"))
    with writing(village) as session:
        close_roads(session, NewClosure(BETWEEN, "施工"), OPERATOR, clock())
    with writing(village) as session:
        roads = roads_in_force(session, clock())
        alert = dispatch.assign(session, roads, 1, None, actor=OPERATOR, now=clock())
        assert alert.state == "dispatched"
        assert dispatch.open_assignment(session, 1).unit_id == 1  # type: ignore[union-attr]
    watch_for(village, "皖B55555", clock())
    take(village, Known(), clock(), seen(clock(), 2, plate="皖B55555"))
    with writing(village) as session, pytest.raises(UnitCannotReach):
        dispatch.assign(session, roads_in_force(session, clock()), 2, 2, actor=OPERATOR, now=clock())
