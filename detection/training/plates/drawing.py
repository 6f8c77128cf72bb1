"""One plate as a flat picture: GA 36 layout and colours, embossing, screws, rims. No camera, no damage.

Works at PX_PER_MM; every plate's characters come with their boxes, so that a crop knows what it holds.
"""

from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np

from detection.training.plates.glyphs import BUILT_IN, CHINESE, LATIN, Face, fitted
from detection.training.plates.texts import Wording

PX_PER_MM = 0.68
_DOT_MM = 5.0
_INK = {"blue": (240, 240, 240), "yellow": (25, 25, 25), "green": (25, 25, 25), "white": (25, 25, 25),
        "black": (235, 235, 235)}  # fmt: skip
_GROUND = {"blue": (165, 72, 15), "yellow": (30, 175, 238), "green": (105, 195, 70), "white": (236, 236, 236),
           "black": (28, 26, 26)}  # fmt: skip
_RED = (40, 40, 205)
_ELASTIC_MM = 1.6


@dataclass(frozen=True, slots=True)
class Character:
    """Where one character stands: left, top, right, bottom in mm from the plate's corner. row: 0 or 1."""

    char: str
    box_mm: tuple[float, float, float, float]
    row: int = 0


@dataclass(frozen=True, slots=True)
class FlatPlate:
    """A drawn plate. image: h x w x 3 uint8 BGR at PX_PER_MM. ground: name of its colour."""

    image: np.ndarray
    characters: tuple[Character, ...]
    ground: str
    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class _Pen:
    """How all letters, or all Chinese characters, of one plate are drawn. widen: of the cell's width."""

    face: Face
    stroke_px: float
    widen: float


def layout(wording: Wording) -> tuple[float, float, tuple[Character, ...]]:
    """Place the characters of a plate as GA 36 does. Returns width and height in mm and the characters."""
    text = wording.text
    if wording.kind.startswith("double"):
        upper = [(110.0, 15.0, 190.0, 75.0), (250.0, 15.0, 330.0, 75.0)]
        lower = [(27.5 + 80 * i, 90.0, 92.5 + 80 * i, 200.0) for i in range(len(text) - 2)]
        rows = [0] * len(upper) + [1] * len(lower)
        return 440.0, 220.0, _characters(text, [*upper, *lower], rows)
    lefts = _lefts_mm(wording.kind, len(text))
    width = 480.0 if wording.kind.startswith("energy") else 440.0
    return width, 140.0, _characters(text, [(x, 25.0, x + 45, 115.0) for x in lefts], [0] * len(text))


def _lefts_mm(kind: str, count: int) -> list[float]:
    """Give the left edges of a single row's characters."""
    if kind == "embassy":
        return [15.5, 72.5, 129.5, 208.5, 265.5, 322.5, 379.5]
    if kind.startswith("energy"):
        return [16.0, 72.0, 139.0, 194.0, 249.0, 304.0, 359.0, 414.0]
    if count == 8:
        return [14.0 + 52.6 * place for place in range(count)]
    return [15.5, 72.5, 151.5, 208.5, 265.5, 322.5, 379.5]


def _characters(
    text: str, boxes: list[tuple[float, float, float, float]], rows: list[int]
) -> tuple[Character, ...]:
    return tuple(Character(*one) for one in zip(text, boxes, rows, strict=True))


def draw(rng: np.random.Generator, wording: Wording, *, built_in: bool = False) -> FlatPlate:
    """Draw a plate once, with a font, stroke, fading and fixings of its own. built_in: no font packages."""
    width_mm, height_mm, characters = layout(wording)
    size = (round(width_mm * PX_PER_MM), round(height_mm * PX_PER_MM))
    faces = ((Face(BUILT_IN, "opencv"),),) * 2 if built_in else (LATIN, CHINESE)
    pens = _pen(rng, faces[0], (7.2, 12.5), (0.86, 1.04)), _pen(rng, faces[1], (4.2, 8.2), (0.92, 1.14))
    ink, red = _masks(rng, wording, characters, size, pens)
    image = _ground(rng, wording, size)
    colour = _jittered(rng, _INK[wording.ground], 14)
    if wording.kind == "civil_aviation":
        colour = np.array([238.0, 238, 238])
    if rng.random() < 0.5:
        _emboss(rng, image, np.maximum(ink, red))
    _lay(image, np.maximum(ink, _rim(rng, ink.shape) * np.float32(rng.uniform(0.4, 1))), colour)
    if wording.red:
        _lay(image, red, _jittered(rng, _RED, 20))
    _fix(rng, image)
    flat = cv2.convertScaleAbs(np.maximum(image, 0, out=image))
    return FlatPlate(flat, characters, wording.ground, width_mm, height_mm)


def _pen(
    rng: np.random.Generator,
    faces: tuple[Face, ...],
    stroke_mm: tuple[float, float],
    widen: tuple[float, float],
) -> _Pen:
    """Choose a pen within these limits; whole pixels, so that drawn glyphs are found again in the cache."""
    face = faces[int(rng.integers(len(faces)))]
    return _Pen(face, float(round(rng.uniform(*stroke_mm) * PX_PER_MM)), float(rng.uniform(*widen)))


def _jittered(rng: np.random.Generator, colour: tuple[int, int, int], spread: float) -> np.ndarray:
    return np.array(colour, np.float32) + rng.normal(0, spread, 3).astype(np.float32)


def _masks(
    rng: np.random.Generator,
    wording: Wording,
    characters: tuple[Character, ...],
    size: tuple[int, int],
    pens: tuple[_Pen, _Pen],
) -> tuple[np.ndarray, np.ndarray]:
    """Draw all characters and the dot: masks (h x w float32 0..1) of the plain and of the red ink."""
    masks = [np.zeros((size[1], size[0]), np.uint8) for _ in range(2)]
    for place, character in enumerate(characters):
        chinese = int(ord(character.char) > 127)
        mask = masks[int(place in wording.red)]
        _stamp(rng, mask, character, pens[chinese])
    dot = _dot_mm(wording)
    if dot is not None and rng.random() < 0.93:
        centre = tuple(round(side * PX_PER_MM * 8) for side in dot)
        radius = round(rng.uniform(0.7, 1.2) * _DOT_MM * PX_PER_MM * 8)
        cv2.circle(masks[0], centre, radius, 255, -1, cv2.LINE_AA, shift=3)
    field = _elastic_field(rng, size)
    plain, red = (cv2.remap(mask, *field, cv2.INTER_LINEAR).astype(np.float32) / 255 for mask in masks)
    return plain, red


def _dot_mm(wording: Wording) -> tuple[float, float] | None:
    """Say where the dot stands, or None where a kind has none."""
    if wording.kind.startswith("double"):
        return 220.0, 45.0
    if wording.kind in ("armed_police", "emergency") or wording.kind.startswith("energy"):
        return None
    return (191.5, 70.0) if wording.kind == "embassy" else (134.5, 70.0)


def _stamp(rng: np.random.Generator, canvas: np.ndarray, character: Character, pen: _Pen) -> None:
    """Put one character into its cell, a little off."""
    left, top, right, bottom = (side * PX_PER_MM for side in character.box_mm)
    width = round((right - left) * pen.widen)
    height = round((bottom - top) * (0.94 if ord(character.char) > 127 and rng.random() < 0.4 else 1.0))
    mask = fitted(pen.face, character.char, width, height, pen.stroke_px)
    x = round((left + right - mask.shape[1]) / 2 + rng.normal(0, 0.8))
    y = round((top + bottom - mask.shape[0]) / 2 + rng.normal(0, 0.6))
    x, y = max(0, min(x, canvas.shape[1] - mask.shape[1])), max(0, min(y, canvas.shape[0] - mask.shape[0]))
    place = canvas[y : y + mask.shape[0], x : x + mask.shape[1]]
    np.maximum(place, mask, out=place)


def _elastic_field(rng: np.random.Generator, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Make a smooth wobble of the whole plate, as maps for cv2.remap."""
    knots = rng.normal(0, rng.uniform(0.2, 1.0) * _ELASTIC_MM * PX_PER_MM, (2, 6, 20)).astype(np.float32)
    shifts = [cv2.resize(one, size, interpolation=cv2.INTER_LINEAR) for one in knots]
    xs, ys = np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32)
    return shifts[0] + xs[None, :], shifts[1] + ys[:, None]


def _ground(rng: np.random.Generator, wording: Wording, size: tuple[int, int]) -> np.ndarray:
    """Paint the ground: h x w x 3 float32."""
    width, height = size
    base = _jittered(rng, _GROUND[wording.ground], 16)
    image = np.empty((height, width, 3), np.float32)
    image[:] = base
    if wording.kind == "energy_small":
        share = np.linspace(0, 1, height, dtype=np.float32)[:, None, None] ** rng.uniform(0.7, 1.6)
        image[:] = _jittered(rng, (238, 244, 236), 8) * (1 - share) + base * share
    elif wording.kind == "energy_large":
        image[:, : round(width * 0.27)] = _jittered(rng, _GROUND["yellow"], 16)
    elif wording.kind == "civil_aviation":
        image[:] = _jittered(rng, (60, 120, 20), 14)
    return image


def _rim(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Draw the line along the edge: a mask, 0..1. Some plates are cut without it."""
    mask = np.zeros(shape, np.uint8)
    if rng.random() < 0.88:
        gap = round(rng.uniform(1, 6) * PX_PER_MM)
        line = max(1, round(rng.uniform(1.2, 3.5) * PX_PER_MM))
        cv2.rectangle(mask, (gap, gap), (shape[1] - 1 - gap, shape[0] - 1 - gap), 255, line)
    return mask.astype(np.float32) / 255


def _emboss(rng: np.random.Generator, image: np.ndarray, mask: np.ndarray) -> None:
    """Shade the pressed edges of the characters."""
    right, down = rng.uniform(-1.6, 1.6, 2)
    shift = np.array([[1, 0, right], [0, 1, down]], np.float32)
    shade = cv2.warpAffine(mask, shift, (mask.shape[1], mask.shape[0]))
    image *= 1 - np.float32(rng.uniform(0.1, 0.6)) * shade[:, :, None]


def _lay(image: np.ndarray, mask: np.ndarray, colour: np.ndarray) -> None:
    for channel in range(3):
        plane = image[:, :, channel]
        plane += mask * (np.float32(colour[channel]) - plane)


def _fix(rng: np.random.Generator, image: np.ndarray) -> None:
    """Screw the plate on: up to four heads near its edges."""
    height, width = image.shape[:2]
    for x_share, y_share in product((0.25, 0.75), (0.085, 0.915)):
        if rng.random() > (0.6 if y_share < 0.5 else 0.35):
            continue
        level = float(rng.uniform(20, 250))
        radius = round(rng.uniform(4, 11) * PX_PER_MM)
        x, y = width * (x_share + rng.normal(0, 0.015)), height * (y_share + rng.normal(0, 0.02))
        cv2.circle(image, (round(x), round(y)), radius, (level, level, level * rng.uniform(0.85, 1)), -1)
        if rng.random() < 0.5:
            cv2.circle(image, (round(x), round(y)), radius, (level / 2,) * 3, 1)
