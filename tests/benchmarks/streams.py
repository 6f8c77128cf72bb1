"""What a stream costs: decoding alone, the naive ultralytics track() loop, Watchgrid; all in one run.

    python -m tests.benchmarks.streams --json --picture docs/pictures/streams.svg

CPU time of the process, never the clock's: the machine may be busy. Both ways analyse five pictures a second
with the same weights and include decoding. On the road camera everything is measured twice, turn about, and
the smaller figure counts; on the other clips the naive loop is measured once.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import psutil

from detection.audits import GateFigures
from detection.detectors import Detector, load_detector
from detection.openvino_detector import OpenVinoDetector
from detection.passes import PassWatcher
from detection.picture_widths import WIDTHS_PX
from detection.ultralytics_detector import UltralyticsDetector
from detection.vocabulary import PathPoint
from ingest.lookback import Lookback
from ingest.source_vocabulary import Moment
from ingest.sources import Playing, open_source
from ingest.turns import Turns
from tests.benchmarks.stream_clips import Footage, footage

ANALYSED_FPS = 5.0
COCO_VEHICLES = [2, 3, 5, 7]
STREAMS = (1, 2, 4, 8, 16)
TOGETHER_S = 20.0
OVERLOADED_STREAMS = 96
OVERLOADED_S = 40.0
OVERLOADED_BEFORE_S = 5.0
OVERLOADED_APART_S = 0.1

Paths = list[list[PathPoint]]


@dataclass(frozen=True, slots=True)
class Run:
    """One way through one clip. cpu_s: of the whole clip. paths: of what it followed."""

    cpu_s: float
    paths: Paths
    seconds: float
    gate: GateFigures | None = None


def decoded(clip: Footage) -> Run:
    """Decode every picture and do nothing with it."""
    started = time.process_time()
    last_s = 0.0
    with av.open(str(clip.path)) as container:
        container.streams.video[0].thread_type = "NONE"
        for picture in container.decode(video=0):
            last_s = picture.time or 0.0
    return Run(time.process_time() - started, [], last_s)


def naive(model: Any, clip: Footage, analysed_fps: float = ANALYSED_FPS) -> Run:
    """Decode every picture, give some to ultralytics' own track(): every id is a path."""
    paths: dict[int, list[PathPoint]] = {}
    del model.predictor.trackers  # a clip is a new stream
    started = time.process_time()
    with av.open(str(clip.path)) as container:
        container.streams.video[0].thread_type = "NONE"
        due_s = t_s = 0.0
        for picture in container.decode(video=0):
            t_s = picture.time or 0.0
            if t_s < due_s - 1e-6:
                continue
            due_s = max(due_s + 1 / analysed_fps, t_s)
            boxes = model.track(
                picture.to_ndarray(format="bgr24"),
                persist=True,
                classes=COCO_VEHICLES,
                verbose=False,
                tracker="bytetrack.yaml",
            )[0].boxes
            numbers = [] if boxes.id is None else boxes.id.int().tolist()
            for number, (x1, _, x2, y2) in zip(numbers, boxes.xyxy.tolist(), strict=False):
                paths.setdefault(number, []).append((t_s, (x1 + x2) / 2, y2))
    return Run(time.process_time() - started, list(paths.values()), t_s)


def watched(detector: Detector, clip: Footage, until_s: float = 1e9, main: Path | None = None) -> Run:
    """Go through a clip, or its beginning, as an ingest worker does, without plates.

    main: the camera's larger stream, read beside it and kept undecoded for whoever asks.
    """
    watcher = PassWatcher(detector, None)
    ended, t_s = [], 0.0
    started = time.process_time()
    beside = kept(main) if main else None
    with open_source(str(clip.path), Playing(realtime=False, analysed_fps=ANALYSED_FPS)) as source:
        for frame in source:
            ended += watcher.see(frame).ended
            t_s = frame.t_s
            while beside and next(beside, t_s) < t_s:
                pass
            if t_s >= until_s:
                break
    ended += watcher.finish().ended
    return Run(time.process_time() - started, [vehicle.path for vehicle in ended], t_s, watcher.gate)


def kept(main: Path) -> Iterator[float]:
    """Read a main stream packet by packet as ingest does, keep its last seconds; give each packet's time."""
    lookback = Lookback()
    with av.open(str(main)) as container:
        stream = container.streams.video[0]
        lookback.restart(stream.codec_context.name, bytes(stream.codec_context.extradata or b""))
        for packet in container.demux(stream):
            if packet.size:
                t_s = float((packet.dts or 0) * packet.time_base)
                lookback.add(packet, Moment(None, t_s))
                yield t_s


def crossings(run: Run, clip: Footage, way: str) -> int | None:
    """Count how often paths cross the clip's line the way its vehicles go."""
    if clip.line is None:
        return None
    paths = run.paths
    with av.open(str(clip.smaller if way.endswith("sub_stream") else clip.path)) as container:
        at = clip.line * container.streams.video[0].height
    steps = [(a[2], b[2]) for path in paths for a, b in pairwise(path)]
    return sum(a > at >= b if clip.upwards else a < at <= b for a, b in steps)


def measured(clip: Footage, network: Detector, motion: Detector, model: Any, rounds: int) -> dict[str, Any]:
    """Return one clip's row: CPU seconds a second of footage, crossings, and the ratios."""
    ways: dict[str, Callable[[], Run]] = {
        "decoding": lambda: decoded(clip),
        "naive": lambda: naive(model, clip),
        "watchgrid": lambda: watched(network, clip),
        "watchgrid_motion": lambda: watched(motion, clip),
    }
    if clip.smaller is not None:
        sub = replace(clip, path=clip.smaller)
        ways["watchgrid_sub_stream"] = lambda: watched(network, sub, main=clip.path)
    runs: dict[str, list[Run]] = {name: [] for name in ways}
    for turn in range(rounds):
        for name, run in ways.items():
            if turn == 0 or name != "naive" or clip.name == "road":
                runs[name].append(run())
                _say(f"{clip.name}, {name}: {runs[name][-1].cpu_s / runs[name][-1].seconds:.4f} cores")
    cost = {name: min(run.cpu_s / run.seconds for run in found) for name, found in runs.items()}
    gate = runs["watchgrid"][0].gate
    often = naive(model, clip, 12.5) if clip.name == "road" else None
    return {
        "clip": clip.name,
        "about": clip.about,
        "busy": clip.busy,
        "cores_per_stream": {name: round(value, 4) for name, value in cost.items()},
        "streams_per_core": {name: round(1 / value, 1) for name, value in cost.items()},
        "streams_per_core_over_naive": round(cost["naive"] / cost["watchgrid"], 2),
        "motion_streams_per_core_over_naive": round(cost["naive"] / cost["watchgrid_motion"], 2),
        "cpu_over_decoding": round(cost["watchgrid"] / cost["decoding"], 2),
        "motion_cpu_over_decoding": round(cost["watchgrid_motion"] / cost["decoding"], 2),
        "crossings": {
            name: crossings(found[0], clip, name) for name, found in runs.items() if name != "decoding"
        }
        | ({"naive_at_12.5_fps": crossings(often, clip, "naive")} if often else {}),
        "paths": {name: len(found[0].paths) for name, found in runs.items() if name != "decoding"},
        "gate": {name: getattr(gate, name) for name in ("looked", "gated", "audited", "missed")},
    }


def together(detector: Detector, clip: Footage, streams: int) -> dict[str, float]:
    """Run the beginning of one clip so often at once, in threads of this process; CPU and memory."""
    _say(f"{streams} streams together")
    process, highest = psutil.Process(), 0
    threads = [
        threading.Thread(target=watched, args=(detector, clip, TOGETHER_S), daemon=True)
        for _ in range(streams)
    ]
    started, began_s = time.process_time(), time.monotonic()
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        highest = max(highest, process.memory_info().rss)
        threads[0].join(0.05)
        time.sleep(0.05)
    cpu_s, wall_s = time.process_time() - started, time.monotonic() - began_s
    return {
        "streams": streams,
        "cores_per_stream": round(cpu_s / streams / TOGETHER_S, 4),
        "cores_for_all": round(cpu_s / TOGETHER_S, 4),
        "seconds_of_footage_per_second": round(streams * TOGETHER_S / wall_s, 1),
        "rss_mb": round(highest / 1e6, 1),
    }


def overloaded(detector: Detector, clip: Footage, streams: int, seconds: float) -> dict[str, float]:
    """Play more streams in real time than the machine can watch; how many pictures a second each gets.

    They begin one after another, as cameras do: else all key frames would come in the same moment.
    """
    stop, counts = threading.Event(), [0] * streams

    turns = Turns()

    def camera(number: int) -> None:
        stop.wait(number * OVERLOADED_APART_S)
        watcher = PassWatcher(detector, None)
        playing = Playing(realtime=True, loop=True, analysed_fps=ANALYSED_FPS, stop=stop)
        with open_source(str(clip.path), playing) as source:
            for frame in source:
                with turns.taken():
                    watcher.see(frame)
                counts[number] += 1

    threads = [threading.Thread(target=camera, args=(number,), daemon=True) for number in range(streams)]
    for thread in threads:
        thread.start()
    time.sleep(streams * OVERLOADED_APART_S + OVERLOADED_BEFORE_S)
    before, began_s, cpu_s = list(counts), time.monotonic(), time.process_time()
    time.sleep(seconds)
    passed_s, cpu_s = time.monotonic() - began_s, time.process_time() - cpu_s
    rates = (np.array(counts) - before) / passed_s
    stop.set()
    for thread in threads:
        thread.join(20.0)
    return {
        "streams": streams,
        "wanted_fps": ANALYSED_FPS,
        "cores_had": round(cpu_s / passed_s, 2),
        "least_fps": round(float(rates.min()), 2),
        "tenth_fps": round(float(np.percentile(rates, 10)), 2),
        "mean_fps": round(float(rates.mean()), 2),
        "most_fps": round(float(rates.max()), 2),
        "evenness": round(float(rates.min() / max(rates.max(), 1e-9)), 3),
    }


def compiled_ahead(detector: OpenVinoDetector, clips: list[Footage]) -> float:
    """Compile all that the clips can ask for, as happens once in a worker's life; return its MB."""
    network, process = detector._network, psutil.Process()
    before = process.memory_info().rss
    for clip in clips:
        with av.open(str(clip.path)) as container:
            shape = container.streams.video[0].height / container.streams.video[0].width
        for width in WIDTHS_PX:
            for at_once in (1, 2, 4) if clip is clips[0] else (1,):
                network.compile_for((at_once, *network.input_size(round(shape * width), width)))
    return (process.memory_info().rss - before) / 1e6


def report(given: Path, weights: Path, quick: bool) -> dict[str, Any]:
    """Measure everything."""
    model = UltralyticsDetector(weights)._model
    model.track(np.zeros((360, 640, 3), np.uint8), persist=True, verbose=False, tracker="bytetrack.yaml")
    network, motion = OpenVinoDetector(weights), load_detector("motion")
    with tempfile.TemporaryDirectory() as folder:
        clips = footage(given, Path(folder), quick)
        networks_mb = compiled_ahead(network, clips)
        rows = [measured(clip, network, motion, model, 1 if quick else 2) for clip in clips]
        road = clips[0]
        counts = STREAMS[:3] if quick else STREAMS
        several = [together(network, road, streams) for streams in counts]
        strained = overloaded(network, road, OVERLOADED_STREAMS, 8.0 if quick else OVERLOADED_S)
    slope = np.polyfit([row["streams"] for row in several], [row["rss_mb"] for row in several], 1)[0]
    return {
        "analysed_fps": ANALYSED_FPS,
        "cores": psutil.cpu_count(),
        "load": round(psutil.getloadavg()[0], 1),
        "clips": rows,
        "several": several,
        "together_over_naive": round(
            rows[0]["cores_per_stream"]["naive"] / several[-1]["cores_per_stream"], 2
        ),
        "networks_mb": round(networks_mb, 1),
        "mb_per_stream": round(float(slope), 1),
        "overload": strained,
    }


def draw(found: dict[str, Any], target: Path) -> None:
    """Draw the cores that so many streams of the road camera need, as SVG."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "watchgrid"
    import matplotlib.pyplot as plt

    cost = found["clips"][0]["cores_per_stream"]
    streams = [row["streams"] for row in found["several"]]
    figure, axes = plt.subplots(figsize=(7, 4.2))
    axes.plot(
        streams,
        [row["cores_for_all"] for row in found["several"]],
        "o-",
        label="Watchgrid, measured together",
    )
    axes.plot(streams, [cost["naive"] * n for n in streams], "s--", label="naive track() loop, one measured")
    axes.plot(streams, [cost["decoding"] * n for n in streams], ":", label="decoding alone, one measured")
    axes.set_xlabel("streams of the road camera (640x360, 25 fps, 5 pictures a second analysed)")
    axes.set_ylabel("cores kept busy")
    alone = found["clips"][0]["streams_per_core_over_naive"]
    many = found["together_over_naive"]
    axes.set_title(f"{alone:.1f} times the streams per core, {many:.1f} times where many run together")
    axes.grid(alpha=0.3)
    axes.legend()
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)


def _say(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)


def main() -> int:
    """Print the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=Path, default=Path("../shared/data/traffic"))
    parser.add_argument("--weights", type=Path, default=Path("../shared/models/yolo26n_int8_openvino_model"))
    parser.add_argument("--picture", type=Path, help="write an SVG of cores against streams here")
    parser.add_argument("--quick", action="store_true", help="two clips, one round, fewer streams")
    parser.add_argument("--json", action="store_true", help="one JSON document (the default is indented)")
    options = parser.parse_args()
    cv2.setNumThreads(1)  # as the ingest worker does
    found = report(options.clips, options.weights, options.quick)
    if options.picture:
        draw(found, options.picture)
    print(json.dumps(found, indent=None if options.json else 2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
