"""Demand: what patrols are wanted for on a day and why; key places, standing orders, calls of the public."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool

from api.doors import allowed
from api.house import TheHouse
from api.pages import PathId
from api.shapes.demand import (
    CallError,
    CallsAnswer,
    CallSummary,
    DemandAnswer,
    EndOrderQuestion,
    OrderAnswer,
    OrderList,
    OrderQuestion,
    PlaceAnswer,
    PlaceChange,
    PlaceList,
    PlaceQuestion,
)
from operations.access import Person
from operations.demand import calls, orders, places
from operations.demand.call_sums import call_sums, newest_at
from operations.demand.calls import CallFile, Imported
from operations.demand.needs import needs
from operations.demand.orders import NewOrder
from operations.demand.places import NewPlace
from operations.demand.views import needs_json, orders_json, places_json
from operations.patrolling.days import local_midnight
from operations.store import reading, writing

router = APIRouter(tags=["units"])

Reader = Annotated[Person, allowed("operator", "supervisor", "administrator")]
Keeper = Annotated[Person, allowed("supervisor", "administrator")]
Supervisor = Annotated[Person, allowed("supervisor")]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLE = {"schema": {"type": "string", "format": "binary"}}
CALLS_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"text/csv": TABLE, XLSX: TABLE, "application/octet-stream": TABLE},
    }
}
OPTIONAL = frozenset({"hours", "line"})  # null means something: always, no line


@router.get("/patrol/demand", summary="What patrols are wanted for")
def show_demand(
    house: TheHouse,
    person: Reader,
    day: Annotated[date | None, Query(description="A local day; without it, today")] = None,
) -> DemandAnswer:
    """Answer every visit wanted on a day with its reasons, whose points add up to its priority."""
    zone, now = ZoneInfo(house.site_timezone), house.now()
    wanted = day or now.astimezone(zone).date()
    with reading(house.engine) as session:
        found = needs(session, wanted, house.site_timezone, now, house.patrol_dwell_s)
        return DemandAnswer.model_validate(
            {
                "day": wanted,
                "visits": len(found),
                "dwell_s": sum(need.dwell_s for need in found),
                "calls_until": newest_at(session, local_midnight(wanted, house.site_timezone)),
                "items": needs_json(session, found),
            }
        )


@router.get("/patrol/places", summary="Key places")
def list_key_places(house: TheHouse, person: Reader) -> PlaceList:
    """Answer all key places, also those that are switched off."""
    with reading(house.engine) as session:
        return PlaceList.model_validate({"items": places_json(session, places.places(session))})


@router.post("/patrol/places", summary="Add a key place", status_code=201)
def create_key_place(house: TheHouse, person: Keeper, question: PlaceQuestion) -> PlaceAnswer:
    """Add a market, school, hot segment and the like; its grid is found by its place."""
    with writing(house.engine) as session:
        asked = NewPlace(**question.model_dump(by_alias=True))
        place = places.create(session, person.actor, asked, house.now())
        return PlaceAnswer.model_validate(places_json(session, [place])[0])


@router.patch("/patrol/places/{place_id}", summary="Change a key place")
def change_key_place(house: TheHouse, person: Keeper, place_id: PathId, question: PlaceChange) -> PlaceAnswer:
    """Change what is given; `hours` and `line` may be null."""
    said = question.model_dump(by_alias=True, exclude_unset=True)
    changes = {name: value for name, value in said.items() if value is not None or name in OPTIONAL}
    with writing(house.engine) as session:
        place = places.change(session, person.actor, place_id, changes, house.now())
        return PlaceAnswer.model_validate(places_json(session, [place])[0])


@router.delete("/patrol/places/{place_id}", summary="Remove a key place", status_code=204)
def remove_key_place(house: TheHouse, person: Keeper, place_id: PathId) -> None:
    """Remove a key place that no standing order visits; plans that were made keep its visits."""
    with writing(house.engine) as session:
        places.remove(session, person.actor, place_id, house.now())


@router.get("/patrol/orders", summary="Standing orders")
def list_orders(house: TheHouse, person: Reader) -> OrderList:
    """Answer the orders in force or to come, then those of the past month."""
    today = house.now().astimezone(ZoneInfo(house.site_timezone)).date()
    with reading(house.engine) as session:
        return OrderList.model_validate({"items": orders_json(session, orders.orders(session, today), today)})


@router.post("/patrol/orders", summary="Give a standing order", status_code=201)
def give_order(house: TheHouse, person: Supervisor, question: OrderQuestion) -> OrderAnswer:
    """Have a grid or key place visited from a day through another, saying why; the next plan has it."""
    today = house.now().astimezone(ZoneInfo(house.site_timezone)).date()
    with writing(house.engine) as session:
        asked = NewOrder(**question.model_dump(by_alias=True))
        order = orders.give(session, person.actor, asked, house.now())
        return OrderAnswer.model_validate(orders_json(session, [order], today)[0])


@router.post("/patrol/orders/{order_id}/end", summary="End a standing order")
def end_order(
    house: TheHouse, person: Supervisor, order_id: PathId, question: EndOrderQuestion
) -> OrderAnswer:
    """End an order before its last day, saying why."""
    today = house.now().astimezone(ZoneInfo(house.site_timezone)).date()
    with writing(house.engine) as session:
        order = orders.end(session, person.actor, order_id, question.reason, house.now())
        return OrderAnswer.model_validate(orders_json(session, [order], today)[0])


@router.post("/patrol/calls", summary="Import calls of the public", openapi_extra=CALLS_BODY)
async def import_calls(
    house: TheHouse,
    person: Keeper,
    request: Request,
    crs: Annotated[str, Query(max_length=16, description="wgs84, cgcs2000, gcj02 or bd09")] = "wgs84",
) -> CallsAnswer:
    """Store the calls of a CSV, XLSX or XLS file (8 MB): number, time, place, kind, and who reported.

    A file with columns about persons is refused; a row that is wrong is told and left out; a call known by
    its number is not stored again.
    """
    file = CallFile(await request.body(), crs, ZoneInfo(house.site_timezone), house.call_days)
    found = await run_in_threadpool(calls.import_calls, house.engine, person.actor, file, house.now())
    return _taken(found)


@router.get("/patrol/calls/summary", summary="Calls by hour of the week")
def sum_calls(
    house: TheHouse,
    person: Reader,
    grid_id: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Of one grid only")] = None,
) -> CallSummary:
    """Answer the calls of the past eight weeks by kind and hour of the week, counted and as plans expect."""
    zone = ZoneInfo(house.site_timezone)
    with reading(house.engine) as session:
        said = call_sums(session, zone, house.now(), grid_id)
    return CallSummary.model_validate({**said, "kept_days": house.call_days})


def _taken(found: Imported) -> CallsAnswer:
    errors = [CallError(**asdict(error), fix=error.fix) for error in found.errors]
    return CallsAnswer(
        new=found.new, known=found.known, wrong=found.wrong, errors=errors, ignored=list(found.ignored)
    )
