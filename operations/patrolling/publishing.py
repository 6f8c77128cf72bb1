"""Publishing a plan: whole or not at all, one published plan for each unit and day. And discarding, copying.

A plan published while another is under way replaces only what is not done: stops checked in stay with the
plan they were made under, its other stops are dropped, and of the new plan binds what begins from now on.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from operations import audit, events
from operations.audit import Actor
from operations.facts import Conflict, NotAllowed
from operations.patrolling.drafts import stop_key
from operations.patrolling.rows import PlanNotFound, midnight_of
from operations.patrolling.stored import (
    Change,
    check_revision,
    find_plan,
    shorten,
    tell,
    told,
)
from operations.store import Session
from operations.tables import PatrolPlan, PatrolRoute, PatrolStop

PLAN_KEEPS = ("day", "midnight", "shift", "name", "wishes", "seed", "figures", "solver", "roads_version")
ROUTE_KEEPS = (
    "unit_id",
    "shift_from",
    "shift_until",
    "rest_from",
    "rest_until",
    "terms",
    "line",
    "driving_s",
    "distance_m",
)
STOP_KEEPS = (
    "position",
    "grid_id",
    "place_id",
    "town_id",
    "lon",
    "lat",
    "arrive_at",
    "start_at",
    "leave_at",
    "window_from",
    "window_until",
    "dwell_s",
    "priority",
    "must",
    "revisit",
    "spacing_s",
    "reasons",
)


class PlanNotADraft(Conflict):
    """Only a draft can be published."""

    def __init__(self, row: PatrolPlan) -> None:
        super().__init__(f"Plan {row.id} is {row.state}; only a draft can be published.")


class PlanIsPublished(Conflict):
    """A published plan is not discarded: another takes its place."""

    def __init__(self, row: PatrolPlan) -> None:
        super().__init__(f"Plan {row.id} is published: publish another in its place.")


class DayIsOver(Conflict):
    """Every shift of the plan has ended."""

    def __init__(self, row: PatrolPlan) -> None:
        super().__init__(f"Every shift of plan {row.id} has ended: there is nothing left of it to drive.")


def publish(session: Session, plan_id: int, revision: int, actor: Actor, now: datetime) -> PatrolPlan:
    """Have the units drive a draft from now on. Publishing the published plan again changes nothing.

    Raises NotAllowed, PlanNotFound, PlanChangedMeanwhile, PlanNotADraft, DayIsOver.
    """
    _may(actor)
    row = _day_locked(session, plan_id)
    if row.state == "published":
        return row
    check_revision(row, revision)
    if row.state != "draft":
        raise PlanNotADraft(row)
    routes = _routes(session, row.id)
    if not any(route.shift_until > now for route in routes):
        raise DayIsOver(row)
    done = _replace_others(session, row, {route.unit_id for route in routes}, now)
    gone = _drop_what_is_past(session, row, routes, done, now)
    if gone:
        session.flush()
        shorten(session, row.id, [stop for stop in gone if stop_key(stop, midnight_of(row)) not in done], now)
    row.state, row.published_at, row.published_by = "published", now, actor.user_id
    row.revision += 1
    audit.record(
        session,
        actor=actor,
        now=now,
        action=events.PATROL_PUBLISHED,
        subject="patrol_plan",
        subject_id=row.id,
        details=told(row) | {"unit_ids": [route.unit_id for route in routes]},
    )
    return row


def discard(session: Session, plan_id: int, revision: int, actor: Actor, now: datetime) -> PatrolPlan:
    """Put a plan away that was never published; one being made is no longer made.

    Raises NotAllowed, PlanNotFound, PlanChangedMeanwhile, PlanIsPublished.
    """
    _may(actor)
    row = find_plan(session, plan_id, lock=True)
    if row.state == "discarded":
        return row
    check_revision(row, revision)
    if row.state in ("published", "superseded"):
        raise PlanIsPublished(row)
    row.state = "discarded"
    row.revision += 1
    tell(session, row, [], Change("discarded", actor), now)
    return row


def copy(session: Session, plan_id: int, actor: Actor, now: datetime) -> PatrolPlan:
    """Return a new draft with the routes and stops of a plan, nothing of it done; to be edited.

    Raises NotAllowed, PlanNotFound, PlanCannotChange, and PlanNotADraft while it is being made or failed.
    """
    _may(actor)
    source = find_plan(session, plan_id)
    midnight_of(source)
    if source.state not in ("draft", "published", "superseded", "discarded") or source.figures is None:
        raise PlanNotADraft(source)
    row = PatrolPlan(**_same(source, PLAN_KEEPS), state="draft", revision=0, made_at=now)
    row.made_by, row.based_on = actor.user_id, source.id
    session.add(row)
    session.flush()
    for route in _routes(session, source.id):
        twin = PatrolRoute(**_same(route, ROUTE_KEEPS), plan_id=row.id)
        session.add(twin)
        session.flush()
        for stop in _stops(session, [route.id]):
            session.add(PatrolStop(**_same(stop, STOP_KEEPS), route_id=twin.id))
    row.unserved = [said | {"stop_id": None} for said in source.unserved or []]
    tell(session, row, [], Change(f"copied from plan {source.id}", actor), now)
    return row


def _may(actor: Actor) -> None:
    if actor.role not in ("supervisor", "system"):
        raise NotAllowed(f"A {actor.role} may not change patrol plans.")


def _day_locked(session: Session, plan_id: int) -> PatrolPlan:
    """Return a plan with all plans of its day locked, so that two cannot be published at once."""
    day = session.scalar(select(PatrolPlan.day).where(PatrolPlan.id == plan_id))
    if day is None:
        raise PlanNotFound(plan_id)
    of_day = select(PatrolPlan).where(PatrolPlan.day == day).order_by(PatrolPlan.id)
    rows = session.scalars(of_day.with_for_update().execution_options(populate_existing=True)).all()
    return next(row for row in rows if row.id == plan_id)


def _replace_others(session: Session, row: PatrolPlan, unit_ids: set[int], now: datetime) -> set[str]:
    """Take these units out of the other published plans of the day; return the keys of what they have done.

    A plan left without units is superseded. Stops that are not checked in are dropped.
    """
    others = select(PatrolPlan).where(PatrolPlan.day == row.day, PatrolPlan.state == "published")
    done: set[str] = set()
    for other in session.scalars(others.order_by(PatrolPlan.id)).all():
        routes = _routes(session, other.id)
        replaced = [route for route in routes if route.unit_id in unit_ids]
        if not replaced:
            continue
        for stop in _stops(session, [route.id for route in replaced], lock=True):
            if stop.checked_in_at is None:
                stop.dropped_at = now
            else:
                done.add(stop_key(stop, midnight_of(row)))
        for route in replaced:
            route.out_at = route.out_at or now
        if all(route.out_at is not None for route in routes):
            other.state = "superseded"
        other.revision += 1
        tell(session, other, sorted(unit_ids), Change(f"replaced by plan {row.id}", audit.SYSTEM), now)
    return done


def _drop_what_is_past(
    session: Session, row: PatrolPlan, routes: Sequence[PatrolRoute], done: set[str], now: datetime
) -> list[PatrolStop]:
    """Drop what would have begun before now, and what the plan before it has done already; return it."""
    midnight = midnight_of(row)
    gone = []
    for stop in _stops(session, [route.id for route in routes]):
        if stop.start_at < now or stop_key(stop, midnight) in done:
            stop.dropped_at = now
            gone.append(stop)
    return gone


def _routes(session: Session, plan_id: int) -> Sequence[PatrolRoute]:
    routes = select(PatrolRoute).where(PatrolRoute.plan_id == plan_id).order_by(PatrolRoute.unit_id)
    return session.scalars(routes.execution_options(populate_existing=True)).all()


def _stops(session: Session, route_ids: Sequence[int], lock: bool = False) -> Sequence[PatrolStop]:
    stops = select(PatrolStop).where(PatrolStop.route_id.in_(route_ids), PatrolStop.dropped_at.is_(None))
    ordered = stops.order_by(PatrolStop.id).execution_options(populate_existing=True)
    return session.scalars(ordered.with_for_update() if lock else ordered).all()


def _same(row: PatrolPlan | PatrolRoute | PatrolStop, names: Sequence[str]) -> dict[str, object]:
    return {name: getattr(row, name) for name in names}
