"""What lies beyond the road: sky, clouds, hills, islands.

The ground and everything near it are painted elsewhere."""

from __future__ import annotations

import cv2
import numpy as np

from ingest.synthetic.projection import Viewpoint

ZENITH, HORIZON = (206.0, 158.0, 104.0), (226.0, 214.0, 202.0)
FAR_HILL, NEAR_HILL = (188.0, 166.0, 146.0), (92.0, 112.0, 84.0)


def paint_sky(canvas: np.ndarray, view: Viewpoint, overcast: bool, draw: np.random.Generator) -> None:
    """Paint sky and clouds down to the horizon (float32 BGR canvas)."""
    rows = int(view.horizon_y_px) + 2
    share = np.linspace(0, 1, rows, dtype=np.float32)[:, None, None] ** 0.8
    zenith = (188.0, 182.0, 176.0) if overcast else ZENITH
    area = canvas[:rows]
    area[:] = np.asarray(zenith, np.float32) * (1 - share) + np.asarray(HORIZON, np.float32) * share
    cloud = cv2.resize(
        draw.normal(size=(7, 12)).astype(np.float32), (canvas.shape[1], rows), interpolation=cv2.INTER_CUBIC
    )
    detail = cv2.resize(
        draw.normal(size=(24, 60)).astype(np.float32), (canvas.shape[1], rows), interpolation=cv2.INTER_CUBIC
    )
    cover = np.clip((cloud + 0.35 * detail) * 0.5 + 0.1, 0, 0.8)[:, :, None]
    area[:] = area * (1 - cover) + np.float32(236) * cover


def paint_hills(canvas: np.ndarray, view: Viewpoint, height_m: float, draw: np.random.Generator) -> None:
    """Paint three ridges behind one another, the farthest palest; height_m is the nearest ridge's at 1 km."""
    for at, (distance, share) in enumerate(((3.0, 1.0), (1.8, 0.55), (1.0, 0.15))):
        peak_px = height_m * view.focal_px / 1000 * (0.55 + 0.45 / distance)
        ridge = view.horizon_y_px - peak_px * (0.35 + 0.65 * _ridge(canvas.shape[1], 3 + 2 * at, draw))
        colour = np.asarray(FAR_HILL) * share + np.asarray(NEAR_HILL) * (1 - share)
        _paint_ridge(canvas, ridge, view.horizon_y_px, colour, draw)


def paint_islands(canvas: np.ndarray, view: Viewpoint, side: int, draw: np.random.Generator) -> None:
    """Paint a few islands on the sea's horizon."""
    columns = np.arange(canvas.shape[1])
    for _ in range(3):
        middle = view.vanishing_x_px + side * draw.uniform(0.08, 0.48) * canvas.shape[1]
        wide = draw.uniform(0.03, 0.09) * canvas.shape[1]
        bump = np.exp(-(((columns - middle) / wide) ** 2)) * draw.uniform(0.25, 0.5) * view.horizon_y_px
        rough = 1 + 0.15 * _ridge(canvas.shape[1], 30, draw)
        colour = np.asarray(FAR_HILL) * 0.7 + np.asarray(NEAR_HILL) * 0.3
        _paint_ridge(canvas, view.horizon_y_px - bump * rough + 2, view.horizon_y_px, colour, draw)


def _ridge(width: int, bumps: int, draw: np.random.Generator) -> np.ndarray:
    line = np.zeros(width)
    for octave in range(4):
        knots = draw.normal(size=(1, bumps * 2**octave + 2)).astype(np.float32)
        line += cv2.resize(knots, (width, 1), interpolation=cv2.INTER_CUBIC)[0] / 2.1**octave
    return (line - line.min()) / (np.ptp(line) + 1e-6)


def _paint_ridge(
    canvas: np.ndarray, ridge_px: np.ndarray, foot_px: float, colour: np.ndarray, draw: np.random.Generator
) -> None:
    rows = np.arange(int(foot_px) + 3)[:, None]
    share = np.clip(rows - ridge_px[None, :], 0, 1)[:, :, None]
    small = draw.normal(size=(max(2, len(rows) // 5), canvas.shape[1] // 7)).astype(np.float32)
    texture = cv2.resize(small, (canvas.shape[1], len(rows)), interpolation=cv2.INTER_CUBIC)[:, :, None]
    area = canvas[: len(rows)]
    area[:] = area * (1 - share) + (colour * (1 + 0.06 * texture)) * share
