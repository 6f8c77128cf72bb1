"""Which vehicle passes which camera when: traffic.json, or ordinary traffic drawn from a seed.

Ends at a list of passages; where a vehicle is on the road is motion.py's business."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ingest.synthetic.options import BadSyntheticUrl, Options

KINDS = ("blue", "yellow", "green", "white_police", "black")
CLASSES = ("car", "suv", "van", "truck", "bus", "motorcycle")
COLOURS = ("white", "black", "grey", "silver", "red", "blue", "yellow", "green", "brown", "orange")
DIRECTIONS = ("towards", "away")
SHORTEST_PERIOD_S = 60.0
RANDOM_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
RANDOM_PERIOD_S = 600.0
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Passage:
    """One vehicle passing one camera; offset_s is the moment of the best look, within the period."""

    offset_s: float
    plate: str
    kind: str
    vehicle_class: str
    colour: str
    direction: str
    lane: int
    speed_kmh: float


@dataclass(frozen=True, slots=True)
class Traffic:
    """What passes one camera, repeated every period_s from the epoch on."""

    epoch: datetime
    period_s: float
    passages: tuple[Passage, ...]


def passing(traffic: Traffic, now: datetime, horizon_s: float) -> list[tuple[Passage, float]]:
    """Return passages whose best look is within horizon_s of now, with now's seconds past that look."""
    half_s = traffic.period_s / 2
    since_s = (now - traffic.epoch).total_seconds()
    near = []
    for passage in traffic.passages:
        past_s = (since_s - passage.offset_s + half_s) % traffic.period_s - half_s
        if abs(past_s) <= horizon_s:
            near.append((passage, past_s))
    return near


def traffic_for(options: Options) -> Traffic:
    """Return the schedule's traffic for the camera, or random traffic where no schedule is named."""
    if options.schedule is None:
        return random_traffic(options)
    return load_schedule(Path(options.schedule), options.camera)


def load_schedule(path: Path, camera: str) -> Traffic:
    """Read one camera's passages from a traffic.json; BadSyntheticUrl says what is wrong in it."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSyntheticUrl(f"schedule {path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise BadSyntheticUrl(f"schedule {path} is not JSON: {error}") from None
    try:
        epoch = datetime.fromisoformat(document["epoch"])
        period_s = float(document["period_s"])
        rows = [(at, row) for at, row in enumerate(document["passages"]) if row["camera"] == camera]
        if epoch.tzinfo is None or period_s < SHORTEST_PERIOD_S:
            raise ValueError(f"epoch needs a time zone and period_s must be at least {SHORTEST_PERIOD_S:.0f}")
    except (KeyError, TypeError, ValueError) as error:
        raise BadSyntheticUrl(f"schedule {path} is malformed: {_why(error)}") from None
    return Traffic(epoch, period_s, tuple(_passage(path, at, row) for at, row in rows))


def _passage(path: Path, at: int, row: dict[str, Any]) -> Passage:
    try:
        return Passage(
            offset_s=float(row["offset_s"]),
            plate=_plate(row["plate"]),
            kind=_known(row, "kind", KINDS),
            vehicle_class=_known(row, "class", CLASSES),
            colour=_known(row, "colour", COLOURS),
            direction=_known(row, "direction", DIRECTIONS),
            lane=int(row.get("lane", 1)),
            speed_kmh=min(90.0, max(8.0, float(row["speed_kmh"]))),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadSyntheticUrl(f"schedule {path} is malformed: passages[{at}]: {_why(error)}") from None


def _known(row: dict[str, Any], field: str, allowed: tuple[str, ...]) -> str:
    if row[field] not in allowed:
        raise ValueError(f"{field} is {row[field]!r}, must be one of {', '.join(allowed)}")
    return str(row[field])


def _plate(text: str) -> str:
    plain = text.replace("·", "").replace(" ", "")
    if not 7 <= len(plain) <= 8:
        raise ValueError(f"plate is {text!r}, must have 7 or 8 characters")
    return plain


def _why(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def random_traffic(options: Options) -> Traffic:
    """Draw ten minutes of ordinary traffic from the camera and the seed."""
    draw = np.random.default_rng([options.seed, *options.camera.encode()])
    passages = []
    for lane, direction in ((1, "towards"), (2, "away")):
        offset_s = float(draw.uniform(2, 8))
        while offset_s < RANDOM_PERIOD_S - 6:
            passages.append(_random_passage(draw, offset_s, direction, lane))
            offset_s += float(draw.uniform(7, 16))
    return Traffic(RANDOM_EPOCH, RANDOM_PERIOD_S, tuple(passages))


def _random_passage(draw: np.random.Generator, offset_s: float, direction: str, lane: int) -> Passage:
    vehicle_class = str(draw.choice(CLASSES, p=[0.44, 0.24, 0.12, 0.1, 0.06, 0.04]))
    electric = vehicle_class in ("car", "suv") and draw.random() < 0.35
    large = vehicle_class in ("truck", "bus", "motorcycle")
    kind = "green" if electric else "yellow" if large else "blue"
    colours = ["white", "black", "grey", "silver", "red", "blue", "brown", "green"]
    return Passage(
        offset_s=offset_s,
        plate=random_plate(draw, electric),
        kind=kind,
        vehicle_class=vehicle_class,
        colour=str(draw.choice(colours, p=[0.33, 0.17, 0.14, 0.12, 0.08, 0.08, 0.05, 0.03])),
        direction=direction,
        lane=lane,
        speed_kmh=float(draw.uniform(28, 50)),
    )


def random_plate(draw: np.random.Generator, electric: bool) -> str:
    """Draw a valid plate, mostly of the region: 浙J, 浙 and neighbours."""
    office = str(draw.choice(["浙J", "浙B", "浙A", "浙C", "沪A", "沪C", "苏A", "闽A", "皖A", "赣E"],
                             p=[0.62, 0.1, 0.06, 0.06, 0.04, 0.02, 0.03, 0.03, 0.02, 0.02]))  # fmt: skip
    if electric:
        return office + str(draw.choice(list("DF"))) + "".join(draw.choice(list(DIGITS), 5))
    serial = list(draw.choice(list(DIGITS), 5))
    for at in draw.choice(5, int(draw.integers(0, 3)), replace=False):
        serial[at] = str(draw.choice(list(LETTERS)))
    return office + "".join(serial)
