"""Camera states: what workers say is stored and told; a camera nobody reports is offline."""

import json
from datetime import datetime
from typing import Any

import redis

from operations.camera_states import NOBODY, is_in_step, read_reports, reconcile, take_states
from operations.store import Engine, reading, writing
from operations.stream import Message
from operations.tables import Camera
from operations.times import to_text
from tests.conftest import Clock
from tests.village import found_village


def _said(now: datetime, state: str, **changed: Any) -> Message:
    content = {"camera": "C0001", "state": state, "reason": None, "at": to_text(now), **changed}
    return Message("0-1", json.dumps(content).encode())


def _camera(engine: Engine, camera_id: int = 1) -> Camera:
    with reading(engine) as session:
        return session.get_one(Camera, camera_id)


def test_a_change_is_stored_and_told_and_an_older_one_is_not(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    late = _said(clock(), "offline", reason="no answer")
    frozen = _said(clock.move(5), "frozen", reason="The picture has not changed for 8 s.")
    with writing(engine) as session:
        told, refused = take_states(session, [frozen, late], clock())
    assert refused == []
    assert [(kind, payload["camera"]["state"]) for kind, payload in told] == [
        ("camera.state_changed", "frozen")
    ]
    camera = _camera(engine)
    assert (camera.state, camera.state_since) == ("frozen", clock())
    assert camera.state_reason == "The picture has not changed for 8 s."


def test_what_is_no_camera_state_is_refused(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    messages = [
        Message("1", b"{"),
        Message("2", b"[]"),
        _said(clock(), "sleepy"),
        _said(clock(), "online", camera="C9999"),
        _said(clock(), "online", at="yesterday"),
    ]
    with writing(engine) as session:
        told, refused = take_states(session, messages, clock())
    assert (told, len(refused)) == ([], 5)


def test_a_camera_nobody_reports_is_offline_until_its_worker_is_back(
    engine: Engine, redis_client: redis.Redis, clock: Clock
) -> None:
    found_village(engine, clock())

    def step() -> list[Any]:
        reports = read_reports(redis_client, ["C0001", "C0002"])
        with writing(engine) as session:
            in_step = is_in_step(session, reports)
            told = reconcile(session, reports, clock())
        assert in_step == (not told)
        return [(payload["camera"]["code"], payload["camera"]["state"]) for _, payload in told]

    health = {"state": "online", "worker": "w1", "last_frame_at": to_text(clock()), "clock_offset_s": "0.5"}
    redis_client.hset("camera:health:C0001", mapping=health)
    redis_client.set("worker:ingest:w1", "1")
    assert step() == [("C0001", "online"), ("C0002", "offline")]
    assert _camera(engine, 2).state_reason == NOBODY
    assert _camera(engine, 3).state == "unknown", "it has no source, so nobody should report it"
    assert _camera(engine).clock_offset_s == 0.5
    assert step() == []
    redis_client.delete("worker:ingest:w1")
    clock.move(6)
    assert step() == [("C0001", "offline")]
    assert _camera(engine).state_since == clock()
    redis_client.set("worker:ingest:w1", "1")
    assert step() == [("C0001", "online")]
