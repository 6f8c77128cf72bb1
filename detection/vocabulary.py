"""The values of the vision path, from a frame to a finished vehicle pass. No behaviour, no pixel work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels of the image the box was found in; x grows right, y grows down."""

PathPoint = tuple[float, float, float]
"""t_s, x, y: seconds since stream start and a point in source pixels."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of one stream.

    image: H x W x 3 uint8, BGR. t_s: seconds since stream start, monotone.
    captured_at: aware UTC. sequence: number of the frame in its stream, from 0.
    """

    image: np.ndarray
    t_s: float
    captured_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True)
class Detection:
    """One vehicle in one picture. vehicle_class: car, motorcycle, bus, truck or vehicle (kind unknown)."""

    box: Box
    vehicle_class: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Character:
    """One position of a plate with its probability. char is '-' where it could not be read."""

    char: str
    confidence: float


@dataclass(frozen=True, slots=True)
class PlateRead:
    """A plate as read from one look, or fused from several.

    confidence: the minimum over the positions. box: in the image given to the reader, or None.
    kind: blue, yellow, yellow_double, green, white_police, white_military, armed_police, black, trainer,
    trailer, hk_macao, embassy, consulate or other.
    distributions: per position, the likeliest characters and their probabilities, which is what fusing
    needs; empty where unknown.
    """

    text: str
    confidence: float
    characters: tuple[Character, ...]
    box: Box | None
    kind: str
    distributions: tuple[Mapping[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class VehiclePass:
    """One vehicle going by one camera, once.

    path: bottom-centre points in source pixels, at least every 0.2 s. colour: white, black, grey, red, blue,
    yellow, green, brown or None. direction: towards, away, left, right or None. best_box: in best_frame.
    plate_crop: h x w x 3 uint8 BGR or None.
    """

    track: int
    vehicle_class: str
    confidence: float
    first_seen_s: float
    last_seen_s: float
    path: list[PathPoint]
    plate: PlateRead | None
    colour: str | None
    direction: str | None
    best_frame: Frame
    best_box: Box
    plate_crop: np.ndarray | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look at a stream settled (publish once) and ended (the whole pass)."""

    settled: list[VehiclePass]
    ended: list[VehiclePass]
