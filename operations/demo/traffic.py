"""The demo's live traffic: which vehicle passes which rendered camera when, written for `synthetic://`.

The same vehicles drive from point to point by road travel time. What a camera then makes of them is read
from pixels: nothing here reaches the pipeline.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from operations.demo.vehicles import WATCHED, DemoVehicle, ordinary_vehicles
from operations.media import write_whole

PERIOD_S = 1200
TRIPS_TRIED = 160  # a camera; those that would crowd one are left out
APART_S = 5.0  # two vehicles at one camera are at least this far apart, so that each can be read
WATCHED_START_S = (25.0, 210.0, 430.0)
SLOWER = (1.05, 1.45)  # driving time over free-flow time


@dataclass(frozen=True, slots=True)
class LiveCamera:
    code: str
    node: int


def write_schedule(
    path: Path, cameras: Sequence[LiveCamera], seconds: NDArray[Any], seed: int, epoch: datetime
) -> int:
    """Write the traffic of one period, which then repeats; return how many passages it has.

    `cameras` are in driving order; `seconds[i, j]` is the road time between them.
    """
    passages = _passages(cameras, seconds, seed)
    content = {"epoch": epoch.isoformat(), "period_s": PERIOD_S, "passages": passages}
    write_whole(path, json.dumps(content, ensure_ascii=False).encode())
    return len(passages)


def _passages(cameras: Sequence[LiveCamera], seconds: NDArray[Any], seed: int) -> list[dict[str, Any]]:
    rng = random.Random(f"traffic {seed}")
    busy: dict[str, list[float]] = {camera.code: [] for camera in cameras}
    passages: list[dict[str, Any]] = []
    trips: list[tuple[DemoVehicle, float, list[int]]] = [
        (watched.vehicle, start_s, list(range(len(cameras))))
        for watched, start_s in zip(WATCHED, WATCHED_START_S, strict=True)
    ]
    for vehicle in ordinary_vehicles(seed, TRIPS_TRIED * len(cameras)):
        first, last = sorted(rng.sample(range(len(cameras) + 1), 2))
        order = list(range(first, last))
        trips.append((vehicle, rng.uniform(0, PERIOD_S), order if rng.random() < 0.7 else order[::-1]))
    for vehicle, start_s, order in trips:
        trip = _trip(vehicle, start_s, [(cameras[i], i) for i in order], seconds, rng)
        if all(_is_free(busy[p["camera"]], p["offset_s"]) for p in trip):
            for passage in trip:
                busy[passage["camera"]].append(passage["offset_s"])
            passages += trip
    return sorted(passages, key=lambda passage: float(passage["offset_s"]))


def _trip(
    vehicle: DemoVehicle,
    start_s: float,
    stations: Sequence[tuple[LiveCamera, int]],
    seconds: NDArray[Any],
    rng: random.Random,
) -> list[dict[str, Any]]:
    slower, at_s, before = rng.uniform(*SLOWER), start_s, stations[0][1]
    forward = len(stations) < 2 or stations[0][1] < stations[-1][1]
    trip = []
    for camera, index in stations:
        at_s += float(seconds[before, index]) * slower
        before = index
        trip.append(
            {
                "camera": camera.code,
                "offset_s": round(at_s % PERIOD_S, 2),
                "plate": vehicle.plate,
                "kind": vehicle.kind,
                "class": vehicle.vehicle_class,
                "colour": vehicle.colour,
                "direction": "towards" if forward else "away",
                "lane": 0,
                "speed_kmh": round(rng.uniform(28, 48), 1),
            }
        )
    return trip


def _is_free(taken: Sequence[float], offset_s: float) -> bool:
    return all(min(abs(offset_s - other), PERIOD_S - abs(offset_s - other)) >= APART_S for other in taken)
