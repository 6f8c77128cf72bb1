"""One camera's scene, and its picture at any instant: backdrop, vehicles, lights, weather, display.

A frame depends on the scene and the instant only, so every process draws the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import cv2
import numpy as np

from ingest.synthetic.backdrop import Backdrop, add_glare, choose_place, paint_backdrop
from ingest.synthetic.display import burn_in
from ingest.synthetic.lights import Lighting, light_lamps, light_road
from ingest.synthetic.motion import lane_centre_m, plate_distance_m
from ingest.synthetic.options import Options
from ingest.synthetic.projection import Viewpoint
from ingest.synthetic.schedule import Traffic, passing, traffic_for
from ingest.synthetic.vehicles import Placed, box_px, draw_vehicle
from ingest.synthetic.weather import Air, make_air, weather_over

SEEN_FROM_M, SEEN_UNTIL_M = 260.0, -6.0
HORIZON_S = 60.0
HIDDEN_FROM_M = 45.0


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything about a camera that does not change from frame to frame."""

    options: Options
    view: Viewpoint
    one_way: bool
    backdrop: Backdrop
    veil: np.ndarray | None
    traffic: Traffic
    air: Air
    lighting: Lighting


def build_scene(options: Options, traffic: Traffic | None = None) -> Scene:
    """Paint the backdrop and, unless it is given, read the traffic; takes 1-2 s. Raises BadSyntheticUrl."""
    traffic = traffic or traffic_for(options)
    one_way = is_one_way(traffic)
    view, layout = choose_place(options, one_way)
    night, wet = options.light == "night", options.weather == "rain"
    backdrop = paint_backdrop(options, view, layout)
    return Scene(
        options=options,
        view=view,
        one_way=one_way,
        backdrop=backdrop,
        veil=add_glare(view, options.seed) if options.glare and not night else None,
        traffic=traffic,
        air=make_air(night, wet),
        lighting=Lighting(night, wet, options.glare),
    )


def render(scene: Scene, t: datetime) -> np.ndarray:
    """Return the picture at t (720 x 1280 x 3, uint8 BGR); t is rounded down to the camera's frame."""
    index, moment = frame_of(scene, t)
    canvas = scene.backdrop.picture.copy()
    for placed in on_the_road(scene, moment):
        light_road(canvas, scene.view, placed, scene.lighting)
        draw_vehicle(canvas, scene.view, placed)
        light_lamps(canvas, scene.view, placed, scene.lighting)
        if placed.plate_z_m > HIDDEN_FROM_M:
            scene.backdrop.put_back(canvas, box_px(scene.view, placed), placed.plate_z_m)
    if scene.veil is not None:
        cv2.add(canvas, scene.veil, canvas)
    weather_over(canvas, scene.air, index)
    burn_in(canvas, f"{scene.options.camera} {scene.options.name}".strip(), moment)
    return canvas


def is_one_way(traffic: Traffic) -> bool:
    """Return whether all traffic goes one way, which decides lanes and view."""
    return len({passage.direction for passage in traffic.passages}) == 1


def frame_of(scene: Scene, t: datetime) -> tuple[int, datetime]:
    """Return the number and the moment of the camera's frame that is shown at t."""
    index = int((t - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * scene.options.fps + 1e-6)
    return index, datetime.fromtimestamp(index / scene.options.fps, UTC)


def on_the_road(scene: Scene, moment: datetime) -> list[Placed]:
    """Return the vehicles in view at a moment, farthest first."""
    placed = [
        Placed(
            passage,
            plate_distance_m(passage, past_s),
            lane_centre_m(passage, scene.one_way),
            scene.lighting.night,
            past_s,
        )
        for passage, past_s in passing(scene.traffic, moment, HORIZON_S)
    ]
    seen = [vehicle for vehicle in placed if SEEN_UNTIL_M < vehicle.plate_z_m < SEEN_FROM_M]
    return sorted(seen, key=lambda vehicle: -vehicle.plate_z_m)
