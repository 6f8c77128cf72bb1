"""Following plans: adherence of a day, the month's report and its sums, sheets to print, all over HTTP."""

import json
from datetime import datetime, timedelta
from typing import Any

import pymupdf
import pytest

from operations.facts import BadInput
from operations.patrolling.adherence import adherence
from operations.patrolling.hours import evenness_with_past
from operations.patrolling.report import monthly_report
from operations.patrolling.report_paper import report_pdf
from operations.patrolling.sheet import sheets
from operations.store import Engine, Session, reading, writing
from operations.tables import Alert, Assignment, PatrolPlan, PatrolRoute, PatrolStop, Town, WatchlistEntry
from tests.api_server import Api
from tests.conftest import Clock
from tests.patrol_days import TOMORROW, ZONE, add_grids, drafted, found_patrol_village, stops_of
from tests.village import PLATE, seen, watch_for


@pytest.fixture
def village(engine: Engine, clock: Clock) -> Engine:
    found_patrol_village(engine, clock())
    return engine


def driven(session: Session, at: datetime, *kept: dict[str, Any], published: bool = True) -> PatrolRoute:
    """Store a plan of one route of U1: a stop in grids 1, 2, … every half hour from `at`, as `kept` says."""
    state = "published" if published else "draft"
    plan = PatrolPlan(day=at.date(), state=state, wishes={}, made_at=at, seed=1)
    plan.published_at = at - timedelta(hours=1) if published else None
    session.add(plan)
    session.flush()
    until = at + timedelta(hours=8)
    route = PatrolRoute(plan_id=plan.id, unit_id=1, shift_from=at, shift_until=until, distance_m=1000.0)
    session.add(route)
    session.flush()
    for i, what in enumerate(kept):
        start = at + timedelta(minutes=30 * i)
        times = {"arrive_at": start, "start_at": start, "leave_at": start + timedelta(minutes=10)}
        window = {"window_from": start, "window_until": start + timedelta(minutes=5)}
        place = {"grid_id": 1 + i, "town_id": 1, "lon": 121.3, "lat": 28.15}
        stop = PatrolStop(route_id=route.id, position=i + 1, **place, **times, **window)
        stop.dwell_s, stop.priority = 600.0, 1.0
        if "after" in what:
            stop.checked_in_at = start + timedelta(minutes=what["after"])
        if "stayed" in what and stop.checked_in_at:
            stop.left_at = stop.checked_in_at + timedelta(minutes=what["stayed"])
        stop.doubts = what.get("doubts")
        stop.dropped_at = start if what.get("dropped") else None
        session.add(stop)
    return route


KEPT = (
    {"after": 1, "stayed": 10},
    {"after": 20, "stayed": 5},
    {"after": 0, "doubts": [{"code": "too_far", "away_m": 900}]},
    {},
    {"dropped": True},
    {"after": 2},
    {},
)


def test_adherence_tells_late_missed_and_doubted_apart(village: Engine, clock: Clock) -> None:
    with writing(village) as session:
        driven(session, clock(), *KEPT)
        driven(session, clock(), {"after": 1}, published=False)
    now = clock.move(3 * 3600 + 120)  # two minutes after the last stop should have begun
    with reading(village) as session:
        told = adherence(session, clock().date(), now)
    (unit,) = told["items"]
    counted = {name: unit[name] for name in ("planned", "done", "doubted", "late", "missed", "behind_s")}
    assert counted == {"planned": 6, "done": 4, "doubted": 1, "late": 1, "missed": 1, "behind_s": 120.0}
    assert unit["dwell_kept_share"] == 0.5
    assert unit["next"]["grid_code"] == "G0007"
    unvisited = [grid["grid_code"] for grid in told["longest_unvisited"]]
    assert unvisited == ["G0003", "G0004", "G0005", "G0007", "G0008", "G0001", "G0002", "G0006"]
    assert told["longest_unvisited"][0]["last_visit_at"] is None


def test_a_months_report_adds_up(village: Engine, clock: Clock) -> None:
    entry = watch_for(village, PLATE, clock())
    with writing(village) as session:
        session.add(Town(id=2, code="T02", name="沙柳街道", kind="town", geometry=b""))
        driven(session, clock(), *KEPT)
        driven(session, clock() - timedelta(days=40), {"after": 1})  # October's
        driven(session, clock() + timedelta(days=1), {})  # not due yet
        for minutes in (4, 10, None):
            _alert(session, entry, clock(), minutes)
    now = clock.move(4 * 3600)
    with reading(village) as session:
        report = monthly_report(session, "2026-11", ZONE, now)
        pdf = report_pdf(report, "村", ZONE, now)
        with pytest.raises(BadInput, match="2026-11"):
            monthly_report(session, "November", ZONE, now)
    own, other = report["towns"]
    assert {name: own[name] for name in ("planned", "done", "doubted", "alerts", "grids_visited")} == {
        "planned": 6,
        "done": 3,
        "doubted": 1,
        "alerts": 3,
        "grids_visited": 3,
    }
    assert (own["done_share"], own["dwell_kept_share"], own["coverage_share"]) == (0.5, 0.5, 0.375)
    assert (own["response_s_median"], own["response_s_p90"]) == (420.0, 564.0)
    assert own["distance_m"] == 500.0
    assert (other["planned"], other["done_share"], other["coverage_share"]) == (0, None, None)
    county = {name: value for name, value in report["county"].items() if name != "definitions"}
    assert county == {name: own[name] for name in county}
    with pymupdf.open(stream=pdf) as document:
        text = document[0].get_text()
    for said in ("城关镇", "沙柳街道", "50.0%", "7.0 分", "存疑"):
        assert said in text


def _alert(session: Session, entry_id: int, at: datetime, minutes: int | None) -> None:
    """Raise an alert that U1 reached after so many minutes, or never."""
    entry = session.get_one(WatchlistEntry, entry_id)
    sighting = seen(at, 1)
    alert = Alert(
        kind="watchlist",
        dedup_key=f"{entry_id}:{minutes}",
        severity="red",
        state="resolved",
        entry_id=entry_id,
        case_id=entry.case_id,
        plate=PLATE,
        camera_id=1,
        lon=121.26,
        lat=28.15,
        sighting_id=sighting.id,
        sighting_seen_at=at,
        raised_at=at,
        last_seen_at=at,
    )
    session.add(alert)
    session.flush()
    if minutes is not None:
        drive = Assignment(alert_id=alert.id, unit_id=1, assigned_by=1, assigned_at=at, eta_s=1.0)
        drive.distance_m, drive.route = 1.0, {}
        drive.arrived_at = drive.ended_at = at + timedelta(minutes=minutes)
        session.add(drive)


def test_a_sheet_has_every_stop_of_the_unit(village: Engine, clock: Clock) -> None:
    plan_id = drafted(village, clock())
    with reading(village) as session:
        stops = stops_of(session, plan_id, unit_id=2)
        units = [unit_id for unit_id in (1, 2) if stops_of(session, plan_id, unit_id)]
        pdf = sheets(session, plan_id, 2, ZONE, clock())
        everyone = sheets(session, plan_id, None, ZONE, clock())
        with pytest.raises(BadInput, match="unit_id"):
            sheets(session, plan_id, 77, ZONE, clock())
    with pymupdf.open(stream=pdf) as document:
        text = "".join(page.get_text() for page in document)
    assert len(stops) >= 4
    for said in ("巡逻路线单", "2 号车", "草稿，未发布", "菜场 1 G0008", f"{len(stops)} 处"):
        assert said in text
    with pymupdf.open(stream=everyone) as document:
        assert len(document) == len(units)


def test_plans_over_http(api: Api, clock: Clock) -> None:
    engine = api.house.engine
    add_grids(engine, clock(), roads=False)
    supervisor, operator = api.as_user("supervisor"), api.as_user("operator")
    asked = {"day": TOMORROW.isoformat(), "seconds": 1, "name": "周二"}
    assert operator.post("/api/v1/patrol/plans", json=asked).status_code == 403
    wanted = supervisor.post("/api/v1/patrol/plans", json=asked)
    assert (wanted.status_code, wanted.json()["state"], wanted.json()["progress"]) == (202, "wanted", 0.0)
    gone = supervisor.post(f"/api/v1/patrol/plans/{wanted.json()['id']}/discard", json={"revision": 0})
    assert gone.json()["state"] == "discarded"
    plan_id = drafted(engine, clock())
    url = f"/api/v1/patrol/plans/{plan_id}"
    stale = supervisor.post(f"{url}/publish", json={"revision": 5})
    assert (stale.status_code, stale.json()["type"]) == (409, "/problems/plan-changed-meanwhile")
    plan = operator.get(url).json()
    assert len(plan["routes"]) == 2
    assert plan["routes"][1]["line"]["type"] == "LineString"
    stop = plan["routes"][1]["stops"][0]
    edited = supervisor.post(
        f"{url}/edits", json={"revision": 0, "change": "remove", "stop_id": stop["id"], "apply": False}
    )
    assert (edited.json()["feasible"], edited.json()["cost"]["dropped"]) == (True, 1)
    assert supervisor.post(f"{url}/publish", json={"revision": 0}).json()["state"] == "published"
    listed = operator.get("/api/v1/patrol/plans", params={"day": TOMORROW.isoformat()}).json()["items"]
    assert [each["state"] for each in listed] == ["published", "discarded"]
    assert operator.get("/api/v1/patrol/adherence", params={"day": TOMORROW.isoformat()}).json()["items"]
    sheet = operator.get(f"{url}/sheet.pdf")
    assert (sheet.headers["content-type"], sheet.content[:5]) == ("application/pdf", b"%PDF-")
    assert operator.get("/api/v1/patrol/report.pdf").content[:5] == b"%PDF-"
    assert operator.get("/api/v1/patrol/report", params={"month": "2026-13"}).json()["field"] == "month"
    both = operator.get("/api/v1/patrol/plans/compare", params={"a": plan_id, "b": plan_id}).json()
    assert both["only_a"] == 0
    codes = [shift["code"] for shift in operator.get("/api/v1/patrol/shifts").json()["items"]]
    assert "urban_night" in codes
    unit = supervisor.patch("/api/v1/units/2", json={"vehicle": "foot"}).json()
    assert (unit["vehicle"], unit["state"]) == ("foot", "available")
    assert json.dumps(plan["unserved"]) == "[]"


def test_evenness_is_told_once_there_is_a_past(village: Engine, clock: Clock) -> None:
    with writing(village) as session:
        today = driven(session, clock() + timedelta(hours=2), {}, {})
        row = session.get_one(PatrolPlan, today.plan_id)
        row.midnight = clock()
        assert evenness_with_past(session, row) is None
        for back in (1, 2, 3):
            before = driven(session, clock() - timedelta(days=back), {}, {})
            session.get_one(PatrolPlan, before.plan_id).midnight = clock() - timedelta(days=back)
        # Each place three times in one hour, once in another: H = 0.5623 + 1 / (2 x 4), of ln 2.
        assert evenness_with_past(session, row) == pytest.approx((0.5623 + 0.125) / 0.6931, abs=1e-3)
