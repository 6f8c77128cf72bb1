"""Intake: sightings off the stream into the database, with the alerts they raise, one transaction a batch.

A message that cannot be stored is found by halving its batch and refused alone; the others are stored.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError

from operations import audit, events
from operations.alerts import CLOSED
from operations.audit import SYSTEM
from operations.matching import Watch
from operations.sightings import MalformedSighting, Sighting, from_json, implausible
from operations.store import Engine, Session, ensure_partitions, insert_new, writing
from operations.stream import Message, Refusal
from operations.tables import Alert, AlertSighting, Camera, SightingRow
from operations.watchlist import Watched

CAMERAS_KNOWN_FOR = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class CameraPlace:
    """What intake needs of a camera."""

    id: int
    code: str
    lon: float
    lat: float


@dataclass(slots=True)
class Known:
    """What one worker remembers between batches: cameras by code, the watchlist, days with a partition."""

    cameras: dict[str, CameraPlace] = field(default_factory=dict)
    cameras_since: datetime | None = None
    watch: Watch = field(default_factory=Watch)
    days: set[date] = field(default_factory=set)


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


@dataclass(frozen=True, slots=True)
class Hit:
    """A new sighting of a watched plate."""

    sighting: Sighting
    plate: str
    entry: Watched
    camera: CameraPlace

    @property
    def dedup_key(self) -> str:
        return f"{self.entry.id}:{self.plate}"


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
    hits: list[Hit] = []
    matcher = known.watch.matcher(session, now)
    for sighting in sightings:
        if sighting.id not in new:
            continue
        new.discard(sighting.id)
        camera = cameras[sighting.camera]
        stored.counted[camera.id] += 1
        if sighting.plate:
            found = matcher.matches(sighting.plate, sighting.received_at)
            hits += [Hit(sighting, sighting.plate, entry, camera) for entry in found]
    _alert(session, hits, stored, now)
    return stored


def _alert(session: Session, hits: Sequence[Hit], stored: Stored, now: datetime) -> None:
    """Raise an alert for each watched plate, unless one is open; then it was seen again."""
    by_key: dict[str, list[Hit]] = defaultdict(list)
    for hit in sorted(hits, key=lambda hit: hit.sighting.seen_at):
        by_key[hit.dedup_key].append(hit)
    alerts = _open_alerts(session, by_key)
    for key in sorted(by_key):
        group = by_key[key]
        alert = alerts.get(key)
        if alert is None:
            raised_id = _raise(session, group[0], now)
            if raised_id is not None:
                stored.raised.append(raised_id)
                group = group[1:]
            alert = _open_alerts(session, [key])[key]
        if group:
            _see_again(session, alert, group, now)
            stored.seen_again.append(alert.id)
    session.flush()


def _open_alerts(session: Session, keys: Iterable[str]) -> dict[str, Alert]:
    """Return the open alerts of these keys, locked."""
    wanted = sorted(keys)
    if not wanted:
        return {}
    statement = select(Alert).where(Alert.dedup_key.in_(wanted), Alert.state.not_in(CLOSED))
    found = session.scalars(statement.order_by(Alert.dedup_key).with_for_update())
    return {alert.dedup_key: alert for alert in found}


def _raise(session: Session, hit: Hit, now: datetime) -> int | None:
    """Insert a new alert and return its id; None when another worker raised it this moment."""
    alert = {
        "kind": "watchlist",
        "dedup_key": hit.dedup_key,
        "severity": hit.entry.severity,
        "state": "new",
        "entry_id": hit.entry.id,
        "case_id": hit.entry.case_id,
        "plate": hit.plate,
        "raised_at": now,
        "last_seen_at": hit.sighting.seen_at,
        "times_seen": 1,
        "escalation_level": 0,
        "simulated": hit.sighting.simulated,
        **_place(hit),
    }
    for alert_id in insert_new(session, Alert, [alert]):
        _link(session, alert_id, [hit])
        details = {"severity": hit.entry.severity, "entry_id": hit.entry.id}
        _record(session, events.ALERT_RAISED, alert_id, [hit], now, **details)
        return int(alert_id)
    return None


def _see_again(session: Session, alert: Alert, hits: Sequence[Hit], now: datetime) -> None:
    """Count the sightings on the open alert, and move it to the newest of them."""
    newest = hits[-1]
    alert.times_seen += len(hits)
    if newest.sighting.seen_at > alert.last_seen_at:
        alert.last_seen_at = newest.sighting.seen_at
        for name, value in _place(newest).items():
            setattr(alert, name, value)
    _link(session, alert.id, hits)
    _record(session, events.ALERT_SEEN_AGAIN, alert.id, hits, now, times_seen=alert.times_seen)


def _place(hit: Hit) -> dict[str, Any]:
    """Return where an alert points to when this was the newest sighting."""
    return {
        "camera_id": hit.camera.id,
        "lon": hit.camera.lon,
        "lat": hit.camera.lat,
        "sighting_id": hit.sighting.id,
        "sighting_seen_at": hit.sighting.seen_at,
    }


def _link(session: Session, alert_id: int, hits: Sequence[Hit]) -> None:
    for hit in hits:
        session.add(
            AlertSighting(
                alert_id=alert_id,
                sighting_id=hit.sighting.id,
                seen_at=hit.sighting.seen_at,
                camera_id=hit.camera.id,
            )
        )


def _record(
    session: Session, action: str, alert_id: int, hits: Sequence[Hit], now: datetime, **details: Any
) -> None:
    audit.record(
        session,
        actor=SYSTEM,
        now=now,
        action=action,
        subject="alert",
        subject_id=alert_id,
        case_number=hits[0].entry.case_number,
        details={
            "plate": hits[0].plate,
            "cameras": [hit.camera.code for hit in hits],
            "sightings": [hit.sighting.id for hit in hits],
            **details,
        },
    )


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


COLUMNS = tuple(name for name in Sighting.__dataclass_fields__ if name != "camera")
