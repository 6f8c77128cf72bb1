"""Rows of plans and what they mean: a stop and the need it meets, a route and its crew, times and seconds."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from geo.patrol.problem import Plan, Problem, Rest, RestTaken, Route, Stop
from operations.demand.needs import Need
from operations.facts import Conflict, NotFound
from operations.patrolling.drafts import Crew, need_key
from operations.patrolling.figures import why_unserved
from operations.patrolling.ways import Way
from operations.tables import PatrolPlan, PatrolRoute, PatrolStop

Json = dict[str, Any]


class PlanNotFound(NotFound):
    """No patrol plan has this id."""

    def __init__(self, plan_id: int) -> None:
        super().__init__(f"There is no patrol plan {plan_id}.")


class PlanChangedMeanwhile(Conflict):
    """Somebody changed the plan since it was read."""

    def __init__(self, row: PatrolPlan, revision: int) -> None:
        super().__init__(
            f"Plan {row.id} was changed meanwhile: you saw revision {revision}, it is at {row.revision}. "
            "Load it again and repeat your change."
        )


class PlanCannotChange(Conflict):
    """The plan is in a state, or from a version, in which nothing of it changes any more."""

    def __init__(self, row: PatrolPlan) -> None:
        super().__init__(f"Plan {row.id} is {row.state}: copy it, or plan anew.")


def midnight_of(row: PatrolPlan) -> datetime:
    """Return when the plan's day begins. Raises PlanCannotChange for a plan of an older version."""
    if row.midnight is None:
        raise PlanCannotChange(row)
    return row.midnight


def need_of(stop: PatrolStop, midnight: datetime) -> Need:
    """Return the need that a stop meets."""
    return Need(
        stop.grid_id,
        stop.place_id,
        stop.town_id,
        stop.lon,
        stop.lat,
        stop.priority,
        stop.dwell_s,
        seconds_of(stop.window_from, midnight),
        seconds_of(stop.window_until, midnight),
        stop.must,
        stop.revisit or "",
        stop.spacing_s,
        stop.reasons or [],
    )


def plan_of(
    routes: Sequence[PatrolRoute],
    driven: Sequence[Sequence[PatrolStop]],
    midnight: datetime,
    unserved: range,
) -> Plan:
    made, number = [], 0
    for route, stops in zip(routes, driven, strict=True):
        made.append(
            Route(
                tuple(
                    Stop(
                        number + i,
                        seconds_of(stop.arrive_at, midnight),
                        seconds_of(stop.start_at, midnight),
                        seconds_of(stop.leave_at, midnight),
                    )
                    for i, stop in enumerate(stops)
                ),
                rest_of(route, stops, midnight),
            )
        )
        number += len(stops)
    return Plan(tuple(made), tuple(unserved))


def rest_of(route: PatrolRoute, stops: Sequence[PatrolStop], midnight: datetime) -> RestTaken | None:
    if route.rest_from is None or route.rest_until is None:
        return None
    after = sum(stop.start_at < route.rest_from for stop in stops)
    return RestTaken(after, seconds_of(route.rest_from, midnight), seconds_of(route.rest_until, midnight))


def crew_of(row: PatrolPlan, route: PatrolRoute) -> Crew:
    if route.terms is None:
        raise PlanCannotChange(row)
    terms, midnight = route.terms, midnight_of(row)
    lon, lat = terms["start"]
    return Crew(
        route.unit_id,
        (lon, lat),
        seconds_of(route.shift_from, midnight),
        seconds_of(route.shift_until, midnight),
        terms["town"],
        terms["profile"],
        terms["may_leave_town"],
        terms["county_wide"],
        Rest(**terms["rest"]) if terms["rest"] else None,
    )


def need_from(said: Json) -> Need:
    return Need(**{name: said[name] for name in Need.__dataclass_fields__})


def unserved_json(problem: Problem, need: Need, visit: int, stop_id: int | None) -> Json:
    """Return a visit that nobody makes: the need, its key, why, and the stop it was before, if any."""
    key = f"{need_key(need)}#{visit}"
    return asdict(need) | {"key": key, "why": why_unserved(problem, visit), "stop_id": stop_id}


def new_route(row: PatrolPlan, crew: Crew, midnight: datetime) -> PatrolRoute:
    return PatrolRoute(
        plan_id=row.id,
        unit_id=crew.unit_id,
        shift_from=midnight + timedelta(seconds=crew.shift_from_s),
        shift_until=midnight + timedelta(seconds=crew.shift_until_s),
        terms=crew.terms(),
    )


def set_route(row: PatrolRoute, route: Route, way: Way, midnight: datetime) -> None:
    row.line, row.driving_s, row.distance_m = way.line, way.driving_s, way.distance_m
    rest = route.rest
    row.rest_from = midnight + timedelta(seconds=rest.from_s) if rest else None
    row.rest_until = midnight + timedelta(seconds=rest.until_s) if rest else None


def new_stop(route_id: int, position: int, need: Need, stop: Stop, midnight: datetime) -> PatrolStop:
    return PatrolStop(
        route_id=route_id,
        position=position,
        grid_id=need.grid_id,
        place_id=need.place_id,
        town_id=need.town_id,
        lon=need.lon,
        lat=need.lat,
        arrive_at=midnight + timedelta(seconds=stop.arrive_s),
        start_at=midnight + timedelta(seconds=stop.start_s),
        leave_at=midnight + timedelta(seconds=stop.leave_s),
        window_from=midnight + timedelta(seconds=need.window_from_s),
        window_until=midnight + timedelta(seconds=need.window_until_s),
        dwell_s=need.dwell_s,
        priority=need.priority,
        must=need.must,
        revisit=need.revisit or None,
        spacing_s=need.spacing_s,
        reasons=need.reasons or None,
    )


def seconds_of(at: datetime, midnight: datetime) -> float:
    return (at - midnight).total_seconds()
