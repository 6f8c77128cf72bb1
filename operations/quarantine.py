"""Quarantine: which readings are not believed now, and people's putting in and lifting. Nothing is deleted.

What the system finds by itself is in quarantine_finding.py; how it is shown, in quarantine_views.py.
"""

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import or_, select, update

from operations import audit, events
from operations.audit import SYSTEM, Actor
from operations.facts import BadInput, Conflict, NotAllowed, NotFound
from operations.store import Session
from operations.tables import Camera, Quarantine
from operations.times import to_text
from operations.watchlist import normalise_pattern

REMEMBERED_S = 5.0
MAY = ("supervisor", "administrator")
NOT_FOUND_AGAIN_FOR = timedelta(days=7)
"""What a person lifted is found again a week later at the earliest, by what was read since it was lifted."""


class QuarantineNotFound(NotFound):
    """No quarantine has this id."""

    def __init__(self, quarantine_id: int) -> None:
        super().__init__(f"There is no quarantine {quarantine_id}.")


class QuarantinedAlready(Conflict):
    """The same readings are in quarantine."""

    def __init__(self) -> None:
        super().__init__("These readings are in quarantine already.")


class AlreadyLifted(Conflict):
    """The quarantine was lifted before."""

    def __init__(self) -> None:
        super().__init__("This quarantine was lifted before.")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Which readings of a camera are not believed: one text, one lane, or all; within [since, until)."""

    id: int
    kind: str
    plate: str | None
    lane: int | None
    since: datetime
    until: datetime | None

    def fits(self, plate: str | None, lane: int | None, seen_at: datetime) -> bool:
        """Return whether it doubts a reading of its camera."""
        return (
            (self.plate is None or self.plate == plate)
            and (self.lane is None or self.lane == lane)
            and self.since <= seen_at
            and (self.until is None or seen_at < self.until)
        )


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Everything in quarantine, by camera; asked for each reading, so a camera without costs one look-up."""

    doubts: Mapping[int, tuple[Doubt, ...]]

    def holds(self, camera_id: int, plate: str | None, lane: int | None, seen_at: datetime) -> int | None:
        """Return the quarantine that a reading is in; None: it is believed."""
        for doubt in self.doubts.get(camera_id, ()):
            if doubt.fits(plate, lane, seen_at):
                return doubt.id
        return None

    def holds_alert(
        self, camera_id: int, plate: str | None, lane: int | None, seen_at: datetime
    ) -> int | None:
        """Return the quarantine that keeps a reading from raising an alert.

        Not that of a clock: the vehicle is there now, whatever the clock says; only its legs are wrong.
        """
        for doubt in self.doubts.get(camera_id, ()):
            if doubt.kind != "clock" and doubt.fits(plate, lane, seen_at):
                return doubt.id
        return None


@dataclass(frozen=True, slots=True)
class NewQuarantine:
    """What is not to be believed: a camera's readings, of one text or one lane where named, since a time."""

    camera_id: int
    kind: str  # phantom | clock | lane | person
    reason: str
    since: datetime
    plate: str | None = None
    lane: int | None = None
    why: Mapping[str, Any] | None = None

    @property
    def key(self) -> str:
        return key_of(self.kind, self.camera_id, self.plate, self.lane)


def key_of(kind: str, camera_id: int, plate: str | None = None, lane: int | None = None) -> str:
    """Return what two quarantines of the same readings have in common."""
    return f"{kind}:{camera_id}:{plate or ''}:{'' if lane is None else lane}"


_remembered: WeakKeyDictionary[Any, tuple[float, Quarantined]] = WeakKeyDictionary()


def in_force(session: Session) -> Quarantined:
    """Return what is in quarantine, at most REMEMBERED_S old; this process's own changes at once."""
    pool = session.get_bind().engine.pool
    known = _remembered.get(pool)
    if known and time.monotonic() - known[0] < REMEMBERED_S:
        return known[1]
    rows = session.scalars(select(Quarantine).where(Quarantine.lifted_at.is_(None)).order_by(Quarantine.id))
    doubts: dict[int, list[Doubt]] = defaultdict(list)
    for row in rows:
        doubts[row.camera_id].append(Doubt(row.id, row.kind, row.plate, row.lane, row.since, row.until))
    loaded = Quarantined({camera_id: tuple(found) for camera_id, found in doubts.items()})
    _remembered[pool] = time.monotonic(), loaded
    return loaded


def forget(session: Session) -> None:
    """Have this process read again what is in quarantine."""
    _remembered.pop(session.get_bind().engine.pool, None)


def count_held(session: Session, held: Mapping[int, int]) -> None:
    """Add to each quarantine (by id) how many sightings it kept from raising an alert."""
    for quarantine_id in sorted(held):
        more = Quarantine.held + held[quarantine_id]
        session.execute(update(Quarantine).where(Quarantine.id == quarantine_id).values(held=more))


def put_in(session: Session, actor: Actor, new: NewQuarantine, now: datetime) -> Quarantine:
    """Stop believing readings. Raises NotAllowed, BadInput, NotFound, QuarantinedAlready."""
    if actor.role not in MAY:
        raise NotAllowed(f"A {actor.role} may not put readings in quarantine.")
    if new.plate and actor.role != "supervisor":
        raise NotAllowed("Only a supervisor may say of a plate that it is not believed.")
    if len(new.reason.strip()) < 2:
        raise BadInput("reason", "say why these readings are not believed")
    if session.get(Camera, new.camera_id) is None:
        raise NotFound(f"There is no camera {new.camera_id}.")
    row = add(session, replace(new, plate=_text(new.plate)), actor, now)
    if row is None:
        raise QuarantinedAlready
    return row


def _text(plate: str | None) -> str | None:
    """Return a plate as sightings carry it. Raises BadInput."""
    if plate is None:
        return None
    try:
        text = normalise_pattern(plate)
    except BadInput as error:
        raise BadInput("plate", error.why) from None
    if "?" in text or "*" in text:
        raise BadInput("plate", "name one whole text, without ? and *")
    return text


def add(session: Session, new: NewQuarantine, actor: Actor, now: datetime) -> Quarantine | None:
    """Add what is not believed from now on, audited; None where the same is in quarantine already."""
    same = select(Quarantine.id).where(Quarantine.key == new.key, Quarantine.lifted_at.is_(None))
    if session.scalar(same.where(Quarantine.until.is_(None))) is not None:
        return None
    row = Quarantine(
        kind=new.kind,
        camera_id=new.camera_id,
        plate=new.plate,
        lane=new.lane,
        key=new.key,
        reason=new.reason.strip(),
        why=dict(new.why or {"code": new.kind}),
        since=new.since,
        made_at=now,
        made_by=actor.user_id,
    )
    session.add(row)
    session.flush()
    _record(session, actor, row, now, change="made", reason=row.reason)
    return row


def lift(session: Session, actor: Actor, quarantine_id: int, reason: str, now: datetime) -> Quarantine:
    """Believe all of it again. Raises NotAllowed, QuarantineNotFound, AlreadyLifted, BadInput."""
    if actor.role not in MAY:
        raise NotAllowed(f"A {actor.role} may not lift a quarantine.")
    row = session.get(Quarantine, quarantine_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise QuarantineNotFound(quarantine_id)
    if len(reason.strip()) < 2:
        raise BadInput("reason", "say why these readings are believed again")
    if row.lifted_at is not None:
        raise AlreadyLifted
    row.lifted_at, row.lifted_by, row.lifted_reason = now, actor.user_id, reason.strip()
    _record(session, actor, row, now, change="lifted", reason=row.lifted_reason)
    return row


def end(session: Session, row: Quarantine, until: datetime, now: datetime) -> None:
    """Say that what was wrong has ended by itself: what is seen from `until` on is believed."""
    row.until = until
    _record(session, SYSTEM, row, now, change="ended", reason=None)


def known_keys(session: Session, now: datetime) -> set[str]:
    """Return the keys that need no finding: going on, or lifted lately."""
    goes_on = (Quarantine.lifted_at.is_(None)) & (Quarantine.until.is_(None))
    lately = Quarantine.lifted_at > now - NOT_FOUND_AGAIN_FOR
    return set(session.scalars(select(Quarantine.key).where(or_(goes_on, lately))))


def _record(
    session: Session, actor: Actor, row: Quarantine, now: datetime, *, change: str, reason: str | None
) -> None:
    forget(session)
    camera = session.get_one(Camera, row.camera_id)
    said = {"kind": row.kind, "plate": row.plate, "lane": row.lane, "since": to_text(row.since)}
    audit.record(
        session,
        actor=actor,
        now=now,
        action=events.QUARANTINE_CHANGED,
        subject="quarantine",
        subject_id=row.id,
        reason=reason,
        details={"change": change, "camera": camera.code, **said, "why": row.why},
    )
