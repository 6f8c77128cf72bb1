"""Rendered scenes with their truth, for benchmarks: fixed seeds, fixed traffic. Measures nothing itself."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from detection.vocabulary import Box, Frame
from ingest.synthetic.options import parse_url
from ingest.synthetic.scene import Scene as Road
from ingest.synthetic.scene import build_scene, render
from ingest.synthetic.schedule import random_plate
from ingest.synthetic.truth import TrueVehicle, truth_of

EPOCH = datetime(2026, 5, 1, tzinfo=UTC)
PERIOD_S = 300.0
KINDS = (
    ("car", 0.4), ("suv", 0.2), ("van", 0.12), ("truck", 0.1), ("bus", 0.1), ("motorcycle", 0.08),
)  # fmt: skip
PAINTS = (
    ("white", 0.25), ("black", 0.17), ("grey", 0.13), ("silver", 0.08), ("red", 0.12), ("blue", 0.12),
    ("brown", 0.05), ("green", 0.04), ("yellow", 0.04),
)  # fmt: skip

JUDGED_PX = 36.0
"""A true box lower than this, or ..."""
JUDGED_SEEN = 0.3
"""... seen less than this, is not asked for: the pass watcher itself ignores what stays so small."""


@dataclass(frozen=True, slots=True)
class RenderedScene:
    """gap_s: the least and most seconds between two vehicles of a lane."""

    name: str
    seed: int
    looks: str = ""
    gap_s: tuple[float, float] = (8.0, 17.0)


SCENES = (
    RenderedScene("day", 11),
    RenderedScene("day busy", 12, "", (4.0, 7.0)),
    RenderedScene("day dense", 13, "", (2.8, 4.5)),
    RenderedScene("rain", 14, "&weather=rain"),
    RenderedScene("rain busy", 15, "&weather=rain", (4.0, 7.0)),
    RenderedScene("glare", 16, "&glare=1"),
    RenderedScene("night", 17, "&light=night"),
    RenderedScene("night busy", 18, "&light=night", (4.0, 7.0)),
)


@dataclass(frozen=True, slots=True)
class TruePicture:
    """One analysed picture, and every vehicle in it that shows a pixel."""

    frame: Frame
    vehicles: list[TrueVehicle]

    def judged(self) -> dict[int, Box]:
        """Return the boxes that must be found, by track."""
        return {vehicle.track: vehicle.box for vehicle in self.vehicles if is_judged(vehicle)}

    def unjudged(self) -> list[Box]:
        """Return those that may be found."""
        return [vehicle.box for vehicle in self.vehicles if not is_judged(vehicle)]


def is_judged(vehicle: TrueVehicle) -> bool:
    """Whether the vehicle is large enough and shows enough to be asked for."""
    return vehicle.box[3] - vehicle.box[1] >= JUDGED_PX and vehicle.visible >= JUDGED_SEEN


def scene_url(scene: RenderedScene, folder: Path) -> str:
    """Write the scene's traffic into the folder and return its source."""
    path = folder / f"{scene.name.replace(' ', '-')}.json"
    path.write_text(json.dumps(_traffic(scene)), encoding="utf-8")
    return f"synthetic://road?camera=B{scene.seed:04d}&seed={scene.seed}&schedule={path}{scene.looks}"


def pictures(url: str, fps: float, seconds: float) -> Iterator[TruePicture]:
    """Give the pictures of a scene from its traffic's beginning on."""
    road: Road = build_scene(parse_url(url))
    for step in range(round(seconds * fps)):
        at = EPOCH + timedelta(seconds=20.0 + step / fps)
        yield TruePicture(Frame(render(road, at), step / fps, at, step), truth_of(road, at))


def _traffic(scene: RenderedScene) -> dict[str, Any]:
    draw = np.random.default_rng([scene.seed, 77])
    passages = []
    for lane, direction in ((1, "towards"), (2, "away")):
        offset_s = float(draw.uniform(0, 3))
        while offset_s < PERIOD_S - 12:
            passages.append(_passage(scene, draw, offset_s, (lane, direction)))
            offset_s += float(draw.uniform(*scene.gap_s))
    return {"epoch": EPOCH.isoformat(), "period_s": PERIOD_S, "passages": passages}


def _passage(
    scene: RenderedScene, draw: np.random.Generator, offset_s: float, way: tuple[int, str]
) -> dict[str, Any]:
    drawn_as = str(draw.choice([name for name, _ in KINDS], p=[share for _, share in KINDS]))
    return {
        "camera": f"B{scene.seed:04d}",
        "offset_s": round(offset_s, 2),
        "plate": random_plate(draw, electric=False),
        "kind": "yellow" if drawn_as in ("truck", "bus", "motorcycle") else "blue",
        "class": drawn_as,
        "colour": str(draw.choice([name for name, _ in PAINTS], p=[share for _, share in PAINTS])),
        "direction": way[1],
        "lane": way[0],
        "speed_kmh": round(float(draw.uniform(28, 48)), 1),
    }
