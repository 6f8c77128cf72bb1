"""Pictures with known plates for the plate benchmark: photographs, vehicles, rendered plates and roads.

Owns how they are made, seeded. Reads and scores nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np

from detection.read import load_image
from detection.sights import cut
from detection.training.plates.camera import drawn_conditions, photographed
from detection.training.plates.drawing import draw
from detection.training.plates.texts import drawn_wording
from detection.vocabulary import Box
from ingest.synthetic import open_synthetic
from ingest.synthetic.truth import truth_at

PHOTOGRAPHS = Path(__file__).resolve().parents[3] / "shared" / "data" / "plates-cn"
PICTURES = {".jpg", ".jpeg", ".png", ".bmp"}
MISNAMED = {"湘GR0L16": "浙GR0L16", "粤A94372": "粤A9A372"}
"""Photographs whose file name is not the plate to be seen in them."""
CROP_WIDTHS_PX = (140, 100, 70)
"""Widths of the plate in crops of photographed vehicles: near, usual and far."""
ROADS = (
    "light=day", "light=day&weather=rain", "light=day&glare=1", "light=night", "light=night&weather=rain",
)  # fmt: skip
_EPOCH = datetime(2026, 11, 23, 8, tzinfo=UTC)
_STEP_S = 2.7
_LEAST_VEHICLE_PX, _LEAST_VISIBLE = 140.0, 0.95


@dataclass(frozen=True, slots=True)
class Pictured:
    """A picture (H x W x 3 uint8 BGR) and the plate to be read in it. stratum: what sort of picture it is."""

    truth: str
    image: np.ndarray
    stratum: str


def photographs(folder: Path, limit: int | None, as_named: bool = False) -> list[Pictured]:
    """Load photographs named after their plate; by what is seen, unless as_named."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES)[:limit]
    truths = [path.stem if as_named else MISNAMED.get(path.stem, path.stem) for path in paths]
    return [Pictured(truth, load_image(path), "") for truth, path in zip(truths, paths, strict=True)]


def vehicle_crops(pictured: Pictured, plate: Box) -> Iterator[Pictured]:
    """Cut the vehicle around a plate as a detector would, small enough for the plate to be 140 to 70 px."""
    x1, y1, x2, y2 = plate
    wide, middle, level = x2 - x1, (x1 + x2) / 2, (y1 + y2) / 2
    crop = cut(pictured.image, (middle - 2 * wide, level - 2.4 * wide, middle + 2 * wide, level + 0.8 * wide))
    for width_px in CROP_WIDTHS_PX:
        scale = min(1.0, width_px / wide)
        image = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        yield Pictured(pictured.truth, image, f"{width_px} px")


def rendered_plates(count: int, seed: int) -> Iterator[Pictured]:
    """Render single plates of every kind as the training does, from one font no training font is like."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        wording = drawn_wording(rng)
        conditions = drawn_conditions(rng)
        shot = photographed(rng, draw(rng, wording, built_in=True), conditions)
        yield Pictured(wording.text, shot.image, wording.kind)


def road_crops(count: int, seed: int) -> Iterator[Pictured]:
    """Cut vehicles out of rendered roads by day and night, rain and glare; count of each."""
    for number, road in enumerate(ROADS, start=seed):
        url = f"synthetic://road?camera=C{number:04d}&seed={number}&{road}"
        camera = open_synthetic(url, lambda: _EPOCH)
        given, at = 0, _EPOCH
        while given < count:
            at += timedelta(seconds=_STEP_S)
            image = camera.frame_at(at)
            for vehicle in truth_at(url, at):
                wide = vehicle.box[2] - vehicle.box[0]
                if wide >= _LEAST_VEHICLE_PX and vehicle.visible >= _LEAST_VISIBLE and given < count:
                    given += 1
                    yield Pictured(vehicle.plate, cut(image, vehicle.box, margin=0.03).copy(), road)
