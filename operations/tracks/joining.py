"""Joining: which sightings of other plate texts are this vehicle, misread. Judged by time, road and looks.

A text that lives a life of its own, with sightings that cannot be this vehicle's, is no misread.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import bindparam, select

from operations.quarantine import in_force
from operations.reads.errors import ReadErrors, Slip, read_errors
from operations.store import Session
from operations.tables import PlateRow
from operations.tracks.legs import course_of
from operations.tracks.readings import MOST_READINGS, Reading, find_rows, in_order
from operations.tracks.sites import sites
from operations.tracks.travel import TravelTimes, travel_times

THERE = select(PlateRow.text).where(PlateRow.text.in_(bindparam("texts", expanding=True)))
LEAST_LIKELY = 1e-4
"""A text that the plate is read as more rarely than this is not looked for."""
JUDGED_OVER = timedelta(days=14)
"""Whether a text lives its own life is judged over so long at least, around what was asked."""
ON_TRIP_S = 600.0
"""A misread lies within a drive: so near (beyond the slowest drive) to a sure reading before or after it."""
LEAST_FITTING = 0.6
"""Of a text's sightings, what must be possible as this vehicle's; else it is another's."""
LEAST_LOOK = 0.1
"""A colour or class that so many of the sure readings show fits."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which readings: of a plate, seen from `since` until before `until`, the newest `most`."""

    plate: str
    since: datetime
    until: datetime
    fuzzy: bool = True
    most: int = MOST_READINGS


@dataclass(frozen=True, slots=True)
class Misread:
    """How probable it is that the plate is read as some text, and why."""

    probability: float
    why: tuple[Slip, ...]


def readings_of(session: Session, asked: Asked) -> list[Reading]:
    """Return the readings of a plate in order of time, likely misreads of it among them. Raises NoCounty."""
    here, doubts = sites(session), in_force(session)
    if not asked.fuzzy:
        return in_order(find_rows(session, [asked.plate], asked.since, asked.until, asked.most), here, doubts)
    more = max(timedelta(0), JUDGED_OVER - (asked.until - asked.since)) / 2
    since, until = asked.since - more, asked.until + more
    misreads = _misreads(session, asked.plate)
    # One search for all: on PostgreSQL most of its time goes to planning over the days' partitions.
    most = asked.most + (MOST_READINGS if misreads else 0)
    rows = find_rows(session, [asked.plate, *misreads], since, until, most)
    exact = in_order((row for row in rows if row.plate == asked.plate), here, doubts)
    others = in_order((row for row in rows if row.plate != asked.plate), here, doubts, misreads)
    joined = join(exact, others, travel_times(session)) if others else []
    found = [reading for reading in [*exact, *joined] if asked.since <= reading.at < asked.until]
    return sorted(found, key=lambda reading: (reading.at, reading.sighting))[-asked.most :]


def join(exact: Sequence[Reading], others: Sequence[Reading], travel: TravelTimes) -> list[Reading]:
    """Return those of the other texts' readings (both in order of time) that are the vehicle's, misread.

    They must lie within a drive of its exact readings, be possible between them, and look alike; and so must
    most sightings of the same text.
    """
    sure = [reading for reading in exact if reading.quarantined is None]
    if not sure or not others:
        return []
    fits = _possible(sure, others, travel) & _alike(sure, others)
    of_text: dict[str, list[int]] = {}
    for i, reading in enumerate(others):
        of_text.setdefault(reading.plate, []).append(i)
    return [
        others[i]
        for places in of_text.values()
        if fits[places].mean() >= LEAST_FITTING
        for i in places
        if fits[i]
    ]


def _misreads(session: Session, plate: str) -> dict[str, Misread]:
    """Return the texts that the plate is likely read as and that some sighting carries."""
    errors: ReadErrors = read_errors(session)
    likely = {text: p for text, p in errors.likely_reads(plate, LEAST_LIKELY).items() if text != plate}
    there = session.scalars(THERE, {"texts": list(likely)})
    return {text: Misread(likely[text], errors.why(text, plate)) for text in there}


def _possible(sure: Sequence[Reading], others: Sequence[Reading], travel: TravelTimes) -> NDArray[np.bool_]:
    """Return which readings the vehicle can have been at between its sure ones, on a drive."""
    anchors, asked = course_of(sure, travel), course_of(others, travel)
    after = np.searchsorted(anchors.at_s, asked.at_s, side="right")
    possible, on_trip = np.ones(len(others), dtype=bool), np.zeros(len(others), dtype=bool)
    for near in (after - 1, after):
        there = (near >= 0) & (near < len(sure))
        anchor = near[there]
        back = anchors.at_s[anchor] <= asked.at_s[there]
        start = np.where(back, anchors.position[anchor], asked.position[there])
        end = np.where(back, asked.position[there], anchors.position[anchor])
        bands = travel.bands_at(start, end, asked.hour[there])
        seconds = np.abs(asked.at_s[there] - anchors.at_s[anchor])
        slack = asked.error_s[there] + anchors.error_s[anchor]
        possible[there] &= seconds + slack >= bands.shortest_s
        on_trip[there] |= seconds <= bands.slow_s + ON_TRIP_S
    return possible & on_trip


def _alike(sure: Sequence[Reading], others: Sequence[Reading]) -> NDArray[np.bool_]:
    """Return which readings look as the sure ones do; a colour that could not be told fits any."""
    kinds, colours = _usual(r.vehicle_class for r in sure), _usual(r.colour for r in sure if r.colour)
    return np.array(
        [
            reading.vehicle_class in kinds and (not colours or reading.colour in (None, *colours))
            for reading in others
        ]
    )


def _usual(values: Iterable[Any]) -> set[Any]:
    counts = Counter(values)
    return {value for value, many in counts.items() if many >= LEAST_LOOK * counts.total()}
