"""Intake: sightings off the stream into the database, matched, one transaction a batch; hits.py has alerts.

A message that cannot be stored is found by halving its batch and refused alone; the others are stored.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError

from operations.camera_hours import count_in
from operations.hits import CameraPlace, not_held, raise_or_renew
from operations.reads.learning import SURE, learn_looks
from operations.reads.seen_plates import Kept, keep
from operations.sightings import MalformedSighting, Sighting, from_json, implausible
from operations.store import Engine, Session, ensure_partitions, insert_new, writing
from operations.stream import Message, Refusal
from operations.tables import Camera, SightingRow
from operations.watch import Seen, Watch

CAMERAS_KNOWN_FOR = timedelta(seconds=60)


@dataclass(slots=True)
class Known:
    """What one worker remembers of what came before: cameras, watchlist, days with a partition, plates."""

    cameras: dict[str, CameraPlace] = field(default_factory=dict)
    cameras_since: datetime | None = None
    watch: Watch = field(default_factory=Watch)
    days: set[date] = field(default_factory=set)
    plates: Kept = field(default_factory=Kept)


@dataclass(slots=True)
class Stored:
    """What a batch changed. counted: new sightings by camera id."""

    counted: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    raised: list[int] = field(default_factory=list)
    seen_again: list[int] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def add(self, other: "Stored") -> None:
        """Add what another batch changed."""
        for camera_id, count in other.counted.items():
            self.counted[camera_id] += count
        self.raised += other.raised
        self.seen_again += other.seen_again
        self.refused += other.refused


def take_messages(engine: Engine, known: Known, messages: Sequence[Message], now: datetime) -> Stored:
    """Store what the messages say; what can never be stored is in `refused` with the reason."""
    stored = Stored()
    readable: list[tuple[Message, Sighting]] = []
    for message in messages:
        try:
            sighting = from_json(message.content)
        except MalformedSighting as error:
            stored.refused.append((message, str(error)))
            continue
        why = implausible(sighting, now)
        if why:
            stored.refused.append((message, why))
        else:
            readable.append((message, sighting))
    if known.cameras_since is None or now - known.cameras_since > CAMERAS_KNOWN_FOR:
        known.cameras.clear()
        known.cameras_since = now
    _learn(engine, known, [sighting for _, sighting in readable])
    placed = [pair for pair in readable if pair[1].camera in known.cameras]
    for message, sighting in readable:
        if sighting.camera not in known.cameras:
            stored.refused.append((message, f"camera {sighting.camera} is unknown"))
    stored.add(_store(engine, known, placed, now))
    return stored


def _store(engine: Engine, known: Known, pairs: Sequence[tuple[Message, Sighting]], now: datetime) -> Stored:
    """Store in one transaction; if the database refuses, look again at its partitions, then halve."""
    try:
        return _store_together(engine, known, pairs, now)
    except (DataError, IntegrityError):
        known.days.clear()
        _learn(engine, known, [sighting for _, sighting in pairs])
        return _store_or_halve(engine, known, pairs, now)


def _store_or_halve(
    engine: Engine, known: Known, pairs: Sequence[tuple[Message, Sighting]], now: datetime
) -> Stored:
    try:
        return _store_together(engine, known, pairs, now)
    except (DataError, IntegrityError) as error:
        if len(pairs) == 1:
            return Stored(refused=[(pairs[0][0], f"the database refuses it: {error.orig}")])
    middle = len(pairs) // 2
    stored = _store_or_halve(engine, known, pairs[:middle], now)
    stored.add(_store_or_halve(engine, known, pairs[middle:], now))
    return stored


def _store_together(
    engine: Engine, known: Known, pairs: Sequence[tuple[Message, Sighting]], now: datetime
) -> Stored:
    if not pairs:
        return Stored()
    with writing(engine) as session:
        return store_batch(session, known, [sighting for _, sighting in pairs], now)


def store_batch(session: Session, known: Known, sightings: Sequence[Sighting], now: datetime) -> Stored:
    """Insert the sightings not seen yet, and raise or renew the alerts of those that are watched.

    The cameras of all must be in `known`.
    """
    cameras = known.cameras
    rows = {
        (sighting.id, sighting.seen_at): _row(sighting, cameras[sighting.camera].id) for sighting in sightings
    }
    # In one order in every worker: two that store the same sightings never wait for each other in a circle.
    new = insert_new(session, SightingRow, [rows[key] for key in sorted(rows)])
    stored = Stored()
    seen: list[Seen] = []
    inserted: list[tuple[int, datetime, bool]] = []
    for sighting in sightings:
        if sighting.id not in new:
            continue
        new.discard(sighting.id)
        camera = cameras[sighting.camera]
        stored.counted[camera.id] += 1
        inserted.append((camera.id, sighting.seen_at, sighting.plate is not None))
        if sighting.plate:
            seen.append((sighting, camera))
    hits = not_held(session, known.watch.hits(session, seen, now))
    stored.raised, stored.seen_again = raise_or_renew(session, hits, now)
    _remember_reads(session, known, [sighting for sighting, _ in seen])
    count_in(session, inserted)  # last: others that count the same hour wait until we commit
    return stored


def _remember_reads(session: Session, known: Known, read: Sequence[Sighting]) -> None:
    """Keep the plate texts for searching, and learn how plates are misread from the single looks."""
    plates = [(one.plate, one.seen_at.astimezone(UTC).date()) for one in read if one.plate]
    keep(session, known.plates, plates)
    sure = [one for one in read if (one.plate_confidence or 0.0) >= SURE and not one.simulated]
    learn_looks(session, [(one.plate_looks or [], one.plate or "") for one in sure])


def _learn(engine: Engine, known: Known, sightings: Sequence[Sighting]) -> None:
    """Look up cameras not met before, and make partitions for days not met before."""
    codes = {sighting.camera for sighting in sightings} - known.cameras.keys()
    days = {sighting.seen_at.astimezone(UTC).date() for sighting in sightings} - known.days
    if not codes and not days:
        return
    with writing(engine) as session:
        columns = select(Camera.id, Camera.code, Camera.lon, Camera.lat)
        for row in session.execute(columns.where(Camera.code.in_(codes))):
            known.cameras[row.code] = CameraPlace(*row)
        for day in sorted(days):
            ensure_partitions(session, day, day)
    known.days |= days


def _row(sighting: Sighting, camera_id: int) -> dict[str, Any]:
    row = {name: getattr(sighting, name) for name in COLUMNS}
    row["camera_id"] = camera_id
    return row


COLUMNS = tuple(name for name in Sighting.__dataclass_fields__ if name not in ("camera", "plate_looks"))
