"""The field: a team's route, its check-ins, photos, positions, calls for help and answers to assignments."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.doors import allowed
from api.house import TheHouse
from api.pages import PathId
from api.pictures import JPEG, JPEG_ANSWER, stored_picture
from api.shapes.alerts import AlertAnswer
from api.shapes.field import (
    CheckInAnswer,
    CheckInList,
    CheckInQuestion,
    CloseDistressQuestion,
    DeclineQuestion,
    DistressAnswer,
    DistressList,
    DistressQuestion,
    DistressState,
    PatrolRoute,
    PhotoAnswer,
    PositionsQuestion,
)
from api.shapes.vocabulary import Nothing
from operations.access import Person
from operations.alert_views import alert_json
from operations.county import road_network
from operations.facts import BadInput, NotAllowed
from operations.field import answers, distress, photos
from operations.field.check_in_views import check_ins_of, photo_of
from operations.field.check_ins import Said, take_check_in
from operations.field.distress import Cry, distress_json
from operations.field.positions import Passed, Sent, take_positions
from operations.field.route import phone_route
from operations.patrolling.days import site_day
from operations.store import Session, reading, writing
from operations.tables import DistressCall, Unit
from operations.units import Position, announce_moves, find_unit, unit_of

router = APIRouter(tags=["units"])

Team = Annotated[Person, allowed("patrol")]
Desk = Annotated[Person, allowed("operator", "supervisor")]
DeskOrPatrol = Annotated[Person, allowed("operator", "supervisor", "patrol")]
UnitId = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="For operator and supervisor")]
PHOTO_BODY = {
    "requestBody": {
        "required": True,
        "content": {JPEG: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/patrol/route", summary="Today's route")
def show_route(house: TheHouse, person: DeskOrPatrol, unit_id: UnitId = None) -> PatrolRoute:
    """Answer one's own unit's route of the published plan with its way, and what it is sent to."""
    with reading(house.engine) as session:
        unit = _asked_unit(session, person, unit_id)
        return PatrolRoute(**phone_route(session, unit, house.site_timezone, house.now()))


@router.post("/patrol/check-ins", summary="I am at this stop", status_code=201)
def create_check_in(house: TheHouse, person: Team, question: CheckInQuestion) -> CheckInAnswer:
    """Say that the team arrived, left or saw something; kept when doubted too, once when sent twice."""
    photos.check_kept(house.media, question.photo)
    with writing(house.engine) as session:
        said = Said(**question.model_dump())
        taken = take_check_in(session, road_network(session), said, person.actor, house.now())
        return CheckInAnswer(**taken)


@router.get("/patrol/check-ins", summary="A unit's check-ins of a day")
def list_check_ins(
    house: TheHouse,
    person: DeskOrPatrol,
    unit_id: UnitId = None,
    day: Annotated[date | None, Query(examples=["2026-11-23"], description="without: today")] = None,
) -> CheckInList:
    """Answer what a unit said as it happened, each with the reasons to doubt it; to a team its own."""
    asked = day or site_day(house.now(), house.site_timezone)
    with reading(house.engine) as session:
        unit = _asked_unit(session, person, unit_id)
        items = check_ins_of(session, unit.id, asked, house.site_timezone)
    return CheckInList(items=[CheckInAnswer(**item) for item in items])


@router.get(
    "/patrol/check-ins/{check_in_id}/photo",
    summary="The photo of a check-in",
    response_class=Response,
    responses=JPEG_ANSWER,
)
def show_check_in_photo(house: TheHouse, person: DeskOrPatrol, check_in_id: PathId) -> Response:
    """Answer the photo of a place; the look is audited."""
    with writing(house.engine) as session:
        key = photo_of(session, check_in_id, person, house.now())
    return stored_picture(photos.folder(house.media), key)


@router.post("/patrol/photos", summary="A photo of a place", status_code=201, openapi_extra=PHOTO_BODY)
async def create_photo(house: TheHouse, person: Team, request: Request) -> PhotoAnswer:
    """Keep a JPEG (2 MB at most) without its EXIF, for a check-in to refer to; of places, not of people."""
    content = await request.body()
    return PhotoAnswer(photo=await run_in_threadpool(photos.keep_photo, house.media, content))


@router.post("/units/{unit_id}/position", summary="Here I am", status_code=204)
def report_position(house: TheHouse, person: Team, unit_id: PathId, question: PositionsQuestion) -> None:
    """Say where one's own unit is, or was in a dead zone; taken on shift only."""
    now = house.now()
    passed = [
        Passed(one.at or question.sent_at or now, one.lon, one.lat, one.accuracy_m, one.heading_deg)
        for one in question.positions
    ]
    with writing(house.engine) as session:
        sent = Sent(passed, question.sent_at)
        unit, kept = take_positions(session, unit_id, sent, person.actor, (now, house.site_timezone))
    if kept:
        at = Position(unit.lon, unit.lat, unit.heading_deg)
        announce_moves(house.redis, {unit.id: at}, {unit.id: unit.state})


@router.post("/patrol/distress", summary="Help", status_code=201)
def raise_distress(house: TheHouse, person: Team, question: DistressQuestion) -> DistressAnswer:
    """Call for help: the desk is told at once; without a place, with the last known one."""
    with writing(house.engine) as session:
        cry = Cry(**question.model_dump())
        return _distress(session, distress.raise_call(session, cry, person.actor, house.now()))


@router.get("/patrol/distress", summary="Calls for help")
def list_distress(house: TheHouse, person: DeskOrPatrol, state: DistressState | None = None) -> DistressList:
    """Answer calls for help, newest first; `open` are those not closed; to a team its own."""
    with reading(house.engine) as session:
        own = unit_of(session, person.id) if person.role == "patrol" else None
        if person.role == "patrol" and own is None:
            return DistressList(items=[])
        found = distress.calls(session, state, own.id if own else None)
        return DistressList(items=[DistressAnswer(**one) for one in distress_json(session, found)])


@router.post("/patrol/distress/{call_id}/acknowledge", summary="We see to it")
def acknowledge_distress(
    house: TheHouse, person: Desk, call_id: PathId, question: Nothing | None = None
) -> DistressAnswer:
    """Say that the desk sees to a call for help; the team's phone tells it."""
    with writing(house.engine) as session:
        return _distress(session, distress.acknowledge(session, call_id, person.actor, house.now()))


@router.post("/patrol/distress/{call_id}/close", summary="It is over")
def close_distress(
    house: TheHouse, person: Desk, call_id: PathId, question: CloseDistressQuestion
) -> DistressAnswer:
    """Close a call for help with how it ended."""
    with writing(house.engine) as session:
        closed = distress.close(session, call_id, question.outcome, person.actor, house.now())
        return _distress(session, closed)


@router.post("/alerts/{alert_id}/accept", summary="We go")
def accept_alert(
    house: TheHouse, person: Team, alert_id: PathId, question: Nothing | None = None
) -> AlertAnswer:
    """Say that one's unit goes to the alert it was sent to."""
    with writing(house.engine) as session:
        alert = answers.accept(session, alert_id, person.actor, house.now())
        session.flush()
        return AlertAnswer(**alert_json(session, [alert])[0])


@router.post("/alerts/{alert_id}/decline", summary="We cannot go")
def decline_alert(house: TheHouse, person: Team, alert_id: PathId, question: DeclineQuestion) -> AlertAnswer:
    """Say why one's unit cannot go; it is free again, and the alert waits for another."""
    with writing(house.engine) as session:
        alert = answers.decline(session, alert_id, question.reason, person.actor, house.now())
        session.flush()
        return AlertAnswer(**alert_json(session, [alert])[0])


def _distress(session: Session, call: DistressCall) -> DistressAnswer:
    session.flush()
    return DistressAnswer(**distress_json(session, [call])[0])


def _asked_unit(session: Session, person: Person, unit_id: int | None) -> Unit:
    """Return one's own unit, or the one that an operator or supervisor asks for."""
    if person.role == "patrol":
        own = unit_of(session, person.id)
        if own is None or unit_id not in (None, own.id):
            raise NotAllowed("You have no such unit: a patrol sees its own route only.")
        return own
    if unit_id is None:
        raise BadInput("unit_id", "say which unit you mean")
    return find_unit(session, unit_id)
