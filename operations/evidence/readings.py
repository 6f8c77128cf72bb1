"""Readings of an evidence file: each sighting with everything that says how far it is to be believed.

As JSON, complete, and as CSV for a spreadsheet. Which sightings, and who may have them, is in export.py.
"""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from operations.tables import Camera, SightingRow
from operations.times import to_text

COLUMNS = (
    *("number", "sighting", "plate", "read_as", "probability", "why", "plate_kind", "plate_confidence"),
    *("characters", "seen_at", "camera_time", "clock_offset_s", "received_at", "camera", "camera_name"),
    *("lon", "lat", "lane", "direction", "speed_kmh", "speed_error_kmh", "vehicle_class", "colour"),
    *("quarantined", "model", "simulated", "snapshot", "plate_crop"),
)
FORMULA = ("=", "+", "@", "\t", "\r")
"""How a spreadsheet's formulas begin: such a text is put after an apostrophe."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A sighting as evidence. read: {"plate", "probability", "why"}: what its plate is taken for.

    quarantined: {"id", "kind", "reason"}, or None. snapshot, plate_crop: names in the archive, or None.
    """

    row: SightingRow
    camera: Camera
    read: Mapping[str, Any]
    quarantined: Mapping[str, Any] | None = None
    snapshot: str | None = None
    plate_crop: str | None = None


def reading_json(number: int, reading: Reading) -> dict[str, Any]:
    """Return one reading; times are UTC. `seen_at`: our clock; `camera_time`: what the camera's said."""
    row = reading.row
    offset_s = row.clock_offset_s
    return {
        "number": number,
        "sighting": row.id,
        "read_as": row.plate,
        "plate": reading.read["plate"],
        "probability": reading.read["probability"],
        "why": list(reading.read["why"]),
        "plate_kind": row.plate_kind,
        "plate_confidence": row.plate_confidence,
        "characters": row.plate_characters or [],
        "seen_at": to_text(row.seen_at),
        "first_seen_at": to_text(row.first_seen_at),
        "last_seen_at": to_text(row.last_seen_at),
        "camera_time": None if offset_s is None else to_text(row.seen_at + timedelta(seconds=offset_s)),
        "clock_offset_s": offset_s,
        "received_at": to_text(row.received_at),
        "camera": _camera(reading.camera),
        "lane": row.lane,
        "direction": row.direction,
        "speed_kmh": row.speed_kmh,
        "speed_error_kmh": row.speed_error_kmh,
        "vehicle_class": row.vehicle_class,
        "colour": row.colour,
        "confidence": row.confidence,
        "box": row.box,
        "model": _model(row.model),
        "quarantined": reading.quarantined,
        "simulated": row.simulated,
        "snapshot": reading.snapshot,
        "plate_crop": reading.plate_crop,
    }


def as_csv(readings: Sequence[Mapping[str, Any]]) -> bytes:
    """Return readings (of `reading_json`) as CSV in UTF-8, marked so that spreadsheets know."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in _flat(reading)] for reading in readings)
    return text.getvalue().encode("utf-8-sig")


def why_words(why: Sequence[Mapping[str, Any]]) -> str:
    """Return why a reading is taken for a plate, such as `5: 8 read as B (p 0.12)`."""
    return "; ".join(
        f"{slip['position']}: {slip['true'] or 'nothing'} read as {slip['read'] or 'nothing'} "
        f"(p {slip['probability']:.2g})"
        for slip in why
    )


def _camera(camera: Camera) -> dict[str, Any]:
    calibration = camera.calibration
    canonical = json.dumps(calibration, sort_keys=True, separators=(",", ":"))
    return {
        "code": camera.code,
        "name": camera.name,
        "lon": camera.lon,
        "lat": camera.lat,
        "heading_deg": camera.heading_deg,
        "calibrated": calibration is not None,
        "calibration_sha256": hashlib.sha256(canonical.encode()).hexdigest() if calibration else None,
        "state": camera.state,
    }


def _model(model: str | None) -> dict[str, str | None]:
    """Split what ingest says of its network: name, and the beginning of the SHA-256 of its weights."""
    name, _, digest = (model or "").partition(":")
    return {"name": name or None, "sha256_begins": digest or None}


def _flat(reading: Mapping[str, Any]) -> list[Any]:
    camera, model = reading["camera"], reading["model"]
    quarantined = reading["quarantined"]
    plain = {
        **reading,
        "why": why_words(reading["why"]),
        "characters": " ".join(f"{c['char']}{c['confidence']:.2f}" for c in reading["characters"]),
        "camera": camera["code"],
        "camera_name": camera["name"],
        "lon": camera["lon"],
        "lat": camera["lat"],
        "model": ":".join(part for part in model.values() if part),
        "quarantined": f"{quarantined['kind']}: {quarantined['reason']}" if quarantined else None,
    }
    return [plain[name] for name in COLUMNS]


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
