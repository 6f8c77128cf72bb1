"""Licence plates as pictures, drawn like the real ones: layout in millimetres, one pixel each.

Knows colours and shapes only; whether a plate is valid is not asked here."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

HEIGHT_MM = 140
WIDTH_MM = {7: 440, 8: 480}
CHARACTER_MM = (45, 90)
GLYPH_PX = 160
PROVINCE_MM = 52  # wider than on a real plate: 浙 far away is else too like 新
SMALLER = (0.7, 0.5, 0.35, 0.25, 0.18, 0.125, 0.085)
SIGNAL_RED = (40, 40, 210)
WHITE, BLACK = (245, 245, 245), (22, 22, 22)
GROUND = {
    "blue": (168, 72, 12),
    "yellow": (30, 178, 242),
    "white_police": (240, 240, 240),
    "black": (28, 26, 26),
}
INK = {"blue": WHITE, "yellow": BLACK, "green": BLACK, "white_police": BLACK, "black": WHITE}


@lru_cache(maxsize=64)
def plate_levels(text: str, kind: str) -> tuple[np.ndarray, ...]:
    """Return the plate (BGR) from full size down to a twelfth, sharp and smooth at any distance."""
    full = _draw(text, kind)
    return full, *(
        cv2.resize(full, None, fx=share, fy=share, interpolation=cv2.INTER_AREA) for share in SMALLER
    )


def plate_width_m(text: str) -> float:
    """Return the drawn width: a quarter over life size, for 720 lines to show it well."""
    return WIDTH_MM[len(text)] / 1000 * 1.25


def _draw(text: str, kind: str) -> np.ndarray:
    image = _ground(kind, WIDTH_MM[len(text)])
    ink = INK[kind]
    for at, (character, left) in enumerate(zip(text, _lefts(len(text)), strict=True)):
        colour = SIGNAL_RED if kind == "white_police" and at == len(text) - 1 else ink
        _stamp(image, _glyph(character), (left, 25), colour)
    if len(text) == 7:
        cv2.circle(image, (137, 70), 6, ink, -1, cv2.LINE_AA)
    _rim(image, ink)
    return image


def _lefts(count: int) -> list[int]:
    if count == 7:
        return [16, 73, 153, 210, 267, 324, 381]
    return [16, 72, 139, 194, 249, 304, 359, 414]


def _ground(kind: str, width: int) -> np.ndarray:
    if kind != "green":
        return np.full((HEIGHT_MM, width, 3), GROUND[kind], np.uint8)
    top, bottom = np.array([236, 244, 236.0]), np.array([106, 196, 62.0])
    share = np.linspace(0, 1, HEIGHT_MM)[:, None] ** 1.3
    rows = top * (1 - share) + bottom * share
    return np.repeat(rows[:, None, :], width, axis=1).astype(np.uint8)


def _rim(image: np.ndarray, ink: tuple[int, int, int]) -> None:
    height, width = image.shape[:2]
    cv2.rectangle(image, (5, 5), (width - 6, height - 6), ink, 3, cv2.LINE_AA)


@lru_cache(maxsize=128)
def _glyph(character: str) -> np.ndarray:
    """Return the character as a mask of the size a plate gives it: condensed, bold."""
    canvas = np.zeros((GLYPH_PX * 2, GLYPH_PX * 2), np.uint8)
    cv2.putText(
        canvas, character, (GLYPH_PX // 2, int(GLYPH_PX * 1.4)), (255,), cv2.FontFace("uni"), GLYPH_PX
    )
    x, y, w, h = cv2.boundingRect(canvas)
    ink: np.ndarray = canvas[y : y + h, x : x + w]
    wide, tall = CHARACTER_MM
    chinese = ord(character) > 127
    width = PROVINCE_MM if chinese else max(16, min(wide, round(w * tall / h)))
    bold = 3 if chinese else 7
    ink = cv2.resize(ink, (width - bold + 1, tall - bold + 1), interpolation=cv2.INTER_AREA)
    rim = bold // 2
    ink = cv2.copyMakeBorder(ink, rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=0)
    return cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (bold, bold)))


def _stamp(image: np.ndarray, mask: np.ndarray, at: tuple[int, int], ink: tuple[int, int, int]) -> None:
    left, top = at[0] + (CHARACTER_MM[0] - mask.shape[1]) // 2, at[1]
    place = image[top : top + mask.shape[0], left : left + mask.shape[1]]
    share = mask[:, :, None].astype(np.float32) / 255
    place[:] = (place * (1 - share) + np.array(ink, np.float32) * share).astype(np.uint8)
