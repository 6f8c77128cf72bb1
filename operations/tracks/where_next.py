"""Where next: the sites a vehicle will likely pass next, and when, from what traffic does there at that hour.

Of the vehicle itself only how often it went from site to site in the period asked about; no place it keeps.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr
from sqlalchemy import select

from operations.store import Session
from operations.tables import Movement, Turn
from operations.times import to_text
from operations.tracks.readings import Reading
from operations.tracks.travel import (
    BIN_RATIO,
    BINS,
    FASTEST_SPREADS,
    FIRST_BIN_S,
    LONGEST_S,
    SLOWEST_SPREADS,
    Bands,
    TravelTimes,
    hour_of,
    part_of,
    travel_times,
    weight_at,
)

NOWHERE = 0  # the site of movements that were seen nowhere next
HOUR_WEIGHTS = {0: 1.0, 1: 0.5, 23: 0.5}  # by hours apart; any other hour:
OTHER_HOUR, OTHER_PART = 0.15, 0.4
SITE_WORTH = 4.0  # what all who leave a site say counts as so many who came the same way
OWN_WORTH = 3.0  # what traffic says counts as so many of the vehicle's own moves
ROAD_WORTH = 3.0  # what the road says of the time counts as so many vehicles seen
MOST_POINTS = 10
LEAST = 0.01
QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class NextPoint:
    """A site that the vehicle may pass next: how probably, and when (the middle eight of ten cases)."""

    site: int
    name: str
    lon: float
    lat: float
    probability: float
    early: datetime
    likely: datetime
    late: datetime


@dataclass(frozen=True)
class Left:
    """What is known of those who left one site. counts [to, bin] by the hour asked, to: its ids (0: nowhere).

    turned: how many of them that came the same way went to each. own: how often the vehicle itself did.
    """

    to: NDArray[np.int64]
    counts: NDArray[np.float64]
    turned: NDArray[np.float64]
    own: NDArray[np.float64]


def where_next(
    session: Session, reading: Reading, now: datetime, own: Sequence[Reading] = ()
) -> list[NextPoint]:
    """Return where the vehicle last read here will likely be read next, the likeliest first.

    own: its readings in the period asked about, this one among them. Empty where nothing is known or too
    much time has passed: then it stands or has left.
    """
    passed_s = max(0.0, (now - reading.at).total_seconds())
    if passed_s >= LONGEST_S:
        return []
    travel = travel_times(session)
    left = left_from(session, reading, own)
    if not len(left.to):
        return []
    bands = _bands(travel, reading, left.to)
    shares, seconds = after(left, bands, passed_s)
    order = [i for i in np.argsort(-shares) if left.to[i] != NOWHERE and shares[i] >= LEAST]
    return [
        _point(travel, reading, int(left.to[i]), float(shares[i]), seconds[i]) for i in order[:MOST_POINTS]
    ]


def next_json(points: Iterable[NextPoint]) -> list[dict[str, Any]]:
    """Return next points as the API shows them; nobody is sent yet."""
    return [
        {
            "site": point.site,
            "name": point.name,
            "lon": point.lon,
            "lat": point.lat,
            "probability": round(point.probability, 4),
            "early": to_text(point.early),
            "likely": to_text(point.likely),
            "late": to_text(point.late),
            "interception": None,
        }
        for point in points
    ]


def left_from(session: Session, reading: Reading, own: Sequence[Reading]) -> Left:
    """Read what traffic did that left the reading's site, and what the vehicle did there itself."""
    hour, scale = hour_of(reading.at), weight_at(reading.at)
    moves = session.execute(
        select(Movement.to_site, Movement.hour, Movement.bin, Movement.count).where(
            Movement.from_site == reading.site
        )
    ).all()
    came = came_from(reading, own)
    turns = session.execute(
        select(Turn.to_site, Turn.part, Turn.count).where(
            Turn.previous_site == came, Turn.from_site == reading.site
        )
    ).all()
    mine = own_moves(reading, own)
    to = np.array(sorted({row[0] for row in moves} | {row[0] for row in turns} | set(mine)), dtype=np.int64)
    position = {site: i for i, site in enumerate(to.tolist())}
    counts, turned = np.zeros((len(to), BINS)), np.zeros(len(to))
    for site, at_hour, in_bin, count in moves:
        counts[position[site], in_bin] += count / scale * HOUR_WEIGHTS.get((at_hour - hour) % 24, OTHER_HOUR)
    for site, part, count in turns:
        turned[position[site]] += count / scale * (1.0 if part == part_of(hour) else OTHER_PART)
    return Left(to, counts, turned, np.array([mine.get(site, 0) for site in to.tolist()], dtype=np.float64))


def after(left: Left, bands: Bands, passed_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the probability of each site, and its QUANTILES of seconds [to, 3], after so long unseen."""
    times = _times(left, bands)
    edges = np.concatenate([[0.0], FIRST_BIN_S * BIN_RATIO ** np.arange(BINS)])
    ahead = np.clip((edges[1:] - passed_s) / np.diff(edges), 0.0, 1.0)  # what is left of each bin
    left_over = times * ahead[None, :]
    still = left_over.sum(axis=1)
    still[left.to == NOWHERE] = 1.0
    shares = _chosen(left) * still
    total = shares.sum()
    starts = np.maximum(edges[:-1], passed_s)
    seconds = np.array([_quantiles(row, starts, edges[1:]) for row in left_over])
    return shares / total if total > 0 else shares, seconds


def came_from(reading: Reading, own: Sequence[Reading]) -> int:
    """Return the site before this one on the same drive; 0 where there is none."""
    for other in sorted(own, key=lambda each: each.at, reverse=True):
        if other.at < reading.at and other.site != reading.site:
            return other.site if (reading.at - other.at).total_seconds() <= LONGEST_S else NOWHERE
    return NOWHERE


def own_moves(reading: Reading, own: Sequence[Reading]) -> Counter[int]:
    """Count where the vehicle went from the reading's site before; 0: nowhere within LONGEST_S."""
    moves: Counter[int] = Counter()
    earlier = sorted((other for other in own if other.at <= reading.at), key=lambda each: each.at)
    for here, there in pairwise(earlier):
        if here.site == reading.site and there.site != here.site:
            soon = (there.at - here.at).total_seconds() <= LONGEST_S
            moves[there.site if soon else NOWHERE] += 1
    return moves


def _chosen(left: Left) -> NDArray[np.float64]:
    """Return the probability of each site (and of nowhere) when nothing is known of the time yet."""
    site = left.counts.sum(axis=1)
    site = (site + 1e-6) / (site + 1e-6).sum()
    onward = np.where(left.to == NOWHERE, 0.0, site)
    onward /= max(onward.sum(), 1e-12)
    turned = (left.turned + SITE_WORTH * onward) / (left.turned.sum() + SITE_WORTH)
    ends = float(site[left.to == NOWHERE].sum())
    traffic = np.where(left.to == NOWHERE, ends, (1 - ends) * turned)
    return np.asarray((left.own + OWN_WORTH * traffic) / (left.own.sum() + OWN_WORTH))


def _times(left: Left, bands: Bands) -> NDArray[np.float64]:
    """Return [to, bin] the share of drives that take so long: those seen, and the road's own band."""
    upper = np.log(FIRST_BIN_S * BIN_RATIO ** np.arange(BINS))
    usual = np.log(np.maximum(bands.usual_s, 1.0))[:, None]
    low = np.maximum(usual[:, 0] - np.log(np.maximum(bands.shortest_s, 0.5)), 0.06) / FASTEST_SPREADS
    up = np.maximum(np.log(np.maximum(bands.slow_s, 1.0)) - usual[:, 0], 0.04) / SLOWEST_SPREADS
    spread = np.where(upper[None, :] < usual, low[:, None], up[:, None])
    by_road = np.diff(ndtr((upper[None, :] - usual) / spread), axis=1, prepend=0.0)
    by_road = np.where(np.isfinite(usual), by_road, 1.0 / BINS)
    by_road /= np.maximum(by_road.sum(axis=1, keepdims=True), 1e-12)
    both = left.counts + ROAD_WORTH * by_road
    return np.asarray(both / both.sum(axis=1, keepdims=True))


def _quantiles(
    row: NDArray[np.float64], starts: NDArray[np.float64], ends: NDArray[np.float64]
) -> list[float]:
    total = row.sum()
    if total <= 0:
        return [float(starts[-1])] * len(QUANTILES)
    summed = np.cumsum(row) / total
    found = []
    for share in QUANTILES:
        i = int(np.searchsorted(summed, share))
        within = (share - (summed[i - 1] if i else 0.0)) / max(row[i] / total, 1e-12)
        found.append(float(starts[i] + within * (ends[i] - starts[i])))
    return found


def _bands(travel: TravelTimes, reading: Reading, to: NDArray[np.int64]) -> Bands:
    """Return the road's bands to sites; nowhere, and sites that are gone, get those of the site itself."""
    known = [site if site in travel.sites.index_of else reading.site for site in to.tolist()]
    return travel.bands([reading.site] * len(to), known, np.full(len(to), hour_of(reading.at)))


def _point(
    travel: TravelTimes, reading: Reading, site: int, probability: float, seconds: NDArray[np.float64]
) -> NextPoint:
    place = travel.sites.place(site)
    early, likely, late = (reading.at + timedelta(seconds=float(s)) for s in seconds)
    return NextPoint(site, travel.sites.name(site), place.lon, place.lat, probability, early, likely, late)
