"""Sign-ins: sessions by a random token of which only the hash is kept, and their end. Checks no password."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from operations.access import LoginDisabled, NotSignedIn, Person
from operations.audit import Actor, record
from operations.facts import NotFound
from operations.store import Session
from operations.tables import SignIn, User

TOKEN_PREFIX = "wg_"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new sign-in; the token is known here only, and never again."""

    person: Person
    token: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is signed in."""

    id: int
    login: str
    user_id: int
    created_at: datetime
    expires_at: datetime
    client: str


def sign_in(session: Session, user_id: int, client: str, lasts: timedelta, now: datetime) -> SignedIn:
    """Open a sign-in for a user whose password was right. Raises LoginDisabled."""
    user = session.get(User, user_id)
    if not user or user.disabled:
        raise LoginDisabled
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    opened = SignIn(
        token_hash=_hash(token),
        user_id=user.id,
        created_at=now,
        expires_at=now + lasts,
        revoked_at=None,
        client=client[:200],
    )
    session.add(opened)
    session.flush()
    person = _person(user, opened)
    _record(session, person.actor, "session.opened", opened, now)
    return SignedIn(person, token)


def record_refusal(session: Session, user: User | None, client: str, now: datetime) -> None:
    """Audit a wrong password; an unknown login is not written down, as people type passwords there."""
    actor = Actor(user.login, user.role, user.id) if user else Actor("unknown", "none", None)
    record(
        session,
        actor=actor,
        now=now,
        action="session.refused",
        subject="user",
        subject_id=user.id if user else "unknown",
        details={"client": client[:200]},
    )


def who(session: Session, token: str, now: datetime) -> Person:
    """Return who is signed in with this token. Raises NotSignedIn when unknown, ended or disabled."""
    return _living(session, SignIn.token_hash == _hash(token), now)


def still(session: Session, person: Person, now: datetime) -> Person:
    """Return the person as of now. Raises NotSignedIn when the sign-in has ended meanwhile."""
    return _living(session, SignIn.id == person.sign_in_id, now)


def list_places(session: Session, person: Person, everyone: bool, now: datetime) -> Sequence[Place]:
    """Return where the person (or everyone) is signed in now, newest first."""
    wanted = select(SignIn, User.login).join(User, User.id == SignIn.user_id)
    wanted = wanted.where(SignIn.revoked_at.is_(None), SignIn.expires_at > now)
    if not everyone:
        wanted = wanted.where(SignIn.user_id == person.id)
    rows = session.execute(wanted.order_by(SignIn.id.desc())).all()
    return [
        Place(row.id, login, row.user_id, row.created_at, row.expires_at, row.client) for row, login in rows
    ]


def sign_out(session: Session, sign_in_id: int, person: Person, everyone: bool, now: datetime) -> None:
    """End a sign-in: one's own, or anybody's if `everyone`. Raises NotFound."""
    row = session.get(SignIn, sign_in_id, with_for_update=True)
    if not row or (row.user_id != person.id and not everyone):
        raise NotFound(f"There is no session {sign_in_id}.")
    if row.revoked_at is None:
        row.revoked_at = now
        _record(session, person.actor, "session.ended", row, now)


def _living(session: Session, which: object, now: datetime) -> Person:
    found = session.execute(select(User, SignIn).join(SignIn, SignIn.user_id == User.id).where(which)).first()  # type: ignore[arg-type]
    if not found:
        raise NotSignedIn
    user, row = found
    if row.revoked_at is not None or row.expires_at <= now or user.disabled:
        raise NotSignedIn
    return _person(user, row)


def _person(user: User, row: SignIn) -> Person:
    return Person(user.id, user.login, user.name, user.role, row.id, row.expires_at)


def _record(session: Session, actor: Actor, action: str, row: SignIn, now: datetime) -> None:
    details = {"client": row.client, "user_id": row.user_id}
    record(
        session, actor=actor, now=now, action=action, subject="session", subject_id=row.id, details=details
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
