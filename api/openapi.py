"""OpenAPI: completes what FastAPI writes, so that every operation says how it refuses. Adds no routes."""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from api.doors import roles_of
from api.shapes.vocabulary import ProblemAnswer

ABOUT = """Vehicle surveillance and patrol operations of one county.

Sign in at `POST /api/v1/session`. Every other operation names the roles that may call it (`x-roles`); nobody
may call everything. Errors are `application/problem+json` (RFC 9457). Lists are pages: `next_cursor` leads
to the next. Every look at vehicle data is written to the audit trail before it is answered."""

TAGS = [
    {"name": "session", "description": "Signing in and out"},
    {"name": "users", "description": "Who may sign in, and as what"},
    {"name": "county", "description": "The county and its map"},
    {"name": "cameras", "description": "Cameras, their health and their live pictures"},
    {"name": "alerts", "description": "Alerts and their life"},
    {"name": "units", "description": "Units and patrols"},
    {"name": "cases", "description": "Cases, the watchlist and vehicle queries"},
    {"name": "audit", "description": "Who asked what, and why"},
    {"name": "live", "description": "What happens, as it happens"},
    {"name": "ops", "description": "How the system is"},
    {"name": "demo", "description": "Only in a demo"},
]
WHY = {
    "401": "Nobody is signed in, or the session has ended",
    "403": "This role or person may not",
    "404": "There is no such thing",
    "409": "Not in the present state of things",
    "422": "A value cannot be used; `field` names it",
    "429": "Too many attempts; Retry-After says when to try again",
}
WRITES = ("post", "patch", "put", "delete")


def complete_openapi(app: FastAPI) -> None:
    """Have the application's OpenAPI document name every refusal and the roles of every operation."""
    plain = app.openapi

    def completed() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = plain()
            schemas = document["components"]["schemas"]
            schemas["ProblemAnswer"] = ProblemAnswer.model_json_schema()
            roles = {route.name: roles_of(route) for route in iter_route_contexts(app.routes)}
            for path, operations in document["paths"].items():
                for method, operation in operations.items():
                    _complete(path, method, operation)
                    if who := roles[operation["operationId"]]:
                        operation["x-roles"] = list(who)
            schemas.pop("HTTPValidationError", None)
            schemas.pop("ValidationError", None)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = completed  # type: ignore[method-assign]


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    takes_words = "requestBody" in operation or any(
        p["in"] == "query" for p in operation.get("parameters", [])
    )
    answers.pop("422", None)
    refusals = {
        "401": bool(operation.get("security")) or path.endswith("/session"),
        "403": bool(operation.get("security")),
        "404": "{" in path or (method == "post" and bool(operation.get("security"))),
        "409": method in WRITES and bool(operation.get("security")),
        "422": takes_words,
        "429": path.endswith("/session") and method == "post",
    }
    for status, happens in refusals.items():
        if happens:
            answers[status] = _problem(WHY[status])


def _problem(why: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemAnswer"}
    return {"description": why, "content": {"application/problem+json": {"schema": schema}}}
