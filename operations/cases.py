"""Cases: the legal ground of every look at vehicle data, and who works on each. They end in closing.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from operations.audit import Actor, record
from operations.facts import BadInput, CaseClosed, Conflict, NotACaseMember, NotAllowed, NotFound
from operations.store import Session
from operations.tables import Case, CaseMember, User
from operations.times import to_text

MAY_WORK_ON_CASES = ("investigator", "supervisor")


class CaseNumberTaken(Conflict):
    """Another case has this number."""

    def __init__(self, number: str) -> None:
        super().__init__(f"There is a case {number} already.")


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to open. ends_at: aware; nothing may be asked under the case afterwards."""

    number: str
    title: str
    legal_basis: str
    ends_at: datetime


def open_new_case(session: Session, actor: Actor, asked: NewCase, now: datetime) -> Case:
    """Open a case; who opens it is its first member. Raises NotAllowed, CaseNumberTaken, BadInput."""
    _may(actor)
    if asked.ends_at <= now:
        raise BadInput("ends_at", "lies in the past")
    if session.scalar(select(Case.id).where(Case.number == asked.number)) is not None:
        raise CaseNumberTaken(asked.number)
    case = Case(
        number=asked.number,
        title=asked.title,
        legal_basis=asked.legal_basis,
        state="open",
        opened_by=actor.user_id,
        opened_at=now,
        ends_at=asked.ends_at,
    )
    session.add(case)
    session.flush()
    session.add(CaseMember(case_id=case.id, user_id=actor.user_id))
    record_change(session, actor, case, now, action="case.opened", ends_at=to_text(case.ends_at))
    return case


def add_member(session: Session, actor: Actor, case_id: int, login: str | int, now: datetime) -> Case:
    """Have a user (by login or id) work on a case; a member or a supervisor may say so.

    Raises NotFound, CaseClosed, NotACaseMember, and BadInput when that user's role works on no cases.
    """
    _may(actor)
    case = session.get(Case, case_id, with_for_update=True)
    if case is None:
        raise NotFound(f"There is no case {case_id}.")
    if actor.role != "supervisor" and not is_member(session, case.id, actor.user_id):
        raise NotACaseMember(case.number)
    if case.state != "open" or case.ends_at <= now:
        raise CaseClosed(case.number)
    user = session.scalar(select(User).where((User.id if isinstance(login, int) else User.login) == login))
    if user is None or user.disabled:
        raise BadInput("user_id" if isinstance(login, int) else "login", "there is no such user")
    if user.role not in MAY_WORK_ON_CASES:
        raise BadInput("user_id", f"a {user.role} works on no cases")
    if not is_member(session, case.id, user.id):
        session.add(CaseMember(case_id=case.id, user_id=user.id))
        record_change(session, actor, case, now, action="case.member_added", member=user.login)
    return case


def end_membership(
    session: Session, actor: Actor, case_id: int, login: str | int, *, reason: str, now: datetime
) -> Case:
    """Have a user (by login or id) no longer work on a case; a supervisor says so, or the member.

    That user sees nothing of it any more. Raises NotFound, NotAllowed, BadInput naming the user's field.
    """
    _may(actor)
    case = session.get(Case, case_id, with_for_update=True)
    if case is None:
        raise NotFound(f"There is no case {case_id}.")
    field = "user_id" if isinstance(login, int) else "login"
    user = session.scalar(select(User).where((User.id if isinstance(login, int) else User.login) == login))
    if actor.role != "supervisor" and (user is None or user.id != actor.user_id):
        raise NotAllowed("Only a supervisor may take another person off a case.")
    member = session.get(CaseMember, (case.id, user.id)) if user else None
    if user is None or member is None:
        raise BadInput(field, f"is no member of case {case.number}")
    if session.scalar(select(func.count()).where(CaseMember.case_id == case.id)) == 1:
        raise BadInput(field, "is the last member: add another first, or close the case")
    session.delete(member)
    record_change(session, actor, case, now, action="case.member_ended", member=user.login, reason=reason)
    return case


def cases_page(session: Session, actor: Actor, before_id: int | None, limit: int) -> Sequence[Case]:
    """Return the cases the person works on (a supervisor: all), newest first, below an id."""
    wanted = select(Case).order_by(Case.id.desc()).limit(limit)
    if actor.role != "supervisor":
        mine = select(CaseMember.case_id).where(CaseMember.user_id == actor.user_id)
        wanted = wanted.where(Case.id.in_(mine))
    if before_id is not None:
        wanted = wanted.where(Case.id < before_id)
    return session.scalars(wanted).all()


def open_case_numbers(session: Session, user_id: int) -> Sequence[str]:
    """Return the numbers of the open cases that a user works on."""
    mine = select(CaseMember.case_id).where(CaseMember.user_id == user_id)
    return session.scalars(select(Case.number).where(Case.id.in_(mine), Case.state == "open")).all()


def is_member(session: Session, case_id: int, user_id: int | None) -> bool:
    """Return whether a user works on a case."""
    return session.get(CaseMember, (case_id, user_id)) is not None


def case_json(session: Session, cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Return the cases as the API shows them; people are named by login."""
    ids = [case.id for case in cases]
    members = session.execute(
        select(CaseMember.case_id, User.login)
        .join(User, User.id == CaseMember.user_id)
        .where(CaseMember.case_id.in_(ids))
        .order_by(User.login)
    ).all()
    openers = {case.opened_by for case in cases}
    logins = dict(session.execute(select(User.id, User.login).where(User.id.in_(openers))).all())
    return [
        {
            "id": case.id,
            "number": case.number,
            "title": case.title,
            "legal_basis": case.legal_basis,
            "state": case.state,
            "opened_by": logins[case.opened_by],
            "opened_at": to_text(case.opened_at),
            "ends_at": to_text(case.ends_at),
            "members": [login for case_id, login in members if case_id == case.id],
        }
        for case in cases
    ]


def _may(actor: Actor) -> None:
    if actor.role not in MAY_WORK_ON_CASES:
        raise NotAllowed(f"A {actor.role} works on no cases.")


def record_change(session: Session, actor: Actor, case: Case, now: datetime, **said: Any) -> None:
    """Write the audit row of a change of a case; said: `action`, perhaps `reason`, and the details."""
    record(
        session,
        actor=actor,
        now=now,
        action=said.pop("action"),
        subject="case",
        subject_id=case.id,
        case_number=case.number,
        reason=said.pop("reason", None),
        details=said,
    )
