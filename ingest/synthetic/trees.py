"""Trees beside the road, dabbed leaf by leaf, and the shade under them.

Where they stand is roadside.py's."""

from __future__ import annotations

import cv2
import numpy as np

from ingest.synthetic import quads
from ingest.synthetic.stage import Stage

LEAF = np.array([54.0, 112.0, 78.0])


def _dapple() -> np.ndarray:
    """Return the shade under a tree (255 takes all light): blotches within a soft round."""
    shade = np.zeros((96, 96), np.float32)
    for x, y, radius in np.random.default_rng(5).uniform((14, 14, 7), (82, 82, 15), (60, 3)):
        if np.hypot(x - 48, y - 48) < 38:
            cv2.circle(shade, (int(x), int(y)), int(radius), 112.0, -1, cv2.LINE_AA)
    soft = cv2.GaussianBlur(shade, (0, 0), 1.6)
    return np.repeat(soft[:, :, None], 3, axis=2).astype(np.uint8)


DAPPLE = _dapple()


def paint_tree(stage: Stage, x_m: float, z: float, height_m: float, lift_m: float = 0.0) -> None:
    trunk_m = lift_m + height_m * 0.55
    trunk = [
        (x_m - 0.09, trunk_m, z),
        (x_m + 0.09, trunk_m, z),
        (x_m + 0.14, lift_m, z),
        (x_m - 0.14, lift_m, z),
    ]
    crown = stage.place([(x_m, lift_m + height_m * 0.62, z)])[0]
    radius = stage.view.focal_px / z * height_m * 0.36
    if not -radius < crown[0] < stage.colour.shape[1] + radius:
        return
    if stage.sun and not lift_m:
        middle, half = x_m + stage.sun * height_m * 0.42, height_m * 0.5
        near, far = z - half * 0.8, z + half * 0.8
        ground = [
            (middle - half, 0, far),
            (middle + half, 0, far),
            (middle + half, 0, near),
            (middle - half, 0, near),
        ]
        quads.take_light(stage.colour, DAPPLE, stage.place(ground), 1.0)
    quads.fill(stage.colour, stage.place(trunk), (46, 62, 78))
    _crown(stage, crown, radius)


def _crown(stage: Stage, crown_px: np.ndarray, radius_px: float) -> None:
    """Dab a tree's crown out of leaves in lobes: dark and low ones first, then those in the light."""
    draw, count = stage.draw, int(np.clip(radius_px * 5, 40, 900))
    turn = draw.uniform(0, 2 * np.pi, 9)
    lobes = np.stack([np.cos(turn), 0.85 * np.sin(turn)], axis=1) * draw.uniform(0.25, 0.62, (9, 1))
    angle, out = draw.uniform(0, 2 * np.pi, count), np.sqrt(draw.random(count)) * 0.42
    at = lobes[draw.integers(0, 9, count)] + np.stack([np.cos(angle), np.sin(angle)], axis=1) * out[:, None]
    light = np.clip(0.5 - 0.5 * at[:, 1] - 0.22 * at[:, 0] + draw.normal(0, 0.12, count), 0, 1)
    green = LEAF * draw.uniform(0.85, 1.1)
    cv2.circle(
        stage.colour, quads.point(crown_px), round(radius_px * 0.62), tuple(green * 0.42), -1, cv2.LINE_AA
    )
    for lobe in lobes:  # the crown hides what shines behind it
        cv2.circle(
            stage.glow, quads.point(crown_px + lobe * radius_px), round(radius_px * 0.42), (0, 0, 0), -1
        )
    sizes = draw.uniform(0.05, 0.13, count) * radius_px
    for leaf in np.argsort(light):
        tone = 0.4 + 0.95 * light[leaf]
        colour = tuple(float(part) for part in green * tone)
        axes = (max(1, round(sizes[leaf])), max(1, round(sizes[leaf] * 0.7)))
        where = quads.point(crown_px + at[leaf] * radius_px)
        cv2.ellipse(stage.colour, where, axes, float(angle[leaf] * 57), 0, 360, colour, -1, cv2.LINE_AA)
