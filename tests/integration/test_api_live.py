"""What is pushed: a feed that resumes without loss and shows each role its own; live pictures."""

import json
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest
import redis
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from operations import events, media
from operations.store import reading
from operations.tables import AuditRow
from tests.api_server import PASSWORD, Api
from tests.conftest import Clock
from tests.services import wait_until

ALERT = {"alert": {"id": 1, "plate": "浙JA1234", "unit": {"id": 1}}}
OTHER = {"alert": {"id": 2, "plate": "浙JB5678", "unit": None}}
CAMERA = {"camera": {"id": 1, "code": "C0001", "state": "online", "reason": None, "at": "x"}}
MOVED = {"units": [{"id": 1, "lon": 121.3}, {"id": 2, "lon": 121.4}]}
ENTRY = {"entry": {"id": 1, "case_number": "2026-YH-0142", "pattern": "浙JA1234"}}
FOREIGN = {"entry": {"id": 2, "case_number": "another", "pattern": "浙JB5678"}}
ALL = [
    ("alert.raised", ALERT),
    ("alert.raised", OTHER),
    ("camera.state_changed", CAMERA),
    ("units.moved", MOVED),
    ("watchlist.changed", ENTRY),
    ("watchlist.changed", FOREIGN),
    ("vehicle.queried", {"plate": "浙JA1234"}),
]


class Events:
    """An open feed, event by event."""

    def __init__(self, response: httpx.Response) -> None:
        self.lines = response.iter_lines()
        self.last_id = ""

    def next(self) -> tuple[str, Any]:
        """Return the next event's type and data."""
        kind = data = ""
        for line in self.lines:
            name, _, value = line.partition(": ")
            if name == "id":
                self.last_id = value
            elif name == "event":
                kind = value
            elif name == "data":
                data = value
            elif not line and kind:
                return kind, json.loads(data)
        return "end", None


@contextmanager
def feed(client: httpx.Client, last_event_id: str | None = None, query: str = "") -> Iterator[Events]:
    headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
    with client.stream("GET", f"/api/v1/events{query}", headers=headers) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in response.headers
        yield Events(response)


SEES = {
    "operator": ALL[:4],
    "supervisor": ALL[:6],
    "investigator": [ALL[2], ALL[4]],
    "patrol": [ALL[0], ("units.moved", {"units": [MOVED["units"][0]]})],
    "administrator": [ALL[2]],
    "auditor": [],
}


def test_each_role_sees_its_own_until_it_signs_out(api: Api, redis_client: redis.Redis) -> None:
    with ExitStack() as stack:
        feeds = {login: stack.enter_context(feed(api.as_user(login))) for login in SEES}
        for seen in feeds.values():
            assert seen.next() == ("ready", {})
        events.publish(redis_client, ALL)
        for login, seen in feeds.items():
            assert [seen.next() for _ in SEES[login]] == SEES[login], login
        for login in SEES:
            api.as_user(login).delete("/api/v1/session")
        for login, seen in feeds.items():
            assert seen.next() == ("signed_out", {}), f"{login}: nothing more came before the session ended"


def test_a_client_that_was_away_misses_nothing_and_gets_nothing_twice(
    api: Api, redis_client: redis.Redis
) -> None:
    client = api.as_user("operator")
    with feed(client) as seen:
        seen.next()
        _publish(redis_client, 1)
        assert seen.next() == _numbered(1)
        last = seen.last_id
    for number in range(2, 700):
        _publish(redis_client, number)
    with feed(client, last) as seen:
        assert seen.next() == ("ready", {})
        assert [seen.next() for _ in range(2, 700)] == [_numbered(number) for number in range(2, 700)]
        _publish(redis_client, 700)
        assert seen.next() == _numbered(700)


def test_a_client_that_was_away_too_long_is_told(api: Api, redis_client: redis.Redis) -> None:
    for number in range(10):
        _publish(redis_client, number)
    first = redis_client.xrange("events")[0][0]
    with feed(api.as_user("operator"), first) as seen:
        assert seen.next()[0] == "ready"
    redis_client.xtrim("events", maxlen=5, approximate=False)
    for unknown in (first, "nonsense", "99999999999999-0"):
        with feed(api.as_user("operator"), unknown) as seen:
            assert seen.next()[0] == "resync", unknown


def test_only_the_types_asked_for_come(api: Api, redis_client: redis.Redis) -> None:
    with feed(api.as_user("operator"), query="?types=units.moved") as seen:
        seen.next()
        events.publish(redis_client, ALL)
        assert seen.next() == ALL[3]
    refused = api.as_user("operator").get("/api/v1/events?types=faces.seen")
    assert (refused.status_code, refused.json()["field"]) == (422, "types")


def test_a_feed_ends_when_its_session_expires(api: Api, clock: Clock) -> None:
    with feed(api.as_user("operator")) as seen:
        seen.next()
        clock.move(13 * 3600)
        assert seen.next() == ("signed_out", {})
        assert seen.next() == ("end", None)
    wait_until(lambda: api.house.feed.clients == 0, "nobody listens", 10)


@contextmanager
def pictures(api: Api, login: str, origin: str | None = None) -> Iterator[ClientConnection]:
    """Connect as a browser page of `origin` does, by cookie."""
    browser = api.anonymous()
    browser.post("/api/v1/session", json={"login": login, "password": PASSWORD})
    headers = {"Cookie": f"watchgrid_session={browser.cookies['watchgrid_session']}"}
    url = api.url.replace("http", "ws", 1) + "/api/v1/live/pictures"
    with connect(url, additional_headers=headers, origin=origin or api.url, proxy=None) as socket:
        yield socket


def test_pictures_of_watched_cameras_come_when_they_change(api: Api, redis_client: redis.Redis) -> None:
    media.write_whole(media.live_path(api.house.media, "C0001"), b"one")
    media.write_whole(media.live_path(api.house.media, "C0002"), b"other")
    with pictures(api, "operator") as socket:
        socket.send(json.dumps({"watch": [1]}))
        assert socket.recv(5) == struct.pack(">I", 1) + b"one"
        wait_until(lambda: redis_client.exists("watching:C0001"), "the camera is watched", 10)
        media.write_whole(media.live_path(api.house.media, "C0001"), b"two")
        assert socket.recv(5) == struct.pack(">I", 1) + b"two"
        socket.send(json.dumps({"watch": [1, 2]}))
        assert socket.recv(5) == struct.pack(">I", 2) + b"other"
    with reading(api.house.engine) as session:
        rows = session.query(AuditRow).filter_by(action="camera.watched").order_by(AuditRow.id).all()
        assert [(row.actor, row.subject_id) for row in rows] == [("operator", "1"), ("operator", "2")]


def test_other_sites_and_other_roles_see_no_pictures(api: Api) -> None:
    for login, origin in (("operator", "https://evil.example"), ("investigator", None), ("auditor", None)):
        with pytest.raises(InvalidStatus) as refused, pictures(api, login, origin):
            pass
        assert refused.value.response.status_code == 403, login


def test_nonsense_closes_the_connection_with_a_reason(api: Api) -> None:
    for nonsense in ("[]", "{", '{"watch": ["1"]}', '{"watch": [9]}', json.dumps({"watch": [1] * 99})):
        with pictures(api, "operator") as socket:
            socket.send(nonsense)
            with pytest.raises(ConnectionClosed) as closed:
                socket.recv(5)
        assert closed.value.rcvd is not None, nonsense
        assert closed.value.rcvd.code == 1008, nonsense
        assert closed.value.rcvd.reason, nonsense


def _numbered(number: int) -> tuple[str, Any]:
    return "camera.state_changed", {"camera": {"id": number}}


def _publish(client: redis.Redis, number: int) -> None:
    events.publish(client, [_numbered(number)])
