"""How many vehicles cross a line on real clips, by each detector, beside the naive ultralytics track() loop.

    python -m tests.benchmarks.passes --json --clips ../shared/data/traffic --weights ../shared/models/NAME

The truth was counted by eye on slit pictures (one row or column of every frame, side by side); it includes
motorcycles, which YOLO26n does not find, and vehicles that cross in the first half second.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from detection.detectors import load_detector
from detection.passes import PassWatcher
from detection.ultralytics_detector import UltralyticsDetector
from detection.vocabulary import Frame, PathPoint
from ingest.sources import Playing, open_source

ANALYSED_FPS = 12.5
COCO_VEHICLES = [2, 3, 5, 7]


@dataclass(frozen=True, slots=True)
class Clip:
    """A line on a clip: axis 1 is x, 2 is y of a path point; at: pixels; then how many cross it."""

    name: str
    axis: int
    at: float
    backward: int
    forward: int
    reference: str


CLIPS = (
    Clip("cn-road-camera.mp4", 2, 216, 37, 3, "35 upwards; by eye 34 and 3 motorcycles"),
    Clip("residential-street.mp4", 2, 176, 0, 8, "7; by eye 8, one of them in the first 0.1 s"),
    Clip("motorway-close.avi", 1, 320, 0, 5, "by eye"),
    Clip("car-park-top-down.mp4", 2, 216, 2, 2, "by eye"),
)


def frames(path: Path) -> Iterator[Frame]:
    """Give the analysed frames of a clip."""
    with open_source(str(path), Playing(realtime=False, analysed_fps=ANALYSED_FPS)) as source:
        yield from source


def crossings(paths: list[list[PathPoint]], clip: Clip) -> tuple[int, int]:
    """Count how often paths cross the line backward (coordinate falls) and forward."""
    steps = [(a[clip.axis], b[clip.axis]) for path in paths for a, b in pairwise(path)]
    return sum(a > clip.at >= b for a, b in steps), sum(a < clip.at <= b for a, b in steps)


def by_passes(path: Path, detector_name: str, weights: Path | None) -> tuple[list[list[PathPoint]], float]:
    """Return the paths of all passes, and the CPU seconds of finding them, decoding left out."""
    watcher = PassWatcher(load_detector(detector_name, weights), None)
    cpu_s, ended = 0.0, []
    for frame in frames(path):
        started = time.process_time()
        ended += watcher.see(frame).ended
        cpu_s += time.process_time() - started
    return [vehicle.path for vehicle in [*ended, *watcher.finish().ended]], cpu_s


def by_naive_tracking(path: Path, weights: Path) -> tuple[list[list[PathPoint]], float]:
    """Return the same for ultralytics' own track() on every analysed frame: every id is a path."""
    model = UltralyticsDetector(weights)._model
    paths: dict[int, list[PathPoint]] = {}
    cpu_s = 0.0
    for frame in frames(path):
        started = time.process_time()
        boxes = model.track(
            frame.image, persist=True, classes=COCO_VEHICLES, verbose=False, tracker="bytetrack.yaml"
        )[0].boxes
        cpu_s += time.process_time() - started
        numbers = [] if boxes.id is None else boxes.id.int().tolist()
        for number, (x1, _, x2, y2) in zip(numbers, boxes.xyxy.tolist(), strict=False):
            paths.setdefault(number, []).append((frame.t_s, (x1 + x2) / 2, y2))
    return list(paths.values()), cpu_s


def measured(clip: Clip, paths: list[list[PathPoint]], cpu_s: float) -> dict[str, object]:
    """Return one row of the report."""
    backward, forward = crossings(paths, clip)
    return {"passes": len(paths), "backward": backward, "forward": forward, "cpu_s": round(cpu_s, 2)}


def report(folder: Path, weights: Path) -> list[dict[str, object]]:
    """Run every clip through the three ways."""
    rows = []
    for clip in CLIPS:
        path = folder / clip.name
        naive, naive_s = by_naive_tracking(path, weights)
        network, network_s = by_passes(path, "ultralytics", weights)
        motion, motion_s = by_passes(path, "motion", None)
        rows.append(
            {
                "clip": clip.name,
                "truth": {"backward": clip.backward, "forward": clip.forward, "note": clip.reference},
                "naive_track": measured(clip, naive, naive_s),
                "ultralytics": measured(clip, network, network_s),
                "motion": measured(clip, motion, motion_s),
                "cpu_ratio_ultralytics": round(network_s / naive_s, 2),
                "cpu_ratio_motion": round(motion_s / naive_s, 3),
            }
        )
    return rows


def main() -> int:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=Path, default=Path("../shared/data/traffic"))
    parser.add_argument("--weights", type=Path, default=Path("../shared/models/yolo26n_int8_openvino_model"))
    parser.add_argument("--json", action="store_true", help="one JSON document (the default is indented)")
    options = parser.parse_args()
    rows = report(options.clips, options.weights)
    print(json.dumps({"analysed_fps": ANALYSED_FPS, "clips": rows}, indent=None if options.json else 2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
