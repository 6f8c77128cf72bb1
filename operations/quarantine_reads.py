"""What was read, as the judges of doubts/ need it: by index, the last hours and days, of bounded size."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Row, case, exists, func, select

from operations.doubts import phantoms
from operations.doubts.clocks import Pairs, close_reads
from operations.doubts.phantoms import LEAST_VISITS, Reads, Usual, Visits
from operations.store import Session
from operations.tables import CameraHour, Movement, PlateRow, SightingRow
from operations.tracks.sites import Sites, sites
from operations.tracks.travel import hour_of, travel_times

A_DAY = timedelta(days=1)
LOOK_BACK = timedelta(days=7)
LEAST_READS = 6
"""Texts read fewer times are no suspects."""
SUSPECTS_AT_MOST = 30
"""Of one camera in one round: those read most."""
SAMPLE_AT_MOST = 40
TEXTS_AT_ONCE = 400
READS_OF_A_CAMERA = 10_000
"""Of a quiet camera more than the last day is looked at, up to LOOK_BACK, until there are so many."""
READS_AT_MOST = 2_000
"""Of one text in LOOK_BACK."""
CLOCK_SPAN = timedelta(hours=2)
CLOCK_ROWS = 150_000
OF_A_CAMERA = 400
OF_A_LANE = 100

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A text that one camera reads often, ready to be judged; reads: within the time that `usual` is of."""

    camera_id: int
    text: str
    reads: int
    visits: Visits
    usual: Usual


@dataclass(frozen=True, slots=True)
class Busy:
    """A camera that reads plates, and since when it is looked at: a day ago, a quiet one up to a week."""

    camera_id: int
    site: int
    since: datetime
    until: datetime


def busy_cameras(session: Session, cameras: Collection[int], now: datetime) -> list[Busy]:
    """Return those of some cameras that read plates in the last day."""
    here = sites(session)
    wanted = select(CameraHour.camera_id, func.sum(CameraHour.read)).where(CameraHour.hour >= now - A_DAY)
    wanted = wanted.group_by(CameraHour.camera_id).order_by(CameraHour.camera_id)
    return [
        Busy(camera_id, here.site_of_camera[camera_id], now - _span(reads), now)
        for camera_id, reads in session.execute(wanted)
        if reads and camera_id in cameras and camera_id in here.site_of_camera
    ]


def phantom_suspects(session: Session, cameras: Iterable[Busy]) -> list[Suspect]:
    """Return the texts that cameras read often and others hardly, with what is usual there."""
    return [suspect for camera in cameras for suspect in _suspects_at(session, camera)]


def _suspects_at(session: Session, camera: Busy) -> Iterator[Suspect]:
    texts = _read_again(session, camera)
    often = [text for text, count in texts.items() if count >= LEAST_READS][:SUSPECTS_AT_MOST]
    named = _hardly_elsewhere(session, often, camera)
    if not named:
        return
    sample = [text for text, count in texts.items() if count < LEAST_READS][:SAMPLE_AT_MOST]
    if len(sample) < SAMPLE_AT_MOST:
        sample += _read_once(session, camera, SAMPLE_AT_MOST - len(sample))
    reads = _reads_of(session, [*named, *sample], camera)
    ordinary = [reads[text] for text in sample if text in reads]
    usual = phantoms.usual_of(
        _per_text(session, camera, leave_out=len(often)),
        [phantoms.visits_of(of) for of in ordinary],
        _linked_by_traffic(session, camera.site),
        np.array([of.look[of.here][0] for of in ordinary if of.here.any()], dtype=np.int64),
    )
    if usual is None:
        return
    for text in named:
        visits = phantoms.visits_of(reads[text])
        if visits.count >= LEAST_VISITS:
            yield Suspect(camera.camera_id, text, texts[text], visits, usual)


def read_last(session: Session, camera_id: int, text: str, since: datetime) -> datetime | None:
    """Return when a camera read a text last; None: not since then."""
    wanted = select(func.max(SightingRow.seen_at)).where(SightingRow.plate == text)
    return session.scalar(wanted.where(SightingRow.seen_at >= since, SightingRow.camera_id == camera_id))


def read_pairs(session: Session, now: datetime) -> tuple[Pairs, Pairs]:
    """Return the pairs of reads of one plate at two sites lately, with times as learned and by road.

    By road are all of them; as learned, those of pairs of sites that the traffic has taught.
    """
    travel = travel_times(session)
    here = travel.sites
    camera, at_s, vehicle = _lately(session, now, here)
    site = here.camera_sites[camera]
    first, second = close_reads(vehicle, at_s, site)
    one, other = here.positions(site[first]), here.positions(site[second])
    hours = np.full(len(one), hour_of(now))
    there, back = travel.bands_at(one, other, hours), travel.bands_at(other, one, hours)
    factor = travel.traffic.hour_factor[hours]
    apart_s = at_s[second] - at_s[first]
    known = there.learned | back.learned
    return (
        Pairs(
            camera[first][known],
            camera[second][known],
            apart_s[known],
            there.usual_s[known],
            back.usual_s[known],
        ),
        Pairs(
            camera[first],
            camera[second],
            apart_s,
            travel.road_seconds_at(one, other) * factor,
            travel.road_seconds_at(other, one) * factor,
        ),
    )


def lane_counts(session: Session, cameras: Iterable[Busy]) -> dict[int, dict[int, tuple[int, int]]]:
    """Return, by camera and lane, how many texts were read lately, and how many of them nowhere else."""
    found: dict[int, dict[int, tuple[int, int]]] = {}
    for camera in cameras:
        by_lane = _texts_by_lane(session, camera)
        if len(by_lane) < 2:
            continue
        known = _read_elsewhere(session, {text for of in by_lane.values() for text in of}, camera)
        found[camera.camera_id] = {lane: (len(of), len(of - known)) for lane, of in by_lane.items()}
    return found


def _span(reads_in_a_day: int) -> timedelta:
    return max(A_DAY, min(LOOK_BACK, A_DAY * (READS_OF_A_CAMERA / reads_in_a_day)))


def _read_again(session: Session, camera: Busy) -> dict[str, int]:
    """Return the texts that a camera read at least twice, the most often read first."""
    count = func.count()
    wanted = select(SightingRow.plate, count).where(*_by(camera)).group_by(SightingRow.plate)
    rows = session.execute(wanted.having(count >= 2).order_by(count.desc(), SightingRow.plate))
    # What could not be read to the end is shared by many vehicles.
    return {text: times for text, times in rows if text and "-" not in text}


def _read_once(session: Session, camera: Busy, most: int) -> list[str]:
    """Return some texts that a quiet camera read once only."""
    wanted = select(SightingRow.plate).where(*_by(camera)).group_by(SightingRow.plate)
    once = session.scalars(wanted.having(func.count() == 1).order_by(SightingRow.plate).limit(most))
    return [text for text in once if text and "-" not in text]


def _hardly_elsewhere(session: Session, texts: Sequence[str], camera: Busy) -> list[str]:
    """Return those of the texts that other cameras read less than half as often: others are vehicles."""
    here = func.sum(case((SightingRow.camera_id == camera.camera_id, 1), else_=0))
    found: list[str] = []
    for part in _parts(texts):
        wanted = select(SightingRow.plate, here, func.count()).where(SightingRow.plate.in_(part))
        wanted = wanted.where(SightingRow.seen_at >= camera.until - LOOK_BACK).group_by(SightingRow.plate)
        found += [text for text, own, all_of_it in session.execute(wanted) if text and all_of_it < 1.5 * own]
    return found


def _per_text(session: Session, camera: Busy, leave_out: int) -> Ints:
    """Return how many texts a camera read once, twice, … without the most often read."""
    each = select(func.count().label("times")).where(*_by(camera)).group_by(SightingRow.plate)
    times = each.subquery()
    rows = session.execute(select(times.c.times, func.count()).group_by(times.c.times)).all()
    found = np.zeros(max((row[0] for row in rows), default=0), dtype=np.int64)
    for times_read, texts in rows:
        found[times_read - 1] = texts
    for _ in range(min(leave_out, int(found.sum()))):
        found[np.flatnonzero(found)[-1]] -= 1
    return found


def _by(camera: Busy) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for the plates that a camera read in its time."""
    within = SightingRow.seen_at.between(camera.since, camera.until)
    return SightingRow.camera_id == camera.camera_id, within, SightingRow.plate.is_not(None)


def _reads_of(session: Session, texts: Sequence[str], camera: Busy) -> dict[str, Reads]:
    """Return all reads of texts in LOOK_BACK: at a camera, and at other sites than its own."""
    here = sites(session)
    rows: dict[str | None, list[Any]] = defaultdict(list)
    for part in _parts(texts):
        wanted = select(
            SightingRow.plate,
            SightingRow.camera_id,
            SightingRow.seen_at,
            SightingRow.vehicle_class,
            SightingRow.colour,
            SightingRow.box,
        ).where(SightingRow.plate.in_(part))
        within = SightingRow.seen_at.between(camera.until - LOOK_BACK, camera.until)
        for row in session.execute(wanted.where(within)):
            own = row.camera_id == camera.camera_id
            counts = own or here.site_of_camera.get(row.camera_id) != camera.site
            if counts and len(rows[row.plate]) < READS_AT_MOST:
                rows[row.plate].append(row)
    return {text: _as_reads(of, camera.camera_id) for text, of in rows.items() if text}


def _as_reads(rows: Sequence[Row[Any]], camera_id: int) -> Reads:
    order = sorted(rows, key=lambda row: row.seen_at)
    return Reads(
        at_s=np.array([row.seen_at.timestamp() for row in order]),
        here=np.array([row.camera_id == camera_id for row in order], dtype=bool),
        look=np.array([_look(row.vehicle_class, row.colour) for row in order], dtype=np.int64),
        box=np.array([row.box or [np.nan] * 4 for row in order], dtype=np.float64).reshape(-1, 4),
    )


def _look(vehicle_class: str, colour: str | None) -> int:
    """Return a number that stands for a class and a colour, the same for every camera and text."""
    return int.from_bytes(f"{vehicle_class}/{colour}".encode(), "big") % (2**61 - 1)


def _linked_by_traffic(session: Session, site: int) -> float | None:
    """Return which share of a site's vehicles the learned traffic saw again; None: not learned."""
    again = func.sum(case((Movement.to_site == 0, 0.0), else_=Movement.count))
    wanted = select(again, func.sum(Movement.count)).where(Movement.from_site == site)
    seen_again, total = session.execute(wanted).one()
    return float(seen_again / total) if total else None


def _lately(session: Session, now: datetime, here: Sites) -> tuple[Ints, NDArray[np.float64], Ints]:
    """Return camera, time and a number for the text of the newest reads, so far back as CLOCK_ROWS allow."""
    hours = select(func.sum(CameraHour.read)).where(CameraHour.hour >= now - CLOCK_SPAN)
    span = CLOCK_SPAN * min(1.0, CLOCK_ROWS / max(1, session.scalar(hours) or 0))
    wanted = select(SightingRow.camera_id, SightingRow.seen_at, SightingRow.plate)
    wanted = wanted.where(SightingRow.camera_id.in_(list(here.site_of_camera)))
    wanted = wanted.where(SightingRow.seen_at >= now - span, SightingRow.seen_at <= now)
    rows = session.execute(wanted.where(SightingRow.plate.is_not(None)).limit(CLOCK_ROWS)).all()
    numbers: dict[str, int] = {}
    return (
        np.array([row.camera_id for row in rows], dtype=np.int64),
        np.array([row.seen_at.timestamp() for row in rows], dtype=np.float64),
        np.array([numbers.setdefault(row.plate, len(numbers)) for row in rows], dtype=np.int64),
    )


def _texts_by_lane(session: Session, camera: Busy) -> dict[int, set[str]]:
    wanted = select(SightingRow.lane, SightingRow.plate).where(*_by(camera), SightingRow.lane.is_not(None))
    found: dict[int, set[str]] = defaultdict(set)
    for lane, text in session.execute(wanted.order_by(SightingRow.seen_at.desc()).limit(OF_A_CAMERA)):
        if lane is not None and text and len(found[lane]) < OF_A_LANE:
            found[lane].add(text)
    return found


def _read_elsewhere(session: Session, texts: set[str], camera: Busy) -> set[str]:
    """Return those of the texts that another camera read lately."""
    known: set[str] = set()
    by_another = exists().where(
        SightingRow.plate == PlateRow.text,
        SightingRow.seen_at >= camera.until - LOOK_BACK,
        SightingRow.camera_id != camera.camera_id,
    )
    for part in _parts(sorted(texts)):
        known |= set(session.scalars(select(PlateRow.text).where(PlateRow.text.in_(part), by_another)))
    return known


def _parts(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        yield texts[start : start + TEXTS_AT_ONCE]
