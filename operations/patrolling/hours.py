"""How evenly the hours of visits fell over the plans of past days: what somebody who watches could learn."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from geo.patrol.variety import HOUR_S, evenness_of_places
from operations.patrolling.drafts import stop_key
from operations.store import Session
from operations.tables import PatrolPlan, PatrolRoute, PatrolStop

DAYS = 28
LEAST_PLANS = 3


def evenness_with_past(session: Session, row: PatrolPlan) -> float | None:
    """Return the mean evenness [0, 1] of the hours in which each place is visited, by geo.patrol.variety.

    Over this plan and the published plans of the DAYS before it. The hours of a place are those of its
    windows. None with fewer than LEAST_PLANS plans before: nobody can learn anything yet.
    """
    before = (
        PatrolPlan.published_at.is_not(None)
        & (PatrolPlan.day < row.day)
        & (PatrolPlan.day >= row.day - timedelta(days=DAYS))
        & PatrolPlan.midnight.is_not(None)
    )
    if (session.scalar(select(func.count()).select_from(PatrolPlan).where(before)) or 0) < LEAST_PLANS:
        return None
    stops = (
        select(PatrolStop, PatrolPlan.midnight)
        .join(PatrolRoute, PatrolRoute.id == PatrolStop.route_id)
        .join(PatrolPlan, PatrolPlan.id == PatrolRoute.plan_id)
        .where(before | (PatrolPlan.id == row.id), PatrolStop.dropped_at.is_(None))
    )
    starts: dict[int, list[float]] = {}
    hours: dict[int, set[int]] = {}
    places: dict[str, int] = {}
    for stop, midnight in session.execute(stops):
        if midnight is None:  # of an older version; the statement leaves those out
            continue
        place = places.setdefault(stop_key(stop, midnight).partition("@")[0], len(places))
        starts.setdefault(place, []).append((stop.start_at - midnight).total_seconds())
        hours.setdefault(place, set()).update(_hours(stop, midnight))
    ordered = {place: sorted(known) for place, known in hours.items()}
    if not any(len(starts[place]) > 1 and len(ordered[place]) > 1 for place in starts):
        return None
    return round(evenness_of_places(starts, ordered), 4)


def _hours(stop: PatrolStop, midnight: datetime) -> range:
    """Return the hours from midnight in which the stop may begin."""
    first = (stop.window_from - midnight).total_seconds() // HOUR_S
    last = (stop.window_until - midnight).total_seconds() // HOUR_S
    return range(int(first), int(last) + 1)
