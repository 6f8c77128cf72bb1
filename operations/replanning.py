"""Re-planning: what a change of the day costs a plan under way, and having it driven. Who is where: underway.

A unit falls out or is back, an alert pulls one away, a road closes: what no longer fits is handed on, all
else stays. Nothing changes by itself: a person asks, sees the cost, and has it applied.
"""

import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from geo.patrol.problem import Plan, Problem, Route, Stop
from geo.patrol.repair import Repaired, cost, repair
from operations.audit import Actor
from operations.facts import BadInput, Conflict, NotAllowed
from operations.patrolling.drafts import need_key
from operations.patrolling.stored import (
    Change,
    PlanCannotChange,
    Stored,
    check_revision,
    keep,
    stored_plan,
)
from operations.store import Session
from operations.times import to_text
from operations.underway import not_begun, progress

Why = Literal["unit_out", "unit_back", "road_closed", "alert", "none"]
Json = dict[str, Any]

MAY = ("operator", "supervisor")
FILLS = (
    "unit_back",
    "none",
)  # what makes room; trouble hands on its own visits only, so that plans do not jump
RETIMED_S = 120.0  # teams are a minute or two off all day: shifts of less are not worth new times for all
TOLD_S = 600.0  # a visit that keeps its unit is told of when its time changes by more


class NotOutOfThePlan(Conflict):
    """The unit drives its route: it cannot come back to it."""

    def __init__(self, unit_id: int) -> None:
        super().__init__(f"Unit {unit_id} drives its route; it is not out.")


class ShiftIsOver(Conflict):
    """The unit's shift of this plan has ended: there is nothing to fall out of, or to come back to."""

    def __init__(self, unit_id: int) -> None:
        super().__init__(f"The shift of unit {unit_id} in this plan is over.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What happened to which plan, as last seen (revision); unit_id: who fell out or is back."""

    plan_id: int
    revision: int
    why: Why
    unit_id: int | None = None
    apply: bool = False


def replan(session: Session, asked: Asked, actor: Actor, now: datetime) -> Json:
    """Return what mending the plan for the rest of its day changes and costs; with apply, have it driven.

    Raises NotAllowed, BadInput, NotOutOfThePlan, ShiftIsOver, PlanNotFound, PlanChangedMeanwhile,
    PlanCannotChange, NoCounty.
    """
    began_s = time.perf_counter()
    if actor.role not in MAY:
        raise NotAllowed(f"A {actor.role} may not change patrol plans.")
    stored = stored_plan(session, asked.plan_id, now, lock=asked.apply)
    check_revision(stored.row, asked.revision)
    if stored.row.state not in ("draft", "published"):
        raise PlanCannotChange(stored.row)
    unit = _unit(stored, asked, now)
    stored = _with_unit(stored, asked, unit)
    published = stored.row.state == "published"
    on_the_way = progress(session, stored, now) if published else not_begun(stored)
    mended = repair(on_the_way.problem, stored.plan, on_the_way.underway, fill=asked.why in FILLS)
    after = steady(stored.plan, mended.plan)
    if asked.apply:
        if unit is not None:
            stored.routes[unit].out_at = now if asked.why == "unit_out" else None
        keep(session, stored, after, Change(asked.why, actor), now)
    told = outcome(stored, on_the_way.problem, replace(mended, plan=after))
    return told | {"took_ms": round((time.perf_counter() - began_s) * 1000, 1)}


def outcome(stored: Stored, problem: Problem, mended: Repaired) -> Json:
    """Return what mending changed: counts, the cost, and each visit that goes, comes or changes hands."""
    price = cost(problem, stored.plan, mended.plan)
    before, after = _stops(stored.plan), _stops(mended.plan)
    concerned = sorted({*mended.moved, *mended.inserted, *mended.dropped, *_shifted(before, after)})
    return {
        "moved": len(mended.moved),
        "inserted": len(mended.inserted),
        "dropped": len(mended.dropped),
        "cost": {
            "priority": round(price.priority, 2),
            "driving_s": price.driving_s,
            "moved": price.moved,
            "dropped": price.dropped,
        },
        "changes": [_change(stored, visit, before.get(visit), after.get(visit)) for visit in concerned],
    }


def steady(before: Plan, after: Plan) -> Plan:
    """Return the plan after with the old times of every route whose visits shift by less than RETIMED_S."""
    return replace(
        after,
        routes=tuple(
            old if _same(old, new) else new for old, new in zip(before.routes, after.routes, strict=True)
        ),
    )


def _same(old: Route, new: Route) -> bool:
    if [stop.visit for stop in old.stops] != [stop.visit for stop in new.stops]:
        return False
    if (old.rest is None) != (new.rest is None):
        return False
    if old.rest and new.rest and abs(old.rest.from_s - new.rest.from_s) > RETIMED_S:
        return False
    pairs = zip(old.stops, new.stops, strict=True)
    return all(abs(one.start_s - other.start_s) <= RETIMED_S for one, other in pairs)


def _unit(stored: Stored, asked: Asked, now: datetime) -> int | None:
    """Return the unit (of problem.units) that falls out or is back. Raises BadInput and Conflicts."""
    if asked.why not in ("unit_out", "unit_back"):
        return None
    if asked.unit_id is None or asked.unit_id not in stored.unit_ids:
        raise BadInput("unit_id", "name a unit that has a route in this plan")
    unit = list(stored.unit_ids).index(asked.unit_id)
    if asked.why == "unit_back" and unit not in stored.out:
        raise NotOutOfThePlan(asked.unit_id)
    if stored.routes[unit].shift_until <= now:
        raise ShiftIsOver(asked.unit_id)
    return unit


def _with_unit(stored: Stored, asked: Asked, unit: int | None) -> Stored:
    if unit is None:
        return stored
    out = stored.out | {unit} if asked.why == "unit_out" else stored.out - {unit}
    return replace(stored, out=out)


def _stops(plan: Plan) -> dict[int, tuple[int, Stop]]:
    return {stop.visit: (unit, stop) for unit, route in enumerate(plan.routes) for stop in route.stops}


def _shifted(before: dict[int, tuple[int, Stop]], after: dict[int, tuple[int, Stop]]) -> list[int]:
    both = before.keys() & after.keys()
    return [visit for visit in both if abs(before[visit][1].start_s - after[visit][1].start_s) > TOLD_S]


def _change(stored: Stored, visit: int, old: tuple[int, Stop] | None, new: tuple[int, Stop] | None) -> Json:
    need = stored.needs[visit]
    return {
        "key": f"{need_key(need)}#{visit}",
        "stop_id": stored.stop_ids[visit],
        "grid_id": need.grid_id,
        "place_id": need.place_id,
        "priority": need.priority,
        "must": need.must,
        "from_unit": stored.unit_ids[old[0]] if old else None,
        "to_unit": stored.unit_ids[new[0]] if new else None,
        "from_at": _at(stored, old),
        "to_at": _at(stored, new),
    }


def _at(stored: Stored, made: tuple[int, Stop] | None) -> str | None:
    return to_text(stored.midnight + timedelta(seconds=made[1].start_s)) if made else None
