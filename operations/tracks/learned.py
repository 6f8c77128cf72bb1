"""What counted movements say: travel times by pair and hour, factors of hours and roads. Pure; no database.

Robust by medians and low quantiles, shrunk towards what the roads say where few vehicles were counted.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.road_speeds import Times, edge_factors
from operations.tracks.sites import Sites
from operations.tracks.travel import (
    BINS,
    HOURS,
    UNLEARNED_FACTOR,
    Traffic,
    TravelTimes,
    bin_seconds,
    nothing_learned,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_COUNT = 8.0
"""Fewer vehicles than this between two sites say nothing of their own."""
PAIR_PRIOR, HOUR_PRIOR, SPREAD_PRIOR = 6.0, 8.0, 20.0
"""What the roads, the pair's whole day, and the usual spread count for, in vehicles."""
PRIOR_SPREAD = 0.2
SPREADS = (0.08, 0.5)
TYPICAL = 0.7
"""A movement counts for the hour's factor while its time is within this (of the log) of its pair's median."""
PAIRS_AT_ONCE = 1_000
MOST_SEEN = 1_500
LOG_BINS = np.log(bin_seconds(np.arange(BINS)))
BIN_WIDTH = float(LOG_BINS[1] - LOG_BINS[0])


@dataclass(frozen=True)
class Histogram:
    """Movements between two different sites as parallel arrays, in order of (start, end); today's weights."""

    start: Ints
    end: Ints
    hour: Ints
    bin: Ints
    count: Floats


def traffic_of(histogram: Histogram, sites: Sites) -> Traffic:
    """Return what the movements say of the county's travel times."""
    kept, pair, pairs = _pairs(histogram, sites)
    if not len(pairs):
        return nothing_learned(len(sites.network.target))
    hour, log_s, count = histogram.hour[kept], LOG_BINS[histogram.bin[kept]], histogram.count[kept]
    whole = _quantiles(_table(pair, histogram.bin[kept], count, len(pairs)), (0.5,))[:, 0]
    hours = _hour_factors(hour, log_s - whole[pair], count)
    total = _sums(pair, count, len(pairs))
    offset = _sums(pair, count * hours[hour], len(pairs)) / total
    reference = whole - offset  # the pair's usual time at an hour whose factor is 1
    positions = sites.positions(pairs[:, 0]), sites.positions(pairs[:, 1])
    times = Times(sites.node[positions[0]], sites.node[positions[1]], np.exp(reference), total)
    factors = edge_factors(sites.network, times, UNLEARNED_FACTOR)
    roads = _by_road(sites, factors)
    by_road = np.log(np.minimum(roads.road_seconds_at(*positions), 1e6))
    reference = (total * reference + PAIR_PRIOR * by_road) / (total + PAIR_PRIOR)
    by_hour, counts = _by_hour(_Counted(pair, hour, histogram.bin[kept], count), reference[:, None] + hours)
    low, up = _spreads(pair, log_s - by_hour[pair, hour], count, len(pairs))
    learned = Traffic(pairs[:, 0], pairs[:, 1], counts, by_hour, low, up, np.exp(hours), factors)
    return _with_roads(learned, roads)


@dataclass(frozen=True)
class _Counted:
    pair: Ints
    hour: Ints
    bin: Ints
    count: Floats


def _pairs(histogram: Histogram, sites: Sites) -> tuple[NDArray[np.bool_], Ints, Ints]:
    """Return which rows are of pairs counted often enough, the pair of each, and the pairs [n, 2]."""
    known = np.isin(histogram.start, sites.ids) & np.isin(histogram.end, sites.ids)
    known &= histogram.start != histogram.end
    size = np.int64(len(sites.ids))
    key = sites.positions(histogram.start[known]) * size + sites.positions(histogram.end[known])
    keys, pair = np.unique(key, return_inverse=True)
    often = np.bincount(pair, histogram.count[known], len(keys)) >= LEAST_COUNT
    kept = known.copy()
    kept[known] = often[pair]
    number = np.cumsum(often) - 1
    pairs = np.column_stack([sites.ids[keys[often] // size], sites.ids[keys[often] % size]])
    return kept, number[pair[often[pair]]], pairs


def _sums(row: Ints, values: Floats, rows: int) -> Floats:
    return np.bincount(row, values, rows).astype(np.float64)


def _table(row: Ints, bins: Ints, count: Floats, rows: int) -> Floats:
    """Return the histograms [row, bin]."""
    return _sums(row * BINS + bins, count, rows * BINS).reshape(rows, BINS)


def _quantiles(table: Floats, shares: tuple[float, ...]) -> Floats:
    """Return quantiles of the logarithm of seconds of histograms, [row, share]; within a bin evenly."""
    running = np.cumsum(table, axis=1)
    found = np.empty((len(table), len(shares)))
    for column, share in enumerate(shares):
        wanted = share * running[:, -1]
        at = np.minimum((running < wanted[:, None]).sum(axis=1), BINS - 1)
        rows = np.arange(len(table))
        inside = table[rows, at]
        before = running[rows, at] - inside
        part = np.where(inside > 0, (wanted - before) / np.maximum(inside, 1e-12), 0.5)
        found[:, column] = LOG_BINS[at] + (part - 0.5) * BIN_WIDTH
    return found


def _hour_factors(hour: Ints, off: Floats, count: Floats) -> Floats:
    """Return the logarithm of each hour's factor: how much longer than its pair's median movements take.

    A movement far off says of stops or misreads, not of traffic.
    """
    found = np.zeros(HOURS)
    typical = np.abs(off) < TYPICAL
    for one in range(HOURS):
        of_hour = typical & (hour == one)
        weight = count[of_hour]
        if len(weight):
            found[one] = _median(off[of_hour], weight) * weight.sum() / (weight.sum() + 50.0)
    weights = np.bincount(hour[typical], count[typical], HOURS)
    return found - np.average(found, weights=weights) if weights.sum() else found


def _median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values)
    running = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(running, running[-1] / 2)])


def _by_road(sites: Sites, factors: Floats) -> TravelTimes:
    """Return the travel times that the roads' factors alone say."""
    unlearned = nothing_learned(len(sites.network.target))
    return TravelTimes(sites, replace(unlearned, edge_factor=factors))


def _with_roads(learned: Traffic, roads: TravelTimes) -> Traffic:
    """Add the seconds by road between all the sites that taught something, unless they are too many."""
    seen = np.unique(np.concatenate([learned.start, learned.end]))
    if len(seen) > MOST_SEEN:
        return learned
    at = roads.sites.positions(seen)
    seconds = roads.road_seconds_at(np.repeat(at, len(at)), np.tile(at, len(at)))
    return replace(learned, seen=seen, by_road=seconds.reshape(len(at), len(at)))


def _by_hour(counted: _Counted, expected: Floats) -> tuple[Floats, Floats]:
    """Return the usual time [pair, hour] (logarithm), shrunk towards what is expected, and the counts."""
    counts = _sums(counted.pair * HOURS + counted.hour, counted.count, expected.size)
    found = expected.ravel().copy()
    order = np.argsort(counted.pair, kind="stable")
    cuts = np.searchsorted(counted.pair[order], np.arange(0, len(expected) + PAIRS_AT_ONCE, PAIRS_AT_ONCE))
    for part, (start, end) in enumerate(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)):
        rows = order[start:end]
        first = part * PAIRS_AT_ONCE
        cells = (counted.pair[rows] - first) * HOURS + counted.hour[rows]
        here = slice(first * HOURS, min((first + PAIRS_AT_ONCE) * HOURS, len(found)))
        table = _table(cells, counted.bin[rows], counted.count[rows], here.stop - here.start)
        some = np.flatnonzero(table.sum(axis=1) > 0)
        median = _quantiles(table[some], (0.5,))[:, 0]
        weight = counts[here][some]
        at = here.start + some
        found[at] = (weight * median + HOUR_PRIOR * expected.ravel()[at]) / (weight + HOUR_PRIOR)
    shape = len(expected), HOURS
    return found.reshape(shape), counts.reshape(shape)


def _spreads(pair: Ints, off: Floats, count: Floats, pairs: int) -> tuple[Floats, Floats]:
    """Return the spreads below and above the usual time, robust against stops and misreads.

    Below: from the tenth to the fiftieth of a hundred. Above: to the seventy-fifth, and at most twice below,
    for what is far above has stopped on the way.
    """
    bins = np.clip(np.floor(off / BIN_WIDTH).astype(np.int64) + BINS // 2, 0, BINS - 1)
    tenth, half, upper = _quantiles(_table(pair, bins, count, pairs), (0.1, 0.5, 0.75)).T
    total = _sums(pair, count, pairs)
    low = _shrunk((half - tenth) / 1.2816, total)
    up = _shrunk((upper - half) / 0.6745, total)
    return low, np.clip(up, low, 2 * low)


def _shrunk(spread: Floats, count: Floats) -> Floats:
    squared = (count * spread**2 + SPREAD_PRIOR * PRIOR_SPREAD**2) / (count + SPREAD_PRIOR)
    return np.clip(np.sqrt(squared), *SPREADS)
