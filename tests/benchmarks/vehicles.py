"""How well a network finds rendered vehicles in fresh pictures, by class and by weather, beside COCO weights.

    taskset -c 0 python -m tests.benchmarks.vehicles --json --pictures 240 [--baseline ../shared/models/NAME]

The pictures come from ingest.synthetic.dataset with a seed that nothing is trained on. AP50 is the area under
the precision-recall curve (every point), a box counts from an overlap of 0.5; a vehicle of another class is a
miss and a false find. Recall and precision are told at the confidence at which a track begins.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detection.boxes import overlap
from detection.detectors import Detector, load_detector
from detection.models import SHIPPED
from detection.vocabulary import Detection
from ingest.synthetic.dataset import MOMENTS_A_SCENE, draw_picture, draw_scene, is_labelled, weather_of
from ingest.synthetic.truth import TrueVehicle

WEIGHTS = SHIPPED / "rendered-roads_openvino_model"
BASELINE = Path("../shared/models/yolo26n_int8_openvino_model")
SEED = 1001
SURE = 0.25
OVERLAP = 0.5
CLASSES = ("car", "motorcycle", "bus", "truck")
LARGE_PX = 120.0
"""Vehicles at least this high in the picture of 720 lines are also told apart: those a plate is read from."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One true vehicle (found: by a detection of its class) or one false find, with its confidence."""

    vehicle_class: str
    weather: str
    confidence: float
    true: bool
    large: bool = False


def pictures(count: int, seed: int = SEED) -> Iterator[tuple[str, np.ndarray, list[TrueVehicle]]]:
    """Give weather, picture and truth of fresh scenes, some moments of each."""
    draw = np.random.default_rng([seed, 26])
    scene = None
    for number in range(count):
        if scene is None or number % MOMENTS_A_SCENE == 0:
            scene = draw_scene(draw, number)
        picture, vehicles = draw_picture(draw, scene)
        yield weather_of(scene.options), picture, vehicles


def scored(weather: str, found: Sequence[Detection], truth: Sequence[TrueVehicle]) -> list[Scored]:
    """Match detections to true vehicles, strongest first; what is seen too little counts neither way."""
    asked = [vehicle for vehicle in truth if is_labelled(vehicle)]
    left = list(asked)
    rows: list[Scored] = []
    for detection in sorted(found, key=lambda one: -one.confidence):
        same = [vehicle for vehicle in left if vehicle.vehicle_class == detection.vehicle_class]
        best = max(same, key=lambda one: overlap(one.visible_box, detection.box), default=None)
        if best is not None and overlap(best.visible_box, detection.box) >= OVERLAP:
            left.remove(best)
            rows.append(Scored(best.vehicle_class, weather, detection.confidence, True, is_large(best)))
        elif not any(overlap(one.visible_box, detection.box) >= OVERLAP for one in truth if one not in asked):
            rows.append(Scored(detection.vehicle_class, weather, detection.confidence, False))
    return rows + [Scored(one.vehicle_class, weather, 0.0, True, is_large(one)) for one in left]


def is_large(vehicle: TrueVehicle) -> bool:
    """Return whether a plate could be read from it."""
    return vehicle.visible_box[3] - vehicle.visible_box[1] >= LARGE_PX


def recall(rows: Sequence[Scored]) -> float:
    """Return the part of the true vehicles found at SURE."""
    truth = [row for row in rows if row.true]
    return sum(row.confidence >= SURE for row in truth) / max(1, len(truth))


def precision(rows: Sequence[Scored]) -> float:
    """Return the part of the finds at SURE that are true."""
    sure = [row for row in rows if row.confidence >= SURE]
    return sum(row.true for row in sure) / max(1, len(sure))


def average_precision(rows: Sequence[Scored]) -> float:
    """Return the area under the curve of best precision at each recall."""
    total = sum(row.true for row in rows)
    finds = sorted((row for row in rows if row.confidence > 0), key=lambda row: -row.confidence)
    right = np.cumsum([row.true for row in finds], dtype=float)
    best = np.maximum.accumulate((right / np.arange(1, len(finds) + 1))[::-1])[::-1]
    return float(sum(best[at] for at, row in enumerate(finds) if row.true) / max(1, total))


def measured(
    detector: Detector, scenes: Sequence[tuple[str, np.ndarray, list[TrueVehicle]]]
) -> dict[str, object]:
    """Return the figures of one network."""
    rows: list[Scored] = []
    detector.detect(scenes[0][1], 0.0)
    cpu_s = 0.0
    for weather, picture, truth in scenes:
        began = time.process_time()
        found = detector.detect(picture, 0.0)
        cpu_s += time.process_time() - began
        rows += scored(weather, found, truth)
    weathers = sorted({row.weather for row in rows})
    by_class = {name: [row for row in rows if row.vehicle_class == name] for name in CLASSES}
    return {
        "map50": round(float(np.mean([average_precision(part) for part in by_class.values()])), 3),
        "recall": round(recall(rows), 3),
        "recall_large": round(recall([row for row in rows if row.large]), 3),
        "precision": round(precision(rows), 3),
        "recall_by_class": {name: round(recall(part), 3) for name, part in by_class.items()},
        "recall_by_weather": {
            name: round(recall([row for row in rows if row.weather == name]), 3) for name in weathers
        },
        "vehicles": sum(row.true for row in rows),
        "cpu_ms_a_picture": round(1000 * cpu_s / len(scenes), 1),
    }


def main() -> int:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=240)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--baseline", type=Path, default=BASELINE, help="COCO weights")
    parser.add_argument("--json", action="store_true", help="one JSON document (the default is indented)")
    options = parser.parse_args()
    scenes = list(pictures(options.pictures))
    report: dict[str, object] = {"pictures": options.pictures, "seed": SEED, "confidence": SURE}
    report["rendered_roads"] = measured(load_detector("ultralytics", options.weights), scenes)
    if options.baseline.exists():
        report["coco_baseline"] = measured(load_detector("ultralytics", options.baseline), scenes)
    print(json.dumps(report, indent=None if options.json else 2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
