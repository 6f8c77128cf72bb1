"""Buildings beside the road: walls with windows, shops with signs, and which of them are lit at night.

Where they stand is roadside.py's."""

from __future__ import annotations

import cv2
import numpy as np

from ingest.synthetic import quads
from ingest.synthetic.stage import Stage

WALLS = ((176, 190, 200), (150, 168, 186), (196, 200, 202), (140, 156, 182), (168, 186, 178), (120, 140, 170))
SIGNS = ("便利店", "海鲜楼", "五金", "茶庄", "面馆", "水果", "药房", "服装", "粮油", "百货")
SIGN_COLOURS = ((36, 40, 190), (150, 70, 24), (60, 120, 30), (24, 110, 200))
LIT = (120, 190, 236)


def paint_building(stage: Stage, place: tuple[float, float, float, float], shop: bool) -> None:
    """Paint a box at (inner x, z, length, height): the wall along the road and the end facing us."""
    x, z, length, height = place
    outer = x + (14 if x > 0 else -14)
    wall = WALLS[int(stage.draw.integers(len(WALLS)))]
    end = [(x, height, z), (outer, height, z), (outer, 0, z), (x, 0, z)]
    along = [(x, height, z + length), (x, height, z), (x, 0, z), (x, 0, z + length)]
    for points, shade, metres, has_shop in ((end, 0.92, 14.0, False), (along, 0.74, length, shop)):
        day, lit = _facade(stage.draw, (metres, height), tuple(part * shade for part in wall), has_shop)
        corners = stage.place(points)
        if x < 0:
            corners = corners[[1, 0, 3, 2]]
        quads.lay(stage.colour, (day,), corners)
        quads.lay(stage.glow, (lit,), corners)
    cap = [(x, height, z), (outer, height, z), (outer, height + 0.4, z), (x, height + 0.4, z)]
    quads.fill(stage.colour, stage.place(cap), tuple(part * 0.6 for part in wall))


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
