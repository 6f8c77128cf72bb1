"""Eight weeks of invented calls with the rhythm of the week, a few true hot spots. Nobody called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from operations.demand.expected_calls import WEEKS
from operations.demand.rates import HOURS_OF_WEEK
from operations.store import Session
from operations.tables import Camera, KeyPlace

Floats = NDArray[np.float64]
Rows = list[dict[str, Any]]

CALLS_A_DAY = 150.0
AT_HOT_SPOTS = 0.35  # of all calls
PATROL_SHARE = 0.06  # what patrols and cameras found, kept for the record: it makes no demand
SPREAD_DEG = 0.0004
_CLOCK = np.arange(HOURS_OF_WEEK) % 24
_DAY = np.arange(HOURS_OF_WEEK) // 24

KINDS = ("traffic", "dispute", "theft", "noise", "disorder", "help", "fraud", "other")
BY_DAY = (0.30, 0.18, 0.12, 0.03, 0.04, 0.20, 0.08, 0.05)
BY_NIGHT = (0.16, 0.18, 0.12, 0.22, 0.16, 0.11, 0.01, 0.04)


@dataclass(frozen=True)
class Spots:
    """Places calls come from: where, whose grid, how often a day, and the rhythm of each [spot, hour]."""

    grid_id: NDArray[np.int64]
    lon: Floats
    lat: Floats
    a_day: Floats
    rhythm: Floats


def public_calls(session: Session, seed: int, now: datetime) -> Rows:
    """Return rows of public_calls for the WEEKS weeks before `now` (in the site's time zone)."""
    rng = np.random.default_rng([seed, 51])
    spots = spots_of(session, rng)
    monday = (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    rows: Rows = []
    for week in range(-WEEKS, 1):
        counts = rng.poisson(spots.rhythm * spots.a_day[:, None] * 7)
        spot, hour = np.nonzero(counts)
        for at, begins in zip(
            np.repeat(spot, counts[spot, hour]), np.repeat(hour, counts[spot, hour]), strict=True
        ):
            called = monday + timedelta(weeks=week, hours=int(begins), seconds=float(rng.uniform(0, 3600)))
            if now - timedelta(weeks=WEEKS) <= called < now:
                rows.append(_row(spots, int(at), called, rng))
    rows.sort(key=lambda row: row["at"])
    return [{**row, "source_id": f"DEMO-{number:06d}"} for number, row in enumerate(rows, 1)]


def _row(spots: Spots, spot: int, called: datetime, rng: np.random.Generator) -> dict[str, Any]:
    by_night = called.hour >= 20 or called.hour < 5
    found = rng.uniform() < PATROL_SHARE
    return {
        "at": called,
        "lon": round(float(spots.lon[spot]), 6),
        "lat": round(float(spots.lat[spot]), 6),
        "grid_id": int(spots.grid_id[spot]),
        "kind": str(rng.choice(KINDS, p=BY_NIGHT if by_night else BY_DAY)),
        "reported_by": ("patrol", "camera")[int(rng.integers(2))] if found else "public",
    }


def spots_of(session: Session, rng: np.random.Generator) -> Spots:
    """Return one quiet spot in every grid with cameras and one hot spot at most of the key places."""
    quiet = session.execute(
        select(Camera.grid_id, func.min(Camera.lon), func.min(Camera.lat), func.count())
        .group_by(Camera.grid_id)
        .order_by(Camera.grid_id)
    ).all()
    hot = session.execute(
        select(KeyPlace.grid_id, KeyPlace.lon, KeyPlace.lat, KeyPlace.kind)
        .where(KeyPlace.kind.in_(("segment", "market", "station", "school")))
        .order_by(KeyPlace.id)
    ).all()
    busy = np.sqrt([row[3] for row in quiet]) * rng.gamma(1.5, 1 / 1.5, len(quiet))
    heat = rng.gamma(3.0, 1 / 3.0, len(hot)) * [3.0 if row[3] == "segment" else 1.0 for row in hot]
    if not hot:
        heat = np.zeros(0)
    rates = [
        busy / busy.sum() * CALLS_A_DAY * (1 - AT_HOT_SPOTS),
        heat / max(heat.sum(), 1e-9) * CALLS_A_DAY * AT_HOT_SPOTS,
    ]
    rhythms = [_everyday()] * len(quiet) + [_rhythm(row[3]) for row in hot]
    return Spots(
        np.array([row[0] for row in (*quiet, *hot)]),
        np.array([row[1] for row in (*quiet, *hot)]),
        np.array([row[2] for row in (*quiet, *hot)]),
        np.concatenate(rates),
        np.array(rhythms),
    )


def _everyday() -> Floats:
    """Return the share of a week's calls in each hour anywhere: few at night, most in the evening."""
    return _shares(
        0.25 + _bump(9, 2.5) + 0.8 * _bump(15, 3) + 1.4 * _bump(20, 2.5) + 0.5 * _evenings(_DAY, (4, 5))
    )


def _rhythm(kind: str) -> Floats:
    """Return the same for a hot spot of a kind."""
    if kind == "segment":
        return _shares(0.05 + _bump(21.5, 1.6) + 0.7 * _bump(23.5, 1.5) + 1.5 * _evenings(_DAY, (4, 5)))
    if kind == "market":
        return _shares(0.05 + 1.5 * _bump(8, 1.5) + _bump(17, 1.0))
    if kind == "school":
        return _shares((0.05 + _bump(7.4, 0.5) + 1.3 * _bump(16.4, 0.7)) * np.where(_DAY < 5, 1.0, 0.1))
    return _shares(0.1 + _bump(8, 1.5) + _bump(13, 2) + 1.2 * _bump(18, 1.5))


def _bump(hour: float, width_h: float) -> Floats:
    """Return a wave around an hour of every day."""
    away = np.abs(_CLOCK + 0.5 - hour)
    return np.asarray(np.exp(-0.5 * (np.minimum(away, 24 - away) / width_h) ** 2))


def _evenings(day: NDArray[np.int64], days: Sequence[int]) -> Floats:
    return _bump(22.5, 1.8) * np.isin(day, days)


def _shares(weights: Floats) -> Floats:
    return np.asarray(weights / weights.sum())
