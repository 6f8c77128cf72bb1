"""Pages: ids in paths, opaque cursors that continue a list in a stable order, and the limit of one page."""

import base64
import binascii
import json
from typing import Annotated

from fastapi import Path, Query

from operations.facts import BadInput

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
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        (found,) = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, TypeError, binascii.Error):
        raise BadInput("cursor", "is not one that this list gave") from None
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < 2**63:
        raise BadInput("cursor", "is not one that this list gave")
    return found
