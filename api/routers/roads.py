"""Roads that nobody can drive for a while: closing them, the list, opening them again."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.doors import allowed
from api.house import TheHouse
from api.pages import PathId
from api.shapes.replanning import ClosureAnswer, ClosureList, ClosureQuestion
from api.shapes.vocabulary import Nothing
from operations import road_closures
from operations.access import Person
from operations.road_closures import NewClosure, closure_json, closures_json
from operations.store import reading, writing

router = APIRouter(prefix="/roads", tags=["county"])

Desk = Annotated[Person, allowed("operator", "supervisor")]
Driver = Annotated[Person, allowed("operator", "supervisor", "patrol")]
InForce = Annotated[bool, Query(description="Only those in force now")]


@router.get("/closures", summary="Road closures")
def list_closures(house: TheHouse, _: Driver, in_force: InForce = True) -> ClosureList:
    """Answer the closures, newest first, at most 200."""
    with reading(house.engine) as session:
        return ClosureList.model_validate({"items": closures_json(session, house.now(), in_force)})


@router.post("/closures", summary="Close a road", status_code=201)
def close_road(house: TheHouse, person: Desk, question: ClosureQuestion) -> ClosureAnswer:
    """Keep travel times, dispatch and plans off the road nearest to each place, from now on."""
    asked = NewClosure(question.places, question.reason, question.until)
    with writing(house.engine) as session:
        row = road_closures.close_roads(session, asked, person.actor, house.now())
        return ClosureAnswer.model_validate(closure_json(session, row, house.now()))


@router.post("/closures/{closure_id}/lift", summary="Open a road again")
def lift_closure(
    house: TheHouse, person: Desk, closure_id: PathId, question: Nothing | None = None
) -> ClosureAnswer:
    """End a closure now."""
    with writing(house.engine) as session:
        row = road_closures.lift(session, closure_id, person.actor, house.now())
        return ClosureAnswer.model_validate(closure_json(session, row, house.now()))
