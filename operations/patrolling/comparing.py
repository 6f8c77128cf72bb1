"""Two plans side by side: which visits they share, who makes them, and how far apart in time."""

from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import select

from operations.patrolling.drafts import stop_key
from operations.patrolling.rows import midnight_of
from operations.patrolling.stored import find_plan
from operations.patrolling.views import summary
from operations.store import Session
from operations.tables import PatrolPlan, PatrolRoute, PatrolStop

Json = dict[str, Any]

SOON_MIN = 15.0


def compare(session: Session, a_id: int, b_id: int, now: datetime) -> Json:
    """Return what two plans share. Raises PlanNotFound, PlanCannotChange for one of an older version.

    A visit is the same when it is to the same place in the same window of its day. moved_min_median: by how
    many minutes the common visits begin apart; within_15_min_share: how many of them begin so near that who
    knows one plan could foretell the other.
    """
    a, b = find_plan(session, a_id), find_plan(session, b_id)
    of_a, of_b = _starts(session, a), _starts(session, b)
    common = of_a.keys() & of_b.keys()
    moved = [abs(of_a[key][1] - of_b[key][1]) / 60 for key in common]
    shares_a, shares_b = _shares(a), _shares(b)
    return {
        "a": summary(session, a, now),
        "b": summary(session, b, now),
        "common": len(common),
        "only_a": len(of_a) - len(common),
        "only_b": len(of_b) - len(common),
        "same_unit": sum(of_a[key][0] == of_b[key][0] for key in common),
        "moved_min_median": round(median(moved), 1) if moved else None,
        "within_15_min_share": round(sum(m <= SOON_MIN for m in moved) / len(moved), 4) if moved else None,
        "towns": [
            {"town_id": town, "a": shares_a.get(town), "b": shares_b.get(town)}
            for town in sorted(shares_a.keys() | shares_b.keys())
        ],
    }


def _starts(session: Session, row: PatrolPlan) -> dict[str, tuple[int, float]]:
    """Return by what names a visit on its day: who makes it, and when, in seconds from midnight."""
    midnight = midnight_of(row)
    joined = select(PatrolStop, PatrolRoute.unit_id).join(PatrolRoute, PatrolRoute.id == PatrolStop.route_id)
    stops = joined.where(PatrolRoute.plan_id == row.id, PatrolStop.dropped_at.is_(None))
    return {
        stop_key(stop, midnight): (unit_id, (stop.start_at - midnight).total_seconds())
        for stop, unit_id in session.execute(stops)
    }


def _shares(row: PatrolPlan) -> dict[int, float]:
    return {town["town_id"]: town["share"] for town in (row.figures or {}).get("towns", [])}
