"""Cloned plates (套牌): do two vehicles carry one plate? From learned road times, clocks, misreads and looks.

The weighing itself is in two_vehicles.py. Starts from the readings of one plate that a case names.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from operations.reads.errors import ReadErrors
from operations.tracks.clocks import Shift, likely_shifts, put_right
from operations.tracks.fitting import (
    Passes,
    bands_between,
    contradicts,
    evidence_of,
)
from operations.tracks.readings import Reading
from operations.tracks.travel import TravelTimes
from operations.tracks.two_vehicles import one_vehicle, separated, two_vehicles

PRIOR_CLONED = 0.05
"""Of plates of which somebody asks; of a county's it is a hundred times less."""
LOOK_ALIKE = 0.6  # who copies a plate mostly copies that of the same make and colour
CHOSEN_LOOK = 1 / 6  # the second vehicle's look is taken from the readings themselves
LOOKED_BACK = 3
MOST_READINGS = 1500  # the newest: more than a month of a taxi
MOST_CONFLICTS = 100
SPLIT_SHARE, SPLIT = (
    0.15,
    20.0,
)  # the second colour's share, and how much likelier two looks (log) raise a doubt
DOUBTED = 0.5
QUIET = 0.2  # of cloned plates, about so many do not contradict themselves within a month
SURE, UNSURE = 0.8, 0.3


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two readings that one vehicle can hardly have made, and what explains them; the three shares sum to 1.

    attributes: "agree", "differ" or "unknown", of colour and class.
    """

    start: Reading
    end: Reading
    seconds: float
    shortest_s: float
    p_clone: float
    p_misread: float
    p_clock: float
    attributes: str


@dataclass(frozen=True, slots=True)
class CloneVerdict:
    """probability: of two vehicles under the plate. verdict: cloned | one_vehicle | unclear.

    vehicles: the readings of vehicle 1 (the more often seen) and 2, empty unless two are likely.
    misread: readings that more likely show another plate. clocks: cameras taken for wrong, and by how
    much (None: no telling).
    """

    probability: float
    verdict: str
    conflicts: list[Conflict]
    vehicles: tuple[list[Reading], list[Reading]]
    misread: list[Reading]
    clocks: dict[int, float | None]


def check(
    readings: Sequence[Reading], travel: TravelTimes, errors: ReadErrors, foreign: float = 0.0
) -> CloneVerdict:
    """Judge whether two vehicles carry the plate whose readings these are.

    foreign: how many readings of other plates are expected to have been misread as this one in the period
    (see neighbours.foreign_reads). Quarantined readings are left out.
    """
    kept = [reading for reading in readings if reading.quarantined is None][-MOST_READINGS:]
    passes = Passes.of(kept, travel.sites, errors, foreign)
    conflicts = _conflicts(passes, travel)
    if not conflicts:
        return _by_looks_alone(passes, travel)
    return _weighed(passes, travel, conflicts)


def clone_json(verdict: CloneVerdict) -> dict[str, Any]:
    """Return the verdict as the API shows it; readings by their sighting ids."""
    return {
        "probability": round(verdict.probability, 4),
        "verdict": verdict.verdict,
        "conflicts": [
            {
                "from": conflict.start.sighting,
                "to": conflict.end.sighting,
                "seconds": round(conflict.seconds, 1),
                "shortest_s": round(conflict.shortest_s, 1),
                "p_clone": round(conflict.p_clone, 4),
                "p_misread": round(conflict.p_misread, 4),
                "p_clock": round(conflict.p_clock, 4),
                "attributes": conflict.attributes,
            }
            for conflict in verdict.conflicts
        ],
        "vehicles": [[reading.sighting for reading in vehicle] for vehicle in verdict.vehicles],
    }


def _weighed(passes: Passes, travel: TravelTimes, conflicts: list[tuple[int, int]]) -> CloneVerdict:
    shifts = likely_shifts(passes, travel, conflicts)
    moved = put_right(passes, shifts)
    at_fault = sum(shift.log_prior for shift in shifts)
    plain, by_clock = evidence_of(passes, travel), evidence_of(moved, travel)
    alone = [one_vehicle(plain), one_vehicle(by_clock) + at_fault if shifts else -np.inf]
    both = [two_vehicles(plain), two_vehicles(by_clock) + at_fault if shifts else np.full(2, -np.inf)]
    logs = np.array([np.log(1 - PRIOR_CLONED) + score for score in alone])
    logs = np.append(logs, [np.log(PRIOR_CLONED) + _either_look(scores) for scores in both])
    shares = np.exp(logs - logs.max())
    shares /= shares.sum()
    taken = moved if shares[1] + shares[3] > 0.5 else passes
    cloned = float(shares[2] + shares[3])
    vehicle_of = {reading.sighting: 1 for reading in passes.readings}  # also where a clock says nothing
    if cloned >= UNSURE:
        looks = both[1 if taken is moved else 0]
        differ = bool(looks[1] + np.log(CHOSEN_LOOK) > looks[0])
        found = separated(by_clock if taken is moved else plain, differ)
        vehicle_of |= {taken.readings[j].sighting: int(found[j]) for j in range(len(found))}
    weights = _Weights(shares, vehicle_of, shifts)
    told = [_told(passes, travel, pair, weights) for pair in conflicts[:MOST_CONFLICTS]]
    return CloneVerdict(
        cloned,
        "cloned" if cloned >= SURE else "unclear" if cloned >= UNSURE else "one_vehicle",
        told,
        _tracks(passes, vehicle_of, cloned),
        [reading for reading in passes.readings if vehicle_of[reading.sighting] == 0],
        {shift.camera: shift.offset_s for shift in shifts} if taken is moved else {},
    )


def _either_look(logs: NDArray[np.float64]) -> float:
    """Return the log likelihood of two vehicles, whether or not the second looks like the first."""
    alike, differ = logs[0] + np.log(LOOK_ALIKE), logs[1] + np.log((1 - LOOK_ALIKE) * CHOSEN_LOOK)
    return float(np.logaddexp(alike, differ))


def _conflicts(passes: Passes, travel: TravelTimes) -> list[tuple[int, int]]:
    """Return (earlier, later) positions of readings that no one vehicle makes; the nearest earlier one."""
    found: dict[int, int] = {}
    for lag in range(LOOKED_BACK, 0, -1):
        earlier = np.arange(len(passes.at_s) - lag)
        bad = contradicts(travel, passes, earlier, earlier + lag)
        found |= {int(i) + lag: int(i) for i in earlier[bad]}
    return [(earlier, later) for later, earlier in sorted(found.items())]


@dataclass(frozen=True)
class _Weights:
    """Shares of the four hypotheses (one vehicle, with clocks; two, with clocks); whose reading is whose."""

    shares: NDArray[np.float64]
    vehicle_of: dict[str, int]
    shifts: Sequence[Shift]


def _told(passes: Passes, travel: TravelTimes, pair: tuple[int, int], weights: _Weights) -> Conflict:
    """Return what explains one conflict; under two vehicles a reading may still be a misread or a clock's."""
    shares, vehicle_of, shifts = weights.shares, weights.vehicle_of, weights.shifts
    start, end = passes.readings[pair[0]], passes.readings[pair[1]]
    by_clock = any(shift.camera in (start.camera_id, end.camera_id) for shift in shifts)
    apart = vehicle_of[start.sighting], vehicle_of[end.sighting]
    cloned = float(shares[2] + shares[3])
    clone = cloned * (cloned < UNSURE or (0 not in apart and apart[0] != apart[1]))
    clock = float(shares[1] + (shares[3] if not clone else 0.0)) * by_clock
    seconds = float(passes.at_s[pair[1]] - passes.at_s[pair[0]])
    band = bands_between(travel, passes, np.array(pair[:1]), np.array(pair[1:]))
    shortest_s = float(band.shortest_s[0])
    return Conflict(start, end, seconds, shortest_s, clone, 1 - clone - clock, clock, _attributes(start, end))


def _attributes(start: Reading, end: Reading) -> str:
    if start.colour and end.colour and start.colour != end.colour:
        return "differ"
    if "vehicle" not in (start.vehicle_class, end.vehicle_class) and start.vehicle_class != end.vehicle_class:
        return "differ"
    return "agree" if start.colour and end.colour else "unknown"


def _tracks(passes: Passes, vehicle_of: dict[str, int], cloned: float) -> tuple[list[Reading], list[Reading]]:
    if cloned < UNSURE:
        return list(passes.readings), []
    parts = [[r for r in passes.readings if vehicle_of[r.sighting] == vehicle] for vehicle in (1, 2)]
    one, two = sorted(parts, key=len, reverse=True)
    return one, two


def _by_looks_alone(passes: Passes, travel: TravelTimes) -> CloneVerdict:
    """Judge where no time speaks for two vehicles: looks that part by drives are a doubt, and never more."""
    colours = Counter(reading.colour for reading in passes.readings if reading.colour)
    other = colours.most_common(2)[1][1] if len(colours) > 1 else 0
    parted = False
    if other >= SPLIT_SHARE * colours.total():
        alike, differ = two_vehicles(evidence_of(passes, travel))
        parted = bool(differ - alike > SPLIT)
    probability, verdict = (DOUBTED, "unclear") if parted else (PRIOR_CLONED * QUIET, "one_vehicle")
    return CloneVerdict(probability, verdict, [], (list(passes.readings), []), [], {})
