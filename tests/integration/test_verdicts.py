"""Confirming and rejecting alerts, on both databases: who may, what follows, what is learned, what stands."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from operations import alerts, dispatch, verdicts
from operations.alerts import AlertAlreadyClosed
from operations.audit import Actor
from operations.facts import BadInput, NotAllowed, NotFound
from operations.intake import Known
from operations.reads.errors import PRIOR, read_errors_now
from operations.store import Engine, reading, writing
from operations.tables import Alert, AuditRow, ReadCorrection, Unit
from operations.verdicts import Said, VerdictSaid
from operations.watch_pages import entries_page, entry_json
from tests.conftest import Clock
from tests.village import (
    INVESTIGATOR,
    OPERATOR,
    SECOND_SUPERVISOR,
    SUPERVISOR,
    found_village,
    seen,
    straight_road,
    take,
    watch_for,
)

WATCHED, MISREAD = "浙JA1284", "浙JA12B4"
ROADS = straight_road()


@pytest.fixture
def village(engine: Engine, clock: Clock) -> Engine:
    """A village with a fuzzy alert (1) on MISREAD and an exact one (2) on 浙JZ9999."""
    found_village(engine, clock())
    for plate in (WATCHED, "浙JZ9999"):
        watch_for(engine, plate, clock())
    take(engine, Known(), clock.move(1), seen(clock(), 1, plate=MISREAD))
    take(engine, Known(), clock.move(1), seen(clock(), 2, plate="浙JZ9999"))
    return engine


def _corrections(engine: Engine) -> list[tuple[str, str, str | None]]:
    with reading(engine) as session:
        rows = session.scalars(select(ReadCorrection).order_by(ReadCorrection.id))
        return [(row.read_plate, row.verdict, row.true_plate) for row in rows]


def test_a_confirmed_alert_goes_on_and_teaches(village: Engine, clock: Clock) -> None:
    with writing(village) as session:
        alert = verdicts.confirm(session, 1, Said(), OPERATOR, clock.move(9))
        assert (alert.state, alert.severity, alert.acknowledged_by) == ("acknowledged", "red", 1)
        assert (alert.verdict, alert.true_plate, alert.match) == ("confirmed", WATCHED, "fuzzy")
    assert _corrections(village) == [(MISREAD, "confirmed", WATCHED)]
    with reading(village) as session:
        assert read_errors_now(session).probability(MISREAD, WATCHED) > 1.2 * PRIOR.probability(
            MISREAD, WATCHED
        )
        row = session.scalars(select(AuditRow).where(AuditRow.action == "alert.confirmed")).one()
        assert (row.actor, row.case_number, row.details["read"]) == ("operator", "2026-YH-0142", MISREAD)
    with writing(village) as session:
        dispatch.assign(session, ROADS, 1, None, actor=OPERATOR, now=clock.move(5))
    with writing(village) as session:
        again = verdicts.confirm(session, 1, Said("浙J·a1284"), SUPERVISOR, clock.move(5))
        assert (again.state, again.verdict_by) == ("dispatched", OPERATOR.user_id), (
            "said already: nothing changes"
        )


def test_a_rejected_alert_is_a_false_alarm_and_the_reading_raises_none_again(
    village: Engine, clock: Clock
) -> None:
    with writing(village) as session:
        dispatch.assign(session, ROADS, 1, 1, actor=OPERATOR, now=clock.move(5))
    with writing(village) as session:
        alert = verdicts.reject(session, 1, Said(MISREAD, "车型不符"), SUPERVISOR, clock.move(9))
        assert (alert.state, alert.outcome, alert.true_plate) == ("false_alarm", "车型不符", MISREAD)
        assert session.get_one(Unit, 1).state == "available"
    assert _corrections(village) == [(MISREAD, "rejected", MISREAD)]
    assert take(village, Known(), clock.move(60), seen(clock(), 3, plate=MISREAD)).raised == []
    with writing(village) as session:
        verdicts.reject(session, 1, Said(MISREAD, "车型不符"), SUPERVISOR, clock())
        with pytest.raises(VerdictSaid):
            verdicts.confirm(session, 1, Said(), OPERATOR, clock())


def test_a_confirmed_read_is_believed_though_it_returns_day_by_day(village: Engine, clock: Clock) -> None:
    """A dirty plate, misread alike for days, does not become a vehicle of its own."""
    with writing(village) as session:
        verdicts.confirm(session, 1, Said(), OPERATOR, clock())
        alerts.resolve(session, 1, "未拦下", OPERATOR, clock())
    for day in range(1, 5):
        stored = take(village, Known(), clock.move(86_400), seen(clock(), 20 + day, plate=MISREAD))
        assert (len(stored.raised), len(stored.seen_again)) == ((1, 0) if day == 1 else (0, 1))


def test_nobody_can_tell_teaches_nothing(village: Engine, clock: Clock) -> None:
    with writing(village) as session:
        verdicts.reject(session, 1, Said(reason="看不清"), OPERATOR, clock())
    assert _corrections(village) == [(MISREAD, "rejected", None)]
    with reading(village) as session:
        assert read_errors_now(session) is PRIOR


def test_an_exact_alert_is_confirmed_as_it_was_read(village: Engine, clock: Clock) -> None:
    with writing(village) as session:
        verdicts.confirm(session, 2, Said(), OPERATOR, clock())
    assert _corrections(village) == [("浙JZ9999", "confirmed", "浙JZ9999")]
    with reading(village) as session:
        entries = entry_json(session, entries_page(session, SUPERVISOR, None, None, 10))
    counts = {entry["pattern"]: (entry["alerts"], entry["confirmed"], entry["rejected"]) for entry in entries}
    assert counts == {WATCHED: (1, 0, 0), "浙JZ9999": (1, 1, 0)}


def test_one_reading_has_one_truth_however_many_entries_it_hit(village: Engine, clock: Clock) -> None:
    watch_for(village, "浙JQ77??", clock())
    watch_for(village, "*Q7777", clock())
    take(village, Known(), clock.move(1), seen(clock(), 7, plate="浙JQ7777"))
    with writing(village) as session:
        verdicts.confirm(session, 3, Said(), OPERATOR, clock())
    with pytest.raises(VerdictSaid), writing(village) as session:
        verdicts.reject(session, 4, Said("浙JB8888", "误读"), OPERATOR, clock())
    with writing(village) as session:
        verdicts.reject(session, 4, Said("浙JQ7777", "不是该车"), OPERATOR, clock())
    assert _corrections(village) == [("浙JQ7777", "confirmed", "浙JQ7777")]


def test_the_pictures_seen_may_be_those_of_an_earlier_sighting(village: Engine, clock: Clock) -> None:
    take(village, Known(), clock.move(30), seen(clock(), 8, plate="浙J41284"))
    with writing(village) as session:
        earlier = seen(clock(), 1).id
        verdicts.confirm(session, 1, Said(sighting_id=earlier), OPERATOR, clock())
    assert _corrections(village) == [(MISREAD, "confirmed", WATCHED)]


@pytest.mark.parametrize(
    ("alert_id", "verdict", "said", "actor", "fact"),
    [
        (1, "confirm", Said(), INVESTIGATOR, NotAllowed),
        (1, "reject", Said(reason="x"), Actor("patrol", "patrol", 5), NotAllowed),
        (99, "confirm", Said(), OPERATOR, NotFound),
        (1, "confirm", Said(sighting_id="no such"), OPERATOR, NotFound),
        (1, "confirm", Said("浙JB8888"), OPERATOR, BadInput),
        (1, "reject", Said(WATCHED, "误读"), OPERATOR, BadInput),
        (1, "reject", Said("浙JB88?8", "误读"), OPERATOR, BadInput),
        (1, "reject", Said("A", "误读"), OPERATOR, BadInput),
        (1, "reject", Said(reason=" "), OPERATOR, BadInput),
    ],
)
def test_what_cannot_be_said_is_refused(
    village: Engine,
    clock: Clock,
    alert_id: int,
    verdict: str,
    said: Said,
    actor: Actor,
    fact: type[Exception],
) -> None:
    with pytest.raises(fact), writing(village) as session:
        getattr(verdicts, verdict)(session, alert_id, said, actor, clock())
    with reading(village) as session:
        assert session.get_one(Alert, 1).verdict is None
    assert _corrections(village) == []


def test_a_closed_alert_takes_no_verdict(village: Engine, clock: Clock) -> None:
    with writing(village) as session:
        alerts.false_alarm(session, 1, "演练", SECOND_SUPERVISOR, clock())
    with pytest.raises(AlertAlreadyClosed), writing(village) as session:
        verdicts.confirm(session, 1, Said(), OPERATOR, clock() + timedelta(seconds=1))
