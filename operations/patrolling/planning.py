"""The planning job: a plan is wanted, a worker claims it, plans, and stores a draft. Publishing is elsewhere.

Planning takes seconds, so nothing is locked meanwhile. A worker that dies leaves its claim to run out.
"""

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from geo.patrol.bound import share_bound
from geo.patrol.problem import Plan, Problem
from operations import audit, events
from operations.audit import SYSTEM, Actor
from operations.facts import BadInput, Fact, NotAllowed
from operations.patrolling.days import local_midnight
from operations.patrolling.drafts import Draft, Wishes, draft, wishes_from
from operations.patrolling.hours import evenness_with_past
from operations.patrolling.shifts import ensure_shifts
from operations.patrolling.stored import store_first, stored_plan, told
from operations.store import Engine, Session, reading, writing
from operations.tables import PatrolPlan, Shift

log = logging.getLogger(__name__)

SOLVER = "watchgrid/ruin-recreate"
LOOK_EVERY_S = 1.0
BOUND_UP_TO = 2_000  # visits; the bound of more takes minutes
CLAIM_LASTS, CLAIM_GRACE_S = 2.0, 60.0  # a claim runs out after so many times its seconds, and these
PREPARES_S = 5.0  # what gathering needs, roads and figures takes beside the solving


def want(session: Session, day: date, wishes: Wishes, actor: Actor, now: datetime) -> PatrolPlan:
    """Ask for a plan of a day; a worker makes it. Raises NotAllowed, BadInput."""
    if actor.role not in ("supervisor", "system"):
        raise NotAllowed(f"A {actor.role} may not plan patrols.")
    ensure_shifts(session)
    _check(session, wishes)
    seed = secrets.randbelow(2**31) if wishes.seed is None else wishes.seed  # nobody can guess it beforehand
    row = PatrolPlan(
        day=day,
        midnight=local_midnight(day, wishes.timezone),
        shift=wishes.shift,
        name=wishes.name,
        state="wanted",
        revision=0,
        wishes=replace(wishes, seed=seed).to_json(),
        seed=seed,
        made_at=now,
        made_by=actor.user_id,
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
        details=told(row) | {"wishes": row.wishes},
    )
    return row


def plan_next(engine: Engine, stopping: Callable[[], bool], now: datetime) -> int | None:
    """Make the oldest plan that is wanted, or that a dead worker left; return its id, None if none waits."""
    with reading(engine) as session:
        if not waiting(session, now):
            return None
    with writing(engine) as session:
        plan_id = claim(session, now)
    if plan_id is not None:
        make(engine, plan_id, now, stopping)
    return plan_id


def claim(session: Session, now: datetime) -> int | None:
    """Take the oldest plan that waits for a worker; its id, or None."""
    locked = select(PatrolPlan).where(PatrolPlan.id.in_(waiting(session, now))).order_by(PatrolPlan.id)
    row = session.scalar(locked.limit(1).with_for_update(skip_locked=True))
    if row is None:
        return None
    row.state, row.claimed_at = "planning", now
    return row.id


def make(
    engine: Engine,
    plan_id: int,
    claimed_at: datetime,
    stopping: Callable[[], bool],
    report: Callable[[float], None] | None = None,
) -> None:
    """Plan what was claimed and store it: as a draft, as failed, or as wanted again when told to stop.

    report: hears the share [0, 1] of the search that is spent.
    """
    # The API plans nothing and must not load the solver.
    from operations.improving import base_of, improved
    from operations.patrolling.solving import solved

    with reading(engine) as session:
        row = session.get_one(PatrolPlan, plan_id)
        wishes, day, based_on = wishes_from(row.wishes), row.day, row.based_on
    watched = _Watched(engine, plan_id, claimed_at, stopping)
    try:
        if based_on is not None:
            with reading(engine) as session:
                base = base_of(session, based_on, claimed_at)
            gathered, plan, figures = improved(base, wishes, (watched.enough, report))
        else:
            with reading(engine) as session:
                gathered = draft(session, day, wishes, claimed_at)
            plan = solved(gathered.problem, wishes, watched.enough, report)
            figures = {}
    except Fact as why:
        with writing(engine) as session:
            _fail(session, plan_id, claimed_at, str(why))
        return
    with writing(engine) as session:
        _finish(session, watched, (gathered, plan, figures))


def add_bound(engine: Engine, plan_id: int, now: datetime) -> None:
    """Add to a plan's figures how much of the priority any plan could serve: half a minute of work a day."""
    with reading(engine) as session:
        row = session.get_one(PatrolPlan, plan_id)
        if row.state not in ("draft", "published") or row.based_on is not None:
            return
        problem = stored_plan(session, plan_id, now).problem
    share = _bound_share(problem)
    with writing(engine) as session:
        row = session.get_one(PatrolPlan, plan_id, with_for_update=True)
        row.figures = (row.figures or {}) | {"bound_share": share}


def is_claimed(session: Session, plan_id: int, claimed_at: datetime) -> bool:
    """Return whether this claim of a plan still holds: it is being made."""
    return _claimed(session, plan_id, claimed_at) is not None


def give_up(engine: Engine, plan_id: int, claimed_at: datetime, why: str) -> None:
    """Say that a claimed plan cannot be made; nothing if it was made, or is another's by now."""
    with writing(engine) as session:
        _fail(session, plan_id, claimed_at, why)


def release(engine: Engine, plan_id: int, claimed_at: datetime) -> None:
    """Have a claimed plan wanted again, for the next worker; nothing if it was made meanwhile."""
    with writing(engine) as session:
        row = _claimed(session, plan_id, claimed_at, lock=True)
        if row is not None:
            row.state, row.claimed_at = "wanted", None


def progress(row: PatrolPlan, now: datetime) -> float | None:
    """Return how far planning is [0, 1], by the time it may take; None when it does not run."""
    if row.state == "wanted":
        return 0.0
    if row.state != "planning" or row.claimed_at is None:
        return None
    whole_s = float(row.wishes.get("seconds", 20)) + PREPARES_S
    return round(min(max((now - row.claimed_at).total_seconds() / whole_s, 0.0), 0.99), 3)


class _Watched:
    """Whether a plan that is being made is still wanted: asked often, looked up once a second."""

    def __init__(
        self, engine: Engine, plan_id: int, claimed_at: datetime, stopping: Callable[[], bool]
    ) -> None:
        self.engine, self.plan_id, self.claimed_at = engine, plan_id, claimed_at
        self.stopping = stopping
        self._unwanted = False
        self._look_at_s = time.monotonic() + LOOK_EVERY_S

    def enough(self) -> bool:
        if self.stopping() or self._unwanted:
            return True
        if time.monotonic() >= self._look_at_s:
            self._look_at_s = time.monotonic() + LOOK_EVERY_S
            with reading(self.engine) as session:
                self._unwanted = _claimed(session, self.plan_id, self.claimed_at) is None
        return self._unwanted


def _check(session: Session, wishes: Wishes) -> None:
    for name, least, most in (
        ("seconds", 1, 120),
        ("variety", 0, 0.5),
        ("town_floor", 0, 1),
        ("abroad_s", 0, 36_000),
    ):
        if not least <= getattr(wishes, name) <= most:
            raise BadInput(name, f"must lie between {least} and {most}")
    codes = session.scalars(select(Shift.code).order_by(Shift.id)).all()
    if wishes.shift is not None and wishes.shift not in codes:
        raise BadInput("shift", f"must be one of {', '.join(codes)}")


def waiting(session: Session, now: datetime) -> list[int]:
    """Return the ids of plans to be made: wanted, or claimed so long ago that the worker must be dead."""
    open_rows = select(PatrolPlan).where(PatrolPlan.state.in_(("wanted", "planning"))).order_by(PatrolPlan.id)
    return [row.id for row in session.scalars(open_rows) if row.claimed_at is None or _has_run_out(row, now)]


def _has_run_out(row: PatrolPlan, now: datetime) -> bool:
    lasts_s = CLAIM_LASTS * float(row.wishes.get("seconds", 20)) + CLAIM_GRACE_S
    return row.claimed_at is None or row.claimed_at + timedelta(seconds=lasts_s) < now


def _claimed(session: Session, plan_id: int, claimed_at: datetime, lock: bool = False) -> PatrolPlan | None:
    """Return the plan if this claim of it still holds."""
    row = session.get(PatrolPlan, plan_id, with_for_update=lock or None, populate_existing=True)
    return row if row and row.state == "planning" and row.claimed_at == claimed_at else None


def _fail(session: Session, plan_id: int, claimed_at: datetime, why: str) -> None:
    row = _claimed(session, plan_id, claimed_at, lock=True)
    if row is None:
        return
    row.state, row.failed_why = "failed", why
    _tell_planned(session, row, claimed_at)


def _finish(session: Session, watched: _Watched, made: tuple[Draft, Plan, dict[str, Any]]) -> None:
    """Store a draft, unless the plan was discarded or claimed by another worker meanwhile."""
    row = _claimed(session, watched.plan_id, watched.claimed_at, lock=True)
    if row is None:
        return
    if watched.stopping():
        row.state, row.claimed_at = "wanted", None
        return
    gathered, plan, figures = made
    store_first(session, row, gathered, plan)
    session.flush()
    row.figures = (row.figures or {}) | {"entropy": evenness_with_past(session, row)} | figures
    row.state, row.solver, row.failed_why = "draft", SOLVER, None
    _tell_planned(session, row, watched.claimed_at)


def _tell_planned(session: Session, row: PatrolPlan, now: datetime) -> None:
    figures = row.figures or {}
    shown = {name: figures.get(name) for name in ("visits", "served", "priority_share", "must_unserved")}
    audit.record(
        session,
        actor=SYSTEM,
        now=now,
        action=events.PATROL_PLANNED,
        subject="patrol_plan",
        subject_id=row.id,
        details=told(row) | {"figures": shown, "failed_why": row.failed_why},
    )


def _bound_share(problem: Problem) -> float | None:
    if not problem.units or not 0 < len(problem.visits) <= BOUND_UP_TO:
        return None
    return round(share_bound(problem), 5)
