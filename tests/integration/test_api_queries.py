"""Cases, watchlist and vehicle queries over HTTP: no look without a case, a reason and an audit row."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from operations.intake import Known, take_messages
from operations.sightings import to_json
from operations.store import Engine, reading
from operations.stream import Message
from operations.tables import AuditRow
from tests.api_server import Api
from tests.conftest import START, Clock
from tests.village import CASE, PLATE, seen

QUERIES = "/api/v1/queries"


def _question(**changed: object) -> dict[str, object]:
    since, until = START - timedelta(days=1), START + timedelta(days=1)
    asked = {"case_number": CASE, "reason": "连环盗窃案", "plate": "浙J·A12?4"}
    return {**asked, "from": since.isoformat(), "to": until.isoformat(), **changed}


def _drive(api: Api, clock: Clock) -> None:
    """Have PLATE seen at C0001, 120 s later at C0002, two seconds later at C0003; another plate once."""
    sightings = [
        seen(clock.move(1), 1, "C0001"),
        seen(clock.move(120), 2, "C0002"),
        seen(clock.move(2), 3, "C0003", simulated=True),
        seen(clock(), 4, "C0003", plate="浙B99999"),
    ]
    messages = [Message("0-1", to_json(sighting).encode()) for sighting in sightings]
    assert take_messages(api.house.engine, Known(), messages, clock()).refused == []


def _audited(api: Api) -> list[tuple[str, str, str, str | None]]:
    with reading(api.house.engine) as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.subject == "query").order_by(AuditRow.id))
        return [(row.action, row.actor, row.case_number, row.reason) for row in rows]


def test_a_vehicle_is_followed_by_road_and_what_cannot_be_is_flagged(api: Api, clock: Clock) -> None:
    _drive(api, clock)
    answer = api.as_user("investigator").post(QUERIES, json=_question())
    assert answer.status_code == 201
    found = answer.json()
    assert [item["camera"]["code"] for item in found["items"]] == ["C0001", "C0002", "C0003"]
    assert (found["count"], found["truncated"]) == (3, False)
    (line,) = [f for f in found["path"]["features"] if f["geometry"]["type"] == "LineString"]
    assert line["properties"]["seconds"] == 120
    assert line["properties"]["road_seconds"] > 0, "by road"
    (track,) = found["tracks"]
    legs = [leg for trip in track["trips"] for leg in trip["legs"]]
    assert [(leg["verdict"], leg["seconds"]) for leg in legs] == [("driven", 120), ("impossible", 2)]
    assert legs[1]["ways"] == [], "1 km in two seconds is not drawn"
    assert [reading["camera"] for reading in legs[1]["readings"]] == ["C0002", "C0003"], "but told"
    points = [f for f in found["path"]["features"] if f["geometry"]["type"] == "Point"]
    assert [point["properties"]["camera"] for point in points] == ["C0001", "C0002", "C0003"]
    assert [point["properties"]["simulated"] for point in points] == [False, False, True]
    assert _audited(api) == [("vehicle.queried", "investigator", CASE, "连环盗窃案")]


def test_a_look_again_is_audited_again_and_only_for_members(api: Api, clock: Clock) -> None:
    _drive(api, clock)
    investigator, outsider = api.as_user("investigator"), api.as_user("outsider")
    query = investigator.post(QUERIES, json=_question(plate=PLATE)).json()
    again = investigator.get(f"{QUERIES}/{query['id']}").json()
    assert again["items"] == query["items"]
    assert outsider.get(f"{QUERIES}/{query['id']}").status_code == 403
    assert outsider.post(QUERIES, json=_question()).status_code == 403
    assert [row[:2] for row in _audited(api)] == [
        ("vehicle.queried", "investigator"),
        ("query.reopened", "investigator"),
    ], "who was refused saw nothing"
    assert [row["id"] for row in investigator.get(QUERIES).json()["items"]] == [query["id"]]
    assert outsider.get(QUERIES).json()["items"] == []
    picture = f"{QUERIES}/{query['id']}/sightings/C0003:1795420800000:4/snapshot.jpg"
    assert investigator.get(picture).status_code == 404, "the query did not find this vehicle"


@pytest.mark.parametrize("pattern", ["浙JA1234", "浙JA1%"])
def test_postgresql_finds_plates_and_beginnings_of_plates_by_its_index(engine: Engine, pattern: str) -> None:
    if engine.dialect.name != "postgresql":
        return
    with reading(engine) as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        operator = "LIKE" if "%" in pattern else "="
        plan = session.execute(text(f"EXPLAIN SELECT * FROM sightings WHERE plate {operator} '{pattern}'"))
        conditions = [line for (line,) in plan if "Index Cond" in line]
    assert conditions
    assert all("plate" in line for line in conditions)


def test_questions_without_ground_or_bounds_are_refused_naming_the_field(api: Api) -> None:
    investigator = api.as_user("investigator")
    long_ago = (START - timedelta(days=800)).isoformat()
    for field, value in (
        ("plate", "浙J*"),
        ("plate", "浙JA*1*"),
        ("plate", "浙JA'1--"),
        ("reason", " "),
        ("reason", None),
        ("from", long_ago),
        ("from", "2026-11-23T08:00:00"),
        ("to", long_ago),
        ("face", "photo.jpg"),
    ):
        answer = investigator.post(QUERIES, json=_question(**{field: value}))
        assert (answer.status_code, answer.json()["field"]) == (422, field), value
    assert investigator.post(QUERIES, json=_question(case_number="no such")).status_code == 404
    assert _audited(api) == []


def test_a_closed_case_answers_nothing(api: Api, clock: Clock) -> None:
    investigator, supervisor = api.as_user("investigator"), api.as_user("supervisor")
    query = investigator.post(QUERIES, json=_question()).json()
    assert investigator.post("/api/v1/cases/1/close", json={"reason": "结案"}).status_code == 403
    closed = supervisor.post("/api/v1/cases/1/close", json={"reason": "结案"}).json()
    assert closed["state"] == "closed"
    assert investigator.post(QUERIES, json=_question()).status_code == 409
    assert investigator.get(f"{QUERIES}/{query['id']}").status_code == 409


def test_a_case_is_opened_and_a_second_person_watches_with_it(api: Api, clock: Clock) -> None:
    outsider, supervisor = api.as_user("outsider"), api.as_user("supervisor")
    ends = (clock() + timedelta(days=30)).isoformat()
    new = {"number": "2026-YH-0200", "title": "肇事逃逸", "legal_basis": "立案决定书", "ends_at": ends}
    case = outsider.post("/api/v1/cases", json=new).json()
    assert (case["members"], case["state"]) == (["outsider"], "open")
    assert outsider.post("/api/v1/cases", json=new).status_code == 409
    assert [c["number"] for c in outsider.get("/api/v1/cases").json()["items"]] == ["2026-YH-0200"]
    assert outsider.post("/api/v1/cases/1/members", json={"user_id": 8}).status_code == 403, "not one's case"
    members = f"/api/v1/cases/{case['id']}/members"
    assert outsider.post(members, json={"login": "operator"}).json()["field"] == "user_id"
    assert outsider.post(members, json={"login": "supervisor"}).json()["members"] == [
        "outsider",
        "supervisor",
    ]

    asked = {"pattern": "浙JC77?8", "case_number": "2026-YH-0200", "reason": "肇事车辆", "severity": "orange"}
    entry = supervisor.post("/api/v1/watchlist", json={**asked, "valid_until": ends}).json()
    assert (entry["state"], entry["created_by"]) == ("pending", "supervisor")
    approve = f"/api/v1/watchlist/{entry['id']}/approve"
    own = supervisor.post(approve, json={})
    assert (own.status_code, own.json()["type"]) == (403, "/problems/creator-may-not-approve")
    assert api.as_user("supervisor-2").post(approve, json={}).json()["state"] == "active"
    assert api.as_user("investigator").get("/api/v1/watchlist").json()["items"] == [], "not their case"
    ended = outsider.post(f"/api/v1/watchlist/{entry['id']}/end", json={"reason": "已找到"}).json()
    assert (ended["state"], ended["decided_by"]) == ("ended", "supervisor-2")
