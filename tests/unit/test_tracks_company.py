"""Company: commuters of one busy road are no companions; who follows on several drives is one."""

import numpy as np

from operations.tracks.company import (
    DAY_S,
    POINTS,
    WINDOWS_S,
    Met,
    Way,
    chance_of,
    encounters,
    habit_of,
    significance,
)

SITES, DRIVE_S = 6, 120.0
CANDIDATES = 400


def way(starts_s: list[float]) -> Way:
    """Return drives past six sites, 120 s apart, that begin at the given times."""
    trip = np.repeat(np.arange(len(starts_s)), SITES)
    place = np.tile(np.arange(SITES), len(starts_s))
    return Way(trip, place, np.repeat(starts_s, SITES) + place * DRIVE_S)


def beside(path: Way, starts_s: list[float], lag_s: list[float]) -> tuple[Met, np.ndarray]:
    """Return where a vehicle that drives the same road at these lags meets the path, and its passes."""
    passes = np.concatenate(
        [s + lag + np.arange(SITES) * DRIVE_S for s, lag in zip(starts_s, lag_s, strict=True)]
    )
    near = [
        (j, at - path.at_s[j])
        for at, place in zip(passes, np.tile(np.arange(SITES), len(starts_s)), strict=True)
        for j in np.flatnonzero(path.place == place)
        if abs(at - path.at_s[j]) <= max(WINDOWS_S)
    ]
    reading = np.array([j for j, _ in near], dtype=np.int64)
    return Met(np.zeros(len(near), dtype=np.int64), reading, np.array([lag for _, lag in near])), passes


def judged(path: Way, met: Met, passes: np.ndarray) -> float:
    """Return the adjusted p of the one candidate, beside CANDIDATES who were met on one drive each."""
    rng = np.random.default_rng(3)
    strangers = rng.integers(0, len(path.at_s), CANDIDATES)
    everybody = Met(
        np.concatenate([met.candidate, 1 + np.arange(CANDIDATES)]),
        np.concatenate([met.reading, strangers]),
        np.concatenate([met.lag_s, rng.uniform(-180, 180, CANDIDATES)]),
    )
    counts = encounters(everybody, path, CANDIDATES + 1)
    place = np.tile(np.arange(SITES), len(passes) // SITES)
    habit = habit_of(place, passes, path, days=30)
    return significance(counts[:, :, 0], chance_of(counts), habit)[0] * (CANDIDATES + 1)


def test_who_follows_on_four_drives_at_odd_hours_is_a_companion() -> None:
    starts = [d * DAY_S + h * 3600 for d, h in ((1, 9), (6, 14), (11, 20), (17, 11), (20, 16), (25, 8))]
    path = way(starts)
    assert judged(path, *beside(path, starts[:4], [20.0, 35.0, 12.0, 28.0])) < 1e-3


def test_a_commuter_of_the_same_road_and_hour_is_none() -> None:
    rng = np.random.default_rng(1)
    days = range(22)
    path = way([d * DAY_S + 27_000 + rng.normal(0, 200) for d in days])
    other = [d * DAY_S + 27_000 + rng.normal(0, 200) for d in days]
    met, passes = beside(path, other, [0.0] * len(other))
    assert len(np.unique(path.trip[met.reading])) > 6  # met on many a drive
    assert judged(path, met, passes) > 0.05


def test_a_bus_that_passes_every_ten_minutes_is_none() -> None:
    path = way([d * DAY_S + h * 3600 for d, h in ((1, 9), (6, 14), (11, 20), (17, 11), (20, 16), (25, 8))])
    bus = [d * DAY_S + 6 * 3600 + n * 600 for d in range(28) for n in range(90)]
    met, passes = beside(path, bus, [0.0] * len(bus))
    assert len(np.unique(path.trip[met.reading])) >= 3
    assert judged(path, met, passes) > 0.05


def test_one_drive_along_the_same_road_counts_once() -> None:
    path = way([9 * 3600.0, 5 * DAY_S])
    met, _ = beside(path, [9 * 3600.0], [15.0])
    counts = encounters(met, path, 1)
    assert len(met.reading) == SITES
    assert counts[:, :, 0].tolist() == [[1] * len(POINTS)] * len(WINDOWS_S)
