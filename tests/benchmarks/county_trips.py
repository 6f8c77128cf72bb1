"""Who drives when in a generated month: pairs of clones, companions, buses, taxis, commuters, everybody else.

Plans only: where a vehicle is in between is in county_driving.py. Times are epoch seconds.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.county_roads import Routes

Ints = NDArray[Any]
Floats = NDArray[np.float64]

DAY_S = 86_400.0
LOCAL_S = 8 * 3600.0
ALONE = -1


@dataclass(frozen=True)
class Trips:
    """Planned drives. part: [trip, 2] the share of its passes that it takes part in. leader: the trip that it
    drives along with, lag_s behind (or ahead), or ALONE."""

    vehicle: Ints
    route: Ints
    depart: Floats
    part: Floats
    leader: Ints
    lag_s: Floats

    def __len__(self) -> int:
        return len(self.vehicle)

    def slice(self, start: int, end: int) -> "Trips":
        """Return some of them; the leaders must be among them."""
        return Trips(*(getattr(self, field.name)[start:end] for field in fields(self)))


@dataclass(frozen=True)
class Calendar:
    """The days of the month: when the first begins (local midnight, epoch s), which are workdays."""

    begins: float
    workday: NDArray[np.bool_]


@dataclass(frozen=True)
class World:
    """What plans are made in."""

    rng: np.random.Generator
    routes: Routes
    calendar: Calendar


def plain_trips(vehicle: Ints, route: Ints, depart: Floats) -> Trips:
    """Return trips of vehicles that drive alone and all the way."""
    count = len(vehicle)
    part = np.tile([0.0, 1.0], (count, 1))
    return Trips(vehicle, route, depart, part, np.full(count, ALONE), np.zeros(count))


def together(parts: list[Trips]) -> Trips:
    """Return all trips in one; leaders are renumbered."""
    before = np.cumsum([0] + [len(part) for part in parts[:-1]])
    joined = {field.name: np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(Trips)}
    joined["leader"] = np.concatenate(
        [np.where(p.leader >= 0, p.leader + first, ALONE) for p, first in zip(parts, before, strict=True)]
    )
    return Trips(**joined)


def any_trips(world: World, vehicle: Ints, short: bool = False) -> Trips:
    """Plan one trip for each vehicle given: any pair of zones, any day, hours as people drive."""
    weight = world.routes.weight
    if short:
        weight = weight / world.routes.passes()[world.routes.choices].mean(axis=1)
    pair = world.rng.choice(len(weight), len(vehicle), p=weight / weight.sum())
    return plain_trips(vehicle, _ways(world, pair), any_times(world, len(vehicle)))


def any_times(world: World, count: int) -> Floats:
    """Return departures: rush hours on workdays, the day, a little at night."""
    rng, calendar = world.rng, world.calendar
    share = np.where(calendar.workday, 1.0, 0.7)
    day = rng.choice(len(share), count, p=share / share.sum())
    kind = rng.choice(4, count, p=[0.2, 0.2, 0.55, 0.05])
    hours = np.choose(
        kind,
        [
            rng.normal(7.6, 0.8, count),
            rng.normal(17.4, 1.0, count),
            rng.uniform(6.0, 22.0, count),
            rng.uniform(-2.0, 6.0, count) % 24.0,
        ],
    )
    return calendar.begins + day * DAY_S + hours * 3600.0


def commuters(world: World, first: int, count: int) -> Trips:
    """Plan a month of commuting for `count` vehicles from number `first` on, in groups that live and work in
    the same zones and begin at the same time: every workday the same road within minutes of each other."""
    rng = world.rng
    group = np.sort(rng.integers(max(1, count // 5), size=count))
    groups = int(group.max()) + 1
    pair_of_group = rng.choice(len(world.routes.weight), groups, p=world.routes.weight)
    pair = pair_of_group[group]
    back = _back(world.routes, pair)
    starts_h = np.round(rng.normal(7.6, 0.7, groups) * 4)[group] / 4 + rng.normal(0, 0.05, count)
    ends_h = np.round(rng.normal(17.4, 0.9, groups) * 4)[group] / 4 + rng.normal(0, 0.08, count)
    habit = rng.choice(world.routes.choices.shape[1], count)
    days = np.flatnonzero(world.calendar.workday)
    parts = []
    for hours, way in ((starts_h, pair), (ends_h, back)):
        person, day = (each.ravel() for each in np.meshgrid(np.arange(count), days, indexing="ij"))
        goes = rng.random(len(person)) < 0.9
        person, day = person[goes], day[goes]
        variant = np.where(rng.random(len(person)) < 0.85, habit[person], 0)
        leaves = hours[person] * 3600.0 + rng.normal(0, 240.0, len(person))
        depart = world.calendar.begins + day * DAY_S + leaves
        parts.append(plain_trips(first + person, world.routes.choices[way[person], variant], depart))
    return together(parts)


def buses(world: World, first: int, count: int) -> Trips:
    """Plan fixed rounds there and back, from six to nine in the evening, every day; four share a line."""
    rng = world.rng
    lines = rng.choice(len(world.routes.weight), count // 4 + 1, p=world.routes.weight)
    parts = []
    for bus in range(count):
        line = lines[bus // 4 : bus // 4 + 1]
        ways = world.routes.choices[[line[0], _back(world.routes, line)[0]], 0]
        begins_h = 6.0 + (bus % 4) * 0.3
        rounds_h = np.arange(begins_h, 21.0, 1.2)
        days = np.arange(len(world.calendar.workday))
        hours = (days[:, None] * 24.0 + rounds_h).ravel()
        depart = world.calendar.begins + hours * 3600.0 + rng.normal(30, 45, len(hours))
        way = np.tile(ways, len(hours) // 2 + 1)[: len(hours)]
        parts.append(plain_trips(np.full(len(hours), first + bus), way, depart))
    return together(parts) if parts else any_trips(world, np.zeros(0, dtype=np.int64))


def taxis(world: World, first: int, count: int) -> Trips:
    """Plan 4 to 16 drives a day for each taxi."""
    days = len(world.calendar.workday)
    drives = world.rng.integers(4 * days, 16 * days + 1, count)
    return any_trips(world, np.repeat(np.arange(first, first + count), drives))


def with_companions(world: World, first: int, pairs: int) -> tuple[Trips, Ints]:
    """Plan pairs (first + 2 i, and its mate + 1) with trips of their own and 3 to 12 that the mate drives
    along, 4 to 45 s behind or ahead, a third of them only part of the way. Also return how many each pair
    shares and how many of those in part: [pair, 2]."""
    rng = world.rng
    own, mates = rng.integers(15, 31, pairs), rng.integers(8, 21, pairs)
    targets = first + 2 * np.arange(pairs)
    alone = any_trips(world, np.concatenate([np.repeat(targets, own), np.repeat(targets + 1, mates)]))
    shared = rng.integers(3, 13, pairs)
    which = np.concatenate([[0], np.cumsum(own)[:-1]])
    chosen = zip(which, own, shared, strict=True)
    leader = np.concatenate([start + rng.permutation(n)[:k] for start, n, k in chosen])
    mate = np.repeat(targets + 1, shared)
    partly = rng.random(len(mate)) < 0.33
    cut = rng.uniform(0.4, 0.8, len(mate))
    leaves = rng.random(len(mate)) < 0.5
    part = np.column_stack([np.where(partly & ~leaves, 1 - cut, 0.0), np.where(partly & leaves, cut, 1.0)])
    side = np.where(rng.random(pairs) < 0.7, 1.0, -1.0)
    lag_s = np.repeat(side, shared) * rng.uniform(4, 45, len(mate))
    follow = Trips(mate, alone.route[leader], alone.depart[leader], part, leader, lag_s)
    counts = np.column_stack([shared, np.bincount(np.repeat(np.arange(pairs), shared), partly, pairs)])
    whole = {f.name: np.concatenate([getattr(alone, f.name), getattr(follow, f.name)]) for f in fields(Trips)}
    return Trips(**whole), counts.astype(np.int64)


def with_clones(world: World, first: int, pairs: int) -> Trips:
    """Plan pairs of vehicles (first + 2 i, + 1) that will carry one plate: 20 to 60 trips each."""
    trips = world.rng.integers(20, 61, 2 * pairs)
    return any_trips(world, np.repeat(np.arange(first, first + 2 * pairs), trips))


def _ways(world: World, pair: Ints) -> Ints:
    """Choose a way for each pair: half take the quickest, the others what they prefer."""
    choices = world.routes.choices
    variant = world.rng.integers(choices.shape[1], size=len(pair))
    return choices[pair, np.where(world.rng.random(len(pair)) < 0.4, 0, variant)]


def _back(routes: Routes, pair: Ints) -> Ints:
    """Return the pair the other way round; where none is driven, the pair itself."""
    size = int(max(routes.from_zone.max(), routes.to_zone.max())) + 1
    key = routes.from_zone * size + routes.to_zone
    order = np.argsort(key)
    wanted = routes.to_zone[pair] * size + routes.from_zone[pair]
    at = np.minimum(np.searchsorted(key, wanted, sorter=order), len(key) - 1)
    return np.where(key[order[at]] == wanted, order[at], pair)
