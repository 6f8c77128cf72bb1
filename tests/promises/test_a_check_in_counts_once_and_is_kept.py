"""Promise: a check-in sent twice counts once, a doubted one is kept and shown, positions go after days."""

import os
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from operations import media
from operations.field.expiry import FieldDays, FieldGone, expire_field
from operations.field.photos import folder
from operations.store import reading, writing
from operations.tables import AuditRow, CheckIn, PatrolStop, UnitPosition
from operations.times import to_text
from tests.api_server import Api
from tests.conftest import Clock
from tests.patrolled import place_of, publish_route

PATH = "/api/v1/patrol/check-ins"
DAYS = FieldDays(positions=7, photos=90)
DAY_S = 86_400


def test_what_a_phone_sends_again_out_of_a_dead_zone_counts_once(api: Api, clock: Clock) -> None:
    first, second, _ = publish_route(api.house.engine, clock())
    team = api.as_user("patrol")
    said = []
    for number, stop_id in enumerate((first, second), 1):
        lon, lat = place_of(number)
        at = to_text(clock.move(1_800))
        place = {"lon": lon, "lat": lat + number / 1e5, "accuracy_m": 8}
        said.append(
            {"client_id": f"phone-00{number}", "kind": "arrive", "stop_id": stop_id, "phone_at": at} | place
        )
    came = clock.move(6 * 3_600)
    answers = [
        team.post(PATH, json=one | {"sent_at": to_text(came + timedelta(seconds=1))})
        for one in (*said, *said)
    ]
    assert [answer.status_code for answer in answers] == [201] * 4
    assert [answer.json()["id"] for answer in answers] == [1, 2, 1, 2]
    assert [answer.json()["doubts"] for answer in answers] == [[]] * 4
    with reading(api.house.engine) as session:
        assert session.scalar(select(func.count()).select_from(CheckIn)) == 2
        at = session.scalars(select(PatrolStop.checked_in_at).order_by(PatrolStop.id)).all()
        assert at[0] == came - timedelta(hours=6, seconds=1_801), "when it happened, not when it came"
        told = select(func.count()).select_from(AuditRow).where(AuditRow.action == "patrol.checked_in")
        assert session.scalar(told) == 2


def test_a_doubted_check_in_is_kept_and_shown_with_its_reasons(api: Api, clock: Clock) -> None:
    first, second, _ = publish_route(api.house.engine, clock())
    team = api.as_user("patrol")
    lon, lat = place_of(1)
    honest = {"kind": "arrive", "stop_id": first, "lon": lon, "lat": lat, "accuracy_m": 8}
    team.post(PATH, json=honest | {"client_id": "honest-1", "phone_at": to_text(clock())})
    lie = honest | {"client_id": "lying-01", "stop_id": second, "lon": lon + 0.2}
    now = clock.move(60)
    an_hour_fast = to_text(now + timedelta(hours=1))
    answer = team.post(PATH, json=lie | {"phone_at": an_hour_fast, "sent_at": an_hour_fast})
    assert answer.status_code == 201, "it is never refused"
    codes = ["too_far", "too_fast", "clock"]
    assert [doubt["code"] for doubt in answer.json()["doubts"]] == codes
    shown = api.as_user("supervisor").get(PATH, params={"unit_id": 1}).json()["items"]
    assert [[doubt["code"] for doubt in one["doubts"]] for one in shown] == [[], codes]
    stops = team.get("/api/v1/patrol/route").json()["plan"]["stops"]
    assert stops[1]["checked_in_at"] is not None
    assert [doubt["code"] for doubt in stops[1]["doubts"]] == codes


def test_positions_go_after_their_days_and_the_trail_proves_it(
    api: Api, clock: Clock, tmp_path: Path
) -> None:
    engine, start = api.house.engine, clock()
    (first, *_) = publish_route(engine, start)
    key = media.put(folder(tmp_path), b"a place")
    photo = media.path(folder(tmp_path), key)
    os.utime(photo, (start.timestamp(), start.timestamp()))
    said = {"client_id": "arrive-1", "kind": "arrive", "stop_id": first, "phone_at": to_text(start)}
    api.as_user("patrol").post(PATH, json=said | {"lon": 121.27, "lat": 28.15})
    with writing(engine) as session:
        session.scalars(select(CheckIn)).one().photo = key
        session.add_all(
            UnitPosition(unit_id=1, at=start + timedelta(days=day), lon=121.3, lat=28.1) for day in (0, 1, 8)
        )
    assert expire_field(engine, tmp_path, clock.move(9 * DAY_S), DAYS) == FieldGone(positions=2)
    with reading(engine) as session:
        assert session.scalars(select(UnitPosition.at)).all() == [start + timedelta(days=8)]
        assert photo.exists()
    assert expire_field(engine, tmp_path, clock.move(90 * DAY_S), DAYS) == FieldGone(1, 1, 1)
    assert not photo.exists()
    with reading(engine) as session:
        (kept,) = session.scalars(select(CheckIn)).all()
        assert (kept.lon, kept.photo, kept.stop_id) == (None, None, first), "that it was visited stays"
        proofs = session.scalars(select(AuditRow).where(AuditRow.action == "positions.expired")).all()
        assert [row.details["positions"] for row in proofs] == [2, 1]
        assert proofs[0].details["check"] == "0 positions left before 2026-11-25T00:00:00.000Z"
    assert expire_field(engine, tmp_path, clock(), DAYS) == FieldGone()
    with reading(engine) as session:
        assert len(session.scalars(select(AuditRow).where(AuditRow.action == "positions.expired")).all()) == 2
