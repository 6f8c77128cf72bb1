"""Seen: the sightings that fit a plate or a pattern of one, found and shown. Who may ask is in queries.py."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from geo.coordinates import LonLat
from operations.store import Session
from operations.tables import Camera, SightingRow
from operations.times import to_text
from operations.trajectories import Stop

MOST_SIGHTINGS = 2_000
Seen = Row[SightingRow, Camera]


def find_seen(session: Session, pattern: str, since: datetime, until: datetime) -> tuple[list[Seen], bool]:
    """Return the newest sightings that fit, in order of time, and whether older ones were left out."""
    wanted = select(SightingRow, Camera).join(Camera, Camera.id == SightingRow.camera_id)
    wanted = wanted.where(SightingRow.seen_at >= since, SightingRow.seen_at < until, fits(pattern))
    newest = wanted.order_by(SightingRow.seen_at.desc(), SightingRow.id.desc()).limit(MOST_SIGHTINGS + 1)
    rows = list(session.execute(newest).all())
    return rows[:MOST_SIGHTINGS][::-1], len(rows) > MOST_SIGHTINGS


def fits(pattern: str) -> Any:
    """Return the condition on the plate; a checked pattern holds neither % nor _."""
    if not re.search(r"[?*]", pattern):
        return SightingRow.plate == pattern
    return SightingRow.plate.like(pattern.replace("?", "_").replace("*", "%"))


def seen_json(seen: Sequence[Seen]) -> list[dict[str, Any]]:
    """Return sightings as the API shows them, each with its camera and place."""
    return [
        {
            "id": row.id,
            "seen_at": to_text(row.seen_at),
            "received_at": to_text(row.received_at),
            "clock_offset_s": row.clock_offset_s,
            "plate": row.plate,
            "plate_kind": row.plate_kind,
            "plate_confidence": row.plate_confidence,
            "plate_characters": row.plate_characters or [],
            "vehicle_class": row.vehicle_class,
            "colour": row.colour,
            "direction": row.direction,
            "lane": row.lane,
            "speed_kmh": row.speed_kmh,
            "speed_error_kmh": row.speed_error_kmh,
            "camera": {"id": camera.id, "code": camera.code, "name": camera.name},
            "lon": camera.lon,
            "lat": camera.lat,
            "has_snapshot": row.snapshot is not None,
            "has_plate_crop": row.plate_crop is not None,
            "box": row.box,
            "simulated": row.simulated,
        }
        for row, camera in seen
    ]


def stops(seen: Sequence[Seen]) -> list[Stop]:
    """Return sightings as stops of paths, their times put right by the clock offsets."""
    return [
        Stop(
            sighting=row.id,
            plate=row.plate or "",
            at=row.seen_at - timedelta(seconds=row.clock_offset_s or 0.0),
            place=LonLat(camera.lon, camera.lat),
            camera=camera.code,
            simulated=row.simulated,
        )
        for row, camera in seen
    ]
