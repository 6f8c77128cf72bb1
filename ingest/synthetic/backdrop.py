"""The still picture behind the traffic, painted once per camera: place, time of day, wet or dry.

Vehicles, rain and noise are added frame by frame elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ingest.synthetic import quads
from ingest.synthetic.ground import Layout, paint_ground
from ingest.synthetic.options import Options
from ingest.synthetic.projection import HEIGHT_PX, WIDTH_PX, Viewpoint, project
from ingest.synthetic.roadside import paint_roadside
from ingest.synthetic.sky import paint_hills, paint_islands, paint_sky
from ingest.synthetic.stage import Stage

SUPERSAMPLING = 2
NIGHT = np.array([0.26, 0.20, 0.17], np.float32)
SCENERIES = ("urban", "coast", "mountain", "market")


@dataclass(frozen=True, slots=True)
class Backdrop:
    """The empty road (720 x 1280 x 3, uint8 BGR); metres to what stands in its upper rows."""

    picture: np.ndarray
    hides_m: np.ndarray

    def put_back(self, canvas: np.ndarray, box_px: tuple[int, int, int, int], nearer_than_m: float) -> None:
        """Paint again, within x1, y1, x2, y2, whatever stands nearer."""
        x1, y1, x2, y2 = box_px
        window = np.s_[max(y1, 0) : min(y2, len(self.hides_m)), max(x1, 0) : min(x2, canvas.shape[1])]
        mask = np.less(self.hides_m[window], nearer_than_m).view(np.uint8)
        cv2.copyTo(self.picture[window], mask, canvas[window])


def choose_place(options: Options, one_way: bool) -> tuple[Viewpoint, Layout]:
    """Draw the camera's place and its view from its code and seed."""
    draw = np.random.default_rng([options.seed + 1, *options.camera.encode()])
    drawn = SCENERIES[int(draw.integers(len(SCENERIES)))]
    scenery = options.scenery or drawn
    bends = {"urban": 0.00015, "market": 0.0002, "coast": 0.0007, "mountain": 0.0009}
    view = Viewpoint(
        focal_px=3300.0,
        height_m=float(draw.uniform(2.95, 3.1)),
        horizon_y_px=float(draw.uniform(62, 84)),
        vanishing_x_px=WIDTH_PX / 2 + float(draw.uniform(-45, 45)),
        bend_per_m=bends[scenery] * float(draw.uniform(-1, 1)),
    )
    sea = int(draw.choice([-1, 1])) if scenery == "coast" else 0
    side_lane = scenery == "urban" and bool(draw.random() < 0.6)
    return view, Layout(scenery, one_way, side_lane, sea)


def paint_backdrop(options: Options, view: Viewpoint, layout: Layout) -> Backdrop:
    """Paint the empty road as the camera sees it; takes about a second."""
    draw = np.random.default_rng([options.seed + 2, *options.camera.encode()])
    large = view.at_scale(SUPERSAMPLING)
    canvas = np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.float32)
    paint_sky(canvas, view, options.weather == "rain", draw)
    if layout.sea:
        paint_islands(canvas, view, layout.sea, draw)
    if layout.scenery != "market":
        paint_hills(canvas, view, 42.0 if layout.scenery == "mountain" else 16.0, draw)
    paint_ground(canvas, view, layout, draw)
    if options.weather == "rain":
        _wet_ground(canvas, view)
    if options.light == "night":
        canvas[: int(view.horizon_y_px)] *= 0.55
    sunny = options.weather == "clear" and options.light == "day"
    still = canvas.clip(0, 255).astype(np.uint8).repeat(SUPERSAMPLING, 0).repeat(SUPERSAMPLING, 1)
    stage = Stage(still, np.zeros_like(still), large, draw, float(draw.choice([-1, 1])) if sunny else 0.0)
    roadside = paint_roadside(stage, layout, SUPERSAMPLING)
    picture, glow = (
        cv2.resize(part, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA)
        for part in (stage.colour, stage.glow)
    )
    if options.weather == "rain":
        picture = _dull(picture)
    if options.light == "night":
        picture = _by_night(picture, glow, view, roadside.lamps)
    return Backdrop(picture, roadside.hides_m)


def _wet_ground(canvas: np.ndarray, view: Viewpoint) -> None:
    """Darken the ground and lay the sky's blurred reflection on it."""
    horizon = int(view.horizon_y_px)
    ground = canvas[horizon:]
    mirrored = cv2.resize(canvas[:horizon][::-1], (canvas.shape[1], ground.shape[0]))
    mirrored = cv2.GaussianBlur(mirrored, (0, 0), sigmaX=7, sigmaY=25)
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


def add_glare(view: Viewpoint, seed: int) -> np.ndarray:
    """Return what a low sun adds to every pixel: a bloom near the horizon and a veil over all."""
    draw = np.random.default_rng(seed + 3)
    veil = np.full((HEIGHT_PX, WIDTH_PX, 3), 26, np.uint8)
    x, y = view.vanishing_x_px + float(draw.uniform(-260, 260)), view.horizon_y_px - 20
    quads.add_light(veil, glow_picture((120, 168, 196), 1.8), (x - 560, y - 400, x + 560, y + 400))
    quads.add_light(veil, glow_picture((230, 245, 255), 3.0), (x - 190, y - 190, x + 190, y + 190))
    return veil
