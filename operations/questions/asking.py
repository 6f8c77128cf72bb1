"""Asking: a question is kept and audited before anyone sees an answer, and so is each look at it again.

How far it may go is in grades.py, who agrees to more in deciding.py, how it is answered in kinds.py.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from operations.access import Person
from operations.audit import record
from operations.facts import NotACaseMember, NotFound
from operations.looks import picture_of
from operations.questions.deciding import (
    AgreementLapsed,
    QueryNotFound,
    WrongQueryState,
    decisions_json,
    decisions_on,
    lapses_at,
)
from operations.questions.found import Found
from operations.questions.grades import extent, grade_of
from operations.questions.kinds import answer_of
from operations.questions.named import check_named
from operations.questions.preserved import found_sighting, preserve
from operations.questions.question import Question, checked, from_stored, stored
from operations.store import Engine, Session, reading, writing
from operations.tables import Case, QueryRow, User
from operations.watchlist import open_case


@dataclass(frozen=True, slots=True)
class Answer:
    """A question as kept, and what it found; None: it waits, was refused, or is not this person's to open."""

    row: QueryRow
    case_number: str
    asked_by: str
    found: Found | None
    decisions: list[dict[str, Any]] = field(default_factory=list)
    lapses_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What kind of look at an answered question this is, for the trail."""

    action: str
    details: dict[str, Any] = field(default_factory=dict)


AGAIN = Look("query.reopened")


def grade(
    session: Session, question: Question, person: Person, now: datetime
) -> tuple[str, list[dict[str, Any]]]:
    """Return whose agreement a question would need, and why; nothing is kept. Raises as `ask`."""
    asked = checked(question)
    case = open_case(session, person.actor, asked.case_number, now)
    check_named(session, case.id, asked)
    return grade_of(extent(asked, person.role, now))


def ask(engine: Engine, question: Question, person: Person, now: datetime) -> Answer:
    """Keep a question, audited, and answer it, unless it goes so far or wide that others must agree first.

    Raises BadInput naming the field and the fix; CaseNotFound, CaseClosed, NotACaseMember.
    """
    asked = checked(question)
    with reading(engine) as session:
        needed, why = grade(session, asked, person, now)
        found = answer_of(session, asked, now) if needed == "own" else None
    with writing(engine) as session:  # short: the search itself holds nobody up
        case = open_case(session, person.actor, asked.case_number, now)
        row = QueryRow(
            id=str(uuid.uuid4()),
            case_id=case.id,
            reason=asked.reason,
            asked_by=person.id,
            asked_at=now,
            kind=asked.kind,
            question=stored(asked),
            grade=needed,
            grade_why=why,
            state="waiting",
            result_count=0,
        )
        session.add(row)
        session.flush()
        if found is None:
            _record(session, person, row, case, now, look=Look("query.asked", {"grade": needed}))
        else:
            _answer(session, row, case, found, now)
            _record(session, person, row, case, now, look=_with_count(Look("vehicle.queried"), found))
    waits_until = lapses_at(row, []) if row.state == "waiting" else None
    return Answer(row, case.number, person.login, found, lapses_at=waits_until)


def reopen(engine: Engine, query_id: str, person: Person, now: datetime, look: Look = AGAIN) -> Answer:
    """Answer a kept question from what is stored now, audited; once others agreed, who asked opens it first.

    One that waits or was refused is returned without an answer, to members and to supervisors, who decide.
    Raises QueryNotFound, CaseClosed, NotACaseMember, AgreementLapsed.
    """
    with reading(engine) as session:
        row, case = _may_see(session, query_id, person, now)
        known = _known(session, row)
        answer = Answer(row, case.number, session.get_one(User, row.asked_by).login, None, *known)
        if not _may_open(row, person):
            return answer
        question = from_stored(row.question, row.kind, case.number, row.reason)
        found = answer_of(session, question, now)
    with writing(engine) as session:
        case = open_case(session, person.actor, case.number, now)
        locked = session.get_one(QueryRow, query_id, with_for_update=True)
        if not _may_open(locked, person):
            raise WrongQueryState(locked.state, "opening it")
        if locked.state == "approved":
            if lapses_at(locked, decisions_on(session, query_id)) <= now:
                raise AgreementLapsed
            look = Look("vehicle.queried", look.details)
        _answer(session, locked, case, found, now)
        _record(session, person, locked, case, now, look=_with_count(look, found))
    return Answer(locked, case.number, answer.asked_by, found, answer.decisions)


def answered(engine: Engine, query_id: str, person: Person, now: datetime, look: Look) -> Answer:
    """Answer a kept question as `reopen`, which must have an answer. Raises as it, and WrongQueryState."""
    answer = reopen(engine, query_id, person, now, look)
    if answer.found is None:
        raise WrongQueryState(answer.row.state, look.action)
    return answer


def picture(engine: Engine, query_id: str, sighting_id: str, person: Person, now: datetime) -> str:
    """Return the media key of the snapshot of a sighting that a query found, audited first."""
    with writing(engine) as session:
        row, case = _may_see(session, query_id, person, now)
        case = open_case(session, person.actor, case.number, now)
        sighting = found_sighting(session, case.id, row.id, sighting_id)
        if sighting is None:
            raise NotFound("This query found no such sighting.")
        key = picture_of(sighting, "snapshot")
        look = Look("query.picture_viewed", {"sighting": sighting_id})
        _record(session, person, row, case, now, look=look)
        return key


def _may_see(session: Session, query_id: str, person: Person, now: datetime) -> tuple[QueryRow, Case]:
    """Return a query and its case, which must be open and the person's; or one a supervisor decides on."""
    row = session.get(QueryRow, query_id)
    if row is None:
        raise QueryNotFound(query_id)
    case = session.get_one(Case, row.case_id)
    try:
        open_case(session, person.actor, case.number, now)
    except NotACaseMember:
        if person.role != "supervisor" or row.state == "answered":
            raise
    return row, case


def _may_open(row: QueryRow, person: Person) -> bool:
    """Return whether there is an answer for this person: the first look after an agreement is the asker's."""
    return row.state == "answered" or (row.state == "approved" and row.asked_by == person.id)


def _known(session: Session, row: QueryRow) -> tuple[list[dict[str, Any]], datetime | None]:
    decisions = decisions_json(session, [row.id])[row.id]
    waits = row.state in ("waiting", "approved")
    return decisions, lapses_at(row, decisions_on(session, row.id)) if waits else None


def _answer(session: Session, row: QueryRow, case: Case, found: Found, now: datetime) -> None:
    """Keep what a question found for its case."""
    if row.state != "answered":
        row.state, row.answered_at, row.result_count = "answered", now, found.count
    preserve(session, case.id, row.id, found.kept)


def _with_count(look: Look, found: Found) -> Look:
    """Return a look with how much it showed: sightings, and vehicles where it lists them."""
    vehicles = {"vehicles": len(found.vehicles)} if found.vehicles else {}
    shown = {"count": found.count, "truncated": found.truncated, **vehicles}
    return Look(look.action, {**look.details, **shown})


def _record(
    session: Session, person: Person, row: QueryRow, case: Case, now: datetime, *, look: Look
) -> None:
    record(
        session,
        actor=person.actor,
        now=now,
        action=look.action,
        subject="query",
        subject_id=row.id,
        case_number=case.number,
        reason=row.reason,
        details={"kind": row.kind, **row.question, **look.details},
    )
