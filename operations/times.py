"""Times as text in messages: ISO 8601, UTC, milliseconds, Z."""

from datetime import UTC, datetime
from typing import overload


@overload
def to_text(at: datetime) -> str: ...
@overload
def to_text(at: datetime | None) -> str | None: ...
def to_text(at: datetime | None) -> str | None:
    """Return an aware time as `2026-11-23T08:00:00.000Z`; None stays None."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """Read an ISO 8601 time with a zone. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at.astimezone(UTC)
