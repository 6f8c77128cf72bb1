"""Whom to send, on both databases: by road and by what the plan loses, with reasons; over HTTP too."""

from datetime import timedelta
from typing import Any

from operations.field.answers import decline
from operations.intake import Known
from operations.store import writing
from operations.tables import PatrolRoute, Unit
from tests.api_server import Api
from tests.conftest import Clock
from tests.planned_day import crew, need, publish_day
from tests.village import PATROL, PLATE, seen, take, watch_for

ALERT = "/api/v1/alerts/1"


def raise_alert(api: Api, clock: Clock) -> None:
    """Have the watched vehicle seen at C0002: U1 is half a kilometre from it, U2 one, on the other side.

    The first visit of U1 is worth much, cannot wait for a quarter of an hour, and is in a town that U2 may
    not go to.
    """
    urgent = need(1, window_until_s=16 * 3600 + 900.0, priority=20.0, town_id=2)
    needs = [urgent, *(need(number) for number in range(2, 7))]
    publish_day(api.house.engine, clock(), needs, [crew(1), crew(2, may_leave_town=False)])
    with writing(api.house.engine) as session:
        for number, lon in ((1, 121.265), (2, 121.28)):
            session.get_one(Unit, number).lon = lon
    watch_for(api.house.engine, PLATE, clock())
    take(api.house.engine, Known(), clock(), seen(clock(), 1, camera="C0002"))


def codes(item: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in item["reasons"]]


def test_of_two_as_near_the_one_whose_plan_loses_less_comes_first(api: Api, clock: Clock) -> None:
    raise_alert(api, clock)
    operator = api.as_user("operator")
    first, second = operator.get(f"{ALERT}/recommendation").json()["items"]
    assert [first["rank"], second["rank"]] == [1, 2]
    assert (first["unit"]["code"], second["unit"]["code"]) == ("U2", "U1")
    assert first["plan_cost"] == {"priority": 0, "moved": 0, "dropped": 0}
    assert second["plan_cost"] == {"priority": 20, "moved": 0, "dropped": 1}
    assert [codes(first)[0], codes(second)[0]] == ["later", "nearest"]
    assert "home_town" in codes(first)
    assert "plan_cost" in codes(second)
    assert first["route"]["type"] == "LineString"
    assert operator.get("/api/v1/alerts/9/recommendation").status_code == 404
    assert api.as_user("auditor").get(f"{ALERT}/recommendation").status_code == 403


def test_who_declined_or_is_not_at_work_comes_last(api: Api, clock: Clock) -> None:
    raise_alert(api, clock)
    operator = api.as_user("operator")
    operator.post(f"{ALERT}/dispatch", json={"unit_id": 1})
    with writing(api.house.engine) as session:
        decline(session, 1, "爆胎", PATROL, clock())
    items = operator.get(f"{ALERT}/recommendation").json()["items"]
    assert [(one["unit"]["code"], codes(one)[0]) for one in items] == [("U2", "nearest"), ("U1", "declined")]
    with writing(api.house.engine) as session:
        route = session.get_one(PatrolRoute, 2)
        route.shift_from, route.shift_until = clock() + timedelta(hours=1), clock() + timedelta(hours=2)
    items = operator.get(f"{ALERT}/recommendation").json()["items"]
    assert [codes(one)[0] for one in items] == ["off_shift", "declined"]
    assert items[0]["plan_cost"] is None


def test_closing_a_road_and_replanning_over_http(api: Api, clock: Clock) -> None:
    raise_alert(api, clock)
    supervisor = api.as_user("supervisor")
    slip = {"places": [[121.2675, 28.15], [121.2725, 28.15]], "reason": "塌方路段"}
    closed = supervisor.post("/api/v1/roads/closures", json=slip)
    assert closed.status_code == 201
    assert [one["reason"] for one in supervisor.get("/api/v1/roads/closures").json()["items"]] == ["塌方路段"]
    items = supervisor.get(f"{ALERT}/recommendation").json()["items"]
    assert items == [], "no road leads there"
    asked = {"plan_id": 1, "revision": 0, "why": "road_closed"}
    told = supervisor.post("/api/v1/patrol/replan", json=asked).json()
    assert (told["dropped"], told["plan"]) == (6, None)
    applied = supervisor.post("/api/v1/patrol/replan", json=asked | {"apply": True}).json()
    assert applied["plan"]["revision"] == 1
    assert len(applied["plan"]["unserved"]) == 6
    assert supervisor.post("/api/v1/roads/closures/1/lift", json={}).json()["in_force"] is False
    wrong = supervisor.post("/api/v1/roads/closures", json=slip | {"places": [[121.28, 28.9]]})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "places")
