"""Drives planned trips over the roads of a generated county: when each vehicle passes each site.

Congestion by hour and class of road, drivers of different pace, lights that bunch vehicles, stops on the way.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.county_roads import Routes, Sites
from tests.benchmarks.county_trips import LOCAL_S, Trips

Ints = NDArray[Any]
Floats = NDArray[np.float64]

PACE = 0.10  # log standard deviation of how fast drivers are, and of each leg
LEG = 0.06
STOPS_SHARE, STOP_S = 0.008, 480.0  # of legs; mean of an exponential
RUSH = np.array([0.15, 0.3, 0.6, 0.9, 0.7])  # how much slower a class of road is at the height of the rush
ALWAYS = np.array([1.02, 1.06, 1.12, 1.18, 1.15])


@dataclass(frozen=True)
class Passes:
    """Vehicles at sites: the trip (index), the row of the routes' site passes, when (epoch s)."""

    trip: Ints
    row: Ints
    at: Floats


@dataclass(frozen=True)
class Lights:
    """The traffic lights of every site: length of a cycle, of its red (0: no light), and where it begins."""

    cycle_s: Floats
    red_s: Floats
    offset_s: Floats


def put_up_lights(sites: Sites, rng: np.random.Generator) -> Lights:
    """Return lights for the sites that have some; one in four crossings has none."""
    count = len(sites.node)
    cycle = rng.uniform(70, 120, count)
    lit = sites.lights & (rng.random(count) < 0.75)
    red = np.where(lit, cycle * rng.uniform(0.35, 0.55, count), 0.0)
    return Lights(cycle, red, rng.uniform(0, 120, count))


def congestion() -> Floats:
    """Return [local hour, road class] how many times its free-flow time a road takes."""
    hours = np.arange(24)
    rush = np.exp(-(((hours + 0.5 - 8.0) / 1.1) ** 2)) + np.exp(-(((hours + 0.5 - 17.6) / 1.4) ** 2))
    day = 0.35 * ((hours >= 6) & (hours < 21)) + rush
    return ALWAYS + np.minimum(day, 1.0)[:, None] * RUSH


def drive(routes: Routes, lights: Lights, trips: Trips, rng: np.random.Generator) -> Passes:
    """Return every pass of the trips; who drives along with another passes when that one does, or nearly."""
    passes = routes.passes()[trips.route]
    order = np.argsort(-passes, kind="stable")
    many, first = passes[order], routes.first[trips.route[order]]
    start = np.concatenate([[0], np.cumsum(passes)])
    at = np.empty(start[-1])
    clock = trips.depart[order].copy()
    pace, slowness = rng.lognormal(0, PACE, len(trips)), congestion()
    before = np.zeros((len(trips), slowness.shape[1]), dtype=np.float32)
    for step in range(int(many[0]) if len(many) else 0):
        on = slice(0, int(np.searchsorted(-many, -step, side="left")))
        rows = first[on] + step
        hour = ((clock[on] + LOCAL_S) // 3600.0).astype(np.int64) % 24
        free = routes.cost[rows] - before[on]
        before[on] = routes.cost[rows]
        seconds = np.einsum("ij,ij->i", free, slowness[hour]) * pace[on] * rng.lognormal(0, LEG, len(rows))
        stops = rng.random(len(rows)) < STOPS_SHARE
        seconds[stops] += rng.exponential(STOP_S, int(stops.sum()))
        clock[on] += seconds
        clock[on] += _wait_s(lights, routes.site[rows], clock[on], rng)
        at[start[order[on]] + step] = clock[on]
    trip = np.repeat(np.arange(len(trips)), passes)
    nth = np.arange(len(trip)) - start[trip]
    _follow(trips, trip, nth, start, at, rng)
    done = nth / np.maximum(passes[trip], 1)
    taken = (done >= trips.part[trip, 0]) & (done < trips.part[trip, 1])
    return Passes(trip[taken], (routes.first[trips.route[trip]] + nth)[taken], at[taken])


def _wait_s(lights: Lights, site: Ints, at: Floats, rng: np.random.Generator) -> Floats:
    """Return how long each waits: to the end of the red, then in the queue."""
    phase = (at + lights.offset_s[site]) % lights.cycle_s[site]
    left = lights.red_s[site] - phase
    return np.where(left > 0, left + rng.uniform(0, 12, len(site)), 0.0)


def _follow(trips: Trips, trip: Ints, nth: Ints, start: Ints, at: Floats, rng: np.random.Generator) -> None:
    """Give those who drive along the times of their leaders, in place; now and then a light parts them."""
    along = np.flatnonzero(trips.leader[trip] >= 0)
    if len(along):
        parted = np.where(rng.random(len(along)) < 0.04, rng.uniform(30, 60, len(along)), 0.0)
        apart = trips.lag_s[trip[along]]
        noise = rng.normal(0, 1.5, len(along)) + np.sign(apart) * parted
        at[along] = at[start[trips.leader[trip[along]]] + nth[along]] + apart + noise
