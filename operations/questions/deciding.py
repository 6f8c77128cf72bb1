"""Deciding: other people's agreement to questions that go further or wider. Nobody decides on his own.

An agreement lapses after APPROVAL_WAITS, and with its case. Who decides sees the question, never the answer.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from operations.access import Person
from operations.audit import SYSTEM, Actor, record
from operations.facts import BadInput, CaseClosed, Conflict, NotAllowed, NotFound
from operations.questions.grades import APPROVALS
from operations.store import Session
from operations.tables import Case, QueryDecision, QueryRow, User
from operations.times import to_text

APPROVAL_WAITS = timedelta(days=7)
UNDECIDED = ("waiting", "approved")


class QueryNotFound(NotFound):
    """No query has this id, or not for this person."""

    def __init__(self, query_id: str) -> None:
        super().__init__(f"There is no query {query_id}.")


class WrongQueryState(Conflict):
    """The query is not in a state in which this can be done."""

    def __init__(self, state: str, action: str) -> None:
        super().__init__(f"A query that is {state} cannot be changed by {action}.")


class AskerMayNotDecide(NotAllowed):
    """Another person must agree to a question that goes further or wider."""

    def __init__(self) -> None:
        super().__init__("You asked this question: another supervisor must decide on it.")


class AlreadyDecided(Conflict):
    """Two persons must agree, and this one has."""

    def __init__(self) -> None:
        super().__init__("You agreed to this question already: it needs another person's agreement too.")


class AgreementLapsed(Conflict):
    """The question waited too long."""

    def __init__(self) -> None:
        super().__init__(f"This question lapsed: it is good for {APPROVAL_WAITS.days} days. Ask again.")


def approve(session: Session, query_id: str, person: Person, reason: str | None, now: datetime) -> QueryRow:
    """Agree to a question. Raises NotAllowed, AskerMayNotDecide, AlreadyDecided, WrongQueryState, …Lapsed."""
    row, case = _to_decide(session, query_id, person, "approve", now)
    _decide(session, row, person, "approve", reason, now=now)
    agreed = sum(each.decision == "approve" for each in decisions_on(session, row.id))
    if agreed >= APPROVALS[row.grade]:
        row.state = "approved"
    said = {"grade": row.grade, "agreed": agreed, "needed": APPROVALS[row.grade], "asked_by": row.asked_by}
    _record(session, person.actor, row, case, now, action="query.approved", reason=reason, **said)
    return row


def refuse(session: Session, query_id: str, person: Person, reason: str, now: datetime) -> QueryRow:
    """Refuse a question; one person's refusal is enough. Raises as `approve`, and BadInput."""
    if len(reason.strip()) < 2:
        raise BadInput("reason", "say why you refuse")
    row, case = _to_decide(session, query_id, person, "refuse", now)
    _decide(session, row, person, "refuse", reason, now=now)
    row.state = "refused"
    said = {"grade": row.grade, "asked_by": row.asked_by}
    _record(session, person.actor, row, case, now, action="query.refused", reason=reason, **said)
    return row


def lapse(session: Session, now: datetime) -> int:
    """Refuse every question that waited or stood approved too long; return how many."""
    open_ones = select(QueryRow, Case).join(Case, Case.id == QueryRow.case_id)
    open_ones = open_ones.where(
        QueryRow.state.in_(UNDECIDED), QueryRow.asked_at <= now - APPROVAL_WAITS
    ).with_for_update(of=QueryRow, skip_locked=True)
    lapsed = 0
    for row, case in session.execute(open_ones).all():
        if lapses_at(row, decisions_on(session, row.id)) <= now:
            _end(session, row, case, SYSTEM, now, why="lapsed")
            lapsed += 1
    return lapsed


def end_with_case(session: Session, case: Case, actor: Actor, now: datetime) -> int:
    """Refuse what still waits, or was not looked at yet, in a case that ends; return how many."""
    waiting = select(QueryRow).where(QueryRow.case_id == case.id, QueryRow.state.in_(UNDECIDED))
    rows = session.scalars(waiting.with_for_update()).all()
    for row in rows:
        _end(session, row, case, actor, now, why="case_closed")
    return len(rows)


def decisions_on(session: Session, query_id: str) -> Sequence[QueryDecision]:
    """Return what was decided on a question, in order of time."""
    wanted = select(QueryDecision).where(QueryDecision.query_id == query_id)
    return session.scalars(wanted.order_by(QueryDecision.at, QueryDecision.user_id)).all()


def decisions_json(session: Session, query_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return what was decided on each question as the API shows it; people are named by login."""
    wanted = select(QueryDecision, User.login).join(User, User.id == QueryDecision.user_id)
    wanted = wanted.where(QueryDecision.query_id.in_(query_ids)).order_by(QueryDecision.at, User.login)
    shown: dict[str, list[dict[str, Any]]] = {query_id: [] for query_id in query_ids}
    for each, login in session.execute(wanted):
        said = {"decision": each.decision, "reason": each.reason, "at": to_text(each.at)}
        shown[each.query_id].append({"user": login, **said})
    return shown


def lapses_at(row: QueryRow, decisions: Sequence[QueryDecision]) -> datetime:
    """Return when a question that is waiting or approved lapses: counted from the last that was said."""
    return max([row.asked_at, *(each.at for each in decisions)]) + APPROVAL_WAITS


def _to_decide(
    session: Session, query_id: str, person: Person, action: str, now: datetime
) -> tuple[QueryRow, Case]:
    """Lock a question that this person may decide on now, and return it with its case."""
    if person.role != "supervisor":
        raise NotAllowed(f"A {person.role} may not {action} questions.")
    row = session.get(QueryRow, query_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise QueryNotFound(query_id)
    case = session.get_one(Case, row.case_id)
    if row.asked_by == person.id:
        raise AskerMayNotDecide
    if case.state != "open" or case.ends_at <= now:
        raise CaseClosed(case.number)
    if row.state != "waiting":
        raise WrongQueryState(row.state, action)
    if lapses_at(row, decisions_on(session, row.id)) <= now:
        raise AgreementLapsed
    return row, case


def _decide(
    session: Session, row: QueryRow, person: Person, decision: str, reason: str | None, *, now: datetime
) -> None:
    """Keep what one person said; who agreed may still refuse, but not agree twice."""
    said = session.get(QueryDecision, (row.id, person.id))
    if said is None:
        session.add(
            QueryDecision(query_id=row.id, user_id=person.id, decision=decision, reason=reason, at=now)
        )
    elif decision == "approve":
        raise AlreadyDecided
    else:
        said.decision, said.reason, said.at = decision, reason, now
    session.flush()


def _end(session: Session, row: QueryRow, case: Case, actor: Actor, now: datetime, *, why: str) -> None:
    row.state, row.ended_why = "refused", why
    _record(session, actor, row, case, now, action="query.ended", why=why)


def _record(session: Session, actor: Actor, row: QueryRow, case: Case, now: datetime, **said: Any) -> None:
    record(
        session,
        actor=actor,
        now=now,
        action=said.pop("action"),
        subject="query",
        subject_id=row.id,
        case_number=case.number,
        reason=said.pop("reason", None) or row.reason,
        details={"kind": row.kind, **row.question, **said},
    )
