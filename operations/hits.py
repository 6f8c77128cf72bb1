"""Hits: new sightings of watched plates raise an alert, or renew the open one. Closing is in alerts.py.

What only resembles a watched plate raises an alert of its own, marked fuzzy and one step less severe; it
never renews an exact one. An exact read closes the fuzzy alert of its plate, if nobody has touched that yet.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from operations import audit, events
from operations.alerts import CLOSED, follow_with_exact
from operations.audit import SYSTEM
from operations.quarantine import count_held, in_force
from operations.reads.errors import Slip
from operations.sightings import Sighting
from operations.store import Session, insert_new
from operations.tables import Alert, AlertSighting
from operations.watched import Watched

LESS_SEVERE = {"red": "orange", "orange": "yellow", "yellow": "yellow"}


@dataclass(frozen=True, slots=True)
class CameraPlace:
    """What intake needs of a camera."""

    id: int
    code: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Believed:
    """The watched plate that a read is believed to be, how probably, and what was misread."""

    plate: str
    probability: float
    why: tuple[Slip, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A new sighting of a watched plate, or of a read (`plate`) that is believed to be one."""

    sighting: Sighting
    plate: str
    entry: Watched
    camera: CameraPlace
    believed: Believed | None = None

    @property
    def dedup_key(self) -> str:
        return fuzzy_key(self.entry.id, self.believed.plate) if self.believed else self.exact_key

    @property
    def exact_key(self) -> str:
        return f"{self.entry.id}:{self.believed.plate if self.believed else self.plate}"

    @property
    def severity(self) -> str:
        return LESS_SEVERE[self.entry.severity] if self.believed else self.entry.severity


def fuzzy_key(entry_id: int, plate: str) -> str:
    """Return what all resemblances of a watched plate have in common."""
    return f"{entry_id}:{plate}:fuzzy"


def not_held(session: Session, hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits whose readings are believed; the sightings of the others are counted as held."""
    if not hits:
        return []
    doubted = in_force(session)
    kept: list[Hit] = []
    held: dict[str, int] = {}
    for hit in hits:
        seen = hit.sighting
        by = doubted.holds_alert(hit.camera.id, seen.plate, seen.lane, seen.seen_at)
        if by is None:
            kept.append(hit)
        else:
            held[seen.id] = by
    count_held(session, Counter(held.values()))
    return kept


def raise_or_renew(session: Session, hits: Sequence[Hit], now: datetime) -> tuple[list[int], list[int]]:
    """Raise an alert for each watched plate, unless one is open; then it was seen again.

    Returns the ids of the alerts raised, and of those seen again.
    """
    raised: list[int] = []
    seen_again: list[int] = []
    by_key: dict[str, list[Hit]] = defaultdict(list)
    for hit in sorted(hits, key=lambda hit: hit.sighting.seen_at):
        by_key[hit.dedup_key].append(hit)
    exact = {hit.exact_key for hit in hits if not hit.believed}
    known = _open_alerts(session, {*by_key, *(f"{key}:fuzzy" for key in exact)})
    for key in sorted(by_key):
        group = by_key[key]
        if key not in known:
            raised_id = _raise(session, group[0], now)
            if raised_id is not None:
                raised.append(raised_id)
                group = group[1:]
        if group:
            renewed = known.get(key) or _open_alerts(session, [key])[key]
            _see_again(session, renewed, group, now)
            seen_again.append(renewed.id)
        resembled = known.get(f"{key}:fuzzy")
        if resembled and resembled.state == "new":
            follow_with_exact(session, resembled, now)
    session.flush()
    return raised, seen_again


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
        "severity": hit.severity,
        "state": "new",
        "entry_id": hit.entry.id,
        "case_id": hit.entry.case_id,
        "raised_at": now,
        "last_seen_at": hit.sighting.seen_at,
        "times_seen": 1,
        "escalation_level": 0,
        "simulated": hit.sighting.simulated,
        **_place(hit),
    }
    for alert_id in insert_new(session, Alert, [alert]):
        _link(session, alert_id, [hit])
        details = {"severity": hit.severity, "entry_id": hit.entry.id}
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
        "plate": hit.plate,
        **_likeness(hit.believed),
    }


def _likeness(believed: Believed | None) -> dict[str, Any]:
    if believed is None:
        return {"match": "exact"}
    return {
        "match": "fuzzy",
        "match_probability": round(believed.probability, 4),
        "believed_plate": believed.plate,
        "match_why": [{**asdict(slip), "probability": round(slip.probability, 6)} for slip in believed.why],
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
            **_likeness(hits[0].believed),
            "cameras": [hit.camera.code for hit in hits],
            "sightings": [hit.sighting.id for hit in hits],
            **details,
        },
    )
