"""What a worker tells the others through Redis: its cameras' health, their changes, its own figures."""

import json
import time
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import redis

from ingest.camera import CameraThread
from ingest.health_vocabulary import Health
from ingest.rates import Rates, miss_rate
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
        self._told: dict[str, tuple[Health, datetime]] = {}
        self._rates: dict[str, Rates] = defaultdict(Rates)

    def tell(self, cameras: Mapping[str, CameraThread], now: datetime) -> None:
        """Write the health of every camera, and a message for each whose state changed. Raises RedisError."""
        with self._redis.pipeline(transaction=False) as pipeline:
            for code, camera in cameras.items():
                self._rates[code].take(camera.status, time.monotonic())
                health = health_of(camera)
                if health is None:
                    continue
                if health.state == "online" and health.reason is None:
                    health = self._rates[code].overload(camera.fps_wanted) or health
                self._tell_change(code, health, now)
                pipeline.hset(HEALTH_KEY + code, mapping=self._fields(code, camera))
                pipeline.expire(HEALTH_KEY + code, KEPT_S)
            pipeline.execute()

    def forget(self, code: str) -> None:
        """Another worker has this camera now."""
        self._told.pop(code, None)
        self._rates.pop(code, None)

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

    def rates(self, cameras: Mapping[str, CameraThread]) -> dict[str, float]:
        """Return the rates of all cameras together."""
        known = [self._rates[code] for code in cameras if code in self._rates]
        shares = [rates.dropped_share or 0.0 for rates in known]
        return {
            "fps": round(sum(rates.fps for rates in known), 2),
            "dropped_share": round(sum(shares) / max(1, len(shares)), 4),
        }

    def tell_figures(self, figures: dict[Any, Any]) -> None:
        """Write this worker's own figures."""
        key = METRICS_KEY + self._worker
        with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.hset(key, mapping=figures)
            pipeline.expire(key, KEPT_S)
            pipeline.execute()

    def _tell_change(self, code: str, health: Health, now: datetime) -> None:
        told = self._told.get(code)
        if told is not None and told[0].state == health.state:
            self._told[code] = (health, told[1])  # the same state for another reason: no event
            return
        message = {
            "camera": code,
            "state": health.state,
            "reason": health.reason,
            "why": dict(health.why) or None,
            "at": to_text(now),
        }
        stream.publish(self._redis, stream.CAMERA_STATES, json.dumps(message, ensure_ascii=False))
        self._told[code] = (health, now)

    def _fields(self, code: str, camera: CameraThread) -> dict[Any, Any]:
        health, since = self._told[code]
        status, rates = camera.status, self._rates[code]
        return {
            "state": health.state,
            "reason": health.reason or "",
            "why": json.dumps(dict(health.why)) if health.why else "",
            "since": to_text(since),
            "last_frame_at": to_text(status.last_frame_at) or "",
            "fps": round(rates.fps, 2),
            "fps_wanted": camera.fps_wanted,
            "dropped_share": _written(rates.dropped_share, 3),
            "gate_miss_rate": _written(miss_rate(status.gate.audited, status.gate.missed), 4),
            "clock_offset_s": _written(status.clock_offset_s, 3),
            "worker": self._worker,
            "passes": status.passes,
            "reconnects": max(0, status.attempts - 1),
            "model": status.model,
        }


def _written(value: float | None, digits: int) -> float | str:
    return "" if value is None else round(value, digits)


def health_of(camera: CameraThread) -> Health | None:
    """Return a camera's health, None before anything is known; also a thread that hangs is seen from here."""
    health = camera.status.health
    if health is None or health.state == "offline":
        return health
    silent_s = time.monotonic() - camera.status.last_frame_s
    if silent_s > SILENT_AFTER_S:
        reason = f"No picture has come for over {SILENT_AFTER_S:.0f} s."
        return Health("offline", reason, {"code": "no_picture", "seconds": round(silent_s)})
    return health
