"""Two weeks of simulated past sightings over all monitoring points, marked as simulated."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from operations.demo.vehicles import WATCHED, DemoVehicle, ordinary_vehicles

DAYS = 14
VEHICLES = 400
ON_THE_WAY = 1.04  # a point lies on the way when the drive through it takes no more than this
RUSH_HOURS = (7.6, 17.4)  # local


@dataclass(frozen=True)
class Stations:
    """Where history is seen: one camera a point, and the driving seconds [from, to] between the points."""

    camera_ids: NDArray[np.int64]
    seconds: NDArray[np.float64]


def past_sightings(stations: Stations, seed: int, now: datetime) -> Iterator[list[dict[str, Any]]]:
    """Yield rows of the sightings table, one list a vehicle, over the DAYS before `now`.

    `now` must be in the site's time zone, because people drive by local hours.
    """
    vehicles = [watched.vehicle for watched in WATCHED] + ordinary_vehicles(seed, VEHICLES)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for number, vehicle in enumerate(vehicles):
        rng = random.Random(f"history {seed} {number}")
        home, work = rng.sample(range(len(stations.camera_ids)), 2)
        rows: list[dict[str, Any]] = []
        for day in range(DAYS, -1, -1):
            for start, origin, goal in _trips(rng, midnight - timedelta(days=day), home, work):
                rows += _drive(stations, vehicle, start, (origin, goal), rng)
        yield [row for row in rows if row["last_seen_at"] < now - timedelta(minutes=5)]


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
) -> list[dict[str, Any]]:
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
            rows.append(_row(int(stations.camera_ids[point]), vehicle, seen_at, rng))
        if here == goal:
            break
    return rows


def _row(camera_id: int, vehicle: DemoVehicle, seen_at: datetime, rng: random.Random) -> dict[str, Any]:
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
