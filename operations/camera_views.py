"""Cameras as people see them: pages, one, a summary; what an administrator may change. Judges no health."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from redis import Redis
from sqlalchemy import ColumnElement, case, func, or_, select, tuple_

from operations.audit import Actor, record
from operations.calibrations import calibration_json, check_calibration
from operations.camera_health import health_json, rates_of
from operations.cameras import check_sub_source
from operations.facts import NotFound
from operations.store import Session
from operations.tables import Camera
from operations.times import to_text

WORST_FIRST = (
    "offline",
    "black",
    "frozen",
    "moved",
    "blurred",
    "silent",
    "wrong_clock",
    "online",
    "unknown",
)
"""What keeps a camera from seeing vehicles at all comes before what makes it see them badly."""


class CameraNotFound(NotFound):
    """No camera has this id."""

    def __init__(self, camera_id: int) -> None:
        super().__init__(f"There is no camera {camera_id}.")


@dataclass(frozen=True, slots=True)
class CamerasAsked:
    """A page of cameras by id, above an id. A filter that is None lets all pass; words: in code or name.

    worst_first: by what is wrong and then by id; after_rank: the rank (see rank_of) of the camera after_id.
    """

    state: str | None = None
    kind: str | None = None
    live: bool | None = None
    town_id: int | None = None
    words: str | None = None
    after_id: int = 0
    limit: int = 100
    worst_first: bool = False
    after_rank: int = 0


@dataclass(frozen=True, slots=True)
class CameraChange:
    """What shall change about a camera; names of `values`: name, enabled, source, sub_source, calibration."""

    values: dict[str, Any] = field(default_factory=dict)


def cameras_page(session: Session, asked: CamerasAsked) -> Sequence[Camera]:
    """Return the cameras asked for."""
    wanted = select(Camera).limit(asked.limit)
    if asked.worst_first:
        place = tuple_(_rank(), Camera.id)
        wanted = wanted.where(place > (asked.after_rank, asked.after_id)).order_by(_rank(), Camera.id)
    else:
        wanted = wanted.where(Camera.id > asked.after_id).order_by(Camera.id)
    if asked.state is not None:
        wanted = wanted.where(Camera.state == asked.state)
    if asked.kind is not None:
        wanted = wanted.where(Camera.kind == asked.kind)
    if asked.live is not None:
        has_source = Camera.source.is_not(None) & Camera.enabled
        wanted = wanted.where(has_source if asked.live else ~has_source)
    if asked.town_id is not None:
        wanted = wanted.where(Camera.town_id == asked.town_id)
    if asked.words:
        found = (column.icontains(asked.words, autoescape=True) for column in (Camera.code, Camera.name))
        wanted = wanted.where(or_(*found))
    return session.scalars(wanted).all()


def rank_of(camera: Camera) -> int:
    """Return the camera's place in a list by WORST_FIRST; online with a reason is not quite well."""
    unwell = camera.state == "online" and camera.state_reason is not None
    return 2 * WORST_FIRST.index(camera.state) + (0 if unwell else 1)


def _rank() -> ColumnElement[int]:
    """Return rank_of as the database works it out."""
    unwell = (Camera.state == "online") & Camera.state_reason.is_not(None)
    places = {state: 2 * place + 1 for place, state in enumerate(WORST_FIRST)}
    return case(
        (unwell, places["online"] - 1), *((Camera.state == s, p) for s, p in places.items()), else_=99
    )


def find_camera(session: Session, camera_id: int) -> Camera:
    """Return a camera. Raises CameraNotFound."""
    camera = session.get(Camera, camera_id)
    if camera is None:
        raise CameraNotFound(camera_id)
    return camera


def cameras_summary(session: Session) -> dict[str, Any]:
    """Return how many cameras are in each state, and how many have a source."""
    states = session.execute(select(Camera.state, func.count()).group_by(Camera.state)).all()
    live = select(func.count()).where(Camera.source.is_not(None), Camera.enabled)
    return {"states": dict(states), "live": session.scalar(live) or 0}


def camera_json(cameras: Sequence[Camera], client: Redis) -> list[dict[str, Any]]:
    """Return the cameras as the API shows them, those with a source with their health."""
    rates = rates_of(cameras, client)
    return [_camera_json(camera, rates.get(camera.id)) for camera in cameras]


def change_camera(
    session: Session, camera_id: int, change: CameraChange, actor: Actor, now: datetime
) -> Camera:
    """Rename, enable or disable a camera, give it a source or a calibration; workers take it up in seconds.

    Raises CameraNotFound, BadInput.
    """
    camera = session.get(Camera, camera_id, with_for_update=True)
    if camera is None:
        raise CameraNotFound(camera_id)
    values = change.values
    if values.get("calibration") is not None:
        check_calibration(values["calibration"])
    if values.get("source", "") is None:
        values = values | {"sub_source": None}
    said: dict[str, Any] = {}
    for name in ("name", "enabled", "source", "sub_source", "calibration"):
        if name in values and values[name] != getattr(camera, name):
            setattr(camera, name, values[name])
            said[name] = _said(name, values[name])
    check_sub_source(camera.source, camera.sub_source)
    if camera.source is None or not camera.enabled:
        camera.state, camera.state_since = "unknown", now
        camera.state_reason = camera.state_why = None
    record(
        session,
        actor=actor,
        now=now,
        action="camera.changed",
        subject="camera",
        subject_id=camera.id,
        details=said,
    )
    return camera


def _said(name: str, value: Any) -> Any:
    """Return what the audit log tells of a new value."""
    if name in ("source", "sub_source"):
        return "changed"  # it may hold a password
    if name == "calibration" and value is not None:
        return {"ground": len(value["ground"]), "lanes": len(value["lanes"])}
    return value


def _camera_json(camera: Camera, rates: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "id": camera.id,
        "code": camera.code,
        "name": camera.name,
        "kind": camera.kind,
        "point_id": camera.point_id,
        "town_id": camera.town_id,
        "grid_id": camera.grid_id,
        "lon": camera.lon,
        "lat": camera.lat,
        "heading_deg": camera.heading_deg,
        "view_deg": camera.view_deg,
        "range_m": camera.range_m,
        "live": camera.source is not None and camera.enabled,
        "has_sub_source": camera.sub_source is not None,
        "enabled": camera.enabled,
        "state": camera.state,
        "state_reason": camera.state_reason,
        "state_since": to_text(camera.state_since),
        "last_frame_at": to_text(camera.last_frame_at),
        "clock_offset_s": camera.clock_offset_s,
        "calibration": calibration_json(camera.calibration),
        "fps": rates["fps"] if rates else None,
        "fps_wanted": rates["fps_wanted"] if rates else None,
        "health": None if rates is None else health_json(camera, rates),
    }
