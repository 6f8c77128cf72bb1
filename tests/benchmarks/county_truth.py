"""What a generated month is: its wishes, its columns and its truth. Making one is in county_month.py."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.generator import County
from tests.benchmarks import county_plates
from tests.benchmarks.county_roads import Routes, Sites
from tests.benchmarks.county_trips import Trips

Ints = NDArray[Any]
Floats = NDArray[np.float64]

ENDS = datetime.fromisoformat("2026-11-23T00:00:00+08:00")
COLOURS = ("white", "black", "grey", "silver", "blue", "red", "brown", "yellow", "green")
CLASSES = ("car", "truck", "bus", "motorcycle", "vehicle")
UNSEEN = -1  # no colour could be told


@dataclass(frozen=True)
class Wishes:
    """What a month should be like. Shares are of sightings, clock_error_share of cameras; plates: how many
    different plate texts about (a fifth of the sightings where None), misread ones included."""

    seed: int
    sightings: int
    days: int = 30
    plates: int | None = None
    ends: datetime = ENDS
    misread_share: float = 0.05
    unread_share: float = 0.02
    missed_share: float = 0.06
    clock_error_share: float = 0.03
    commuter_share: float = 0.15
    clones: int = 30
    companions: int = 50
    phantoms: int = 3
    bad_lanes: int = 2
    zones: int = 150
    variants: int = 3


@dataclass(frozen=True)
class Clone:
    """One plate on two vehicles. conflicts: how often one was seen so soon after the other, elsewhere,
    that no road explains it (by true times): without any, nobody can tell."""

    plate: str
    vehicles: tuple[int, int]
    conflicts: int


@dataclass(frozen=True)
class Companions:
    """A vehicle and its mate: so many trips together, so many of them only in part."""

    vehicle: int
    mate: int
    trips: int
    partly: int


@dataclass(frozen=True)
class Truth:
    """What nobody tells the system. clocks: camera index -> (its error in s, whether its offset is known).
    phantoms: (camera index, text that it reads off no vehicle). bad_lanes: (camera index, lane)."""

    clones: list[Clone]
    companions: list[Companions]
    clocks: dict[int, tuple[float, bool]]
    phantoms: list[tuple[int, str]]
    bad_lanes: list[tuple[int, int]]


@dataclass
class Month:
    """Sightings as parallel columns in order of seen_at, and their truth.

    camera: index into county.cameras. seen_at: epoch s as the system gets it, by our clock (as in
    operations.sightings) where the camera's offset is known: clock_offset_s holds that, and NaN where it is
    not, and then seen_at is wrong by the camera's error. true_at: when it was. read: [sighting, 8] character
    codes (county_plates), zeros where no plate was read. colour: index into COLOURS or UNSEEN, vehicle_class
    into CLASSES, as seen, not as they are. vehicle: the true one, -1: none. trip: index into trips, -1: none.
    row: of the routes' site passes.
    """

    wishes: Wishes
    county: County
    sites: Sites
    routes: Routes
    trips: Trips
    truth: Truth
    plate_of: NDArray[np.uint8]
    colour_of: Ints
    class_of: Ints
    camera: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    seen_at: Floats = field(default_factory=lambda: np.zeros(0))
    true_at: Floats = field(default_factory=lambda: np.zeros(0))
    clock_offset_s: Floats = field(default_factory=lambda: np.zeros(0))
    vehicle: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    trip: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    row: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    read: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 8), np.uint8))
    colour: Ints = field(default_factory=lambda: np.zeros(0, np.int8))
    vehicle_class: Ints = field(default_factory=lambda: np.zeros(0, np.int8))
    confidence: Ints = field(default_factory=lambda: np.zeros(0, np.float32))
    lane: Ints = field(default_factory=lambda: np.zeros(0, np.int8))

    def __len__(self) -> int:
        return len(self.camera)

    def texts(self, rows: Any = slice(None)) -> NDArray[np.str_]:
        """Return what was read of some sightings; empty texts where nothing was."""
        return county_plates.as_texts(self.read[rows])

    def plate(self, vehicle: int) -> str:
        """Return the true plate of a vehicle."""
        return str(county_plates.as_texts(self.plate_of[vehicle : vehicle + 1])[0])

    def true_nodes(self, first: int, second: int) -> Ints:
        """Return the road nodes driven between two sightings (their positions) of one trip."""
        assert self.trip[first] == self.trip[second] >= 0, "not of one trip"
        start = self.routes.start[self.trips.route[self.trip[first]]]
        steps = self.routes.step[[self.row[first], self.row[second]]]
        return self.routes.nodes[start + steps[0] : start + steps[1] + 1]
