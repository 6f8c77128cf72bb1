"""Check-ins and stops as the API shows them, and who may look at a check-in's photo. Changes nothing."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from operations import audit
from operations.access import Person
from operations.facts import NotAllowed, NotFound
from operations.media import UnknownMedia
from operations.patrolling.days import local_midnight
from operations.store import Session
from operations.tables import CheckIn, Grid, KeyPlace, PatrolStop, Unit
from operations.times import to_text

Json = dict[str, Any]


class CheckInNotFound(NotFound):
    """No check-in has this id."""

    def __init__(self, check_in_id: int) -> None:
        super().__init__(f"There is no check-in {check_in_id}.")


def stop_json(session: Session, stop: PatrolStop) -> Json:
    """Return one stop."""
    return stops_json(session, [stop])[0]


def stops_json(session: Session, stops: Sequence[PatrolStop]) -> list[Json]:
    """Return stops in the given order, each with its grid's code and its place's name (two queries)."""
    grids = select(Grid.id, Grid.code).where(Grid.id.in_({stop.grid_id for stop in stops}))
    places = select(KeyPlace.id, KeyPlace.name).where(
        KeyPlace.id.in_({stop.place_id for stop in stops if stop.place_id is not None})
    )
    codes: dict[int, str] = {row.id: row.code for row in session.execute(grids)}
    names: dict[int | None, str] = {row.id: row.name for row in session.execute(places)}
    return [_stop_json(stop, codes[stop.grid_id], names.get(stop.place_id)) for stop in stops]


def _stop_json(stop: PatrolStop, grid_code: str, name: str | None) -> Json:
    return {
        "id": stop.id,
        "position": stop.position,
        "grid_id": stop.grid_id,
        "grid_code": grid_code,
        "place_id": stop.place_id,
        "name": name,
        "lon": stop.lon,
        "lat": stop.lat,
        "arrive_at": to_text(stop.arrive_at),
        "start_at": to_text(stop.start_at),
        "leave_at": to_text(stop.leave_at),
        "window_from": to_text(stop.window_from),
        "window_until": to_text(stop.window_until),
        "dwell_s": stop.dwell_s,
        "priority": stop.priority,
        "must": stop.must,
        "reasons": stop.reasons or [],
        "checked_in_at": to_text(stop.checked_in_at),
        "left_at": to_text(stop.left_at),
        "doubts": stop.doubts or [],
        "note": stop.note,
    }


def check_in_json(session: Session, row: CheckIn) -> Json:
    """Return a check-in with its stop as it is now."""
    stop = session.get(PatrolStop, row.stop_id) if row.stop_id is not None else None
    return _check_in_json(row) | {"stop": stop_json(session, stop) if stop else None}


def check_ins_of(session: Session, unit_id: int, day: date, timezone: str) -> list[Json]:
    """Return a unit's check-ins of a local day as they happened, each with its stop."""
    start = local_midnight(day, timezone)
    wanted = select(CheckIn).where(
        CheckIn.unit_id == unit_id, CheckIn.at >= start, CheckIn.at < start + timedelta(days=1)
    )
    rows = session.scalars(wanted.order_by(CheckIn.at, CheckIn.id)).all()
    ids = {row.stop_id for row in rows if row.stop_id is not None}
    stops = session.scalars(select(PatrolStop).where(PatrolStop.id.in_(ids))).all()
    shown = {stop["id"]: stop for stop in stops_json(session, stops)}
    return [_check_in_json(row) | {"stop": shown.get(row.stop_id)} for row in rows]


def photo_of(session: Session, check_in_id: int, person: Person, now: datetime) -> str:
    """Return the key of a check-in's photo, the look audited: the desk's, and its own team's.

    Raises CheckInNotFound, UnknownMedia, NotAllowed.
    """
    row = session.get(CheckIn, check_in_id)
    if row is None:
        raise CheckInNotFound(check_in_id)
    if person.role == "patrol" and session.get_one(Unit, row.unit_id).user_id != person.id:
        raise NotAllowed("This is another team's photo.")
    if row.photo is None:
        raise UnknownMedia(f"check-in {check_in_id} has no photo")
    audit.record(
        session,
        actor=person.actor,
        now=now,
        action="patrol.photo_viewed",
        subject="check_in",
        subject_id=check_in_id,
    )
    return row.photo


def _check_in_json(row: CheckIn) -> Json:
    return {
        "id": row.id,
        "client_id": row.client_id,
        "unit_id": row.unit_id,
        "kind": row.kind,
        "at": to_text(row.at),
        "phone_at": to_text(row.phone_at),
        "received_at": to_text(row.received_at),
        "clock_off_s": row.clock_off_s,
        "away_m": row.away_m,
        "note": row.note,
        "has_photo": row.photo is not None,
        "doubts": row.doubts or [],
    }
