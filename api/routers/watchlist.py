"""The watchlist: one person asks for a plate under a case, a second person agrees."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter

from api.doors import allowed
from api.house import TheHouse
from api.pages import Cursor, Limit, PathId, cursor_after, id_from
from api.shapes.cases import ReasonQuestion
from api.shapes.vocabulary import EntryState, Nothing
from api.shapes.watchlist import EntryAnswer, EntryList, NewEntryQuestion, PreviewAnswer
from operations import watch_preview, watchlist
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
    with writing(house.engine) as session:
        return _shown(session, watchlist.create(session, person.actor, _asked(question), house.now()))


@router.post("/watchlist/preview", summary="What an entry would have hit")
def preview_new_entry(house: TheHouse, person: CaseWorker, question: NewEntryQuestion) -> PreviewAnswer:
    """Answer what the entry would have hit in the past month; the look is audited, nothing is watched."""
    zone, now = ZoneInfo(house.site_timezone), house.now()
    found = watch_preview.preview_new(house.engine, person.actor, _asked(question), zone, now)
    return PreviewAnswer(**found)


@router.get("/watchlist/{entry_id}/preview", summary="What this entry would have hit")
def preview_entry(house: TheHouse, person: CaseWorker, entry_id: PathId) -> PreviewAnswer:
    """Answer the same of an entry, to members of its case and to who may approve it; audited."""
    zone, now = ZoneInfo(house.site_timezone), house.now()
    return PreviewAnswer(**watch_preview.preview_entry(house.engine, person.actor, entry_id, zone, now))


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


def _asked(question: NewEntryQuestion) -> NewEntry:
    return NewEntry(
        pattern=question.pattern,
        case_number=question.case_number,
        reason=question.reason,
        severity=question.severity,
        valid_until=question.valid_until,
        fuzzy=question.fuzzy,
        vehicle_class=question.vehicle_class,
        colour=question.colour,
        area=question.area.model_dump() if question.area else None,
        hours=question.hours.model_dump(by_alias=True) if question.hours else None,
    )


def _shown(session: Session, entry: WatchlistEntry) -> EntryAnswer:
    session.flush()
    return EntryAnswer(**entry_json(session, [entry])[0])
