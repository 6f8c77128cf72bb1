"""Promise: nobody sees vehicle data by a question without a row of question, case, reason and count."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import func, select

from api.app import PREFIX, build_app
from operations import media
from operations.intake import Known
from operations.questions.kinds import ANSWERS
from operations.questions.question import FROM_A_NAMED_PLATE, KINDS
from operations.store import reading
from operations.tables import AuditRow, CaseSighting
from tests.api_server import Api
from tests.conftest import Clock
from tests.village import CASE, PLATE, seen, take

QUERIES = f"{PREFIX}/queries"
REASON = "连环盗窃案"


@pytest.fixture
def asked(api: Api, clock: Clock) -> dict[str, Any]:
    key = media.put(api.house.media, b"a picture")
    sightings = [seen(clock.move(120), number, f"C000{number}", snapshot=key) for number in (1, 2)]
    take(api.house.engine, Known(), clock.move(1), *sightings)
    since, until = clock() - timedelta(days=1), clock() + timedelta(days=1)
    return {
        "case_number": CASE,
        "reason": REASON,
        "plate": PLATE,
        "from": since.isoformat(),
        "to": until.isoformat(),
    }


def _new_rows(api: Api, last: list[int]) -> list[AuditRow]:
    """Return the audit rows of questions since the last call."""
    wanted = select(AuditRow).where(AuditRow.id > last[0], AuditRow.subject == "query")
    with reading(api.house.engine) as session:
        rows = session.scalars(wanted.order_by(AuditRow.id)).all()
    last[0] = rows[-1].id if rows else last[0]
    return list(rows)


def test_a_question_each_look_again_each_picture_and_each_export(api: Api, clock: Clock, asked: dict) -> None:
    investigator, last = api.as_user("investigator"), [0]
    query = investigator.post(QUERIES, json=asked).json()
    assert query["count"] == 2
    address = f"{QUERIES}/{query['id']}"
    looks = [("vehicle.queried", 2)]
    picture = f"/sightings/{query['items'][0]['id']}/snapshot.jpg"
    for path, action, count in (
        ("", "query.reopened", 2),
        (picture, "query.picture_viewed", None),
        ("/export.geojson", "query.exported", 2),
        ("/export.gpx", "query.exported", 2),
        ("/export.csv", "query.exported", 2),
    ):
        assert investigator.get(address + path).status_code == 200, path
        looks.append((action, count))
    rows = _new_rows(api, last)
    assert [(row.action, row.details.get("count")) for row in rows] == looks
    for row in rows:
        assert (row.actor, row.subject, row.subject_id) == ("investigator", "query", query["id"])
        assert (row.case_number, row.reason, row.details["plate"]) == (CASE, REASON, PLATE)
    with reading(api.house.engine) as session:
        assert session.scalar(select(func.count()).select_from(CaseSighting)) == 2, "kept for the case, once"


def test_analyses_start_only_from_a_plate_named_in_the_case(api: Api, clock: Clock, asked: dict) -> None:
    investigator, last = api.as_user("investigator"), [0]
    others = {"compare": {"other_plate": "浙B55555"}}
    questions = {kind: {**asked, "kind": kind, **others.get(kind, {})} for kind in FROM_A_NAMED_PLATE}
    for question in questions.values():
        refused = investigator.post(QUERIES, json=question)
        assert (refused.status_code, refused.json()["field"]) == (422, "plate")
    assert _new_rows(api, last) == [], "who was refused saw nothing"
    investigator.post(QUERIES, json=asked)
    found = {kind: investigator.post(QUERIES, json=question).json() for kind, question in questions.items()}
    rows = _new_rows(api, last)
    assert [row.details["kind"] for row in rows] == ["path", *questions]
    assert {kind: (each["state"], each["count"]) for kind, each in found.items()} == {
        "clone": ("answered", 2),
        "companions": ("waiting", 0),
        "next": ("answered", 2),
        "compare": ("answered", 2),
    }
    assert found["clone"]["clone"]["verdict"] == "one_vehicle"
    assert [track["plate"] for track in found["compare"]["tracks"]] == [PLATE]
    assert (found["compare"]["companions"], found["next"]["clone"]) == ([], None)


def test_there_is_no_door_that_ranks_vehicles_nobody_asked_about(api: Api) -> None:
    """Each kind of question starts from a plate, save `area`; and no other route lists vehicles or plates."""
    assert set(ANSWERS) == set(KINDS) == {*FROM_A_NAMED_PLATE, "path", "search", "area"}
    words = re.compile(r"vehicle|plate|rank|score|suspici|frequent|track|companion|clone|sighting")
    found = set()
    for route in iter_route_contexts(build_app(api.house).routes):
        path = route.path.removeprefix(PREFIX)
        if words.search(path):
            found.add(path)
    assert found == {
        "/alerts/{alert_id}/plate.jpg",
        "/queries/{query_id}/sightings/{sighting_id}/snapshot.jpg",
    }
    for name in ("plate", "other_plate", "area"):
        sources = Path(__file__).parents[2].glob("api/routers/*.py")
        takers = {each.stem for each in sources if f"{name}:" in each.read_text(encoding="utf-8")}
        assert not takers, "no route takes a plate in its address or query string"
