"""Scope: which live events a person may see, and what of them. A type given to no role reaches nobody."""

from dataclasses import dataclass
from typing import Any

from operations import events
from operations.access import Person
from operations.cases import open_case_numbers
from operations.quarantine_views import for_administrators
from operations.store import Session
from operations.units import unit_of

ALERTS = frozenset(kind for kind in events.TYPES if kind.startswith("alert."))
FORCES = frozenset(
    {
        events.UNITS_MOVED,
        events.UNIT_CHANGED,
        events.PATROL_CHECKED_IN,
        events.PATROL_CHANGED,
        events.PATROL_PUBLISHED,
        events.DISTRESS_RAISED,
        events.DISTRESS_CHANGED,
        events.ASSIGNMENT_ANSWERED,
    }
)
PLANS = frozenset({events.PATROL_PLANNED, events.ROADS_CHANGED})
CAMERAS = frozenset({events.CAMERA_STATE_CHANGED, events.SIGHTINGS_COUNTED})
QUARANTINES = frozenset({events.QUARANTINE_CHANGED})
WATCHLIST = frozenset({events.WATCHLIST_CHANGED})
SEES: dict[str, frozenset[str]] = {
    "operator": ALERTS | FORCES | PLANS | CAMERAS | QUARANTINES,
    "supervisor": ALERTS | FORCES | PLANS | CAMERAS | WATCHLIST | QUARANTINES,
    "investigator": CAMERAS | WATCHLIST | QUARANTINES,
    "patrol": ALERTS | FORCES,
    "administrator": CAMERAS | QUARANTINES,
    "auditor": frozenset(),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """A role, and for those who see only their own: their unit and their open cases."""

    role: str
    unit_id: int | None
    case_numbers: frozenset[str]


def scope_of(session: Session, person: Person) -> Scope:
    """Return what the person may see now."""
    unit = unit_of(session, person.id) if person.role == "patrol" else None
    numbers = open_case_numbers(session, person.id) if person.role == "investigator" else []
    return Scope(person.role, unit.id if unit else None, frozenset(numbers))


def visible(kind: str, data: dict[str, Any], scope: Scope) -> dict[str, Any] | None:
    """Return what the person may see of an event: all of it, a part (a new dict), or None."""
    if kind not in SEES.get(scope.role, frozenset()):
        return None
    if scope.role == "patrol":
        return _own(kind, data, scope.unit_id)
    if scope.role == "investigator" and kind == events.WATCHLIST_CHANGED:
        return data if data.get("entry", {}).get("case_number") in scope.case_numbers else None
    if scope.role == "administrator" and kind == events.QUARANTINE_CHANGED:
        return {"quarantine": for_administrators(data.get("quarantine", {}))}
    return data


def _own(kind: str, data: dict[str, Any], unit_id: int | None) -> dict[str, Any] | None:
    """Return what of an event is about one unit."""
    if unit_id is None:
        return None
    if kind == events.UNITS_MOVED:
        own = [unit for unit in data.get("units", []) if unit.get("id") == unit_id]
        return {"units": own} if own else None
    if kind == events.PATROL_CHECKED_IN:
        return data if data.get("unit_id") == unit_id else None
    if kind in (events.PATROL_CHANGED, events.PATROL_PUBLISHED):
        return {}  # that its route may be another now; whose routes changed is for the desk
    about = (data.get("alert") or data.get("distress") or data).get("unit")
    return data if about and about.get("id") == unit_id else None
