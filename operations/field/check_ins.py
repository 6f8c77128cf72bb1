"""Check-ins: a team says it arrived, left or saw something; twice counts once. Doubts are in doubts.py.

A check-in may come hours late, out of a dead zone. It is kept as it was said; the stop follows it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from geo.roads import RoadNetwork
from geo.travel_times import NoRoadBetween, route
from operations import audit, events
from operations.audit import Actor
from operations.facts import BadInput, NotAllowed, NotFound
from operations.field.check_in_views import check_in_json, stop_json
from operations.field.doubts import Clock, Doubt, Fix, Known, away_m, believed_at, doubts
from operations.field.own_unit import locked_own_unit
from operations.store import Session
from operations.tables import CheckIn, PatrolRoute, PatrolStop, Unit, UnitPosition

KINDS = ("arrive", "leave", "report")
EARLIER_LOOKED_AT = 20

Json = dict[str, Any]


class StopNotFound(NotFound):
    """No patrol stop has this id; perhaps the day was planned anew."""

    def __init__(self, stop_id: int) -> None:
        super().__init__(f"There is no patrol stop {stop_id}.")


@dataclass(frozen=True, slots=True)
class Said:
    """What a phone says. client_id: made by the phone, the same each time it sends this.

    phone_at: when it happened; sent_at: when this was sent; both by the phone's clock. unit_id: for crews
    without a login. photo: key of a photo sent before.
    """

    client_id: str
    kind: str
    phone_at: datetime
    stop_id: int | None = None
    sent_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    note: str | None = None
    photo: str | None = None
    unit_id: int | None = None


def take_check_in(session: Session, network: RoadNetwork, said: Said, actor: Actor, now: datetime) -> Json:
    """Keep what a phone said and put the stop in step; return {"id", "stop", "doubts", …}.

    The same client_id again changes nothing and answers the same. Raises NotAllowed, StopNotFound, BadInput.
    """
    unit = locked_own_unit(session, actor, said.unit_id)
    known = session.scalar(select(CheckIn).where(CheckIn.client_id == said.client_id))
    if known is not None:
        if known.unit_id != unit.id:
            raise BadInput("client_id", "was used by another team: make a new one")
        return check_in_json(session, known)
    if said.kind not in KINDS:
        raise BadInput("kind", f"must be one of {', '.join(KINDS)}")
    if said.kind != "report" and said.stop_id is None:
        raise BadInput("stop_id", "say at which stop")
    stop = _own_stop(session, said.stop_id, unit) if said.stop_id is not None else None
    row = _row(session, network, unit, stop, (said, actor, now))
    session.add(row)
    session.flush()
    if stop is not None:
        _keep_in_step(stop, row)
    _record(session, row, stop, actor, now)
    return check_in_json(session, row)


def _own_stop(session: Session, stop_id: int, unit: Unit) -> PatrolStop:
    stop = session.get(PatrolStop, stop_id, with_for_update=True, populate_existing=True)
    if stop is None:
        raise StopNotFound(stop_id)
    if session.get_one(PatrolRoute, stop.route_id).unit_id != unit.id:
        raise NotAllowed("Only the team whose stop it is may check in there.")
    return stop


def _row(
    session: Session,
    network: RoadNetwork,
    unit: Unit,
    stop: PatrolStop | None,
    by: tuple[Said, Actor, datetime],
) -> CheckIn:
    said, actor, now = by
    off_s = (said.sent_at - now).total_seconds() if said.sent_at is not None else None
    clock = Clock(said.phone_at, now, off_s)
    here = Fix(believed_at(clock), said.lon, said.lat, said.accuracy_m, said.stop_id)
    judged_by = _known(session, network, unit, stop, here)
    away = away_m(here, judged_by.place)
    return CheckIn(
        client_id=said.client_id,
        unit_id=unit.id,
        user_id=actor.user_id,
        stop_id=said.stop_id,
        kind=said.kind,
        phone_at=said.phone_at,
        received_at=now,
        at=here.at,
        clock_off_s=None if off_s is None else round(off_s, 1),
        lon=said.lon,
        lat=said.lat,
        accuracy_m=said.accuracy_m,
        away_m=None if away is None else round(away, 1),
        note=said.note,
        photo=said.photo,
        doubts=doubts(here, clock, judged_by) or None,
    )


def _known(session: Session, network: RoadNetwork, unit: Unit, stop: PatrolStop | None, here: Fix) -> Known:
    """Return what the check-in is judged by."""
    said_before = select(CheckIn).where(CheckIn.unit_id == unit.id).order_by(CheckIn.id.desc())
    rows = session.scalars(said_before.limit(EARLIER_LOOKED_AT)).all()
    earlier = [Fix(row.at, row.lon, row.lat, row.accuracy_m, row.stop_id) for row in reversed(rows)]
    last = _last_place(session, unit, earlier, here)
    start = session.get_one(PatrolRoute, stop.route_id).shift_from if stop else None
    place = (stop.lon, stop.lat) if stop else None
    drive_s = _drive_s(network, last, here) if last and unit.vehicle != "foot" else None
    return Known(place, start, earlier, last, drive_s, unit.vehicle)


def _last_place(session: Session, unit: Unit, earlier: list[Fix], here: Fix) -> Fix | None:
    """Return where the unit was known to be last before this, by a check-in or a position."""
    position = session.scalar(
        select(UnitPosition)
        .where(UnitPosition.unit_id == unit.id, UnitPosition.at < here.at)
        .order_by(UnitPosition.at.desc())
        .limit(1)
    )
    places = [one for one in earlier if one.lon is not None and one.at < here.at]
    if position is not None:
        places.append(Fix(position.at, position.lon, position.lat, position.accuracy_m))
    return max(places, key=lambda one: one.at, default=None)


def _drive_s(network: RoadNetwork, last: Fix, here: Fix) -> float | None:
    if last.lon is None or last.lat is None or here.lon is None or here.lat is None:
        return None
    nodes = network.snap([last.lon, here.lon], [last.lat, here.lat]).tolist()
    try:
        return route(network, nodes[0], nodes[1]).seconds
    except NoRoadBetween:
        return None


def _keep_in_step(stop: PatrolStop, row: CheckIn) -> None:
    """Put the check-in into its stop: the first arrival counts, unless it was doubted and this one is not."""
    if row.kind == "arrive" and (stop.checked_in_at is None or (stop.doubts and not row.doubts)):
        stop.checked_in_at, stop.doubts = row.at, row.doubts
    elif row.kind == "leave" and stop.left_at is None:
        stop.left_at = row.at
        stop.doubts = _both(stop.doubts, row.doubts)
    if row.note:
        stop.note = row.note


def _both(before: list[Doubt] | None, more: list[Doubt] | None) -> list[Doubt] | None:
    codes = {doubt["code"] for doubt in before or []}
    return [*(before or []), *(doubt for doubt in more or [] if doubt["code"] not in codes)] or None


def _record(session: Session, row: CheckIn, stop: PatrolStop | None, actor: Actor, now: datetime) -> None:
    """Keep the check-in in the trail; where the team was is not in it, for that has days of its own."""
    audit.record(
        session,
        actor=actor,
        action=events.PATROL_CHECKED_IN,
        subject="check_in",
        subject_id=row.id,
        details={
            "unit_id": row.unit_id,
            "kind": row.kind,
            "check_in_id": row.id,
            "stop": stop_json(session, stop) if stop else None,
            "away_m": row.away_m,
            "doubts": row.doubts or [],
            "has_photo": row.photo is not None,
        },
        now=now,
    )
