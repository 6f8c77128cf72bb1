"""Camera states: what ingest workers say of their cameras, kept in the database and told to the live feed.

Health is judged in ingest/; here a camera is judged only when no worker speaks for it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from redis import Redis
from sqlalchemy import select

from operations import events
from operations.events import Event
from operations.store import Session
from operations.stream import Message, Refusal
from operations.tables import Camera
from operations.times import from_text, to_text

STATES = frozenset({"online", "offline", "frozen", "black", "blurred", "moved", "wrong_clock"})
"""What workers say. `silent` is judged from the reads, in silence.py, of cameras that look well."""
HEALTH_KEY = "camera:health:"
WORKER_KEY = "worker:ingest:"
NOBODY = "no worker reports this camera"
UNREPORTED = {"code": "unreported"}
# A row is written for its last frame alone only this often.
FRAME_TIMES_EVERY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Report:
    """What is said of a camera now. why: the reason as {"code", and its numbers}."""

    state: str
    reason: str | None
    last_frame_at: datetime | None = None
    clock_offset_s: float | None = None
    why: dict[str, Any] | None = None


def take_states(
    session: Session, messages: Sequence[Message], now: datetime
) -> tuple[list[Event], list[Refusal]]:
    """Store the changes that the messages tell; return the events to publish and the refused messages."""
    told: list[Event] = []
    refused: list[Refusal] = []
    for message in messages:
        try:
            code, report, at = _read(message.content)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            refused.append((message, f"is no camera state: {error!r}"))
            continue
        camera = session.scalar(select(Camera).where(Camera.code == code))
        if camera is None:
            refused.append((message, f"camera {code} is unknown"))
        # A message delivered again says the same again: its event may have been lost the first time.
        elif _is_silent_still(camera, report):
            continue
        elif camera.state_since is None or at >= camera.state_since:
            told.append(change_state(camera, report, min(at, now)))
    return told, refused


def reconcile(session: Session, reports: dict[str, Report], now: datetime) -> list[Event]:
    """Bring the cameras that have a source in step with what workers report; return the events to publish."""
    told: list[Event] = []
    for camera in session.scalars(live_cameras()):
        report = reports.get(camera.code, Report("offline", NOBODY, why=UNREPORTED))
        if not _is_silent_still(camera, report):
            if report.state != camera.state:
                told.append(change_state(camera, report, now))
            # A reason may count seconds: that is no event.
            camera.state_reason, camera.state_why = report.reason, report.why
        if report.last_frame_at and _is_newer(report.last_frame_at, camera.last_frame_at):
            camera.last_frame_at = report.last_frame_at
            camera.clock_offset_s = report.clock_offset_s
    return told


def is_in_step(session: Session, reports: dict[str, Report]) -> bool:
    """Return whether `reconcile` would change nothing, without locking anything."""
    for camera in session.scalars(live_cameras()):
        report = reports.get(camera.code, Report("offline", NOBODY))
        same = (report.state, report.reason) == (camera.state, camera.state_reason)
        if not same and not _is_silent_still(camera, report):
            return False
        if report.last_frame_at and _is_newer(report.last_frame_at, camera.last_frame_at):
            return False
    return True


def read_reports(client: Redis, codes: Sequence[str]) -> dict[str, Report]:
    """Return what living workers report, by camera code; `client` decodes responses."""
    with client.pipeline(transaction=False) as pipe:
        for code in codes:
            pipe.hgetall(HEALTH_KEY + code)
        hashes: list[dict[str, str]] = pipe.execute()
    workers = sorted({health["worker"] for health in hashes if health.get("worker")})
    with client.pipeline(transaction=False) as pipe:
        for worker in workers:
            pipe.exists(WORKER_KEY + worker)
        alive = {worker for worker, there in zip(workers, pipe.execute(), strict=True) if there}
    return {
        code: _report(health)
        for code, health in zip(codes, hashes, strict=True)
        if health.get("worker") in alive and health.get("state") in STATES
    }


def live_cameras() -> Any:
    """Select the cameras that some worker should report."""
    return select(Camera).where(Camera.source.is_not(None), Camera.enabled).order_by(Camera.id)


def _read(content: bytes) -> tuple[str, Report, datetime]:
    said = json.loads(content)
    if said["state"] not in STATES:
        raise ValueError(f"unknown state {said['state']!r}")
    reason, why = said.get("reason"), said.get("why")
    report = Report(
        said["state"], str(reason) if reason else None, why=why if isinstance(why, dict) else None
    )
    return str(said["camera"]), report, from_text(said["at"])


def _report(health: dict[str, str]) -> Report:
    offset, frame_at = health.get("clock_offset_s"), health.get("last_frame_at")
    return Report(
        state=health["state"],
        reason=health.get("reason") or None,
        last_frame_at=from_text(frame_at) if frame_at else None,
        clock_offset_s=float(offset) if offset else None,
        why=json.loads(health["why"]) if health.get("why") else None,
    )


def change_state(camera: Camera, report: Report, at: datetime) -> Event:
    """Put a camera into a state; return the event that tells it."""
    if camera.state != report.state:
        camera.state_since = at
    camera.state, camera.state_reason, camera.state_why = report.state, report.reason, report.why
    shown = {
        "id": camera.id,
        "code": camera.code,
        "state": camera.state,
        "reason": camera.state_reason,
        "why": camera.state_why,
        "at": to_text(at),
    }
    return events.CAMERA_STATE_CHANGED, {"camera": shown}


def _is_silent_still(camera: Camera, report: Report) -> bool:
    """A camera that sees nothing looks well to its worker; only what it sees again clears that."""
    return camera.state == "silent" and report.state == "online"


def _is_newer(reported: datetime, kept: datetime | None) -> bool:
    return kept is None or reported - kept >= FRAME_TIMES_EVERY
