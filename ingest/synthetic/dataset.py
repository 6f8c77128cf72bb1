"""Writes rendered pictures with their vehicles' boxes in YOLO's format: what a small network is trained on.

Same seed, same pictures. What is in a picture comes from truth.py; training is detection.training's."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np

from ingest.synthetic.backdrop import SCENERIES
from ingest.synthetic.options import Options
from ingest.synthetic.projection import HEIGHT_PX, WIDTH_PX
from ingest.synthetic.scene import Scene, build_scene, render
from ingest.synthetic.schedule import CLASSES, COLOURS, Passage, Traffic, random_plate
from ingest.synthetic.truth import TrueVehicle, truth_of

NAMES = ("car", "motorcycle", "bus", "truck")
WIDTH_WRITTEN_PX = 512
MOMENTS_A_SCENE = 12  # painting a scene takes a second or two, a picture of it a few hundredths
LEAST_VISIBLE, LEAST_SIDE_PX = 0.15, 14.0
EMPTY = 0.12  # this part of the pictures shows no vehicle
CLASS_SHARES = (0.28, 0.14, 0.12, 0.17, 0.15, 0.14)
KIND_SHARES = {"blue": 0.5, "green": 0.3, "black": 0.1, "white_police": 0.1}
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
PERIOD_S, MIDDLE_S, AROUND_S = 600.0, 300.0, 24.0


def write_dataset(out: Path, pictures: int, seed: int) -> Counter[str]:
    """Write images/, labels/ and data.yaml; return how many boxes of each class, and of each weather.

    Pictures are 512 x 288, made smaller as the network's own input is. About 0.15 s each.
    """
    draw = np.random.default_rng([seed, 26])
    for folder in ("images", "labels"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    counted: Counter[str] = Counter()
    names = "".join(f"  {number}: {name}\n" for number, name in enumerate(NAMES))
    (out / "data.yaml").write_text(f"path: {out.absolute()}\ntrain: images\nval: images\nnames:\n{names}")
    scene = None
    for number in range(pictures):
        if scene is None or number % MOMENTS_A_SCENE == 0:
            scene = draw_scene(draw, number)
        picture, vehicles = draw_picture(draw, scene)
        kept = [vehicle for vehicle in vehicles if is_labelled(vehicle)]
        counted.update(vehicle.vehicle_class for vehicle in kept)
        counted[weather_of(scene.options)] += 1
        small = cv2.resize(picture, (WIDTH_WRITTEN_PX, WIDTH_WRITTEN_PX * HEIGHT_PX // WIDTH_PX))
        name = f"{number:06}-{weather_of(scene.options)}"
        cv2.imwrite(str(out / "images" / f"{name}.jpg"), small, [cv2.IMWRITE_JPEG_QUALITY, 95])
        (out / "labels" / f"{name}.txt").write_text("".join(map(_label, kept)))
    return counted


def draw_scene(draw: np.random.Generator, number: int) -> Scene:
    """Draw a camera's place, light and weather; a fifth of the roads is one-way."""
    options = Options(
        camera=f"C{int(draw.integers(10000)):04}",
        name=str(draw.choice(["", "海游路", "滨海大道 2", "健跳镇西门"])),
        light=str(draw.choice(["day", "night"], p=[0.66, 0.34])),
        weather=str(draw.choice(["clear", "rain"], p=[0.68, 0.32])),
        glare=bool(draw.random() < 0.25),
        seed=int(draw.integers(2**30)) + number,
        scenery=str(draw.choice(SCENERIES)),
    )
    one_way = draw.random() < 0.2
    return build_scene(options, draw_traffic(draw, ("away",) * 2 if one_way else ("towards", "away")))


def draw_picture(draw: np.random.Generator, scene: Scene) -> tuple[np.ndarray, list[TrueVehicle]]:
    """Return a picture (720 x 1280 x 3, uint8 BGR) of new traffic in the scene, and its vehicles."""
    directions = ("towards", "away")
    if scene.one_way:
        directions = (str(draw.choice(directions)),) * 2
    busy = replace(scene, traffic=draw_traffic(draw, directions))
    at = EPOCH + timedelta(seconds=MIDDLE_S + float(draw.uniform(-1, 1)))
    return render(busy, at), truth_of(busy, at)


def draw_traffic(draw: np.random.Generator, directions: Sequence[str]) -> Traffic:
    """Draw two lanes of vehicles around one moment: sparse or dense, all classes, sometimes none."""
    passages: list[Passage] = []
    empty = draw.random() < EMPTY
    for lane, direction in enumerate(directions, 1):
        gap_s = float(draw.choice([2.0, 4.0, 8.0, 14.0]))
        offset_s = MIDDLE_S - AROUND_S + float(draw.uniform(0, gap_s))
        while offset_s < MIDDLE_S + AROUND_S and not empty:
            passages.append(_passage(draw, offset_s, direction, lane))
            offset_s += float(draw.uniform(0.6, 1.6)) * gap_s
    if empty:
        passages = [_passage(draw, 1.0, direction, lane) for lane, direction in enumerate(directions, 1)]
    return Traffic(EPOCH, PERIOD_S, tuple(passages))


def _passage(draw: np.random.Generator, offset_s: float, direction: str, lane: int) -> Passage:
    vehicle_class = str(draw.choice(CLASSES, p=CLASS_SHARES))
    small = vehicle_class in ("car", "suv", "van")
    kind = str(draw.choice(list(KIND_SHARES), p=list(KIND_SHARES.values()))) if small else "yellow"
    return Passage(
        offset_s=offset_s,
        plate=random_plate(draw, kind == "green"),
        kind=kind,
        vehicle_class=vehicle_class,
        colour=str(draw.choice(COLOURS)),
        direction=direction,
        lane=lane,
        speed_kmh=float(draw.uniform(20, 70)),
    )


def is_labelled(vehicle: TrueVehicle) -> bool:
    """Return whether enough of it is seen to ask a network for it."""
    x1, y1, x2, y2 = vehicle.visible_box
    return vehicle.visible >= LEAST_VISIBLE and min(x2 - x1, y2 - y1) >= LEAST_SIDE_PX


def weather_of(options: Options) -> str:
    """Return day, night, rain, rain-night or glare: what the figures are told apart by."""
    if options.light == "night":
        return "rain-night" if options.weather == "rain" else "night"
    if options.glare:
        return "glare"
    return "rain" if options.weather == "rain" else "day"


def _label(vehicle: TrueVehicle) -> str:
    x1, y1, x2, y2 = vehicle.visible_box
    middle = ((x1 + x2) / 2 / WIDTH_PX, (y1 + y2) / 2 / HEIGHT_PX)
    size = ((x2 - x1) / WIDTH_PX, (y2 - y1) / HEIGHT_PX)
    numbers = " ".join(f"{value:.5f}" for value in (*middle, *size))
    return f"{NAMES.index(vehicle.vehicle_class)} {numbers}\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Write a data set and say what is in it."""
    parser = argparse.ArgumentParser(prog="python -m ingest.synthetic.dataset", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--pictures", type=int, default=2400)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    counted = write_dataset(options.out, options.pictures, options.seed)
    print(", ".join(f"{name}: {count}" for name, count in sorted(counted.items())))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
