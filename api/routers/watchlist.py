"""The watchlist: one person asks for a plate under a case, a second person agrees."""

from typing import Annotated

from fastapi import APIRouter

from api.doors import allowed
from api.house import TheHouse
from api.pages import Cursor, Limit, PathId, cursor_after, id_from
from api.shapes.cases import ReasonQuestion
from api.shapes.vocabulary import EntryState, Nothing
from api.shapes.watchlist import EntryAnswer, EntryList, NewEntryQuestion
from operations import watchlist
from operations.access import Person
from operations.store import Session, reading, writing
from operations.tables import WatchlistEntry
from operations.watch_pages import entries_page, entry_json
from operations.watchlist import NewEntry

router = APIRouter(tags=["cases"])

CaseWorker = Annotated[Person, allowed("investigator", "supervisor")]
Supervisor = Annotated[Person, allowed("supervisor")]


@router.get("/watchlist", summary="Watchlist entries")
def list_entries(
    house: TheHouse,
    person: CaseWorker,
    state: EntryState | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> EntryList:
    """Answer the entries of one's own cases, newest first; a supervisor sees all."""
    with reading(house.engine) as session:
        found = entries_page(session, person.actor, state, id_from(cursor), limit)
        items = [EntryAnswer(**entry) for entry in entry_json(session, found)]
    return EntryList(items=items, next_cursor=cursor_after(found[-1].id) if len(found) == limit else None)


@router.post("/watchlist", summary="Ask for a plate to be watched", status_code=201)
def create_entry(house: TheHouse, person: CaseWorker, question: NewEntryQuestion) -> EntryAnswer:
    """Ask for a plate or a pattern of one; nothing is watched until a second person approves."""
    new = NewEntry(
        pattern=question.pattern,
        case_number=question.case_number,
        reason=question.reason,
        severity=question.severity,
        valid_until=question.valid_until,
    )
    with writing(house.engine) as session:
        return _shown(session, watchlist.create(session, person.actor, new, house.now()))


@router.post("/watchlist/{entry_id}/approve", summary="Approve an entry")
def approve_entry(
    house: TheHouse, person: Supervisor, entry_id: PathId, question: Nothing | None = None
) -> EntryAnswer:
    """Put an entry in force; not by who asked for it."""
    with writing(house.engine) as session:
        return _shown(session, watchlist.approve(session, person.actor, entry_id, house.now()))


@router.post("/watchlist/{entry_id}/reject", summary="Reject an entry")
def reject_entry(
    house: TheHouse, person: Supervisor, entry_id: PathId, question: ReasonQuestion
) -> EntryAnswer:
    """Refuse an entry, saying why; not by who asked for it."""
    with writing(house.engine) as session:
        refused = watchlist.reject(session, person.actor, entry_id, question.reason, house.now())
        return _shown(session, refused)


@router.post("/watchlist/{entry_id}/end", summary="End an entry")
def end_entry(house: TheHouse, person: CaseWorker, entry_id: PathId, question: ReasonQuestion) -> EntryAnswer:
    """Stop watching from now on, saying why."""
    with writing(house.engine) as session:
        ended = watchlist.end(session, person.actor, entry_id, question.reason, house.now())
        return _shown(session, ended)


def _shown(session: Session, entry: WatchlistEntry) -> EntryAnswer:
    session.flush()
    return EntryAnswer(**entry_json(session, [entry])[0])
