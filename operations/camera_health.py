"""Camera health as people see it: the state's reason as code and numbers, and the rates behind it.

Reads what ingest workers and the read-rate timer left in Redis; judges nothing.
"""

import json
from collections.abc import Sequence
from typing import Any

from redis import Redis

from operations.camera_states import HEALTH_KEY
from operations.tables import Camera
from operations.times import to_text

READS_KEY = "camera:reads"
"""A hash by camera id: JSON {"seen", "usual"} of the last hour, kept by operations/silence.py."""
RATES = ("fps", "fps_wanted", "dropped_share", "gate_miss_rate", "reconnects")


def rates_of(cameras: Sequence[Camera], client: Redis) -> dict[int, dict[str, Any]]:
    """Return, by camera id, what Redis says of the cameras that have a source: RATES, model, seen, usual.

    What nobody has measured is None.
    """
    live = [camera for camera in cameras if camera.source is not None and camera.enabled]
    if not live:
        return {}
    with client.pipeline(transaction=False) as pipe:
        for camera in live:
            pipe.hmget(HEALTH_KEY + camera.code, *RATES, "model")
        pipe.hmget(READS_KEY, [str(camera.id) for camera in live])
        *told, reads = pipe.execute()
    return {
        camera.id: {name: _number(value) for name, value in zip(RATES, rates, strict=True)}
        | {"model": model or None}
        | _reads(read)
        for camera, (*rates, model), read in zip(live, told, reads, strict=True)
    }


def health_json(camera: Camera, rates: dict[str, Any]) -> dict[str, Any]:
    """Return a live camera's health for the API: why it is in its state, and what was measured."""
    why = dict(camera.state_why or {})
    return {
        "code": why.pop("code", None),
        "numbers": why,
        "reason": camera.state_reason,
        "since": to_text(camera.state_since),
        "passes_last_hour": rates.get("seen"),
        "usual_last_hour": rates.get("usual"),
        "gate_miss_rate": rates.get("gate_miss_rate"),
        "clock_offset_s": camera.clock_offset_s,
        "dropped_share": rates.get("dropped_share"),
        "reconnects": rates.get("reconnects"),
        "model": rates.get("model"),
    }


def _number(text: str | bytes | None) -> float | None:
    return float(text) if text else None


def _reads(text: str | bytes | None) -> dict[str, Any]:
    return dict(json.loads(text)) if text else {}
