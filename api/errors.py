"""Errors: the only place where facts become HTTP answers (RFC 9457 problem+json)."""

import logging
import re
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from redis import RedisError
from starlette.exceptions import HTTPException

from operations.access import NotSignedIn, WrongLogin
from operations.facts import BadInput, Conflict, Fact, NotAllowed, NotFound
from operations.login_limits import TooManyLogins
from operations.media import UnknownMedia
from operations.store import ChangedMeanwhile, DatabaseDown

log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
# The first class that fits wins, so the special ones stand before the general.
STATUS: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (WrongLogin, HTTPStatus.UNAUTHORIZED),
    (TooManyLogins, HTTPStatus.TOO_MANY_REQUESTS),
    (NotFound, HTTPStatus.NOT_FOUND),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (Conflict, HTTPStatus.CONFLICT),
    (BadInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Fact, HTTPStatus.BAD_REQUEST),
)


def problem(status: int, kind: str, detail: str, field: str | None = None) -> JSONResponse:
    """Return a problem+json answer; `kind` is the name of the fact."""
    body = {
        "type": f"/problems/{kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "field": field,
    }
    return JSONResponse(body, status, media_type=PROBLEM)


def add_error_answers(app: FastAPI) -> None:
    """Have every fact, refusal and failure answered as a problem."""
    app.add_exception_handler(Fact, _fact)
    app.add_exception_handler(UnknownMedia, _no_picture)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RedisError, _redis_down)
    app.add_exception_handler(DatabaseDown, _database_down)
    app.add_exception_handler(ChangedMeanwhile, _changed_meanwhile)
    app.add_exception_handler(Exception, _broken)


def _fact(_request: Request, error: Exception) -> JSONResponse:
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    field = error.field if isinstance(error, BadInput) else None
    answer = problem(status, _kebab(error), str(error), field)
    if isinstance(error, TooManyLogins):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _no_picture(_request: Request, error: Exception) -> JSONResponse:
    return problem(404, "no-picture", "This picture is not kept (any more).")


def _malformed(_request: Request, error: Exception) -> JSONResponse:
    """Name the first field that is wrong; a malformed id in the path is a thing that is not there."""
    assert isinstance(error, RequestValidationError)
    first: dict[str, Any] = error.errors()[0]
    where, *names = first["loc"]
    if where == "path":
        return problem(404, "not-found", f"There is nothing at this address: {names[0]} is not an id.")
    field = ".".join(str(name) for name in names if not isinstance(name, int) or len(names) > 1) or None
    if first["type"] == "json_invalid":
        return problem(422, "malformed", "The body is not JSON.")
    why = first["msg"].removeprefix("Value error, ")
    return problem(422, "malformed", f"{field}: {why}" if field else f"The body is wrong: {why}", field)


def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    answer = problem(status, status.phrase.lower().replace(" ", "-"), error.detail)
    answer.headers.update(error.headers or {})
    return answer


def _redis_down(_request: Request, error: Exception) -> JSONResponse:
    log.error("Redis does not answer: %s", error)
    return problem(503, "redis-down", "Redis does not answer: try again in a moment.")


def _database_down(_request: Request, error: Exception) -> JSONResponse:
    log.error("The database does not answer: %s", error)
    return problem(503, "database-down", "The database does not answer: try again in a moment.")


def _changed_meanwhile(_request: Request, error: Exception) -> JSONResponse:
    log.warning("Two writers at once: %s", error)
    return problem(
        409, "changed-meanwhile", "Somebody changed this at the same moment: look again, try again."
    )


def _broken(_request: Request, error: Exception) -> JSONResponse:
    return problem(500, "broken", "Something broke on our side; the log of the API says what.")


def _kebab(error: Exception) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()
