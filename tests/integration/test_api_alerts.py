"""Alerts over HTTP: the list, the audited look, pictures, and the way from new to resolved."""

from sqlalchemy import select

from operations import media
from operations.intake import Known, take_messages
from operations.sightings import to_json
from operations.store import reading
from operations.stream import Message
from operations.tables import AuditRow
from tests.api_server import Api
from tests.conftest import Clock
from tests.village import PLATE, seen, watch_for

ALERTS = "/api/v1/alerts"
JPEG = b"\xff\xd8 a picture \xff\xd9"


def _see(api: Api, clock: Clock, *plates: str, **changed: object) -> None:
    """Have watched plates seen at C0001, each a second after the other."""
    for track, plate in enumerate(plates, 1):
        watch_for(api.house.engine, plate, clock())
        sighting = seen(clock.move(1), track, plate=plate, **changed)
        message = Message("0-1", to_json(sighting).encode())
        assert take_messages(api.house.engine, Known(), [message], clock()).refused == []


def _looks(api: Api) -> list[tuple[str, str, str]]:
    looks = ("alert.viewed", "alert.picture_viewed")
    with reading(api.house.engine) as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action.in_(looks)).order_by(AuditRow.id))
        return [(row.action, row.actor, row.case_number) for row in rows]


def test_a_look_at_an_alert_is_audited_before_it_is_answered(api: Api, clock: Clock) -> None:
    key = media.put(api.house.media, JPEG)
    _see(api, clock, PLATE, snapshot=key)
    operator = api.as_user("operator")
    (item,) = operator.get(ALERTS).json()["items"]
    assert (item["plate"], item["state"], item["camera"]["code"]) == (PLATE, "new", "C0001")
    assert _looks(api) == [], "a list is no look"

    story = operator.get(f"{ALERTS}/1").json()
    assert [(seen["has_snapshot"], seen["plate_kind"]) for seen in story["sightings"]] == [(True, "blue")]
    assert [row["action"] for row in story["history"]] == ["alert.raised"]
    picture = operator.get(f"{ALERTS}/1/snapshot.jpg")
    assert (picture.content, picture.headers["content-type"]) == (JPEG, "image/jpeg")
    case = item["case_number"]
    assert _looks(api) == [("alert.viewed", "operator", case), ("alert.picture_viewed", "operator", case)]
    assert operator.get(f"{ALERTS}/1/plate.jpg").status_code == 404, "no plate was kept"
    assert operator.get(f"{ALERTS}/1/snapshot.jpg?sighting=other").status_code == 404


def test_from_new_to_resolved_with_the_nearest_unit(api: Api, clock: Clock) -> None:
    _see(api, clock, PLATE)
    operator, patrol = api.as_user("operator"), api.as_user("patrol")
    nearest = operator.get(f"{ALERTS}/1/nearest-units").json()["items"]
    assert [drive["unit"]["code"] for drive in nearest] == ["U1", "U2"]
    assert nearest[0]["route"]["type"] == "LineString"
    assert operator.post(f"{ALERTS}/1/acknowledge", json={}).json()["acknowledged_by"] == "operator"
    again = operator.post(f"{ALERTS}/1/acknowledge", json={})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/wrong-alert-state")

    assert patrol.get(f"{ALERTS}/1").status_code == 403, "not yet this patrol's"
    sent = operator.post(f"{ALERTS}/1/dispatch", json={"unit_id": None}).json()
    assert (sent["state"], sent["unit"]["code"]) == ("dispatched", "U1")
    assert patrol.get(f"{ALERTS}/1").json()["assignment"]["unit_id"] == 1
    assert patrol.get("/api/v1/units").json()["items"][0]["assignment"]["alert_id"] == 1
    assert patrol.post(f"{ALERTS}/1/arrive", json={}).json()["state"] == "on_scene"
    assert operator.post(f"{ALERTS}/1/resolve", json={}).json()["field"] == "outcome"
    closed = operator.post(f"{ALERTS}/1/resolve", json={"outcome": "车辆已拦下"}).json()
    assert (closed["state"], closed["outcome"]) == ("resolved", "车辆已拦下")
    assert patrol.get(f"{ALERTS}/1").status_code == 403, "no longer this patrol's"


def test_pages_of_alerts_are_whole_and_in_order(api: Api, clock: Clock) -> None:
    plates = [f"浙JB000{number}" for number in range(5)]
    _see(api, clock, *plates)
    operator = api.as_user("operator")
    found, cursor = [], None
    for _ in range(3):
        page = operator.get(
            ALERTS, params={"limit": 2, "state": "open", **({"cursor": cursor} if cursor else {})}
        )
        found += [item["plate"] for item in page.json()["items"]]
        cursor = page.json()["next_cursor"]
    assert found == plates[::-1]
    assert cursor is None
    assert operator.get(ALERTS, params={"state": "closed"}).json()["items"] == []


def test_what_cannot_be_asked_is_named(api: Api) -> None:
    client = api.as_user("operator")
    for field, value in (("cursor", "nonsense"), ("cursor", "WyJ4Il0"), ("state", "asleep"), ("limit", "0")):
        answer = client.get(ALERTS, params={field: value})
        assert (answer.status_code, answer.json()["field"]) == (422, field), value
