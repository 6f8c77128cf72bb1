"""Alerts over HTTP: a verdict after a look, and where the vehicle will pass next."""

from datetime import timedelta

from sqlalchemy import select

from operations.intake import Known
from operations.store import reading, writing
from operations.tables import AuditRow, Movement
from operations.tracks.travel import bin_of, hour_of
from tests.api_server import Api
from tests.conftest import START, Clock
from tests.village import INVESTIGATOR, seen, take, watch_for

ALERTS, ENTRIES = "/api/v1/alerts", "/api/v1/watchlist"
WATCHED, MISREAD = "浙JA1284", "浙JA12B4"


def test_a_verdict_is_shown_with_its_alert_and_counted_at_its_entry(api: Api, clock: Clock) -> None:
    watch_for(api.house.engine, WATCHED, clock())
    take(api.house.engine, Known(), clock.move(1), seen(clock(), 1, plate=MISREAD))
    operator = api.as_user("operator")
    (alert,) = operator.get(ALERTS).json()["items"]
    assert (alert["match"], alert["plate"], alert["believed_plate"]) == ("fuzzy", MISREAD, WATCHED)
    assert alert["match_why"][0] | {"probability": 0} == {
        "position": 6,
        "read": "B",
        "true": "8",
        "probability": 0,
    }
    refused = operator.post(f"{ALERTS}/1/confirm", json={"true_plate": "浙B99999"})
    assert (refused.status_code, refused.json()["field"]) == (422, "true_plate")
    assert api.as_user("investigator").post(f"{ALERTS}/1/confirm").status_code == 403
    confirmed = operator.post(f"{ALERTS}/1/confirm").json()
    assert (confirmed["verdict"], confirmed["verdict_by"], confirmed["true_plate"]) == (
        "confirmed",
        "operator",
        WATCHED,
    )
    assert (confirmed["state"], confirmed["severity"]) == ("acknowledged", "red")
    assert operator.post(f"{ALERTS}/1/reject", json={"reason": "误读"}).status_code == 409
    (entry,) = api.as_user("supervisor").get(ENTRIES).json()["items"]
    assert (entry["alerts"], entry["confirmed"], entry["rejected"]) == (1, 1, 0)


def test_where_next_is_told_from_the_alert_alone(api: Api, clock: Clock) -> None:
    engine = api.house.engine
    with writing(engine) as session:
        session.add_all(_went(-1, site, count) for site, count in ((-2, 30.0), (-3, 10.0)))
    watch_for(engine, WATCHED, clock())
    take(engine, Known(), clock.move(1), seen(clock(), 1, plate=WATCHED))
    clock.move(20)
    items = api.as_user("operator").get(f"{ALERTS}/1/next").json()["items"]
    assert [item["site"] for item in items] == [-2, -3], "the likelier first"
    assert items[0]["probability"] > items[1]["probability"] > 0
    assert items[0]["early"] <= items[0]["likely"] <= items[0]["late"]
    assert api.as_user("outsider").get(f"{ALERTS}/1/next").status_code == 403
    clock.move(6 * 3600)
    assert api.as_user("operator").get(f"{ALERTS}/1/next").json()["items"] == [], "long gone"
    with reading(engine) as session:
        looks = session.scalars(select(AuditRow).where(AuditRow.action == "alert.next_viewed")).all()
    assert [(row.actor, row.case_number) for row in looks] == [("operator", "2026-YH-0142")] * 2


def _went(from_site: int, to_site: int, count: float) -> Movement:
    """Return that so many took two minutes."""
    return Movement(
        from_site=from_site, to_site=to_site, hour=hour_of(START), bin=int(bin_of(120.0)), count=count
    )


def test_an_entry_is_asked_for_with_all_it_may_say(api: Api, clock: Clock) -> None:
    asked = {
        "pattern": "浙J·A12?4",
        "case_number": "2026-YH-0142",
        "reason": "连环盗窃案",
        "severity": "red",
        "valid_until": (clock() + timedelta(days=9)).isoformat(),
        "vehicle_class": "car",
        "colour": "white",
        "area": {
            "type": "Polygon",
            "coordinates": [[[121.2, 28.1], [121.3, 28.1], [121.3, 28.2], [121.2, 28.1]]],
        },
        "hours": {"from": "22:00", "until": "05:00", "days": [5, 6]},
    }
    investigator = api.as_user(INVESTIGATOR.login)
    entry = investigator.post(ENTRIES, json=asked).json()
    assert {name: entry[name] for name in ("vehicle_class", "colour", "area", "hours")} == {
        name: asked[name] for name in ("vehicle_class", "colour", "area", "hours")
    }
    assert (entry["pattern"], entry["fuzzy"]) == ("浙JA12?4", True)
    for field, value in (
        ("area", {"type": "Polygon", "coordinates": [[[28, 121], [28, 122], [29, 122], [28, 121]]]}),
        ("hours", {"from": "22:00", "until": "26:00"}),
        ("colour", "silver"),
        ("vehicle_class", "person"),
        ("fuzzy", True),
    ):
        wrong = {**asked, field: value, **({"pattern": "*1234"} if field == "fuzzy" else {})}
        refused = investigator.post(ENTRIES, json=wrong)
        assert (refused.status_code, refused.json()["field"]) == (422, field), field
