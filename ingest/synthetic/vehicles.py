"""Drawing one vehicle at its place on the road: shadow, wheels, sides, faces, plate, lamps.

Takes the place as given; where vehicles are when is motion.py's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from ingest.synthetic import quads
from ingest.synthetic.bodywork import Finish, face_levels, side_colour
from ingest.synthetic.plates_drawn import HEIGHT_MM, plate_levels, plate_width_m
from ingest.synthetic.projection import NEAREST_M, Viewpoint, project
from ingest.synthetic.schedule import Passage
from ingest.synthetic.shapes import SHAPES, Corner, Shape

SMALL_PX = 14.0
CIRCLE = [(math.cos(turn), math.sin(turn)) for turn in np.linspace(0, 2 * math.pi, 14, endpoint=False)]
SHADOW_M = 0.45
PLATE_PROUD_M = 0.04
PLATE_HEIGHT_M = HEIGHT_MM / 1000 * 1.25


def _shadow_picture() -> np.ndarray:
    core = np.zeros((96, 64), np.uint8)
    core[14:-12, 12:-12] = 190
    return np.repeat(cv2.GaussianBlur(core, (0, 0), 5)[:, :, None], 3, axis=2)


SHADOW = _shadow_picture()


@dataclass(frozen=True, slots=True)
class Placed:
    """A passage at one moment: where its plate is, in which lane, how long past its best look."""

    passage: Passage
    plate_z_m: float
    lane_x_m: float
    night: bool
    past_s: float = 0.0

    @property
    def shape(self) -> Shape:
        """Return the vehicle's shape."""
        return SHAPES[self.passage.vehicle_class]

    @property
    def towards(self) -> bool:
        """Return whether we see its front."""
        return self.passage.direction == "towards"

    @property
    def finish(self) -> Finish:
        """Return its paint."""
        return Finish(self.passage.vehicle_class, self.passage.colour, self.night)

    def at(self, back_m: float, up_m: float, right_m: float) -> tuple[float, float, float]:
        """Return road coordinates of a point of the vehicle, given as seen by us (right is our right)."""
        if self.towards:
            return self.lane_x_m + right_m, up_m, self.plate_z_m + back_m
        return self.lane_x_m + right_m, up_m, self.plate_z_m + self.shape.length_m - back_m

    @property
    def farthest_m(self) -> float:
        """Return how far ahead its far end is."""
        return self.plate_z_m + self.shape.length_m


def draw_vehicle(canvas: np.ndarray, view: Viewpoint, placed: Placed) -> None:
    """Paint the vehicle and its shadow over the picture, far parts first."""
    if placed.farthest_m <= NEAREST_M:
        return
    _shadow(canvas, view, placed)
    draw_body(canvas, view, placed)


def draw_body(canvas: np.ndarray, view: Viewpoint, placed: Placed) -> None:
    """Paint the vehicle without its shadow; nothing of it once it is past the camera."""
    if placed.farthest_m <= NEAREST_M:
        return
    _wheels(canvas, view, placed)
    _mirrors(canvas, view, placed)
    hulls = placed.shape.hulls
    for hull in reversed(hulls) if placed.towards else hulls:
        _side(canvas, view, placed, hull)
        _faces(canvas, view, placed, hull)
    _plate(canvas, view, placed)


def box_px(view: Viewpoint, placed: Placed) -> tuple[int, int, int, int]:
    """Return x1, y1, x2, y2 around the vehicle, its shadow and the glow of its lamps."""
    half, length = placed.shape.half_m + 0.6, placed.shape.length_m
    corners = [(back, up, side) for back in (0.0, length) for up in (-1.6, 3.0) for side in (-half, half)]
    points = _points(view, placed, corners)
    x1, y1 = np.floor(points.min(axis=0)).astype(int)
    x2, y2 = np.ceil(points.max(axis=0)).astype(int)
    return int(x1), int(y1), int(x2), int(y2)


def _points(view: Viewpoint, placed: Placed, points: Sequence[tuple[float, float, float]]) -> np.ndarray:
    return project(view, np.array([placed.at(*point) for point in points]))


def _shadow(canvas: np.ndarray, view: Viewpoint, placed: Placed) -> None:
    half, length = placed.shape.half_m + SHADOW_M, placed.shape.length_m + SHADOW_M
    ground = [(length, 0.0, -half), (length, 0.0, half), (-SHADOW_M, 0.0, half), (-SHADOW_M, 0.0, -half)]
    if placed.towards is False:
        ground = [ground[3], ground[2], ground[1], ground[0]]
    quads.take_light(canvas, SHADOW, _points(view, placed, ground), 0.5 if placed.night else 1.0)


def _wheels(canvas: np.ndarray, view: Viewpoint, placed: Placed) -> None:
    colour = (12, 11, 11) if placed.night else (26, 25, 25)
    half = placed.shape.half_m
    for back, radius in placed.shape.wheels:
        for outer, inner in ((-half + 0.02, -half + 0.24), (half - 0.02, half - 0.24)):
            block = [
                (back, 0.0, outer),
                (back, 0.0, inner),
                (back, radius * 1.4, inner),
                (back, radius * 1.4, outer),
            ]
            quads.fill(canvas, _points(view, placed, block), colour)


def _mirrors(canvas: np.ndarray, view: Viewpoint, placed: Placed) -> None:
    back, up, half = placed.shape.mirror_m
    colour = tuple(part * 0.7 for part in side_colour(placed.finish))
    for side in (-1, 1):
        inner, outer = side * (half - 0.04), side * (half + 0.2)
        block = [
            (back, up, inner),
            (back, up + 0.1, outer),
            (back, up - 0.06, outer),
            (back, up - 0.06, inner),
        ]
        quads.fill(canvas, _points(view, placed, block), colour)


def _side(canvas: np.ndarray, view: Viewpoint, placed: Placed, hull: tuple[Corner, ...]) -> None:
    inner = 1 if placed.lane_x_m < 0 else -1
    colour = side_colour(placed.finish)
    body = _points(view, placed, [(c.back_m, c.up_m, inner * c.half_m) for c in hull])
    if np.ptp(body[:, 0]) < SMALL_PX / 4:
        return
    quads.fill(canvas, body, colour)
    if placed.shape.hulls[0] is not hull:
        return
    glass = (16, 13, 12) if placed.night else (58, 50, 44)
    for window in placed.shape.windows:
        pane = _points(view, placed, [(back, up, inner * half) for back, up, half in window])
        quads.fill(canvas, pane, glass)
    for back, radius in placed.shape.wheels:
        side_m = inner * placed.shape.half_m
        ring = [(back + radius * c, radius * (1 + s), side_m) for c, s in CIRCLE]
        quads.fill(canvas, _points(view, placed, ring), (20, 19, 19) if not placed.night else (9, 9, 9))


def _faces(canvas: np.ndarray, view: Viewpoint, placed: Placed, hull: tuple[Corner, ...]) -> None:
    pairs = list(pairwise(hull))
    for lower, upper in reversed(pairs) if placed.towards else pairs:
        near, far = (lower, upper) if placed.towards else (upper, lower)
        quad = _points(
            view,
            placed,
            [
                (far.back_m, far.up_m, -far.half_m),
                (far.back_m, far.up_m, far.half_m),
                (near.back_m, near.up_m, near.half_m),
                (near.back_m, near.up_m, -near.half_m),
            ],
        )
        if quad[2, 1] <= quad[1, 1]:
            continue
        _face(canvas, quad, lower.face, placed.finish)


def _face(canvas: np.ndarray, quad: np.ndarray, name: str, finish: Finish) -> None:
    levels = face_levels(name, finish)
    if quad[2, 1] - quad[1, 1] < 2.0:
        colour = levels[-1].mean(axis=(0, 1))
        quads.fill(canvas, quad, tuple(float(part) for part in colour))
        return
    quads.lay(canvas, levels, quad)
    edge = levels[-1][:, 0].mean(axis=0) * 0.8
    quads.outline(canvas, quad, tuple(float(part) for part in edge))


def _plate(canvas: np.ndarray, view: Viewpoint, placed: Placed) -> None:
    corners = plate_corners(view, placed)
    if corners[1, 0] - corners[0, 0] < SMALL_PX / 2:
        return
    levels = plate_levels(placed.passage.plate, placed.passage.kind)
    quads.lay(canvas, levels, corners)


def plate_corners(view: Viewpoint, placed: Placed) -> np.ndarray:
    """Return the plate's four corners in the picture, top left first, clockwise."""
    shape, half = placed.shape, plate_width_m(placed.passage.plate) / 2
    up = shape.front_plate_up_m if placed.towards else shape.rear_plate_up_m
    low, high = up - PLATE_HEIGHT_M / 2, up + PLATE_HEIGHT_M / 2
    back = -PLATE_PROUD_M if placed.towards else shape.length_m + PLATE_PROUD_M
    return _points(
        view, placed, [(back, high, -half), (back, high, half), (back, low, half), (back, low, -half)]
    )
