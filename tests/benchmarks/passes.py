"""Vehicle passes: line crossings on real clips beside the naive ultralytics track() loop, and on rendered
scenes, where the truth is known, tracking beside ByteTrack and what is said of each pass.

    python -m tests.benchmarks.passes --json --clips ../shared/data/traffic --weights ../shared/models/NAME
    python -m tests.benchmarks.passes --quick    (fewer rates, scenes and seconds)
    python -m tests.benchmarks.passes --picture docs/pictures/passes.svg

The truth was counted by eye on slit pictures (one row or column of every frame, side by side); it includes
motorcycles, which YOLO26n does not find, and vehicles that cross in the first half second.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from typing import Any

from detection.detectors import RENDERED_WEIGHTS, Detector, load_detector
from detection.passes import PassWatcher
from detection.ultralytics_detector import UltralyticsDetector
from detection.vocabulary import Frame, PathPoint
from ingest.sources import Playing, open_source
from tests.benchmarks.rendered import SCENES
from tests.benchmarks.rendered_passes import on_rendered

RATES = (5.0, 12.5)
"""Analysed frames a second: of a live camera, and of `watchgrid watch`."""

RENDERED_FPS = 5.0
SECONDS, QUICK_SECONDS = 80.0, 20.0
QUICK_SCENES = ("day", "night")
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


def frames(path: Path, fps: float) -> Iterator[Frame]:
    """Give the analysed frames of a clip."""
    with open_source(str(path), Playing(realtime=False, analysed_fps=fps)) as source:
        yield from source


def crossings(paths: list[list[PathPoint]], clip: Clip) -> tuple[int, int]:
    """Count how often paths cross the line backward (coordinate falls) and forward."""
    steps = [(a[clip.axis], b[clip.axis]) for path in paths for a, b in pairwise(path)]
    return sum(a > clip.at >= b for a, b in steps), sum(a < clip.at <= b for a, b in steps)


def by_passes(path: Path, fps: float, detector: Detector) -> tuple[list[list[PathPoint]], float]:
    """Return the paths of all passes, and the CPU seconds of finding them, decoding left out."""
    watcher = PassWatcher(detector, None)
    cpu_s, ended = 0.0, []
    for frame in frames(path, fps):
        started = time.process_time()
        ended += watcher.see(frame).ended
        cpu_s += time.process_time() - started
    return [vehicle.path for vehicle in [*ended, *watcher.finish().ended]], cpu_s


def by_naive_tracking(path: Path, fps: float, weights: Path) -> tuple[list[list[PathPoint]], float]:
    """Return the same for ultralytics' own track() on every analysed frame: every id is a path."""
    model = UltralyticsDetector(weights)._model
    paths: dict[int, list[PathPoint]] = {}
    cpu_s = 0.0
    for frame in frames(path, fps):
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


def on_clips(folder: Path, weights: Path, rates: Sequence[float]) -> list[dict[str, object]]:
    """Run every clip through the three ways, at every rate."""
    rows = []
    for fps, clip in product(rates, CLIPS):
        path = folder / clip.name
        naive, naive_s = by_naive_tracking(path, fps, weights)
        network, network_s = by_passes(path, fps, load_detector("ultralytics", weights))
        motion, motion_s = by_passes(path, fps, load_detector("motion"))
        rows.append(
            {
                "clip": clip.name,
                "analysed_fps": fps,
                "truth": {"backward": clip.backward, "forward": clip.forward, "note": clip.reference},
                "naive_track": measured(clip, naive, naive_s),
                "ultralytics": measured(clip, network, network_s),
                "motion": measured(clip, motion, motion_s),
                "cpu_ratio_ultralytics": round(network_s / naive_s, 2),
                "cpu_ratio_motion": round(motion_s / naive_s, 3),
            }
        )
    return rows


def on_scenes(quick: bool) -> list[dict[str, object]]:
    """Run the rendered scenes through the weights that ship for them, and through motion."""
    scenes = [scene for scene in SCENES if not quick or scene.name in QUICK_SCENES]
    seconds = QUICK_SECONDS if quick else SECONDS
    detectors = (load_detector("ultralytics", RENDERED_WEIGHTS), load_detector("motion"))
    return [on_rendered(scenes, detector, RENDERED_FPS, seconds) for detector in detectors]


def draw(rendered: list[dict[str, Any]], picture: Path) -> None:
    """Draw HOTA by scene, ours beside ByteTrack, for each detector."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, panes = pyplot.subplots(1, len(rendered), figsize=(9, 3.4), sharey=True)
    for pane, found in zip(panes, rendered, strict=True):
        names = [row["scene"] for row in found["scenes"]]
        for shift, whose in ((-0.2, "ours"), (0.2, "byte_track")):
            heights = [row[whose]["hota"] for row in found["scenes"]]
            pane.bar([at + shift for at in range(len(names))], heights, 0.38, label=whose.replace("_", " "))
        pane.set_xticks(range(len(names)), names, rotation=45, ha="right")
        pane.set_title(f"HOTA, {found['detector']}")
    panes[0].set_ylim(0, 1)
    panes[-1].legend(loc="upper right")
    figure.tight_layout()
    figure.savefig(picture, metadata={"Date": None})


def main() -> int:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=Path, default=Path("../shared/data/traffic"))
    parser.add_argument("--weights", type=Path, default=Path("../shared/models/yolo26n_int8_openvino_model"))
    parser.add_argument("--json", action="store_true", help="one JSON document (the default is indented)")
    parser.add_argument("--quick", action="store_true", help="one rate, two scenes, twenty seconds")
    parser.add_argument("--rendered-only", action="store_true", help="leave the clips alone")
    parser.add_argument("--picture", type=Path, help="draw the rendered scenes' HOTA into this file")
    options = parser.parse_args()
    rates = RATES[:1] if options.quick else RATES
    clips = [] if options.rendered_only else on_clips(options.clips, options.weights, rates)
    rendered = on_scenes(options.quick)
    if options.picture:
        draw(rendered, options.picture)
    print(json.dumps({"clips": clips, "rendered": rendered}, indent=None if options.json else 2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
