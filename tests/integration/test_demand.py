"""Demand on both databases: what raises it and what never does, key places, orders, files of calls."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from geo.coordinates import wgs84_to_gcj02
from operations.audit import Actor
from operations.demand import orders, places
from operations.demand.call_columns import PersonalColumns
from operations.demand.call_expiry import expire_calls
from operations.demand.calls import CallFile, Imported, import_calls
from operations.demand.needs import Need, needs
from operations.demand.orders import NewOrder
from operations.demand.places import NewPlace, PlaceIsOrdered
from operations.facts import BadInput, NotAllowed
from operations.store import Engine, reading, writing
from operations.tables import AuditRow, PatrolStop, PublicCall, RoadNetworkRow
from tests.api_server import Api
from tests.conftest import START
from tests.patrolled import publish_route
from tests.village import OPERATOR, SUPERVISOR, found_village, straight_road

ZONE = "Asia/Shanghai"
TODAY = date(2026, 11, 23)  # a Monday; START is 16:00 there
ADMINISTRATOR = Actor("administrator", "administrator", 6)
MARKET = NewPlace(
    "城关菜市场", "market", 121.28, 28.15, visits=2, hours=[{"from": "06:00", "until": "11:00", "days": [1]}]
)


@pytest.fixture
def village(engine: Engine) -> Engine:
    found_village(engine, START)
    with writing(engine) as session:
        session.add(RoadNetworkRow(version="straight", loaded_at=START, arrays=straight_road().to_bytes()))
    return engine


def wanted(engine: Engine, day: date = TODAY) -> list[Need]:
    with reading(engine) as session:
        return needs(session, day, ZONE, START)


def add_calls(engine: Engine, reported_by: str, hour: int = 20, a_day: int = 2) -> None:
    """Add calls around a local hour of each of the past thirty days."""
    with writing(engine) as session:
        for day in range(1, 31):
            midnight = datetime(2026, 11, 23, tzinfo=ZoneInfo(ZONE)) - timedelta(days=day)
            session.add_all(
                PublicCall(
                    source_id=f"{reported_by}-{day}-{number}",
                    at=midnight + timedelta(hours=hour, minutes=25 * number),
                    lon=121.3,
                    lat=28.15,
                    grid_id=1,
                    kind="theft",
                    reported_by=reported_by,
                )
                for number in range(a_day)
            )


def test_calls_of_the_public_raise_demand_in_their_hours(village: Engine) -> None:
    (quiet,) = wanted(village)
    assert (quiet.grid_id, quiet.window_until_s) == (1, 28 * 3600.0)
    assert [reason["code"] for reason in quiet.reasons] == ["base", "unvisited"]
    add_calls(village, "public")
    busy = wanted(village)
    assert max(need.priority for need in busy) > quiet.priority + 20
    assert all(19 * 3600 <= need.window_from_s <= need.window_until_s <= 23 * 3600 for need in busy)
    (calls,) = [reason for reason in busy[0].reasons if reason["code"] == "calls"]
    assert calls["seen"] == 60


def test_what_patrols_and_cameras_found_changes_nothing(village: Engine) -> None:
    add_calls(village, "public")
    before = wanted(village)
    add_calls(village, "patrol", hour=9, a_day=20)
    add_calls(village, "camera", hour=3, a_day=20)
    assert wanted(village) == before


def test_only_a_believed_visit_lowers_demand(village: Engine) -> None:
    first, second, _ = publish_route(village, START)
    (never,) = wanted(village)
    with writing(village) as session:
        stop = session.get_one(PatrolStop, first)
        stop.checked_in_at, stop.doubts = START - timedelta(days=1), [{"code": "too_far", "away_m": 900}]
    assert wanted(village) == [never]
    with writing(village) as session:
        session.get_one(PatrolStop, second).checked_in_at = START - timedelta(days=2)
    (visited,) = wanted(village)
    assert {"code": "unvisited", "priority": 2.0, "days": 2} in visited.reasons
    assert visited.priority == never.priority - 5


def test_a_key_place_wants_its_visits_in_its_hours(village: Engine) -> None:
    with writing(village) as session:
        place = places.create(session, ADMINISTRATOR, MARKET, START)
        assert (place.code, place.grid_id, place.town_id) == ("K001", 1, 1)
    first, second = [need for need in wanted(village) if need.place_id]
    assert (first.window_from_s, second.spacing_s) == (6 * 3600.0, 3600.0)
    assert second.window_from_s - first.window_until_s >= 3600
    assert second.window_until_s <= 11 * 3600 - 720
    assert second.priority == pytest.approx(first.priority * 0.8)
    assert not [need for need in wanted(village, TODAY + timedelta(days=1)) if need.place_id], "closed"
    with writing(village) as session:
        places.change(session, SUPERVISOR, place.id, {"visits": 1, "must": True, "hours": None}, START)
    (only,) = [need for need in wanted(village, TODAY + timedelta(days=1)) if need.place_id]
    assert only.must
    with reading(village) as session:
        trail = session.scalars(select(AuditRow).where(AuditRow.subject == "key_place")).all()
    assert [row.details["change"] for row in trail] == ["created", "changed"]
    assert trail[1].details == {"change": "changed", "visits": 1, "must": True, "hours": None, "code": "K001"}


def test_a_place_outside_the_county_or_by_the_wrong_person_is_refused(village: Engine) -> None:
    with writing(village) as session:
        with pytest.raises(NotAllowed):
            places.create(session, OPERATOR, MARKET, START)
        with pytest.raises(BadInput, match="lies in no grid"):
            places.create(session, SUPERVISOR, NewPlace("码头", "other", 122.0, 28.15), START)
        bad = NewPlace("夜市", "segment", 121.28, 28.15, hours=[{"from": "25:00", "until": "02:00"}])
        with pytest.raises(BadInput, match="hours"):
            places.create(session, SUPERVISOR, bad, START)


def test_a_standing_order_counts_from_its_first_day_until_it_is_ended(village: Engine) -> None:
    evening = [{"from": "18:00", "until": "22:00"}]
    with writing(village) as session:
        place = places.create(session, SUPERVISOR, MARKET, START)
        asked = NewOrder(
            "电动车被盗多发", TODAY, TODAY + timedelta(days=3), place_id=place.id, hours=evening, visits=2
        )
        order = orders.give(session, SUPERVISOR, asked, START)
        with pytest.raises(PlaceIsOrdered):
            places.remove(session, SUPERVISOR, place.id, START)
        with pytest.raises(NotAllowed):
            orders.give(session, ADMINISTRATOR, asked, START)
        with pytest.raises(BadInput, match="one of them"):
            orders.give(session, SUPERVISOR, NewOrder("巡查", TODAY, TODAY), START)
    ordered = [need for need in wanted(village) if need.revisit == f"order:{order.id}"]
    assert [need.reasons[0]["reason"] for need in ordered] == ["电动车被盗多发"] * 2
    assert ordered[0].window_from_s == 18 * 3600
    assert not [n for n in wanted(village, TODAY - timedelta(days=1)) if n.revisit.startswith("order")]
    with writing(village) as session:
        orders.end(session, SUPERVISOR, order.id, "案件已破", START)
        places.remove(session, SUPERVISOR, place.id, START)
    assert [need.revisit for need in wanted(village)] == ["grid:1"]
    with reading(village) as session:
        ended = session.scalars(select(AuditRow).where(AuditRow.action == orders.ENDED)).one()
    assert ended.reason == "案件已破"


def csv(*rows: str, heading: str = "接警单号,报警时间,经度,纬度,警情类别,简要警情") -> bytes:
    return "\n".join([heading, *rows]).encode("gb18030")


def take(engine: Engine, content: bytes, crs: str = "wgs84") -> Imported:
    return import_calls(engine, SUPERVISOR, CallFile(content, crs, ZoneInfo(ZONE), 90), START)


def test_a_file_of_calls_is_taken_once_and_wrong_rows_are_told(village: Engine) -> None:
    lon, lat = (float(x) for x in wgs84_to_gcj02(121.3, 28.15))
    content = csv(
        f"J1,2026-11-20 21:15,{lon},{lat},盗窃,某人报称",
        f"J2,2026/11/21 08:05:30,{lon},{lat},没见过的,",
        f"J3,昨晚,{lon},{lat},纠纷,",
        "J4,2026-11-20 21:15,120.0,30.0,纠纷,",
        f"13805761234,2026-11-20 21:15,{lon},{lat},纠纷,",
        f"J6,2026-01-20 21:15,{lon},{lat},纠纷,",
        f"J7,2026-11-24 21:15,{lon},{lat},,",
    )
    first = take(village, content, "gcj02")
    assert (first.new, first.known, first.wrong, first.ignored) == (2, 0, 5, ("简要警情",))
    told = [(error.row, error.field, error.code, error.value) for error in first.errors]
    assert told[:3] == [
        (4, "报警时间", "bad_time", "昨晚"),
        (5, "lon", "outside", "120.000000, 30.000000"),
        (6, "接警单号", "personal", None),
    ]
    assert [code for _, _, code, _ in told[3:]] == ["too_old", "future"]
    again = take(village, content, "gcj02")
    assert (again.new, again.known) == (0, 2)
    with reading(village) as session:
        one, two = session.scalars(select(PublicCall).order_by(PublicCall.source_id)).all()
    assert (one.at, one.kind, one.reported_by) == (
        datetime(2026, 11, 20, 13, 15, tzinfo=UTC),
        "theft",
        "public",
    )
    assert (one.lon, one.lat) == (121.3, 28.15), "GCJ-02 became WGS-84"
    assert two.kind == "other"


def test_a_file_with_columns_about_persons_is_refused_and_counted(village: Engine) -> None:
    heading = "接警单号,报警时间,经度,纬度,警情类别,报警人姓名,联系电话"
    with pytest.raises(PersonalColumns, match="报警人姓名, 联系电话"):
        take(village, csv("J1,2026-11-20 21:15,121.3,28.15,盗窃,张三,13800000000", heading=heading))
    with reading(village) as session:
        assert session.scalar(select(func.count()).select_from(PublicCall)) == 0
        row = session.scalars(select(AuditRow).where(AuditRow.subject == "public_calls")).one()
    assert (row.action, row.details["columns"]) == ("patrol.calls_refused", 2)
    assert "13800000000" not in str(row.details)


def test_calls_go_after_their_days(village: Engine) -> None:
    add_calls(village, "public")
    assert expire_calls(village, START, 20) == 2 * 10
    assert expire_calls(village, START, 20) == 0
    with reading(village) as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "patrol.calls_expired")).one()
        assert session.scalar(select(func.count()).select_from(PublicCall)) == 40
    assert (row.details["calls"], row.details["left"]) == (20, 0)


def test_demand_over_http(api: Api) -> None:
    client = api.as_user("supervisor")
    made = client.post(
        "/api/v1/patrol/places",
        json={"name": "中心小学", "kind": "school", "lon": 121.27, "lat": 28.15, "hours": [
            {"from": "15:40", "until": "17:10", "days": [1]}]},
    )  # fmt: skip
    assert made.status_code == 201, made.text
    changed = client.patch(f"/api/v1/patrol/places/{made.json()['id']}", json={"priority": 31.5})
    assert (changed.json()["priority"], changed.json()["hours"][0]["from"]) == (31.5, "15:40")
    ordered = client.post(
        "/api/v1/patrol/orders",
        json={"grid_id": 1, "reason": "夜间加强", "from_day": "2026-11-23", "until_day": "2026-11-25"},
    )
    assert ordered.json()["in_force"]
    table = csv("J1,2026-11-20 21:15,121.3,28.15,盗窃,")
    taken = client.post("/api/v1/patrol/calls", content=table, headers={"Content-Type": "text/csv"})
    assert taken.json() == {"new": 1, "known": 0, "wrong": 0, "errors": [], "ignored": ["简要警情"]}
    found = client.get("/api/v1/patrol/demand").json()
    assert (found["day"], found["visits"]) == ("2026-11-23", len(found["items"]))
    assert found["visits"] <= 4, "one call is no wave of them"
    for need in found["items"]:
        assert need["priority"] == pytest.approx(sum(reason["priority"] for reason in need["reasons"]))
    assert {need["name"] for need in found["items"]} == {"一", "中心小学"}
    sums = client.get("/api/v1/patrol/calls/summary", params={"grid_id": 1}).json()
    assert (sum(sums["hours"]), sums["kinds"][0]["public"]) == (1, 1)
    assert sums["hours"].index(1) == 4 * 24 + 21
    ended = client.post(f"/api/v1/patrol/orders/{ordered.json()['id']}/end", json={"reason": "已处置"})
    assert not ended.json()["in_force"]
    assert client.delete(f"/api/v1/patrol/places/{made.json()['id']}").status_code == 204
    assert client.get("/api/v1/patrol/places").json() == {"items": []}
    operator = api.as_user("operator")
    assert operator.get("/api/v1/patrol/demand").status_code == 200
    assert operator.post("/api/v1/patrol/calls", content=table).status_code == 403
