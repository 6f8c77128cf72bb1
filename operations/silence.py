"""Silence: cameras that look well and see far less than they usually do at this hour of the week.

The counting is in camera_hours.py, the statistics in usual.py, the words in silence_words.py; here
cameras are put into the state `silent` and back.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from operations import usual
from operations.camera_hours import Count, counts_of, counts_since, first_hours
from operations.camera_states import Report, change_state, live_cameras
from operations.events import Event
from operations.silence_words import CODES, Lack, said
from operations.store import Session
from operations.tables import Camera
from operations.usual import Calendar, Usual, Window

AT_ONCE = 200
BUSY = 10.0
"""A camera that usually sees as many in a window has a say in how quiet the county is."""

What = Literal["seen", "read"]
"""Vehicles seen, and plates read: a camera may see well and read nothing."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a window holds and usually holds of what a camera counts."""

    window: Window
    count: int
    usual: Usual


Known = dict[What, list[Held]]
"""Of one camera: every window whose usual is known, the shortest first."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a round brought: events to publish, and (seen, usual or None) of the last hour by camera id."""

    told: list[Event]
    last_hour: dict[int, tuple[int, float | None]]


def judge_reads(session: Session, now: datetime, zone: tzinfo) -> Judged:
    """Put cameras that see far too little into `silent`, and those that see enough again back online."""
    cameras: Sequence[Camera] = session.scalars(live_cameras()).all()
    known: dict[int, Known] = {}
    judged = Judged([], {})
    for start in range(0, len(cameras), AT_ONCE):
        some = cameras[start : start + AT_ONCE]
        found, last_hour = _look_up(session, some, now, zone)
        known |= found
        for camera in some:
            hour = [held.usual.mean for held in found[camera.id]["seen"] if held.window.length_h == 1.0]
            judged.last_hour[camera.id] = last_hour[camera.id].seen, round(hour[0], 1) if hour else None
    well = [camera for camera in cameras if camera.state in ("online", "silent")]
    shares = {what: _county_shares(known[camera.id][what] for camera in well) for what in CODES}
    for camera in well:
        report = _verdict(camera, known[camera.id], shares, (now, zone))
        if report and report.state != camera.state:
            judged.told.append(change_state(camera, report, now))
        elif report:
            camera.state_reason, camera.state_why = report.reason, report.why
    return judged


def _verdict(
    camera: Camera,
    known: Known,
    shares: Mapping[What, Mapping[float, float]],
    when: tuple[datetime, tzinfo],
) -> Report | None:
    """Return what is now to be said of a camera; None: it stays as it is."""
    silent_about = (camera.state_why or {}).get("code") if camera.state == "silent" else None
    since = None if camera.state == "silent" else camera.state_since
    for what, code in CODES.items():
        held = _deciding(known[what], shares[what], since, when[0])
        if held is None:
            if code == silent_about:
                return None
            continue
        too_few = usual.far_too_few(held.count, held.usual)
        if too_few or (code == silent_about and held.count < usual.ENOUGH_AGAIN * held.usual.mean):
            lack = Lack(what, held.count, held.usual, held.window.length_h, _vehicles(known, held.window))
            return said(lack, *when)
    return Report("online", None) if silent_about else None


def _deciding(
    holds: Sequence[Held], shares: Mapping[float, float], since: datetime | None, now: datetime
) -> Held | None:
    """Return the shortest window, watched from end to end, in which seeing nothing could be no chance."""
    for held in holds:
        if since is not None and now - timedelta(hours=held.window.length_h) < since:
            return None
        expected = held.usual.times(shares.get(held.window.length_h, 1.0))
        if usual.can_judge(expected):
            return Held(held.window, held.count, expected)
    return None


def _county_shares(known: Iterable[Sequence[Held]]) -> dict[float, float]:
    """Return, by length of window, what share of the usual all cameras together see: holidays, snow."""
    ratios: dict[float, list[float]] = defaultdict(list)
    for holds in known:
        for held in holds:
            if held.usual.mean >= BUSY:
                ratios[held.window.length_h].append(held.count / held.usual.mean)
    return {length_h: usual.county_share(found) for length_h, found in ratios.items()}


def _vehicles(known: Known, window: Window) -> int:
    return next((held.count for held in known["seen"] if held.window == window), 0)


def _look_up(
    session: Session, cameras: Sequence[Camera], now: datetime, zone: tzinfo
) -> tuple[dict[int, Known], dict[int, Count]]:
    """Return what the windows of each camera hold and usually hold, and what it counted in the last hour."""
    ids, windows = [camera.id for camera in cameras], usual.windows(now)
    first = first_hours(session, ids)
    calendars = {camera.id: usual.calendar(now, zone, _blind_since(camera, now)) for camera in cameras}
    young = any(now - hour < timedelta(weeks=usual.LEAST_WEEKS + 1) for hour in first.values())
    counts = counts_of(session, ids, _hours(windows, calendars.values(), young))
    quarter, hour = counts_since(session, ids, [now - timedelta(hours=w.length_h) for w in windows[:2]])
    recent = {0.25: quarter, 1.0: hour}
    known: dict[int, Known] = {}
    for camera in cameras:
        known[camera.id] = {"seen": [], "read": []}
        for what, holds in known[camera.id].items():
            past = _Past(counts[camera.id], what)
            for window in windows if camera.id in first else ():
                expected = usual.usual_of(window, past, first[camera.id], calendars[camera.id])
                if expected:
                    exact = recent.get(window.length_h)
                    count = getattr(exact.get(camera.id, Count()), what) if exact else past.whole(window)
                    holds.append(Held(window, count, expected))
    return known, {camera.id: hour.get(camera.id, Count()) for camera in cameras}


@dataclass(frozen=True, slots=True)
class _Past:
    """One camera's counts of one thing, by hour."""

    counts: Mapping[datetime, Count]
    what: What

    def __call__(self, hour: datetime) -> int:
        found = self.counts.get(hour)
        return getattr(found, self.what) if found else 0

    def whole(self, window: Window) -> int:
        return sum(self(hour) for hour, _ in window.parts)


def _hours(windows: Sequence[Window], calendars: Iterable[Calendar], young: bool) -> list[datetime]:
    """Return every hour that the windows and their past lie in; days only where weeks are too few."""
    hours = {hour for window in windows for hour, _ in window.parts}
    past = {
        usual.same_time(hour, days, calendar.zone)
        for calendar in set(calendars)
        for days in calendar.weeks + (calendar.days if young else ())
        for hour in hours
    }
    return sorted(hours | past)


def _blind_since(camera: Camera, now: datetime) -> datetime:
    return camera.state_since if camera.state == "silent" and camera.state_since else now
