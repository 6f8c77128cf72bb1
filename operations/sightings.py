"""Sightings: one vehicle pass at one camera as a message, written and read strictly. Stores nothing."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from operations.media import KEY
from operations.times import from_text, to_text

# Vehicles only: a message about anything else, a person above all, is malformed.
VEHICLE_CLASSES = frozenset({"car", "motorcycle", "bus", "truck", "vehicle"})
AHEAD_AT_MOST = timedelta(seconds=300)
BEHIND_AT_MOST = timedelta(days=366)
LONGEST_PLATE = 16
MOST_LOOKS = 8


class MalformedSighting(Exception):
    """A message is no sighting; `field` says where and `why` says what is wrong."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field} {why}")
        self.field, self.why = field, why


@dataclass(frozen=True, slots=True)
class Sighting:
    """One vehicle pass. Times aware UTC, all by the ingest host's clock: seen times say when the frame came.

    clock_offset_s: the camera's clock minus the host's, so that seen_at + clock_offset_s is camera time; a
    camera whose clock is wrong bends no track. None where the camera tells no time.
    id: "<camera code>:<session start, epoch ms>:<track>". camera: its code. snapshot, plate_crop: media keys.
    plate_characters: [{"char", "confidence"}]. plate_looks: what the single looks said, 8 at most; counted,
    never stored. box: x1, y1, x2, y2 as fractions of the snapshot.
    lane, speed_kmh and its error (1 standard deviation): of a calibrated camera, None of any other.
    """

    id: str
    camera: str
    seen_at: datetime
    first_seen_at: datetime
    last_seen_at: datetime
    received_at: datetime
    vehicle_class: str
    confidence: float
    clock_offset_s: float | None = None
    plate: str | None = None
    plate_kind: str | None = None
    plate_confidence: float | None = None
    plate_characters: list[dict[str, Any]] | None = None
    plate_looks: list[str] | None = None
    colour: str | None = None
    direction: str | None = None
    lane: int | None = None
    speed_kmh: float | None = None
    speed_error_kmh: float | None = None
    snapshot: str | None = None
    plate_crop: str | None = None
    box: list[float] | None = None
    model: str | None = None
    simulated: bool = False


def to_json(sighting: Sighting) -> str:
    """Return the sighting as one line of JSON."""
    values = {name: getattr(sighting, name) for name in Sighting.__dataclass_fields__}
    for name in TIMES:
        values[name] = to_text(values[name])
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def from_json(text: bytes | str) -> Sighting:
    """Read a message. Raises MalformedSighting; fields it does not know are ignored."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise MalformedSighting("the message", "is not JSON") from None
    if not isinstance(said, dict):
        raise MalformedSighting("the message", "is not a JSON object")
    values: dict[str, Any] = {}
    for name, (read, needed) in FIELDS.items():
        value = said.get(name)
        if value is not None:
            values[name] = read(name, value)
        elif needed:
            raise MalformedSighting(name, "is missing")
    return Sighting(**values)


def implausible(sighting: Sighting, now: datetime) -> str | None:
    """Return why the sighting's times cannot be right, or None."""
    if sighting.received_at > now + AHEAD_AT_MOST:
        return f"received_at {to_text(sighting.received_at)} lies in the future"
    latest = max(sighting.seen_at, sighting.first_seen_at, sighting.last_seen_at)
    if latest > sighting.received_at + AHEAD_AT_MOST:
        ahead_s = (latest - sighting.received_at).total_seconds()
        return f"seen {ahead_s:.0f} s after it was received: the camera's clock is wrong"
    if sighting.seen_at < now - BEHIND_AT_MOST:
        return f"seen_at {to_text(sighting.seen_at)} is over a year old: the camera's clock is wrong"
    return None


def _time(name: str, value: Any) -> datetime:
    try:
        return from_text(value)
    except (ValueError, TypeError, OverflowError):
        raise MalformedSighting(name, "is not an ISO 8601 time with a zone") from None


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise MalformedSighting(name, "is not a number")
    return float(value)


def _share(name: str, value: Any) -> float:
    number = _number(name, value)
    if not 0.0 <= number <= 1.0:
        raise MalformedSighting(name, "is not between 0 and 1")
    return number


def _lane(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 100:
        raise MalformedSighting(name, "is not a small whole number")
    return value


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise MalformedSighting(name, "is not true or false")
    return value


def _text(longest: int) -> Callable[[str, Any], str]:
    def read(name: str, value: Any) -> str:
        # Not printable are NUL and lone surrogates, which no database takes.
        if not isinstance(value, str) or not value or len(value) > longest or not value.isprintable():
            raise MalformedSighting(name, f"is not a text of 1 to {longest} characters")
        return value

    return read


def _plate(name: str, value: Any) -> str:
    text = _text(LONGEST_PLATE)(name, value).replace(" ", "").replace("·", "").upper()
    if not text:
        raise MalformedSighting(name, "is empty")
    return text


def _vehicle_class(name: str, value: Any) -> str:
    if not isinstance(value, str) or value not in VEHICLE_CLASSES:
        raise MalformedSighting(name, "is no vehicle")
    return value


def _media_key(name: str, value: Any) -> str:
    if not isinstance(value, str) or not KEY.fullmatch(value):
        raise MalformedSighting(name, "is not a media key")
    return value


def _box(name: str, value: Any) -> list[float]:
    if not isinstance(value, list) or len(value) != 4:
        raise MalformedSighting(name, "is not four numbers")
    return [_number(name, part) for part in value]


def _characters(name: str, value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or len(value) > LONGEST_PLATE:
        raise MalformedSighting(name, "is not a short list")
    read = []
    for part in value:
        if not isinstance(part, dict):
            raise MalformedSighting(name, "is not a list of objects")
        char = _text(1)(f"{name}.char", part.get("char"))
        read.append({"char": char, "confidence": _share(f"{name}.confidence", part.get("confidence"))})
    return read


def _looks(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > MOST_LOOKS:
        raise MalformedSighting(name, f"is not a list of at most {MOST_LOOKS} texts")
    return [_plate(name, part) for part in value]


TIMES = ("seen_at", "first_seen_at", "last_seen_at", "received_at")
FIELDS: dict[str, tuple[Callable[[str, Any], Any], bool]] = {
    "id": (_text(80), True),
    "camera": (_text(32), True),
    **dict.fromkeys(TIMES, (_time, True)),
    "vehicle_class": (_vehicle_class, True),
    "confidence": (_share, True),
    "clock_offset_s": (_number, False),
    "plate": (_plate, False),
    "plate_kind": (_text(16), False),
    "plate_confidence": (_share, False),
    "plate_characters": (_characters, False),
    "plate_looks": (_looks, False),
    "colour": (_text(16), False),
    "direction": (_text(16), False),
    "lane": (_lane, False),
    "speed_kmh": (_number, False),
    "speed_error_kmh": (_number, False),
    "snapshot": (_media_key, False),
    "plate_crop": (_media_key, False),
    "box": (_box, False),
    "model": (_text(80), False),
    "simulated": (_flag, False),
}
"""How each field is read, and whether it must be there."""
