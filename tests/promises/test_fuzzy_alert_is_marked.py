"""Promise: what only resembles a watched plate is told so, with the reason, never as the plate itself."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from operations import alerts, quarantine
from operations.audit import Actor
from operations.intake import Known
from operations.quarantine import NewQuarantine
from operations.store import Engine, reading, writing
from operations.tables import Alert, Quarantine
from tests.conftest import Clock
from tests.village import OPERATOR, SUPERVISOR, found_village, seen, take, watch_for

WATCHED, MISREAD = "浙JA1284", "浙JA12B4"


def _alerts(engine: Engine) -> list[Alert]:
    with reading(engine) as session:
        return list(session.scalars(select(Alert).order_by(Alert.id)))


def _start(engine: Engine, clock: Clock, **said: object) -> Known:
    """Watch for WATCHED, and have it misread once."""
    found_village(engine, clock())
    watch_for(engine, WATCHED, clock(), **said)
    known = Known()
    take(engine, known, clock.move(1), seen(clock(), 1, plate=MISREAD))
    return known


def test_fuzzy_alert_is_marked_and_says_why(engine: Engine, clock: Clock) -> None:
    _start(engine, clock)
    (alert,) = _alerts(engine)
    assert (alert.match, alert.plate, alert.believed_plate) == ("fuzzy", MISREAD, WATCHED)
    assert alert.severity == "orange", "one step below the entry's red"
    assert 0.1 <= (alert.match_probability or 0) < 1
    (slip,) = alert.match_why or []
    assert (slip["position"], slip["read"], slip["true"]) == (6, "B", "8")
    assert 0 < slip["probability"] < 0.05


@pytest.mark.parametrize("touched", [False, True])
def test_an_exact_read_has_its_own_alert(engine: Engine, clock: Clock, touched: bool) -> None:
    """The fuzzy one is closed by it, but not under the hands of somebody who works on it."""
    known = _start(engine, clock)
    if touched:
        with writing(engine) as session:
            alerts.acknowledge(session, 1, OPERATOR, clock())
    stored = take(engine, known, clock.move(60), seen(clock(), 2, plate=WATCHED))
    assert (stored.raised, stored.seen_again) == ([2], [])
    fuzzy, exact = _alerts(engine)
    assert (exact.match, exact.severity, exact.match_why) == ("exact", "red", None)
    ended = ("acknowledged", None) if touched else ("resolved", alerts.FOLLOWED)
    assert (fuzzy.match, fuzzy.state, fuzzy.outcome) == ("fuzzy", *ended)


def test_a_misread_never_renews_an_exact_alert(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    watch_for(engine, WATCHED, clock())
    take(engine, Known(), clock.move(1), seen(clock(), 1, plate=WATCHED))
    take(engine, Known(), clock.move(60), seen(clock(), 2, "C0002", plate=MISREAD))
    exact, fuzzy = _alerts(engine)
    assert (exact.match, exact.times_seen, fuzzy.match, fuzzy.times_seen) == ("exact", 1, "fuzzy", 1)
    take(engine, Known(), clock.move(60), seen(clock(), 3, "C0002", plate=MISREAD))
    assert [(each.match, each.times_seen) for each in _alerts(engine)] == [("exact", 1), ("fuzzy", 2)]


def test_a_vehicle_known_in_its_own_right_is_not_taken_for_another(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    for day in range(6, 1, -1):
        take(engine, Known(), clock(), seen(clock() - timedelta(days=day), 10 + day, plate=MISREAD))
    watch_for(engine, WATCHED, clock())
    assert take(engine, Known(), clock.move(1), seen(clock(), 1, plate=MISREAD)).raised == []


def test_an_entry_may_bar_misreads(engine: Engine, clock: Clock) -> None:
    _start(engine, clock, fuzzy=False)
    assert _alerts(engine) == []


@pytest.mark.parametrize("plate", [MISREAD, WATCHED])
def test_what_is_in_quarantine_raises_no_alert_but_is_counted(
    engine: Engine, clock: Clock, plate: str
) -> None:
    found_village(engine, clock())
    watch_for(engine, WATCHED, clock())
    administrator = Actor("administrator", "administrator", SUPERVISOR.user_id)
    new = NewQuarantine(1, "person", "镜头被挡", clock(), lane=1)
    with writing(engine) as session:
        quarantine_id = quarantine.put_in(session, administrator, new, clock()).id
    known = Known()
    first = take(
        engine, known, clock.move(1), seen(clock(), 1, plate=plate), seen(clock(), 2, plate="浙B99999")
    )
    assert (first.raised, first.counted) == ([], {1: 2})
    with writing(engine) as session:
        assert session.get_one(Quarantine, quarantine_id).held == 1
        quarantine.lift(session, administrator, quarantine_id, "已清洁", clock())
    assert take(engine, known, clock.move(1), seen(clock(), 3, plate=plate)).raised == [1]
