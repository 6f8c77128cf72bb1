"""`watchgrid watch SOURCE`: prints the vehicle passes of one source as they end. Needs no database."""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from config.settings import load_settings
from detection.detectors import Detector, load_detectors
from detection.looks import LookSettings
from detection.passes import PassSettings, PassWatcher
from detection.vocabulary import VehiclePass
from ingest.sources import NoFrames, Playing, open_source

ANALYSED_FPS = 12.5
"""Enough to follow a fast vehicle close by; more finds no more passes."""

THOROUGH = PassSettings(looks=LookSettings(most=8, per_second=50.0), sparing=False)
"""A file can wait: look at every picture and at plates more often than a live camera may."""


def main(argv: Sequence[str]) -> int:
    """Print one line per pass; return 0, 1 where the source gives no frames, 2 for a wrong argument."""
    options = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    logging.getLogger("RapidOCR").setLevel(logging.WARNING)
    try:
        detector = _detector(options)
    except (FileNotFoundError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    watcher = PassWatcher(detector, None if options.no_plates else _plate_reader(), THOROUGH)
    return _watch(options, watcher)


def as_json(vehicle: VehiclePass) -> dict[str, object]:
    """Return a pass as `--json` prints it; x and y of the path in source pixels, times in seconds."""
    return {
        "track": vehicle.track,
        "class": vehicle.vehicle_class,
        "first_seen_s": round(vehicle.first_seen_s, 3),
        "last_seen_s": round(vehicle.last_seen_s, 3),
        "confidence": round(vehicle.confidence, 3),
        "colour": vehicle.colour,
        "direction": vehicle.direction,
        "plate": vehicle.plate.text if vehicle.plate else None,
        "plate_confidence": round(vehicle.plate.confidence, 3) if vehicle.plate else None,
        "plate_kind": vehicle.plate.kind if vehicle.plate else None,
        "path": [[round(t_s, 3), round(x, 1), round(y, 1)] for t_s, x, y in vehicle.path],
    }


def as_sentence(vehicle: VehiclePass) -> str:
    """Return a pass as people read it."""
    what = " ".join(filter(None, (vehicle.colour, vehicle.vehicle_class)))
    way = f", {vehicle.direction}" if vehicle.direction else ""
    plate = f", plate {vehicle.plate.text} ({vehicle.plate.confidence:.0%})" if vehicle.plate else ""
    return f"{vehicle.first_seen_s:8.1f} s to {vehicle.last_seen_s:.1f} s: {what}{way}{plate}"


def _watch(options: argparse.Namespace, watcher: PassWatcher) -> int:
    exit_code = 0
    try:
        with open_source(options.source, Playing(realtime=False, analysed_fps=options.fps)) as source:
            for frame in source:
                _print(watcher.see(frame).ended, options.json)
    except NoFrames as error:
        print(error, file=sys.stderr)
        exit_code = 1
    except KeyboardInterrupt:
        exit_code = 130
    _print(watcher.finish().ended, options.json)
    return exit_code


def _print(ended: list[VehiclePass], as_lines_of_json: bool) -> None:
    for vehicle in ended:
        line = json.dumps(as_json(vehicle), ensure_ascii=False) if as_lines_of_json else as_sentence(vehicle)
        print(line, flush=True)


def _detector(options: argparse.Namespace) -> Detector:
    settings = load_settings()
    weights = options.weights or settings.detector_weights
    name = options.detector or settings.detector
    return load_detectors(name, weights, settings.data_dir)(options.source)


def _plate_reader():  # type: ignore[no-untyped-def]
    from detection.plates import load_plate_reader  # loads networks: only where plates are wanted

    return load_plate_reader().read_vehicle


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="watchgrid watch", description="Print the vehicle passes of one source."
    )
    parser.add_argument(
        "source", help="rtsp://…, http://…, synthetic://…, a video file or a folder of pictures"
    )
    parser.add_argument("--json", action="store_true", help="one JSON line per pass")
    parser.add_argument("--detector", choices=("auto", "ultralytics", "motion"), help="default: DETECTOR")
    parser.add_argument("--weights", type=Path, help="weights for ultralytics; default: DETECTOR_WEIGHTS")
    parser.add_argument("--fps", type=float, default=ANALYSED_FPS, help="frames analysed per second")
    parser.add_argument("--no-plates", action="store_true", help="leave plates alone")
    return parser
