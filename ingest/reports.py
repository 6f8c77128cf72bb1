"""What a worker tells the others through Redis: its cameras' health, their changes, its own figures."""

import json
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import redis

from ingest.camera import CameraThread
from ingest.health import Health
from operations import stream
from operations.times import to_text

HEALTH_KEY = "camera:health:"
METRICS_KEY = "metrics:ingest:"
WATCHING_KEY = "watching:"
KEPT_S = 60
SILENT_AFTER_S = 8.0


class Reports:
    """What one worker has told so far. Called by the worker's loop only."""

    def __init__(self, client: redis.Redis, worker: str) -> None:
        self._redis = client
        self._worker = worker
        self._told: dict[str, tuple[str, str | None, datetime]] = {}
        self._given: dict[str, tuple[int, float]] = {}
        self._fps: dict[str, float] = {}

    def tell(self, cameras: Mapping[str, CameraThread], now: datetime) -> None:
        """Write the health of every camera, and a message for each whose state changed. Raises RedisError."""
        with self._redis.pipeline(transaction=False) as pipeline:
            for code, camera in cameras.items():
                health = health_of(camera)
                if health is None:
                    continue
                self._tell_change(code, health, now)
                pipeline.hset(HEALTH_KEY + code, mapping=self._fields(code, camera))
                pipeline.expire(HEALTH_KEY + code, KEPT_S)
            pipeline.execute()

    def forget(self, code: str) -> None:
        """Another worker has this camera now."""
        for known in (self._told, self._given, self._fps):
            known.pop(code, None)

    def tell_unwatched(self, code: str) -> None:
        """Nobody watches this camera any more: it was switched off, or has no source."""
        self._redis.delete(HEALTH_KEY + code)
        self.forget(code)

    def watched(self, cameras: Mapping[str, CameraThread]) -> set[str]:
        """Return which cameras somebody watches live now."""
        codes = list(cameras)
        if not codes:
            return set()
        answers = self._redis.mget([WATCHING_KEY + code for code in codes])
        return {code for code, answer in zip(codes, answers, strict=True) if answer is not None}

    def tell_figures(self, figures: dict[Any, Any]) -> None:
        """Write this worker's own figures."""
        key = METRICS_KEY + self._worker
        with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.hset(key, mapping=figures)
            pipeline.expire(key, KEPT_S)
            pipeline.execute()

    def _tell_change(self, code: str, health: Health, now: datetime) -> None:
        state, reason = health.state, health.reason
        told = self._told.get(code)
        if told is not None and told[0] == state:
            if state == "offline" and told[1] != reason:
                self._told[code] = (state, reason, told[2])  # still offline, another reason: no event
            return
        message = {"camera": code, "state": state, "reason": reason, "at": to_text(now)}
        stream.publish(self._redis, stream.CAMERA_STATES, json.dumps(message, ensure_ascii=False))
        self._told[code] = (state, reason, now)

    def _fields(self, code: str, camera: CameraThread) -> dict[Any, Any]:
        state, reason, since = self._told[code]
        status = camera.status
        offset_s = status.clock_offset_s
        return {
            "state": state,
            "reason": reason or "",
            "since": to_text(since),
            "last_frame_at": to_text(status.last_frame_at) or "",
            "fps": round(self._measured_fps(code, status.given), 2),
            "clock_offset_s": "" if offset_s is None else round(offset_s, 3),
            "worker": self._worker,
            "passes": status.passes,
        }

    def _measured_fps(self, code: str, given: int) -> float:
        """Return the frames looked at per second since the last few reports."""
        now_s = time.monotonic()
        before, before_s = self._given.setdefault(code, (given, now_s))
        if now_s - before_s >= 3.0:
            self._fps[code] = (given - before) / (now_s - before_s)
            self._given[code] = (given, now_s)
        return self._fps.get(code, 0.0)


def health_of(camera: CameraThread) -> Health | None:
    """Return a camera's health, None before anything is known; also a thread that hangs is seen from here."""
    health = camera.status.health
    if health is None or health.state == "offline":
        return health
    silent_s = time.monotonic() - camera.status.last_frame_s
    if silent_s > SILENT_AFTER_S:
        return Health("offline", f"No picture has come for over {SILENT_AFTER_S:.0f} s.")
    return health
