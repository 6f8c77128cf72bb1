"""Kinds: how each kind of question is answered. Who may ask, and what is kept of it, is in asking.py.

The population is never ranked: each kind starts from a plate, but `area`, which is ordered by time alone.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from shapely import contains_xy
from sqlalchemy import select

from operations.areas import polygon_of
from operations.county import road_network
from operations.questions.found import Found, Read, items_of, keys_of
from operations.questions.question import Question
from operations.seen import MOST_SIGHTINGS, Seen, find_seen, fits, stops
from operations.store import Session
from operations.tables import Camera, SightingRow
from operations.times import to_text
from operations.trajectories import path_of


def answer_of(session: Session, question: Question, now: datetime) -> Found:
    """Answer a checked question from what is stored."""
    return ANSWERS[question.kind](session, question, now)


def _path(session: Session, question: Question, now: datetime) -> Found:
    seen, truncated = find_seen(session, question.plate or "", question.since, question.until)
    return _found(session, seen, truncated)


def _area(session: Session, question: Question, now: datetime) -> Found:
    """Answer what passed the cameras within an area, in order of time."""
    within = _cameras_within(session, question)
    wanted = select(SightingRow, Camera).join(Camera, Camera.id == SightingRow.camera_id)
    wanted = wanted.where(SightingRow.camera_id.in_(within), SightingRow.plate.is_not(None))
    wanted = wanted.where(SightingRow.seen_at >= question.since, SightingRow.seen_at < question.until)
    if question.plate is not None:
        wanted = wanted.where(fits(question.plate))
    newest = wanted.order_by(SightingRow.seen_at.desc(), SightingRow.id.desc()).limit(MOST_SIGHTINGS + 1)
    rows = list(session.execute(newest).all())
    seen = rows[:MOST_SIGHTINGS][::-1]
    return Found(
        items=items_of(seen, [Read(row.plate or "") for row, _ in seen]),
        kept=keys_of(seen),
        truncated=len(rows) > MOST_SIGHTINGS,
        vehicles=_vehicles(seen),
    )


def _cameras_within(session: Session, question: Question) -> list[int]:
    outline = polygon_of(question.area or {})
    cameras = session.execute(select(Camera.id, Camera.lon, Camera.lat)).all()
    return [camera.id for camera in cameras if contains_xy(outline, camera.lon, camera.lat)]


def _found(session: Session, seen: Sequence[Seen], truncated: bool) -> Found:
    return Found(
        items=items_of(seen, [Read(row.plate or "") for row, _ in seen]),
        kept=keys_of(seen),
        truncated=truncated,
        vehicles=_vehicles(seen),
        path=path_of(road_network(session), stops(seen)),
    )


def _vehicles(seen: Sequence[Seen]) -> list[dict[str, Any]]:
    """Return the plates of sightings in the order in which they were first seen."""
    by_plate: dict[str, list[SightingRow]] = defaultdict(list)
    for row, _ in seen:
        by_plate[row.plate or ""].append(row)
    return [
        {
            "plate": plate,
            "probability": 1.0,
            "why": [],
            "sightings": len(rows),
            "first_seen_at": to_text(rows[0].seen_at),
            "last_seen_at": to_text(rows[-1].seen_at),
            "vehicle_class": rows[-1].vehicle_class,
            "colour": rows[-1].colour,
        }
        for plate, rows in by_plate.items()
    ]


ANSWERS: dict[str, Callable[[Session, Question, datetime], Found]] = {
    "path": _path,
    "search": _path,
    "clone": _path,
    "companions": _path,
    "next": _path,
    "area": _area,
    "compare": _path,
}
