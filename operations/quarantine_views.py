"""Quarantines as the API and the live feed show them, and which of them a page holds. Changes nothing."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from operations.facts import BadInput
from operations.store import Session
from operations.tables import Camera, Quarantine, User
from operations.times import to_text

STATES = ("in_force", "ended", "lifted")


def quarantines_page(
    session: Session, state: str | None, before_id: int | None, limit: int
) -> Sequence[Quarantine]:
    """Return quarantines, newest first, below an id. state: one of STATES, None for all. Raises BadInput."""
    wanted = select(Quarantine).order_by(Quarantine.id.desc()).limit(limit)
    if state is not None and state not in STATES:
        raise BadInput("state", f"must be one of {', '.join(STATES)}")
    if state == "lifted":
        wanted = wanted.where(Quarantine.lifted_at.is_not(None))
    elif state is not None:
        wanted = wanted.where(Quarantine.lifted_at.is_(None))
        wanted = wanted.where(
            Quarantine.until.is_(None) if state == "in_force" else Quarantine.until.is_not(None)
        )
    if before_id is not None:
        wanted = wanted.where(Quarantine.id < before_id)
    return session.scalars(wanted).all()


def quarantine_json(session: Session, rows: Sequence[Quarantine]) -> list[dict[str, Any]]:
    """Return quarantines in the given order; people are named by login, None where the system found it."""
    cameras = session.scalars(select(Camera).where(Camera.id.in_({row.camera_id for row in rows})))
    by_id = {camera.id: camera for camera in cameras}
    people = {row.made_by for row in rows} | {row.lifted_by for row in rows}
    logins = dict(session.execute(select(User.id, User.login).where(User.id.in_(people - {None}))).all())
    return [_row(row, by_id[row.camera_id], logins) for row in rows]


def for_administrators(shown: dict[str, Any]) -> dict[str, Any]:
    """Return a quarantine without the plate that a person named: a found phantom's text is no vehicle."""
    return {**shown, "plate": None} if shown.get("kind") == "person" else shown


def _row(row: Quarantine, camera: Camera, logins: dict[int, str]) -> dict[str, Any]:
    why = dict(row.why)
    return {
        "id": row.id,
        "kind": row.kind,
        "state": _state(row),
        "camera": {"id": camera.id, "code": camera.code, "name": camera.name},
        "plate": row.plate,
        "lane": row.lane,
        "reason": row.reason,
        "code": why.pop("code", row.kind),
        "numbers": why,
        "since": to_text(row.since),
        "until": to_text(row.until),
        "made_at": to_text(row.made_at),
        "made_by": logins.get(row.made_by) if row.made_by else None,
        "held": row.held,
        "lifted_at": to_text(row.lifted_at),
        "lifted_by": logins.get(row.lifted_by) if row.lifted_by else None,
        "lifted_reason": row.lifted_reason,
    }


def _state(row: Quarantine) -> str:
    if row.lifted_at is not None:
        return "lifted"
    return "in_force" if row.until is None else "ended"
