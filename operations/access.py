"""Access: users, their passwords and their sign-ins. What a role may do is said at each route, in api/."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from threading import Semaphore
from typing import Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update

from operations.audit import Actor, record
from operations.facts import BadInput, Conflict, Fact, NotAllowed, NotFound
from operations.store import Session
from operations.tables import SignIn, User

Role = Literal["operator", "patrol", "investigator", "supervisor", "auditor", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)
PASSWORD_LENGTH = 10
HASHER = PasswordHasher()
_FEW_AT_ONCE = Semaphore(2)  # each check takes 64 MiB


class NotSignedIn(Fact):
    """Nobody is signed in with this token (any more)."""

    def __init__(self) -> None:
        super().__init__("Sign in first: there is no session, or it has ended.")


class WrongLogin(Fact):
    """The login is unknown or the password is wrong; which of the two is not said."""

    def __init__(self) -> None:
        super().__init__("The login or the password is wrong.")


class LoginDisabled(NotAllowed):
    """The password is right, but the administrator has disabled this login."""

    def __init__(self) -> None:
        super().__init__("This login is disabled: ask the administrator.")


class LoginTaken(Conflict):
    """Somebody has this login already."""

    def __init__(self, login: str) -> None:
        super().__init__(f"The login {login} is taken.")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, and with which sign-in."""

    id: int
    login: str
    name: str
    role: str
    sign_in_id: int
    expires_at: datetime

    @property
    def actor(self) -> Actor:
        return Actor(self.login, self.role, self.id)


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to add; the password is in plain text and forgotten at once."""

    login: str
    name: str
    role: str
    password: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What shall change about a user; None leaves it."""

    name: str | None = None
    role: str | None = None
    password: str | None = None
    disabled: bool | None = None


def add_user(session: Session, new: NewUser, actor: Actor, now: datetime) -> User:
    """Add a user. Raises LoginTaken, or BadInput naming `role`, `login` or `password`."""
    login = new.login.strip().lower()
    if not login:
        raise BadInput("login", "must not be empty")
    _check_role(new.role)
    _check_password(new.password, login)
    if find_user(session, login):
        raise LoginTaken(login)
    hashed = HASHER.hash(new.password)
    user = User(login=login, name=new.name, role=new.role, password_hash=hashed, disabled=False)
    session.add(user)
    session.flush()
    said = {"login": login, "role": new.role}
    record(
        session, actor=actor, now=now, action="user.added", subject="user", subject_id=user.id, details=said
    )
    return user


def change_user(session: Session, user_id: int, changes: Changes, actor: Actor, now: datetime) -> User:
    """Change a user; a new role or password, or disabling, ends the user's sign-ins."""
    user = session.get(User, user_id, with_for_update=True)
    if not user:
        raise NotFound(f"There is no user {user_id}.")
    if user.id == actor.user_id and (changes.disabled or changes.role not in (None, user.role)):
        raise NotAllowed("You cannot disable yourself or change your own role: ask another administrator.")
    said: dict[str, object] = {}
    if changes.name is not None and changes.name != user.name:
        user.name = changes.name
        said["name"] = changes.name
    if changes.role is not None and changes.role != user.role:
        _check_role(changes.role)
        user.role = changes.role
        said["role"] = changes.role
    if changes.disabled is not None and changes.disabled != user.disabled:
        user.disabled = changes.disabled
        said["disabled"] = changes.disabled
    if changes.password is not None:
        _check_password(changes.password, user.login)
        user.password_hash = HASHER.hash(changes.password)
        said["password"] = "changed"
    if said.keys() & {"role", "disabled", "password"}:
        _end_all(session, user.id, now)
    record(
        session, actor=actor, now=now, action="user.changed", subject="user", subject_id=user.id, details=said
    )
    return user


def list_users(session: Session) -> Sequence[User]:
    """Return every user, by login."""
    return session.scalars(select(User).order_by(User.login)).all()


def find_user(session: Session, login: str) -> User | None:
    """Return the user with this login, whatever the case of its letters."""
    return session.scalar(select(User).where(User.login == login.strip().lower()))


def password_is_right(user: User | None, password: str) -> bool:
    """Compare in the same time whether or not the user exists (about 50 ms): call it in no transaction."""
    nobodys = _nobodys_hash()
    with _FEW_AT_ONCE:
        try:
            HASHER.verify(user.password_hash if user else nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
    return user is not None


@cache
def _nobodys_hash() -> str:
    return HASHER.hash(secrets.token_hex(16))


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise BadInput("role", f"must be one of {', '.join(ROLES)}")


def _check_password(password: str, login: str) -> None:
    if len(password) < PASSWORD_LENGTH:
        raise BadInput("password", f"must have at least {PASSWORD_LENGTH} characters")
    if len(set(password)) < 4 or password.lower() == login:
        raise BadInput("password", "is too easy to guess")


def _end_all(session: Session, user_id: int, now: datetime) -> None:
    still_open = (SignIn.user_id == user_id) & SignIn.revoked_at.is_(None)
    session.execute(update(SignIn).where(still_open).values(revoked_at=now))
