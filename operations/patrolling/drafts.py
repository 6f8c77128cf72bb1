"""Drafts: what is to be planned for a day: needs, units on duty, roads and wishes. Plans nothing."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from geo.patrol.problem import PatrolUnit, Problem, Rest, Visit
from geo.roads import RoadNetwork
from operations.county import road_network
from operations.demand.needs import DWELL_S, Need, needs
from operations.patrolling.days import local_midnight
from operations.patrolling.drives import matrices, nodes_of
from operations.patrolling.shifts import shifts_by_id
from operations.road_closures import closures_in_force
from operations.store import Session
from operations.tables import PatrolPlan, PatrolRoute, PatrolStop, Shift, Station, Unit

COUNTY_WIDE = ("urban", "night")  # kinds of unit to which no town is abroad
AT_HOME = ("village",)  # kinds that never leave their town


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a supervisor wants of a plan. shift: the code of the one shift to plan (None: all).

    variety: how far priorities are shaken [0, 0.5], so that nobody can predict the plan; town_floor: the
    share of its own priority that every town gets; abroad_s: what a visit outside the home town costs;
    dwell_s: how long a visit to a grid lasts; name: what the plan is called.
    """

    timezone: str
    shift: str | None = None
    seconds: float = 20.0
    seed: int | None = None
    variety: float = 0.2
    town_floor: float = 0.6
    abroad_s: float = 900.0
    units_out: tuple[int, ...] = ()
    dwell_s: float = DWELL_S
    name: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"units_out": list(self.units_out)}


def wishes_from(said: dict[str, Any]) -> Wishes:
    """Return the wishes that `Wishes.to_json` wrote."""
    return Wishes(**(said | {"units_out": tuple(said.get("units_out", ()))}))


@dataclass(frozen=True, slots=True)
class Crew:
    """How a unit is planned: the same words that are kept with its route (PatrolRoute.terms)."""

    unit_id: int
    start: tuple[float, float]
    shift_from_s: float
    shift_until_s: float
    town: int
    vehicle: str
    may_leave_town: bool
    county_wide: bool
    rest: Rest | None

    def terms(self) -> dict[str, Any]:
        """Return what a route keeps of it."""
        return {
            "start": list(self.start),
            "town": self.town,
            "profile": self.vehicle,
            "may_leave_town": self.may_leave_town,
            "county_wide": self.county_wide,
            "rest": asdict(self.rest) if self.rest else None,
        }


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be planned: unit_ids parallel to problem.units, needs to problem.visits.

    nodes: the road node of each place of the problem (NOWHERE where no road is near).
    """

    problem: Problem
    unit_ids: Sequence[int]
    needs: Sequence[Need]
    nodes: NDArray[np.int64]
    crews: Sequence[Crew]
    network: RoadNetwork


def draft(session: Session, day: date, wishes: Wishes, now: datetime) -> Draft:
    """Gather what is to be planned. A need that a published plan of other units meets is left out.

    Raises NoCounty.
    """
    crews = _crews(session, wishes)
    met = _met_elsewhere(session, day, [crew.unit_id for crew in crews], local_midnight(day, wishes.timezone))
    wanted = [
        need
        for need in needs(session, day, wishes.timezone, now, wishes.dwell_s)
        if _overlaps(need, crews) and need_key(need) not in met
    ]
    return build(session, crews, wanted, wishes, now)


def build(
    session: Session, crews: Sequence[Crew], wanted: Sequence[Need], wishes: Wishes, now: datetime
) -> Draft:
    """Return the problem of these crews and needs on today's roads. Raises NoCounty."""
    network = road_network(session)
    starts = nodes_of(network, [c.start[0] for c in crews], [c.start[1] for c in crews])
    stops = nodes_of(network, [need.lon for need in wanted], [need.lat for need in wanted])
    nodes, place = np.unique(np.concatenate([starts, stops]), return_inverse=True)
    profiles = sorted({crew.vehicle for crew in crews}) or ["car"]
    closed = closures_in_force(session, now)
    units = [
        _patrol_unit(crew, int(at), profiles.index(crew.vehicle))
        for crew, at in zip(crews, place[: len(crews)], strict=True)
    ]
    problem = Problem(
        units,
        _visits(wanted, place[len(crews) :]),
        matrices(network, nodes, profiles, closed),
        wishes.abroad_s,
        wishes.town_floor,
    )
    return Draft(problem, [crew.unit_id for crew in crews], list(wanted), nodes, list(crews), network)


def need_key(need: Need) -> str:
    """Return what names a need on its day: the place and when its window opens, in minutes."""
    return _key(need.place_id, need.grid_id, need.window_from_s)


def stop_key(stop: PatrolStop, midnight: datetime) -> str:
    """Return the key of the need that a stop meets."""
    return _key(stop.place_id, stop.grid_id, (stop.window_from - midnight).total_seconds())


def _key(place_id: int | None, grid_id: int, from_s: float) -> str:
    place = f"p{place_id}" if place_id is not None else f"g{grid_id}"
    return f"{place}@{round(from_s / 60)}"


def _met_elsewhere(session: Session, day: date, unit_ids: Sequence[int], midnight: datetime) -> set[str]:
    """Return the keys of the needs that published plans of the day meet by other units."""
    stops = (
        select(PatrolStop)
        .join(PatrolRoute, PatrolRoute.id == PatrolStop.route_id)
        .join(PatrolPlan, PatrolPlan.id == PatrolRoute.plan_id)
        .where(PatrolPlan.day == day, PatrolPlan.state == "published", PatrolStop.dropped_at.is_(None))
        .where(PatrolRoute.unit_id.not_in(unit_ids))
    )
    return {stop_key(stop, midnight) for stop in session.scalars(stops)}


def _visits(wanted: Sequence[Need], places: NDArray[np.intp]) -> list[Visit]:
    groups: dict[str, int] = {}
    return [
        Visit(
            int(place),
            need.priority,
            need.dwell_s,
            need.window_from_s,
            need.window_until_s,
            need.town_id,
            need.must,
            groups.setdefault(need.revisit, len(groups)) if need.revisit else -1,
            need.spacing_s,
        )
        for need, place in zip(wanted, places, strict=True)
    ]


def _crews(session: Session, wishes: Wishes) -> list[Crew]:
    """Return the units on duty that the wishes leave in, each with its shift."""
    on_duty = select(Unit, Station).join(Station, Station.id == Unit.station_id).order_by(Unit.id)
    shifts = shifts_by_id(session)
    found = []
    for unit, station in session.execute(on_duty.where(Unit.state != "off_duty")).all():
        shift = shifts.get(unit.shift_id or 0)
        if shift is None or unit.id in wishes.units_out or wishes.shift not in (None, shift.code):
            continue
        found.append(_crew(unit, station, shift))
    return found


def _crew(unit: Unit, station: Station, shift: Shift) -> Crew:
    rest = None
    if shift.rest_from_s is not None and shift.rest_until_s is not None and shift.rest_s:
        rest = Rest(shift.rest_from_s, shift.rest_until_s, shift.rest_s)
    return Crew(
        unit.id,
        (station.lon, station.lat),
        shift.from_s,
        shift.until_s,
        unit.town_id,
        unit.vehicle,
        unit.kind not in AT_HOME,
        unit.kind in COUNTY_WIDE,
        rest,
    )


def _patrol_unit(crew: Crew, place: int, profile: int) -> PatrolUnit:
    return PatrolUnit(
        place,
        place,
        crew.shift_from_s,
        crew.shift_until_s,
        crew.town,
        profile,
        crew.may_leave_town,
        crew.county_wide,
        crew.rest,
    )


def _overlaps(need: Need, crews: Sequence[Crew]) -> bool:
    """Return whether anybody is on shift within the window; all needs stay when nobody is at all."""
    return not crews or any(
        need.window_from_s < crew.shift_until_s and need.window_until_s > crew.shift_from_s for crew in crews
    )
