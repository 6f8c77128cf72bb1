"""Dispatch: who is nearest by road, and sending them. How a route is found is in geo/travel_times.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from geo.road_index import road_index
from geo.roads import RoadNetwork
from geo.travel_times import NoRoadBetween, nearest, route
from operations import alerts, events
from operations.alerts import Change
from operations.assignments import change_unit_state, open_assignment
from operations.audit import Actor
from operations.facts import Conflict, NotAllowed, NotFound
from operations.store import Session
from operations.tables import Alert, Assignment, Unit
from operations.tracks.where_next import NextPoint

TRIED = 5
WORTH_WAITING_S = 600.0


class UnitNotFound(NotFound):
    """No unit has this id."""

    def __init__(self, unit_id: int) -> None:
        super().__init__(f"There is no unit {unit_id}.")


class UnitNotAvailable(Conflict):
    """The unit is busy or off duty; perhaps another operator was faster."""

    def __init__(self, unit: Unit) -> None:
        super().__init__(f"Unit {unit.name} is {unit.state.replace('_', ' ')}.")
        self.unit_id, self.state = unit.id, unit.state


class NoUnitAvailable(Conflict):
    """No available unit can drive there."""

    def __init__(self) -> None:
        super().__init__("No available unit can drive there.")


class UnitCannotReach(Conflict):
    """No road leads from the unit to the alert."""

    def __init__(self, unit: Unit) -> None:
        super().__init__(f"No road leads from unit {unit.name} to the alert.")


@dataclass(frozen=True, slots=True)
class Drive:
    """A unit and its way to an alert; `line` is a GeoJSON LineString."""

    unit: Unit
    eta_s: float
    distance_m: float
    line: dict[str, Any]


def nearest_units(session: Session, roads: RoadNetwork, alert: Alert, limit: int) -> list[Drive]:
    """Return the available units that reach the alert first by road, at free flow, nearest first.

    Each drives or walks as it does: car, motorcycle, foot. roads: those open now.
    """
    units = session.scalars(select(Unit).where(Unit.state == "available").order_by(Unit.id)).all()
    there = int(roads.snap(alert.lon, alert.lat))
    found: list[tuple[float, int]] = []
    for vehicle in sorted({unit.vehicle for unit in units}):
        own = [number for number, unit in enumerate(units) if unit.vehicle == vehicle]
        nodes = roads.snap([units[number].lon for number in own], [units[number].lat for number in own])
        of_vehicle = nearest(_roads_of(roads, vehicle), there, nodes, limit)
        found += [(seconds, own[index]) for index, seconds in of_vehicle]
    return [_drive(roads, units[number], alert) for _, number in sorted(found)[:limit]]


@dataclass(frozen=True, slots=True)
class Interception:
    """An available unit that can be at a next point before the vehicle; spare_s: how long before, likely.

    worth: probability of the point times spare seconds (those past WORTH_WAITING_S count no more).
    """

    point: NextPoint
    unit: Unit
    eta_s: float
    spare_s: float
    line: dict[str, Any]

    @property
    def worth(self) -> float:
        return self.point.probability * min(self.spare_s, WORTH_WAITING_S)


def interceptions(
    session: Session, network: RoadNetwork, next_points: Sequence[NextPoint], now: datetime
) -> list[Interception]:
    """Return for each next point the unit first there, if before the vehicle; the most worth first."""
    units = session.scalars(select(Unit).where(Unit.state == "available").order_by(Unit.id)).all()
    if not units or not next_points:
        return []
    nodes = network.snap([unit.lon for unit in units], [unit.lat for unit in units])
    targets = network.snap([point.lon for point in next_points], [point.lat for point in next_points])
    found = []
    for point, target in zip(next_points, targets.tolist(), strict=True):
        for index, seconds in nearest(network, target, nodes, 1):
            spare_s = (point.likely - now).total_seconds() - seconds
            if spare_s > 0:
                line = route(network, int(nodes[index]), target).line()
                found.append(Interception(point, units[index], round(seconds, 1), round(spare_s, 1), line))
    return sorted(found, key=lambda one: -one.worth)


def interception_json(one: Interception) -> dict[str, Any]:
    """Return an interception as the API shows it."""
    unit = {"id": one.unit.id, "code": one.unit.code, "name": one.unit.name}
    return {"unit": unit, "eta_s": one.eta_s, "spare_s": one.spare_s, "route": one.line}


def assign(
    session: Session, roads: RoadNetwork, alert_id: int, unit_id: int | None, *, actor: Actor, now: datetime
) -> Alert:
    """Send a unit, or the nearest available one for None, and return the alert, now dispatched.

    Raises the facts of alerts.locked, UnitNotFound, UnitNotAvailable, UnitCannotReach and NoUnitAvailable.
    """
    alert = alerts.locked(session, alert_id, actor, "dispatch")
    drive = _chosen(session, roads, alert, unit_id) if unit_id else _nearest(session, roads, alert)
    session.add(
        Assignment(
            alert_id=alert.id,
            unit_id=drive.unit.id,
            assigned_by=actor.user_id,
            assigned_at=now,
            eta_s=drive.eta_s,
            distance_m=drive.distance_m,
            route=drive.line,
        )
    )
    alert.dispatched_at = now
    if alert.acknowledged_at is None:
        alert.acknowledged_at, alert.acknowledged_by = now, actor.user_id
    said = {"unit": drive.unit.code, "eta_s": drive.eta_s, "distance_m": drive.distance_m}
    alerts.move_on(session, alert, Change("dispatch", events.ALERT_DISPATCHED, said), actor, now)
    change_unit_state(session, drive.unit, "assigned", actor, now)
    return alert


def arrive(session: Session, alert_id: int, actor: Actor, now: datetime) -> Alert:
    """Say that the unit is there; a patrol may say so of its own unit only. Raises as `alerts.locked`."""
    alert = alerts.locked(session, alert_id, actor, "arrive")
    drive = open_assignment(session, alert_id)
    if drive is None:
        raise NoUnitAvailable
    unit = session.get_one(Unit, drive.unit_id, with_for_update=True, populate_existing=True)
    if actor.role == "patrol" and unit.user_id != actor.user_id:
        raise NotAllowed("This alert was given to another unit.")
    drive.arrived_at = alert.on_scene_at = now
    alerts.move_on(session, alert, Change("arrive", events.ALERT_ON_SCENE, {"unit": unit.code}), actor, now)
    change_unit_state(session, unit, "on_scene", actor, now)
    return alert


def _chosen(session: Session, roads: RoadNetwork, alert: Alert, unit_id: int) -> Drive:
    unit = _locked_unit(session, unit_id)
    if unit is None:
        raise UnitNotFound(unit_id)
    if unit.state != "available":
        raise UnitNotAvailable(unit)
    try:
        return _drive(roads, unit, alert)
    except NoRoadBetween:
        raise UnitCannotReach(unit) from None


def _nearest(session: Session, roads: RoadNetwork, alert: Alert) -> Drive:
    """Return the nearest drive whose unit nobody took since it was chosen."""
    for drive in nearest_units(session, roads, alert, TRIED):
        unit = _locked_unit(session, drive.unit.id)
        if unit and unit.state == "available":
            return drive
    raise NoUnitAvailable


def _locked_unit(session: Session, unit_id: int) -> Unit | None:
    return session.get(Unit, unit_id, with_for_update=True, populate_existing=True)


def _drive(roads: RoadNetwork, unit: Unit, alert: Alert) -> Drive:
    source, target = roads.snap([unit.lon, alert.lon], [unit.lat, alert.lat])
    way = route(_roads_of(roads, unit.vehicle), int(source), int(target))
    return Drive(unit, round(way.seconds, 1), round(way.distance_m, 1), way.line())


def _roads_of(roads: RoadNetwork, vehicle: str) -> RoadNetwork:
    return roads if vehicle == "car" else road_index(roads).roads(vehicle)
