"""Vehicle queries: under a named case and for a reason, where a vehicle was. Searching is in seen.py.

Nothing is answered before the question is kept and audited; a look again is audited again.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from operations.access import Person
from operations.audit import record
from operations.facts import BadInput, NotFound
from operations.looks import picture_of
from operations.seen import Seen, find_seen, fits
from operations.store import Engine, Session, reading, writing
from operations.tables import Case, QueryRow, SightingRow, User
from operations.times import from_text, to_text
from operations.watchlist import normalise_pattern, open_case

LONGEST = timedelta(days=90)


class QueryNotFound(NotFound):
    """No query has this id, or not for this person."""

    def __init__(self, query_id: str) -> None:
        super().__init__(f"There is no query {query_id}.")


@dataclass(frozen=True, slots=True)
class Question:
    """Where was this plate (? one character, * any run) from `since` until before `until` (aware times)?"""

    case_number: str
    reason: str
    plate: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """The question as kept, and what was seen, in order of time; `truncated`: only the newest of it."""

    id: str
    case_number: str
    reason: str
    asked_by: str
    asked_at: datetime
    question: dict[str, Any]
    seen: list[Seen]
    truncated: bool


def ask(engine: Engine, question: Question, person: Person, now: datetime) -> Answer:
    """Answer a question, kept and audited first.

    Raises BadInput naming plate, from, to or reason; CaseNotFound, CaseClosed, NotACaseMember.
    """
    pattern = _checked(question)
    with reading(engine) as session:
        open_case(session, person.actor, question.case_number, now)
        seen, truncated = find_seen(session, pattern, question.since, question.until)
    asked = {"plate": pattern, "from": to_text(question.since), "to": to_text(question.until)}
    with writing(engine) as session:  # short: the search itself holds nobody up
        case = open_case(session, person.actor, question.case_number, now)
        row = QueryRow(
            id=str(uuid.uuid4()),
            case_id=case.id,
            reason=question.reason,
            asked_by=person.id,
            asked_at=now,
            question=asked,
            result_count=len(seen),
        )
        session.add(row)
        _audit(session, person, row, now, action="vehicle.queried", case=case, count=len(seen))
    return Answer(row.id, case.number, row.reason, person.login, now, asked, seen, truncated)


def ask_again(engine: Engine, query_id: str, person: Person, now: datetime) -> Answer:
    """Answer a kept question from what is stored now, audited first. Raises QueryNotFound and as `ask`."""
    with writing(engine) as session:
        row, case = _may_reopen(session, query_id, person, now)
        asker = session.get_one(User, row.asked_by).login
        _audit(session, person, row, now, action="query.reopened", case=case)
    with reading(engine) as session:
        seen, truncated = find_seen(session, *_stored_question(row))
    return Answer(row.id, case.number, row.reason, asker, row.asked_at, row.question, seen, truncated)


def query_picture(engine: Engine, query_id: str, sighting_id: str, person: Person, now: datetime) -> str:
    """Return the media key of the snapshot of a sighting that a query found, audited first."""
    with writing(engine) as session:
        row, case = _may_reopen(session, query_id, person, now)
        pattern, since, until = _stored_question(row)
        wanted = select(SightingRow).where(SightingRow.id == sighting_id, SightingRow.plate.is_not(None))
        wanted = wanted.where(SightingRow.seen_at >= since, SightingRow.seen_at < until)
        sighting = session.scalar(wanted.where(fits(pattern)))
        if sighting is None:
            raise NotFound("This query found no such sighting.")
        key = picture_of(sighting, "snapshot")
        _audit(session, person, row, now, action="query.picture_viewed", case=case, sighting=sighting_id)
        return key


def queries_page(
    session: Session, person: Person, before: tuple[datetime, str] | None, limit: int
) -> list[dict[str, Any]]:
    """Return the queries that the person asked (a supervisor: all), newest first, before a (time, id)."""
    wanted = select(QueryRow, Case.number, User.login).join(Case, Case.id == QueryRow.case_id)
    wanted = wanted.join(User, User.id == QueryRow.asked_by)
    if person.role != "supervisor":
        wanted = wanted.where(QueryRow.asked_by == person.id)
    if before is not None:
        at, query_id = before
        older = (QueryRow.asked_at < at) | ((QueryRow.asked_at == at) & (QueryRow.id < query_id))
        wanted = wanted.where(older)
    rows = session.execute(wanted.order_by(QueryRow.asked_at.desc(), QueryRow.id.desc()).limit(limit))
    return [
        {
            "id": row.id,
            "case_number": number,
            "reason": row.reason,
            "asked_by": login,
            "asked_at": to_text(row.asked_at),
            "question": row.question,
            "result_count": row.result_count,
        }
        for row, number, login in rows
    ]


def _checked(question: Question) -> str:
    """Return the plate's pattern. Raises BadInput."""
    if len(question.reason.strip()) < 2:
        raise BadInput("reason", "say why you ask")
    if question.until <= question.since:
        raise BadInput("to", "must be after from")
    if question.until - question.since > LONGEST:
        raise BadInput("from", f"a query may span {LONGEST.days} days at most")
    try:
        pattern = normalise_pattern(question.plate)
    except BadInput as error:
        raise BadInput("plate", error.why) from None
    if pattern.count("*") > 1:
        raise BadInput("plate", "may have one * at most")
    return pattern


def _may_reopen(session: Session, query_id: str, person: Person, now: datetime) -> tuple[QueryRow, Case]:
    """Return a query and its case, which must be open and the person's. Raises as `ask`."""
    row = session.get(QueryRow, query_id)
    if row is None:
        raise QueryNotFound(query_id)
    number = session.get_one(Case, row.case_id).number
    return row, open_case(session, person.actor, number, now)


def _stored_question(row: QueryRow) -> tuple[str, datetime, datetime]:
    asked = row.question
    return asked["plate"], from_text(asked["from"]), from_text(asked["to"])


def _audit(session: Session, person: Person, row: QueryRow, now: datetime, **said: Any) -> None:
    action, case = said.pop("action"), said.pop("case")
    record(
        session,
        actor=person.actor,
        now=now,
        action=action,
        subject="query",
        subject_id=row.id,
        case_number=case.number,
        reason=row.reason,
        details={**row.question, **said},
    )
