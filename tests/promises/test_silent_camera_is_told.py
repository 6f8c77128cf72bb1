"""Promise: a camera that looks well and sees far less than it always did is told, with the figures."""

from datetime import UTC, datetime, timedelta

import pytest

from operations.camera_states import Report, is_in_step, reconcile, take_states
from operations.intake import Known
from operations.silence import judge_reads
from operations.store import Engine, reading, writing
from operations.stream import Message
from operations.tables import Camera
from tests.conftest import Clock
from tests.past import ZONE, fill_past
from tests.village import found_village, seen, take

MONDAY_NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""09:00 in the county."""


@pytest.fixture
def village(engine: Engine, clock: Clock) -> Engine:
    """Two live cameras, online since yesterday, with four weeks behind them."""
    clock.at = MONDAY_NINE
    found_village(engine, clock())
    fill_past(engine, [1, 2], clock(), weeks=4)
    with writing(engine) as session:
        for camera in session.query(Camera):
            camera.state, camera.state_since = "online", clock() - timedelta(days=1)
    return engine


def drive(engine: Engine, clock: Clock, minutes: int, camera: str, an_hour: int) -> None:
    """Let vehicles pass one camera for some minutes before now."""
    count = an_hour * minutes // 60
    ago = (timedelta(minutes=minutes) * n / max(1, count) for n in range(count))
    passes = [
        seen(clock() - before, n, camera, id=f"{camera}:{clock():%H%M}:{n}") for n, before in enumerate(ago)
    ]
    take(engine, Known(), clock(), *passes)


def judge(engine: Engine, clock: Clock) -> list[tuple[str, str]]:
    with writing(engine) as session:
        judged = judge_reads(session, clock(), ZONE)
    return [(event["camera"]["code"], event["camera"]["state"]) for _, event in judged.told]


def camera(engine: Engine, camera_id: int = 1) -> Camera:
    with reading(engine) as session:
        return session.get_one(Camera, camera_id)


def test_a_silent_camera_is_told_with_its_figures(village: Engine, clock: Clock) -> None:
    drive(village, clock, 60, "C0001", 130)
    drive(village, clock, 60, "C0002", 130)
    assert judge(village, clock) == []
    clock.move(3600)
    drive(village, clock, 60, "C0001", 3)
    drive(village, clock, 60, "C0002", 90)
    assert judge(village, clock) == [("C0001", "silent")]
    told = camera(village)
    assert (told.state_since, (told.state_why or {})["code"]) == (clock(), "silent")
    assert told.state_reason is not None
    assert told.state_reason.startswith(f"{told.state_why['seen']} vehicle")
    assert "usually about" in told.state_reason
    assert "on Mondays 09:45-10:00: check the picture" in told.state_reason
    assert judge(village, clock) == [], "told once"
    clock.move(600)
    drive(village, clock, 10, "C0002", 90)
    judge(village, clock)
    assert "09:55-10:10" in (camera(village).state_reason or ""), "the figures go on"


def test_what_workers_say_of_a_silent_camera(village: Engine, clock: Clock) -> None:
    drive(village, clock, 60, "C0002", 130)
    assert judge(village, clock) == [("C0001", "silent")]
    well = {code: Report("online", None) for code in ("C0001", "C0002")}
    clock.move(10)
    handed_over = Message("0-1", b'{"camera": "C0001", "state": "online", "at": "2026-11-23T01:00:09Z"}')
    with writing(village) as session:
        assert is_in_step(session, well)
        assert reconcile(session, well, clock()) == []
        assert take_states(session, [handed_over], clock()) == ([], [])
    assert camera(village).state == "silent"
    broken = {**well, "C0001": Report("frozen", "The picture has not changed for 8 s.")}
    with writing(village) as session:
        assert not is_in_step(session, broken)
        reconcile(session, broken, clock())
    assert camera(village).state == "frozen"
    assert judge(village, clock) == [], "a fault that is seen is the better answer"


def test_it_is_online_again_when_it_sees_again(village: Engine, clock: Clock) -> None:
    drive(village, clock, 60, "C0002", 130)
    judge(village, clock)
    clock.move(900)
    drive(village, clock, 15, "C0001", 100)
    drive(village, clock, 15, "C0002", 100)
    assert judge(village, clock) == [("C0001", "online")]
    assert camera(village).state_reason is None


def test_a_camera_is_judged_only_by_time_it_was_watched(village: Engine, clock: Clock) -> None:
    with writing(village) as session:
        session.get_one(Camera, 1).state_since = clock() - timedelta(minutes=14)
    drive(village, clock, 60, "C0002", 130)
    assert judge(village, clock) == []
    clock.move(120)
    assert judge(village, clock) == [("C0001", "silent")]


def test_a_camera_that_reads_no_plates_is_told_apart(village: Engine, clock: Clock) -> None:
    drive(village, clock, 60, "C0002", 130)
    unread = [
        seen(clock() - timedelta(seconds=30 * n), n, plate=None, plate_characters=None) for n in range(120)
    ]
    take(village, Known(), clock(), *unread)
    assert judge(village, clock) == [("C0001", "silent")]
    told = camera(village)
    assert (told.state_why or {})["code"] == "silent_plates"
    assert (told.state_reason or "").startswith("0 plates read from 31 vehicles in the last 15 minutes")
