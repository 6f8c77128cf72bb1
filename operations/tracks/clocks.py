"""Wrong clocks, as the readings of one plate betray them: one offset that ends a camera's conflicts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from operations.tracks.fitting import HORIZON_S, Passes, evidence_of, taken
from operations.tracks.travel import TravelTimes
from operations.tracks.two_vehicles import SKIPPED_ALONE, one_vehicle

PRIOR_WRONG, PRIOR_KNOWN_WRONG = 0.05, 0.002  # cameras whose offset is not known, and is
PRIOR_ASTRAY = 0.00003  # of cameras err in time in a way that no one offset puts right
USUAL_OFFSET_S = 120.0
MOST_CAMERAS = 4  # that take part in most conflicts
OFFSETS_TRIED = 3
OFFSETS_LIKELY = 30  # as many different ones, about, can a wrong clock have
LEAST_OFFSET_S, MOST_OFFSET_S = 20.0, 6 * 3600.0
AGREE_S = 45.0  # offsets this near each other are one
NEIGHBOURS = 4


@dataclass(frozen=True, slots=True)
class Shift:
    """A camera whose clock is ahead by offset_s (behind if negative); None: its times mean nothing.

    log_prior: what believing it costs.
    """

    camera: int
    offset_s: float | None
    log_prior: float


def likely_shifts(passes: Passes, travel: TravelTimes, conflicts: Sequence[tuple[int, int]]) -> list[Shift]:
    """Return the wrong clocks that explain the conflicts better than misreads do; each costs its prior."""
    counts = Counter(int(passes.camera[j]) for pair in conflicts for j in set(pair))
    suspects = [camera for camera, _ in counts.most_common(MOST_CAMERAS)]
    found: list[Shift] = []
    while suspects:
        scored = [(_gain(passes, travel, shift), shift) for shift in _tried(passes, travel, suspects)]
        best, shift = max(scored, key=lambda one: one[0])
        if best <= 0:
            break
        found.append(shift)
        suspects.remove(shift.camera)
        passes = put_right(passes, [shift])
    return found


def _gain(passes: Passes, travel: TravelTimes, shift: Shift) -> float:
    """Return how much likelier the readings around the camera's become, less what the shift costs."""
    times = passes.at_s[passes.camera == shift.camera]
    moved = np.sort(np.concatenate([times, times - (shift.offset_s or 0.0)]))
    after = np.searchsorted(moved, passes.at_s)
    apart_s = np.minimum(
        np.abs(passes.at_s - moved[np.maximum(after - 1, 0)]),
        np.abs(passes.at_s - moved[np.minimum(after, len(moved) - 1)]),
    )
    around = taken(passes, np.flatnonzero(apart_s <= HORIZON_S))
    return _alone(put_right(around, [shift]), travel) - _alone(around, travel) + shift.log_prior


def _tried(passes: Passes, travel: TravelTimes, cameras: Sequence[int]) -> list[Shift]:
    tried = [
        Shift(camera, s, _log_prior(passes, camera, s))
        for camera in cameras
        for s in _offsets(passes, travel, camera)
    ]
    return tried + [Shift(camera, None, float(np.log(PRIOR_ASTRAY))) for camera in cameras]


def _log_prior(passes: Passes, camera: int, offset_s: float) -> float:
    """Return what it costs to believe that a camera's clock is wrong by so much: the more, the more wrong."""
    known = passes.readings[int(np.flatnonzero(passes.camera == camera)[0])].clock_offset_s is not None
    prior = (PRIOR_KNOWN_WRONG if known else PRIOR_WRONG) / OFFSETS_LIKELY
    return float(np.log(prior) - np.log1p(abs(offset_s) / USUAL_OFFSET_S))


def put_right(passes: Passes, shifts: Sequence[Shift]) -> Passes:
    """Return the passes with their times put right, without those whose times mean nothing."""
    at_s = passes.at_s.copy()
    kept = np.ones(len(at_s), dtype=bool)
    for shift in shifts:
        here = passes.camera == shift.camera
        if shift.offset_s is None:
            kept &= ~here
        else:
            at_s[here] -= shift.offset_s
    moved = replace(passes, at_s=at_s)
    return taken(moved, np.flatnonzero(kept)[np.argsort(at_s[kept], kind="stable")])


def _alone(passes: Passes, travel: TravelTimes) -> float:
    return one_vehicle(evidence_of(passes, travel, SKIPPED_ALONE + 1))


def _offsets(passes: Passes, travel: TravelTimes, camera: int) -> list[float]:
    """Return the offsets on which the camera's readings agree best, judged by the readings around each."""
    here = np.flatnonzero(passes.camera == camera)
    others = np.flatnonzero(passes.camera != camera)
    if not len(others):
        return []
    votes: list[NDArray[np.float64]] = []
    for j in here.tolist():
        middle = int(np.searchsorted(others, j))
        around = others[max(0, middle - NEIGHBOURS) : middle + NEIGHBOURS]
        votes.append(_offsets_of_one(passes, travel, j, around))
    return _agreed(votes)


def _offsets_of_one(
    passes: Passes, travel: TravelTimes, j: int, around: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return which offsets would put reading j the usual time after, or before, each reading around it."""
    site = np.full(len(around), passes.site[j])
    to_here = travel.bands_at(passes.site[around], site, passes.hour[around]).usual_s
    from_here = travel.bands_at(site, passes.site[around], passes.hour[around]).usual_s
    ahead = passes.at_s[j] - passes.at_s[around]
    offsets = np.concatenate([ahead - to_here, ahead + from_here])
    size = np.abs(offsets)
    return np.asarray(offsets[(size >= LEAST_OFFSET_S) & (size <= MOST_OFFSET_S)])


def _agreed(votes: Sequence[NDArray[np.float64]]) -> list[float]:
    """Return the offsets that most pairs of readings vote for, most first."""
    every = np.concatenate(votes) if votes else np.zeros(0)
    if not len(every):
        return []
    supporters = np.zeros(len(every))
    for vote in votes:
        if len(vote):
            supporters += (np.abs(every[:, None] - vote[None, :]) <= AGREE_S).sum(axis=1)
    chosen: list[float] = []
    for index in np.lexsort((np.abs(every), -supporters)):
        if all(abs(every[index] - other) > 2 * AGREE_S for other in chosen):
            near = every[np.abs(every - every[index]) <= AGREE_S]
            chosen.append(float(np.median(near)))
        if len(chosen) == OFFSETS_TRIED:
            break
    return chosen
