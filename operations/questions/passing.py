"""Passing: what passed the cameras of an area, in order of time alone. Nobody asks it without approval."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shapely import contains_xy
from sqlalchemy import select

from operations.areas import polygon_of
from operations.quarantine import in_force
from operations.questions.found import MOST_SHOWN, Found, Json, Read, items_of, keys_of
from operations.questions.question import Question
from operations.questions.searching import LEAST, MOST_VEHICLES, asked_of, slip_json
from operations.reads.errors import read_errors
from operations.reads.plate_index import Likely, plate_index
from operations.seen import Seen, fits
from operations.store import Session
from operations.tables import Camera, SightingRow
from operations.times import to_text


def area(session: Session, question: Question, now: datetime) -> Found:
    """Answer what passed an area; with a pattern, what of it fits."""
    wanted = select(SightingRow, Camera).join(Camera, Camera.id == SightingRow.camera_id)
    wanted = wanted.where(SightingRow.camera_id.in_(_cameras_within(session, question)))
    likely = _likely(session, question)
    wanted = wanted.where(*asked_of(question), _plates(question, likely))
    newest = wanted.order_by(SightingRow.seen_at.desc(), SightingRow.id.desc()).limit(MOST_SHOWN + 1)
    rows = list(session.execute(newest).all())
    seen = rows[:MOST_SHOWN][::-1]
    reads = _reads(session, seen, likely)
    return Found(
        items=items_of(session, seen, reads),
        kept=keys_of(seen),
        truncated=len(rows) > MOST_SHOWN,
        vehicles=_in_order_of_time(seen, reads),
    )


def _cameras_within(session: Session, question: Question) -> list[int]:
    outline = polygon_of(question.area or {})
    cameras = session.execute(select(Camera.id, Camera.lon, Camera.lat)).all()
    return [camera.id for camera in cameras if contains_xy(outline, camera.lon, camera.lat)]


def _likely(session: Session, question: Question) -> dict[str, Likely]:
    """Return the texts that a fuzzy pattern may be read as; none where it is exact, or there is none."""
    if question.plate is None or not question.fuzzy:
        return {}
    found = plate_index(session).search(question.plate, read_errors(session), LEAST, MOST_VEHICLES)
    return {each.text: each for each in found}


def _plates(question: Question, likely: dict[str, Likely]) -> Any:
    if question.plate is None:
        return SightingRow.plate.is_not(None)
    return fits(question.plate) | SightingRow.plate.in_(sorted(likely)) if likely else fits(question.plate)


def _reads(session: Session, seen: Sequence[Seen], likely: dict[str, Likely]) -> dict[str, Read]:
    doubts = in_force(session)
    reads = {}
    for row, _ in seen:
        held = doubts.holds(row.camera_id, row.plate, row.lane, row.seen_at)
        one = likely.get(row.plate or "")
        why = tuple(slip_json(slip) for slip in one.why) if one else ()
        probability = one.probability if one and why else 1.0
        reads[row.id] = Read(row.plate or "", probability, why, held)
    return reads


def _in_order_of_time(seen: Sequence[Seen], reads: dict[str, Read]) -> list[Json]:
    """Return the plates that passed, in the order in which each was first seen."""
    found: dict[str, Json] = {}
    for row, _ in seen:
        at, read = to_text(row.seen_at), reads[row.id]
        fit = {"probability": round(read.probability, 4), "why": list(read.why)}
        looks = {"vehicle_class": row.vehicle_class, "colour": row.colour}
        new = {"plate": row.plate, **fit, "sightings": 0, "first_seen_at": at, **looks}
        one = found.setdefault(row.plate or "", new)
        one["sightings"] += 1
        one["last_seen_at"] = at
    return list(found.values())
