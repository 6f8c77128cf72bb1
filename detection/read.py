"""The command `watchgrid read`: plates of still pictures, for people or as JSON lines. Holds no recognition
itself."""

import argparse
import json
import sys
from pathlib import Path

import cv2
import numpy as np

from detection.ocr import ReaderModelsMissing
from detection.plates import PlateReader, load_plate_reader
from detection.vocabulary import PlateRead


class UnreadableImage(ValueError):
    """A file is missing, or is no picture."""


def main(argv: list[str]) -> int:
    """Read each image of the command line; return 1 if any could not be read, else 0."""
    parser = argparse.ArgumentParser(
        prog="watchgrid read", description="Read the licence plates in pictures."
    )
    parser.add_argument("images", nargs="+", metavar="IMAGE", type=Path)
    parser.add_argument("--json", action="store_true", help="one JSON line per image")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads to use (default 2)")
    arguments = parser.parse_args(argv)
    try:
        reader = load_plate_reader(threads=arguments.threads)
    except ReaderModelsMissing as problem:
        print(f"watchgrid read: {problem}", file=sys.stderr)
        return 2
    reports = (report(reader, path) for path in arguments.images)
    return max([_print(entry, as_json=arguments.json) for entry in reports])


def report(reader: PlateReader, path: Path) -> dict[str, object]:
    """Read one file into what --json prints; a file that cannot be read yields an "error" sentence."""
    try:
        plates = reader.read(load_image(path))
    except UnreadableImage as problem:
        return {"image": str(path), "plates": [], "error": str(problem)}
    return {"image": str(path), "plates": [_as_json(plate) for plate in plates]}


def load_image(path: Path) -> np.ndarray:
    """Load a picture as H x W x 3 uint8 BGR, whatever characters its name holds. Raises UnreadableImage."""
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise UnreadableImage(f"{path} cannot be opened: {problem.strerror or problem}.") from problem
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR) if content else None
    except cv2.error as problem:
        raise UnreadableImage(f"{path} is too large a picture, or it is damaged.") from problem
    if image is None:
        raise UnreadableImage(f"{path} is not a picture, or it is damaged.")
    return image


def _as_json(plate: PlateRead) -> dict[str, object]:
    return {
        "text": plate.text,
        "confidence": round(plate.confidence, 4),
        "characters": [{"char": c.char, "confidence": round(c.confidence, 4)} for c in plate.characters],
        "box": [round(side, 1) for side in plate.box] if plate.box else None,
        "kind": plate.kind,
    }


def _print(entry: dict[str, object], *, as_json: bool) -> int:
    """Print one report at once and return the exit code it calls for."""
    if as_json:
        print(json.dumps(entry, ensure_ascii=False), flush=True)
    elif "error" in entry:
        print(entry["error"], file=sys.stderr, flush=True)
    else:
        plates = entry["plates"]
        assert isinstance(plates, list)
        found = [f"{plate['text']}  {plate['kind']}  {plate['confidence']:.2f}" for plate in plates]
        print(f"{entry['image']}: " + ("; ".join(found) or "no plate"), flush=True)
    return 1 if "error" in entry else 0
