"""What stands beside the road, and where: placed far to near along the road, with what each hides.

How a building or a tree looks is theirs; rails, lamp posts and the mountain's wall are here."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ingest.synthetic import quads
from ingest.synthetic.buildings import paint_building
from ingest.synthetic.ground import ROAD_HALF_M, Layout
from ingest.synthetic.stage import Stage
from ingest.synthetic.trees import paint_tree

FARTHEST_M, NEAREST_M, STEP_M = 250.0, 14.0, 2.0
NOTHING_M = 255
HIDING_ROWS, HIDING_MARGIN_M = 280, 4


@dataclass(frozen=True, slots=True)
class Roadside:
    """What later steps need to know: where lamps shine (x, z), and what hides what.

    hides_m: for each pixel of the picture's upper part, how far ahead the thing standing there is; 255 where
    nothing stands."""

    lamps: list[tuple[float, float]]
    hides_m: np.ndarray


def paint_roadside(stage: Stage, layout: Layout, scale: int) -> Roadside:
    """Paint all of it on a picture `scale` times life size."""
    edge = ROAD_HALF_M + (2.2 if layout.side_lane else 0.0)
    upper = stage.colour[: HIDING_ROWS * scale : scale, ::scale]
    hides_m, before = np.full(upper.shape[:2], NOTHING_M, np.uint8), upper.copy()
    lamps: list[tuple[float, float]] = []
    for z in np.arange(FARTHEST_M, NEAREST_M, -STEP_M):
        for side in (-1, 1):
            if side == layout.sea:
                _rail(stage, side * (edge + 1.1), float(z), 0.95)
            else:
                _PLACES[layout.scenery](stage, side, edge, float(z))
            if layout.side_lane:
                _rail(stage, side * (ROAD_HALF_M + 0.1), float(z), 0.85)
        if z % 28 == 26:
            lamps.append(_street_lamp(stage, -layout.sea or 1, edge, float(z)))
        if z % 10 == 0:
            hides_m[(upper != before).any(axis=2)] = z + HIDING_MARGIN_M
            before = upper.copy()
    return Roadside(lamps, hides_m)


def _street_lamp(stage: Stage, side: int, edge_m: float, z: float) -> tuple[float, float]:
    """Paint a lamp post; return where its light falls."""
    x_m = side * (edge_m + 0.6)
    _lamp(stage, x_m, z, -side)
    return x_m - side * 2.0, z


def _urban(stage: Stage, side: int, edge_m: float, z: float) -> None:
    if z % 24 == 0:
        height = float(stage.draw.uniform(10, 34))
        paint_building(stage, (side * (edge_m + 5.0), z, 19.0, height), shop=False)
    if z % 14 == 4:
        paint_tree(stage, side * (edge_m + 1.6), z, float(stage.draw.uniform(4.2, 5.8)))


def _market(stage: Stage, side: int, edge_m: float, z: float) -> None:
    if z % 10 == 0:
        height = float(stage.draw.uniform(5.5, 10.5))
        paint_building(stage, (side * (edge_m + 3.4), z, 9.6, height), shop=True)
    if z % 30 == 4:
        paint_tree(stage, side * (edge_m + 1.4), z, float(stage.draw.uniform(3.2, 4.2)))


def _coast(stage: Stage, side: int, edge_m: float, z: float) -> None:
    if z % 8 == 0:
        paint_tree(
            stage, side * (edge_m + float(stage.draw.uniform(2, 9))), z, float(stage.draw.uniform(3, 5.5))
        )
    if z % 60 == 20:
        paint_building(stage, (side * (edge_m + 7.0), z, 14.0, float(stage.draw.uniform(5, 9))), shop=False)


def _mountain(stage: Stage, side: int, edge_m: float, z: float) -> None:
    if side < 0:
        if z % 10 == 0:
            _slope(stage, side * (edge_m + 1.2), z)
        return
    _rail(stage, side * (edge_m + 0.35), z, 0.75)
    if stage.draw.random() < 0.6:
        far = float(stage.draw.uniform(3.5, 16))
        paint_tree(stage, side * (edge_m + far), z, float(stage.draw.uniform(3.5, 7)), lift_m=-2.0)


_PLACES = {"urban": _urban, "market": _market, "coast": _coast, "mountain": _mountain}


def _rail(stage: Stage, x_m: float, z: float, height_m: float) -> None:
    for low, high in ((height_m - 0.09, height_m), (height_m * 0.5, height_m * 0.5 + 0.07)):
        bar = [(x_m, high, z + 2.0), (x_m, high, z), (x_m, low, z), (x_m, low, z + 2.0)]
        quads.fill(stage.colour, stage.place(bar), (196, 200, 204))
    post = [(x_m - 0.05, height_m, z), (x_m + 0.05, height_m, z), (x_m + 0.05, 0, z), (x_m - 0.05, 0, z)]
    quads.fill(stage.colour, stage.place(post), (172, 176, 182))


def _slope(stage: Stage, x_m: float, z: float) -> None:
    """Paint ten metres of retaining wall with the wooded slope above it."""
    side = 1 if x_m > 0 else -1
    rise, rise_on = (5.4 + 0.5 * np.sin(at / 19) + 0.3 * np.sin(at / 7) for at in (z, z + 10.2))
    top, back, far = x_m + side * 1.5, x_m + side * 45, z + 10.2
    wood = [(top, rise_on, far), (top, rise, z), (back, rise + 34, z), (back, rise_on + 34, far)]
    quads.fill(stage.colour, stage.place(wood), (44, 82, 58))
    wall = stage.place([(top, rise_on, far), (top, rise, z), (x_m, 0, z), (x_m, 0, far)])
    quads.lay(stage.colour, (_stones(stage.draw),), wall)
    coping = [(top, rise_on + 0.3, far), (top, rise + 0.3, z), (top, rise, z), (top, rise_on, far)]
    quads.fill(stage.colour, stage.place(coping), (150, 154, 156))
    for _ in range(16):
        up = float(stage.draw.uniform(0.0, 0.8)) ** 1.5
        at = (top + side * (0.8 + up * 34), rise + up * 26, z + float(stage.draw.uniform(0, 9)))
        paint_tree(stage, at[0], at[2], float(stage.draw.uniform(3, 6)), lift_m=at[1] - 1.5)


def _stones(draw: np.random.Generator) -> np.ndarray:
    """Return a wall of dressed stones, 10 x 5.5 m."""
    course_px, rows = 30, 11
    wall = np.full((course_px * rows, 600, 3), 92, np.uint8)
    for row in range(rows):
        left = -int(draw.integers(10, 50))
        while left < 600:
            wide, grey = int(draw.integers(38, 74)), float(draw.normal(128, 10))
            stone = (grey * 0.94, grey * 0.99, grey)
            top = row * course_px
            cv2.rectangle(wall, (left + 1, top + 1), (left + wide - 2, top + course_px - 3), stone, -1)
            cv2.line(wall, (left + 1, top + 1), (left + wide - 2, top + 1), (grey * 1.12,) * 3, 2)
            left += wide
    stains = cv2.resize(draw.normal(1, 0.09, (8, 20)).astype(np.float32), (600, course_px * rows))
    grain = draw.normal(1, 0.04, (course_px * rows, 600)).astype(np.float32)
    return (wall * (stains * grain)[:, :, None]).clip(0, 255).astype(np.uint8)


def _lamp(stage: Stage, x_m: float, z: float, inward: int) -> None:
    arm = x_m + inward * 1.8
    grey = (150, 152, 154)
    post = [(x_m - 0.07, 7, z), (x_m + 0.07, 7, z), (x_m + 0.1, 0, z), (x_m - 0.1, 0, z)]
    quads.fill(stage.colour, stage.place(post), grey)
    beam = [(x_m, 7.0, z), (arm, 7.3, z), (arm, 7.2, z), (x_m, 6.85, z)]
    quads.fill(stage.colour, stage.place(beam), grey)
    head = [(arm - 0.35, 7.34, z), (arm + 0.35, 7.34, z), (arm + 0.35, 7.16, z), (arm - 0.35, 7.16, z)]
    quads.fill(stage.colour, stage.place(head), (206, 208, 210))
    quads.fill(stage.glow, stage.place(head), (190, 232, 255))
