"""What the demo's case can find in the simulated past: a cloned plate, a companion, misreads, and two cameras
that are not to be believed. The vehicles are those of the watchlist and two more; every row is simulated.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from operations.demo.history import Life, Rows, Stations, drives_of, row_of
from operations.demo.vehicles import WATCHED, DemoVehicle, ordinary_vehicles
from operations.quarantine_finding import PARTS

VEHICLES = 400
CLONED, STOLEN = WATCHED[0].vehicle, WATCHED[1].vehicle
DOUBLE = DemoVehicle(CLONED.plate, CLONED.kind, CLONED.vehicle_class, "black")
"""The second vehicle under the plate of the hit-and-run."""
DOUBLE_DAYS = 9
COMPANION = DemoVehicle("浙J7K51R", "blue", "car", "grey")
"""Drives behind the stolen vehicle, on some trips and not all the way on all of them."""
SHARED_DRIVES, SHARED_IN_PART = 6, 2
LAG_S = (9.0, 30.0)
PHANTOM = DemoVehicle("浙J88A88", "blue", "vehicle", "white")
"""Read off a wall by one camera, day and night."""
PHANTOM_A_DAY = 24
WRONG_CLOCK_S = 140.0
MISREAD_SHARE = 0.05
LOOKALIKES = {
    "6": "8G",
    "8": "B6",
    "H": "MN",
    "T": "71",
    "D": "0Q",
    "3": "8",
    "7": "TZ",
    "C": "G",
    "5": "S",
    "9": "8",
}


def past_sightings(stations: Stations, seed: int, now: datetime, ordinary: int = VEHICLES) -> Iterator[Rows]:
    """Yield rows of the sightings table, a list a vehicle, of the days before `now` (site's time zone)."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    watched = [_life(stations, seed, number) for number in range(len(WATCHED))]
    lives = list(zip((each.vehicle for each in WATCHED), watched, strict=True))
    drives = [drives_of(stations, vehicle, life, midnight) for vehicle, life in lives]
    wrong = _camera_passed_most(drives[1])
    rng = random.Random(f"case {seed}")
    parts = [_misread([row for drive in one for row in drive], rng) for one in drives]
    parts.append(_misread(_double(stations, watched[0], midnight, rng), rng))
    parts.append(_companion(drives[1], rng) + _own_drives(stations, seed, drives[1], midnight))
    parts.append(_phantom(stations, midnight, wrong, rng))
    for rows in parts:
        yield _kept(rows, wrong, now)
    for number, vehicle in enumerate(ordinary_vehicles(seed, ordinary), len(WATCHED)):
        drives_of_it = drives_of(stations, vehicle, _life(stations, seed, number), midnight)
        yield _kept([row for drive in drives_of_it for row in drive], wrong, now)


def _life(stations: Stations, seed: int, number: int) -> Life:
    rng = random.Random(f"history {seed} {number}")
    home, work = rng.sample(range(len(stations.camera_ids)), 2)
    return Life(home, work, rng)


def _double(stations: Stations, original: Life, midnight: datetime, rng: random.Random) -> Rows:
    """Return what is seen of the second vehicle under the plate: it lives far from the first."""
    away = stations.seconds[original.home] + stations.seconds[original.work]
    far = np.argsort(np.where(np.isfinite(away), away, -1.0))[-12:]
    home, work = rng.sample(far.tolist(), 2)
    drives = drives_of(stations, DOUBLE, Life(home, work, rng), midnight, DOUBLE_DAYS)
    return [row for drive in drives for row in drive]


def _companion(drives: list[Rows], rng: random.Random) -> Rows:
    """Return what is seen of the companion behind the stolen vehicle."""
    rows: Rows = []
    for number, drive in enumerate(_shared(drives)):
        along = drive[: len(drive) * 3 // 5] if number < SHARED_IN_PART else drive
        for row in along:
            if rng.random() > 0.08:
                seen_at = row["seen_at"] + timedelta(seconds=rng.uniform(*LAG_S))
                rows.append(row_of(row["camera_id"], COMPANION, seen_at, rng))
    return rows


def _shared(drives: list[Rows]) -> list[Rows]:
    """Return the drives of the stolen vehicle that the companion is on: the latest of some length."""
    return [drive for drive in drives if len(drive) >= 5][-2 * SHARED_DRIVES :: 2]


def _own_drives(stations: Stations, seed: int, drives: list[Rows], midnight: datetime) -> Rows:
    """Return what is seen of the companion on the days that it drives by itself."""
    busy = {row["seen_at"].date() for drive in _shared(drives) for row in drive}
    own = drives_of(stations, COMPANION, _life(stations, seed, -1), midnight)
    return [row for drive in own for row in drive if row["seen_at"].date() not in busy]


def _phantom(stations: Stations, midnight: datetime, not_at: int, rng: random.Random) -> Rows:
    """Return what one camera reads off a wall: one of those that are looked at first for such reads."""
    first = [each for each in stations.camera_ids.tolist() if each % PARTS == 0 and each != not_at]
    camera = rng.choice(first)
    seconds = (rng.uniform(-6, 1) * 86_400 for _ in range(7 * PHANTOM_A_DAY))
    return [row_of(camera, PHANTOM, midnight + timedelta(seconds=s), rng) for s in sorted(seconds)]


def _camera_passed_most(drives: list[Rows]) -> int:
    return Counter(row["camera_id"] for drive in drives for row in drive).most_common(1)[0][0]


def _misread(rows: Rows, rng: random.Random) -> Rows:
    """Read some plates wrong by a character, less sure of them, in place."""
    for row in rows:
        where = [i for i, char in enumerate(row["plate"]) if i > 1 and char in LOOKALIKES]
        if where and rng.random() < MISREAD_SHARE:
            i = rng.choice(where)
            row["plate"] = row["plate"][:i] + rng.choice(LOOKALIKES[row["plate"][i]]) + row["plate"][i + 1 :]
            row["plate_confidence"] = round(rng.uniform(0.55, 0.9), 3)
    return rows


def _kept(rows: Rows, wrong: int, now: datetime) -> Rows:
    """Return what is past, with the times of the camera whose clock is wrong as it gives them."""
    return [
        _by_wrong_clock(row) if row["camera_id"] == wrong else row
        for row in rows
        if row["last_seen_at"] < now - timedelta(minutes=5)
    ]


def _by_wrong_clock(row: dict[str, Any]) -> dict[str, Any]:
    times = ("seen_at", "first_seen_at", "last_seen_at")
    late = {name: row[name] + timedelta(seconds=WRONG_CLOCK_S) for name in times}
    return {**row, **late, "clock_offset_s": None}
