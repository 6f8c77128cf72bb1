"""Patrol plans for a day: which grids want a visit, who is on shift, storing what geo.planning makes.

Following a plan is in patrols.py. Planning takes seconds, so nothing is locked while it runs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import delete, func, select

from geo import planning
from geo.coordinates import haversine_m
from geo.planning import Effort, NoPlanFound, PatrolUnit, VisitTask, plan_patrols
from geo.roads import RoadNetwork
from geo.travel_times import seconds_between
from operations import audit
from operations.audit import Actor
from operations.county import road_network
from operations.facts import Conflict, NotAllowed
from operations.store import Engine, Session, reading, writing
from operations.tables import Camera, Grid, PatrolPlan, PatrolStop, Station, Unit

HOUR_S = 3600.0
# Shifts in hours from local midnight by kind of unit; units of a kind take them in turn.
SHIFTS_H = {
    "urban": [(0, 8), (8, 16), (16, 24)],
    "night": [(20, 28)],
    "town": [(8, 16), (14, 22)],
    "village": [(8, 17)],
}
DWELL_S = 600.0  # Koper: 10 to 15 minutes at a place keep it quiet longest
BUSY_PRIZE = 24.0  # from here on a grid is visited twice a day
AGAIN = 0.8  # what a second visit is worth of the first
AGAIN_AFTER_S = 2 * HOUR_S
NEGLECT_DAYS = 7  # a grid not visited for so long cannot get more urgent
NO_ROAD_M = 1_500.0  # a grid farther than this from any road is not for vehicles
PRIZE_NOISE = (0.8, 1.2)  # patrols nobody can predict cost about one point of prize (GEO.md §1.3)


class PatrolUnderWay(Conflict):
    """Somebody has checked in on this day's plan; a new plan would lose that."""

    def __init__(self, day: date) -> None:
        super().__init__(f"Patrols have already checked in on the plans of {day}.")


class NoPlanPossible(Conflict):
    """The solver found nothing that keeps all shifts."""

    def __init__(self, day: date) -> None:
        super().__init__(f"No patrol plan of {day} keeps every shift.")


@dataclass(frozen=True, slots=True)
class PlansAsked:
    """The day (local), the seed of its unpredictability (None: from the day), and how hard to search.

    Once `enough` is true the best plan so far is taken.
    """

    day: date
    timezone: str
    seed: int | None = None
    iterations: int = 250
    limit_s: float = 20.0
    enough: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True)
class PlansMade:
    """What was stored."""

    day: date
    plans: int
    stops: int


@dataclass(frozen=True)
class Draft:
    """What is to be planned, the unit of each route, the grid of each task, the road node of each place."""

    assignment: planning.Assignment
    unit_ids: Sequence[int]
    grid_ids: Sequence[int]
    nodes: NDArray[np.intp]


def make_plans(engine: Engine, asked: PlansAsked, actor: Actor, now: datetime) -> PlansMade:
    """Plan a day anew for every unit not off duty.

    Raises NotAllowed, NoCounty, PatrolUnderWay and NoPlanPossible.
    """
    if actor.role not in ("supervisor", "system"):
        raise NotAllowed(f"A {actor.role} may not plan patrols.")
    seed = asked.day.toordinal() if asked.seed is None else asked.seed
    with reading(engine) as session:
        _refuse_when_under_way(session, asked.day)
        network = road_network(session)
        draft = _draft(session, network, asked.day, seed)
    effort = Effort(seed, asked.iterations, asked.limit_s, asked.enough)
    try:
        plan = plan_patrols(draft.assignment, effort)
    except NoPlanFound:
        raise NoPlanPossible(asked.day) from None
    with writing(engine) as session:
        _refuse_when_under_way(session, asked.day)
        made = _store(session, network, asked, _Outcome(draft, plan, seed, now))
        said = {"plans": made.plans, "stops": made.stops, "seed": seed, "unserved": len(plan.unserved)}
        audit.record(
            session,
            actor=actor,
            action="patrol.planned",
            subject="patrol_plan",
            subject_id=asked.day.isoformat(),
            details=said,
            now=now,
        )
    return made


def local_midnight(day: date, timezone: str) -> datetime:
    """Return when a local day begins, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)


def _refuse_when_under_way(session: Session, day: date) -> None:
    checked_in = (
        select(PatrolStop.id)
        .join(PatrolPlan, PatrolPlan.id == PatrolStop.plan_id)
        .where(PatrolPlan.day == day, PatrolStop.checked_in_at.is_not(None))
    )
    if session.scalar(checked_in.limit(1)) is not None:
        raise PatrolUnderWay(day)


def _draft(session: Session, network: RoadNetwork, day: date, seed: int) -> Draft:
    """Gather units and grids; a grid far from every road is left out."""
    on_duty = select(Unit, Station).join(Station, Station.id == Unit.station_id)
    crews = session.execute(on_duty.where(Unit.state != "off_duty").order_by(Unit.id)).all()
    grids = session.execute(select(Grid.id, Grid.town_id, Grid.geometry).order_by(Grid.id)).all()
    middle = shapely.get_coordinates(shapely.point_on_surface(shapely.from_wkb([g.geometry for g in grids])))
    grid_nodes = network.snap(middle[:, 0], middle[:, 1])
    away_m = haversine_m(middle[:, 0], middle[:, 1], network.lon[grid_nodes], network.lat[grid_nodes])
    chosen: list[int] = np.flatnonzero(away_m < NO_ROAD_M).tolist()
    doors = network.snap([station.lon for _, station in crews], [station.lat for _, station in crews])
    nodes = np.concatenate([doors, grid_nodes[chosen]])
    prizes = _prizes(session, day, seed)
    units = [
        PatrolUnit(place, *_shift_s(unit.kind, place), unit.town_id) for place, (unit, _) in enumerate(crews)
    ]
    tasks, task_grids = [], []
    for place, g in enumerate(chosen, start=len(crews)):
        visits = _visits(grids[g].town_id, place, prizes[grids[g].id])
        tasks += visits
        task_grids += [grids[g].id] * len(visits)
    assignment = planning.Assignment(units, tasks, seconds_between(network, nodes, nodes))
    return Draft(assignment, [unit.id for unit, _ in crews], task_grids, nodes)


def _visits(town_id: int, place: int, prize: float) -> list[VisitTask]:
    """Return one visit to a grid, two to a busy one: apart, and the second worth less."""
    if prize < BUSY_PRIZE:
        return [VisitTask(place, prize, DWELL_S, 0.0, 28 * HOUR_S, town_id)]
    return [
        VisitTask(place, prize, DWELL_S, 0.0, 12 * HOUR_S, town_id),
        VisitTask(place, prize * AGAIN, DWELL_S, 12 * HOUR_S + AGAIN_AFTER_S, 28 * HOUR_S, town_id),
    ]


def _shift_s(kind: str, number: int) -> tuple[float, float]:
    shifts = SHIFTS_H[kind]
    start, end = shifts[number % len(shifts)]
    return start * HOUR_S, end * HOUR_S


def _prizes(session: Session, day: date, seed: int) -> dict[int, float]:
    """Return the prize of every grid: what happens there (its cameras) times how long nobody came, shaken."""
    cameras = select(Camera.grid_id, func.count()).group_by(Camera.grid_id)
    busy = {row[0]: row[1] for row in session.execute(cameras)}
    visits = select(PatrolStop.grid_id, func.max(PatrolStop.checked_in_at)).group_by(PatrolStop.grid_id)
    last = {row[0]: row[1] for row in session.execute(visits) if row[1] is not None}
    rng = np.random.default_rng(seed)
    prizes = {}
    for grid_id in session.scalars(select(Grid.id).order_by(Grid.id)):
        days = (day - last[grid_id].date()).days if grid_id in last else NEGLECT_DAYS
        neglect = 1.0 + min(max(days, 0), NEGLECT_DAYS) / NEGLECT_DAYS
        prizes[grid_id] = (2.0 + min(busy.get(grid_id, 0), 18)) * neglect * rng.uniform(*PRIZE_NOISE)
    return prizes


@dataclass(frozen=True)
class _Outcome:
    draft: Draft
    plan: planning.Plan
    seed: int
    now: datetime


def _store(session: Session, network: RoadNetwork, asked: PlansAsked, outcome: _Outcome) -> PlansMade:
    """Replace the day's plans."""
    session.execute(delete(PatrolPlan).where(PatrolPlan.day == asked.day))
    midnight, draft = local_midnight(asked.day, asked.timezone), outcome.draft
    stops = 0
    for unit_id, route in zip(draft.unit_ids, outcome.plan.routes, strict=True):
        row = PatrolPlan(day=asked.day, unit_id=unit_id, made_at=outcome.now, seed=outcome.seed)
        session.add(row)
        session.flush()
        for position, stop in enumerate(route, start=1):
            place = network.place(int(draft.nodes[draft.assignment.tasks[stop.task].place]))
            session.add(
                PatrolStop(
                    plan_id=row.id,
                    position=position,
                    grid_id=draft.grid_ids[stop.task],
                    lon=place.lon,
                    lat=place.lat,
                    arrive_at=midnight + timedelta(seconds=stop.arrive_s),
                    leave_at=midnight + timedelta(seconds=stop.leave_s),
                )
            )
        stops += len(route)
    return PlansMade(asked.day, len(draft.unit_ids), stops)
