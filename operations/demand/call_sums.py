"""Calls summed up: how many of which kind, and by hour of the week, counted and as plans expect them."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import func, select

from operations.demand.expected_calls import WEEKS, weekly_rates
from operations.demand.rates import HOURS_OF_WEEK
from operations.facts import NotFound
from operations.store import Session
from operations.tables import Grid, PublicCall
from operations.times import to_text

Json = dict[str, Any]


class NoSuchGrid(NotFound):
    """No grid has this id."""

    def __init__(self, grid_id: int) -> None:
        super().__init__(f"There is no grid {grid_id}.")


def call_sums(session: Session, zone: ZoneInfo, now: datetime, grid_id: int | None = None) -> Json:
    """Return the calls of the past weeks up to today, of the county or one grid.

    hours: calls of the public by hour of the week (168, Monday 00:00 first); expected: calls an hour there,
    smoothed, as plans of today use it.
    """
    until = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    since = until - timedelta(weeks=WEEKS)
    grids = session.execute(select(Grid.id, Grid.town_id).order_by(Grid.id)).all()
    chosen = [number for number, grid in enumerate(grids) if grid_id in (None, grid.id)]
    if grid_id is not None and not chosen:
        raise NoSuchGrid(grid_id)
    rates, seen = weekly_rates(session, [(grid.id, grid.town_id) for grid in grids], until.date(), zone)
    counted = np.bincount(seen.hour_of_week[np.isin(seen.grid, chosen)], minlength=HOURS_OF_WEEK)
    return {
        "since": to_text(since),
        "until": to_text(until),
        "weeks": WEEKS,
        "newest_at": to_text(newest_at(session, now)),
        "kinds": _kinds(session, since, until, grid_id),
        "hours": counted.tolist(),
        "expected": np.round(rates[chosen].sum(axis=0), 5).tolist(),
    }


def newest_at(session: Session, until: datetime) -> datetime | None:
    """Return the time of the newest call of the public before a time."""
    newest = select(func.max(PublicCall.at)).where(PublicCall.reported_by == "public", PublicCall.at < until)
    return session.scalar(newest)


def _kinds(session: Session, since: datetime, until: datetime, grid_id: int | None) -> list[Json]:
    """Return the calls by kind: by the public, which make demand, and found by patrols and cameras."""
    grouped = (
        select(PublicCall.kind, PublicCall.reported_by, func.count())
        .where(PublicCall.at >= since, PublicCall.at < until)
        .group_by(PublicCall.kind, PublicCall.reported_by)
    )
    if grid_id is not None:
        grouped = grouped.where(PublicCall.grid_id == grid_id)
    found: dict[str, Json] = {}
    for kind, reported_by, calls in session.execute(grouped):
        row = found.setdefault(kind, {"kind": kind, "public": 0, "patrol": 0, "camera": 0})
        row[reported_by] = calls
    return sorted(found.values(), key=lambda row: (-row["public"], row["kind"]))
