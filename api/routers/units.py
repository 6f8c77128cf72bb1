"""Units: where they are and what they do. A patrol sees and changes only its own; its word is in field.py."""

from typing import Annotated

from fastapi import APIRouter

from api.doors import allowed
from api.house import TheHouse
from api.pages import PathId
from api.shapes.units import UnitAnswer, UnitChanges, UnitList
from operations.access import Person
from operations.assignments import unit_json
from operations.facts import BadInput
from operations.patrolling.shifts import change_unit
from operations.store import reading, writing
from operations.units import list_units, set_state, unit_of

router = APIRouter(tags=["units"])

DeskOrPatrol = Annotated[Person, allowed("operator", "supervisor", "patrol")]


@router.get("/units", summary="Units")
def list_all_units(house: TheHouse, person: DeskOrPatrol) -> UnitList:
    """Answer every unit with its place and assignment; to a patrol its own."""
    with reading(house.engine) as session:
        if person.role == "patrol":
            own = unit_of(session, person.id)
            units = unit_json(session, [own] if own else [])
        else:
            units = list_units(session)
    return UnitList(items=[UnitAnswer(**unit) for unit in units])


@router.patch("/units/{unit_id}", summary="Duty, shift and vehicle")
def update_unit(house: TheHouse, person: DeskOrPatrol, unit_id: PathId, changes: UnitChanges) -> UnitAnswer:
    """Put a unit on duty (`available`) or off duty; the other states come with assignments.

    A supervisor may also give it another shift or vehicle, for the plans made from now on.
    """
    said = changes.model_dump(exclude_none=True)
    if not said:
        raise BadInput("state", "say what is to change: state, shift_id or vehicle")
    with writing(house.engine) as session:
        if changes.state is not None:
            unit = set_state(session, unit_id, changes.state, person.actor, house.now())
        if said.keys() & {"shift_id", "vehicle"}:
            unit = change_unit(session, unit_id, said, person.actor, house.now())
        return UnitAnswer(**unit_json(session, [unit])[0])
