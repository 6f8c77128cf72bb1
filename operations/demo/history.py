"""The simulated past of ordinary vehicles: how one lives for two weeks, and what cameras see of it.

What the demo's case is about is woven in by case_history.py. Every row is marked as simulated.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from operations.demo.vehicles import DemoVehicle

DAYS = 14
ON_THE_WAY = 1.04  # a point lies on the way when the drive through it takes no more than this
RUSH_HOURS = (7.6, 17.4)  # local


@dataclass(frozen=True)
class Stations:
    """Where history is seen: one camera a point, and the driving seconds [from, to] between the points."""

    camera_ids: NDArray[np.int64]
    seconds: NDArray[np.float64]


Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Life:
    """Where a vehicle is kept and where it is needed (positions in Stations), and what chance it goes by."""

    home: int
    work: int
    rng: random.Random


def drives_of(
    stations: Stations, vehicle: DemoVehicle, life: Life, midnight: datetime, days: int = DAYS
) -> list[Rows]:
    """Return rows of the sightings table, a list a drive, from `days` days before `midnight` on.

    `midnight` must be in the site's time zone, because people drive by local hours.
    """
    drives = []
    for day in range(days, -1, -1):
        for start, origin, goal in _trips(life.rng, midnight - timedelta(days=day), life.home, life.work):
            drives.append(_drive(stations, vehicle, start, (origin, goal), life.rng))
    return drives


def _trips(
    rng: random.Random, midnight: datetime, home: int, work: int
) -> Sequence[tuple[datetime, int, int]]:
    there, back = (midnight + timedelta(hours=hour + rng.gauss(0, 0.5)) for hour in RUSH_HOURS)
    if midnight.weekday() >= 5:
        return [(midnight + timedelta(hours=rng.uniform(8, 20)), home, work)] if rng.random() < 0.4 else []
    if rng.random() < 0.15:
        return []
    return [(there, home, work), (back, work, home)]


def _drive(
    stations: Stations, vehicle: DemoVehicle, start: datetime, ends: tuple[int, int], rng: random.Random
) -> Rows:
    """Return a row for every point on the way from one end to the other."""
    origin, goal = ends
    seconds, slower = stations.seconds, rng.uniform(1.05, 1.6)
    rows, here, after_s = [], origin, 0.0
    for point in np.argsort(seconds[origin]):
        if seconds[here, point] + seconds[point, goal] > ON_THE_WAY * seconds[here, goal]:
            continue
        after_s += float(seconds[here, point]) * slower
        here = int(point)
        if rng.random() > 0.06:  # not every pass is caught
            seen_at = start + timedelta(seconds=after_s)
            rows.append(row_of(int(stations.camera_ids[point]), vehicle, seen_at, rng))
        if here == goal:
            break
    return rows


def row_of(camera_id: int, vehicle: DemoVehicle, seen_at: datetime, rng: random.Random) -> dict[str, Any]:
    """Return a row of the sightings table: this vehicle at this camera, read well."""
    confidence = round(min(0.999, rng.betavariate(30, 1.2)), 3)
    return {
        "id": f"simulated:{camera_id}:{int(seen_at.timestamp() * 1000)}:{vehicle.plate}",
        "seen_at": seen_at,
        "first_seen_at": seen_at - timedelta(seconds=1.2),
        "last_seen_at": seen_at + timedelta(seconds=0.8),
        "received_at": seen_at + timedelta(seconds=1),
        "clock_offset_s": 0.0,
        "camera_id": camera_id,
        "plate": vehicle.plate,
        "plate_kind": vehicle.kind,
        "plate_confidence": confidence,
        "vehicle_class": vehicle.vehicle_class,
        "colour": vehicle.colour,
        "confidence": 0.9,
        "simulated": True,
    }
