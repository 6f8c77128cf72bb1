"""Patrols: today's route of a unit, checking in at its stops, and planning a day."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.doors import allowed
from api.house import TheHouse
from api.pages import PathId
from api.shapes.units import CheckInQuestion, PatrolRoute, PlansMade, PlansQuestion, StopAnswer
from operations.access import Person
from operations.county import road_network
from operations.facts import BadInput, NotAllowed
from operations.patrol_planning import PlansAsked, make_plans
from operations.patrols import check_in, patrol_route, site_day
from operations.store import Session, reading, writing
from operations.tables import Unit
from operations.units import find_unit, unit_of

router = APIRouter(tags=["units"])

DeskOrPatrol = Annotated[Person, allowed("operator", "supervisor", "patrol")]


@router.get("/patrol/route", summary="Today's route")
def show_route(
    house: TheHouse,
    person: DeskOrPatrol,
    unit_id: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="For operator and supervisor")
    ] = None,
) -> PatrolRoute:
    """Answer one's own unit's plan of today with its way by road, and what it is sent to."""
    with reading(house.engine) as session:
        unit = _asked_unit(session, person, unit_id)
        network = road_network(session)
        return PatrolRoute(**patrol_route(session, network, unit, house.now(), house.site_timezone))


@router.post("/patrol/stops/{stop_id}/check-in", summary="I am at this stop")
def check_in_at_stop(
    house: TheHouse,
    person: Annotated[Person, allowed("patrol")],
    stop_id: PathId,
    question: CheckInQuestion | None = None,
) -> StopAnswer:
    """Say that the patrol is at a stop of its own plan."""
    note = question.note if question else None
    with writing(house.engine) as session:
        return StopAnswer(**check_in(session, stop_id, note, person.actor, house.now()))


@router.post("/patrol/plans", summary="Plan a day", status_code=201)
def create_plans(
    house: TheHouse,
    person: Annotated[Person, allowed("supervisor")],
    question: PlansQuestion | None = None,
) -> PlansMade:
    """Plan a day anew for every unit on duty (seconds); not once somebody has checked in on it."""
    question = question or PlansQuestion()
    day = question.day or site_day(house.now(), house.site_timezone)
    asked = PlansAsked(day, house.site_timezone, question.seed)
    return PlansMade.model_validate(make_plans(house.engine, asked, person.actor, house.now()))


def _asked_unit(session: Session, person: Person, unit_id: int | None) -> Unit:
    """Return one's own unit, or the one that an operator or supervisor asks for."""
    if person.role == "patrol":
        own = unit_of(session, person.id)
        if own is None or unit_id not in (None, own.id):
            raise NotAllowed("You have no such unit: a patrol sees its own route only.")
        return own
    if unit_id is None:
        raise BadInput("unit_id", "say which unit's route you want")
    return find_unit(session, unit_id)
