"""Promise: what an entry would have hit is told in an open case only, for a reason, and audited."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from operations.intake import Known
from operations.store import Engine, reading
from operations.tables import Alert, AuditRow, WatchlistEntry
from tests.api_server import Api, running_api
from tests.conftest import START, Clock
from tests.village import CASE, seen, take

ENTRIES = "/api/v1/watchlist"
PREVIEW = f"{ENTRIES}/preview"
WATCHED, MISREAD = "浙JA1284", "浙JA12B4"


def _asked(**changed: object) -> dict[str, object]:
    until = (START + timedelta(days=20)).isoformat()
    asked = {"pattern": WATCHED, "case_number": CASE, "reason": "连环盗窃案", "severity": "red"}
    return {**asked, "valid_until": until, **changed}


@pytest.fixture
def api(engine: Engine, redis_url: str, clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> object:
    """A real API on the village, in whose past the vehicle was seen."""
    with running_api(engine, redis_url, clock, tmp_path_factory.mktemp("api")) as running:
        past = [
            seen(START - timedelta(days=4), 1, plate=WATCHED),
            seen(START - timedelta(days=4) + timedelta(minutes=5), 2, "C0002", plate=WATCHED),
            seen(START - timedelta(days=4) + timedelta(hours=3), 3, "C0003", plate=WATCHED, colour="grey"),
            seen(START - timedelta(days=2), 4, plate=WATCHED, vehicle_class="truck", colour="red"),
            seen(START - timedelta(days=2), 5, "C0002", plate=MISREAD),
            seen(START - timedelta(days=1), 6, plate="浙JB7777"),
        ]
        take(engine, Known(), clock(), *past)
        yield running


def _looks(api: Api) -> list[tuple[str, str | None, str | None, int]]:
    with reading(api.house.engine) as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "watchlist.previewed"))
        return [(row.actor, row.case_number, row.reason, row.details["count"]) for row in rows]


def test_preview_needs_a_case(api: Api, clock: Clock) -> None:
    refused = [
        ("operator", _asked(), 403),
        ("outsider", _asked(), 403),
        ("investigator", _asked(case_number="none"), 404),
        ("investigator", _asked(reason=" "), 422),
        ("investigator", _asked(pattern="*"), 422),
        ("investigator", _asked(area={"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]}), 422),
    ]
    for login, body, status in refused:
        assert api.as_user(login).post(PREVIEW, json=body).status_code == status, (login, body)
    clock.move(91 * 86_400)
    late = _asked(valid_until=(clock() + timedelta(days=1)).isoformat())
    api.clients.pop("investigator").close()  # its sign-in has expired
    assert api.as_user("investigator").post(PREVIEW, json=late).status_code == 409
    assert _looks(api) == []


def test_a_preview_counts_what_would_have_been_hit_and_puts_nothing_in_force(api: Api) -> None:
    found = api.as_user("investigator").post(PREVIEW, json=_asked()).json()
    assert (found["exact"], found["fuzzy"], found["held"], found["truncated"]) == (4, 1, 0, False)
    assert [(each["plate"], each["sightings"]) for each in found["plates"]] == [(WATCHED, 4), (MISREAD, 1)]
    exact, fuzzy = found["plates"]
    assert (exact["probability"], exact["why"]) == (1.0, [])
    assert 0.1 < fuzzy["probability"] < 1
    assert [(slip["position"], slip["read"], slip["true"]) for slip in fuzzy["why"]] == [(6, "B", "8")]
    assert len(found["per_day"]) == 31
    told = {day["day"]: (day["exact"], day["fuzzy"], day["alerts"]) for day in found["per_day"]}
    assert {day: counts for day, counts in told.items() if any(counts)} == {
        "2026-11-19": (3, 0, 2),
        "2026-11-21": (1, 1, 2),
    }
    assert found["alerts_per_day"] == round(4 / 30, 2)
    assert _looks(api) == [("investigator", CASE, "连环盗窃案", 5)]
    with reading(api.house.engine) as session:
        assert session.scalars(select(WatchlistEntry)).all() == []
        assert session.scalars(select(Alert)).all() == []


def test_a_preview_heeds_all_that_the_entry_says(api: Api) -> None:
    said: list[tuple[dict[str, object], tuple[int, int]]] = [
        ({"fuzzy": False}, (4, 0)),
        ({"vehicle_class": "truck"}, (1, 0)),
        ({"colour": "white"}, (3, 1)),
        ({"hours": {"from": "16:00", "until": "16:03"}}, (2, 1)),  # 08:00 UTC
        ({"pattern": "浙J?128*"}, (4, 1)),
        ({"pattern": "浙J?12*"}, (5, 0)),
        ({"area": _box_around_camera_2()}, (1, 1)),
    ]
    for more, counts in said:
        found = api.as_user("supervisor").post(PREVIEW, json=_asked(**more)).json()
        assert (found["exact"], found["fuzzy"]) == counts, more


def _box_around_camera_2() -> dict[str, object]:
    west, east, south, north = 121.265, 121.275, 28.14, 28.16
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_who_may_approve_sees_it_while_it_waits(api: Api, clock: Clock) -> None:
    made = api.as_user("investigator").post(ENTRIES, json=_asked(colour="red")).json()
    assert (made["colour"], made["fuzzy"], made["confirmed"]) == ("red", True, 0)
    preview = f"{ENTRIES}/{made['id']}/preview"
    assert api.as_user("outsider").get(preview).status_code == 403
    assert api.as_user("supervisor-2").get(preview).json()["exact"] == 1
    assert api.as_user("supervisor-2").post(f"{ENTRIES}/{made['id']}/approve").status_code == 200
    assert api.as_user("supervisor-2").get(preview).status_code == 403, "decided: only members look further"
    assert api.as_user("investigator").get(preview).status_code == 200
    assert _looks(api) == [
        ("supervisor-2", CASE, "连环盗窃案", 1),
        ("investigator", CASE, "连环盗窃案", 1),
    ]
