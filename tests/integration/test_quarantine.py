"""Quarantine: what is not believed, who may say so, and that lifting brings everything back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from operations import quarantine
from operations.audit import SYSTEM
from operations.facts import NotAllowed
from operations.quarantine import NewQuarantine
from operations.quarantine_views import STATES
from operations.store import Engine, reading, writing
from operations.tables import AuditRow, Quarantine
from tests.api_server import Api
from tests.conftest import Clock
from tests.village import INVESTIGATOR, OPERATOR, PLATE, SUPERVISOR, found_village

URL = "/api/v1/quarantine"


def _held(engine: Engine, clock: Clock, plate: str = PLATE, lane: int = 1) -> int | None:
    with reading(engine) as session:
        return quarantine.in_force(session).holds(1, plate, lane, clock())


def test_readings_are_held_until_it_is_lifted(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    assert _held(engine, clock) is None
    new = NewQuarantine(1, "person", "店招被当成号牌", clock(), plate=PLATE)
    with writing(engine) as session:
        made = quarantine.put_in(session, SUPERVISOR, new, clock())
    assert _held(engine, clock) == made.id
    assert _held(engine, clock, plate="浙JX0000") is None
    with reading(engine) as session:
        doubted = quarantine.in_force(session)
        assert doubted.holds(2, PLATE, 1, clock()) is None, "another camera is believed"
        assert doubted.holds(1, PLATE, 1, clock() - timedelta(seconds=1)) is None, "before it began"
    with writing(engine) as session, pytest.raises(quarantine.QuarantinedAlready):
        quarantine.put_in(session, SUPERVISOR, new, clock())
    with writing(engine) as session:
        quarantine.count_held(session, {made.id: 3})
    with writing(engine) as session:
        assert session.get_one(Quarantine, made.id).held == 3
        quarantine.lift(session, SUPERVISOR, made.id, "是真车", clock.move(60))
    assert _held(engine, clock) is None
    with writing(engine) as session, pytest.raises(quarantine.AlreadyLifted):
        quarantine.lift(session, SUPERVISOR, made.id, "再来", clock())
    with reading(engine) as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.subject == "quarantine")).all()
        assert [(row.actor, row.details["change"]) for row in rows] == [
            ("supervisor", "made"),
            ("supervisor", "lifted"),
        ]
        assert new.key in quarantine.known_keys(session, clock.move(86_400)), "not found again at once"
        assert new.key not in quarantine.known_keys(session, clock.move(7 * 86_400))


def test_a_lane_or_a_clock_holds_what_it_should(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    with writing(engine) as session:
        lane = quarantine.add(session, NewQuarantine(1, "lane", "r", clock(), lane=2), SYSTEM, clock())
        off = quarantine.add(session, NewQuarantine(2, "clock", "r", clock()), SYSTEM, clock())
    assert lane is not None
    assert off is not None
    assert _held(engine, clock, lane=1) is None
    assert _held(engine, clock, lane=2) == lane.id
    with reading(engine) as session:
        doubted = quarantine.in_force(session)
    assert doubted.holds(2, PLATE, 1, clock()) == off.id
    assert doubted.holds_alert(2, PLATE, 1, clock()) is None, "the vehicle is there, whatever the clock says"
    assert doubted.holds_alert(1, PLATE, 2, clock()) == lane.id
    with writing(engine) as session:
        row = session.get_one(Quarantine, off.id)
        quarantine.end(session, row, clock() + timedelta(hours=1), clock())
    with reading(engine) as session:
        doubted = quarantine.in_force(session)
    assert doubted.holds(2, PLATE, 1, clock.move(3599)) == off.id, "what it saw meanwhile stays doubted"
    assert doubted.holds(2, PLATE, 1, clock.move(1)) is None
    with writing(engine) as session:
        again = NewQuarantine(2, "clock", "r", clock())
        assert quarantine.add(session, again, SYSTEM, clock()) is not None, "a new one after the old ended"


@pytest.mark.parametrize("who", [OPERATOR, INVESTIGATOR])
def test_only_supervisors_and_administrators_may(engine: Engine, clock: Clock, who: quarantine.Actor) -> None:
    found_village(engine, clock())
    new = NewQuarantine(1, "person", "为什么", clock(), lane=1)
    with writing(engine) as session, pytest.raises(NotAllowed):
        quarantine.put_in(session, who, new, clock())
    with writing(engine) as session:
        made = quarantine.put_in(session, SUPERVISOR, new, clock())
        with pytest.raises(NotAllowed):
            quarantine.lift(session, who, made.id, "为什么", clock())
        administrator = quarantine.Actor("administrator", "administrator", 1)
        hidden = NewQuarantine(1, "person", "为什么", clock(), plate=PLATE)
        with pytest.raises(NotAllowed):
            quarantine.put_in(session, administrator, hidden, clock())
        quarantine.lift(session, administrator, made.id, "修好了", clock())


def test_over_http_it_is_seen_by_those_who_work_with_readings(api: Api, clock: Clock) -> None:
    supervisor, administrator = api.as_user("supervisor"), api.as_user("administrator")
    asked = {"camera_id": 1, "plate": "浙j·a1234", "reason": "店招被当成号牌"}
    assert administrator.post(URL, json=asked).status_code == 403, "of a plate only a supervisor says so"
    made = supervisor.post(URL, json=asked).json()
    assert (made["state"], made["kind"], made["plate"], made["made_by"]) == (
        "in_force",
        "person",
        PLATE,
        "supervisor",
    )
    assert supervisor.post(URL, json=asked).status_code == 409
    assert supervisor.post(URL, json={**asked, "plate": "浙JA*"}).json()["field"] == "plate"
    assert supervisor.post(URL, json={"camera_id": 77, "reason": "为什么"}).status_code == 404
    lane = administrator.post(URL, json={"camera_id": 2, "lane": 1, "reason": "反光"}).json()
    assert [item["id"] for item in api.as_user("operator").get(URL).json()["items"]] == [
        lane["id"],
        made["id"],
    ]
    assert administrator.get(URL).json()["items"][1]["plate"] is None, "who runs the system sees no plate"
    for login in ("patrol", "auditor"):
        assert api.as_user(login).get(URL).status_code == 403
    lift = f"{URL}/{lane['id']}/lift"
    assert api.as_user("operator").post(lift, json={"reason": "好了"}).status_code == 403
    assert supervisor.post(lift, json={"reason": " "}).json()["field"] == "reason"
    lifted = administrator.post(lift, json={"reason": "修好了"}).json()
    assert (lifted["state"], lifted["lifted_by"], lifted["lifted_reason"]) == (
        "lifted",
        "administrator",
        "修好了",
    )
    assert supervisor.post(lift, json={"reason": "再来"}).status_code == 409
    states = {state: len(supervisor.get(URL, params={"state": state}).json()["items"]) for state in STATES}
    assert states == {"in_force": 1, "ended": 0, "lifted": 1}
