"""Plans in the database: read back as the problem and plan they were made from, and changed as a whole.

Who may change a plan and what a change does is for those who call; here every change counts the revision.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from geo.patrol.problem import Plan, Problem, Route, Stop
from geo.roads import RoadNetwork
from operations import audit, events
from operations.audit import Actor
from operations.demand.needs import Need
from operations.patrolling.drafts import Draft, build, need_key, wishes_from
from operations.patrolling.figures import figures_of
from operations.patrolling.rows import (
    PlanCannotChange,
    PlanChangedMeanwhile,
    PlanNotFound,
    crew_of,
    midnight_of,
    need_from,
    need_of,
    new_route,
    new_stop,
    plan_of,
    set_route,
    unserved_json,
)
from operations.patrolling.ways import Way, way_of, ways_of
from operations.store import Session
from operations.tables import PatrolPlan, PatrolRoute, PatrolStop

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """Why a plan changes, in a word or sentence, and who does it."""

    why: str
    actor: Actor


@dataclass(frozen=True)
class Stored:
    """A plan as it is stored, and as the problem and plan of geo/patrol.

    unit_ids, out: of problem.units (out: indices of units that no longer drive it). needs, stop_ids: parallel
    to problem.visits; a stop id of None was never stored as a stop. done: the visits checked in.
    """

    row: PatrolPlan
    problem: Problem
    plan: Plan
    unit_ids: Sequence[int]
    needs: Sequence[Need]
    stop_ids: Sequence[int | None]
    done: frozenset[int]
    out: frozenset[int]
    routes: Sequence[PatrolRoute]
    stops: dict[int, PatrolStop]
    nodes: NDArray[np.int64]
    network: RoadNetwork

    @property
    def midnight(self) -> datetime:
        """Return when the plan's day begins."""
        return midnight_of(self.row)


def find_plan(session: Session, plan_id: int, lock: bool = False) -> PatrolPlan:
    """Return a plan, locked if asked. Raises PlanNotFound."""
    row = session.get(PatrolPlan, plan_id, with_for_update=lock or None, populate_existing=True)
    if row is None:
        raise PlanNotFound(plan_id)
    return row


def check_revision(row: PatrolPlan, revision: int) -> None:
    """Raise PlanChangedMeanwhile unless the plan is still as it was seen."""
    if row.revision != revision:
        raise PlanChangedMeanwhile(row, revision)


def stored_plan(session: Session, plan_id: int, now: datetime, lock: bool = False) -> Stored:
    """Return a plan with its problem on the roads as they are now, closures included.

    lock: the plan and its stops stay as they are until the transaction ends. Stops taken out of a published
    plan are among the unserved. Raises PlanNotFound, PlanCannotChange, NoCounty.
    """
    row = find_plan(session, plan_id, lock)
    midnight = midnight_of(row)
    routes = session.scalars(
        select(PatrolRoute).where(PatrolRoute.plan_id == row.id).order_by(PatrolRoute.unit_id)
    ).all()
    driven = _stops(session, routes, lock)
    needs = [need_of(stop, midnight) for stops in driven for stop in stops]
    stop_ids: list[int | None] = [stop.id for stops in driven for stop in stops]
    served = len(needs)
    needs += [need_from(said) for said in row.unserved or []]
    stop_ids += [said.get("stop_id") for said in row.unserved or []]
    crews = [crew_of(row, route) for route in routes]
    made = build(session, crews, needs, wishes_from(row.wishes), now)
    return Stored(
        row,
        made.problem,
        plan_of(routes, driven, midnight, range(served, len(needs))),
        made.unit_ids,
        needs,
        stop_ids,
        frozenset(
            number
            for number, stop in enumerate(stop for stops in driven for stop in stops)
            if stop.checked_in_at is not None
        ),
        frozenset(unit for unit, route in enumerate(routes) if route.out_at is not None),
        routes,
        {stop.id: stop for stops in driven for stop in stops},
        made.nodes,
        made.network,
    )


def store_first(session: Session, row: PatrolPlan, draft: Draft, plan: Plan) -> None:
    """Store what was planned: routes, stops, the unserved and the figures."""
    midnight = midnight_of(row)
    ways = ways_of(draft.network, draft.problem, draft.nodes, plan.routes)
    for unit, crew in enumerate(draft.crews):
        route = new_route(row, crew, midnight)
        session.add(route)
        session.flush()
        set_route(route, plan.routes[unit], ways[unit], midnight)
        session.add_all(
            new_stop(route.id, position, draft.needs[stop.visit], stop, midnight)
            for position, stop in enumerate(plan.routes[unit].stops, start=1)
        )
    row.roads_version = draft.network.version
    row.unserved = [unserved_json(draft.problem, draft.needs[v], v, None) for v in plan.unserved]
    row.figures = {"bound_share": None, "entropy": None} | figures_of(draft.problem, plan) | _driven(ways)


def shorten(session: Session, plan_id: int, gone: Sequence[PatrolStop], now: datetime) -> None:
    """Have a plan go on without the stops just dropped: their routes' ways and numbers without them.

    What of `gone` could still begin is unserved from now on; the figures are of the plan that goes on.
    """
    stored = stored_plan(session, plan_id, now)
    for unit, route in enumerate(stored.plan.routes):
        kept = len(route.stops)
        own = [stored.stops[stored.stop_ids[stop.visit] or 0] for stop in route.stops]
        if own and own[-1].position == kept:
            continue
        rest = (
            route.rest
            if route.rest and route.stops and route.rest.until_s <= route.stops[-1].start_s
            else None
        )
        way = way_of(stored.network, stored.problem, stored.nodes, unit, Route(route.stops, rest))
        line = stored.routes[unit]
        line.line, line.driving_s, line.distance_m = way.line, way.driving_s, way.distance_m
        for position, stop in enumerate(own, start=1):
            stop.position = position
    left = [stop for stop in gone if stop.window_until > now]
    needs = [need_of(stop, stored.midnight) for stop in left]
    said = [
        asdict(need) | {"key": f"{need_key(need)}#d{stop.id}", "why": "lost_to_higher", "stop_id": stop.id}
        for need, stop in zip(needs, left, strict=True)
    ]
    stored.row.unserved = [*(stored.row.unserved or []), *said]
    session.flush()
    goes_on = stored_plan(session, plan_id, now)
    ways = [Way([], route.driving_s or 0.0, route.distance_m or 0.0) for route in goes_on.routes]
    stored.row.figures = (
        (stored.row.figures or {}) | figures_of(goes_on.problem, goes_on.plan) | _driven(ways)
    )


def keep(session: Session, stored: Stored, plan: Plan, change: Change, now: datetime) -> None:
    """Store `plan` in place of the stored one (read with lock): routes, stops, the unserved, the figures.

    plan has a route per unit of stored.problem. What was checked in keeps its times and its unit. In a
    published plan a stop that goes is marked dropped, in a draft it is deleted. Counts the revision up and
    audits as patrol.changed. Raises PlanCannotChange, and ValueError when a done visit would move.
    """
    row, midnight = stored.row, stored.midnight
    if row.state not in ("draft", "published"):
        raise PlanCannotChange(row)
    _refuse_moving_done(stored, plan)
    changed = _changed_units(stored, plan)
    for unit in changed:
        way = way_of(stored.network, stored.problem, stored.nodes, unit, plan.routes[unit])
        set_route(stored.routes[unit], plan.routes[unit], way, midnight)
        for position, stop in enumerate(plan.routes[unit].stops, start=1):
            _set_stop(session, stored, stored.routes[unit].id, position, stop)
    for visit in plan.unserved:
        _take_out(session, stored, visit, now)
    session.flush()
    row.unserved = [
        unserved_json(stored.problem, stored.needs[v], v, _kept_id(stored, v)) for v in plan.unserved
    ]
    ways = [Way([], route.driving_s or 0.0, route.distance_m or 0.0) for route in stored.routes]
    row.figures = (row.figures or {}) | figures_of(stored.problem, plan) | _driven(ways)
    row.revision += 1
    tell(session, row, [stored.unit_ids[unit] for unit in changed], change, now)


def tell(session: Session, row: PatrolPlan, unit_ids: Sequence[int], change: Change, now: datetime) -> None:
    """Audit a change of a plan; the relay makes it the event patrol.changed."""
    audit.record(
        session,
        actor=change.actor,
        now=now,
        action=events.PATROL_CHANGED,
        subject="patrol_plan",
        subject_id=row.id,
        reason=change.why,
        details=told(row) | {"unit_ids": list(unit_ids)},
    )


def told(row: PatrolPlan) -> Json:
    """Return what events and the trail say of a plan."""
    return {"plan_id": row.id, "day": row.day.isoformat(), "state": row.state, "revision": row.revision}


def _stops(session: Session, routes: Sequence[PatrolRoute], lock: bool) -> list[list[PatrolStop]]:
    """Return the stops of each route that are not dropped, in order."""
    wanted = select(PatrolStop).where(
        PatrolStop.route_id.in_([route.id for route in routes]), PatrolStop.dropped_at.is_(None)
    )
    if lock:
        session.scalars(wanted.order_by(PatrolStop.id).with_for_update()).all()
    by_route: dict[int, list[PatrolStop]] = {route.id: [] for route in routes}
    found = session.scalars(wanted.order_by(PatrolStop.position).execution_options(populate_existing=True))
    for stop in found:
        by_route[stop.route_id].append(stop)
    return [by_route[route.id] for route in routes]


def _set_stop(session: Session, stored: Stored, route_id: int, position: int, stop: Stop) -> None:
    """Move a visit's stop to its route, position and times; of one checked in only the position changes."""
    stop_id = stored.stop_ids[stop.visit]
    row = stored.stops.get(stop_id or 0) or (session.get(PatrolStop, stop_id) if stop_id else None)
    if row is None:
        session.add(new_stop(route_id, position, stored.needs[stop.visit], stop, stored.midnight))
        return
    row.position = position
    if stop.visit in stored.done:
        return
    row.route_id, row.dropped_at = route_id, None
    row.arrive_at = stored.midnight + timedelta(seconds=stop.arrive_s)
    row.start_at = stored.midnight + timedelta(seconds=stop.start_s)
    row.leave_at = stored.midnight + timedelta(seconds=stop.leave_s)


def _take_out(session: Session, stored: Stored, visit: int, now: datetime) -> None:
    """Take a visit's stop out of the plan, if it is in."""
    stop = stored.stops.get(stored.stop_ids[visit] or 0)
    if stop is None:
        return
    if stored.row.state == "published":
        stop.dropped_at = now
    else:
        session.delete(stop)


def _kept_id(stored: Stored, visit: int) -> int | None:
    """Return the id of the dropped stop that a visit would come back as."""
    return stored.stop_ids[visit] if stored.row.state == "published" else None


def _changed_units(stored: Stored, plan: Plan) -> list[int]:
    before = stored.plan.routes
    return [unit for unit, route in enumerate(plan.routes) if route != before[unit]]


def _refuse_moving_done(stored: Stored, plan: Plan) -> None:
    for unit, route in enumerate(stored.plan.routes):
        done = {stop.visit for stop in route.stops} & stored.done
        if not done <= {stop.visit for stop in plan.routes[unit].stops}:
            raise ValueError(f"a visit that is done would leave the route of unit {stored.unit_ids[unit]}")


def _driven(ways: Sequence[Way]) -> Json:
    return {
        "driving_s": round(sum(way.driving_s for way in ways), 1),
        "distance_m": round(sum(way.distance_m for way in ways), 1),
    }
