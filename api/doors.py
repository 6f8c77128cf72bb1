"""Doors: who is at the door, and whether their role may enter. Each route says `allowed(role, …)`."""

from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from api.house import House, house_of
from operations.access import ROLES, NotSignedIn, Person, Role
from operations.facts import NotAllowed
from operations.sign_ins import who
from operations.store import reading

COOKIE = "watchgrid_session"
CSRF_HEADER = "X-Watchgrid"
READS = frozenset({"GET", "HEAD", "OPTIONS"})

BY_COOKIE = APIKeyCookie(name=COOKIE, auto_error=False, description="Set by POST /api/v1/session")
BY_TOKEN = HTTPBearer(auto_error=False, description="The token that POST /api/v1/session answers")


class CsrfHeaderMissing(NotAllowed):
    """A write that a browser could have been tricked into."""

    def __init__(self) -> None:
        super().__init__(f"Writes signed in by cookie must carry the header {CSRF_HEADER}: 1.")


class RoleNotAllowed(NotAllowed):
    """The person is signed in, but this is not for their role."""

    def __init__(self, role: str, roles: tuple[str, ...]) -> None:
        super().__init__(f"This is for {' or '.join(roles)}; you are signed in as {role}.")


def person_by_token(house: House, token: str | None) -> Person:
    """Return who is signed in with this token. Raises NotSignedIn."""
    if not token:
        raise NotSignedIn
    with reading(house.engine) as session:
        return who(session, token, house.now())


class Allowed:
    """A dependency that lets only some roles in, and returns the person. Tests walk the routes for it."""

    def __init__(self, roles: tuple[Role, ...]) -> None:
        self.roles = roles

    def __call__(
        self,
        request: Request,
        cookie: Annotated[str | None, Security(BY_COOKIE)],
        bearer: Annotated[HTTPAuthorizationCredentials | None, Security(BY_TOKEN)],
    ) -> Person:
        token = bearer.credentials if bearer else cookie
        person = person_by_token(house_of(request), token)
        by_cookie_alone = bearer is None
        if by_cookie_alone and request.method not in READS and request.headers.get(CSRF_HEADER) != "1":
            raise CsrfHeaderMissing
        if person.role not in self.roles:
            raise RoleNotAllowed(person.role, self.roles)
        return person


def allowed(*roles: Role) -> Any:
    """Return the dependency that lets these roles in: `person: Annotated[Person, allowed("operator")]`."""
    return Depends(Allowed(roles))


def roles_of(route: Any) -> tuple[Role, ...] | None:
    """Return the roles that a route lets in; None where it has no door."""
    dependencies = getattr(getattr(route, "dependant", None), "dependencies", [])
    doors = [dependency.call for dependency in dependencies if isinstance(dependency.call, Allowed)]
    return doors[0].roles if doors else None


Anyone = Annotated[Person, allowed(*ROLES)]
