"""Shifts (班次): when units of a kind work and rest, and which unit works in which. Plans keep a copy."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from operations import audit, events
from operations.audit import Actor
from operations.dispatch import UnitNotFound
from operations.facts import BadInput, NotAllowed
from operations.store import Session
from operations.tables import Shift, Unit

HOUR_S = 3600.0
KINDS = ("urban", "night", "town", "village")
VEHICLES = ("car", "motorcycle", "foot")
HALF_HOUR_S = 1800.0
# code, name, kind, hours of work, hours within which the rest begins
DEFAULTS: tuple[tuple[str, str, str, tuple[float, float], tuple[float, float]], ...] = (
    ("urban_night", "城区零点班", "urban", (0, 8), (3, 5)),
    ("urban_day", "城区白班", "urban", (8, 16), (11, 13)),
    ("urban_late", "城区中班", "urban", (16, 24), (18.5, 20.5)),
    ("night", "夜巡班", "night", (20, 28), (23, 25)),
    ("town_day", "乡镇白班", "town", (8, 16), (11, 13)),
    ("town_late", "乡镇中班", "town", (14, 22), (17, 19)),
    ("village", "村居班", "village", (8, 17), (11, 13)),
)


def ensure_shifts(session: Session) -> None:
    """Store the usual shifts where there are none, and give units without one a shift of their kind, in turn.

    An import that brings units calls this too. What is there stays as it is.
    """
    if session.scalar(select(Shift.id).limit(1)) is None:
        session.add_all(_default(*row) for row in DEFAULTS)
        session.flush()
    without = session.scalars(select(Unit).where(Unit.shift_id.is_(None)).order_by(Unit.id)).all()
    if not without:
        return
    by_kind: dict[str, list[Shift]] = {}
    for shift in session.scalars(select(Shift).order_by(Shift.id)):
        by_kind.setdefault(shift.kind, []).append(shift)
    given = dict.fromkeys(by_kind, 0)
    for unit in without:
        if unit.kind in by_kind:
            shifts = by_kind[unit.kind]
            unit.shift_id = shifts[given[unit.kind] % len(shifts)].id
            given[unit.kind] += 1


def list_shifts(session: Session) -> list[dict[str, Any]]:
    """Return every shift with how many units work in it, as the API shows them."""
    units = session.scalars(select(Unit.shift_id)).all()
    return [
        shift_json(shift) | {"units": units.count(shift.id)}
        for shift in session.scalars(select(Shift).order_by(Shift.id))
    ]


def shift_json(shift: Shift) -> dict[str, Any]:
    """Return a shift; seconds from local midnight, past 86,400 on the next day."""
    return {
        "id": shift.id,
        "code": shift.code,
        "name": shift.name,
        "kind": shift.kind,
        "from_s": shift.from_s,
        "until_s": shift.until_s,
        "rest_from_s": shift.rest_from_s,
        "rest_until_s": shift.rest_until_s,
        "rest_s": shift.rest_s,
    }


def change_unit(session: Session, unit_id: int, changes: dict[str, Any], actor: Actor, now: datetime) -> Unit:
    """Give a unit another shift (`shift_id`) or vehicle (`vehicle`); plans made before stay as they are.

    Raises NotAllowed, UnitNotFound, BadInput.
    """
    if actor.role != "supervisor":
        raise NotAllowed(f"A {actor.role} may not change how a unit works.")
    unit = session.get(Unit, unit_id, with_for_update=True, populate_existing=True)
    if unit is None:
        raise UnitNotFound(unit_id)
    before = {"shift_id": unit.shift_id, "vehicle": unit.vehicle}
    if changes.get("shift_id") is not None:
        unit.shift_id = _shift_for(session, unit, changes["shift_id"]).id
    if changes.get("vehicle") is not None:
        if changes["vehicle"] not in VEHICLES:
            raise BadInput("vehicle", f"must be one of {', '.join(VEHICLES)}")
        unit.vehicle = changes["vehicle"]
    after = {"shift_id": unit.shift_id, "vehicle": unit.vehicle}
    if after != before:
        audit.record(
            session,
            actor=actor,
            now=now,
            action=events.UNIT_CHANGED,
            subject="unit",
            subject_id=unit.id,
            details={"from": before, "to": after},
        )
    return unit


def shifts_by_id(session: Session) -> dict[int, Shift]:
    """Return the shifts by id."""
    return {shift.id: shift for shift in session.scalars(select(Shift))}


def known_codes(shifts: Iterable[Shift]) -> str:
    """Return the codes of shifts as a sentence lists them."""
    return ", ".join(shift.code for shift in shifts)


def _shift_for(session: Session, unit: Unit, shift_id: int) -> Shift:
    shift = session.get(Shift, shift_id)
    if shift is None:
        raise BadInput("shift_id", "there is no such shift")
    if shift.kind != unit.kind:
        raise BadInput("shift_id", f"is a shift of {shift.kind} units, this is a {unit.kind} unit")
    return shift


def _default(code: str, name: str, kind: str, hours: tuple[float, float], rest: tuple[float, float]) -> Shift:
    return Shift(
        code=code,
        name=name,
        kind=kind,
        from_s=hours[0] * HOUR_S,
        until_s=hours[1] * HOUR_S,
        rest_from_s=rest[0] * HOUR_S,
        rest_until_s=rest[1] * HOUR_S,
        rest_s=HALF_HOUR_S,
    )
