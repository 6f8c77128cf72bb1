"""Closing: how a case ends, by a supervisor or because its time has run out, and what ends with it.

Its watchlist entries end, its questions that wait are refused, and what it preserved is let go.
"""

from datetime import datetime

from sqlalchemy import select

from operations.audit import SYSTEM, Actor
from operations.cases import record_change
from operations.facts import BadInput, CaseClosed, NotAllowed, NotFound
from operations.questions.deciding import end_with_case
from operations.questions.preserved import release
from operations.store import Session
from operations.tables import Case
from operations.times import to_text
from operations.watchlist import end_with_case as end_watching

RAN_OUT = "its end date has come"


def close_case(session: Session, actor: Actor, case_id: int, reason: str, now: datetime) -> Case:
    """Close a case: nothing is watched, asked or preserved under it any more. Only a supervisor may."""
    if actor.role != "supervisor":
        raise NotAllowed("Only a supervisor may close a case.")
    case = _locked(session, case_id)
    if case.state != "open":
        raise CaseClosed(case.number)
    _end(session, case, actor, reason, now)
    return case


def extend_case(
    session: Session, actor: Actor, case_id: int, ends_at: datetime, *, reason: str, now: datetime
) -> Case:
    """Let an open case end later. Only a supervisor may. Raises NotFound, CaseClosed, BadInput."""
    if actor.role != "supervisor":
        raise NotAllowed("Only a supervisor may extend a case.")
    case = _locked(session, case_id)
    if case.state != "open" or case.ends_at <= now:
        raise CaseClosed(case.number)
    if ends_at <= case.ends_at:
        raise BadInput("ends_at", "must be later than the case's present end; to end it sooner, close it")
    said = {"from": to_text(case.ends_at), "to": to_text(ends_at)}
    case.ends_at = ends_at
    record_change(session, actor, case, now, action="case.extended", reason=reason, **said)
    return case


def close_run_out(session: Session, now: datetime) -> list[str]:
    """Close every open case whose end date has come; return their numbers."""
    over = select(Case).where(Case.state == "open", Case.ends_at <= now).order_by(Case.id)
    cases = session.scalars(over.with_for_update(skip_locked=True)).all()
    for case in cases:
        _end(session, case, SYSTEM, RAN_OUT, now)
    return [case.number for case in cases]


def _end(session: Session, case: Case, actor: Actor, reason: str, now: datetime) -> None:
    case.state = "closed"
    said = {
        "entries_ended": end_watching(session, case, actor, now),
        "questions_refused": end_with_case(session, case, actor, now),
        "sightings_released": release(session, case.id),
    }
    record_change(session, actor, case, now, action="case.closed", reason=reason, **said)


def _locked(session: Session, case_id: int) -> Case:
    case = session.get(Case, case_id, with_for_update=True, populate_existing=True)
    if case is None:
        raise NotFound(f"There is no case {case_id}.")
    return case
