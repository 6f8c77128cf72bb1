"""Readings: the sightings of one vehicle as the analyses use them, likely misreads of its plate among them.

Who may ask is not decided here; nothing is written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from operations.quarantine import Quarantined, in_force
from operations.store import Session
from operations.tables import SightingRow
from operations.tracks.sites import Sites, sites

MOST_READINGS = 2_000
FIELD_S = 5.0
"""A sighting's moment is when the pass was read best: so far from the middle of its site."""
CLOCK_KNOWN_S, CLOCK_UNKNOWN_S = 2.0, 10.0
"""How wrong a time may be where its camera's offset was known, and where it was not."""

COLUMNS = (
    SightingRow.id,
    SightingRow.seen_at,
    SightingRow.clock_offset_s,
    SightingRow.camera_id,
    SightingRow.plate,
    SightingRow.vehicle_class,
    SightingRow.colour,
    SightingRow.lane,
    SightingRow.confidence,
    SightingRow.plate_confidence,
    SightingRow.simulated,
)
SightingColumns = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Reading:
    """One sighting of a track. at: seen_at, which is by our clock (camera time: plus the offset).

    probability: P(read | plate). why: the slips from plate to read, as {"position" (from 1), "read", "true",
    "probability"}; empty where exact. quarantined: the quarantine that holds it, None: it is believed.
    """

    sighting: str
    plate: str
    at: datetime
    site: int
    camera_id: int
    camera: str
    vehicle_class: str
    colour: str | None = None
    confidence: float = 1.0
    probability: float = 1.0
    why: tuple[dict[str, Any], ...] = ()
    quarantined: int | None = None
    clock_offset_s: float | None = None
    simulated: bool = False

    @property
    def is_exact(self) -> bool:
        """Return whether the plate was read as asked."""
        return self.probability >= 1.0

    @property
    def error_s(self) -> float:
        """Return by how much the time may be wrong as to when the vehicle was at its site."""
        return FIELD_S + (CLOCK_UNKNOWN_S if self.clock_offset_s is None else CLOCK_KNOWN_S)


def exact_readings(
    session: Session, plate: str, since: datetime, until: datetime, most: int = MOST_READINGS
) -> list[Reading]:
    """Return the newest `most` sightings read exactly as `plate` in [since, until), in order of our time."""
    return in_order(find_rows(session, [plate], since, until, most), sites(session), in_force(session))


def in_order(
    rows: Iterable[SightingColumns], here: Sites, doubts: Quarantined, fuzzy: dict[str, Any] | None = None
) -> list[Reading]:
    """Return rows of COLUMNS (or more) as readings in order of our time; cameras that are gone are left out.

    fuzzy: by text read other than the plate, its Likely (probability, why); without it every row is exact.
    """
    sites_of, codes, doubted = here.site_of_camera, here.code_of_camera, doubts.doubts
    found = []
    for sighting, at, offset, camera, plate, kind, colour, lane, sure, plate_sure, simulated, *_ in rows:
        if camera not in sites_of:
            continue
        likely = fuzzy.get(plate) if fuzzy else None
        reading = Reading(
            sighting=sighting,
            plate=plate,
            at=at,
            site=sites_of[camera],
            camera_id=camera,
            camera=codes[camera],
            vehicle_class=kind,
            colour=colour,
            confidence=sure if plate_sure is None else plate_sure,
            probability=1.0 if likely is None else likely.probability,
            why=() if likely is None else tuple(_slip(slip) for slip in likely.why),
            quarantined=doubts.holds(camera, plate, lane, at) if camera in doubted else None,
            clock_offset_s=offset,
            simulated=simulated,
        )
        found.append(reading)
    return sorted(found, key=lambda reading: (reading.at, reading.sighting))


def find_rows(
    session: Session, plates: Sequence[str], since: datetime, until: datetime, most: int
) -> Sequence[SightingColumns]:
    """Return the newest `most` sightings of plate texts in [since, until)."""
    wanted = select(*COLUMNS).where(SightingRow.seen_at >= since, SightingRow.seen_at < until)
    wanted = wanted.where(
        SightingRow.plate == plates[0] if len(plates) == 1 else SightingRow.plate.in_(plates)
    )
    return session.execute(wanted.order_by(SightingRow.seen_at.desc()).limit(most)).all()


def _slip(slip: Any) -> dict[str, Any]:
    return {
        "position": slip.position,
        "read": slip.read,
        "true": slip.true,
        "probability": round(slip.probability, 4),
    }
