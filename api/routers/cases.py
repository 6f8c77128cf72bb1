"""Cases and who works on them: the ground on which everything about vehicles is asked."""

from typing import Annotated

from fastapi import APIRouter

from api.doors import allowed
from api.house import TheHouse
from api.pages import Cursor, Limit, PathId, cursor_after, id_from
from api.shapes.cases import (
    CaseAnswer,
    CaseList,
    ExtensionQuestion,
    MemberQuestion,
    MembershipEndQuestion,
    NewCaseQuestion,
    ReasonQuestion,
)
from operations.access import Person
from operations.cases import (
    NewCase,
    add_member,
    case_json,
    cases_page,
    end_membership,
    open_new_case,
)
from operations.closing import close_case, extend_case
from operations.facts import BadInput
from operations.store import Session, reading, writing
from operations.tables import Case

router = APIRouter(tags=["cases"])

CaseWorker = Annotated[Person, allowed("investigator", "supervisor")]
Supervisor = Annotated[Person, allowed("supervisor")]


@router.get("/cases", summary="Cases")
def list_cases(house: TheHouse, person: CaseWorker, limit: Limit = 100, cursor: Cursor = None) -> CaseList:
    """Answer the cases one works on, newest first; a supervisor sees all."""
    with reading(house.engine) as session:
        cases = cases_page(session, person.actor, id_from(cursor), limit)
        items = [CaseAnswer(**case) for case in case_json(session, cases)]
    return CaseList(items=items, next_cursor=cursor_after(cases[-1].id) if len(cases) == limit else None)


@router.post("/cases", summary="Open a case", status_code=201)
def create_case(house: TheHouse, person: CaseWorker, question: NewCaseQuestion) -> CaseAnswer:
    """Open a case; one is its first member."""
    new = NewCase(question.number, question.title, question.legal_basis, question.ends_at)
    with writing(house.engine) as session:
        return _shown(session, open_new_case(session, person.actor, new, house.now()))


@router.post("/cases/{case_id}/members", summary="Add a member")
def add_case_member(
    house: TheHouse, person: CaseWorker, case_id: PathId, question: MemberQuestion
) -> CaseAnswer:
    """Have another investigator or supervisor work on the case."""
    who = _named(question)
    with writing(house.engine) as session:
        return _shown(session, add_member(session, person.actor, case_id, who, house.now()))


@router.post("/cases/{case_id}/members/end", summary="End a membership")
def end_case_member(
    house: TheHouse, person: CaseWorker, case_id: PathId, question: MembershipEndQuestion
) -> CaseAnswer:
    """Have a member no longer work on the case, saying why; anyone may end his own."""
    who, reason = _named(question), question.reason
    with writing(house.engine) as session:
        case = end_membership(session, person.actor, case_id, who, reason=reason, now=house.now())
        return _shown(session, case)


@router.post("/cases/{case_id}/extend", summary="Let a case end later")
def extend_one_case(
    house: TheHouse, person: Supervisor, case_id: PathId, question: ExtensionQuestion
) -> CaseAnswer:
    """Move the end of an open case to a later time, saying why."""
    ends_at, reason = question.ends_at, question.reason
    with writing(house.engine) as session:
        extended = extend_case(session, person.actor, case_id, ends_at, reason=reason, now=house.now())
        return _shown(session, extended)


@router.post("/cases/{case_id}/close", summary="Close a case")
def close_one_case(
    house: TheHouse, person: Supervisor, case_id: PathId, question: ReasonQuestion
) -> CaseAnswer:
    """Close a case: nothing is watched, asked or preserved under it any more."""
    with writing(house.engine) as session:
        closed = close_case(session, person.actor, case_id, question.reason, house.now())
        return _shown(session, closed)


def _named(question: MemberQuestion) -> int | str:
    who = question.user_id or question.login
    if who is None:
        raise BadInput("user_id", "name the user by user_id or login")
    return who


def _shown(session: Session, case: Case) -> CaseAnswer:
    session.flush()
    return CaseAnswer(**case_json(session, [case])[0])
