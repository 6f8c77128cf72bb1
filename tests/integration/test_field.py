"""The field over HTTP, on both databases: check-ins, photos, positions on shift, calls for help, answers."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
import redis
from sqlalchemy import func, select

from operations import dispatch, events
from operations.audit import Actor
from operations.field.check_ins import Said, take_check_in
from operations.intake import Known
from operations.relay import relay
from operations.store import reading, writing
from operations.tables import CheckIn, Shift, Unit, UnitPosition
from operations.times import to_text
from tests.api_server import Api
from tests.conftest import Clock
from tests.patrolled import place_of, publish_route
from tests.village import OPERATOR, PLATE, seen, straight_road, take, watch_for

OWN = "/api/v1/units/1/position"
CHECK_INS = "/api/v1/patrol/check-ins"


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _said(clock: Clock, stop_id: int | None, position: int = 1, **more: Any) -> dict[str, Any]:
    lon, lat = place_of(position)
    said = {"kind": "arrive", "stop_id": stop_id, "phone_at": to_text(clock()), "sent_at": to_text(clock())}
    return said | {"lon": lon + 0.0001, "lat": lat, "accuracy_m": 9.5} | more


def _post(client: httpx.Client, path: str, body: dict[str, Any], status: int = 201) -> Any:
    answer = client.post(path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def _jpeg(tmp_path: Path) -> bytes:
    picture = np.random.default_rng(1).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    plain: bytes = cv2.imencode(".jpg", picture)[1].tobytes()
    exif = b"Exif\x00\x00GPS 28.15N 121.30E"
    return plain[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + plain[2:]


def test_a_stop_is_arrived_at_dwelt_at_and_left(api: Api, clock: Clock, redis_client: redis.Redis) -> None:
    first, second, _ = publish_route(api.house.engine, clock())
    team, desk = api.as_user("patrol"), api.as_user("operator")
    arrived = _post(team, CHECK_INS, _said(clock, first, client_id="arrive-1", note="市场东门"))
    assert (arrived["stop"]["checked_in_at"], arrived["doubts"]) == (_iso(clock()), [])
    assert arrived["away_m"] == pytest.approx(9.8, abs=0.2)
    left = _said(clock, first, client_id="leave-01", kind="leave", phone_at=to_text(clock.move(720)))
    assert _post(team, CHECK_INS, left | {"sent_at": to_text(clock())})["stop"]["left_at"] == _iso(clock())
    reported = _post(team, CHECK_INS, _said(clock, None, client_id="report-1", kind="report", note="路灯坏"))
    assert (reported["stop"], reported["note"]) == (None, "路灯坏")
    shown = team.get("/api/v1/patrol/route").json()
    stop = shown["plan"]["stops"][0]
    assert (stop["checked_in_at"], stop["left_at"], stop["note"]) == (
        arrived["at"],
        _iso(clock()),
        "市场东门",
    )
    assert shown["plan"]["line"]["coordinates"][0] == list(place_of(1))
    assert (shown["may_share"], shown["near_m"], shown["server_time"]) == (True, 200.0, _iso(clock()))
    assert desk.get("/api/v1/patrol/route", params={"unit_id": 2}).json()["plan"] is None
    listed = desk.get(CHECK_INS, params={"unit_id": 1}).json()["items"]
    assert [item["kind"] for item in listed] == ["arrive", "leave", "report"]
    relay(api.house.engine, redis_client, clock())
    told = [fields["type"] for _, fields in redis_client.xrange(events.STREAM)]
    assert told == [events.PATROL_CHECKED_IN] * 3
    assert "121.27" not in redis_client.xrange(events.STREAM)[2][1]["json"], "a report tells no place"
    with writing(api.house.engine) as session:  # another team's stop, and a stop that is not there
        session.get_one(Unit, 1).user_id, session.get_one(Unit, 2).user_id = None, 5
        session.flush()
        crew = Actor("demo", "patrol", None)
        crews = Said("crew-arrives", "arrive", clock(), second, clock(), *place_of(2), 8.0, unit_id=1)
        assert take_check_in(session, straight_road(), crews, crew, clock())["stop"]["id"] == second
    _post(team, CHECK_INS, _said(clock, second, 2, client_id="arrive-2"), 403)
    _post(team, CHECK_INS, _said(clock, 999, client_id="arrive-9"), 404)
    _post(team, CHECK_INS, _said(clock, None, client_id="arrive-0"), 422)


def test_a_better_arrival_takes_the_place_of_a_doubted_one(api: Api, clock: Clock) -> None:
    (first, *_) = publish_route(api.house.engine, clock())
    team = api.as_user("patrol")
    far = _post(team, CHECK_INS, _said(clock, first, 3, client_id="from-afar"))
    assert [doubt["code"] for doubt in far["stop"]["doubts"]] == ["too_far"]
    clock.move(600)
    near = _post(team, CHECK_INS, _said(clock, first, client_id="from-near"))
    assert (near["stop"]["doubts"], near["stop"]["checked_in_at"]) == ([], _iso(clock()))
    with reading(api.house.engine) as session:
        assert session.scalar(select(func.count()).select_from(CheckIn)) == 2, "what was said first stays"


def test_a_photo_is_kept_without_its_exif_and_seen_through_its_check_in(
    api: Api, clock: Clock, tmp_path: Path
) -> None:
    (first, *_) = publish_route(api.house.engine, clock())
    team, jpeg = api.as_user("patrol"), _jpeg(tmp_path)
    headers = {"Content-Type": "image/jpeg"}
    sent = team.post("/api/v1/patrol/photos", content=jpeg, headers=headers)
    assert sent.status_code == 201
    refused = team.post("/api/v1/patrol/photos", content=b"GIF89a" * 9, headers=headers)
    assert (refused.status_code, refused.json()["field"]) == (422, "photo")
    large = team.post("/api/v1/patrol/photos", content=b"\xff" * (2 * 1024**2 + 1), headers=headers)
    assert large.status_code == 413
    said = _said(clock, first, client_id="with-photo", photo=sent.json()["photo"])
    taken = _post(team, CHECK_INS, said)
    _post(team, CHECK_INS, said | {"client_id": "no-such-1", "photo": "0" * 64 + ".jpg"}, 422)
    path = f"{CHECK_INS}/{taken['id']}/photo"
    seen_by_desk = api.as_user("operator").get(path)
    assert (seen_by_desk.status_code, seen_by_desk.headers["Content-Type"]) == (200, "image/jpeg")
    assert b"GPS" in jpeg
    assert b"GPS" not in seen_by_desk.content
    shown = cv2.imdecode(np.frombuffer(seen_by_desk.content, np.uint8), cv2.IMREAD_COLOR)
    assert np.array_equal(shown, cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR))
    assert team.get(path).status_code == 200
    assert api.as_user("investigator").get(path).status_code == 403


def test_positions_are_taken_on_shift_only(api: Api, clock: Clock) -> None:
    team, engine = api.as_user("patrol"), api.house.engine
    with writing(engine) as session:  # 08:00 UTC is 16:00 at the site
        session.add(Shift(id=1, code="d", name="白班", kind="urban", from_s=8 * 3600.0, until_s=16 * 3600.0))
        session.flush()
        session.get_one(Unit, 1).shift_id = 1
    came = [
        {"at": to_text(clock() - timedelta(seconds=s)), "lon": 121.3 + s / 1e5, "lat": 28.15}
        for s in (600, 300, 0)
    ]
    _post(team, OWN, {"positions": came, "sent_at": to_text(clock())}, 204)
    _post(team, OWN, {"positions": came, "sent_at": to_text(clock.move(2))}, 204)  # the answer was lost
    with reading(engine) as session:
        rows = session.scalars(select(UnitPosition).order_by(UnitPosition.at)).all()
        assert [round(row.lon, 4) for row in rows] == [121.306, 121.303, 121.3]
        unit = session.get_one(Unit, 1)
        assert (unit.lon, unit.position_at) == (121.3, clock() - timedelta(seconds=2))
    clock.move(31 * 60)
    refused = _post(team, OWN, {"positions": [{"lon": 121.3, "lat": 28.15}]}, 409)
    assert "outside its shift" in refused["detail"]
    assert team.get("/api/v1/patrol/route").json()["may_share"] is False
    clock.move(-60 * 60)
    assert team.patch("/api/v1/units/1", json={"state": "off_duty"}).status_code == 200
    assert "off duty" in _post(team, OWN, {"positions": came[:1]}, 409)["detail"]
    _post(team, "/api/v1/units/2/position", {"positions": came[:1]}, 403)


def test_a_call_for_help_reaches_the_desk_and_is_seen_to(
    api: Api, clock: Clock, redis_client: redis.Redis
) -> None:
    team, desk, path = api.as_user("patrol"), api.as_user("operator"), "/api/v1/patrol/distress"
    with writing(api.house.engine) as session:
        session.get_one(Unit, 1).state = "off_duty"  # it works off shift too
        session.get_one(Unit, 1).position_at = clock() - timedelta(minutes=50)
    an_hour_fast = clock() + timedelta(hours=1)
    cry = {"client_id": "help-0001", "at": to_text(an_hour_fast - timedelta(seconds=90))}
    cry |= {"sent_at": to_text(an_hour_fast)}
    call = _post(team, path, cry)
    assert _post(team, path, cry)["id"] == call["id"]
    assert (call["unit"]["code"], call["lon"], call["state"]) == ("U1", 121.27, "open")
    assert call["at"] == _iso(clock() - timedelta(seconds=90))
    assert call["positioned_at"] == _iso(clock() - timedelta(minutes=50)), "how old its place is"
    placed = _post(team, path, cry | {"client_id": "help-0002", "lon": 121.31, "lat": 28.16})
    assert (placed["lon"], placed["positioned_at"]) == (121.31, None)
    _post(team, f"{path}/{call['id']}/acknowledge", {}, 403)
    assert _post(desk, f"{path}/{call['id']}/acknowledge", {}, 200)["acknowledged_by"] == "operator"
    _post(desk, f"{path}/{call['id']}/acknowledge", {}, 409)
    _post(desk, f"{path}/{call['id']}/close", {"outcome": " "}, 422)
    closed = _post(desk, f"{path}/{call['id']}/close", {"outcome": "增援到场"}, 200)
    assert (closed["state"], closed["outcome"]) == ("closed", "增援到场")
    still = desk.get(path, params={"state": "open"}).json()["items"]
    assert [one["id"] for one in still] == [placed["id"]]
    assert len(team.get(path).json()["items"]) == 2
    relay(api.house.engine, redis_client, clock())
    told = [fields["type"] for _, fields in redis_client.xrange(events.STREAM)]
    assert told == ["distress.raised"] * 2 + ["distress.changed"] * 2


def test_a_declined_assignment_frees_the_unit_and_the_alert_waits_again(api: Api, clock: Clock) -> None:
    engine, roads = api.house.engine, straight_road()
    plates = (PLATE, "皖B55555")
    for plate in plates:
        watch_for(engine, plate, clock())
    take(engine, Known(), clock(), *(seen(clock(), track, plate=plate) for track, plate in enumerate(plates)))
    team, desk = api.as_user("patrol"), api.as_user("operator")

    def send(alert_id: int, unit_id: int) -> None:
        with writing(engine) as session:
            dispatch.assign(session, roads, alert_id, unit_id, actor=OPERATOR, now=clock.move(5))

    send(1, 1)
    send(2, 2)
    for answer in ("accept", "decline"):
        body = {"reason": "车辆故障"} if answer == "decline" else {}
        _post(team, f"/api/v1/alerts/2/{answer}", body, 403)
    _post(team, "/api/v1/alerts/1/decline", {"reason": ""}, 422)
    declined = _post(team, "/api/v1/alerts/1/decline", {"reason": "车辆故障"}, 200)
    assert [declined[name] for name in ("state", "unit", "dispatched_at")] == ["acknowledged", None, None]
    _post(team, "/api/v1/alerts/1/decline", {"reason": "again"}, 409)
    story = desk.get("/api/v1/alerts/1").json()
    assert story["assignment"]["declined_why"] == "车辆故障"
    assert story["history"][-1]["action"] == "assignment.answered"
    send(1, 1)  # it is available again
    assert _post(team, "/api/v1/alerts/1/accept", {}, 200)["state"] == "dispatched"
    accepted_at = _iso(clock())
    clock.move(5)
    _post(team, "/api/v1/alerts/1/accept", {}, 200)
    assert desk.get("/api/v1/alerts/1").json()["assignment"]["accepted_at"] == accepted_at
