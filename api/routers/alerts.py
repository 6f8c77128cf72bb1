"""Alerts: their list, their story with pictures, and what people do about them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.doors import allowed
from api.house import House, TheHouse
from api.pages import Cursor, Limit, PathId, cursor_after, id_from
from api.pictures import JPEG_ANSWER, stored_picture
from api.shapes.alerts import (
    AlertAnswer,
    AlertDetail,
    AlertList,
    ConfirmQuestion,
    DispatchQuestion,
    FalseAlarmQuestion,
    NearestUnits,
    NextPlaces,
    RejectQuestion,
    ResolveQuestion,
)
from api.shapes.replanning import Recommendation
from api.shapes.vocabulary import AlertFilter, Nothing, Severity
from operations import alerts, dispatch, verdicts
from operations.access import Person
from operations.alert_next import alert_next
from operations.alert_views import alert_json
from operations.assignments import unit_json
from operations.looks import AlertsAsked, alert_for, alert_picture, alerts_page, look_at_alert
from operations.recommendation import interceptions, recommended
from operations.road_closures import roads_in_force
from operations.store import Session, reading, writing
from operations.tables import Alert
from operations.verdicts import Said

router = APIRouter(tags=["alerts"])

Desk = Annotated[Person, allowed("operator", "supervisor")]
DeskOrPatrol = Annotated[Person, allowed("operator", "supervisor", "patrol")]
SightingId = Annotated[
    str | None, Query(max_length=80, description="One of the alert's sightings; without: the first")
]


@router.get("/alerts", summary="Alerts")
def list_alerts(
    house: TheHouse,
    person: DeskOrPatrol,
    state: AlertFilter | None = None,
    severity: Severity | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> AlertList:
    """Answer alerts, newest first; a patrol sees those that its unit was sent to."""
    asked = AlertsAsked(state, severity, id_from(cursor), limit)
    with reading(house.engine) as session:
        found = alerts_page(session, person, asked)
        items = [AlertAnswer(**alert) for alert in alert_json(session, found)]
    return AlertList(items=items, next_cursor=cursor_after(found[-1].id) if len(found) == limit else None)


@router.get("/alerts/{alert_id}", summary="An alert's story")
def show_alert(house: TheHouse, person: DeskOrPatrol, alert_id: PathId) -> AlertDetail:
    """Answer sightings, history and assignment of an alert; the look is audited."""
    with writing(house.engine) as session:
        return AlertDetail(**look_at_alert(session, alert_id, person, house.now()))


@router.get(
    "/alerts/{alert_id}/snapshot.jpg",
    summary="The picture of a sighting",
    response_class=Response,
    responses=JPEG_ANSWER,
)
def show_alert_snapshot(
    house: TheHouse, person: DeskOrPatrol, alert_id: PathId, sighting: SightingId = None
) -> Response:
    """Answer the whole picture; the look is audited."""
    return _picture(house, person, alert_id, "snapshot", sighting)


@router.get(
    "/alerts/{alert_id}/plate.jpg",
    summary="The plate of a sighting",
    response_class=Response,
    responses=JPEG_ANSWER,
)
def show_alert_plate(
    house: TheHouse, person: DeskOrPatrol, alert_id: PathId, sighting: SightingId = None
) -> Response:
    """Answer the picture of the plate; the look is audited."""
    return _picture(house, person, alert_id, "plate_crop", sighting)


@router.get("/alerts/{alert_id}/nearest-units", summary="Who could be sent")
def list_nearest_units(
    house: TheHouse, person: Desk, alert_id: PathId, limit: Annotated[int, Query(ge=1, le=20)] = 3
) -> NearestUnits:
    """Answer the available units that reach the alert first by road, with their routes."""
    with reading(house.engine) as session:
        alert = alert_for(session, alert_id, person)
        drives = dispatch.nearest_units(session, roads_in_force(session, house.now()), alert, limit)
        units = unit_json(session, [drive.unit for drive in drives])
    items = [
        {"unit": unit, "eta_s": drive.eta_s, "distance_m": drive.distance_m, "route": drive.line}
        for unit, drive in zip(units, drives, strict=True)
    ]
    return NearestUnits.model_validate({"items": items})


@router.get("/alerts/{alert_id}/recommendation", summary="Whom to send")
def recommend_units(
    house: TheHouse,
    person: Desk,
    alert_id: PathId,
    with_interceptions: Annotated[
        bool, Query(alias="interceptions", description="And who could meet a moving vehicle; audited")
    ] = True,
) -> Recommendation:
    """Answer units by driving time and what their plan loses, with reasons; who could meet the vehicle."""
    with reading(house.engine) as session:
        items = recommended(session, alert_id, person, house.now(), house.site_timezone)
    if not with_interceptions:
        return Recommendation.model_validate({"items": items, "interceptions": []})
    with writing(house.engine) as session:
        points = interceptions(session, alert_id, person, house.now())
    return Recommendation.model_validate({"items": items, "interceptions": points})


@router.get("/alerts/{alert_id}/next", summary="Where it will likely pass next")
def list_next(house: TheHouse, person: Desk, alert_id: PathId) -> NextPlaces:
    """Answer the places that may follow, with when, and a unit that could be there first; audited."""
    with writing(house.engine) as session:
        return NextPlaces.model_validate({"items": alert_next(session, alert_id, person, house.now())})


@router.post("/alerts/{alert_id}/acknowledge", summary="I have seen it")
def acknowledge_alert(
    house: TheHouse, person: Desk, alert_id: PathId, question: Nothing | None = None
) -> AlertAnswer:
    """Say that a person looks after a new alert."""
    with writing(house.engine) as session:
        return _shown(session, alerts.acknowledge(session, alert_id, person.actor, house.now()))


@router.post("/alerts/{alert_id}/dispatch", summary="Send a unit")
def dispatch_alert(
    house: TheHouse, person: Desk, alert_id: PathId, question: DispatchQuestion | None = None
) -> AlertAnswer:
    """Send a unit, or the nearest available one."""
    unit_id = question.unit_id if question else None
    with writing(house.engine) as session:
        network = roads_in_force(session, house.now())
        sent = dispatch.assign(session, network, alert_id, unit_id, actor=person.actor, now=house.now())
        return _shown(session, sent)


@router.post("/alerts/{alert_id}/arrive", summary="The unit is there")
def arrive_at_alert(
    house: TheHouse, person: DeskOrPatrol, alert_id: PathId, question: Nothing | None = None
) -> AlertAnswer:
    """Say that the unit has arrived; a patrol may say so of its own unit."""
    with writing(house.engine) as session:
        return _shown(session, dispatch.arrive(session, alert_id, person.actor, house.now()))


@router.post("/alerts/{alert_id}/resolve", summary="It is done")
def resolve_alert(house: TheHouse, person: Desk, alert_id: PathId, question: ResolveQuestion) -> AlertAnswer:
    """Close the alert with its outcome; its unit is free again."""
    with writing(house.engine) as session:
        return _shown(session, alerts.resolve(session, alert_id, question.outcome, person.actor, house.now()))


@router.post("/alerts/{alert_id}/false_alarm", summary="It was a false alarm")
def close_false_alarm(
    house: TheHouse, person: Desk, alert_id: PathId, question: FalseAlarmQuestion
) -> AlertAnswer:
    """Close the alert as a false alarm; its unit is free again."""
    with writing(house.engine) as session:
        closed = alerts.false_alarm(session, alert_id, question.reason, person.actor, house.now())
        return _shown(session, closed)


@router.post("/alerts/{alert_id}/confirm", summary="It is the vehicle")
def confirm_alert(
    house: TheHouse, person: Desk, alert_id: PathId, question: ConfirmQuestion | None = None
) -> AlertAnswer:
    """Say, the two pictures seen, that it is the watched vehicle; the alert stays open."""
    said = Said(question.true_plate, None, question.sighting) if question else Said()
    with writing(house.engine) as session:
        return _shown(session, verdicts.confirm(session, alert_id, said, person.actor, house.now()))


@router.post("/alerts/{alert_id}/reject", summary="It is another vehicle")
def reject_alert(house: TheHouse, person: Desk, alert_id: PathId, question: RejectQuestion) -> AlertAnswer:
    """Say, the two pictures seen, that it is another vehicle; the alert is closed as a false alarm."""
    said = Said(question.true_plate, question.reason, question.sighting)
    with writing(house.engine) as session:
        return _shown(session, verdicts.reject(session, alert_id, said, person.actor, house.now()))


def _shown(session: Session, alert: Alert) -> AlertAnswer:
    session.flush()
    return AlertAnswer(**alert_json(session, [alert])[0])


def _picture(house: House, person: Person, alert_id: int, what: str, sighting: str | None) -> Response:
    with writing(house.engine) as session:
        key = alert_picture(session, alert_id, what, sighting, person=person, now=house.now())
    return stored_picture(house.media, key)
