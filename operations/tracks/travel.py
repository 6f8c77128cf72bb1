"""Travel times between sites: how long traffic takes from one to another at an hour, learned and by road.

Holds what has been learned and answers from it; learning itself is in learning.py and fit.py. No plate.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sqlalchemy import select

from geo.road_trees import Trees
from operations.store import Session
from operations.tables import LearnedTraffic
from operations.tracks.sites import Sites, sites

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FIRST_BIN_S = 10.0
BIN_RATIO = 1.1
LONGEST_S = 2 * 3600.0
"""A vehicle seen again later than this was away: no movement is counted."""
BINS = 2 + int(np.log(LONGEST_S / FIRST_BIN_S) / np.log(BIN_RATIO))
HOURS = 24
HALF_LIFE_S = 28 * 86_400.0
WEIGHTS_SINCE = datetime(2026, 1, 1, tzinfo=UTC)

# Before anything is learned: traffic takes a quarter longer than free flow, give or take a quarter.
UNLEARNED_FACTOR = 1.25
UNLEARNED_SPREAD = 0.24
FASTEST_SPREADS, SLOWEST_SPREADS = 3.0, 2.0
AT_ONE_SITE_S = (0.0, 10.0, 180.0)
"""Seen again where it was: from nothing to a wait at the lights."""


@dataclass(frozen=True, slots=True)
class Band:
    """Seconds from one site to another: none honest is faster, half are, few are slower; count behind it.

    `shortest_s` is the usual time less three standard deviations (of its logarithm), `slow_s` the usual and
    two: about 1 driver in 1,000 beats the first, 2 in 100 exceed the second without having stopped. inf: no
    road. `learned`: from vehicles seen at the two sites one after the other; else composed along the roads.
    """

    shortest_s: float
    usual_s: float
    slow_s: float
    learned: bool
    count: float


@dataclass(frozen=True, slots=True)
class Bands:
    """Many a Band, as arrays of one shape."""

    shortest_s: Floats
    usual_s: Floats
    slow_s: Floats
    learned: NDArray[np.bool_]
    count: Floats

    def one_by_one(self) -> list[Band]:
        """Return them as a list of Band, of arrays with one dimension."""
        arrays = (self.shortest_s, self.usual_s, self.slow_s, self.learned, self.count)
        return [Band(*values) for values in zip(*(array.tolist() for array in arrays), strict=True)]


@dataclass(frozen=True)
class Traffic:
    """What was learned: pairs of sites with their times by hour, the hours' and the roads' factors.

    start, end [pairs]: site ids; count, log_usual [pairs, 24]; spread_low, spread_up [pairs]: of the log;
    hour_factor [24] and edge_factor [edges]: on the network's free-flow seconds, together.
    by_road [seen, seen]: usual seconds along the roads between the sites `seen`, so that nobody searches.
    """

    start: Ints
    end: Ints
    count: Floats
    log_usual: Floats
    spread_low: Floats
    spread_up: Floats
    hour_factor: Floats
    edge_factor: Floats
    seen: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    by_road: Floats = field(default_factory=lambda: np.zeros((0, 0)))

    def to_bytes(self) -> bytes:
        """Return the arrays as npz bytes, floats halved to four bytes."""
        buffer = io.BytesIO()
        arrays: dict[str, Any] = {name: _small(array) for name, array in self.__dict__.items()}
        np.savez_compressed(buffer, allow_pickle=False, **arrays)
        return buffer.getvalue()


def traffic_from_bytes(data: bytes) -> Traffic:
    """Read what `Traffic.to_bytes` wrote."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return Traffic(
            **{
                name: arrays[name].astype(np.int64 if arrays[name].dtype.kind == "i" else np.float64)
                for name in arrays.files
            }
        )


def nothing_learned(edges: int) -> Traffic:
    """Return the traffic of a county in which nothing was seen yet."""
    none, empty = np.zeros(0, dtype=np.int64), np.zeros(0)
    by_hour = np.zeros((0, HOURS))
    factor = np.full(edges, UNLEARNED_FACTOR)
    return Traffic(none, none, by_hour, by_hour, empty, empty, np.ones(HOURS), factor)


def bin_of(seconds: ArrayLike) -> Ints:
    """Return the bin of times: 0 up to FIRST_BIN_S, then BIN_RATIO apart; the last holds all longer ones."""
    over = np.log(np.maximum(np.asarray(seconds, dtype=np.float64), 1e-9) / FIRST_BIN_S) / np.log(BIN_RATIO)
    return np.clip(np.floor(over).astype(np.int64) + 1, 0, BINS - 1)


def bin_seconds(bins: ArrayLike) -> Floats:
    """Return the middle (of the logarithm) of bins, in seconds."""
    return np.asarray(FIRST_BIN_S * BIN_RATIO ** (np.asarray(bins, dtype=np.float64) - 0.5))


def hour_of(at: datetime) -> int:
    """Return the hour of the day (UTC) that travel times are kept by."""
    return at.astimezone(UTC).hour


def part_of(hour: ArrayLike) -> Ints:
    """Return the part of the day (0 to 5, four hours each, UTC) that turns are kept by."""
    return np.asarray(hour, dtype=np.int64) // 4


def weight_at(at: datetime) -> float:
    """Return what one vehicle counts at a time: twice as much every 28 days, so that old traffic fades."""
    return float(2.0 ** ((at - WEIGHTS_SINCE).total_seconds() / HALF_LIFE_S))


@dataclass(eq=False)
class TravelTimes:
    """Answers how long it takes between sites. Remembers what it had to work out of the roads."""

    sites: Sites
    traffic: Traffic
    trees: Trees = field(init=False)
    """Cheapest paths by usual seconds (before the hour's factor)."""
    worked_out: dict[str, Any] = field(default_factory=dict)
    """What others have worked out of these times and keep as long as them."""

    def __post_init__(self) -> None:
        network = self.sites.network
        self.edge_seconds = network.seconds.astype(np.float64) * self.traffic.edge_factor
        self.trees = Trees(network, self.edge_seconds)
        seen = np.isin(self.traffic.seen, self.sites.ids)
        self._by_road = self.traffic.by_road[np.ix_(seen, seen)].astype(np.float32)
        self._seen_at = np.full(len(self.sites.ids), -1, dtype=np.int64)
        self._seen_at[self.sites.positions(self.traffic.seen[seen])] = np.arange(int(seen.sum()))
        self._row_of = np.full(len(self.sites.ids), -1, dtype=np.int64)
        self._rows = np.zeros((0, len(self.sites.ids)), dtype=np.float32)
        known = np.isin(self.traffic.start, self.sites.ids) & np.isin(self.traffic.end, self.sites.ids)
        keys = self._key(
            self.sites.positions(self.traffic.start[known]), self.sites.positions(self.traffic.end[known])
        )
        order = np.argsort(keys)
        self._keys, self._pairs = keys[order], np.flatnonzero(known)[order]

    def between(self, from_site: int, to_site: int, hour: int) -> Band:
        """Return the band of one pair of sites at an hour of the day (UTC, `hour_of`). Raises KeyError."""
        index = self.sites.index_of
        found = self.bands_at(np.array([index[from_site]]), np.array([index[to_site]]), np.array([hour]))
        return found.one_by_one()[0]

    def bands(self, from_sites: Sequence[int], to_sites: Sequence[int], hours: ArrayLike) -> Bands:
        """Return the bands of many pairs of site ids, each at its own hour."""
        here, there = self.sites.positions(from_sites), self.sites.positions(to_sites)
        return self.bands_at(here, there, np.asarray(hours, dtype=np.int64))

    def matrix(self, from_sites: Sequence[int], to_sites: Sequence[int], hour: int) -> Bands:
        """Return the bands between all of some sites and all of others at one hour, shaped [from, to]."""
        here, there = self.sites.positions(from_sites), self.sites.positions(to_sites)
        shape = len(here), len(there)
        found = self.bands_at(
            np.repeat(here, shape[1]), np.tile(there, shape[0]), np.full(shape[0] * shape[1], hour)
        )
        return Bands(
            found.shortest_s.reshape(shape),
            found.usual_s.reshape(shape),
            found.slow_s.reshape(shape),
            found.learned.reshape(shape),
            found.count.reshape(shape),
        )

    def bands_at(self, here: Ints, there: Ints, hours: Ints) -> Bands:
        """Return bands as `bands` does, for positions in `sites` instead of ids."""
        count, log_usual = np.zeros(len(here)), np.zeros(len(here))
        low = np.full(len(here), UNLEARNED_SPREAD)
        up = low.copy()
        learned = np.zeros(len(here), dtype=bool)
        if len(self._keys):
            keys = self._key(here, there)
            at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
            learned = self._keys[at] == keys
            pair, hour = self._pairs[at[learned]], hours[learned]
            count[learned] = self.traffic.count[pair, hour]
            log_usual[learned] = self.traffic.log_usual[pair, hour]
            low[learned], up[learned] = self.traffic.spread_low[pair], self.traffic.spread_up[pair]
        if not learned.all():  # only these need the roads
            seconds = self.road_seconds_at(here[~learned], there[~learned])
            log_usual[~learned] = np.log(seconds) + np.log(self.traffic.hour_factor)[hours[~learned]]
        shortest = np.exp(log_usual - FASTEST_SPREADS * low)
        usual, slow = np.exp(log_usual), np.exp(log_usual + SLOWEST_SPREADS * up)
        same = here == there
        for array, at_one_site in zip((shortest, usual, slow), AT_ONE_SITE_S, strict=True):
            array[same] = at_one_site
        return Bands(shortest, usual, slow, learned, count)

    def road_seconds_at(self, here: Ints, there: Ints) -> Floats:
        """Return the usual seconds along the roads (before the hour's factor) between positions of sites."""
        start, end = self._seen_at[here], self._seen_at[there]
        known = (start >= 0) & (end >= 0)
        found = np.empty(len(here))
        found[known] = self._by_road[start[known], end[known]]
        if not known.all():
            found[~known] = self._searched(here[~known], there[~known])
        return found

    def _searched(self, here: Ints, there: Ints) -> Floats:
        if (self._row_of[here] < 0).any():
            self._grow(np.unique(here[self._row_of[here] < 0]))
        return self._rows[self._row_of[here], there].astype(np.float64)

    def _grow(self, positions: Ints) -> None:
        """Work out the rows of positions of sites; in whole, so that another thread sees all or nothing."""
        costs = [self.trees.ahead(node)[0][self.sites.node] for node in self.sites.node[positions].tolist()]
        rows = np.vstack([self._rows, np.maximum(np.array(costs, dtype=np.float32), 1.0)])
        row_of = self._row_of.copy()
        row_of[positions] = np.arange(len(self._rows), len(rows))
        self._rows, self._row_of = rows, row_of

    def _key(self, here: Ints, there: Ints) -> Ints:
        return here * np.int64(len(self.sites.ids)) + there


def travel_times(session: Session) -> TravelTimes:
    """Return the county's travel times, remembered while nothing is learned and no camera moves.

    Within one session they are always the same. Raises NoCounty.
    """
    found: TravelTimes | None = session.info.get("travel_times")
    if found is None:
        found = session.info["travel_times"] = _newest(session)
    return found


def _newest(session: Session) -> TravelTimes:
    here = sites(session)
    row = session.execute(
        select(LearnedTraffic.until, LearnedTraffic.road_version).where(LearnedTraffic.name == TRAFFIC)
    ).first()
    learned = row is not None and row.road_version == here.network.version
    until = row.until if row is not None and learned else None
    pool = session.get_bind().engine.pool
    known = _remembered.get(pool)
    if known is None or known[0] != until or known[1].sites is not here:
        traffic = _read(session) if learned else nothing_learned(len(here.network.target))
        known = _remembered[pool] = until, TravelTimes(here, traffic)
    return known[1]


TRAFFIC = "traffic"
_remembered: WeakKeyDictionary[Any, tuple[datetime | None, TravelTimes]] = WeakKeyDictionary()


def _read(session: Session) -> Traffic:
    arrays = session.scalars(select(LearnedTraffic.arrays).where(LearnedTraffic.name == TRAFFIC)).one()
    return traffic_from_bytes(arrays)


def _small(array: NDArray[Any]) -> NDArray[Any]:
    return array.astype(np.float32) if array.dtype.kind == "f" else array.astype(np.int64)
