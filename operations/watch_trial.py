"""Watch trial: an entry tried on the sightings of the past month, as intake would have matched them.

It puts nothing in force and asks nobody's leave: who may look is in watch_preview.py.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import partial
from typing import Any

from sqlalchemy import Row, func, select

from operations import belief
from operations.belief import MONTH, Resemblance, Traffic
from operations.matching import LEAST_LIKELY, nearest_fit
from operations.quarantine import in_force
from operations.reads.errors import ReadErrors, Slip, read_errors
from operations.reads.patterns import is_plate, matches
from operations.reads.plate_index import PlateIndex, plate_index
from operations.store import Session
from operations.tables import Camera, SightingRow, WatchlistEntry
from operations.watch_conditions import Conditions, Passage

MOST_PLATES = 300
MOST_SIGHTINGS = 20_000
AT_ONCE = 100

Days = dict[tuple[str, date], float]
"""How probably a text, read on a day, is the entry's vehicle."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What is tried. zone: the site's, for days and hours."""

    pattern: str
    fuzzy: bool
    conditions: Conditions
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class TrialHit:
    """One sighting that would have been a hit. plate: the watched one; read: as it was read.

    probability: that it is the entry's vehicle; 1.0 where exact, and then `why` is empty.
    """

    plate: str
    read: str
    at: datetime
    probability: float
    why: tuple[Slip, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """All hits in order of time. held: sightings that a quarantine keeps from being hits.

    truncated: more texts fit than were looked at, or more sightings were found; then the newest are counted.
    """

    hits: Sequence[TrialHit]
    held: int
    truncated: bool


def trial(session: Session, tried: Tried, now: datetime) -> Trial:
    """Return what the entry would have hit in the month before `now`."""
    index, errors = plate_index(session), read_errors(session)
    exact = [likely.text for likely in index.search(tried.pattern, None, most=MOST_PLATES)]
    resembling = _resembling(index, tried, errors)
    rows, cut = _sightings(session, [*exact, *(each.read for each in resembling)], now)
    per_day = Counter((row.plate, _day(row, tried)) for row in rows)
    days: Days = {key: 1.0 for key in per_day if key[0] in set(exact)}
    days |= _believed_days(session, resembling, per_day, errors, now)
    hits, held = [], 0
    doubted, watched = in_force(session), {each.read: each.plate for each in resembling}
    for row in rows:
        probability = days.get((row.plate, _day(row, tried)), 0.0)
        if not probability or tried.conditions.contradicted_by(_passage(row, tried)):
            continue
        if doubted.holds_alert(row.camera_id, row.plate, row.lane, row.seen_at) is not None:
            held += 1
            continue
        plate = watched.get(row.plate, row.plate)
        hits.append(TrialHit(plate, row.plate, row.seen_at, probability, errors.why(row.plate, plate)))
    truncated = cut or index.count(tried.pattern) > len(exact) or len(resembling) == MOST_PLATES
    return Trial(sorted(hits, key=lambda hit: hit.at), held, truncated)


def _resembling(index: PlateIndex, tried: Tried, errors: ReadErrors) -> list[Resemblance]:
    """Return the texts that are likely misreads of the pattern, the likeliest first."""
    if not tried.fuzzy:
        return []
    fits, whole = partial(matches, tried.pattern), is_plate(tried.pattern)
    found = index.search(tried.pattern, errors, LEAST_LIKELY, 2 * MOST_PLATES)
    texts = [likely.text for likely in found if not fits(likely.text)]
    plates = [nearest_fit(tried.pattern, text) for text in texts]
    made = [
        Resemblance(text, plate, errors.probability(text, plate), fits, whole)
        for text, plate in zip(texts, plates, strict=True)
        if fits(plate)
    ]
    return [each for each in made if each.likelihood >= LEAST_LIKELY][:MOST_PLATES]


def _sightings(session: Session, texts: Sequence[str], now: datetime) -> tuple[list[Row[Any]], bool]:
    """Return the month's sightings of the texts, MOST_SIGHTINGS at most, and whether there are more."""
    columns = ("plate", "seen_at", "vehicle_class", "colour", "lane", "camera_id")
    wanted = select(*(getattr(SightingRow, name) for name in columns), Camera.lon, Camera.lat)
    wanted = wanted.join(Camera, Camera.id == SightingRow.camera_id)
    wanted = wanted.where(SightingRow.seen_at >= now - MONTH, SightingRow.seen_at < now)
    rows: list[Row[Any]] = []
    for first in range(0, len(texts), AT_ONCE):
        some = wanted.where(SightingRow.plate.in_(texts[first : first + AT_ONCE]))
        newest = some.order_by(SightingRow.seen_at.desc()).limit(MOST_SIGHTINGS + 1 - len(rows))
        rows.extend(session.execute(newest))
        if len(rows) > MOST_SIGHTINGS:
            return rows[:MOST_SIGHTINGS], True
    return rows, False


def _believed_days(
    session: Session,
    resembling: Sequence[Resemblance],
    per_day: Mapping[tuple[str, date], int],
    errors: ReadErrors,
    now: datetime,
) -> Days:
    """Weigh each text on each day that it was read: what was read on other days is its own life."""
    month: Counter[str] = Counter()
    for (text, _), count in per_day.items():
        month[text] += count
    active = select(func.count()).select_from(WatchlistEntry).where(WatchlistEntry.state == "active")
    expected = belief.expected_passes(session, session.scalar(active) or 0, now)
    traffic = {text: Traffic(count, count) for text, count in month.items()}
    by_read = {each.read: each for each in resembling}
    asked = []
    for (text, day), count in per_day.items():
        if text in by_read:
            there = {**traffic, text: Traffic(count, month[text] - count)}
            if belief.at_most(by_read[text], there, expected, errors) >= by_read[text].least:
                asked.append((by_read[text], day, there[text]))
    traffic |= belief.traffic_of(session, _truths(asked, errors) - traffic.keys(), now)
    weighed = {
        (each.read, day): belief.believed(each, {**traffic, each.read: own}, expected, errors)
        for each, day, own in asked
    }
    return {key: probability for key, probability in weighed.items() if probability >= by_read[key[0]].least}


def _truths(asked: Iterable[tuple[Resemblance, date, Traffic]], errors: ReadErrors) -> set[str]:
    return {text for each, _, _ in asked for text in errors.likely_truths(each.read, belief.LEAST_TRUTH)}


def _day(row: Row[Any], tried: Tried) -> date:
    local: datetime = row.seen_at.astimezone(tried.zone)
    return local.date()


def _passage(row: Row[Any], tried: Tried) -> Passage:
    local = row.seen_at.astimezone(tried.zone)
    return Passage(row.vehicle_class, row.colour, (row.lon, row.lat), local)
