"""Whom to send to an alert: how soon each could be there, what its plan loses, and why. Sends nobody.

The nearest comes first unless one who is nearly as near costs the plan less. The operator decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from geo.patrol.repair import Cost, cost, repair
from operations import dispatch
from operations.access import Person
from operations.alert_next import alert_next
from operations.assignments import unit_json
from operations.dispatch import Drive
from operations.field.shift_hours import Span, working_hours
from operations.looks import alert_for
from operations.patrolling.stored import stored_plan
from operations.road_closures import roads_in_force
from operations.store import Session
from operations.tables import Alert, Assignment, Camera, PatrolPlan, PatrolRoute, Town, Unit
from operations.times import to_text
from operations.underway import ON_SCENE_S, Progress, leaving, progress

Json = dict[str, Any]

LOOKED_AT = 12  # units by driving time, at work or not: whoever comes later than so many is not sent
SHOWN = 6
NEARLY_S, NEARLY_SHARE = (
    90.0,
    0.3,
)  # later than the nearest by so much, or by this share: still nearly as near
POINT_S = 4.0  # among these a point of priority lost weighs like so many seconds of arriving later
MOVED_S = 2.0  # and a visit handed to another unit like these
LAST = {"declined": 2, "off_shift": 1}  # who said no, or is not at work, comes after all others
MUST_SOON = timedelta(minutes=60)
OLD_POSITION = timedelta(minutes=15)


@dataclass
class _Candidate:
    """A unit that could go: its drive, when it works, what its plan loses (None: it has none), and why.

    against: declined or off_shift, if one of them keeps it behind all others.
    """

    drive: Drive
    hours: list[Span]
    against: Json | None
    price: Cost | None = None
    reasons: list[Json] = field(default_factory=list)


def recommended(session: Session, alert_id: int, person: Person, now: datetime, timezone: str) -> list[Json]:
    """Return available units in the order recommended, each with what it costs its plan, and reasons.

    Raises AlertNotFound, NotAllowed, NoCounty.
    """
    alert = alert_for(session, alert_id, person)
    drives = dispatch.nearest_units(session, roads_in_force(session, now), alert, LOOKED_AT)
    candidates = [_candidate(session, alert, drive, (now, timezone)) for drive in drives]
    able = [one for one in candidates if one.against is None][:SHOWN]
    for plan_id in _plans(session, able, now):
        _price(session, plan_id, alert, able, now)
    nearest_s = min((one.drive.eta_s for one in able), default=0.0)
    ranked = _ranked(candidates, nearest_s)[:SHOWN]
    for one in ranked:
        one.reasons = _reasons(session, alert, one, nearest_s, now)
    shown = unit_json(session, [one.drive.unit for one in ranked])
    return [
        _item(one, unit, rank) for rank, (one, unit) in enumerate(zip(ranked, shown, strict=True), start=1)
    ]


def interceptions(session: Session, alert_id: int, person: Person, now: datetime) -> list[Json]:
    """Return the places ahead of the alert's vehicle where a unit can be first; the look is audited.

    Raises AlertNotFound, NotAllowed, NoCounty.
    """
    return [point for point in alert_next(session, alert_id, person, now) if point["interception"]]


def _item(candidate: _Candidate, unit: Json, rank: int) -> Json:
    drive, price = candidate.drive, candidate.price
    return {
        "unit": unit,
        "eta_s": drive.eta_s,
        "distance_m": drive.distance_m,
        "route": drive.line,
        "rank": rank,
        "plan_cost": price
        and {"priority": round(price.priority, 2), "moved": price.moved, "dropped": price.dropped},
        "reasons": candidate.reasons,
    }


def _candidate(session: Session, alert: Alert, drive: Drive, at: tuple[datetime, str]) -> _Candidate:
    now, timezone = at
    hours = working_hours(session, drive.unit, timezone, now)
    against: Json | None = None
    if why := _declined(session, alert, drive.unit):
        against = {"code": "declined", "why": why}
    elif hours and not any(start <= now < end for start, end in hours):
        against = {"code": "off_shift"}
    return _Candidate(drive, hours, against)


def _ranked(candidates: Sequence[_Candidate], nearest_s: float) -> list[_Candidate]:
    """Return the candidates, best first: of those nearly as near as the nearest the least costly."""
    within_s = nearest_s + max(NEARLY_S, NEARLY_SHARE * nearest_s)

    def key(one: _Candidate) -> tuple[int, bool, float]:
        near = one.against is None and one.drive.eta_s <= within_s
        last = LAST[one.against["code"]] if one.against else 0
        return last, not near, _weighed_s(one) if near else one.drive.eta_s

    return sorted(candidates, key=key)


def _weighed_s(one: _Candidate) -> float:
    if one.price is None:
        return one.drive.eta_s
    return one.drive.eta_s + POINT_S * max(one.price.priority, 0.0) + MOVED_S * one.price.moved


def _plans(session: Session, candidates: Sequence[_Candidate], now: datetime) -> list[int]:
    """Return the published plans that candidates drive now."""
    ids = [one.drive.unit.id for one in candidates]
    driven = (
        select(PatrolRoute.plan_id)
        .join(PatrolPlan, PatrolPlan.id == PatrolRoute.plan_id)
        .where(PatrolPlan.state == "published", PatrolPlan.midnight.is_not(None))
        .where(PatrolRoute.unit_id.in_(ids), PatrolRoute.out_at.is_(None), PatrolRoute.terms.is_not(None))
        .where(PatrolRoute.shift_from <= now, PatrolRoute.shift_until > now)
    )
    return sorted(set(session.scalars(driven)))


def _price(
    session: Session, plan_id: int, alert: Alert, candidates: Sequence[_Candidate], now: datetime
) -> None:
    """Set what the plan loses if each candidate that drives it left now, against nobody leaving."""
    stored = stored_plan(session, plan_id, now)
    known = progress(session, stored, now, [(alert.lon, alert.lat)])
    stays = repair(known.problem, stored.plan, known.underway, fill=False).plan
    for one in candidates:
        if one.drive.unit.id not in stored.unit_ids:
            continue
        unit = list(stored.unit_ids).index(one.drive.unit.id)
        if unit not in stored.out:
            back_s = known.underway.now_s + one.drive.eta_s + ON_SCENE_S
            leaves = repair(
                known.problem, stored.plan, leaving(known, unit, back_s, known.rows[0]), fill=False
            ).plan
            one.price = cost(known.problem, stays, leaves)
            one.reasons += _whereabouts(known, unit)


def _whereabouts(known: Progress, unit: int) -> list[Json]:
    """Return why the unit's route speaks for or against it: resting, at a stop, a must-visit soon."""
    stored, now_s = known.stored, known.underway.now_s
    now = stored.midnight + timedelta(seconds=now_s)
    route, row = stored.plan.routes[unit], stored.routes[unit]
    found: list[Json] = []
    if row.rest_from and row.rest_until and row.rest_from <= now < row.rest_until:
        found.append({"code": "on_rest", "until": to_text(row.rest_until)})
    for stop in route.stops:
        visit = stored.problem.visits[stop.visit]
        done = stored.stops[stored.stop_ids[stop.visit] or 0] if stop.visit in stored.done else None
        if done and done.checked_in_at and not done.left_at:
            until = done.checked_in_at + timedelta(seconds=visit.dwell_s)
            if until > now:
                found.append({"code": "at_stop", "stop_id": done.id, "until": to_text(until)})
        elif not done and visit.must and now_s < stop.start_s <= now_s + MUST_SOON.total_seconds():
            found.append({"code": "must_soon", "in_s": round(stop.start_s - now_s)})
    return found


def _reasons(session: Session, alert: Alert, one: _Candidate, nearest_s: float, now: datetime) -> list[Json]:
    """Return the reasons for and against a candidate, the weightiest first."""
    found = [one.against] if one.against else []
    later_s = one.drive.eta_s - nearest_s
    if one.against is None:
        found.append({"code": "later", "by_s": round(later_s)} if later_s > 1 else {"code": "nearest"})
    found += one.reasons
    if one.price is not None and (one.price.dropped or one.price.moved):
        found.append({"code": "plan_cost", "moved": one.price.moved, "dropped": one.price.dropped})
    elif one.against is None:
        found.append({"code": "plan_kept" if one.price else "no_plan"})
    ends = next((end for start, end in one.hours if start <= now < end), None)
    if ends is not None and (ends - now).total_seconds() < one.drive.eta_s + ON_SCENE_S:
        found.append({"code": "shift_ends", "in_s": round((ends - now).total_seconds())})
    return found + _about(session, alert, one.drive.unit, now)


def _about(session: Session, alert: Alert, unit: Unit, now: datetime) -> list[Json]:
    """Return what the unit itself says: whether it is at home there, how it moves, how old its place is."""
    found: list[Json] = []
    if session.get_one(Camera, alert.camera_id).town_id == unit.town_id:
        found.append({"code": "home_town", "town": session.get_one(Town, unit.town_id).name})
    if unit.vehicle != "car":
        found.append({"code": "vehicle", "vehicle": unit.vehicle})
    if unit.position_at is not None and now - unit.position_at > OLD_POSITION:
        found.append({"code": "old_position", "age_s": round((now - unit.position_at).total_seconds())})
    return found


def _declined(session: Session, alert: Alert, unit: Unit) -> str | None:
    said = (
        select(Assignment.declined_why)
        .where(Assignment.alert_id == alert.id, Assignment.unit_id == unit.id)
        .where(Assignment.declined_at.is_not(None))
        .order_by(Assignment.id.desc())
    )
    return session.scalar(said.limit(1))
