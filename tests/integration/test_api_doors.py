"""Who may enter which route: every route has a door, and every door lets in exactly the roles it should."""

import re

import httpx
from fastapi.routing import iter_route_contexts

from api.app import PREFIX, build_app
from api.doors import roles_of
from operations.access import ROLES
from tests.api_server import Api

OPERATOR, PATROL, INVESTIGATOR, SUPERVISOR, AUDITOR, ADMINISTRATOR = ROLES
EVERYBODY = set(ROLES)
MAP = {OPERATOR, PATROL, INVESTIGATOR, SUPERVISOR, ADMINISTRATOR}
LOOKS_AT_CAMERAS = {OPERATOR, INVESTIGATOR, SUPERVISOR, ADMINISTRATOR}
DESK = {OPERATOR, SUPERVISOR}
DESK_OR_PATROL = {OPERATOR, SUPERVISOR, PATROL}
CASE_WORK = {INVESTIGATOR, SUPERVISOR}
# What the contract says, written down a second time on purpose.
MAY: dict[str, set[str]] = {
    "GET /session": EVERYBODY,
    "DELETE /session": EVERYBODY,
    "GET /sessions": EVERYBODY,
    "DELETE /sessions/{session_id}": EVERYBODY,
    "GET /users": {ADMINISTRATOR},
    "POST /users": {ADMINISTRATOR},
    "PATCH /users/{user_id}": {ADMINISTRATOR},
    "GET /county": EVERYBODY,
    "GET /map/towns": MAP,
    "GET /map/grids": MAP,
    "GET /map/sub_grids": MAP,
    "GET /map/points": MAP,
    "GET /map/stations": MAP,
    "GET /map/roads": MAP,
    "GET /map/cameras": LOOKS_AT_CAMERAS,
    "GET /cameras": LOOKS_AT_CAMERAS,
    "GET /cameras/summary": LOOKS_AT_CAMERAS,
    "GET /cameras/{camera_id}": LOOKS_AT_CAMERAS,
    "PATCH /cameras/{camera_id}": {ADMINISTRATOR},
    "GET /cameras/{camera_id}/live.jpg": DESK | {ADMINISTRATOR},  # who calibrates on it
    "GET /alerts": DESK_OR_PATROL,
    "GET /alerts/{alert_id}": DESK_OR_PATROL,
    "GET /alerts/{alert_id}/snapshot.jpg": DESK_OR_PATROL,
    "GET /alerts/{alert_id}/plate.jpg": DESK_OR_PATROL,
    "GET /alerts/{alert_id}/nearest-units": DESK,
    "POST /alerts/{alert_id}/acknowledge": DESK,
    "POST /alerts/{alert_id}/dispatch": DESK,
    "POST /alerts/{alert_id}/arrive": DESK_OR_PATROL,
    "POST /alerts/{alert_id}/resolve": DESK,
    "POST /alerts/{alert_id}/false_alarm": DESK,
    "POST /alerts/{alert_id}/confirm": DESK,
    "POST /alerts/{alert_id}/reject": DESK,
    "GET /alerts/{alert_id}/next": DESK,
    "GET /alerts/{alert_id}/recommendation": DESK,
    "POST /patrol/replan": DESK,
    "POST /patrol/plans/{plan_id}/improve": {SUPERVISOR},
    "GET /roads/closures": DESK_OR_PATROL,
    "POST /roads/closures": DESK,
    "POST /roads/closures/{closure_id}/lift": DESK,
    "POST /alerts/{alert_id}/evidence": CASE_WORK,
    "GET /units": DESK_OR_PATROL,
    "PATCH /units/{unit_id}": DESK_OR_PATROL,
    "POST /units/{unit_id}/position": {PATROL},
    "GET /patrol/route": DESK_OR_PATROL,
    "POST /patrol/check-ins": {PATROL},
    "GET /patrol/check-ins": DESK_OR_PATROL,
    "GET /patrol/check-ins/{check_in_id}/photo": DESK_OR_PATROL,
    "POST /patrol/photos": {PATROL},
    "POST /patrol/distress": {PATROL},
    "GET /patrol/distress": DESK_OR_PATROL,
    "POST /patrol/distress/{call_id}/acknowledge": DESK,
    "POST /patrol/distress/{call_id}/close": DESK,
    "POST /alerts/{alert_id}/accept": {PATROL},
    "POST /alerts/{alert_id}/decline": {PATROL},
    "GET /patrol/demand": DESK | {ADMINISTRATOR},
    "GET /patrol/places": DESK | {ADMINISTRATOR},
    "POST /patrol/places": {SUPERVISOR, ADMINISTRATOR},
    "PATCH /patrol/places/{place_id}": {SUPERVISOR, ADMINISTRATOR},
    "DELETE /patrol/places/{place_id}": {SUPERVISOR, ADMINISTRATOR},
    "GET /patrol/orders": DESK | {ADMINISTRATOR},
    "POST /patrol/orders": {SUPERVISOR},
    "POST /patrol/orders/{order_id}/end": {SUPERVISOR},
    "POST /patrol/calls": {SUPERVISOR, ADMINISTRATOR},
    "GET /patrol/calls/summary": DESK | {ADMINISTRATOR},
    "POST /patrol/plans": {SUPERVISOR},
    "GET /patrol/plans": DESK,
    "GET /patrol/plans/compare": DESK,
    "GET /patrol/plans/{plan_id}": DESK,
    "GET /patrol/plans/{plan_id}/sheet.pdf": DESK,
    "POST /patrol/plans/{plan_id}/edits": {SUPERVISOR},
    "POST /patrol/plans/{plan_id}/publish": {SUPERVISOR},
    "POST /patrol/plans/{plan_id}/discard": {SUPERVISOR},
    "POST /patrol/plans/{plan_id}/copy": {SUPERVISOR},
    "GET /patrol/shifts": DESK,
    "GET /coverage": DESK,
    "GET /coverage/reach": DESK,
    "POST /county/imports": {ADMINISTRATOR},
    "POST /county/imports/{import_id}/apply": {ADMINISTRATOR},
    "DELETE /county/imports/{import_id}": {ADMINISTRATOR},
    "GET /patrol/adherence": DESK,
    "GET /patrol/report": DESK | {AUDITOR},
    "GET /patrol/report.pdf": DESK | {AUDITOR},
    "GET /cases": CASE_WORK,
    "POST /cases": CASE_WORK,
    "POST /cases/{case_id}/members": CASE_WORK,
    "POST /cases/{case_id}/members/end": CASE_WORK,
    "POST /cases/{case_id}/extend": {SUPERVISOR},
    "POST /cases/{case_id}/close": {SUPERVISOR},
    "GET /watchlist": CASE_WORK,
    "POST /watchlist": CASE_WORK,
    "POST /watchlist/preview": CASE_WORK,
    "GET /watchlist/{entry_id}/preview": CASE_WORK,
    "POST /watchlist/{entry_id}/approve": {SUPERVISOR},
    "POST /watchlist/{entry_id}/reject": {SUPERVISOR},
    "POST /watchlist/{entry_id}/end": CASE_WORK,
    "GET /queries": CASE_WORK,
    "POST /queries": CASE_WORK,
    "POST /queries/grade": CASE_WORK,
    "GET /queries/{query_id}": CASE_WORK,
    "GET /queries/{query_id}/export.{form}": CASE_WORK,
    "POST /queries/{query_id}/approve": {SUPERVISOR},
    "POST /queries/{query_id}/refuse": {SUPERVISOR},
    "GET /queries/{query_id}/sightings/{sighting_id}/snapshot.jpg": CASE_WORK,
    "POST /queries/{query_id}/evidence": CASE_WORK,
    "GET /quarantine": {OPERATOR, INVESTIGATOR, SUPERVISOR, ADMINISTRATOR},
    "POST /quarantine": {SUPERVISOR, ADMINISTRATOR},
    "POST /quarantine/{quarantine_id}/lift": {SUPERVISOR, ADMINISTRATOR},
    "GET /audit": {AUDITOR},
    "GET /audit/verify": {AUDITOR},
    "GET /status": {ADMINISTRATOR},
    "GET /events": EVERYBODY,
}
WITHOUT_A_DOOR = {
    "POST /api/v1/session",
    "GET /api/v1/demo/logins",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /{path:path}",
}
HAS_ITS_OWN_DOOR = {"/api/v1/live/pictures"}  # a WebSocket: see test_api_live.py
FRAMEWORK = {"/api/v1/openapi.json"}


def test_every_route_has_the_door_that_the_contract_names(api: Api) -> None:
    found = {}
    for route in iter_route_contexts(build_app(api.house).routes):
        if route.path in HAS_ITS_OWN_DOOR | FRAMEWORK:
            continue
        for method in route.methods - {"HEAD"}:
            found[f"{method} {route.path}"] = roles_of(route)
    doorless = {name for name, roles in found.items() if roles is None}
    assert doorless <= WITHOUT_A_DOOR
    doors = {name.replace(PREFIX, ""): set(roles) for name, roles in found.items() if roles is not None}
    assert doors == MAY


def test_no_role_may_do_everything() -> None:
    for role in ROLES:
        assert any(role not in roles for roles in MAY.values()), role


def test_doors_let_in_whom_they_should_and_nobody_else(api: Api) -> None:
    for login in ROLES:
        client = api.as_user(login)
        for name, roles in MAY.items():
            if name in ("DELETE /session", "GET /events"):
                continue  # one signs out, the other never ends; both are for everybody
            status = _knock(client, name).status_code
            expected = (200, 201, 404, 409, 422) if login in roles else (403,)
            assert status in expected, (login, name, status)


def test_nobody_enters_without_signing_in(api: Api) -> None:
    stranger = api.anonymous()
    liar = api.anonymous(Authorization="Bearer wg_not-a-token")
    for name in MAY:
        assert _knock(stranger, name).status_code == 401, name
        assert _knock(liar, name).status_code == 401, name


def _knock(client: httpx.Client, name: str) -> httpx.Response:
    """Ask for something that is not there, so that nothing changes on the way."""
    method, _, path = name.partition(" ")
    path = re.sub(r"\{\w+\}", "999999", path)
    body = {} if method in ("POST", "PATCH") and path != "/patrol/plans" else None
    if path == "/patrol/plans":
        body = {"seed": -1}
    return client.request(method, PREFIX + path, json=body)
