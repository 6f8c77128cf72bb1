"""How well a reading follows another as the same vehicle's, by road time, clock, place and looks; arrays."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from operations.reads.errors import ReadErrors
from operations.tracks.readings import Reading
from operations.tracks.sites import Sites
from operations.tracks.travel import (
    FASTEST_SPREADS,
    SLOWEST_SPREADS,
    UNLEARNED_SPREAD,
    Bands,
    TravelTimes,
    hour_of,
)
from operations.tracks.two_vehicles import LAGS, Evidence

HORIZON_S = 3 * 3600.0  # no drive within a county takes longer: later readings exclude nothing
SLACK = 1.0  # of the errors of two times, granted in favour of one vehicle
NEVER = 1e-12  # the least any fit can be: misreads, clocks and cameras astray have hypotheses of their own
COHERENT = 6.0  # so much likelier a vehicle is seen where its road leads, in the usual time, than anywhere
STAYED = 0.7  # so much likelier a vehicle that stood starts where it was last seen
STANDS_WITHIN_S = 600.0
COMPOSED_SPREAD = 0.15  # measured: 1 in 2,000 drives is faster than 3.3 of these
CONFLICT = 0.0043  # density at 3.3 spreads below the usual time
UNEXPLAINED = 1e-5  # of all readings are of other plates than any model of misreads says
FUZZY_FOREIGN = 0.2  # of readings that are likely misreads of the plate, so many are of others
SURE_READ, DOUBT = 0.97, (0.15, 8.0)  # a misread is less sure of itself, mostly
MATCHING_COLOUR, OTHER_COLOUR = 2.0, 0.35  # colour errs, and traffic is white, black and grey
MATCHING_CLASS, OTHER_CLASS = 1.3, 0.25


@dataclass(frozen=True)
class Passes:
    """Readings of one plate in order of time, as arrays. site: positions in `Sites`; looks: see Evidence."""

    readings: tuple[Reading, ...]
    at_s: NDArray[np.float64]
    error_s: NDArray[np.float64]
    site: NDArray[np.int64]
    camera: NDArray[np.int64]
    hour: NDArray[np.int64]
    foreign: NDArray[np.float64]
    looks: NDArray[np.float64]

    @classmethod
    def of(cls, readings: Sequence[Reading], sites: Sites, errors: ReadErrors, foreign: float) -> "Passes":
        """Return the readings as arrays; `foreign`: expected readings of other plates among them."""
        at_s = np.array([reading.at.timestamp() for reading in readings], dtype=np.float64)
        passes = cls(
            tuple(readings),
            at_s,
            np.array([SLACK * reading.error_s for reading in readings], dtype=np.float64),
            sites.positions([reading.site for reading in readings]),
            np.array([reading.camera_id for reading in readings], dtype=np.int64),
            np.array([hour_of(reading.at) for reading in readings], dtype=np.int64),
            _foreign(readings, errors, foreign),
            _looks(readings),
        )
        return taken(passes, np.argsort(at_s, kind="stable"))


def taken(passes: Passes, order: NDArray[np.int64]) -> Passes:
    """Return the passes at some positions, in that order."""
    return replace(
        passes,
        readings=tuple(passes.readings[i] for i in order),
        at_s=passes.at_s[order],
        error_s=passes.error_s[order],
        site=passes.site[order],
        camera=passes.camera[order],
        hour=passes.hour[order],
        foreign=passes.foreign[order],
        looks=passes.looks[:, order],
    )


def bands_between(
    travel: TravelTimes, passes: Passes, earlier: NDArray[np.int64], later: NDArray[np.int64]
) -> Bands:
    """Return the travel bands between pairs of passes, at the hour of the earlier one."""
    return travel.bands_at(passes.site[earlier], passes.site[later], passes.hour[earlier])


def fit_of(passes: Passes, travel: TravelTimes, lags: int) -> NDArray[np.float64]:
    """Return the n x (lags + 1) fits of two_vehicles.Evidence."""
    size = len(passes.at_s)
    fit = np.ones((size, lags + 1))
    later, lag = np.nonzero(np.arange(size)[:, None] >= np.arange(1, lags + 1)[None, :])
    lag += 1
    earlier = later - lag
    band = bands_between(travel, passes, earlier, later)
    seconds = passes.at_s[later] - passes.at_s[earlier]
    slack_s = passes.error_s[later] + passes.error_s[earlier]
    stood = 1 + STAYED * np.exp(-band.usual_s / STANDS_WITHIN_S)
    coherent = np.where(band.learned, COHERENT, 1.0)
    early = seconds < band.usual_s
    granted_s = np.where(early, np.minimum(seconds + slack_s, band.usual_s), seconds)
    density = density_of(granted_s, band, _composed_spread(travel))
    on_time = np.where(early, density * np.maximum(coherent, stood), stood + coherent * density)
    fit[later, lag] = np.maximum(np.where(seconds < HORIZON_S, on_time, stood), NEVER)
    return fit


def density_of(seconds: NDArray[np.float64], band: Bands, composed: float) -> NDArray[np.float64]:
    """Return how likely a drive takes so long, over the usual time: a normal curve of the logarithm.

    composed: the spread, below the usual time, of a drive past other sites; longer ones even out.
    """
    usual = np.maximum(band.usual_s, 1.0)
    low = np.log(usual / np.maximum(band.shortest_s, 1.0)) / FASTEST_SPREADS
    up = np.log(np.maximum(band.slow_s, usual) / usual) / SLOWEST_SPREADS
    low = np.where(band.learned, low, np.minimum(low, composed))
    over = np.log(np.maximum(seconds, 1.0) / usual)
    spread = np.where(over < 0, low, up)
    with np.errstate(over="ignore"):
        return np.where(np.isfinite(usual), np.exp(-0.5 * (over / np.maximum(spread, 0.02)) ** 2), 0.0)


def contradicts(
    travel: TravelTimes, passes: Passes, earlier: NDArray[np.int64], later: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return which pairs of passes no one vehicle makes, by their times alone."""
    band = bands_between(travel, passes, earlier, later)
    seconds = passes.at_s[later] - passes.at_s[earlier]
    slack_s = passes.error_s[later] + passes.error_s[earlier]
    density = density_of(seconds + slack_s, band, _composed_spread(travel))
    return (density < CONFLICT) & (seconds + slack_s < band.usual_s) & (seconds < HORIZON_S)


def _composed_spread(travel: TravelTimes) -> float:
    """Return the spread of times composed along the roads: small once the roads' own times are learned."""
    return COMPOSED_SPREAD if len(travel.traffic.start) else UNLEARNED_SPREAD


def evidence_of(passes: Passes, travel: TravelTimes, lags: int = LAGS) -> Evidence:
    """Return what the weighing of one and two vehicles needs; fewer `lags` do for one."""
    return Evidence(fit_of(passes, travel, lags), passes.at_s, passes.foreign, passes.looks)


def _foreign(readings: Sequence[Reading], errors: ReadErrors, foreign: float) -> NDArray[np.float64]:
    """Return, for each reading, how likely it shows another plate than the one asked about."""
    among = UNEXPLAINED + foreign / max(1, sum(reading.is_exact for reading in readings))
    doubt = np.array([(1 - reading.confidence) / (1 - SURE_READ) for reading in readings])
    exact = np.array([reading.is_exact for reading in readings], dtype=bool)
    return np.clip(np.where(exact, among * np.clip(doubt, *DOUBT), FUZZY_FOREIGN), 1e-6, 0.6)


def _looks(readings: Sequence[Reading]) -> NDArray[np.float64]:
    """Return the likelihood of every reading's look for the commonest look, and for the next one."""
    looks = Counter((r.colour, r.vehicle_class) for r in readings if r.colour)
    if not looks:
        return np.ones((2, len(readings)))
    first = looks.most_common(1)[0][0]
    others = Counter({look: count for look, count in looks.items() if look[0] != first[0]})
    second = others.most_common(1)[0][0] if others else first
    return np.array([[_alike(reading, look) for reading in readings] for look in (first, second)])


def _alike(reading: Reading, look: tuple[str | None, str]) -> float:
    ratio = 1.0
    if reading.colour:
        ratio *= MATCHING_COLOUR if reading.colour == look[0] else OTHER_COLOUR
    if "vehicle" not in (reading.vehicle_class, look[1]):
        ratio *= MATCHING_CLASS if reading.vehicle_class == look[1] else OTHER_CLASS
    return ratio
