"""How a case, a membership and an end date end or move, over HTTP: who may, and what ends with it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from operations.intake import Known
from operations.store import reading
from operations.tables import AuditRow, CaseSighting, QueryRow, WatchlistEntry
from operations.times import to_text
from tests.api_server import Api
from tests.conftest import START, Clock
from tests.village import CASE, PLATE, seen, take, watch_for

ADDRESS = "/api/v1/cases/1"
QUERIES = "/api/v1/queries"


def _question(clock: Clock, **changed: Any) -> dict[str, Any]:
    since, until = clock() - timedelta(days=1), clock() + timedelta(days=1)
    asked = {"case_number": CASE, "reason": "连环盗窃案", "plate": PLATE}
    return {**asked, "from": since.isoformat(), "to": until.isoformat(), **changed}


def _said(api: Api, action: str) -> AuditRow:
    with reading(api.house.engine) as session:
        return session.scalars(select(AuditRow).where(AuditRow.action == action)).one()


def test_closing_a_case_ends_all_that_stands_on_it(api: Api, clock: Clock) -> None:
    watch_for(api.house.engine, PLATE, clock())
    take(api.house.engine, Known(), clock.move(60), seen(clock(), 1))
    investigator, supervisor = api.as_user("investigator"), api.as_user("supervisor")
    answered = investigator.post(QUERIES, json=_question(clock)).json()
    waiting = investigator.post(QUERIES, json=_question(clock, kind="search", plate="浙JA1*")).json()
    assert (answered["state"], waiting["state"]) == ("answered", "waiting")
    assert supervisor.post(f"{ADDRESS}/close", json={"reason": "结案"}).json()["state"] == "closed"
    with reading(api.house.engine) as session:
        assert session.scalar(select(WatchlistEntry.state)) == "ended"
        assert session.scalar(select(func.count()).select_from(CaseSighting)) == 0
        refused = session.get_one(QueryRow, waiting["id"])
        assert (refused.state, refused.ended_why) == ("refused", "case_closed")
        assert session.get_one(QueryRow, answered["id"]).state == "answered", "that it was asked stays"
    said = _said(api, "case.closed")
    assert (said.actor, said.reason) == ("supervisor", "结案")
    assert said.details == {"entries_ended": 1, "questions_refused": 1, "sightings_released": 1}
    api.as_user("supervisor-2")
    approve = api.as_user("supervisor-2").post(f"{QUERIES}/{waiting['id']}/approve", json={})
    assert (approve.status_code, approve.json()["type"]) == (409, "/problems/case-closed")


def test_a_supervisor_lets_a_case_end_later_and_says_why(api: Api, clock: Clock) -> None:
    supervisor = api.as_user("supervisor")
    present, later = START + timedelta(days=90), START + timedelta(days=180)
    body = {"ends_at": later.isoformat(), "reason": "侦查期限延长"}
    assert api.as_user("investigator").post(f"{ADDRESS}/extend", json=body).status_code == 403
    sooner = {**body, "ends_at": (present - timedelta(days=1)).isoformat()}
    assert supervisor.post(f"{ADDRESS}/extend", json=sooner).json()["field"] == "ends_at"
    assert supervisor.post(f"{ADDRESS}/extend", json=body).json()["ends_at"] == "2027-05-22T08:00:00Z"
    said = _said(api, "case.extended")
    assert (said.reason, said.case_number) == ("侦查期限延长", CASE)
    assert said.details == {"from": to_text(present), "to": to_text(later)}
    clock.move(200 * 86_400)
    api.close()
    api.clients.clear()
    again = {**body, "ends_at": (later + timedelta(days=90)).isoformat()}
    assert api.as_user("supervisor").post(f"{ADDRESS}/extend", json=again).status_code == 409, (
        "it has run out"
    )


def test_who_is_no_member_any_more_sees_nothing_of_the_case(api: Api, clock: Clock) -> None:
    investigator, supervisor = api.as_user("investigator"), api.as_user("supervisor")
    query = investigator.post(QUERIES, json=_question(clock)).json()
    end = f"{ADDRESS}/members/end"
    who = {"login": "investigator", "reason": "调离"}
    assert api.as_user("outsider").post(end, json=who).status_code == 403
    assert supervisor.post(end, json={**who, "login": "outsider"}).json()["field"] == "login"
    assert supervisor.post(end, json=who).json()["members"] == ["supervisor"]
    assert investigator.get(f"{QUERIES}/{query['id']}").status_code == 403
    assert investigator.post(QUERIES, json=_question(clock)).status_code == 403
    assert _said(api, "case.member_ended").details == {"member": "investigator"}
    last = supervisor.post(end, json={"login": "supervisor", "reason": "调离"})
    assert (last.status_code, last.json()["field"]) == (422, "login"), "somebody must answer for the case"
