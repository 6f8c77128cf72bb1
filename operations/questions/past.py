"""Past questions: the list of what was asked, and a question as its answer shows it. Answers nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from operations.access import Person
from operations.questions.asking import Answer
from operations.questions.deciding import decisions_json
from operations.questions.found import Found
from operations.store import Session
from operations.tables import Case, QueryRow, User
from operations.times import to_text
from operations.tracks.track import path_of, track_json

NOTHING = Found(items=[], kept=[])


@dataclass(frozen=True, slots=True)
class PastAsked:
    """A page of questions, newest first, before a (time, id). state: None for all."""

    state: str | None
    before: tuple[datetime, str] | None
    limit: int


def queries_page(session: Session, person: Person, asked: PastAsked) -> list[dict[str, Any]]:
    """Return the questions that the person asked (a supervisor: all), without what they found."""
    wanted = select(QueryRow, Case.number, User.login).join(Case, Case.id == QueryRow.case_id)
    wanted = wanted.join(User, User.id == QueryRow.asked_by)
    if person.role != "supervisor":
        wanted = wanted.where(QueryRow.asked_by == person.id)
    if asked.state is not None:
        wanted = wanted.where(QueryRow.state == asked.state)
    if asked.before is not None:
        at, query_id = asked.before
        older = (QueryRow.asked_at < at) | ((QueryRow.asked_at == at) & (QueryRow.id < query_id))
        wanted = wanted.where(older)
    newest = wanted.order_by(QueryRow.asked_at.desc(), QueryRow.id.desc()).limit(asked.limit)
    rows = session.execute(newest).all()
    decisions = decisions_json(session, [row.id for row, _, _ in rows])
    return [
        {
            **_question_json(row, number, login),
            "result_count": row.result_count,
            "decisions": decisions[row.id],
        }
        for row, number, login in rows
    ]


def past_question(session: Session, row: QueryRow) -> dict[str, Any]:
    """Return one question as `queries_page` does."""
    number = session.get_one(Case, row.case_id).number
    return {
        **_question_json(row, number, session.get_one(User, row.asked_by).login),
        "result_count": row.result_count,
        "decisions": decisions_json(session, [row.id])[row.id],
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as the API shows it; without data where there is none."""
    found = answer.found or NOTHING
    return {
        **_question_json(answer.row, answer.case_number, answer.asked_by),
        "decisions": answer.decisions,
        "lapses_at": to_text(answer.lapses_at),
        "count": found.count,
        "truncated": found.truncated,
        "items": found.items,
        "vehicles": found.vehicles,
        "tracks": [track_json(track) for track in found.tracks],
        "path": path_of(found.tracks),
        "clone": found.clone,
        "companions": found.companions,
        "next": found.next,
    }


def _question_json(row: QueryRow, case_number: str, login: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "case_number": case_number,
        "reason": row.reason,
        "asked_by": login,
        "asked_at": to_text(row.asked_at),
        "kind": row.kind,
        "state": row.state,
        "grade": row.grade,
        "grade_why": row.grade_why or [],
        "ended_why": row.ended_why,
        "question": row.question,
    }
