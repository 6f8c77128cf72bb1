"""Seen: sightings as the API shows them, and the condition that one fits a pattern. Asks no database."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from operations.tables import Camera, SightingRow
from operations.times import to_text

Seen = Row[SightingRow, Camera] | tuple[SightingRow, Camera]
"""A sighting and its camera, or rows of their columns."""


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
