"""A generated month whose vehicles drive one drive at a time, stored and learned: what is asked is known."""

import time
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo.travel_times import seconds_between
from operations.migrate import migrate
from operations.store import Engine, engine_from_url
from operations.tracks.learning import catch_up, fit
from tests.benchmarks.county_month import IMPOSSIBLE, make_month, write_month
from tests.benchmarks.county_truth import Clone, Companions, Month

HELD_OUT = timedelta(days=3)
"""The last days teach nothing: where vehicles go then is asked."""
UNHURRIED = 1.15
BETWEEN_DRIVES_S = 60.0
PER_SIGHTING = {"camera", "seen_at", "true_at", "clock_offset_s", "vehicle", "trip", "row", "read", "colour"}
PER_SIGHTING |= {"vehicle_class", "confidence", "lane"}
Says = Callable[[str], None]


@dataclass(frozen=True)
class Stored:
    """A month with its database, learned up to `learned`; road_s: free-flow seconds between sites."""

    month: Month
    engine: Engine
    learned: datetime
    road_s: NDArray[np.float64]

    @property
    def since(self) -> datetime:
        return self.month.wishes.ends - timedelta(days=self.month.wishes.days + 1)

    @property
    def until(self) -> datetime:
        return self.month.wishes.ends + timedelta(hours=2)


def stored_month(directory: Path, seed: int, sightings: int, says: Says) -> Stored:
    """Make a month and store it under `directory`; learn all of it but HELD_OUT."""
    started = time.monotonic()
    made = make_month(seed, sightings, clones=60, companions=60)
    road_s = seconds_between(made.county.roads, made.sites.node, made.sites.node)
    month = possible(made, road_s)
    says(f"{len(month):,} sightings made ({len(made) - len(month):,} of drives at once taken out)")
    engine = engine_from_url(f"sqlite:///{directory / f'month-{seed}.db'}")
    migrate(engine, month.wishes.ends.date())
    write_month(engine, month)
    until = month.wishes.ends - HELD_OUT
    learned = catch_up(engine, until)
    fit(engine)
    says(f"stored and learned until {learned} after {time.monotonic() - started:.0f} s")
    assert learned is not None
    return Stored(month, engine, learned, road_s)


def possible(month: Month, road_s: NDArray[np.float64]) -> Month:
    """Return the month without the drives on which a vehicle would have been in two places.

    The generator plans drives one by one: some vehicles set out while they are still elsewhere. Without this,
    one vehicle would be as impossible as two.
    """
    order = np.lexsort((month.true_at, month.trip))
    order = order[month.trip[order] >= 0]
    trip = month.trip[order]
    first = np.flatnonzero(np.concatenate([[True], np.diff(trip) != 0]))
    last = np.append(first[1:], len(trip)) - 1
    begins, ends = month.true_at[order[first]], month.true_at[order[last]]
    site = month.routes.site[month.row[order]]
    vehicle = month.vehicle[order[first]]
    dropped = _too_soon(
        vehicle, np.column_stack([begins, ends]), np.column_stack([site[first], site[last]]), road_s
    )
    kept = ~np.isin(month.trip, trip[first[dropped]])
    columns = {f.name: getattr(month, f.name)[kept] for f in fields(month) if f.name in PER_SIGHTING}
    whole = replace(month, **columns)
    return replace(whole, truth=_truth_of(whole, road_s))


def _too_soon(
    vehicle: NDArray[np.int32],
    times: NDArray[np.float64],
    sites: NDArray[np.int32],
    road_s: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Return the trips that begin before their vehicle can have come from its trip before."""
    free_at: dict[int, tuple[float, int]] = {}
    dropped = []
    order = np.argsort(times[:, 0], kind="stable")
    rows = zip(
        order.tolist(), vehicle[order].tolist(), times[order].tolist(), sites[order].tolist(), strict=True
    )
    for index, who, (begins, ends), (start, end) in rows:
        before = free_at.get(who)
        if before and begins < before[0] + UNHURRIED * road_s[before[1], start] + BETWEEN_DRIVES_S:
            dropped.append(index)
        else:
            free_at[who] = ends, end
    return np.array(dropped, dtype=np.int64)


def _truth_of(month: Month, road_s: NDArray[np.float64]) -> object:
    """Return the truth put right: how often clones contradict each other, how many drives mates share."""
    clones = [
        Clone(c.plate, c.vehicles, _contradictions(month, c.vehicles, road_s)) for c in month.truth.clones
    ]
    mates = [Companions(c.vehicle, c.mate, *_shared(month, c)) for c in month.truth.companions]
    return replace(month.truth, clones=clones, companions=mates)


def _contradictions(month: Month, vehicles: tuple[int, int], road_s: NDArray[np.float64]) -> int:
    rows = np.flatnonzero(np.isin(month.vehicle, vehicles))
    rows = rows[np.argsort(month.true_at[rows], kind="stable")]
    site, who = month.routes.site[month.row[rows]], month.vehicle[rows]
    soon = np.diff(month.true_at[rows]) + 2.0 < IMPOSSIBLE * road_s[site[:-1], site[1:]]
    return int((soon & (who[1:] != who[:-1])).sum())


def _shared(month: Month, mates: Companions) -> tuple[int, int]:
    """Return on how many drives both were seen, and on how many of those at fewer sites than the leader."""
    trips = month.trips
    led = np.unique(month.trip[month.vehicle == mates.vehicle])
    along = np.unique(month.trip[month.vehicle == mates.mate])
    pairs = [(int(trips.leader[t]), int(t)) for t in along.tolist() if trips.leader[t] in led]
    seen = [(int((month.trip == one).sum()), int((month.trip == other).sum())) for one, other in pairs]
    return len(pairs), sum(other < one for one, other in seen)
