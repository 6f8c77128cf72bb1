"""The ground as a picture: asphalt, markings, kerbs and what lies beside the road, computed per pixel.

Everything standing up is roadside.py's; weather and night come later, in backdrop.py."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ingest.synthetic.projection import Viewpoint, bend_m

ROAD_HALF_M = 3.55
LINE_M = 0.14
TILE = 512
ASPHALT = (92.0, 92.0, 93.0)
WHITE_PAINT = (206.0, 208.0, 208.0)
YELLOW_PAINT = (70.0, 176.0, 214.0)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a road is laid out; `sea` is -1 for sea on the left, 1 on the right, 0 for none."""

    scenery: str
    one_way: bool
    side_lane: bool
    sea: int


@dataclass(frozen=True, slots=True)
class Ground:
    """The pixels below the horizon: metres right of the road's middle, ahead, and spanned by one pixel."""

    x_m: np.ndarray
    z_m: np.ndarray
    span_m: np.ndarray
    reach_m: np.ndarray
    draw: np.random.Generator


def paint_ground(canvas: np.ndarray, view: Viewpoint, layout: Layout, draw: np.random.Generator) -> None:
    """Paint everything below the horizon (float32 BGR canvas)."""
    first = int(view.horizon_y_px) + 1
    rows = np.arange(first, canvas.shape[0], dtype=np.float32)[:, None]
    columns = np.arange(canvas.shape[1], dtype=np.float32)[None, :]
    z_m = view.focal_px * view.height_m / (rows - view.horizon_y_px)
    x_m = (columns - view.vanishing_x_px) * z_m / view.focal_px - bend_m(view, z_m).astype(np.float32)
    reach_m = z_m**2 / (view.focal_px * view.height_m)
    z_full = np.broadcast_to(z_m, x_m.shape)
    ground = Ground(x_m.astype(np.float32), z_full.astype(np.float32), z_m / view.focal_px, reach_m, draw)
    area = canvas[first:]
    _verges(area, ground, layout)
    _asphalt(area, ground)
    _markings(area, ground, layout)
    _haze(area, ground)


def noise(ground: Ground, cells_per_m: tuple[float, float], smooth: float) -> np.ndarray:
    """Return value noise in -1..1 fixed to the ground, fading where a pixel spans more than a cell."""
    tile: np.ndarray = ground.draw.normal(size=(TILE, TILE)).astype(np.float32)
    if smooth:
        tile = cv2.GaussianBlur(tile, (0, 0), smooth, borderType=cv2.BORDER_REFLECT)
        tile = tile / tile.std()
    tile = np.clip(tile / 2, -1, 1)
    across, along = cells_per_m
    u, v = np.mod(ground.x_m * across, TILE), np.mod(ground.z_m * along, TILE)
    values = cv2.remap(tile, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return values * np.clip(1.4 - ground.span_m * across / (1 + smooth), 0.15, 1)


def _put(area: np.ndarray, share: np.ndarray, colour: np.ndarray | tuple[float, float, float]) -> None:
    share = np.clip(share, 0, 1)[:, :, None]
    area[:] = area * (1 - share) + np.asarray(colour, np.float32) * share


def _band(ground: Ground, low_m: float, high_m: float) -> np.ndarray:
    """Return how much of each pixel lies between two distances from the road's middle."""
    soft = np.maximum(ground.span_m, 1e-4)
    return np.clip((ground.x_m - low_m) / soft + 0.5, 0, 1) * np.clip(
        (high_m - ground.x_m) / soft + 0.5, 0, 1
    )


def _stripes(ground: Ground, every_m: float, long_m: float, from_m: float = 0.0) -> np.ndarray:
    """Return how much of each pixel lies on stripes across the road that repeat every so many metres."""
    along = np.mod(ground.z_m[:, :1] - from_m, every_m)
    inside = np.minimum(along, long_m - along)
    return np.broadcast_to(np.clip(inside / ground.reach_m + 0.5, 0, 1), ground.x_m.shape)


def _shade(values: np.ndarray, colour: tuple[float, float, float], depth: float) -> np.ndarray:
    return np.asarray(colour, np.float32) * (1 + values[:, :, None] * depth)


def _asphalt(area: np.ndarray, ground: Ground) -> None:
    grain = noise(ground, (70, 30), 0)
    patches = noise(ground, (5, 1.2), 5)
    tracks = np.zeros_like(ground.x_m)
    for middle in (-2.35, -0.85, 0.85, 2.35):
        tracks += np.exp(-(((ground.x_m - middle) / 0.32) ** 2))
    oil = np.exp(-(((np.abs(ground.x_m) - 1.6) / 0.3) ** 2)) * (0.6 + 0.4 * noise(ground, (8, 2), 3))
    values = grain * 0.10 + patches * 0.06 + tracks * 0.045 - oil * 0.08
    _put(area, _band(ground, -ROAD_HALF_M, ROAD_HALF_M), _shade(values, ASPHALT, 1.0))
    for start in ground.draw.uniform(18, 90, 2):
        mended = _band(ground, -3.1, -0.4) if ground.draw.random() < 0.5 else _band(ground, 0.5, 2.6)
        inside = _stripes(ground, 1000.0, 9.0, start)
        _put(area, mended * inside * 0.5, _shade(grain, (74, 74, 76), 0.12))


def _markings(area: np.ndarray, ground: Ground, layout: Layout) -> None:
    worn = np.clip(0.9 + 0.35 * noise(ground, (14, 5), 2), 0.35, 1)
    dashed = _stripes(ground, 10.0, 4.0)
    if layout.one_way:
        _put(area, _band(ground, -LINE_M / 2, LINE_M / 2) * dashed * worn, WHITE_PAINT)
    else:
        for middle in (-0.15, 0.15):
            _put(area, _band(ground, middle - LINE_M / 2, middle + LINE_M / 2) * worn, YELLOW_PAINT)
    for middle in (-3.2, 3.2):
        _put(area, _band(ground, middle - LINE_M / 2, middle + LINE_M / 2) * worn, WHITE_PAINT)
    for low, high in ((-3.0, -0.3), (0.3, 3.0)):
        rumble = np.zeros_like(ground.z_m)
        for start in (24.0, 26.4, 28.8, 33.0, 35.4, 37.8):
            rumble += _stripes(ground, 1000.0, 0.9, start)
        _put(area, _band(ground, low, high) * rumble * worn * 0.85, WHITE_PAINT)


def _verges(area: np.ndarray, ground: Ground, layout: Layout) -> None:
    grass = 0.6 * noise(ground, (9, 3), 1) + 0.5 * noise(ground, (1, 0.3), 3)
    earth = {
        "coast": (96, 142, 150),
        "mountain": (62, 96, 84),
        "urban": (70, 112, 86),
        "market": (112, 118, 122),
    }
    area[:] = _shade(grass, earth[layout.scenery], 0.35)
    pavement = layout.scenery in ("urban", "market")
    wide_m = 4.4 if pavement else 0.9
    tiles = 0.5 * noise(ground, (12, 12), 0) + 0.6 * noise(ground, (1.2, 0.5), 2)
    joints = (np.mod(ground.x_m, 0.6) < 0.05) | (np.mod(ground.z_m, 0.9) < 0.08)
    for side in (-1, 1):
        edge = ROAD_HALF_M + (2.2 if layout.side_lane else 0.0)
        if layout.side_lane:
            _put(area, _ring(ground, side, ROAD_HALF_M, edge), _shade(tiles, (84, 86, 92), 0.08))
        surface = _shade(tiles - joints * (ground.span_m < 0.02), (138, 144, 150), 0.12)
        if not pavement:
            surface = _shade(tiles, (112, 122, 128), 0.15)
        _put(area, _ring(ground, side, edge, edge + wide_m), surface)
        stripe = _stripes(ground, 1.2, 0.06)
        _put(area, _ring(ground, side, edge, edge + 0.28), _shade(tiles - stripe, (164, 166, 168), 0.10))
    if layout.sea:
        _sea(area, ground, layout.sea)


def _ring(ground: Ground, side: int, near_m: float, far_m: float) -> np.ndarray:
    return _band(ground, near_m, far_m) if side > 0 else _band(ground, -far_m, -near_m)


def _sea(area: np.ndarray, ground: Ground, side: int) -> None:
    shore = 8.5 + noise(ground, (2, 0.08), 6) * 1.2
    beyond = np.clip((ground.x_m * side - shore) / 0.6, 0, 1)
    swell = noise(ground, (0.9, 0.5), 2) * 0.7 + noise(ground, (6, 1.2), 1) * 0.5
    _put(area, beyond, _shade(swell, (140, 116, 76), 0.16))
    foam = np.exp(-(((ground.x_m * side - shore - 0.4) / 0.5) ** 2)) * (0.5 + 0.5 * swell)
    _put(area, foam * 0.8, (226, 224, 214))


def _haze(area: np.ndarray, ground: Ground) -> None:
    _put(area, 0.75 * (1 - np.exp(-ground.z_m / 900)), (204, 198, 190))
