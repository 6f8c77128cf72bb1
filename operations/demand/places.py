"""Key places (重点部位): markets, schools, banks, hot segments, checkpoints that want visits of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

import shapely
from sqlalchemy import func, select

from geo.coordinates import LonLat
from operations import audit
from operations.audit import Actor
from operations.demand.whose_grid import grid_of
from operations.demand.wishes import (
    DWELL_S,
    MAY,
    MOST_POINTS,
    MOST_SPACING_S,
    MOST_VISITS,
    Hours,
    check_may,
    hours_of,
    number_of,
    text_of,
)
from operations.facts import BadInput, Conflict, NotFound
from operations.store import Session
from operations.tables import KeyPlace, StandingOrder

KINDS = ("market", "school", "bank", "hospital", "station", "segment", "checkpoint", "other")
MOST_CORNERS = 500
CHANGED = "patrol.place_changed"


class PlaceNotFound(NotFound):
    """No key place has this id."""

    def __init__(self, place_id: int) -> None:
        super().__init__(f"There is no key place {place_id}.")


class PlaceIsOrdered(Conflict):
    """A standing order in force visits the place."""

    def __init__(self, order_id: int) -> None:
        super().__init__(f"Standing order {order_id} visits this place: end the order first.")


class CodeTaken(Conflict):
    """Another key place has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Another key place has the code {code}.")


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A key place as a person describes it (WGS-84). line: a segment's places [[lon, lat], ...].

    visits: wanted in each span of its hours. code: None gives it the next number.
    """

    name: str
    kind: str
    lon: float
    lat: float
    priority: float = 20.0
    visits: int = 1
    dwell_s: float = 720.0
    spacing_s: float = 3_600.0
    hours: Hours | None = None
    must: bool = False
    active: bool = True
    code: str | None = None
    line: Sequence[Sequence[float]] | None = None


def places(session: Session) -> Sequence[KeyPlace]:
    """Return all key places by town and code."""
    return session.scalars(select(KeyPlace).order_by(KeyPlace.town_id, KeyPlace.code)).all()


def create(session: Session, actor: Actor, asked: NewPlace, now: datetime) -> KeyPlace:
    """Add a key place. Raises NotAllowed, BadInput, CodeTaken."""
    check_may(actor, MAY, "add key places")
    said = _checked(session, asked)
    said["code"] = said["code"] or _next_code(session)
    _check_code_free(session, said["code"], None)
    place = KeyPlace(**said)
    session.add(place)
    session.flush()
    _record(session, actor, place, now, {"change": "created", **_told(asked)})
    return place


def change(
    session: Session, actor: Actor, place_id: int, changes: Mapping[str, Any], now: datetime
) -> KeyPlace:
    """Change some of what a key place says. Raises NotAllowed, PlaceNotFound, BadInput, CodeTaken."""
    check_may(actor, MAY, "change key places")
    place = _locked(session, place_id)
    unknown = set(changes) - {field.name for field in fields(NewPlace)}
    if unknown:
        raise BadInput(min(unknown), "is nothing that a key place says")
    before = described(place)
    said = _checked(session, replace(before, **changes))
    said["code"] = said["code"] or place.code
    _check_code_free(session, said["code"], place.id)
    for name, value in said.items():
        setattr(place, name, value)
    after = _told(described(place))
    changed = {name: after[name] for name, value in _told(before).items() if after[name] != value}
    _record(session, actor, place, now, {"change": "changed", **changed})
    return place


def remove(session: Session, actor: Actor, place_id: int, now: datetime) -> None:
    """Delete a key place; plans that were made keep its name. Raises NotAllowed, PlaceIsOrdered."""
    check_may(actor, MAY, "remove key places")
    place = _locked(session, place_id)
    in_force = select(StandingOrder.id).where(
        StandingOrder.place_id == place.id, StandingOrder.ended_at.is_(None)
    )
    ordered = session.scalar(in_force.where(StandingOrder.until_day >= now.date()).limit(1))
    if ordered is not None:
        raise PlaceIsOrdered(ordered)
    _record(session, actor, place, now, {"change": "removed", **_told(described(place))})
    session.delete(place)


def described(place: KeyPlace) -> NewPlace:
    """Return a stored place as a person would describe it."""
    own = {field.name: getattr(place, field.name) for field in fields(NewPlace) if field.name != "line"}
    return NewPlace(**own, line=line_of(place))


def line_of(place: KeyPlace) -> list[list[float]] | None:
    """Return the places along a segment; None for a place that is no line."""
    if place.line is None:
        return None
    return [[lon, lat] for lon, lat in shapely.get_coordinates(shapely.from_wkb(place.line)).tolist()]


def _checked(session: Session, asked: NewPlace) -> dict[str, Any]:
    """Return a place as it is stored. Raises BadInput."""
    if asked.kind not in KINDS:
        raise BadInput("kind", f"choose one of {', '.join(KINDS)}")
    grid_id, town_id = grid_of(session, LonLat(asked.lon, asked.lat))
    return {
        "code": text_of("code", asked.code, 32) if asked.code else None,
        "name": text_of("name", asked.name, 120),
        "kind": asked.kind,
        "lon": asked.lon,
        "lat": asked.lat,
        "line": _line_wkb(asked.line),
        "grid_id": grid_id,
        "town_id": town_id,
        "priority": number_of("priority", asked.priority, (0.1, MOST_POINTS)),
        "visits": int(number_of("visits", asked.visits, (1, MOST_VISITS))),
        "dwell_s": number_of("dwell_s", asked.dwell_s, DWELL_S),
        "spacing_s": number_of("spacing_s", asked.spacing_s, (0.0, MOST_SPACING_S)),
        "hours": hours_of(asked.hours),
        "must": asked.must,
        "active": asked.active,
    }


def _line_wkb(line: Sequence[Sequence[float]] | None) -> bytes | None:
    if not line:
        return None
    if not 2 <= len(line) <= MOST_CORNERS or any(len(place) != 2 for place in line):
        raise BadInput("line", f"must be 2 to {MOST_CORNERS} places of longitude and latitude")
    return bytes(shapely.to_wkb(shapely.linestrings(line)))


def _next_code(session: Session) -> str:
    return f"K{(session.scalar(select(func.max(KeyPlace.id))) or 0) + 1:03d}"


def _check_code_free(session: Session, code: str, place_id: int | None) -> None:
    holder = session.scalar(select(KeyPlace.id).where(KeyPlace.code == code))
    if holder not in (None, place_id):
        raise CodeTaken(code)


def _locked(session: Session, place_id: int) -> KeyPlace:
    place = session.get(KeyPlace, place_id, with_for_update=True, populate_existing=True)
    if place is None:
        raise PlaceNotFound(place_id)
    return place


def _told(said: NewPlace) -> dict[str, Any]:
    """Return what the trail says of a place; a line by its length only."""
    told = asdict(said)
    told["line"] = len(said.line) if said.line else None
    return told


def _record(session: Session, actor: Actor, place: KeyPlace, now: datetime, said: dict[str, Any]) -> None:
    audit.record(
        session,
        actor=actor,
        now=now,
        action=CHANGED,
        subject="key_place",
        subject_id=place.id,
        details={**said, "code": place.code},
    )
