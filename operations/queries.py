"""Vehicle queries: under a named case and for a reason, where a vehicle was. Paths are in trajectories.py.

Nothing is answered before the question is kept and audited; a look again is audited again.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from geo.coordinates import LonLat
from operations.access import Person
from operations.audit import record
from operations.facts import BadInput, NotFound
from operations.looks import picture_of
from operations.store import Engine, Session, reading, writing
from operations.tables import Camera, Case, QueryRow, SightingRow, User
from operations.times import from_text, to_text
from operations.trajectories import Stop
from operations.watchlist import normalise_pattern, open_case

LONGEST = timedelta(days=90)
MOST_SIGHTINGS = 2_000
Seen = Row[SightingRow, Camera]


class QueryNotFound(NotFound):
    """No query has this id, or not for this person."""

    def __init__(self, query_id: str) -> None:
        super().__init__(f"There is no query {query_id}.")


@dataclass(frozen=True, slots=True)
class Question:
    """Where was this plate (? one character, * any run) from `since` until before `until` (aware times)?"""

    case_number: str
    reason: str
    plate: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """The question as kept, and what was seen, in order of time; `truncated`: only the newest of it."""

    id: str
    case_number: str
    reason: str
    asked_by: str
    asked_at: datetime
    question: dict[str, Any]
    seen: list[Seen]
    truncated: bool


def ask(engine: Engine, question: Question, person: Person, now: datetime) -> Answer:
    """Answer a question, kept and audited first.

    Raises BadInput naming plate, from, to or reason; CaseNotFound, CaseClosed, NotACaseMember.
    """
    pattern = _checked(question)
    with reading(engine) as session:
        open_case(session, person.actor, question.case_number, now)
        seen, truncated = _seen(session, pattern, question.since, question.until)
    asked = {"plate": pattern, "from": to_text(question.since), "to": to_text(question.until)}
    with writing(engine) as session:  # short: the search itself holds nobody up
        case = open_case(session, person.actor, question.case_number, now)
        row = QueryRow(
            id=str(uuid.uuid4()),
            case_id=case.id,
            reason=question.reason,
            asked_by=person.id,
            asked_at=now,
            question=asked,
            result_count=len(seen),
        )
        session.add(row)
        _audit(session, person, row, now, action="vehicle.queried", case=case, count=len(seen))
    return Answer(row.id, case.number, row.reason, person.login, now, asked, seen, truncated)


def ask_again(engine: Engine, query_id: str, person: Person, now: datetime) -> Answer:
    """Answer a kept question from what is stored now, audited first. Raises QueryNotFound and as `ask`."""
    with writing(engine) as session:
        row, case = _may_reopen(session, query_id, person, now)
        asker = session.get_one(User, row.asked_by).login
        _audit(session, person, row, now, action="query.reopened", case=case)
    with reading(engine) as session:
        seen, truncated = _seen(session, *_stored_question(row))
    return Answer(row.id, case.number, row.reason, asker, row.asked_at, row.question, seen, truncated)


def query_picture(engine: Engine, query_id: str, sighting_id: str, person: Person, now: datetime) -> str:
    """Return the media key of the snapshot of a sighting that a query found, audited first."""
    with writing(engine) as session:
        row, case = _may_reopen(session, query_id, person, now)
        pattern, since, until = _stored_question(row)
        wanted = select(SightingRow).where(SightingRow.id == sighting_id, SightingRow.plate.is_not(None))
        wanted = wanted.where(SightingRow.seen_at >= since, SightingRow.seen_at < until)
        sighting = session.scalar(wanted.where(_fits(pattern)))
        if sighting is None:
            raise NotFound("This query found no such sighting.")
        key = picture_of(sighting, "snapshot")
        _audit(session, person, row, now, action="query.picture_viewed", case=case, sighting=sighting_id)
        return key


def queries_page(
    session: Session, person: Person, before: tuple[datetime, str] | None, limit: int
) -> list[dict[str, Any]]:
    """Return the queries that the person asked (a supervisor: all), newest first, before a (time, id)."""
    wanted = select(QueryRow, Case.number, User.login).join(Case, Case.id == QueryRow.case_id)
    wanted = wanted.join(User, User.id == QueryRow.asked_by)
    if person.role != "supervisor":
        wanted = wanted.where(QueryRow.asked_by == person.id)
    if before is not None:
        at, query_id = before
        older = (QueryRow.asked_at < at) | ((QueryRow.asked_at == at) & (QueryRow.id < query_id))
        wanted = wanted.where(older)
    rows = session.execute(wanted.order_by(QueryRow.asked_at.desc(), QueryRow.id.desc()).limit(limit))
    return [
        {
            "id": row.id,
            "case_number": number,
            "reason": row.reason,
            "asked_by": login,
            "asked_at": to_text(row.asked_at),
            "question": row.question,
            "result_count": row.result_count,
        }
        for row, number, login in rows
    ]


def seen_json(seen: Sequence[Seen]) -> list[dict[str, Any]]:
    """Return sightings as the API shows them, each with its camera and place."""
    return [
        {
            "id": row.id,
            "seen_at": to_text(row.seen_at),
            "received_at": to_text(row.received_at),
            "clock_offset_s": row.clock_offset_s,
            "plate": row.plate,
            "plate_kind": row.plate_kind,
            "plate_confidence": row.plate_confidence,
            "plate_characters": row.plate_characters or [],
            "vehicle_class": row.vehicle_class,
            "colour": row.colour,
            "direction": row.direction,
            "speed_kmh": row.speed_kmh,
            "camera": {"id": camera.id, "code": camera.code, "name": camera.name},
            "lon": camera.lon,
            "lat": camera.lat,
            "has_snapshot": row.snapshot is not None,
            "has_plate_crop": row.plate_crop is not None,
            "box": row.box,
            "simulated": row.simulated,
        }
        for row, camera in seen
    ]


def stops(seen: Sequence[Seen]) -> list[Stop]:
    """Return sightings as stops of paths, their times put right by the clock offsets."""
    return [
        Stop(
            sighting=row.id,
            plate=row.plate or "",
            at=row.seen_at - timedelta(seconds=row.clock_offset_s or 0.0),
            place=LonLat(camera.lon, camera.lat),
            camera=camera.code,
            simulated=row.simulated,
        )
        for row, camera in seen
    ]


def _checked(question: Question) -> str:
    """Return the plate's pattern. Raises BadInput."""
    if len(question.reason.strip()) < 2:
        raise BadInput("reason", "say why you ask")
    if question.until <= question.since:
        raise BadInput("to", "must be after from")
    if question.until - question.since > LONGEST:
        raise BadInput("from", f"a query may span {LONGEST.days} days at most")
    try:
        pattern = normalise_pattern(question.plate)
    except BadInput as error:
        raise BadInput("plate", error.why) from None
    if pattern.count("*") > 1:
        raise BadInput("plate", "may have one * at most")
    return pattern


def _seen(session: Session, pattern: str, since: datetime, until: datetime) -> tuple[list[Seen], bool]:
    """Return the newest sightings that fit, in order of time, and whether older ones were left out."""
    wanted = select(SightingRow, Camera).join(Camera, Camera.id == SightingRow.camera_id)
    wanted = wanted.where(SightingRow.seen_at >= since, SightingRow.seen_at < until, _fits(pattern))
    newest = wanted.order_by(SightingRow.seen_at.desc(), SightingRow.id.desc()).limit(MOST_SIGHTINGS + 1)
    rows = list(session.execute(newest).all())
    return rows[:MOST_SIGHTINGS][::-1], len(rows) > MOST_SIGHTINGS


def _fits(pattern: str) -> Any:
    """Return the condition on the plate; a checked pattern holds neither % nor _."""
    if not re.search(r"[?*]", pattern):
        return SightingRow.plate == pattern
    return SightingRow.plate.like(pattern.replace("?", "_").replace("*", "%"))


def _may_reopen(session: Session, query_id: str, person: Person, now: datetime) -> tuple[QueryRow, Case]:
    """Return a query and its case, which must be open and the person's. Raises as `ask`."""
    row = session.get(QueryRow, query_id)
    if row is None:
        raise QueryNotFound(query_id)
    number = session.get_one(Case, row.case_id).number
    return row, open_case(session, person.actor, number, now)


def _stored_question(row: QueryRow) -> tuple[str, datetime, datetime]:
    asked = row.question
    return asked["plate"], from_text(asked["from"]), from_text(asked["to"])


def _audit(session: Session, person: Person, row: QueryRow, now: datetime, **said: Any) -> None:
    action, case = said.pop("action"), said.pop("case")
    record(
        session,
        actor=person.actor,
        now=now,
        action=action,
        subject="query",
        subject_id=row.id,
        case_number=case.number,
        reason=row.reason,
        details={**row.question, **said},
    )
