"""Promise: what goes further or wider is answered only after others agreed, and then to who asked it."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from operations.closing import close_run_out
from operations.intake import Known
from operations.questions.deciding import lapse
from operations.store import reading, writing
from operations.tables import AuditRow, CaseSighting, QueryRow
from tests.api_server import Api
from tests.conftest import Clock
from tests.village import CASE, PLATE, seen, take

QUERIES = "/api/v1/queries"
CORNERS = [[121.255, 28.14], [121.275, 28.14], [121.275, 28.16], [121.255, 28.16]]
AREA = {"type": "Polygon", "coordinates": [[*CORNERS, CORNERS[0]]]}
DATA = ("items", "vehicles", "tracks", "clone", "companions", "next")


@pytest.fixture
def asked(api: Api, clock: Clock) -> dict[str, Any]:
    """A question of three fixed characters over 40 days, for two persons; PLATE was seen once since."""
    begins = clock() - timedelta(days=40)
    take(api.house.engine, Known(), clock.move(60), seen(clock(), 1))
    until = clock() + timedelta(days=1)
    named = {"case_number": CASE, "reason": "连环盗窃案", "kind": "search", "plate": "浙JA*"}
    return {**named, "from": begins.isoformat(), "to": until.isoformat()}


def _trail(api: Api) -> list[tuple[str, str]]:
    with reading(api.house.engine) as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.subject == "query").order_by(AuditRow.id))
        return [(row.action, row.actor) for row in rows]


def _holds_nothing(answer: dict[str, Any]) -> bool:
    return answer["count"] == 0 and not any(answer[name] for name in DATA) and not answer["path"]["features"]


def _sign_out(api: Api) -> None:
    """Forget the sign-ins: the clock has moved past their end."""
    api.close()
    api.clients.clear()


def _approve(client: httpx.Client, query_id: str) -> httpx.Response:
    return client.post(f"{QUERIES}/{query_id}/approve", json={"reason": "必要且相称"})


def test_two_persons_agree_before_the_asker_sees_anything(api: Api, clock: Clock, asked: dict) -> None:
    investigator, first, second = map(api.as_user, ("investigator", "supervisor", "supervisor-2"))
    graded = investigator.post(f"{QUERIES}/grade", json=asked).json()
    assert graded["grade"] == "two_persons"
    query = investigator.post(QUERIES, json=asked).json()
    assert (query["state"], query["grade"], query["grade_why"]) == ("waiting", *graded.values())
    assert _holds_nothing(query)
    address = f"{QUERIES}/{query['id']}"
    waiting = second.get(QUERIES, params={"state": "waiting"}).json()["items"]
    assert [each["id"] for each in waiting] == [query["id"]]
    for look in (investigator, first, second):
        assert _holds_nothing(look.get(address).json())
    assert investigator.get(f"{address}/export.csv").status_code == 409
    one = _approve(first, query["id"]).json()
    assert (one["state"], [each["user"] for each in one["decisions"]]) == ("waiting", ["supervisor"])
    assert _approve(first, query["id"]).status_code == 409, "the same person does not count twice"
    assert _holds_nothing(investigator.get(address).json())
    assert _approve(second, query["id"]).json()["state"] == "approved"
    assert _holds_nothing(second.get(address).json()), "who agrees does not see the answer"
    answer = investigator.get(address).json()
    assert (answer["state"], [each["plate"] for each in answer["vehicles"]]) == ("answered", [PLATE])
    assert second.get(address).status_code == 403, "no member of the case"
    assert _trail(api) == [
        ("query.asked", "investigator"),
        ("query.approved", "supervisor"),
        ("query.approved", "supervisor-2"),
        ("vehicle.queried", "investigator"),
    ]


def test_one_refusal_is_enough_and_says_why(api: Api, clock: Clock, asked: dict) -> None:
    investigator, first, second = map(api.as_user, ("investigator", "supervisor", "supervisor-2"))
    query = investigator.post(QUERIES, json=asked).json()
    _approve(first, query["id"])
    refuse = f"{QUERIES}/{query['id']}/refuse"
    assert second.post(refuse, json={}).status_code == 422, "a refusal gives its reason"
    assert second.post(refuse, json={"reason": "范围过大"}).json()["state"] == "refused"
    answer = investigator.get(f"{QUERIES}/{query['id']}").json()
    assert _holds_nothing(answer)
    assert answer["decisions"][-1] == {
        "user": "supervisor-2",
        "decision": "refuse",
        "reason": "范围过大",
        "at": answer["decisions"][-1]["at"],
    }
    assert _approve(first, query["id"]).status_code == 409


def test_an_agreement_lapses_and_ends_with_the_case(api: Api, clock: Clock, asked: dict) -> None:
    investigator = api.as_user("investigator")
    late, approved, waiting = (investigator.post(QUERIES, json=asked).json()["id"] for _ in range(3))
    clock.move(6 * 86_400)
    for supervisor in ("supervisor", "supervisor-2"):
        assert _approve(api.as_user(supervisor), approved).status_code == 200
    clock.move(2 * 86_400)
    _sign_out(api)
    assert _approve(api.as_user("supervisor"), late).json()["type"] == "/problems/agreement-lapsed"
    with writing(api.house.engine) as session:
        assert lapse(session, clock()) == 2, "those that nobody decided on; the approved one has days left"
        assert session.get_one(QueryRow, waiting).ended_why == "lapsed"
        assert session.get_one(QueryRow, approved).state == "approved"
    clock.move(90 * 86_400)
    with writing(api.house.engine) as session:
        close_run_out(session, clock())
        assert (session.get_one(QueryRow, approved).state, session.get_one(QueryRow, approved).ended_why) == (
            "refused",
            "case_closed",
        )
        assert session.scalars(select(CaseSighting)).all() == []
    _sign_out(api)
    assert api.as_user("investigator").get(f"{QUERIES}/{approved}").status_code == 409


def test_an_area_is_answered_in_order_of_time_after_one_agreed(api: Api, clock: Clock) -> None:
    """The one door without a plate: never one's own, and nothing but time orders what it finds."""
    take(
        api.house.engine,
        Known(),
        clock.move(600),
        *(
            seen(clock.move(1), number, plate=plate)
            for number, plate in enumerate(("皖C3", "浙B2", "皖C3", "京A1"))
        ),
        seen(clock(), 9, "C0003", plate="沪Z9"),
    )
    since, until = clock() - timedelta(hours=1), clock() + timedelta(hours=1)
    asked = {"case_number": CASE, "reason": "案发时段", "kind": "area", "area": AREA}
    asked |= {"from": since.isoformat(), "to": until.isoformat()}
    query = api.as_user("supervisor").post(QUERIES, json=asked).json()
    assert (query["state"], query["grade"]) == ("waiting", "supervisor")
    assert _approve(api.as_user("supervisor"), query["id"]).status_code == 403
    assert _approve(api.as_user("supervisor-2"), query["id"]).json()["state"] == "approved"
    found = api.as_user("supervisor").get(f"{QUERIES}/{query['id']}").json()
    assert [item["plate"] for item in found["items"]] == ["皖C3", "浙B2", "皖C3", "京A1"], "C0003 is outside"
    assert [(each["plate"], each["sightings"]) for each in found["vehicles"]] == [
        ("皖C3", 2),
        ("浙B2", 1),
        ("京A1", 1),
    ]
