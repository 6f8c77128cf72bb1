"""What changes over the whole picture from frame to frame: sensor noise and rain.

All of it is made beforehand; a frame costs a few additions."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ingest.synthetic.projection import HEIGHT_PX, WIDTH_PX

MARGIN_PX = 128
NOISE_DAY, NOISE_NIGHT = 1.6, 2.8
FALL_PX_PER_S = (2900, 2100)


@dataclass(frozen=True, slots=True)
class Air:
    """Noise to take away from and add to a frame, and the layers of rain, if any."""

    darker: np.ndarray
    brighter: np.ndarray
    rain: tuple[np.ndarray, ...]


def make_air(night: bool, rain: bool) -> Air:
    """Prepare noise and rain; the same for every camera."""
    draw = np.random.default_rng(11)
    size = (HEIGHT_PX + MARGIN_PX, WIDTH_PX + MARGIN_PX, 3)
    grain = draw.normal(0, NOISE_NIGHT if night else NOISE_DAY, size).astype(np.float32)
    if night:
        grain = cv2.GaussianBlur(grain, (0, 0), 0.6) * 1.5
    bright = 0.4 if night else 1.0
    layers = (_streaks(draw, 420, 34, 56 * bright), _streaks(draw, 620, 18, 38 * bright)) if rain else ()
    return Air(np.clip(-grain, 0, 255).astype(np.uint8), np.clip(grain, 0, 255).astype(np.uint8), layers)


def _streaks(draw: np.random.Generator, count: int, length_px: int, strength: float) -> np.ndarray:
    """Return falling streaks on black, twice the picture's height so that any window of it wraps."""
    layer: np.ndarray = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    for _ in range(count):
        x, y = draw.integers(0, WIDTH_PX), draw.integers(-length_px, HEIGHT_PX)
        end = (int(x) - length_px // 9, int(y) + int(length_px * draw.uniform(0.6, 1.4)))
        cv2.line(layer, (int(x), int(y)), end, (int(strength * draw.uniform(0.4, 1)),), 1, cv2.LINE_AA)
    layer = cv2.GaussianBlur(layer, (0, 0), 0.7)
    return np.repeat(np.vstack([layer, layer])[:, :, None], 3, axis=2)


def weather_over(canvas: np.ndarray, air: Air, frame_index: int) -> None:
    """Add rain and noise to a frame in place; the frame's index decides which."""
    at_s = frame_index / 10
    for layer, speed in zip(air.rain, FALL_PX_PER_S, strict=False):
        top = HEIGHT_PX - int(at_s * speed + (frame_index * 7919) % 97) % HEIGHT_PX
        cv2.add(canvas, layer[top : top + HEIGHT_PX], canvas)
    down, across = (frame_index * 7919) % MARGIN_PX, (frame_index * 104729) % MARGIN_PX
    window = np.s_[down : down + HEIGHT_PX, across : across + WIDTH_PX]
    cv2.subtract(canvas, air.darker[window], canvas)
    cv2.add(canvas, air.brighter[window], canvas)
