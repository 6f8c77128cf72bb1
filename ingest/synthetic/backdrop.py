"""The still picture behind the traffic, painted once per camera: place, time of day, wet or dry.

Vehicles, rain and noise are added frame by frame elsewhere."""

from __future__ import annotations

import cv2
import numpy as np

from ingest.synthetic import quads
from ingest.synthetic.ground import Layout, paint_ground
from ingest.synthetic.options import Options
from ingest.synthetic.projection import HEIGHT_PX, WIDTH_PX, Viewpoint, project
from ingest.synthetic.roadside import Stage, paint_roadside
from ingest.synthetic.sky import paint_hills, paint_islands, paint_sky

SUPERSAMPLING = 2
NIGHT = np.array([0.26, 0.20, 0.17], np.float32)
SCENERIES = ("urban", "coast", "mountain", "market")


def choose_place(options: Options, one_way: bool) -> tuple[Viewpoint, Layout]:
    """Draw the camera's place and its view from its code and seed."""
    draw = np.random.default_rng([options.seed + 1, *options.camera.encode()])
    drawn = SCENERIES[int(draw.integers(len(SCENERIES)))]
    scenery = options.scenery or drawn
    bends = {"urban": 0.00015, "market": 0.0002, "coast": 0.0007, "mountain": 0.0009}
    view = Viewpoint(
        focal_px=3300.0,
        height_m=float(draw.uniform(3.2, 3.4)),
        horizon_y_px=float(draw.uniform(62, 84)),
        vanishing_x_px=WIDTH_PX / 2 + float(draw.uniform(-45, 45)),
        bend_per_m=bends[scenery] * float(draw.uniform(-1, 1)),
    )
    sea = int(draw.choice([-1, 1])) if scenery == "coast" else 0
    side_lane = scenery == "urban" and bool(draw.random() < 0.6)
    return view, Layout(scenery, one_way, side_lane, sea)


def paint_backdrop(options: Options, view: Viewpoint, layout: Layout) -> np.ndarray:
    """Return the empty road as the camera sees it (720 x 1280 x 3, uint8 BGR)."""
    draw = np.random.default_rng([options.seed + 2, *options.camera.encode()])
    large = view.at_scale(SUPERSAMPLING)
    size = (HEIGHT_PX * SUPERSAMPLING, WIDTH_PX * SUPERSAMPLING, 3)
    canvas = np.zeros(size, np.float32)
    paint_sky(canvas, large, options.weather == "rain", draw)
    if layout.sea:
        paint_islands(canvas, large, layout.sea, draw)
    if layout.scenery != "market":
        paint_hills(canvas, large, 42.0 if layout.scenery == "mountain" else 16.0, draw)
    paint_ground(canvas, large, layout, draw)
    if options.weather == "rain":
        _wet_ground(canvas, large)
    if options.light == "night":
        canvas[: int(large.horizon_y_px)] *= 0.55
    stage = Stage(canvas.clip(0, 255).astype(np.uint8), np.zeros(size, np.uint8), large, draw)
    lamps = paint_roadside(stage, layout)
    picture, glow = (
        cv2.resize(part, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA)
        for part in (stage.colour, stage.glow)
    )
    if options.weather == "rain":
        picture = _dull(picture)
    return _by_night(picture, glow, view, lamps) if options.light == "night" else picture


def _wet_ground(canvas: np.ndarray, view: Viewpoint) -> None:
    """Darken the ground and lay the sky's blurred reflection on it."""
    horizon = int(view.horizon_y_px)
    ground = canvas[horizon:]
    mirrored = cv2.resize(canvas[:horizon][::-1], (canvas.shape[1], ground.shape[0]))
    mirrored = cv2.GaussianBlur(mirrored, (0, 0), sigmaX=14, sigmaY=50)
    share = np.linspace(0.45, 0.12, ground.shape[0], dtype=np.float32)[:, None, None]
    ground[:] = ground * 0.66 * (1 - share) + mirrored * share


def _dull(picture: np.ndarray) -> np.ndarray:
    """Take colour and light out of the picture, as rain does."""
    grey = picture.mean(axis=2, keepdims=True)
    return (picture * 0.62 + grey * 0.28).astype(np.uint8)


def _by_night(
    picture: np.ndarray, glow: np.ndarray, view: Viewpoint, lamps: list[tuple[float, float]]
) -> np.ndarray:
    """Turn the picture to night; lit windows and street lamps stay, with their pools of light on the road."""
    light = np.broadcast_to(NIGHT, picture.shape).copy()
    for x, z in lamps:
        foot = project(view, np.array([(x, 0.0, z)]))[0]
        wide, tall = view.focal_px / z * 7, view.focal_px / z * 2.2
        _pool(light, foot, wide, max(tall, 6.0))
    dark = picture * light
    halo = cv2.GaussianBlur(glow, (0, 0), 9)
    return (dark + glow * 0.85 + halo * 0.5).clip(0, 255).astype(np.uint8)


def _pool(light: np.ndarray, foot: np.ndarray, wide: float, tall: float) -> None:
    rows = np.arange(light.shape[0], dtype=np.float32)[:, None]
    columns = np.arange(light.shape[1], dtype=np.float32)[None, :]
    share = np.exp(-(((columns - foot[0]) / wide) ** 2 + ((rows - foot[1]) / tall) ** 2))
    light += share[:, :, None] * np.array([0.20, 0.30, 0.36], np.float32)


def glow_picture(colour: tuple[float, float, float], sharp: float = 2.5) -> np.ndarray:
    """Return a round glow fading to black, for adding to a picture."""
    ramp = np.linspace(-1, 1, 96, dtype=np.float32)
    distance = np.sqrt(ramp[:, None] ** 2 + ramp[None, :] ** 2)
    share = np.clip(1 - distance, 0, 1) ** sharp
    return (share[:, :, None] * np.asarray(colour, np.float32)).clip(0, 255).astype(np.uint8)


def add_glare(picture: np.ndarray, view: Viewpoint, seed: int) -> np.ndarray:
    """Return what a low sun adds to every pixel: a bloom near the horizon and a veil over all."""
    draw = np.random.default_rng(seed + 3)
    veil = np.full_like(picture, 26)
    x, y = view.vanishing_x_px + float(draw.uniform(-260, 260)), view.horizon_y_px - 20
    quads.add_light(veil, glow_picture((150, 205, 235), 1.6), (x - 620, y - 460, x + 620, y + 460))
    quads.add_light(veil, glow_picture((230, 245, 255), 3.0), (x - 190, y - 190, x + 190, y + 190))
    return veil
