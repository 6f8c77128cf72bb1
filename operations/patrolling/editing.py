"""Changing a plan by hand, one visit at a time: what it costs is said first, and done only when asked.

Improving plans is solving's matter, mending them for a unit that falls out replanning's.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from geo.patrol.checking import faults
from geo.patrol.problem import Plan, Problem, RestTaken, Route
from geo.patrol.repair import Underway, as_planned, best_insertion, cost, driving_s, without
from geo.patrol.timing import Since, allowed, timed
from operations.audit import Actor
from operations.facts import BadInput, NotAllowed
from operations.patrolling.rows import PlanCannotChange
from operations.patrolling.stored import Change, Stored, check_revision, keep, stored_plan
from operations.patrolling.views import plan_json
from operations.store import Session

Json = dict[str, Any]

CHANGES = ("move", "remove", "insert")
BEFORE_ALL_S = -1e9


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: `stop_id` is moved or removed, `unserved_key` inserted. position: from 1; None: cheapest.

    unit_id: None for the same unit (move), or for the one where it costs least (insert).
    """

    plan_id: int
    revision: int
    change: str
    stop_id: int | None = None
    unserved_key: str | None = None
    unit_id: int | None = None
    position: int | None = None
    apply: bool = False


class _Refused(Exception):
    """The change cannot be made; `why` is a code for the console."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a visit is to go: the unit's index, and its place among all stops of the route, from 0."""

    unit: int
    position: int | None


def edit(session: Session, asked: Edit, actor: Actor, now: datetime) -> Json:
    """Return whether a change can be made, why not, and what it costs; make it if `apply`.

    why_not: does_not_fit, spacing, other_town, done, unit_out, nowhere. Raises NotAllowed, PlanNotFound,
    PlanChangedMeanwhile, PlanCannotChange, BadInput.
    """
    if actor.role != "supervisor":
        raise NotAllowed(f"A {actor.role} may not change patrol plans.")
    stored = stored_plan(session, asked.plan_id, now, lock=True)
    check_revision(stored.row, asked.revision)
    if stored.row.state not in ("draft", "published"):
        raise PlanCannotChange(stored.row)
    underway = underway_of(stored, now)
    try:
        after = _changed(stored, underway, asked)
    except _Refused as refused:
        return {"feasible": False, "why_not": refused.why, "cost": None, "plan": None}
    made = {"feasible": True, "why_not": None, "cost": asdict(cost(stored.problem, stored.plan, after))}
    if not asked.apply:
        return made | {"plan": None}
    keep(session, stored, after, Change(f"{asked.change} by hand", actor), now)
    session.flush()
    return made | {"plan": plan_json(session, stored.row.id, now)}


def underway_of(stored: Stored, now: datetime) -> Underway:
    """Return how far a plan is: a draft not at all; a published one by its check-ins, else as planned."""
    if stored.row.state != "published":
        return Underway(BEFORE_ALL_S, out=stored.out)
    now_s = (now - stored.midnight).total_seconds()
    planned = as_planned(stored.problem, stored.plan, now_s, stored.out)
    return Underway(now_s, planned.done | stored.done, out=stored.out)


def _changed(stored: Stored, underway: Underway, asked: Edit) -> Plan:
    """Return the plan after the change. Raises _Refused and BadInput."""
    problem, before = stored.problem, stored.plan
    visit = _visit(stored, asked)
    if visit in underway.done:
        raise _Refused("done")
    base = before
    if asked.change != "insert":
        base = without(problem, before, visit, underway)
        if asked.change == "remove":
            return base
    target = _target(stored, base, underway, (visit, asked))
    if target.unit in underway.out:
        raise _Refused("unit_out")
    if not allowed(problem, target.unit, visit):
        raise _Refused("other_town")
    after = _placed(problem, base, underway, (visit, target))
    if set(faults(problem, after)) - set(faults(problem, before)):
        raise _Refused("spacing")  # all else was seen to when it was timed
    return after


def _visit(stored: Stored, asked: Edit) -> int:
    """Return the visit that a change is about. Raises BadInput naming what is missing or not there."""
    if asked.change not in CHANGES:
        raise BadInput("change", f"must be one of {', '.join(CHANGES)}")
    if asked.change == "insert":
        keys = [said["key"] for said in stored.row.unserved or []]
        if asked.unserved_key not in keys:
            raise BadInput("unserved_key", "is none of the plan's unserved visits: load the plan again")
        return len(stored.needs) - len(keys) + keys.index(asked.unserved_key)
    if asked.stop_id is None or asked.stop_id not in stored.stops:
        raise BadInput("stop_id", "is no stop of this plan, or was dropped: load the plan again")
    return list(stored.stop_ids).index(asked.stop_id)


def _target(stored: Stored, base: Plan, underway: Underway, what: tuple[int, Edit]) -> _Target:
    """Return where a visit goes: as asked, else where it costs least."""
    visit, asked = what
    if asked.unit_id is not None:
        if asked.unit_id not in stored.unit_ids:
            raise BadInput("unit_id", "has no route in this plan")
        unit = list(stored.unit_ids).index(asked.unit_id)
        return _Target(unit, None if asked.position is None else asked.position - 1)
    if asked.change == "move":
        routes = enumerate(stored.plan.routes)
        unit = next(u for u, route in routes if any(stop.visit == visit for stop in route.stops))
        return _Target(unit, None if asked.position is None else asked.position - 1)
    found = best_insertion(stored.problem, base, visit, underway)
    if found is None:
        raise _Refused("nowhere")
    return _Target(found.unit, found.position)


def _placed(problem: Problem, base: Plan, underway: Underway, what: tuple[int, _Target]) -> Plan:
    """Return the plan with a visit put into a route; the rest of that route at its earliest times."""
    visit, target = what
    route = base.routes[target.unit]
    done = [stop for stop in route.stops if stop.visit in underway.done]
    ahead = [stop.visit for stop in route.stops if stop.visit not in underway.done]
    if target.position is not None and target.position < len(done):
        raise _Refused("done")
    where = range(len(ahead) + 1)
    if target.position is not None:
        where = range(
            min(target.position - len(done), len(ahead)), min(target.position - len(done), len(ahead)) + 1
        )
    since = _since(problem, route, underway, target.unit)
    made = []
    for at in where:
        timed_route = timed(problem, target.unit, [*ahead[:at], visit, *ahead[at:]], since)
        if timed_route is not None:
            made.append(_replaced(base, target.unit, _joined(route, len(done), timed_route, underway), visit))
    if not made:
        raise _Refused("does_not_fit")
    return min(made, key=lambda plan: driving_s(problem, plan))


def _since(problem: Problem, route: Route, underway: Underway, unit: int) -> Since | None:
    """Return where a unit is next free, if it is under way: after its done stops, or its rest."""
    who = problem.units[unit]
    if underway.now_s <= who.shift_from_s and not any(s.visit in underway.done for s in route.stops):
        return None
    done = [stop for stop in route.stops if stop.visit in underway.done]
    rested = route.rest is not None and (route.rest.after < len(done) or route.rest.from_s <= underway.now_s)
    if rested and route.rest is not None and route.rest.after >= len(done):
        return Since(who.start, max(underway.now_s, route.rest.until_s), True)
    if not done:
        return Since(who.start, underway.now_s, rested)
    return Since(problem.visits[done[-1].visit].place, max(done[-1].leave_s, underway.now_s), rested)


def _joined(before: Route, done: int, ahead: Route, underway: Underway) -> Route:
    """Return what is done as it was, followed by what is ahead."""
    kept = tuple(stop for stop in before.stops if stop.visit in underway.done)
    if ahead.rest is not None:
        rest: RestTaken | None = replace(ahead.rest, after=ahead.rest.after + done)
    else:
        taken = before.rest is not None and (before.rest.after < done or before.rest.from_s <= underway.now_s)
        rest = before.rest if taken else None
        rest = replace(rest, after=min(rest.after, done)) if rest else None
    return Route((*kept, *ahead.stops), rest)


def _replaced(base: Plan, unit: int, route: Route, visit: int) -> Plan:
    routes = tuple(route if number == unit else other for number, other in enumerate(base.routes))
    return Plan(routes, tuple(one for one in base.unserved if one != visit))
