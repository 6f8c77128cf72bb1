"""Where a point of the road world falls in the picture: a level pinhole camera over the middle of the road.

Road world: x metres right of the road's middle, y metres above it, z metres ahead along the bend."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

WIDTH_PX, HEIGHT_PX = 1280, 720
NEAREST_M = 2.5
BEND_FROM_M = 60.0


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """A telephoto camera on a pole; the vanishing point may lie off centre, as with a turned camera."""

    focal_px: float
    height_m: float
    horizon_y_px: float
    vanishing_x_px: float
    bend_per_m: float

    def at_scale(self, factor: float) -> Viewpoint:
        """Return the same view on a picture `factor` times as large."""
        return replace(
            self,
            focal_px=self.focal_px * factor,
            horizon_y_px=self.horizon_y_px * factor,
            vanishing_x_px=self.vanishing_x_px * factor,
        )


def bend_m(view: Viewpoint, z_m: np.ndarray) -> np.ndarray:
    """Return how far the road has curved to the right at z."""
    return view.bend_per_m * np.maximum(0.0, z_m - BEND_FROM_M) ** 2


def project(view: Viewpoint, points_m: np.ndarray) -> np.ndarray:
    """Project N x 3 road points to N x 2 picture pixels; nearer than 2.5 m counts as 2.5 m."""
    points = np.asarray(points_m, dtype=np.float64)
    z = np.maximum(points[:, 2], NEAREST_M)
    per_m = view.focal_px / z
    across = view.vanishing_x_px + (points[:, 0] + bend_m(view, z)) * per_m
    down = view.horizon_y_px + (view.height_m - points[:, 1]) * per_m
    return np.stack([across, down], axis=1)
