"""What stands beside the road: buildings, shops, trees, lamp posts, rails and rock faces, far ones first.

Each thing is painted once on the backdrop; windows and lamps also on a picture that stays lit at night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ingest.synthetic import quads
from ingest.synthetic.ground import ROAD_HALF_M, Layout
from ingest.synthetic.projection import Viewpoint, project

WALLS = ((176, 190, 200), (150, 168, 186), (196, 200, 202), (140, 156, 182), (168, 186, 178), (120, 140, 170))
SIGNS = ("便利店", "海鲜楼", "五金", "茶庄", "面馆", "水果", "药房", "服装", "粮油", "百货")
SIGN_COLOURS = ((36, 40, 190), (150, 70, 24), (60, 120, 30), (24, 110, 200))
LIT = (120, 190, 236)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the roadside is painted: the day picture, the light that stays at night, the view, the dice."""

    colour: np.ndarray
    glow: np.ndarray
    view: Viewpoint
    draw: np.random.Generator


def paint_roadside(stage: Stage, layout: Layout) -> list[tuple[float, float]]:
    """Paint all of it; return the lamp posts' feet as (x_m, z_m)."""
    edge = ROAD_HALF_M + (2.2 if layout.side_lane else 0.0)
    lamps: list[tuple[float, float]] = []
    for z in np.arange(250.0, 14.0, -2.0):
        for side in (-1, 1):
            if side == layout.sea:
                _sea_side(stage, side * (edge + 1.1), float(z))
            else:
                _PLACES[layout.scenery](stage, side, edge, float(z))
            if layout.side_lane:
                _rail(stage, side * (ROAD_HALF_M + 0.1), float(z), 0.85)
            if side == 1 - 2 * (layout.sea > 0) and z % 28 == 26:
                _lamp(stage, side * (edge + 0.6), float(z), -side)
                lamps.append((side * (edge + 0.6) - side * 2.0, float(z)))
    return lamps


def _urban(stage: Stage, side: int, edge_m: float, z: float) -> None:
    if z % 24 == 0:
        height = float(stage.draw.uniform(10, 34))
        _building(stage, (side * (edge_m + 5.0), z, 19.0, height), shop=False)
    if z % 14 == 4:
        _tree(stage, side * (edge_m + 1.6), z, float(stage.draw.uniform(4.2, 5.8)))


def _market(stage: Stage, side: int, edge_m: float, z: float) -> None:
    if z % 10 == 0:
        height = float(stage.draw.uniform(5.5, 10.5))
        _building(stage, (side * (edge_m + 3.4), z, 9.6, height), shop=True)
    if z % 30 == 4:
        _tree(stage, side * (edge_m + 1.4), z, float(stage.draw.uniform(3.2, 4.2)))


def _coast(stage: Stage, side: int, edge_m: float, z: float) -> None:
    if z % 8 == 0:
        _tree(stage, side * (edge_m + float(stage.draw.uniform(2, 9))), z, float(stage.draw.uniform(3, 5.5)))
    if z % 60 == 20:
        _building(stage, (side * (edge_m + 7.0), z, 14.0, float(stage.draw.uniform(5, 9))), shop=False)


def _mountain(stage: Stage, side: int, edge_m: float, z: float) -> None:
    if side < 0:
        _slope(stage, side * (edge_m + 1.2), z)
    else:
        _rail(stage, side * (edge_m + 0.35), z, 0.75)
    if stage.draw.random() < 0.6:
        far = float(stage.draw.uniform(3.5, 16))
        _tree(
            stage,
            side * (edge_m + far),
            z,
            float(stage.draw.uniform(3.5, 7)),
            lift_m=0.8 * far if side < 0 else -2,
        )


_PLACES = {"urban": _urban, "market": _market, "coast": _coast, "mountain": _mountain}


def _sea_side(stage: Stage, x_m: float, z: float) -> None:
    _rail(stage, x_m, z, 0.95)


def _quad(stage: Stage, points: Sequence[tuple[float, float, float]]) -> np.ndarray:
    return project(stage.view, np.array(points))


def _rail(stage: Stage, x_m: float, z: float, height_m: float) -> None:
    for low, high in ((height_m - 0.09, height_m), (height_m * 0.5, height_m * 0.5 + 0.07)):
        bar = [(x_m, high, z + 2.0), (x_m, high, z), (x_m, low, z), (x_m, low, z + 2.0)]
        quads.fill(stage.colour, _quad(stage, bar), (196, 200, 204))
    post = [(x_m - 0.05, height_m, z), (x_m + 0.05, height_m, z), (x_m + 0.05, 0, z), (x_m - 0.05, 0, z)]
    quads.fill(stage.colour, _quad(stage, post), (172, 176, 182))


def _slope(stage: Stage, x_m: float, z: float) -> None:
    side = 1 if x_m > 0 else -1
    rise = 5.5 + float(stage.draw.uniform(-0.7, 0.7))
    grey = float(stage.draw.uniform(0.86, 1.06))
    foot, top, back = x_m, x_m + side * 2.4, x_m + side * 40
    rock = [(foot, 0, z + 2.2), (foot, 0, z), (top, rise, z), (top, rise, z + 2.2)]
    wood = [(top, rise, z + 2.2), (top, rise, z), (back, rise + 30, z), (back, rise + 30, z + 2.2)]
    quads.fill(stage.colour, _quad(stage, wood), (58 * grey, 98 * grey, 70 * grey))
    quads.fill(stage.colour, _quad(stage, rock), (112 * grey, 124 * grey, 132 * grey))
    for _ in range(3):
        up = float(stage.draw.uniform(0.2, 0.85))
        at = foot + side * 2.4 * up
        vein = [(at, rise * up, z), (at, rise * up + 0.25, z), (at, rise * up, z + 2)]
        quads.fill(stage.colour, _quad(stage, vein), (84 * grey, 94 * grey, 100 * grey))


def _lamp(stage: Stage, x_m: float, z: float, inward: int) -> None:
    arm = x_m + inward * 1.8
    grey = (150, 152, 154)
    post = [(x_m - 0.07, 7, z), (x_m + 0.07, 7, z), (x_m + 0.1, 0, z), (x_m - 0.1, 0, z)]
    quads.fill(stage.colour, _quad(stage, post), grey)
    beam = [(x_m, 7.0, z), (arm, 7.3, z), (arm, 7.2, z), (x_m, 6.85, z)]
    quads.fill(stage.colour, _quad(stage, beam), grey)
    head = [(arm - 0.35, 7.34, z), (arm + 0.35, 7.34, z), (arm + 0.35, 7.16, z), (arm - 0.35, 7.16, z)]
    quads.fill(stage.colour, _quad(stage, head), (206, 208, 210))
    quads.fill(stage.glow, _quad(stage, head), (190, 232, 255))


def _building(stage: Stage, place: tuple[float, float, float, float], shop: bool) -> None:
    """Paint a box at (inner x, z, length, height): the wall along the road and the end facing us."""
    x, z, length, height = place
    outer = x + (14 if x > 0 else -14)
    wall = WALLS[int(stage.draw.integers(len(WALLS)))]
    end = [(x, height, z), (outer, height, z), (outer, 0, z), (x, 0, z)]
    along = [(x, height, z + length), (x, height, z), (x, 0, z), (x, 0, z + length)]
    for points, shade, metres, has_shop in ((end, 0.92, 14.0, False), (along, 0.74, length, shop)):
        day, lit = _facade(stage.draw, (metres, height), tuple(part * shade for part in wall), has_shop)
        corners = _quad(stage, points)
        if x < 0:
            corners = corners[[1, 0, 3, 2]]
        quads.lay(stage.colour, (day,), corners)
        quads.lay(stage.glow, (lit,), corners)
    cap = [(x, height, z), (outer, height, z), (outer, height + 0.4, z), (x, height + 0.4, z)]
    quads.fill(stage.colour, _quad(stage, cap), tuple(part * 0.6 for part in wall))


def _facade(
    draw: np.random.Generator, size_m: tuple[float, float], wall: tuple[float, ...], shop: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return a wall with windows by day and what of it shines at night."""
    per_m = 26
    width, height = int(size_m[0] * per_m), int(size_m[1] * per_m)
    rough: np.ndarray = draw.normal(0, 3, (height // 3 + 1, width // 3 + 1, 1)).astype(np.float32)
    rough = cv2.resize(rough, (width, height))[:, :, None]
    day = (np.asarray(wall, np.float32) + rough).clip(0, 255).astype(np.uint8)
    lit = np.zeros_like(day)
    ground_px = int(3.3 * per_m)
    for top in range(int(0.7 * per_m), height - ground_px - per_m, int(3.0 * per_m)):
        cv2.rectangle(
            day, (0, top + 2 * per_m), (width, top + 2 * per_m + 5), tuple(p * 0.8 for p in wall), -1
        )
        for left in range(int(0.6 * per_m), width - per_m, int(2.3 * per_m)):
            _window(draw, (day, lit), (left, top, int(1.5 * per_m), int(1.55 * per_m)))
    _ground_floor(draw, (day, lit), height - ground_px, shop)
    return day, lit


def _window(
    draw: np.random.Generator, pictures: tuple[np.ndarray, np.ndarray], box: tuple[int, int, int, int]
) -> None:
    day, lit = pictures
    x, y, w, h = box
    glass = float(draw.uniform(0.6, 1.25))
    cv2.rectangle(day, (x - 3, y - 3), (x + w + 3, y + h + 3), (206, 208, 208), -1)
    cv2.rectangle(day, (x, y), (x + w, y + h), (96 * glass, 82 * glass, 66 * glass), -1)
    cv2.line(day, (x + w // 2, y), (x + w // 2, y + h), (190, 192, 192), 2)
    cv2.line(day, (x, y + h), (x + w, y), (124 * glass, 112 * glass, 96 * glass), 3, cv2.LINE_AA)
    if draw.random() < 0.34:
        warm = float(draw.uniform(0.35, 0.95))
        cv2.rectangle(lit, (x, y), (x + w, y + h), tuple(part * warm for part in LIT), -1)


def _ground_floor(
    draw: np.random.Generator, pictures: tuple[np.ndarray, np.ndarray], top: int, shop: bool
) -> None:
    day, lit = pictures
    height, width = day.shape[:2]
    if not shop:
        cv2.rectangle(day, (0, height - 30), (width, height), (120, 122, 124), -1)
        return
    colour = SIGN_COLOURS[int(draw.integers(len(SIGN_COLOURS)))]
    cv2.rectangle(day, (0, top), (width, top + 26), colour, -1)
    cv2.rectangle(lit, (0, top), (width, top + 26), tuple(part * 0.5 for part in colour), -1)
    word = str(draw.choice(SIGNS))
    for picture in pictures:
        cv2.putText(picture, word, (width // 3, top + 22), (244, 246, 248), cv2.FontFace("uni"), 24)
    for left in range(10, width - 40, 62):
        cv2.rectangle(day, (left, top + 32), (left + 52, height - 6), (70, 66, 62), -1)
        if draw.random() < 0.4:
            warm = float(draw.uniform(0.25, 0.5))
            cv2.rectangle(
                lit, (left, top + 32), (left + 52, height - 6), tuple(part * warm for part in LIT), -1
            )


def _tree(stage: Stage, x_m: float, z: float, height_m: float, lift_m: float = 0.0) -> None:
    trunk = [(x_m - 0.1, lift_m + height_m * 0.55, z), (x_m + 0.1, lift_m + height_m * 0.55, z),
             (x_m + 0.15, lift_m, z), (x_m - 0.15, lift_m, z)]  # fmt: skip
    quads.fill(stage.colour, _quad(stage, trunk), (46, 62, 78))
    base = _quad(stage, [(x_m, lift_m + height_m * 0.62, z)])[0]
    radius = stage.view.focal_px / z * height_m * 0.36
    if not -radius < base[0] < stage.colour.shape[1] + radius or radius < 2:
        return
    green = np.array([50.0, 104.0, 66.0]) * stage.draw.uniform(0.75, 1.1)
    for share, tone, spread, count in ((0.34, 0.62, 0.62, 30), (0.24, 0.9, 0.6, 60), (0.13, 1.2, 0.66, 110)):
        for _ in range(count):
            angle, out = stage.draw.uniform(0, 2 * np.pi), radius * spread * np.sqrt(stage.draw.random())
            lift = (1 - tone) * radius * 0.4
            at = (base[0] + out * np.cos(angle), base[1] + 0.9 * out * np.sin(angle) + lift)
            leaf = tuple(float(part) for part in green * tone * stage.draw.uniform(0.85, 1.15))
            centre = (int(at[0] * 16), int(at[1] * 16))
            cv2.circle(stage.colour, centre, int(radius * share * 16), leaf, -1, cv2.LINE_AA, 4)
