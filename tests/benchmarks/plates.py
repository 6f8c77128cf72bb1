"""Plates read right, on photographs named after their plate, beside plain RapidOCR over the whole picture.

`python -m tests.benchmarks.plates --json [--images FOLDER] [--limit N]`. Both on one thread, in the same run.
"""

import argparse
import json
import logging
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rapidocr import RapidOCR

from detection.plates import load_plate_reader
from detection.read import load_image

PHOTOGRAPHS = Path(__file__).resolve().parents[3] / "shared" / "data" / "plates-cn"
PICTURES = {".jpg", ".jpeg", ".png", ".bmp"}
BINS = 10

Read = Callable[[np.ndarray], list[tuple[str, float | None]]]
"""Takes a picture, gives the texts found in it, each with its confidence or None."""


@dataclass(frozen=True, slots=True)
class Score:
    """How one reader did. Shares are of the pictures; a picture counts when any text in it is the truth.

    calibration_error: expected calibration error over all plates out of pictures with one plate, or None.
    """

    exact: float
    without_province: float
    cpu_ms_per_image: float
    wall_ms_per_image: float
    calibration_error: float | None
    wrong: list[tuple[str, list[str]]]


def main() -> None:
    """Measure both readers and print a line each, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--images", type=Path, default=PHOTOGRAPHS)
    parser.add_argument("--limit", type=int, default=None, help="only the first N pictures")
    arguments = parser.parse_args()
    if not arguments.images.is_dir():
        parser.error(f"{arguments.images} is no folder; name one with --images")
    paths = sorted(path for path in arguments.images.iterdir() if path.suffix.lower() in PICTURES)
    paths = paths[: arguments.limit]
    scores = {"watchgrid": _score(_watchgrid(), paths), "plain_rapidocr": _score(_plain_rapidocr(), paths)}
    report = {"images": len(paths), **{name: asdict(score) for name, score in scores.items()}}
    print(json.dumps(report, ensure_ascii=False) if arguments.json else _as_text(scores))


def _watchgrid() -> Read:
    reader = load_plate_reader(threads=1)
    return lambda image: [(plate.text, plate.confidence) for plate in reader.read(image)]


def _plain_rapidocr() -> Read:
    """The baseline: every text RapidOCR finds in the picture, separators removed."""
    engine = RapidOCR(params={"EngineConfig.onnxruntime.intra_op_num_threads": 1})
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    return lambda image: [(re.sub(r"[·•.\s-]", "", text).upper(), None) for text in engine(image).txts or ()]


def _score(read: Read, paths: list[Path]) -> Score:
    images = [load_image(path) for path in paths]
    read(images[0])
    cpu, wall = time.process_time(), time.perf_counter()
    found = [read(image) for image in images]
    cpu_s, wall_s = time.process_time() - cpu, time.perf_counter() - wall
    truths = [path.stem for path in paths]
    texts = [[text for text, _ in reads] for reads in found]
    alone = [(truth, *reads[0]) for truth, reads in zip(truths, found, strict=True) if len(reads) == 1]
    return Score(
        exact=_share(truth in read_ for truth, read_ in zip(truths, texts, strict=True)),
        without_province=_share(
            truth[1:] in [text[1:] for text in read_] for truth, read_ in zip(truths, texts, strict=True)
        ),
        cpu_ms_per_image=round(1000 * cpu_s / len(paths), 1),
        wall_ms_per_image=round(1000 * wall_s / len(paths), 1),
        calibration_error=_calibration_error(
            [(c, truth == text) for truth, text, c in alone if c is not None]
        ),
        wrong=[(truth, read_) for truth, read_ in zip(truths, texts, strict=True) if truth not in read_],
    )


def _share(hits: Iterable[bool]) -> float:
    flags = list(hits)
    return round(sum(flags) / len(flags), 4)


def _calibration_error(reads: list[tuple[float, bool]]) -> float | None:
    """Weigh, over bins of confidence, how far the share of right reads is from the mean confidence."""
    if not reads:
        return None
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in reads:
        bins.setdefault(min(BINS - 1, int(confidence * BINS)), []).append((confidence, right))
    gaps = [abs(sum(c for c, _ in held) - sum(right for _, right in held)) for held in bins.values()]
    return round(sum(gaps) / len(reads), 4)


def _as_text(scores: dict[str, Score]) -> str:
    lines = [
        f"{name}: {score.exact:.1%} exact, {score.without_province:.1%} without the province, "
        f"{score.cpu_ms_per_image:.0f} ms of CPU an image"
        for name, score in scores.items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
