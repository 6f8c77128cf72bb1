"""How far a published plan is: what is done or begun, and where each unit is next free. Changes nothing.

Known are check-ins and the alerts a unit was sent to; between them it is taken to follow its plan.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from geo.patrol.problem import Floats, Problem, Route
from geo.patrol.repair import Underway
from geo.patrol.timing import Since
from geo.road_index import road_index
from operations.patrolling.drives import NOWHERE, nodes_of
from operations.patrolling.stored import Stored
from operations.road_closures import closures_in_force
from operations.store import Session
from operations.tables import Alert, Assignment, PatrolRoute, PatrolStop

ON_SCENE_S = 1_200.0
"""How long a unit is taken to stay at an alert: twenty minutes, what stopping and checking a vehicle takes.
Nobody can know it beforehand; when the unit is free again, or is not, the rest of the day is planned anew."""
BEFORE_ALL_S = -1e9
LEAST_AWAY_S = 300.0  # who has been there longer than ON_SCENE_S stays some more


@dataclass(frozen=True, slots=True)
class Absence:
    """A unit (of problem.units) leaves its plan and is free again at `place`, a row of the matrices."""

    unit: int
    from_s: float
    until_s: float
    place: int


@dataclass(frozen=True, slots=True)
class Progress:
    """A stored plan on the way: its problem with the places of absences added, and how far it is.

    rows: those of the places asked for, in the matrices.
    """

    stored: Stored
    problem: Problem
    underway: Underway
    absences: Sequence[Absence]
    rows: Sequence[int]


@dataclass(slots=True)
class _Walk:
    """A unit on its way through its route: free at `place` at `at_s`, next the stop at `position`."""

    place: int
    at_s: float
    position: int
    rested: bool = False


def progress(
    session: Session, stored: Stored, now: datetime, places: Sequence[tuple[float, float]] = ()
) -> Progress:
    """Return how far a plan is, with rows in its matrices for places (lon, lat) to leave from."""
    now_s = (now - stored.midnight).total_seconds()
    sent, before = _assignments(session, stored, now), _before(session, stored, now)
    known = [(alert.lon, alert.lat) for _, alert in sent] + [(stop.lon, stop.lat) for _, stop in before]
    lons, lats = [lon for lon, _ in [*known, *places]], [lat for _, lat in [*known, *places]]
    problem, rows = with_places(session, stored, nodes_of(stored.network, lons, lats), now)
    absences = [_absence(stored, one, row, now_s) for (one, _), row in zip(sent, rows, strict=False)]
    absences += [
        _visited(stored, unit_id, stop, row)
        for (unit_id, stop), row in zip(before, rows[len(sent) :], strict=False)
    ]
    absences.sort(key=lambda one: one.from_s)
    done, since = set(stored.done), []
    for unit in range(len(problem.units)):
        begun, free = _unit_progress(stored, problem, unit, absences, now_s)
        done |= begun
        since.append(free)
    underway = Underway(now_s, frozenset(done), tuple(since), stored.out)
    return Progress(stored, problem, underway, absences, rows[len(known) :])


def not_begun(stored: Stored) -> Progress:
    """Return a draft as it is before its day: nothing of it done, everybody at the station."""
    since = tuple(
        None if number in stored.out else Since(unit.start, unit.shift_from_s)
        for number, unit in enumerate(stored.problem.units)
    )
    return Progress(stored, stored.problem, Underway(BEFORE_ALL_S, frozenset(), since, stored.out), [], [])


def leaving(known: Progress, unit: int, until_s: float, row: int) -> Underway:
    """Return how far the plan is if a unit (of problem.units) left now and were free at a row at until_s."""
    absences = [*known.absences, Absence(unit, known.underway.now_s, until_s, row)]
    own = {stop.visit for stop in known.stored.plan.routes[unit].stops}
    begun, free = _unit_progress(known.stored, known.problem, unit, absences, known.underway.now_s)
    done = (known.underway.done - own) | (known.stored.done & own) | begun
    since = [*known.underway.since[:unit], free, *known.underway.since[unit + 1 :]]
    return replace(known.underway, done=frozenset(done), since=tuple(since))


def with_places(
    session: Session, stored: Stored, nodes: NDArray[np.int64], now: datetime
) -> tuple[Problem, list[int]]:
    """Return the problem with road nodes to leave from (never to go to) in its matrices, and their rows."""
    size = len(stored.nodes)
    if not len(nodes):
        return stored.problem, []
    closed = closures_in_force(session, now).tolist()
    vehicles = {
        unit.profile: (route.terms or {}).get("profile", "car")
        for unit, route in zip(stored.problem.units, stored.routes, strict=True)
    }
    seconds = []
    for profile, matrix in enumerate(stored.problem.seconds):
        wider = np.full((size + len(nodes), size + len(nodes)), np.inf)
        wider[:size, :size] = matrix
        wider[size:, :size] = _drives_from(stored, nodes, vehicles.get(profile, "car"), closed)
        np.fill_diagonal(wider, 0.0)
        seconds.append(wider)
    return replace(stored.problem, seconds=seconds), list(range(size, size + len(nodes)))


def _drives_from(stored: Stored, nodes: NDArray[np.int64], vehicle: str, closed: list[int]) -> Floats:
    """Return the seconds [from node, to place of the plan]."""
    found = np.full((len(nodes), len(stored.nodes)), np.inf)
    known, reached = np.flatnonzero(nodes != NOWHERE), np.flatnonzero(stored.nodes != NOWHERE)
    if len(known) and len(reached):
        index = road_index(stored.network)
        found[np.ix_(known, reached)] = index.seconds(nodes[known], stored.nodes[reached], vehicle, closed)
    return found


def _assignments(session: Session, stored: Stored, now: datetime) -> list[tuple[Assignment, Alert]]:
    """Return what the plan's units were sent to on its day and did not decline, in order of time."""
    sent = (
        select(Assignment, Alert)
        .join(Alert, Alert.id == Assignment.alert_id)
        .where(Assignment.unit_id.in_(stored.unit_ids), Assignment.declined_at.is_(None))
        .where(Assignment.assigned_at >= stored.midnight, Assignment.assigned_at <= now)
        .order_by(Assignment.assigned_at, Assignment.id)
    )
    return [(row[0], row[1]) for row in session.execute(sent)]


def _before(session: Session, stored: Stored, now: datetime) -> list[tuple[int, PatrolStop]]:
    """Return each unit's last check-in of the day under another plan: the one that this one replaced."""
    made = (
        select(PatrolRoute.unit_id, PatrolStop)
        .join(PatrolStop, PatrolStop.route_id == PatrolRoute.id)
        .where(PatrolRoute.unit_id.in_(stored.unit_ids), PatrolRoute.plan_id != stored.row.id)
        .where(PatrolStop.checked_in_at >= stored.midnight, PatrolStop.checked_in_at <= now)
        .order_by(PatrolStop.checked_in_at, PatrolStop.id)
    )
    last = {row[0]: row[1] for row in session.execute(made)}
    return sorted(last.items(), key=lambda one: one[0])


def _visited(stored: Stored, unit_id: int, stop: PatrolStop, place: int) -> Absence:
    """Return a stop of another plan as an absence from this one."""
    came_at = stop.checked_in_at or stop.start_at
    left_at = stop.left_at or came_at + timedelta(seconds=stop.dwell_s)
    unit = list(stored.unit_ids).index(unit_id)
    return Absence(
        unit,
        (came_at - stored.midnight).total_seconds(),
        (left_at - stored.midnight).total_seconds(),
        place,
    )


def _absence(stored: Stored, sent: Assignment, place: int, now_s: float) -> Absence:
    """Return an assignment as an absence; one under way ends when the unit has been there ON_SCENE_S."""
    unit = list(stored.unit_ids).index(sent.unit_id)
    from_s = (sent.assigned_at - stored.midnight).total_seconds()
    if sent.ended_at is not None:
        return Absence(unit, from_s, (sent.ended_at - stored.midnight).total_seconds(), place)
    there_s = from_s + sent.eta_s
    if sent.arrived_at is not None:
        there_s = (sent.arrived_at - stored.midnight).total_seconds()
    return Absence(unit, from_s, max(there_s + ON_SCENE_S, now_s + LEAST_AWAY_S), place)


def _unit_progress(
    stored: Stored, problem: Problem, unit: int, absences: Sequence[Absence], now_s: float
) -> tuple[set[int], Since | None]:
    """Return what a unit has begun, and where it is next free; nothing for one that is out."""
    if unit in stored.out:
        return set(), None
    route = stored.plan.routes[unit]
    walk = _start(stored, unit, route)
    begun: set[int] = set()
    for one in absences:
        if one.unit == unit and one.until_s > walk.at_s:
            begun |= _follow(problem, (unit, route), walk, one.from_s, on_the_way=False)
            walk.place, walk.at_s = one.place, max(one.until_s, walk.at_s)
    begun |= _follow(problem, (unit, route), walk, now_s, on_the_way=True)
    return begun, Since(walk.place, walk.at_s, walk.rested)


def _start(stored: Stored, unit: int, route: Route) -> _Walk:
    """Return where the unit was last known to be: at its last check-in, else at its station."""
    who = stored.problem.units[unit]
    checked_in = [position for position, stop in enumerate(route.stops) if stop.visit in stored.done]
    if not checked_in:
        return _Walk(who.start, who.shift_from_s, 0)
    position = checked_in[-1]
    visit = route.stops[position].visit
    row = stored.stops[stored.stop_ids[visit] or 0]
    left_at = row.left_at or row.checked_in_at or row.leave_at
    at_s = (left_at - stored.midnight).total_seconds()
    if row.left_at is None:
        at_s += stored.problem.visits[visit].dwell_s
    rested = route.rest is not None and route.rest.after <= position
    return _Walk(stored.problem.visits[visit].place, at_s, position + 1, rested)


def _follow(
    problem: Problem, who: tuple[int, Route], walk: _Walk, until_s: float, *, on_the_way: bool
) -> set[int]:
    """Walk on along the route until a time; return the visits begun by then, or with on_the_way set out for.

    Nobody is ahead of the plan. Stops passed over are returned too: a check-in may still wait in a phone
    without a network.
    """
    number, route = who
    unit = problem.units[number]
    drive = problem.seconds[unit.profile]
    begun = {stop.visit for stop in route.stops[: walk.position]}
    while True:
        rest = None if walk.rested or route.rest is None or route.rest.after > walk.position else route.rest
        if rest is not None:
            place, planned_s, lasts_s = unit.start, rest.from_s, rest.until_s - rest.from_s
        elif walk.position < len(route.stops):
            stop = route.stops[walk.position]
            visit = problem.visits[stop.visit]
            place, planned_s, lasts_s = visit.place, stop.start_s, visit.dwell_s
        else:
            return begun
        drive_s = float(drive[walk.place, place])
        begins_s = max(walk.at_s + drive_s, planned_s)
        if not np.isfinite(begins_s) or begins_s - (drive_s if on_the_way else 0.0) >= until_s:
            return begun
        walk.place, walk.at_s = place, begins_s + lasts_s
        if rest is not None:
            walk.rested = True
        else:
            begun.add(route.stops[walk.position].visit)
            walk.position += 1
