"""Quality of legs: how much of the road that vehicles truly drove their drawn ways cover. Part of
trajectory_quality; made of whole tracks, as a question answers them, misreads, wrong clocks and all.

Baselines in the same run: the shortest way at free flow, and trips split at an hour's gap, as CIVITAS does.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from geo.road_trees import Trees
from operations.store import Engine, reading
from operations.tracks.joining import Asked, readings_of
from operations.tracks.readings import Reading
from operations.tracks.track import Track, track_of
from operations.tracks.travel import TravelTimes, travel_times
from tests.benchmarks.county_truth import Month

Json = dict[str, Any]
VEHICLES = 600
LEAST_SIGHTINGS = 12
ASKED = timedelta(days=31)
MOST = 150  # of a vehicle, the newest: else a few buses are most of all legs
HOUR_S = 3600.0
LONG_M = 3_000.0


@dataclass
class Score:
    """Metres of true road, of them covered by the likeliest way, by the shortest, by the best of our ways;
    legs that lie within one true trip, and of them drawn; splits found, missed, and made up."""

    true_m: float = 0.0
    ours_m: float = 0.0
    shortest_m: float = 0.0
    any_m: float = 0.0
    shares: list[tuple[float, float, float]] = field(default_factory=list)
    legs: int = 0
    not_drawn: Counter[str] = field(default_factory=Counter)
    chances: list[tuple[float, bool]] = field(default_factory=list)
    splits: dict[str, list[int]] = field(default_factory=lambda: {"ours": [0, 0, 0], "hour": [0, 0, 0]})
    joined: list[int] = field(default_factory=lambda: [0, 0, 0])


def legs(engine: Engine, month: Month, vehicles: int = VEHICLES) -> Json:
    """Score the tracks of vehicles drawn at random among those seen often enough (clones left out)."""
    rng = np.random.default_rng(4)
    score, rows_of = Score(), _rows(month)
    with reading(engine) as session:
        travel = travel_times(session)
        free = Trees(travel.sites.network, travel.sites.network.seconds.astype(np.float64))
        for vehicle in rng.permutation(_often_seen(month))[:vehicles].tolist():
            plate, until = month.plate(vehicle), month.wishes.ends + timedelta(hours=1)
            asked = Asked(plate, until - ASKED, until, most=MOST)
            readings = readings_of(session, asked)
            rows = rows_of[vehicle]
            first = readings[0].at if readings else asked.since
            rows = rows[month.seen_at[rows] >= first.timestamp()]
            truth = _truth(month, rows, readings)
            score.joined[2] += _misread_rows(month, rows, vehicle)
            _score_joined(score, readings, truth)
            track = track_of(plate, readings, travel)
            _score_splits(score, track, readings, truth, month)
            for piece in _pieces(track, truth, month):
                _score_leg(score, piece, travel, free)
    return _told(score, vehicles)


def _rows(month: Month) -> dict[int, Any]:
    order = np.lexsort((month.seen_at, month.vehicle))
    cuts = np.flatnonzero(np.diff(month.vehicle[order])) + 1
    return {int(month.vehicle[rows[0]]): rows for rows in np.split(order, cuts)}


def _often_seen(month: Month) -> Any:
    clones = {vehicle for clone in month.truth.clones for vehicle in clone.vehicles}
    seen = np.bincount(month.vehicle[month.vehicle >= 0])
    return np.setdiff1d(np.flatnonzero(seen >= LEAST_SIGHTINGS), list(clones))


def _truth(month: Month, rows: Any, readings: list[Reading]) -> dict[str, int]:
    """Return the month's row of every reading that is this vehicle's, by sighting; by camera and time."""
    codes = {code: index for index, code in enumerate(month.county.cameras.codes)}
    by_look = {
        (int(month.camera[row]), round(float(month.seen_at[row]), 3)): int(row) for row in rows.tolist()
    }
    found = {}
    for one in readings:
        row = by_look.get((codes[one.camera], round(one.at.timestamp(), 3)))
        if row is not None:
            found[one.sighting] = row
    return found


def _misread_rows(month: Month, rows: Any, vehicle: int) -> int:
    read = month.read[rows]
    return int(((read != month.plate_of[vehicle]).any(axis=1) & (read[:, 0] != 0)).sum())


def _score_joined(score: Score, readings: list[Reading], truth: dict[str, int]) -> None:
    fuzzy = [one for one in readings if not one.is_exact]
    score.joined[0] += sum(one.sighting in truth for one in fuzzy)
    score.joined[1] += sum(one.sighting not in truth for one in fuzzy)


def _score_splits(
    score: Score, track: Track, readings: list[Reading], truth: dict[str, int], month: Month
) -> None:
    """Count where trips truly part between two readings, and where we or an hour's gap say so."""
    trip_of = {one.sighting: trip.number for trip in track.trips for one in trip.readings}
    for one, two in pairwise(each for each in readings if each.sighting in truth):
        parts = month.trip[truth[one.sighting]] != month.trip[truth[two.sighting]]
        here, there = trip_of.get(one.sighting), trip_of.get(two.sighting)
        said = {"ours": here != there, "hour": (two.at - one.at).total_seconds() > HOUR_S}
        for name, parted in said.items():
            score.splits[name][0 if parts and parted else 1 if parts else 2] += parts or parted


@dataclass(frozen=True)
class _Piece:
    """A leg of ours within one true trip: the true edges, those of our ways, where from and to."""

    true: Any
    ways: list[tuple[Any, float]]
    ends: tuple[int, int]
    verdict: str


def _pieces(track: Track, truth: dict[str, int], month: Month) -> Iterator[_Piece]:
    trees, index = track.travel.trees, track.travel.sites.index_of
    for each in track.legs:
        leg = each.leg
        first, second = truth.get(leg.start.sighting), truth.get(leg.end.sighting)
        if first is None or second is None or month.trip[first] != month.trip[second]:
            continue
        if leg.start.site == leg.end.site or month.row[first] >= month.row[second]:
            continue
        nodes = np.asarray(month.true_nodes(first, second), dtype=np.int64)
        ways = [(way.way.edges, probability) for way, probability in each.ways]
        ends = index[leg.start.site], index[leg.end.site]
        yield _Piece(trees.edges_along(nodes), ways, ends, leg.verdict)


def _score_leg(score: Score, piece: _Piece, travel: TravelTimes, free: Trees) -> None:
    metres = travel.sites.network.length_m
    here, there = (int(travel.sites.node[end]) for end in piece.ends)
    shortest = _shortest(free, here, there)

    def covered(edges: Any) -> float:
        return float(metres[np.intersect1d(piece.true, edges)].sum())

    whole = float(metres[piece.true].sum())
    score.legs += 1
    score.not_drawn[piece.verdict] += not piece.ways
    ours = [covered(edges) for edges, _ in piece.ways] or [0.0]
    score.true_m += whole
    score.ours_m += ours[0]
    score.any_m += max(ours)
    score.shortest_m += covered(shortest)
    score.shares.append((whole, ours[0], covered(shortest)))
    for (_, probability), length in zip(piece.ways, ours, strict=False):
        if len(piece.ways) > 1:
            score.chances.append((probability, length >= max(ours) - 1.0))


def _shortest(free: Trees, here: int, there: int) -> Any:
    _, before = free.ahead(here)
    nodes = [there]
    while nodes[-1] != here:
        nodes.append(int(before[nodes[-1]]))
    return free.edges_along(np.array(nodes[::-1], dtype=np.int64))


def _told(score: Score, vehicles: int) -> Json:
    long = np.array([share for share in score.shares if share[0] >= LONG_M]).reshape(-1, 3)
    chance, right = np.array(score.chances, dtype=np.float64).reshape(-1, 2).T
    return {
        "vehicles": vehicles,
        "legs": score.legs,
        "not_drawn": {verdict: many for verdict, many in score.not_drawn.items() if many},
        "on_true_road": round(score.ours_m / max(score.true_m, 1.0), 4),
        "on_true_road_any_way_shown": round(score.any_m / max(score.true_m, 1.0), 4),
        "baseline_shortest_at_free_flow": round(score.shortest_m / max(score.true_m, 1.0), 4),
        "legs_over_3_km": {
            "legs": len(long),
            "on_true_road": round(float(long[:, 1].sum() / max(long[:, 0].sum(), 1.0)), 4),
            "baseline_shortest_at_free_flow": round(float(long[:, 2].sum() / max(long[:, 0].sum(), 1.0)), 4),
        },
        "several_ways": {"brier": round(float(np.mean((chance - right) ** 2)), 4) if len(chance) else None},
        "trip_splits": {name: _f1(*counts) for name, counts in score.splits.items()},
        "misreads_joined": {
            "right": score.joined[0],
            "wrong": score.joined[1],
            "of": score.joined[2],
        },
    }


def _f1(both: int, missed: int, made_up: int) -> Json:
    return {
        "precision": round(both / max(both + made_up, 1), 4),
        "recall": round(both / max(both + missed, 1), 4),
    }
