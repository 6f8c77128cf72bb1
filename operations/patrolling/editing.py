"""Changing a plan by hand, one visit at a time: what it costs is said first, and done only when asked.

Improving plans is solving's matter, mending them for a unit that falls out replanning's.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from geo.patrol.checking import faults
from geo.patrol.problem import Plan, Problem, RestTaken, Route
from geo.patrol.repair import Underway, best_insertion, cost, driving_s, without
from geo.patrol.timing import Since, allowed, timed
from operations.audit import Actor
from operations.facts import BadInput, NotAllowed
from operations.patrolling.rows import PlanCannotChange
from operations.patrolling.stored import Change, Stored, check_revision, keep, stored_plan
from operations.patrolling.views import plan_json
from operations.store import Session
from operations.underway import progress

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
    problem, underway = _known(session, stored, now)
    try:
        after = _changed(stored, problem, underway, asked)
    except _Refused as refused:
        return {"feasible": False, "why_not": refused.why, "cost": None, "plan": None}
    made = {"feasible": True, "why_not": None, "cost": asdict(cost(problem, stored.plan, after))}
    if not asked.apply:
        return made | {"plan": None}
    keep(session, stored, after, Change(f"{asked.change} by hand", actor), now)
    session.flush()
    return made | {"plan": plan_json(session, stored.row.id, now)}


def _known(session: Session, stored: Stored, now: datetime) -> tuple[Problem, Underway]:
    """Return how far a plan is: a draft not at all, a published one by check-ins and assignments."""
    if stored.row.state != "published":
        return stored.problem, Underway(BEFORE_ALL_S, out=stored.out)
    known = progress(session, stored, now)
    return known.problem, known.underway


def _changed(stored: Stored, problem: Problem, underway: Underway, asked: Edit) -> Plan:
    """Return the plan after the change. Raises _Refused and BadInput."""
    before = stored.plan
    visit = _visit(stored, asked)
    if visit in underway.done:
        raise _Refused("done")
    base = before
    if asked.change != "insert":
        base = without(problem, before, visit, underway)
        if asked.change == "remove":
            return base
    target = _target(stored, (problem, base), underway, (visit, asked))
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


def _target(
    stored: Stored, base: tuple[Problem, Plan], underway: Underway, what: tuple[int, Edit]
) -> _Target:
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
    found = best_insertion(*base, visit, underway)
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
    where: Sequence[int] = range(len(ahead) + 1)
    if target.position is not None:
        where = [min(target.position - len(done), len(ahead))]
    since = underway.since[target.unit] if underway.since else None
    if since is not None:
        since = replace(since, at_s=max(since.at_s, underway.now_s))
    made = []
    for at in where:
        fitted = timed(problem, target.unit, [*ahead[:at], visit, *ahead[at:]], since)
        if fitted is not None:
            made.append(_replaced(base, target.unit, _joined(route, underway, fitted, since), visit))
    if not made:
        raise _Refused("does_not_fit")
    return min(made, key=lambda plan: driving_s(problem, plan))


def _joined(before: Route, underway: Underway, ahead: Route, since: Since | None) -> Route:
    """Return what is done as it was, followed by what is ahead."""
    kept = tuple(stop for stop in before.stops if stop.visit in underway.done)
    rest: RestTaken | None = None
    if ahead.rest is not None:
        rest = replace(ahead.rest, after=ahead.rest.after + len(kept))
    elif before.rest is not None and since is not None and since.rest_taken:
        rest = replace(before.rest, after=min(before.rest.after, len(kept)))
    return Route((*kept, *ahead.stops), rest)


def _replaced(base: Plan, unit: int, route: Route, visit: int) -> Plan:
    routes = tuple(route if number == unit else other for number, other in enumerate(base.routes))
    return Plan(routes, tuple(one for one in base.unserved if one != visit))
