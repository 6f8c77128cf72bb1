"""How many calls of the public each grid can expect on a day, hour by hour, from the calls of past weeks.

Only what the public reported counts: what patrols find never feeds demand, or they would go where they go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from operations.demand.rates import HOURS_OF_WEEK, CallCounts, call_rates
from operations.demand.windows import CALL_HOURS_FROM
from operations.store import Session
from operations.tables import PublicCall

WEEKS = 8
HALF_LIFE_DAYS = 28.0  # a call four weeks old counts half

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Seen:
    """Calls of the past weeks: the grid's place in the list, hours since each, its hour of the week."""

    grid: NDArray[np.int64]
    age_h: Floats
    hour_of_week: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Forecast:
    """Per grid: expected calls in each of the 24 hours from 04:00 of the day; calls seen in WEEKS weeks."""

    hourly: Floats
    seen: NDArray[np.int64]


def forecast(session: Session, grids: Sequence[tuple[int, int]], day: date, zone: ZoneInfo) -> Forecast:
    """Return what the grids (id, town id) can expect on a day, by the WEEKS weeks of calls before it."""
    rates, seen = weekly_rates(session, grids, day, zone)
    hours = (day.weekday() * 24 + CALL_HOURS_FROM + np.arange(24)) % HOURS_OF_WEEK
    return Forecast(rates[:, hours], np.bincount(seen.grid, minlength=len(grids)))


def weekly_rates(
    session: Session, grids: Sequence[tuple[int, int]], day: date, zone: ZoneInfo
) -> tuple[Floats, Seen]:
    """Return the expected calls an hour [grid, hour of the week], and the calls that say so."""
    until = datetime(day.year, day.month, day.day, tzinfo=zone)
    seen = _calls(session, [grid_id for grid_id, _ in grids], until)
    weights = 0.5 ** (seen.age_h / (24 * HALF_LIFE_DAYS))
    cells = seen.grid * HOURS_OF_WEEK + seen.hour_of_week
    counts = np.bincount(cells, weights, len(grids) * HOURS_OF_WEEK).astype(np.float64)
    counts = counts.reshape(len(grids), HOURS_OF_WEEK)
    towns = np.unique([town_id for _, town_id in grids], return_inverse=True)[1].astype(np.int64)
    noise = float((weights**2).sum() / weights.sum()) if len(weights) else 1.0
    return call_rates(CallCounts(counts, _watched_h(seen.age_h, until), towns, noise)), seen


def _calls(session: Session, grid_ids: Sequence[int], until: datetime) -> Seen:
    """Read the public's calls of the weeks before `until` (local midnight)."""
    since = until - timedelta(weeks=WEEKS)
    wanted = select(PublicCall.grid_id, PublicCall.at).where(
        PublicCall.reported_by == "public", PublicCall.at >= since, PublicCall.at < until
    )
    place = {grid_id: number for number, grid_id in enumerate(grid_ids)}
    rows = [(place[grid_id], at) for grid_id, at in session.execute(wanted).all() if grid_id in place]
    zone = until.tzinfo
    local = [at.astimezone(zone) for _, at in rows]
    return Seen(
        np.array([grid for grid, _ in rows], dtype=np.int64),
        np.array([(until - at).total_seconds() / 3600 for _, at in rows], dtype=np.float64),
        np.array([at.weekday() * 24 + at.hour for at in local], dtype=np.int64),
    )


def _watched_h(age_h: Floats, until: datetime) -> Floats:
    """Return the weighted hours [hour of the week] between the first and the last call.

    What lies before or after was not imported: no calls there do not mean that none came. Calls of less than
    a week count as a week's, so that a first small file does not make every hour hot.
    """
    watched = np.zeros(HOURS_OF_WEEK)
    if not len(age_h):
        return watched
    newest_h = int(age_h.min())
    for ago_h in range(newest_h, max(int(age_h.max()) + 1, newest_h + HOURS_OF_WEEK)):
        at = until - timedelta(hours=ago_h + 1)
        watched[at.weekday() * 24 + at.hour] += 0.5 ** ((ago_h + 0.5) / (24 * HALF_LIFE_DAYS))
    return watched
