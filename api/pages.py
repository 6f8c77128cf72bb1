"""Pages: ids in paths, opaque cursors that continue a list in a stable order, and the limit of one page."""

import base64
import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query

from operations.facts import BadInput
from operations.times import from_text

NOT_OURS = "is not one that this list gave"

PathId = Annotated[int, Path(ge=1, le=2**31 - 1, examples=[7])]
Limit = Annotated[int, Query(ge=1, le=500, description="How many items at most")]
Cursor = Annotated[
    str | None,
    Query(max_length=200, description="The `next_cursor` of the page before", examples=["WzEwMF0"]),
]


def cursor_after(*key: int | str) -> str:
    """Return the cursor that continues after the item with this key."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def id_from(cursor: str | None) -> int | None:
    """Return the id that a cursor made of one id continues after. Raises BadInput."""
    if cursor is None:
        return None
    key = _key(cursor)
    if len(key) != 1 or type(key[0]) is not int or not 0 <= key[0] < 2**31:
        raise BadInput("cursor", NOT_OURS)
    return key[0]


def rank_and_id_from(cursor: str | None) -> tuple[int, int]:
    """Return the rank and id that a cursor of both continues after; none: (0, 0). Raises BadInput."""
    key = [0, 0] if cursor is None else _key(cursor)
    if len(key) != 2 or not all(type(part) is int and 0 <= part < 2**31 for part in key):
        raise BadInput("cursor", NOT_OURS)
    return key[0], key[1]


def time_and_id_from(cursor: str | None) -> tuple[datetime, str] | None:
    """Return the time and the id that a cursor made of both continues after. Raises BadInput."""
    if cursor is None:
        return None
    key = _key(cursor)
    try:
        at, identity = key
        return from_text(at), str(identity)
    except (ValueError, TypeError):
        raise BadInput("cursor", NOT_OURS) from None


def _key(cursor: str) -> list[Any]:
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        raise BadInput("cursor", NOT_OURS) from None
    if not isinstance(key, list):
        raise BadInput("cursor", NOT_OURS)
    return key
