"""Road closures: who closes a road, until when, and the edges that nobody can drive meanwhile.

A place closes its nearest road, both ways. What that costs the patrols is told by replanning.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import or_, select

from geo.road_index import road_index
from geo.roads import RoadNetwork, closed_edges
from operations import audit, events
from operations.audit import Actor
from operations.county import road_network
from operations.facts import BadInput, Conflict, NotAllowed, NotFound
from operations.store import Session
from operations.tables import RoadClosure, User
from operations.times import to_text

MAY = ("operator", "supervisor")
MOST_PLACES = 200
ON_A_ROAD_M = 200.0  # a place farther from every road closes none: somebody clicked beside it
SHOWN = 200


class ClosureNotFound(NotFound):
    """No closure has this id."""

    def __init__(self, closure_id: int) -> None:
        super().__init__(f"There is no road closure {closure_id}.")


class ClosureIsOver(Conflict):
    """The closure was lifted or has run out."""

    def __init__(self, closure_id: int) -> None:
        super().__init__(f"Road closure {closure_id} is over already.")


@dataclass(frozen=True, slots=True)
class NewClosure:
    """What a person closes: places [[lon, lat], ...], why, and until when (None: until it is lifted)."""

    places: Sequence[Sequence[float]]
    reason: str
    until: datetime | None = None


def close_roads(session: Session, asked: NewClosure, actor: Actor, now: datetime) -> RoadClosure:
    """Close the road nearest to each place from now on. Raises NotAllowed, BadInput, NoCounty."""
    _may(actor, "close")
    _check(road_network(session), asked, now)
    row = RoadClosure(
        reason=asked.reason.strip(),
        places=[[round(float(lon), 6), round(float(lat), 6)] for lon, lat in asked.places],
        from_at=now,
        until_at=asked.until,
        closed_by=actor.user_id or 0,
    )
    session.add(row)
    session.flush()
    _tell(session, row, "closed", actor, now)
    return row


def lift(session: Session, closure_id: int, actor: Actor, now: datetime) -> RoadClosure:
    """Open the roads of a closure again. Raises NotAllowed, ClosureNotFound, ClosureIsOver."""
    _may(actor, "open")
    row = session.get(RoadClosure, closure_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise ClosureNotFound(closure_id)
    if not in_force(row, now):
        raise ClosureIsOver(closure_id)
    row.lifted_at, row.lifted_by = now, actor.user_id
    _tell(session, row, "lifted", actor, now)
    return row


def in_force(row: RoadClosure, now: datetime) -> bool:
    """Return whether a closure keeps its roads from being driven now."""
    return row.lifted_at is None and row.from_at <= now and (row.until_at is None or row.until_at > now)


def closures_in_force(session: Session, now: datetime) -> NDArray[np.int64]:
    """Return the edges of the road network that nobody can drive now. Raises NoCounty."""
    network = road_network(session)
    in_time = or_(RoadClosure.until_at.is_(None), RoadClosure.until_at > now)
    rows = select(RoadClosure.places).where(
        RoadClosure.lifted_at.is_(None), RoadClosure.from_at <= now, in_time
    )
    return closed_edges(network, [place for places in session.scalars(rows) for place in places])


def roads_in_force(session: Session, now: datetime, vehicle: str = "car") -> RoadNetwork:
    """Return the roads as a vehicle has them now, those closed left out. Raises NoCounty."""
    network = road_network(session)
    closed = closures_in_force(session, now)
    if vehicle == "car" and not len(closed):
        return network
    return road_index(network).roads(vehicle, closed.tolist())


def closures_json(session: Session, now: datetime, only_in_force: bool = False) -> list[dict[str, Any]]:
    """Return the closures, the newest first, at most SHOWN."""
    rows = session.scalars(select(RoadClosure).order_by(RoadClosure.id.desc()).limit(SHOWN)).all()
    return [closure_json(session, row, now) for row in rows if in_force(row, now) or not only_in_force]


def closure_json(session: Session, row: RoadClosure, now: datetime) -> dict[str, Any]:
    """Return a closure with who closed it."""
    by = session.get(User, row.closed_by)
    return {
        "id": row.id,
        "reason": row.reason,
        "places": row.places,
        "from_at": to_text(row.from_at),
        "until_at": to_text(row.until_at),
        "lifted_at": to_text(row.lifted_at),
        "closed_by": by.login if by else None,
        "in_force": in_force(row, now),
    }


def _check(network: RoadNetwork, asked: NewClosure, now: datetime) -> None:
    if not asked.reason.strip():
        raise BadInput("reason", "say why the road is closed")
    if not 1 <= len(asked.places) <= MOST_PLACES:
        raise BadInput("places", f"give 1 to {MOST_PLACES} places on the road")
    if asked.until is not None and asked.until <= now:
        raise BadInput("until", "must lie in the future")
    for number, place in enumerate(asked.places):
        if len(place) != 2 or not all(math.isfinite(value) for value in place):
            raise BadInput("places", f"place {number + 1} must be [longitude, latitude]")
        away_m = float(network.away_m(place[0], place[1]).min())
        if away_m > ON_A_ROAD_M:
            raise BadInput("places", f"place {number + 1} is {away_m:.0f} m from any road: choose one on it")


def _may(actor: Actor, action: str) -> None:
    if actor.role not in MAY:
        raise NotAllowed(f"A {actor.role} may not {action} roads.")


def _tell(session: Session, row: RoadClosure, what: str, actor: Actor, now: datetime) -> None:
    audit.record(
        session,
        actor=actor,
        now=now,
        action=events.ROADS_CHANGED,
        subject="road_closure",
        subject_id=row.id,
        reason=row.reason,
        details={"closure_id": row.id, "what": what, "places": row.places},
    )
