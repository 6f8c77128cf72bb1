"""Plates read right and with honest confidence: our reader beside each of its networks alone and RapidOCR.

`python -m tests.benchmarks.plates --json [--images FOLDER] [--limit N] [--picture FILE.svg]`. All on one
thread, in the same run. Photographs are named after their plate (`--as-named` keeps two wrong names).
"""

import argparse
import json
import logging
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from rapidocr import RapidOCR

from detection.ocr import load_text_networks
from detection.plate_looks import Networks
from detection.plate_network import load_plate_network
from detection.plates import PlateReader
from detection.vocabulary import PlateRead
from tests.benchmarks.plate_pictures import (
    PHOTOGRAPHS,
    Pictured,
    photographs,
    rendered_plates,
    road_crops,
    vehicle_crops,
)
from tests.benchmarks.reliability import Reliability, draw_reliability, reliability

SEED = 20
RENDERED, ON_EACH_ROAD = 240, 16
_SAME_PLATE = 2
"""A read counts as the pictured plate, right or wrong, with at most so many characters wrong."""

Read = Callable[[np.ndarray], list[PlateRead]]


@dataclass(frozen=True, slots=True)
class Score:
    """How one reader did on one set. Shares are of the pictures; a picture counts when any read is the truth.

    wrong: reads of the pictured plate that say something else; missed: no read of it at all. by_stratum:
    exact and without the province per sort of picture. cpu_ms: median, mean and 95th percentile a picture.
    """

    pictures: int
    exact: float
    without_province: float
    wrong: float
    cpu_ms: dict[str, float]
    by_stratum: dict[str, tuple[int, float, float]]
    misses: list[tuple[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Reading:
    """One picture read: its truth, what was read, and the time it took."""

    pictured: Pictured
    reads: list[PlateRead]
    cpu_s: float


def main() -> None:
    """Measure and print tables, or one JSON object."""
    arguments = _arguments()
    cv2.setNumThreads(1)
    text = load_text_networks(1)
    own = load_plate_network(1)
    readers = {
        "watchgrid": PlateReader(Networks(text, own)),
        "own_network_alone": PlateReader(Networks(text, own, hears_text=False)),
        "text_network_alone": PlateReader(Networks(text)),
    }
    pictures = photographs(arguments.images, arguments.limit, arguments.as_named)
    readings = {name: _readings(reader.read, pictures) for name, reader in readers.items()}
    sets = {"photographs": {**readings, "plain_rapidocr": _readings(_plain_rapidocr(), pictures)}}
    crops = [
        crop
        for reading in readings["watchgrid"]
        for box in [_found(reading)]
        if box is not None
        for crop in vehicle_crops(reading.pictured, box)
    ]
    share = min(1.0, len(pictures) / 86)
    roads = list(road_crops(max(1, round(ON_EACH_ROAD * share)), SEED))
    rendered = list(rendered_plates(max(10, round(RENDERED * share)), SEED))
    for name, made in {"vehicle_crops": crops, "road_crops": roads, "rendered_plates": rendered}.items():
        sets[name] = {who: _readings(reader.read_vehicle, made) for who, reader in readers.items()}
    scores = {name: {who: _score(read) for who, read in by.items()} for name, by in sets.items()}
    curves = {name: _reliabilities(by["watchgrid"]) for name, by in sets.items()}
    if arguments.picture:
        draw_reliability(curves, arguments.picture)
    report = {
        "scores": {name: {who: asdict(one) for who, one in by.items()} for name, by in scores.items()},
        "reliability": {name: {what: asdict(one) for what, one in by.items()} for name, by in curves.items()},
    }
    print(json.dumps(report, ensure_ascii=False) if arguments.json else _as_text(scores, curves))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--images", type=Path, default=PHOTOGRAPHS)
    parser.add_argument("--limit", type=int, default=None, help="the first N photographs; less of all else")
    parser.add_argument("--as-named", action="store_true", help="believe every file name")
    parser.add_argument("--picture", type=Path, default=None, help="write the reliability diagram there")
    arguments = parser.parse_args()
    if not arguments.images.is_dir():
        parser.error(f"{arguments.images} is no folder; name one with --images")
    return arguments


def _plain_rapidocr() -> Read:
    """The baseline: every text RapidOCR finds in the picture, separators removed."""
    engine = RapidOCR(params={"EngineConfig.onnxruntime.intra_op_num_threads": 1})
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)

    def read(image: np.ndarray) -> list[PlateRead]:
        texts = [re.sub(r"[·•.\s-]", "", text).upper() for text in engine(image).txts or ()]
        return [PlateRead(text, 0.0, (), None, "other") for text in texts]

    return read


def _readings(read: Read, pictures: Iterable[Pictured]) -> list[Reading]:
    readings = []
    for pictured in pictures:
        begun = time.process_time()
        reads = read(pictured.image)
        readings.append(Reading(pictured, reads, time.process_time() - begun))
    return readings


def _meant(reading: Reading) -> PlateRead | None:
    """Find the read of the pictured plate: the one most like it, with at most two characters wrong."""
    alike = [(_differences(read.text, reading.pictured.truth), read) for read in reading.reads]
    close = [(wrong, read) for wrong, read in alike if wrong <= _SAME_PLATE]
    return min(close, key=lambda pair: pair[0])[1] if close else None


def _differences(text: str, truth: str) -> int:
    return abs(len(text) - len(truth)) + sum(a != b for a, b in zip(text, truth, strict=False))


def _found(reading: Reading) -> tuple[float, float, float, float] | None:
    read = _meant(reading)
    return read.box if read else None


def _score(readings: list[Reading]) -> Score:
    texts = [(one.pictured.truth, [read.text for read in one.reads]) for one in readings]
    exact = [truth in read for truth, read in texts]
    tails = [truth[1:] in [text[1:] for text in read] for truth, read in texts]
    meant = [_meant(one) for one in readings]
    wrong = [read is not None and not hit for read, hit in zip(meant, exact, strict=True)]
    strata = {one.pictured.stratum: np.array([]) for one in readings}
    for stratum in strata:
        chosen = [at for at, one in enumerate(readings) if one.pictured.stratum == stratum]
        hits, rest = ([kept[at] for at in chosen] for kept in (exact, tails))
        strata[stratum] = (len(chosen), _share(hits), _share(rest))
    times = np.array([one.cpu_s for one in readings]) * 1000
    return Score(
        pictures=len(readings),
        exact=_share(exact),
        without_province=_share(tails),
        wrong=_share(wrong),
        cpu_ms={
            "median": round(float(np.median(times)), 1),
            "mean": round(float(times.mean()), 1),
            "p95": round(float(np.percentile(times, 95)), 1),
        },
        by_stratum=strata,
        misses=[pair for pair, hit in zip(texts, exact, strict=True) if not hit],
    )


def _share(hits: Iterable[bool]) -> float:
    flags = list(hits)
    return round(sum(flags) / max(1, len(flags)), 4)


def _reliabilities(readings: list[Reading]) -> dict[str, Reliability]:
    """Compare confidence with truth, for whole plates and for the province, of the pictured plates found."""
    meant = [(one.pictured.truth, read) for one in readings if (read := _meant(one)) is not None]
    provinces = [
        (read.characters[0].confidence, read.characters[0].char == truth[0])
        for truth, read in meant
        if read.characters and not truth[0].isascii()
    ]
    return {
        "whole_plate": reliability([(read.confidence, read.text == truth) for truth, read in meant]),
        "province": reliability(provinces),
    }


def _as_text(scores: dict[str, dict[str, Score]], curves: dict[str, dict[str, Reliability]]) -> str:
    lines = []
    for name, by in scores.items():
        lines += [
            f"{name:16} {who:20} {one.pictures:4} pictures  {one.exact:6.1%} exact  "
            f"{one.without_province:6.1%} without the province  {one.wrong:5.1%} wrong  CPU ms {one.cpu_ms}"
            for who, one in by.items()
        ]
        strata = by["watchgrid"].by_stratum
        lines += [f"    {stratum}: {figures}" for stratum, figures in strata.items()]
    for name, by in curves.items():
        for what, one in by.items():
            lines.append(f"{name} {what}: ECE {one.calibration_error:.3f} over {one.reads} reads")
            lines += [
                f"    said {said:.2f}  right {right:.2f}  of {count}" for said, right, count in one.bins
            ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
