"""Improving a plan under way: a draft with the rest of its day solved anew, and how many visits that moves.

The second button: solving finds more than mending, but hands visits from unit to unit. The job that runs it,
and publishing, are in patrolling/.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from geo.patrol.checking import driving_s, served_priority
from geo.patrol.effort import Effort
from geo.patrol.problem import Plan, Route
from geo.patrol.remaining import Remaining, remaining, whole
from geo.patrol.repair import cost, repair
from operations import audit
from operations.audit import Actor
from operations.facts import BadInput, NotAllowed
from operations.patrolling.drafts import Draft, Wishes, wishes_from
from operations.patrolling.rows import PlanCannotChange, crew_of, midnight_of
from operations.patrolling.stored import Stored, find_plan, stored_plan, told
from operations.store import Session
from operations.tables import PatrolPlan
from operations.underway import Progress, not_begun, progress

LONGEST_S = 120.0
CORES = 2

Watching = tuple[Callable[[], bool], Callable[[float], None] | None]
"""Whether it is enough, and who hears the share of the search that is spent."""


@dataclass(frozen=True)
class Base:
    """A plan to improve: as stored, how far it is, mended for that, and what is left of it."""

    stored: Stored
    known: Progress
    mended: Plan
    left: Remaining


def want_improvement(
    session: Session, plan_id: int, seconds: float, actor: Actor, now: datetime
) -> PatrolPlan:
    """Ask for a better rest of a plan's day; a worker makes it, as a draft based on the plan.

    Raises NotAllowed, BadInput, PlanNotFound, PlanCannotChange.
    """
    if actor.role != "supervisor":
        raise NotAllowed(f"A {actor.role} may not plan patrols.")
    if not 1 <= seconds <= LONGEST_S:
        raise BadInput("seconds", f"must lie between 1 and {LONGEST_S:.0f}")
    base = find_plan(session, plan_id)
    if base.state not in ("draft", "published"):
        raise PlanCannotChange(base)
    wishes = replace(wishes_from(base.wishes), seconds=seconds, variety=0.0)
    row = PatrolPlan(
        day=base.day,
        midnight=midnight_of(base),
        shift=base.shift,
        name=base.name,
        state="wanted",
        revision=0,
        wishes=wishes.to_json(),
        seed=base.seed,
        made_at=now,
        made_by=actor.user_id,
        based_on=base.id,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        actor=actor,
        now=now,
        action="patrol.plan_wanted",
        subject="patrol_plan",
        subject_id=row.id,
        details=told(row) | {"wishes": row.wishes, "based_on": base.id},
    )
    return row


def base_of(session: Session, plan_id: int, now: datetime) -> Base:
    """Gather what is left of a plan's day. Raises PlanNotFound, PlanCannotChange, NoCounty."""
    stored = stored_plan(session, plan_id, now)
    known = progress(session, stored, now) if stored.row.state == "published" else not_begun(stored)
    mended = repair(known.problem, stored.plan, known.underway).plan
    return Base(stored, known, mended, remaining(known.problem, mended, known.underway))


def improved(base: Base, wishes: Wishes, watching: Watching) -> tuple[Draft, Plan, dict[str, Any]]:
    """Return the draft, its plan, and what it changes against the plan it was improved from."""
    from geo.patrol.solving import solve  # the API solves nothing and must not load the solver

    enough, report = watching
    left = base.left
    effort = Effort(seed=wishes.seed or 0, seconds=wishes.seconds, cores=CORES, enough=enough, report=report)
    found = solve(left.problem, effort, start=left.plan)
    best = max(left.plan, found, key=lambda plan: _worth(left, plan))
    after = whole(base.mended, base.known.underway, left, best)
    price = cost(base.known.problem, base.stored.plan, after)
    drawing, plan = _without_the_gone(base.stored, after)
    return drawing, plan, {"moved": price.moved, "dropped": price.dropped}


def _worth(left: Remaining, plan: Plan) -> tuple[int, float, float]:
    musts = sum(left.problem.visits[visit].must for visit in plan.unserved)
    return -musts, round(served_priority(left.problem, plan), 6), -driving_s(left.problem, plan)


def _without_the_gone(stored: Stored, plan: Plan) -> tuple[Draft, Plan]:
    """Return draft and plan without the units that are out, and without what those had done."""
    units = [number for number in range(len(stored.unit_ids)) if number not in stored.out]
    gone = {stop.visit for number in stored.out for stop in plan.routes[number].stops}
    visits = [number for number in range(len(stored.needs)) if number not in gone]
    index = {visit: number for number, visit in enumerate(visits)}
    problem = replace(
        stored.problem,
        units=[stored.problem.units[number] for number in units],
        visits=[stored.problem.visits[number] for number in visits],
    )
    drawing = Draft(
        problem,
        [stored.unit_ids[number] for number in units],
        [stored.needs[number] for number in visits],
        stored.nodes,
        [crew_of(stored.row, stored.routes[number]) for number in units],
        stored.network,
    )
    routes = tuple(_renumbered(plan.routes[number], index) for number in units)
    return drawing, Plan(routes, tuple(index[visit] for visit in plan.unserved))


def _renumbered(route: Route, index: dict[int, int]) -> Route:
    return replace(route, stops=tuple(replace(stop, visit=index[stop.visit]) for stop in route.stops))
