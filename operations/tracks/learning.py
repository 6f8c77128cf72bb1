"""Learning the county's traffic: closed hours of sightings become counts between sites, and counts, times.

Counts hold no plate. Counting once only is kept by `learned_until`, in the same transaction.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import delete, func, select

from operations.quarantine import in_force
from operations.store import Engine, Session, add_amounts, reading, take_turn, writing
from operations.tables import Camera, LearnedTraffic, LearnedUntil, Movement, SightingRow, Turn
from operations.tracks.counting import Counts, Passes, count
from operations.tracks.learned import Histogram, traffic_of
from operations.tracks.sites import Sites, sites
from operations.tracks.travel import LONGEST_S, TRAFFIC, weight_at

log = logging.getLogger(__name__)

LATE = timedelta(minutes=10)
"""Sightings come this much late; those that come later still are not counted."""
LONGEST = timedelta(seconds=LONGEST_S)
AROUND = LONGEST + timedelta(minutes=10)
"""What is read before and after a stretch, for what came before and what comes next."""
ROWS_AT_ONCE = 400_000
MOST_HOURS, SAMPLED_HOURS = 12, 6
READ_AT_ONCE = 20_000
FITTED_EVERY = timedelta(hours=6)
"""Times are worked out anew when so much more was counted."""
FORGOTTEN_BELOW = 0.05
"""What faded to less than so much of one vehicle is deleted."""
LEAST_PLATE = 6
"""Shorter texts are no plates: several vehicles are read so."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Learned:
    """What one step counted: sightings read, up to when; whether travel times were worked out anew."""

    sightings: int
    until: datetime
    fitted: bool


def learn(engine: Engine, now: datetime) -> Learned | None:
    """Count the next stretch of closed hours: half a day, about ROWS_AT_ONCE sightings at most; None: done.

    Reads before it writes, so that nobody waits; where another worker counted the same meanwhile, its counts
    stay. Raises NoCounty.
    """
    last = _last_closed(now)
    with reading(engine) as session:
        here, known = sites(session), _until(session)
        if known is not None and known >= last:
            return None  # as it is but once an hour
        first = _first_seen(session, known)
        if first is not None and first < last:
            since, until = known or first, _stretch_end(session, first, last)
            passes = _read(session, here, since, until)
            counts = count(passes, since.timestamp(), until.timestamp())
    if first is None or first >= last:
        if first is None:
            _fit_if_due(engine, timedelta(seconds=1))  # nothing waits: a finished past is fitted whole
        return None
    with writing(engine) as session:
        if not take_turn(session, TRAFFIC) or _until(session) != known:
            return None
        _add(session, counts, weight_at(since))
        session.merge(LearnedUntil(name=TRAFFIC, until=until))
        if until.date() != since.date():
            _forget(session, until)
    is_lagging = last - until > FITTED_EVERY
    return Learned(len(passes.vehicle), until, not is_lagging and _fit_if_due(engine, FITTED_EVERY))


def catch_up(engine: Engine, now: datetime, steps: int = 10_000) -> datetime | None:
    """Count stretch after stretch, `steps` at most; return up to when all is counted, None: nothing ever."""
    for _ in range(steps):
        if learn(engine, now) is None:
            break
    with reading(engine) as session:
        return _until(session)


def fit(engine: Engine) -> bool:
    """Work the travel times out of all that is counted; return whether anything was. Raises NoCounty."""
    with reading(engine) as session:
        here, until = sites(session), _until(session)
        if until is None:
            return False
        traffic = traffic_of(_histogram(session, weight_at(until)), here)
    row = LearnedTraffic(
        name=TRAFFIC, until=until, road_version=here.network.version, arrays=traffic.to_bytes()
    )
    with writing(engine) as session:
        session.merge(row)
    return True


def _fit_if_due(engine: Engine, every: timedelta) -> bool:
    """Fit when so much more is counted than was fitted, or the roads have changed."""
    with reading(engine) as session:
        here, until = sites(session), _until(session)
        last = session.get(LearnedTraffic, TRAFFIC)
        if until is None:
            return False
        if last is not None and last.road_version == here.network.version and until - last.until < every:
            return False
    return fit(engine)


def _last_closed(now: datetime) -> datetime:
    """Return up to when departures can be counted: their next sighting would have come."""
    return (now - LONGEST - LATE).astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _stretch_end(session: Session, first: datetime, last: datetime) -> datetime:
    """Return the end of the stretch that begins at the hour `first`: by how many its first hours hold."""
    sampled = _in(select(func.count()).select_from(Camera), first, first + SAMPLED_HOURS * HOUR)
    an_hour = max(session.scalar(sampled) or 0, 1) / SAMPLED_HOURS
    hours = int(np.clip(ROWS_AT_ONCE / an_hour - 4, 1, MOST_HOURS))
    return min(first + hours * HOUR, last)


def _first_seen(session: Session, known: datetime | None) -> datetime | None:
    """Return the hour of the first sighting not counted yet; None: there is none."""
    first = select(func.min(SightingRow.seen_at)).where(SightingRow.camera_id == Camera.id)
    if known is not None:
        first = first.where(SightingRow.seen_at >= known)
    found = session.scalar(select(func.min(first.correlate(Camera).scalar_subquery())))
    return found.astimezone(UTC).replace(minute=0, second=0, microsecond=0) if found else None


def _in(wanted: Any, since: datetime, until: datetime) -> Any:
    """Join the sightings of a stretch camera by camera: the index on (camera, time, plate) has all of it."""
    joined = wanted.join(SightingRow, SightingRow.camera_id == Camera.id)
    return joined.where(
        SightingRow.seen_at >= since, SightingRow.seen_at < until, SightingRow.plate.is_not(None)
    )


def _read(session: Session, here: Sites, since: datetime, until: datetime) -> Passes:
    """Return the sightings of a stretch and around it as arrays; plates become numbers, and are forgotten.

    A plate that was not read whole is nobody's; what is in quarantine did not drive there.
    """
    wanted = select(SightingRow.camera_id, SightingRow.seen_at, SightingRow.plate).select_from(Camera)
    rows = session.execute(
        _in(wanted, since - AROUND, until + AROUND).execution_options(yield_per=READ_AT_ONCE)
    )
    doubts, known = in_force(session), here.camera_sites
    numbers: dict[str, int] = {}
    parts: list[tuple[Any, Any, Any]] = []
    for part in _parts(rows):
        kept = [
            (numbers.setdefault(plate, len(numbers)), camera, seen_at.timestamp())
            for camera, seen_at, plate in part
            if len(plate) >= LEAST_PLATE
            and "-" not in plate
            and (camera not in doubts.doubts or doubts.holds(camera, plate, None, seen_at) is None)
        ]
        if kept:
            vehicle, camera, at_s = zip(*kept, strict=True)
            site = known[np.array(camera)]
            parts.append((np.array(vehicle, dtype=np.int64), site, np.array(at_s)))
    if not parts:
        return Passes(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))
    vehicles, places, times = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Passes(vehicles, places, times)


def _parts(rows: Any) -> Iterator[Any]:
    yield from rows.partitions(READ_AT_ONCE)


def _add(session: Session, counts: Counts, weight: float) -> None:
    """Add counts, in one order in every worker."""
    movements = [
        {"from_site": start, "to_site": end, "hour": hour, "bin": number, "count": weight * many}
        for (start, end, hour, number), many in zip(
            counts.movements.tolist(), counts.moved.tolist(), strict=True
        )
    ]
    add_amounts(session, Movement, movements, ("count",))
    turns = [
        {"previous_site": before, "from_site": start, "to_site": end, "part": part, "count": weight * many}
        for (before, start, end, part), many in zip(
            counts.turns.tolist(), counts.turned.tolist(), strict=True
        )
    ]
    add_amounts(session, Turn, turns, ("count",))


def _until(session: Session) -> datetime | None:
    return session.scalar(select(LearnedUntil.until).where(LearnedUntil.name == TRAFFIC))


def _forget(session: Session, now: datetime) -> None:
    """Delete what has faded."""
    least = FORGOTTEN_BELOW * weight_at(now)
    session.execute(delete(Movement).where(Movement.count < least))
    session.execute(delete(Turn).where(Turn.count < least))


def _histogram(session: Session, weight: float) -> Histogram:
    """Return all movements between two sites, weighed as of the time whose vehicle counts `weight`."""
    rows = session.execute(
        select(Movement.from_site, Movement.to_site, Movement.hour, Movement.bin, Movement.count)
        .where(Movement.to_site != 0, Movement.to_site != Movement.from_site)
        .execution_options(yield_per=READ_AT_ONCE)
    )
    parts = [np.array(part, dtype=np.float64) for part in _parts(rows)]
    table = np.concatenate(parts) if parts else np.zeros((0, 5))
    start, end, hour, number = table[:, :4].astype(np.int64).T
    return Histogram(start, end, hour, number, table[:, 4] / weight)
