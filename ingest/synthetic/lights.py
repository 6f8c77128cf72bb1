"""What vehicles' lamps add to the picture at night or on a wet road: glows, pools, streaks.

The lamps themselves are part of the bodywork."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.synthetic import quads
from ingest.synthetic.backdrop import glow_picture
from ingest.synthetic.projection import NEAREST_M, Viewpoint, project
from ingest.synthetic.vehicles import Placed

HEADLIGHT = glow_picture((196, 226, 244), 3.4)
HEADLIGHT_GLARING = glow_picture((230, 246, 255), 2.0)
TAILLIGHT = glow_picture((26, 22, 150), 3.0)
POOL = glow_picture((24, 36, 40), 1.3)
STREAK = glow_picture((88, 104, 112), 1.8)
RED_STREAK = glow_picture((16, 14, 110), 1.8)
LAMPS = {  # headlamps, tail lamps: how far out of the half width, metres up
    "car": ((0.75, 0.67), (0.76, 0.86)),
    "suv": ((0.75, 0.82), (0.89, 0.80)),
    "van": ((0.8, 0.67), (0.89, 0.77)),
    "truck": ((0.73, 0.84), (0.77, 0.65)),
    "bus": ((0.8, 0.79), (0.89, 1.03)),
    "motorcycle": ((0.8, 0.64), (0.76, 0.85)),
}
FARTHEST_M = 400.0


@dataclass(frozen=True, slots=True)
class Lighting:
    """Which lamps shine and how."""

    night: bool
    wet: bool
    glare: bool


def light_road(canvas: np.ndarray, view: Viewpoint, placed: Placed, lighting: Lighting) -> None:
    """Add what the lamps throw on the road; drawn before the vehicle."""
    if not lighting.night or not NEAREST_M < placed.plate_z_m < FARTHEST_M:
        return
    x, z = placed.lane_x_m, placed.plate_z_m
    if placed.towards:
        near, far = project(view, np.array([(x, 0, max(z - 9, 6.0)), (x, 0, z + 0.5)]))
        wide = view.focal_px / max(z - 5, 6.0) * 2.0
        quads.add_light(canvas, POOL, (near[0] - wide, far[1], near[0] + wide, 2 * near[1] - far[1]))
    if lighting.wet:
        _streaks(canvas, view, placed)


def _streaks(canvas: np.ndarray, view: Viewpoint, placed: Placed) -> None:
    picture = STREAK if placed.towards else RED_STREAK
    per_m = view.focal_px / placed.plate_z_m
    for x, y in _lamps(view, placed):
        foot = y + 2 * 0.7 * per_m
        quads.add_light(
            canvas, picture, (x - 0.22 * per_m, foot - 0.9 * per_m, x + 0.22 * per_m, foot + 1.1 * per_m)
        )


def light_lamps(canvas: np.ndarray, view: Viewpoint, placed: Placed, lighting: Lighting) -> None:
    """Add the glow around the lamps; drawn over the vehicle."""
    if not lighting.night or not NEAREST_M < placed.plate_z_m < FARTHEST_M:
        return
    glow, size_m = (HEADLIGHT, 0.42) if placed.towards else (TAILLIGHT, 0.34)
    if lighting.glare and placed.towards:
        glow, size_m = HEADLIGHT_GLARING, 0.55
    radius = size_m * view.focal_px / placed.plate_z_m + 5
    for x, y in _lamps(view, placed):
        quads.add_light(canvas, glow, (x - radius, y - radius, x + radius, y + radius))


def _lamps(view: Viewpoint, placed: Placed) -> np.ndarray:
    across, up = LAMPS[placed.passage.vehicle_class][0 if placed.towards else 1]
    x, half, z = placed.lane_x_m, placed.shape.half_m * across, placed.plate_z_m
    return project(view, np.array([(x - half, up, z), (x + half, up, z)]))
