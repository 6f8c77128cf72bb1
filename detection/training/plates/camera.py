"""What a camera makes of a flat plate: its surroundings, perspective, light, blur, noise and JPEG.

The result is a small photograph in which the plate's corners are known. Cropping it is crops.py.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from detection.training.plates.drawing import FlatPlate
from detection.training.plates.words import write_words

_ROOM, _ROOM_ABOVE = 0.2, 0.15
"""Space beside and above a plate, in its widths, before it is seen aslant."""
_GRAIN = np.random.default_rng(0).standard_normal((640, 900, 3), dtype=np.float32)
"""Noise to take pieces of: drawing it anew for every picture would cost more than all the rest."""


_WORST_BLUR_MM = 4.8
_INTERLACED = 0.04
"""Share of pictures whose every other row was taken a moment later, as old cameras do."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """How hard one photograph is. width_px: of the plate. blur_mm: sigma of the defocus on the plate.

    motion_mm: length of the motion blur. night: 0 day .. 1 dark. tilt_deg: residual turn in the picture.
    """

    width_px: float
    blur_mm: float
    motion_mm: float
    night: float
    tilt_deg: float


@dataclass(frozen=True, slots=True)
class Shot:
    """A photograph of a plate. to_image: 3 x 3, plate millimetres to pixels. colourless: no hue is left."""

    image: np.ndarray
    to_image: np.ndarray
    colourless: bool


def drawn_conditions(rng: np.random.Generator) -> Conditions:
    """Draw how hard a photograph is: half of them easy, a tail that is barely readable."""
    blur_mm = float(rng.exponential(1.8)) if rng.random() < 0.7 else 0.0
    motion_mm = float(rng.exponential(5.0)) if rng.random() < 0.3 else 0.0
    # Blur that no eye can read would only teach guessing.
    ease = min(1.0, _WORST_BLUR_MM / max(float(np.hypot(blur_mm, motion_mm / 3)), 1e-6))
    return Conditions(
        width_px=float(np.exp(rng.uniform(np.log(60), np.log(250)))),
        blur_mm=blur_mm * ease,
        motion_mm=motion_mm * ease,
        night=float(rng.uniform(0.1, 0.9)) if rng.random() < 0.25 else 0.0,
        tilt_deg=float(rng.normal(0, 7)),
    )


def photographed(rng: np.random.Generator, plate: FlatPlate, conditions: Conditions) -> Shot:
    """Take one photograph of a plate under these conditions."""
    scale = conditions.width_px / plate.width_mm
    size = (
        round(conditions.width_px * (1 + 2 * _ROOM)),
        round(plate.height_mm * scale + conditions.width_px * 2 * _ROOM_ABOVE),
    )
    to_image = _projection(rng, plate, conditions, size)
    image = surroundings(rng, size)
    _hang(rng, image, plate, to_image, scale)
    hard, colourless = exposed(rng, image, conditions, scale)
    return Shot(hard, to_image, colourless)


def _projection(
    rng: np.random.Generator, plate: FlatPlate, conditions: Conditions, size: tuple[int, int]
) -> np.ndarray:
    """Turn, lean and foreshorten the plate about the middle of the picture."""
    scale = conditions.width_px / plate.width_mm
    middle = np.array([plate.width_mm, plate.height_mm]) / 2
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * middle * 2
    turn = np.deg2rad(conditions.tilt_deg)
    lean = np.array([[rng.uniform(0.75, 1.0), rng.normal(0, 0.1)], [0, rng.uniform(0.8, 1.15)]])
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ lean
    away = (corners - middle) @ turned.T * scale
    # One end of the plate is further off than the other.
    depth = 1 + rng.normal(0, 0.05) * (corners[:, :1] - middle[0]) / middle[0]
    target = away * depth + np.array(size) / 2
    return cv2.getPerspectiveTransform(corners.astype(np.float32), target.astype(np.float32))


def surroundings(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Paint what is around a plate: h x w x 3 uint8 of bodywork, grilles, shadows, words."""
    width, height = size
    grey = rng.uniform(10, 235)
    knots = np.clip(rng.normal(grey, rng.uniform(3, 45), (rng.integers(2, 7), rng.integers(2, 5), 1)), 0, 255)
    tint = rng.normal(0, rng.uniform(2, 25) if rng.random() < 0.8 else 80, (1, 1, 3))
    image = cv2.resize(np.clip(knots + tint, 0, 255).astype(np.uint8), size, interpolation=cv2.INTER_LINEAR)
    for _ in range(int(rng.integers(0, 7))):
        y, thick = int(rng.uniform(0, height)), int(rng.integers(1, max(2, height // 8)))
        colour = tuple(float(level) for level in np.clip(rng.normal(rng.uniform(0, 255), 12, 3), 0, 255))
        slope = int(rng.normal(0, height * 0.06))
        cv2.line(image, (0, y), (width, y + slope), colour, thick, cv2.LINE_AA)
    if rng.random() < 0.3:
        write_words(rng, image, int(rng.integers(1, 3)))
    return image


def _hang(
    rng: np.random.Generator, image: np.ndarray, plate: FlatPlate, to_image: np.ndarray, scale: float
) -> None:
    """Put the plate, and at times a frame around it, into its surroundings."""
    if rng.random() < 0.4:
        width, below = rng.uniform(3, 16), rng.uniform(3, 30)
        frame = [
            [-width, -width],
            [plate.width_mm + width, -width],
            [plate.width_mm + width, plate.height_mm + below],
            [-width, plate.height_mm + below],
        ]
        outline = cv2.perspectiveTransform(np.array([frame], np.float32), to_image)
        level = float(rng.choice([rng.uniform(0, 60), rng.uniform(150, 255)]))
        cv2.fillPoly(image, [np.round(outline[0] * 8).astype(np.int32)], (level,) * 3, cv2.LINE_AA, shift=3)
    wanted = (max(24, round(plate.width_mm * scale * 1.25)), max(8, round(plate.height_mm * scale * 1.25)))
    flat = plate.image
    if wanted[0] < flat.shape[1]:
        flat = cv2.resize(flat, wanted, interpolation=cv2.INTER_AREA)
    to_mm = np.diag([plate.width_mm / flat.shape[1], plate.height_mm / flat.shape[0], 1.0])
    cv2.warpPerspective(
        flat,
        to_image @ to_mm,
        (image.shape[1], image.shape[0]),
        dst=image,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_TRANSPARENT,
    )


def exposed(
    rng: np.random.Generator, image: np.ndarray, conditions: Conditions, scale: float
) -> tuple[np.ndarray, bool]:
    """Light, blur and record a picture. scale: pixels per mm. Returns it and whether its hue is lost."""
    seen = image.astype(np.float32)
    _soil(rng, seen)
    seen *= _light(rng, image.shape[:2])
    seen = _blurred(rng, seen, conditions, scale)
    if rng.random() < 0.12:
        _glare(rng, seen)
    seen, colourless = _toned(rng, seen, conditions.night)
    if rng.random() < 0.3:
        soft = cv2.GaussianBlur(seen, (0, 0), float(rng.uniform(0.7, 1.6)))
        seen += (seen - soft) * float(rng.uniform(0.3, 2.2))
    if rng.random() < _INTERLACED:
        seen[1::2] = np.roll(seen[1::2], int(rng.integers(-3, 4)), axis=1)
    noise = rng.exponential(2.5) + conditions.night * rng.uniform(0, 12)
    seen += _grain(rng, image.shape[:2]) * np.float32(noise)
    recorded = cv2.convertScaleAbs(np.maximum(seen, 0, out=seen))
    if rng.random() < 0.6:
        quality = int(rng.triangular(12, 70, 96))
        packed = cv2.imencode(".jpg", recorded, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        recorded = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))
    return recorded, colourless


def _grain(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Cut a piece of noise: of each channel its own, or of all the same."""
    y, x = int(rng.integers(640 - shape[0])), int(rng.integers(900 - shape[1]))
    return _GRAIN[y : y + shape[0], x : x + shape[1], : 3 if rng.random() < 0.5 else 1]


def _soil(rng: np.random.Generator, image: np.ndarray) -> None:
    """Dirt: soft blotches of brown or grey over a part of the picture."""
    if rng.random() < 0.25:
        knots = rng.uniform(-0.6, 0.75, (int(rng.integers(3, 8)), int(rng.integers(6, 16)))).astype(
            np.float32
        )
        share = cv2.resize(np.clip(knots, 0, 0.6), (image.shape[1], image.shape[0]))[:, :, None]
        mud = np.array([90, 105, 120], np.float32) * rng.uniform(0.4, 1.6)
        image *= 1 - share
        image += share * mud


def _light(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Uneven light: a gentle slope, and at times the edge of a shadow. h x w x 1 float32."""
    knots: np.ndarray = 1 + rng.normal(0, rng.uniform(0.02, 0.25), (2, 3)).astype(np.float32)
    light: np.ndarray = cv2.resize(knots, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.2:
        shade = np.ones(shape, np.float32)
        points = rng.uniform(-0.2, 1.2, (4, 2)) * np.array([shape[1], shape[0]])
        cv2.fillPoly(shade, [points.astype(np.int32)], float(rng.uniform(0.3, 0.75)))
        light = light * cv2.GaussianBlur(shade, (0, 0), float(rng.uniform(0.5, 4)))
    return np.clip(light, 0.15, 2.5)[:, :, None]


def _blurred(rng: np.random.Generator, image: np.ndarray, conditions: Conditions, scale: float) -> np.ndarray:
    """Defocus, then motion, both as long on the plate as the conditions say."""
    sigma = conditions.blur_mm * scale
    if sigma > 0.25:
        image = cv2.GaussianBlur(image, (0, 0), sigma)
    length = conditions.motion_mm * scale
    if length > 1.2:
        angle = rng.normal(0, 0.35) if rng.random() < 0.7 else rng.uniform(0, np.pi)
        half = int(np.ceil(length / 2))
        kernel = np.zeros((2 * half + 1,) * 2, np.float32)
        step = np.array([np.cos(angle), np.sin(angle)]) * length / 2
        ends = np.round((np.array([step, -step]) + half) * 16).astype(int)
        cv2.line(kernel, ends[0].tolist(), ends[1].tolist(), 1.0, 1, cv2.LINE_AA, shift=4)
        image = cv2.filter2D(image, -1, kernel / max(float(kernel.sum()), 1e-6))
    return image


def _glare(rng: np.random.Generator, image: np.ndarray) -> None:
    """A lamp or the sun on the plate: a soft bright spot."""
    height, width = image.shape[:2]
    spot: np.ndarray = np.zeros((height, width), np.float32)
    centre = (int(rng.uniform(0, width)), int(rng.uniform(0.2, 0.8) * height))
    cv2.circle(spot, centre, max(2, int(rng.uniform(0.03, 0.16) * width)), 1.0, -1)
    spot = cv2.GaussianBlur(spot, (0, 0), float(rng.uniform(0.02, 0.08) * width + 0.5))
    image += spot[:, :, None] * float(rng.uniform(60, 240))


def _toned(rng: np.random.Generator, image: np.ndarray, night: float) -> tuple[np.ndarray, bool]:
    """White balance, saturation, exposure and contrast, down to infrared grey."""
    colour = 0.0 if rng.random() < 0.06 + 0.25 * night else float(rng.uniform(0.25, 1.4))
    gain = np.exp(rng.normal(0, 0.3)) * (1 - 0.75 * night * rng.uniform(0.3, 1))
    if rng.random() < 0.08:
        gain *= rng.uniform(1.3, 2.2)
    contrast = rng.uniform(0.35, 1.0) if rng.random() < 0.35 else rng.uniform(0.85, 1.3)
    level = rng.uniform(60, 160)
    balance = np.exp(rng.normal(0, 0.14, 3))[:, None]
    mixed = (colour * np.eye(3) + (1 - colour) / 3) * balance
    tone = np.hstack([mixed * contrast, np.full((3, 1), level * (1 - contrast))]) * gain
    return cv2.transform(image, tone.astype(np.float32)), colour < 0.3
