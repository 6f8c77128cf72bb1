"""Doubts: why a check-in is not simply believed. Values in, reasons out; nothing is refused for them.

A phone can lie about its place and its clock. What was said is kept and shown beside the reasons, as
`[{"code", numbers}]`; people judge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from geo.coordinates import haversine_m

NEAR_M = 200.0
"""A team is at a stop within this distance, and as much more as its phone says it may be off."""
MOST_ACCURACY_M = 150.0  # a phone that says it knows nothing is not thereby near everything
FASTEST_KMH = {"car": 150.0, "motorcycle": 150.0, "foot": 25.0}
ROAD_HASTE = 0.5  # of the time at free flow: nobody is faster than that between two places, also with siren
LEAST_MOVE_M = 500.0  # below it, a place that jumps is no journey
CLOCK_OFF_S = 120.0
BACKWARDS_S = 5.0
BEFORE_ROUTE = timedelta(hours=1)
SAME_PLACE_TIMES = 3
LATEST_BELIEVED = timedelta(hours=48)

Doubt = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fix:
    """A place and when a phone was there (as we believe); accuracy_m: what the phone says it may be off."""

    at: datetime
    lon: float | None
    lat: float | None
    accuracy_m: float | None = None
    stop_id: int | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A phone's clock against ours. off_s: how far ahead it was when it sent; None: it did not say.

    phone_at: when it happened by the phone's clock. received_at: when it came, by ours.
    """

    phone_at: datetime
    received_at: datetime
    off_s: float | None


@dataclass(frozen=True, slots=True)
class Known:
    """What a check-in is judged by: the stop's place, when its route begins, and what the team said before.

    earlier: check-ins before it in the order they came, oldest first. last: where the unit was last known to
    be. drive_s: the drive from there at free flow; None: no road, or not looked for.
    """

    place: tuple[float, float] | None
    route_from: datetime | None
    earlier: Sequence[Fix]
    last: Fix | None
    drive_s: float | None = None
    vehicle: str = "car"


def believed_at(clock: Clock) -> datetime:
    """Return when it happened by our clock: the phone's time put right by how far off it was at sending.

    What would lie after its arrival, or days before it, is taken to have happened when it arrived.
    """
    at = clock.phone_at - timedelta(seconds=clock.off_s or 0.0)
    plausible = clock.received_at - LATEST_BELIEVED <= at <= clock.received_at
    return at if plausible else clock.received_at


def away_m(here: Fix, place: tuple[float, float] | None) -> float | None:
    """Return how far a fix is from a place; None without either."""
    if place is None or here.lon is None or here.lat is None:
        return None
    return float(haversine_m(here.lon, here.lat, *place))


def doubts(here: Fix, clock: Clock, known: Known) -> list[Doubt]:
    """Return every reason not to believe a check-in as it was said; none for most."""
    found = [
        _no_position(here, known),
        _too_far(here, known),
        _too_fast(here, known),
        _clock(here, clock, known),
        _repeated(here, known),
    ]
    return [doubt for doubt in found if doubt is not None]


def _no_position(here: Fix, known: Known) -> Doubt | None:
    return {"code": "no_position"} if known.place is not None and here.lon is None else None


def _too_far(here: Fix, known: Known) -> Doubt | None:
    away = away_m(here, known.place)
    limit_m = NEAR_M + min(here.accuracy_m or 0.0, MOST_ACCURACY_M)
    if away is None or away <= limit_m:
        return None
    return {"code": "too_far", "away_m": round(away), "limit_m": round(limit_m)}


def _too_fast(here: Fix, known: Known) -> Doubt | None:
    """Compare with where the unit was last: faster than anything drives, or than the roads allow."""
    last = known.last
    if last is None or last.lon is None or last.lat is None:
        return None
    moved_m = away_m(here, (last.lon, last.lat))
    if moved_m is None:
        return None
    sure_m = moved_m - (here.accuracy_m or 0.0) - (last.accuracy_m or 0.0)
    took_s = max((here.at - last.at).total_seconds(), 1.0)
    if sure_m < LEAST_MOVE_M:
        return None
    said = {"code": "too_fast", "moved_m": round(moved_m), "took_s": round(took_s)}
    if sure_m / took_s * 3.6 > FASTEST_KMH.get(known.vehicle, FASTEST_KMH["car"]):
        return said | {"kmh": round(sure_m / took_s * 3.6)}
    if known.drive_s is not None and took_s < known.drive_s * ROAD_HASTE:
        return said | {"drive_s": round(known.drive_s)}
    return None


def _clock(here: Fix, clock: Clock, known: Known) -> Doubt | None:
    """Say the first thing wrong with the phone's clock."""
    off_s = clock.off_s or 0.0
    at = clock.phone_at - timedelta(seconds=off_s)
    if abs(off_s) > CLOCK_OFF_S:
        return {"code": "clock", "why": "ahead" if off_s > 0 else "behind", "off_s": round(abs(off_s))}
    if (early_s := (at - clock.received_at).total_seconds()) > CLOCK_OFF_S:
        return {"code": "clock", "why": "future", "off_s": round(early_s)}
    if at < clock.received_at - LATEST_BELIEVED:
        return {"code": "clock", "why": "long_ago", "off_s": round(-early_s)}
    if known.route_from is not None and at < known.route_from - BEFORE_ROUTE:
        before_s = (known.route_from - at).total_seconds()
        return {"code": "clock", "why": "before_route", "off_s": round(before_s)}
    newest = max((one.at for one in known.earlier), default=None)
    if newest is not None and (back_s := (newest - here.at).total_seconds()) > BACKWARDS_S:
        return {"code": "clock", "why": "backwards", "off_s": round(back_s)}
    return None


def _repeated(here: Fix, known: Known) -> Doubt | None:
    """Say when the same digits come from several stops: a receiver differs, a typed place does not."""
    same = [here]
    for one in reversed(known.earlier):
        if here.lon is None or (one.lon, one.lat) != (here.lon, here.lat):
            break
        same.append(one)
    stops = {one.stop_id for one in same if one.stop_id is not None}
    if len(same) < SAME_PLACE_TIMES or len(stops) < 2:
        return None
    return {"code": "repeated", "times": len(same), "stops": len(stops)}
