"""What a rendered picture really shows: every vehicle's box, class, plate, track, lane, place and speed.

For training and measuring only; nothing of the pipeline that looks at pixels may ask here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

import numpy as np

from ingest.synthetic.backdrop import choose_place
from ingest.synthetic.motion import speed_mps
from ingest.synthetic.options import parse_url
from ingest.synthetic.projection import HEIGHT_PX, WIDTH_PX, Viewpoint, bend_m, project
from ingest.synthetic.scene import HIDDEN_FROM_M, Scene, build_scene, frame_of, is_one_way, on_the_road
from ingest.synthetic.schedule import Traffic, traffic_for
from ingest.synthetic.vehicles import Placed, box_px, draw_body

Box = tuple[float, float, float, float]
VOCABULARY = {"car": "car", "suv": "car", "van": "car", "truck": "truck", "bus": "bus"}
SMALL = 4
"""A vehicle that leaves the picture is measured on one this many times smaller, with room all around."""
ROOM = 3
"""That room: this many pictures wide and high."""


@dataclass(frozen=True, slots=True)
class TrueVehicle:
    """One vehicle in one rendered picture of 1280 x 720.

    track: the same for one vehicle going by once, over all its pictures; never given twice by one camera.
    vehicle_class: car, truck, bus or motorcycle; drawn_as: the renderer's finer word (suv, van, ...).
    box: x1, y1, x2, y2 in pixels, tight around its body as drawn, cut off at the picture's edges, nearer
    things in front of it ignored; without shadow and the glow of lamps. visible_box: around those pixels of
    it that can be seen. visible: the part of its whole silhouette that can be seen, 0 to 1: less by what
    stands or drives in front and by what is outside the picture.
    plate, kind, colour, direction (towards, away): as drawn. lane: 1 left, 2 right, as we look.
    right_m, ahead_m: where the middle of its end nearest us stands on the ground, flat and seen from the
    foot of the camera's pole (right of the road's middle there, ahead); what a ground calibration gives.
    speed_mps: how fast it really goes at that very moment. The schedule's speed_kmh is NOT that: vehicles
    slow down to about 5 m/s for their best look and follow the traffic.
    """

    track: int
    vehicle_class: str
    drawn_as: str
    box: Box
    visible_box: Box
    visible: float
    plate: str
    kind: str
    colour: str
    direction: str
    lane: int
    right_m: float
    ahead_m: float
    speed_mps: float


def truth_at(url: str, at: datetime) -> list[TrueVehicle]:
    """Return the vehicles of which a pixel is seen in the picture that synthetic://road?... shows at `at`.

    Nearest first. `at`: an aware time, rounded down to the camera's frame as the picture is. A fault of the
    URL (freeze, black...) is not followed: this is what the road does. The first call for a URL takes 1-3 s
    (the scene is kept). Raises BadSyntheticUrl.
    """
    return truth_of(_scene(url), at)


def truth_of(scene: Scene, at: datetime) -> list[TrueVehicle]:
    """Return the same for a scene that is already built."""
    moment = frame_of(scene, at)[1]
    placed = on_the_road(scene, moment)
    owner, bodies = _who_is_where(scene, placed)
    found = []
    for number, vehicle in enumerate(placed):
        visible = owner == number
        if visible.any():
            found.append(_true_vehicle(scene, moment, vehicle, (bodies[number], visible)))
    return found[::-1]


def ground_px(url: str, points_m: Sequence[tuple[float, float]]) -> np.ndarray:
    """Return where points of the flat ground (right_m, ahead_m) fall in the camera's picture, N x 2 pixels.

    The points are TrueVehicle's; ahead of 60 m a road bends, the ground coordinates do not. Paints nothing.
    """
    view, _ = choose_place(parse_url(url), is_one_way(traffic_for(parse_url(url))))
    return project(replace(view, bend_per_m=0.0), np.array([(x, 0.0, z) for x, z in points_m]))


@lru_cache(maxsize=4)
def _scene(url: str) -> Scene:
    return build_scene(parse_url(url))


def _who_is_where(scene: Scene, placed: Sequence[Placed]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return per pixel whose body is on top (-1: none), and every body's own mask, as render() paints."""
    owner = np.full((HEIGHT_PX, WIDTH_PX), -1, np.int16)
    bodies = []
    for number, vehicle in enumerate(placed):
        body = _body(scene.view, vehicle, (HEIGHT_PX, WIDTH_PX))
        bodies.append(body)
        owner[body] = number
        if vehicle.plate_z_m > HIDDEN_FROM_M:
            x1, y1, x2, y2 = box_px(scene.view, vehicle)
            hides_m = scene.backdrop.hides_m
            window = np.s_[max(y1, 0) : max(min(y2, len(hides_m)), 0), max(x1, 0) : max(min(x2, WIDTH_PX), 0)]
            owner[window][hides_m[window] < vehicle.plate_z_m] = -1
    return owner, bodies


def _body(view: Viewpoint, vehicle: Placed, size: tuple[int, int]) -> np.ndarray:
    """Return the mask of what the body covers: there, black ground and white ground give the same picture."""
    on_black, on_white = np.zeros((*size, 3), np.uint8), np.full((*size, 3), 255, np.uint8)
    draw_body(on_black, view, vehicle)
    draw_body(on_white, view, vehicle)
    return np.asarray(np.abs(on_black[:, :, 1].astype(np.int16) - on_white[:, :, 1]) < 128)


def _true_vehicle(
    scene: Scene, moment: datetime, vehicle: Placed, seen: tuple[np.ndarray, np.ndarray]
) -> TrueVehicle:
    passage, (body, visible) = vehicle.passage, seen
    return TrueVehicle(
        track=_track(scene.traffic, vehicle, moment),
        vehicle_class=VOCABULARY.get(passage.vehicle_class, passage.vehicle_class),
        drawn_as=passage.vehicle_class,
        box=_around(body),
        visible_box=_around(visible),
        visible=float(visible.sum() / max(_whole_px(scene.view, vehicle, body), visible.sum())),
        plate=passage.plate,
        kind=passage.kind,
        colour=passage.colour,
        direction=passage.direction,
        lane=1 if vehicle.lane_x_m < 0 else 2,
        right_m=vehicle.lane_x_m + float(bend_m(scene.view, np.array([vehicle.plate_z_m]))[0]),
        ahead_m=vehicle.plate_z_m,
        speed_mps=speed_mps(passage, vehicle.past_s),
    )


def _track(traffic: Traffic, vehicle: Placed, moment: datetime) -> int:
    best_look_s = (moment - traffic.epoch).total_seconds() - vehicle.past_s
    turn = round((best_look_s - vehicle.passage.offset_s) / traffic.period_s)
    return turn * len(traffic.passages) + traffic.passages.index(vehicle.passage)


def _whole_px(view: Viewpoint, vehicle: Placed, body: np.ndarray) -> float:
    """Return how many pixels the body would cover if the picture went on beyond its edges."""
    edges = body[0].any() or body[-1].any() or body[:, 0].any() or body[:, -1].any()
    if not edges:
        return float(body.sum())
    height, width = HEIGHT_PX // SMALL, WIDTH_PX // SMALL
    small = view.at_scale(1 / SMALL)
    roomy = replace(
        small,
        horizon_y_px=small.horizon_y_px + height * (ROOM // 2),
        vanishing_x_px=small.vanishing_x_px + width * (ROOM // 2),
    )
    return float(_body(roomy, vehicle, (height * ROOM, width * ROOM)).sum()) * SMALL**2


def _around(mask: np.ndarray) -> Box:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)
