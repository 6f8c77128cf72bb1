"""Makes a month of a generated county's sightings, with its truth: who drove where, and what was read.

Roads, rush hours, misreads, clocks and colours are made here and in county_{roads,trips,driving,plates}.py,
without any of the models under test. Writing it to a database is `write_month`, in county_store.py.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.travel_times import seconds_between
from tests.benchmarks import county_plates, county_trips
from tests.benchmarks.county_driving import Lights, Passes, drive, put_up_lights
from tests.benchmarks.county_plates import issue, misread
from tests.benchmarks.county_roads import lay_out_sites, lay_routes
from tests.benchmarks.county_store import write_month as write_month
from tests.benchmarks.county_trips import DAY_S, LOCAL_S, Calendar, Trips, World, together
from tests.benchmarks.county_truth import CLASSES, COLOURS, UNSEEN, Clone, Companions, Month, Truth, Wishes
from tests.county import county as county_of_tests

Ints = NDArray[Any]
Floats = NDArray[np.float64]
Columns = dict[str, Ints]

COLOUR_SHARES = (0.38, 0.2, 0.1, 0.1, 0.08, 0.07, 0.04, 0.02, 0.01)
TRIPS_AT_ONCE = 150_000
IMPOSSIBLE = 0.75  # of the free-flow time between two sites: the fastest driver here takes about 0.8
DIRTY_ONE_IN = 211  # vehicles whose plate is hard to read, and mostly misread in the same way
BAD_LANE, DIRTY, NIGHT = 8.0, 6.0, 1.8  # how many times as often plates are misread there
NOBODY = -1


def make_month(seed: int, sightings: int, **wished: Any) -> Month:
    """Make the month of a seed; see Wishes for what can be wished."""
    wishes = Wishes(seed, sightings, **wished)
    rng = np.random.default_rng([seed, sightings])
    county = county_of_tests()
    sites = lay_out_sites(county)
    routes = lay_routes(county, sites, np.random.default_rng([seed, 1]), wishes.zones, wishes.variants)
    weekday = (wishes.ends.weekday() - np.arange(wishes.days, 0, -1)) % 7
    world = World(rng, routes, Calendar(wishes.ends.timestamp() - wishes.days * DAY_S, weekday < 5))
    lights = put_up_lights(sites, rng)
    fleet = _Fleet(world, wishes)
    trips, passes = _drive_all(world, lights, fleet)
    month = Month(wishes, county, sites, routes, trips, _faults(world, wishes), *_looks(rng, fleet))
    _see(month, passes, rng)
    return replace(month, truth=_told(month, fleet))


class _Fleet:
    """The vehicles by number: clones, companions, buses, taxis, commuters, then everybody else."""

    def __init__(self, world: World, wishes: Wishes) -> None:
        size = wishes.sightings
        self.wishes = wishes
        counts = (
            2 * wishes.clones,
            2 * wishes.companions,
            size // 100_000,
            size // 30_000,
            int(size * wishes.commuter_share / (40 * 6.5)),
        )
        first = np.concatenate([[0], np.cumsum(counts)])
        self.clones, self.mates, self.others = int(first[0]), int(first[1]), int(first[-1])
        self.buses = slice(int(first[2]), int(first[3]))
        along, self.shared = county_trips.with_companions(world, int(first[1]), wishes.companions)
        self.known = together(
            [
                along,
                county_trips.with_clones(world, int(first[0]), wishes.clones),
                county_trips.buses(world, int(first[2]), counts[2]),
                county_trips.taxis(world, int(first[3]), counts[3]),
                county_trips.commuters(world, int(first[4]), counts[4]),
            ]
        )
        texts = wishes.plates if wishes.plates is not None else size // 5
        misreads = 0.85 * wishes.misread_share * size  # most of them are texts that nobody carries
        self.size = self.others + max(100, int(texts - misreads) - self.others)


def _drive_all(world: World, lights: Lights, fleet: _Fleet) -> tuple[Trips, Passes]:
    """Drive the known trips, then those of everybody else until there are as many sightings as wished."""
    wishes = fleet.wishes
    wanted = wishes.sightings - _phantom_count(wishes) * wishes.phantoms
    plans, driven = [fleet.known], [_caught(world, lights, fleet.known, 0, wishes)]
    have, number, mean = len(driven[0].trip), len(fleet.known), 3.0
    while have < wanted:
        count = min(TRIPS_AT_ONCE, int((wanted - have) / mean * 1.02) + 20)
        who = fleet.others + (number - len(fleet.known) + np.arange(count)) % (fleet.size - fleet.others)
        plans.append(county_trips.any_trips(world, who, short=True))
        driven.append(_caught(world, lights, plans[-1], number, wishes))
        mean = max(1.0, len(driven[-1].trip) / count)
        have, number = have + len(driven[-1].trip), number + count
    columns = (np.concatenate([getattr(p, name) for p in driven])[:wanted] for name in ("trip", "row", "at"))
    return together(plans), Passes(*columns)


def _caught(world: World, lights: Lights, trips: Trips, first: int, wishes: Wishes) -> Passes:
    """Drive the trips, numbered from `first`; return the passes that a camera caught."""
    passes = drive(world.routes, lights, trips, world.rng)
    caught = world.rng.random(len(passes.trip)) >= wishes.missed_share
    return Passes(passes.trip[caught] + first, passes.row[caught], passes.at[caught])


def _phantom_count(wishes: Wishes) -> int:
    """Return how many sightings one phantom makes."""
    return int(np.clip(wishes.sightings // 20_000, 20, 2_000))


def _looks(rng: np.random.Generator, fleet: _Fleet) -> tuple[NDArray[np.uint8], Ints, Ints]:
    """Return the plate, colour and class of every vehicle; the second clone carries the first's plate."""
    plates = issue(rng, fleet.size)
    colour = rng.choice(len(COLOURS), fleet.size, p=COLOUR_SHARES).astype(np.int8)
    kind = rng.choice(len(CLASSES), fleet.size, p=(0.79, 0.12, 0.02, 0.07, 0.0)).astype(np.int8)
    kind[fleet.buses] = CLASSES.index("bus")
    clones = fleet.clones + 2 * np.arange(fleet.wishes.clones)
    plates[clones + 1] = plates[clones]
    alike = rng.random((2, len(clones)))  # who clones a plate looks for one of a vehicle like their own
    kind[clones + 1] = np.where(alike[0] < 0.8, kind[clones], kind[clones + 1])
    colour[clones + 1] = np.where(alike[1] < 0.4, colour[clones], colour[clones + 1])
    return plates, colour, kind


def _faults(world: World, wishes: Wishes) -> Truth:
    """Choose the cameras with wrong clocks, phantoms and bad lanes; clones and companions come later."""
    rng, cameras = world.rng, np.unique(world.routes.camera)
    wrong = rng.choice(cameras, round(len(cameras) * wishes.clock_error_share), replace=False)
    errors = rng.choice((-1.0, 1.0), len(wrong)) * np.clip(rng.lognormal(3.6, 1.1, len(wrong)), 4.0, 600.0)
    texts = county_plates.as_texts(issue(rng, wishes.phantoms)) if wishes.phantoms else ()
    phantoms = rng.choice(cameras, wishes.phantoms, replace=False)
    busy = np.bincount(world.routes.camera).argsort()[::-1][: max(20, wishes.bad_lanes)]
    lanes = rng.choice(busy, wishes.bad_lanes, replace=False)
    return Truth(
        clones=[],
        companions=[],
        clocks={int(c): (float(e), i % 2 == 0) for i, (c, e) in enumerate(zip(wrong, errors, strict=True))},
        phantoms=[(int(c), str(text)) for c, text in zip(phantoms, texts, strict=True)],
        bad_lanes=[(int(camera), 1) for camera in lanes],
    )


def _see(month: Month, passes: Passes, rng: np.random.Generator) -> None:
    """Fill the month's columns: what the cameras make of the passes and of the phantoms."""
    size, phantoms = len(passes.trip), _phantom_sightings(month, rng)
    true_at = np.concatenate([passes.at + rng.normal(0, 0.15, size), phantoms["at"]])
    camera = np.concatenate([month.routes.camera[passes.row], phantoms["camera"]])
    error, known = np.zeros(camera.max() + 1), np.ones(camera.max() + 1, dtype=bool)
    for one, (error_s, is_known) in month.truth.clocks.items():
        if one < len(error):
            error[one], known[one] = error_s, is_known
    seen_at = np.round(true_at + np.where(known[camera], 0.0, error[camera]), 3)
    order = np.argsort(seen_at, kind="stable")
    nobody = np.full(len(phantoms["at"]), NOBODY)
    trip = np.concatenate([passes.trip, nobody])[order]
    month.camera = camera[order].astype(np.int32)
    month.seen_at, month.true_at = seen_at[order], true_at[order]
    offset = np.where(known, np.round(error, 1), np.nan)
    month.clock_offset_s = offset[month.camera].astype(np.float32)
    month.trip = trip.astype(np.int32)
    month.row = np.concatenate([passes.row, nobody])[order].astype(np.int32)
    month.vehicle = np.where(trip >= 0, month.trips.vehicle[trip], NOBODY).astype(np.int32)
    month.lane = rng.integers(1, 4, len(order)).astype(np.int8)
    _describe(month, rng)
    _read_plates(month, rng)
    texts = county_plates.as_codes([text for _, text in month.truth.phantoms])
    month.read[month.vehicle == NOBODY] = texts[phantoms["which"][order[month.vehicle == NOBODY] - size]]


def _phantom_sightings(month: Month, rng: np.random.Generator) -> Columns:
    count = _phantom_count(month.wishes)
    which = np.repeat(np.arange(len(month.truth.phantoms)), count)
    cameras = np.array([camera for camera, _ in month.truth.phantoms], dtype=np.int64)
    ends = month.wishes.ends.timestamp()
    at = rng.uniform(ends - 0.6 * month.wishes.days * DAY_S, ends, len(which))
    return {"which": which, "camera": cameras[which], "at": at}


def _describe(month: Month, rng: np.random.Generator) -> None:
    """Say colour and class as a camera would: worse at night."""
    size, night = len(month.camera), is_night(month.true_at)
    wrong = rng.random(size) < np.where(night, 0.2, 0.04)
    anything = rng.choice(len(COLOURS), size, p=COLOUR_SHARES)
    colour = np.where(wrong | (month.vehicle == NOBODY), anything, month.colour_of[month.vehicle])
    month.colour = np.where(night & (rng.random(size) < 0.25), UNSEEN, colour).astype(np.int8)
    other = rng.integers(len(CLASSES), size=size)
    kind = np.where(rng.random(size) < 0.02, other, month.class_of[month.vehicle])
    month.vehicle_class = kind.astype(np.int8)


def _read_plates(month: Month, rng: np.random.Generator) -> None:
    """Read the plates: misreads as often as wished, more at night, of dirty plates and in bad lanes."""
    size, wishes = len(month.camera), month.wishes
    weight = np.where(is_night(month.true_at), NIGHT, 1.0).astype(np.float32)
    dirty = month.vehicle % DIRTY_ONE_IN == 7
    weight[dirty] *= DIRTY
    for camera, lane in month.truth.bad_lanes:
        weight[(month.camera == camera) & (month.lane == lane)] *= BAD_LANE
    weight[month.vehicle == NOBODY] = 0.0
    share = np.minimum(weight * (wishes.misread_share / max(float(weight.mean()), 1e-9)), 0.7)
    wrong = rng.random(size) < share
    month.read = month.plate_of[month.vehicle]
    rows = np.flatnonzero(wrong)
    for part in np.array_split(rows, len(rows) // 200_000 + 1):
        month.read[part] = misread(rng, month.plate_of[month.vehicle[part]])
    _read_dirt(month, rows[dirty[rows]], rng)
    month.read[(rng.random(size) < wishes.unread_share) & (month.vehicle != NOBODY)] = 0
    sure = np.where(wrong, rng.beta(12, 2.5, size), rng.beta(30, 1.2, size))
    month.confidence = np.clip(sure, 0.3, 0.999).astype(np.float32)


def _read_dirt(month: Month, rows: Ints, rng: np.random.Generator) -> None:
    """Read dirty plates wrong in the way of their dirt, seven times in ten."""
    rows = rows[rng.random(len(rows)) < 0.7]
    vehicles, which = np.unique(month.vehicle[rows], return_inverse=True)
    if len(vehicles):
        month.read[rows] = misread(rng, month.plate_of[vehicles])[which]


def is_night(at: Floats) -> NDArray[np.bool_]:
    """Return which epoch seconds lie in the dark hours, local."""
    hour = (at + LOCAL_S) % DAY_S / 3600.0
    return (hour < 6.0) | (hour >= 18.5)


def _told(month: Month, fleet: _Fleet) -> Truth:
    """Return the truth with its clones and companions."""
    road_s = seconds_between(month.county.roads, month.sites.node, month.sites.node)
    first = [fleet.clones + 2 * pair for pair in range(month.wishes.clones)]
    rows = np.flatnonzero((month.vehicle >= 0) & (month.vehicle < fleet.mates))
    clones = [Clone(month.plate(one), (one, one + 1), _conflicts(month, rows, one, road_s)) for one in first]
    mates = [
        Companions(fleet.mates + 2 * pair, fleet.mates + 2 * pair + 1, int(shared), int(partly))
        for pair, (shared, partly) in enumerate(fleet.shared)
    ]
    return replace(month.truth, clones=clones, companions=mates)


def _conflicts(month: Month, rows: Ints, first: int, road_s: Floats) -> int:
    rows = rows[(month.vehicle[rows] == first) | (month.vehicle[rows] == first + 1)]
    rows = rows[np.argsort(month.true_at[rows], kind="stable")]
    site, vehicle = month.routes.site[month.row[rows]], month.vehicle[rows]
    soon = np.diff(month.true_at[rows]) + 2.0 < IMPOSSIBLE * road_s[site[:-1], site[1:]]
    return int((soon & (vehicle[1:] != vehicle[:-1])).sum())
