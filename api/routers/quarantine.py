"""Quarantine: readings that are not believed, for everyone who works with them to see, and to be lifted."""

from typing import Annotated

from fastapi import APIRouter

from api.doors import allowed
from api.house import TheHouse
from api.pages import Cursor, Limit, PathId, cursor_after, id_from
from api.shapes.quarantine import (
    LiftQuestion,
    NewQuarantineQuestion,
    QuarantineAnswer,
    QuarantineList,
    QuarantineState,
)
from operations import quarantine
from operations.access import Person
from operations.quarantine import NewQuarantine
from operations.quarantine_views import for_administrators, quarantine_json, quarantines_page
from operations.store import Session, reading, writing
from operations.tables import Quarantine

router = APIRouter(tags=["cameras"])

Looking = Annotated[Person, allowed("operator", "investigator", "supervisor", "administrator")]
Deciding = Annotated[Person, allowed("supervisor", "administrator")]


@router.get("/quarantine", summary="Readings that are not believed")
def list_quarantines(
    house: TheHouse,
    person: Looking,
    state: QuarantineState | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> QuarantineList:
    """Answer the quarantines, newest first; `ended`: what was wrong has ended by itself."""
    with reading(house.engine) as session:
        rows = quarantines_page(session, state, id_from(cursor), limit)
        items = [_shown(person, shown) for shown in quarantine_json(session, rows)]
    return QuarantineList(items=items, next_cursor=cursor_after(rows[-1].id) if len(rows) == limit else None)


@router.post("/quarantine", summary="Stop believing readings", status_code=201)
def make_quarantine(house: TheHouse, person: Deciding, question: NewQuarantineQuestion) -> QuarantineAnswer:
    """Have readings of a camera raise no alert and draw no way from now on; a plate only by a supervisor."""
    now = house.now()
    new = NewQuarantine(
        camera_id=question.camera_id,
        kind="person",
        reason=question.reason,
        since=now,
        plate=question.plate,
        lane=question.lane,
    )
    with writing(house.engine) as session:
        return _answer(session, person, quarantine.put_in(session, person.actor, new, now))


@router.post("/quarantine/{quarantine_id}/lift", summary="Believe readings again")
def lift_quarantine(
    house: TheHouse, person: Deciding, quarantine_id: PathId, question: LiftQuestion
) -> QuarantineAnswer:
    """Bring back all that it held, saying why; the system does not find the same again for a week."""
    with writing(house.engine) as session:
        lifted = quarantine.lift(session, person.actor, quarantine_id, question.reason, house.now())
        return _answer(session, person, lifted)


def _answer(session: Session, person: Person, row: Quarantine) -> QuarantineAnswer:
    session.flush()
    return _shown(person, quarantine_json(session, [row])[0])


def _shown(person: Person, shown: dict[str, object]) -> QuarantineAnswer:
    if person.role == "administrator":
        shown = for_administrators(shown)
    return QuarantineAnswer.model_validate(shown)
