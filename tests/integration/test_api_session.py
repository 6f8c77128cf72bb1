"""Signing in over HTTP: cookies, tokens, CSRF, revocation, limits."""

import json

import pytest

from api.armour import HEADERS
from operations.store import writing
from operations.tables import AuditRow
from tests.api_server import PASSWORD, Api
from tests.conftest import Clock

RIGHT = {"login": "operator", "password": PASSWORD}
WRONG = {"login": "operator", "password": "not the password"}


def test_a_cookie_signs_in_and_writes_need_the_csrf_header(api: Api) -> None:
    browser = api.anonymous()
    answer = browser.post("/api/v1/session", json=RIGHT)
    assert answer.status_code == 201
    assert answer.json()["user"] == {"id": 1, "login": "operator", "name": "operator", "role": "operator"}
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert browser.get("/api/v1/session").json()["user"]["role"] == "operator"

    refused = browser.delete("/api/v1/session")
    assert refused.status_code == 403
    assert "X-Watchgrid" in refused.json()["detail"]
    assert browser.delete("/api/v1/session", headers={"X-Watchgrid": "1"}).status_code == 204
    token = answer.json()["token"]
    gone = api.anonymous(Authorization=f"Bearer {token}").get("/api/v1/session")
    assert gone.status_code == 401, "the token ends with the session, not only the cookie"
    assert gone.headers["www-authenticate"] == "Bearer"


def test_a_session_expires(api: Api, clock: Clock) -> None:
    client = api.as_user("operator")
    assert client.get("/api/v1/session").status_code == 200
    clock.move(12 * 3600 + 1)
    assert client.get("/api/v1/session").status_code == 401


@pytest.mark.parametrize("login", ["operator", "nobody"])
def test_wrong_passwords_are_refused_alike_audited_and_limited(api: Api, login: str) -> None:
    question = {"login": login, "password": "not the password"}
    first = api.anonymous().post("/api/v1/session", json=question)
    assert first.status_code == 401
    assert first.json()["detail"] == "The login or the password is wrong."
    more = [api.anonymous().post("/api/v1/session", json=question) for _ in range(5)]
    limited = more[-1]
    assert limited.status_code == 429, "one a second, five a minute"
    assert 1 <= int(limited.headers["retry-after"]) <= 60
    assert limited.headers["content-type"] == "application/problem+json"
    with writing(api.house.engine) as session:
        rows = session.query(AuditRow).filter_by(action="session.refused").all()
        assert 1 <= len(rows) <= 5
        assert {row.actor for row in rows} == {"operator" if login == "operator" else "unknown"}
        assert "not the password" not in json.dumps([row.details for row in rows])


def test_right_passwords_are_not_limited(api: Api) -> None:
    answers = [api.anonymous().post("/api/v1/session", json=RIGHT).status_code for _ in range(7)]
    assert answers == [201] * 7


def test_only_own_sessions_can_be_ended_except_by_the_administrator(api: Api) -> None:
    own = api.as_user("operator").get("/api/v1/sessions").json()["items"]
    assert [place["current"] for place in own] == [True]
    assert api.as_user("patrol").delete(f"/api/v1/sessions/{own[0]['id']}").status_code == 404
    assert api.as_user("administrator").delete(f"/api/v1/sessions/{own[0]['id']}").status_code == 204
    assert api.as_user("operator").get("/api/v1/session").status_code == 401


def test_a_disabled_user_is_out_at_once_and_stays_out(api: Api) -> None:
    operator, administrator = api.as_user("operator"), api.as_user("administrator")
    assert operator.get("/api/v1/session").status_code == 200
    answer = administrator.patch("/api/v1/users/1", json={"disabled": True})
    assert answer.json()["disabled"] is True
    assert operator.get("/api/v1/session").status_code == 401
    again = api.anonymous().post("/api/v1/session", json=RIGHT)
    assert again.status_code == 403
    assert "disabled" in again.json()["detail"]


def test_users_are_added_with_checked_words(api: Api) -> None:
    administrator = api.as_user("administrator")
    new = {"login": "Li.Na", "name": " 李娜 ", "role": "investigator", "password": "a long enough one"}
    answer = administrator.post("/api/v1/users", json=new)
    assert answer.status_code == 201
    assert answer.json()["login"] == "li.na"
    assert answer.json()["name"] == "李娜"
    assert administrator.post("/api/v1/users", json=new).status_code == 409
    for field, value in (
        ("password", "short"),
        ("password", "aaaaaaaaaaaa"),
        ("role", "king"),
        ("surname", "x"),
    ):
        refused = administrator.post("/api/v1/users", json={**new, "login": "other", field: value})
        assert refused.status_code == 422
        assert refused.json()["field"] == field


def test_nobody_locks_themselves_out(api: Api) -> None:
    answer = api.as_user("administrator").patch("/api/v1/users/7", json={"disabled": True})
    assert answer.status_code == 403


def test_every_answer_is_armoured_and_errors_are_problems(api: Api) -> None:
    client = api.anonymous()
    for path in ("/healthz", "/api/v1/session", "/api/v1/nothing", "/", "/api/v1/openapi.json"):
        answer = client.get(path)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, path
    unknown = client.get("/api/v1/nothing")
    assert (unknown.status_code, unknown.headers["content-type"]) == (404, "application/problem+json")
    garbage = client.post("/api/v1/session", content=b"{", headers={"Content-Type": "application/json"})
    assert (garbage.status_code, garbage.json()["type"]) == (422, "/problems/malformed")
    huge = client.post("/api/v1/session", json={"login": "x" * 100_000, "password": "y"})
    assert (huge.status_code, huge.headers["content-type"]) == (413, "application/problem+json")
    assert api.as_user("administrator").delete("/api/v1/sessions/seven").status_code == 404
