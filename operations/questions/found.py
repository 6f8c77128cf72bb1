"""What a question found, as its answer shows it: sightings, how they were read, and what was made of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from operations.seen import Seen, seen_json
from operations.store import Session
from operations.tables import Camera, Quarantine, SightingRow
from operations.tracks.readings import Reading
from operations.tracks.track import Track

MOST_SHOWN = 2_000
"""Sightings that one answer shows and its case preserves; the newest, where there are more."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """An answer's content; truncated: only the newest of it is here. None: not asked for."""

    items: list[Json]
    kept: list[tuple[str, datetime]]
    """The (id, seen_at) of the sightings shown: what the case preserves."""
    truncated: bool = False
    vehicles: list[Json] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)
    clone: Json | None = None
    companions: list[Json] | None = None
    next: list[Json] | None = None

    @property
    def count(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Read:
    """What a sighting's plate is taken for, how probably it was read so, and which slips that took."""

    plate: str
    probability: float = 1.0
    why: tuple[Json, ...] = ()
    quarantined: int | None = None


def read_as(plate: str, readings: Iterable[Reading]) -> dict[str, Read]:
    """Return readings of a plate as reads, by sighting."""
    return {each.sighting: Read(plate, each.probability, each.why, each.quarantined) for each in readings}


def shown(session: Session, readings: Sequence[Reading]) -> list[Seen]:
    """Return the rows of readings with their cameras, in order of time, by the index of plates and times."""
    if not readings:
        return []
    day = timedelta(days=1)
    first, last = min(each.at for each in readings) - day, max(each.at for each in readings) + day
    return rows_of(session, {r.sighting for r in readings}, {r.plate for r in readings}, (first, last))


def rows_of(
    session: Session, ids: Iterable[str], plates: Iterable[str], within: tuple[datetime, datetime]
) -> list[Seen]:
    """Return sightings of known ids and plates within a time, with their cameras, in order of time."""
    wanted = select(*SightingRow.__table__.c)  # columns, not objects: twice as fast for hundreds
    wanted = wanted.where(SightingRow.plate.in_(sorted(plates)), SightingRow.id.in_(sorted(ids)))
    wanted = wanted.where(SightingRow.seen_at >= within[0], SightingRow.seen_at <= within[1])
    rows: list[Any] = list(session.execute(wanted.order_by(SightingRow.seen_at, SightingRow.id)).all())
    shown = select(Camera.id, Camera.code, Camera.name, Camera.lon, Camera.lat)
    there = session.execute(shown.where(Camera.id.in_({row.camera_id for row in rows})))
    cameras: dict[int, Any] = {camera.id: camera for camera in there}
    return [(row, cameras[row.camera_id]) for row in rows if row.camera_id in cameras]


def items_of(session: Session, seen: Sequence[Seen], reads: Mapping[str, Read]) -> list[Json]:
    """Return sightings as the API shows them, each with what its plate is taken for."""
    doubts = _quarantines(session, {read.quarantined for read in reads.values()} - {None})
    items = seen_json(seen)
    for item in items:
        read = reads.get(item["id"]) or Read(item["plate"] or "")
        probability = round(read.probability, 4)
        item["read"] = {"plate": read.plate, "probability": probability, "why": list(read.why)}
        item["quarantined"] = doubts.get(read.quarantined)
    return items


def keys_of(seen: Sequence[Seen]) -> list[tuple[str, datetime]]:
    """Return the keys of sightings."""
    return [(row.id, row.seen_at) for row, _ in seen]


def _quarantines(session: Session, ids: set[int | None]) -> dict[int | None, Json]:
    if not ids:
        return {}
    found = session.scalars(select(Quarantine).where(Quarantine.id.in_(ids)))
    return {each.id: {"id": each.id, "kind": each.kind, "reason": each.reason} for each in found}
