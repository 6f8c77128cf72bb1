"""Companions (伴随): vehicles met with the case's vehicle more often than chance and their own ways explain.

Asks only for those near its readings; who may ask is decided elsewhere. How it is weighed is in company.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Integer, select

from operations.reads.errors import ReadErrors
from operations.store import Session, for_each, listed
from operations.tables import Camera, SightingRow
from operations.times import to_text
from operations.tracks.company import (
    WINDOWS_S,
    Met,
    Way,
    chance_of,
    encounters,
    habit_of,
    significance,
)
from operations.tracks.readings import Reading
from operations.tracks.travel import TravelTimes

SIGNIFICANT = 0.02
"""The adjusted p of a companion: of a hundred questions about vehicles without any, at most two name one."""
LEAST_TRIPS, LEAST_POINTS = 2, 2
MOST_READINGS = 1_000
SHORTLIST = 60
MOST_COMPANIONS = 20
FACING_DEG = 60.0  # cameras of one site that look down the same road
NEW_TRIP_S = 1_800.0
ITSELF, ONE_AND_THE_SAME = (
    1e-4,
    1e-3,
)  # least P(read | plate) for a text to be the vehicle's own, a companion's


@dataclass(frozen=True, slots=True)
class Encounter:
    """A reading of the case's vehicle and the other's pass near it; seconds: after it (before: negative)."""

    sighting: str
    with_sighting: str
    seconds: float
    at: datetime
    camera: str


@dataclass(frozen=True, slots=True)
class Companion:
    """A vehicle met on `encounters` trips at `points` different sites where `expected` were to be expected.

    significance: p of so many by chance, adjusted for all vehicles looked at. reads: the other texts under
    which its plate was read. lag_s: the middle of how long after (before: negative) it came.
    """

    plate: str
    encounters: int
    points: int
    expected: float
    significance: float
    lag_s: float
    last_seen_at: datetime
    reads: tuple[str, ...]
    encounters_list: tuple[Encounter, ...]


def companions(
    session: Session, readings: Sequence[Reading], travel: TravelTimes, errors: ReadErrors, plate: str = ""
) -> list[Companion]:
    """Return the vehicles that moved with the one of these readings, the most significant first.

    plate: the case's; without it that of the first exact reading.
    """
    kept = [reading for reading in readings if reading.quarantined is None][-MOST_READINGS:]
    if not kept:
        return []
    plate = plate or next((r.plate for r in kept if r.is_exact), kept[0].plate)
    found = _nearby(session, kept)
    way = _way(kept, travel)
    near = _Near(kept, way, found, plate, errors)
    likely = near.shortlist()
    if not likely:
        return []
    habits = _passes(session, [near.texts[k] for k in likely], kept)
    ranked = near.judged(likely, habits)
    return [_told(session, near, k, p, expected) for k, p, expected in ranked[:MOST_COMPANIONS]]


def companions_json(found: Sequence[Companion]) -> list[dict[str, Any]]:
    """Return companions as the API shows them."""
    return [
        {
            "plate": one.plate,
            "encounters": one.encounters,
            "points": one.points,
            "expected": round(one.expected, 3),
            "significance": one.significance,
            "lag_s": round(one.lag_s, 1),
            "last_seen_at": to_text(one.last_seen_at),
            "encounters_list": [
                {
                    "sighting": met.sighting,
                    "with_sighting": met.with_sighting,
                    "seconds": round(met.seconds, 1),
                    "at": to_text(met.at),
                    "camera": met.camera,
                }
                for met in one.encounters_list
            ],
        }
        for one in found
    ]


@dataclass(frozen=True)
class _Found:
    """Passes near the readings as they were read: reading (position), camera, time (epoch s), text."""

    reading: NDArray[np.int64]
    camera: NDArray[np.int64]
    at_s: NDArray[np.float64]
    text: NDArray[np.str_]


class _Near:
    """All who were near, and what became of them: texts by number, those of one plate folded together."""

    def __init__(
        self, kept: Sequence[Reading], way: Way, found: _Found, plate: str, errors: ReadErrors
    ) -> None:
        self.kept, self.way, self.found, self.errors = kept, way, found, errors
        unique, number = np.unique(found.text, return_inverse=True)
        self.texts: list[str] = unique.tolist()
        own = {k for k, text in enumerate(self.texts) if text == plate or self._is_read_of(text, plate)}
        self.own = np.array(sorted(own), dtype=np.int64)
        lag_s = found.at_s - way.at_s[found.reading]
        others = ~np.isin(number, self.own)
        self.rows = np.flatnonzero(others)
        self.met = Met(number[others].astype(np.int64), found.reading[others], lag_s[others])
        self.counts = encounters(self.met, way, len(self.texts))
        self.chance = chance_of(self.counts)

    def shortlist(self) -> list[int]:
        """Return who may be a companion before its own ways are known, after its misreads are folded in."""
        often = np.flatnonzero(self.counts[-1, 0] >= LEAST_TRIPS)
        scored = sorted((significance(self.counts[:, :, k], self.chance, None)[0], int(k)) for k in often)
        chosen = [k for _, k in scored[: 3 * SHORTLIST]]
        self._fold(chosen)
        kept = [(significance(self.counts[:, :, k], self.chance, None)[0], k) for k in chosen]
        return [k for p, k in sorted(kept) if p * len(self.texts) <= SIGNIFICANT][:SHORTLIST]

    def judged(
        self, likely: Sequence[int], passes: dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]
    ) -> list[tuple[int, float, float]]:
        """Return (candidate, adjusted p, expected encounters) of the companions, the surest first."""
        days = max(1.0, (self.way.at_s[-1] - self.way.at_s[0]) / 86_400.0)
        ranked = []
        for k in likely:
            place, at_s = passes.get(self.texts[k], (np.zeros(0, dtype=np.int64), np.zeros(0)))
            habit = habit_of(place, at_s, self.way, days)
            p, expected = significance(self.counts[:, :, k], self.chance, habit)
            if p * len(self.texts) <= SIGNIFICANT and self._points(k) >= LEAST_POINTS:
                ranked.append((min(1.0, p * len(self.texts)), k, expected))
        return [(k, p, expected) for p, k, expected in sorted(ranked)]

    def _points(self, k: int) -> int:
        return len(np.unique(self.way.place[self.met.reading[self.met.candidate == k]]))

    def _fold(self, chosen: list[int]) -> None:
        """Count likely misreads of the chosen as theirs; a chosen one that is a misread is dropped."""
        number = {text: k for k, text in enumerate(self.texts)}
        candidate = self.met.candidate.copy()
        for k in list(chosen):
            if k not in chosen:
                continue
            for text in self.errors.likely_reads(self.texts[k], ONE_AND_THE_SAME):
                other = number.get(text)
                if other is None or other == k or self.counts[-1, 0, other] > self.counts[-1, 0, k]:
                    continue
                candidate[candidate == other] = k
                if other in chosen:
                    chosen.remove(other)
        self.met = Met(candidate, self.met.reading, self.met.lag_s)
        self.counts = encounters(self.met, self.way, len(self.texts))

    def _is_read_of(self, text: str, plate: str) -> bool:
        return abs(len(text) - len(plate)) <= 1 and self.errors.probability(text, plate) >= ITSELF


def _way(kept: Sequence[Reading], travel: TravelTimes) -> Way:
    """Return the readings as trips: a new one begins where the road explains the time no longer."""
    at_s = np.array([reading.at.timestamp() for reading in kept])
    sites = [reading.site for reading in kept]
    usual = travel.bands(sites[:-1], sites[1:], np.full(len(kept) - 1, 4)).usual_s
    new = np.diff(at_s) > np.minimum(usual, 2 * NEW_TRIP_S) + NEW_TRIP_S
    return Way(np.concatenate([[0], np.cumsum(new)]).astype(np.int64), np.array(sites, dtype=np.int64), at_s)


def _nearby(session: Session, kept: Sequence[Reading]) -> _Found:
    """Read who passed near the readings, from the index of cameras alone."""
    beside = _facing_alike(session, kept)
    widest = timedelta(seconds=max(WINDOWS_S))
    asked = [
        (j, camera, reading.at - widest, reading.at + widest)
        for j, reading in enumerate(kept)
        for camera in beside[reading.camera_id]
    ]
    time = SightingRow.__table__.c.seen_at.type
    named = (("reading", Integer()), ("camera", Integer()), ("since", time), ("until", time))
    window = listed(session, asked, named)
    passes = select(SightingRow.camera_id, SightingRow.seen_at, SightingRow.plate).where(
        SightingRow.camera_id == window.c.camera,
        SightingRow.seen_at >= window.c.since,
        SightingRow.seen_at <= window.c.until,
        SightingRow.plate.is_not(None),
    )
    rows = [
        (row.reading, row.camera_id, row.seen_at, row.plate)
        for row in session.execute(for_each(session, window, passes))
    ]
    return _Found(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([row[1] for row in rows], dtype=np.int64),
        np.array([row[2].timestamp() for row in rows], dtype=np.float64),
        np.array([row[3] for row in rows], dtype=str),
    )


def _facing_alike(session: Session, kept: Sequence[Reading]) -> dict[int, list[int]]:
    """Return, for each camera of the readings, the cameras of its site that look the same way."""
    sites = {reading.camera_id: reading.site for reading in kept}
    cameras = session.execute(
        select(Camera.id, Camera.point_id, Camera.heading_deg).where(
            Camera.point_id.in_({site for site in sites.values() if site > 0}) | Camera.id.in_(set(sites))
        )
    ).all()
    heading = {row.id: row.heading_deg for row in cameras}
    found: dict[int, list[int]] = {}
    for camera, site in sites.items():
        near = [
            row.id
            for row in cameras
            if row.point_id == site and _turn(row.heading_deg, heading[camera]) <= FACING_DEG
        ]
        found[camera] = sorted({camera, *near})
    return found


def _turn(one: float | None, other: float | None) -> float:
    if one is None or other is None:
        return 180.0
    return abs((one - other + 180.0) % 360.0 - 180.0)


def _passes(
    session: Session, plates: Sequence[str], kept: Sequence[Reading]
) -> dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Read when the candidates passed the places of the case's vehicle in its whole period, in order."""
    site_of = {reading.camera_id: reading.site for reading in kept}
    rows = session.execute(
        select(SightingRow.plate, SightingRow.camera_id, SightingRow.seen_at)
        .where(SightingRow.plate.in_(plates), SightingRow.camera_id.in_(set(site_of)))
        .where(
            SightingRow.seen_at >= kept[0].at - timedelta(days=1),
            SightingRow.seen_at <= kept[-1].at + timedelta(days=1),
        )
        .order_by(SightingRow.plate, SightingRow.seen_at)
    ).all()
    found: dict[str | None, tuple[list[int], list[float]]] = {}
    for plate, camera, seen_at in rows:
        places, times = found.setdefault(plate, ([], []))
        places.append(site_of[camera])
        times.append(seen_at.timestamp())
    return {str(plate): (np.array(p, dtype=np.int64), np.array(t)) for plate, (p, t) in found.items()}


def _told(session: Session, near: _Near, k: int, p: float, expected: float) -> Companion:
    mine = np.flatnonzero(near.met.candidate == k)
    rows = near.rows[mine]
    lag_s = near.met.lag_s[mine]
    order = np.argsort(near.found.at_s[rows])
    rows, lag_s = rows[order], lag_s[order]
    texts = set(near.found.text[rows].tolist())
    names = _sighting_ids(session, near.found, rows)
    listed = tuple(
        Encounter(near.kept[j].sighting, name, float(lag), near.kept[j].at, near.kept[j].camera)
        for j, name, lag in zip(near.found.reading[rows].tolist(), names, lag_s.tolist(), strict=True)
    )
    return Companion(
        plate=near.texts[k],
        encounters=len(np.unique(near.way.trip[near.found.reading[rows]])),
        points=near._points(k),
        expected=expected,
        significance=p,
        lag_s=float(np.median(lag_s)),
        last_seen_at=listed[-1].at,
        reads=tuple(sorted(texts - {near.texts[k]})),
        encounters_list=listed,
    )


def _sighting_ids(session: Session, found: _Found, rows: NDArray[np.int64]) -> list[str]:
    """Return the ids of the passes in the given rows."""
    texts = sorted(set(found.text[rows].tolist()))
    at_s = found.at_s[rows]
    since, until = (datetime.fromtimestamp(float(s), tz=UTC) for s in (at_s.min() - 1, at_s.max() + 1))
    known = session.execute(
        select(SightingRow.id, SightingRow.camera_id, SightingRow.seen_at).where(
            SightingRow.plate.in_(texts), SightingRow.seen_at >= since, SightingRow.seen_at <= until
        )
    ).all()
    by_pass = {(row.camera_id, round(row.seen_at.timestamp(), 3)): row.id for row in known}
    return [by_pass[int(found.camera[i]), round(float(found.at_s[i]), 3)] for i in rows.tolist()]
