"""Crops as the reader makes them: a line of text framed a little wrongly, straightened, with what it says.

The same detection.plate_crops.straightened cuts here as in use, so the network sees the same resampling.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from detection.grammar import PROVINCES
from detection.plate_crops import Framing, straightened
from detection.training.plates.camera import Shot, drawn_conditions, exposed, photographed, surroundings
from detection.training.plates.drawing import FlatPlate, draw
from detection.training.plates.texts import GROUNDS, Wording, drawn_wording
from detection.training.plates.words import drawn_words, shape_mask, word_mask

HEIGHT_PX = 48
NARROW_PX = 112
"""Crops up to this width hold an upper row, a head of two characters or a province alone."""
UNKNOWN_GROUND = -100
"""The ground of a crop without a plate or without hue: not learnt."""
_SILENT = 0.16
"""Share of crops that hold no plate and must be read as nothing."""
_PAD_PX = 24

Frame = tuple[float, float, float, float]
"""What a crop shows: left, top, right, bottom in mm of the plate."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One crop (48 x W x 3 uint8 BGR), what it says, and the column of its ground in GROUNDS."""

    image: np.ndarray
    text: str
    ground: int


def drawn_sample(rng: np.random.Generator, width_px: int) -> Sample:
    """Make one crop of that width: mostly a plate, sometimes something that is none."""
    if rng.random() < _SILENT:
        return silent_sample(rng, width_px)
    while True:
        wording = drawn_wording(rng, _kind_for(rng, width_px))
        if width_px > NARROW_PX or _has_head(wording):
            break
    plate = draw(rng, wording)
    shot = photographed(rng, plate, drawn_conditions(rng))
    return cut(rng, plate, shot, width_px)


def _kind_for(rng: np.random.Generator, width_px: int) -> str | None:
    double = "double" if rng.random() < 0.75 else "double_trailer"
    if width_px <= NARROW_PX:
        return double if width_px > 96 and rng.random() < 0.6 else None
    return double if width_px <= 192 and rng.random() < 0.05 else None


def _has_head(wording: Wording) -> bool:
    return wording.kind.startswith("double") or wording.text[0] in PROVINCES


def cut(rng: np.random.Generator, plate: FlatPlate, shot: Shot, width_px: int) -> Sample:
    """Cut the row, or the part of it, that a crop of this width is for."""
    row, frame, pad_px = _framed(rng, plate, width_px)
    corners = _misjudged(rng, frame)
    quad = cv2.perspectiveTransform(corners[None].astype(np.float32), shot.to_image)[0]
    inner = Framing(0.0, 0.0, 0.0, 0.0, width_px=width_px - 2 * pad_px)
    image = straightened(shot.image, quad, inner)
    if pad_px:
        image = cv2.copyMakeBorder(image, 0, 0, pad_px, pad_px, cv2.BORDER_REPLICATE)
    text = "".join(
        one.char for one in plate.characters if one.row == row and _within(one.box_mm, frame) > 0.6
    )
    ground = UNKNOWN_GROUND if shot.colourless else GROUNDS.index(plate.ground)
    return Sample(image, text, ground)


def _within(box: tuple[float, float, float, float], frame: Frame) -> float:
    return (min(box[2], frame[2]) - max(box[0], frame[0])) / (box[2] - box[0])


def _framed(rng: np.random.Generator, plate: FlatPlate, width_px: int) -> tuple[int, Frame, int]:
    """Choose the row to show, the frame around it, and by how much the crop is padded left and right."""
    two_rows = plate.height_mm > 200
    if two_rows:
        row = 0 if width_px <= NARROW_PX else 1
        top, bottom = ((8.0, 80.0), (84.0, 206.0))[row]
        left, right = ((80.0, 360.0), (8.0, 432.0))[row]
        spread = 0.09 * (bottom - top)
        sides = rng.uniform(-2.5, 1.0) * spread, rng.uniform(-1, 2.5) * spread
        frame = (
            left + min(rng.normal(-5, 18), 16),
            top + sides[0],
            right + max(rng.normal(5, 18), -16),
            bottom + sides[1],
        )
        return row, frame, 0
    top = float(np.clip(rng.normal(-4, 13), -50, 20))
    bottom = plate.height_mm - float(np.clip(rng.normal(-4, 13), -50, 20))
    if width_px <= NARROW_PX:
        alone = rng.random() < 0.5
        right = rng.uniform(60, 71) if alone else rng.uniform(118, 136)
        return 0, (rng.uniform(-12, 8), top, right, bottom), _PAD_PX if alone else 0
    left = float(np.clip(rng.normal(-30, 18), -95, 12))
    if rng.random() < 0.06:
        left -= rng.uniform(30, 160)
    right = plate.width_mm - float(np.clip(rng.normal(-28, 18), -95, 12))
    return 0, (left, top, right, bottom), 0


def _misjudged(rng: np.random.Generator, frame: Frame) -> np.ndarray:
    """Give a frame's corners (4 x 2 mm) with the residual turn, lean and jitter of a finder of text."""
    left, top, right, bottom = frame
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    middle = corners.mean(axis=0)
    turn = np.deg2rad(np.clip(rng.normal(0, 2.5), -8, 8)) * min(1.0, 440 / (right - left))
    # A finder's rectangle around a plate seen aslant leaves its letters leaning a lot.
    lean = rng.uniform(-0.65, 0.65) if rng.random() < 0.1 else float(np.clip(rng.normal(0, 0.1), -0.3, 0.3))
    away = (corners - middle) @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    away[:, 0] += lean * away[:, 1]
    return middle + away + rng.normal(0, 0.012 * (bottom - top), (4, 2))


def silent_sample(rng: np.random.Generator, width_px: int) -> Sample:
    """Make a crop without a plate: words of signs, livery and clocks, or nothing but surroundings."""
    size = (width_px, HEIGHT_PX)
    image = surroundings(rng, (width_px, HEIGHT_PX))
    kind = rng.random()
    if kind < 0.9:
        drawn = _words_across(rng, width_px) if kind < 0.78 else shape_mask(rng, size)
        mask = drawn.astype(np.float32) / 255
        colour = np.clip(rng.normal(rng.choice([15, 240]), 30, 3), 0, 255)
        image = (image * (1 - mask[:, :, None]) + mask[:, :, None] * colour).astype(np.uint8)
    scale = float(rng.uniform(0.35, 1.0))
    small = cv2.resize(
        image, (max(24, round(size[0] * scale)), max(8, round(size[1] * scale))), interpolation=cv2.INTER_AREA
    )
    seen, _ = exposed(rng, small, drawn_conditions(rng), scale / 3)
    return Sample(cv2.resize(seen, size, interpolation=cv2.INTER_CUBIC), "", UNKNOWN_GROUND)


def _words_across(rng: np.random.Generator, width_px: int) -> np.ndarray:
    """Write one line of words over a crop: a mask of its size."""
    words = word_mask(rng, drawn_words(rng), int(rng.uniform(22, 46)))
    width = min(width_px - 4, max(8, int(words.shape[1] * rng.uniform(0.6, 1.3))))
    words = cv2.resize(words, (width, words.shape[0]))
    mask = np.zeros((HEIGHT_PX, width_px), np.uint8)
    x, y = int(rng.uniform(0, width_px - width)), (HEIGHT_PX - words.shape[0]) // 2
    mask[y : y + words.shape[0], x : x + width] = words
    return mask
