"""What key places and standing orders have in common: their limits, and the checks of what a person typed."""

from collections.abc import Mapping, Sequence
from typing import Any

from operations.audit import Actor
from operations.facts import BadInput, NotAllowed
from operations.weekly_hours import weekly_hours

MAY = ("supervisor", "administrator")
MOST_POINTS = 100.0
MOST_VISITS = 12
DWELL_S = (300.0, 3_600.0)
MOST_SPACING_S = 2 * 3_600.0
MOST_HOURS = 6

Hours = Sequence[Mapping[str, Any]]


def check_may(actor: Actor, roles: Sequence[str], what: str) -> None:
    """Raise NotAllowed unless the role may."""
    if actor.role not in (*roles, "system"):
        raise NotAllowed(f"A {actor.role} may not {what}.")


def text_of(field: str, said: str, longest: int) -> str:
    """Return a text without the blanks around it. Raises BadInput."""
    text = said.strip()
    if not text:
        raise BadInput(field, "is empty: fill it in")
    if len(text) > longest:
        raise BadInput(field, f"has {len(text)} characters: shorten it to {longest}")
    return text


def number_of(field: str, said: float, limits: tuple[float, float]) -> float:
    """Return a number within limits. Raises BadInput."""
    if not limits[0] <= said <= limits[1]:
        raise BadInput(field, f"must lie from {limits[0]:g} to {limits[1]:g}")
    return said


def hours_of(said: Hours | None) -> list[dict[str, Any]] | None:
    """Return weekly hours as they are stored; None: always. Raises BadInput."""
    if said is None:
        return None
    if not 1 <= len(said) <= MOST_HOURS:
        raise BadInput("hours", f"give 1 to {MOST_HOURS} spans of hours, or none for always")
    for one in said:
        weekly_hours(one)
    return [dict(one) for one in said]
