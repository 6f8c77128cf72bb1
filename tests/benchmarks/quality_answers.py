"""Questions with known answers about a generated month: as the product answers, and as exact text does."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from geo.coordinates import haversine_m
from geo.roads import RoadNetwork
from geo.travel_times import route
from operations.reads.errors import read_errors
from operations.store import Session, reading
from operations.tables import SightingRow
from operations.tracks import clones as clone_checks
from operations.tracks import companions as company
from operations.tracks.joining import Asked, readings_of
from operations.tracks.neighbours import foreign_reads
from operations.tracks.readings import Reading, exact_readings
from operations.tracks.track import track_of
from operations.tracks.travel import LONGEST_S, TravelTimes, hour_of, travel_times
from operations.tracks.where_next import NOWHERE, after, left_from
from operations.tracks.where_next import _bands as bands_to
from tests.benchmarks.county_truth import Month
from tests.benchmarks.quality_month import Stored

Json = dict[str, Any]

SINGLE_PLATES = 240  # questions about plates that one vehicle carries, to 60 about clones
ALONE = 100  # questions about vehicles without companions
SPEED_KMH, LEAST_M = 110.0, 1_000.0
WINDOW = timedelta(minutes=5)
NEXT_ASKED = 2_000
PASSED_S = 60.0
LEGS_ASKED = 150


def clones(stored: Stored) -> Json:
    """Ask of every cloned plate, and of plates that one vehicle carries, whether two do."""
    rng = np.random.default_rng(stored.month.wishes.seed)
    asked = [(c.plate, True, c.conflicts) for c in stored.month.truth.clones]
    asked += [(plate, False, 0) for plate in _single_plates(stored.month, rng)]
    rows = []
    unclear = {True: 0, False: 0}
    with reading(stored.engine) as session:
        travel, errors = travel_times(session), read_errors(session)
        for plate, cloned, conflicts in asked:
            readings = _readings(session, stored, plate)
            foreign = foreign_reads(session, plate, stored.since, stored.until, errors)
            found = clone_checks.check(readings, travel, errors, foreign)
            by_speed = _impossible_speed(exact_readings(session, plate, stored.since, stored.until), travel)
            parted = _parted(stored, found) if cloned and found.verdict == "cloned" else None
            rows.append((cloned, conflicts, found.verdict == "cloned", by_speed, parted))
            unclear[cloned] += found.verdict == "unclear"
    told = _precision([row[:3] for row in rows])
    told["unclear"] = {"of_clones": unclear[True], "of_others": unclear[False]}
    parted = [row[4] for row in rows if row[4] is not None]
    return {
        "ours": told,
        "speed_110_exact": _precision([(row[0], row[1], row[3]) for row in rows]),
        "readings_on_the_right_track": round(float(np.mean(parted)), 4) if parted else None,
    }


def companions(stored: Stored) -> Json:
    """Ask of vehicles with and without a companion what moved with them."""
    month, rng = stored.month, np.random.default_rng(stored.month.wishes.seed)
    pairs = [c for c in month.truth.companions if c.trips >= 3]
    alone = _without_companions(month, rng)
    ours, raw = _Ranks(), _Ranks()
    with reading(stored.engine) as session:
        travel, errors = travel_times(session), read_errors(session)
        for vehicle, mate in [(c.vehicle, c.mate) for c in pairs] + [(v, None) for v in alone]:
            plate = month.plate(vehicle)
            true = month.plate(mate) if mate is not None else None
            found = company.companions(session, _readings(session, stored, plate), travel, errors, plate)
            ours.take([one.plate for one in found], true)
            raw.take(_by_raw_count(session, stored, plate), true)
    return {"pairs": len(pairs), "alone": len(alone), "ours": ours.told(), "raw_count_5_min": raw.told()}


def next_points(stored: Stored) -> Json:
    """Ask where vehicles read in the days held out went next, a minute after they were read."""
    rng = np.random.default_rng(stored.month.wishes.seed)
    scores: dict[str, list[float]] = {
        "loss": [],
        "top1": [],
        "top3": [],
        "hour": [],
        "road": [],
        "loss_hour": [],
        "inside": [],
    }
    with reading(stored.engine) as session:
        travel = travel_times(session)
        for now_reading, own, true, seconds in _moves_held_out(stored, session, travel, rng):
            _score_next(session, travel, now_reading, own, (true, seconds), scores)
    went = len(scores["top3"])
    means = {name: round(float(np.mean(values)), 4) for name, values in scores.items()}
    return {"asked": len(scores["loss"]), "went_somewhere": went, **means}


def legs(stored: Stored) -> Json:
    """Ask how vehicles drove from reading to reading: how much of the way drawn is on the road they took."""
    month, rng = stored.month, np.random.default_rng(stored.month.wishes.seed)
    counts = np.bincount(month.vehicle[month.vehicle >= 0])
    clones = {vehicle for c in month.truth.clones for vehicle in c.vehicles}
    drivers = [v for v in np.flatnonzero(counts >= 5).tolist() if v not in clones]
    network = month.county.roads
    right, drawn, by_free_flow, routed = 0.0, 0.0, 0.0, 0.0
    routes: dict[tuple[int, int], list[int]] = {}
    with reading(stored.engine) as session:
        travel = travel_times(session)
        for vehicle in rng.choice(drivers, min(LEGS_ASKED, len(drivers)), replace=False).tolist():
            rows = _rows_by_sighting(month, vehicle)
            track = track_of(month.plate(vehicle), _readings(session, stored, month.plate(vehicle)), travel)
            for each in track.legs:
                ends = rows.get(each.leg.start.sighting), rows.get(each.leg.end.sighting)
                if not each.ways or None in ends or month.trip[ends[0]] != month.trip[ends[1]]:
                    continue
                true = month.true_nodes(*ends).tolist()
                if len(true) < 2:  # a wrong clock turned the order round
                    continue
                on_road = set(pairwise(true))
                nodes = each.ways[0][0].way.nodes.tolist()
                for edge in pairwise(nodes):
                    length = float(network.length_matrix[edge[0], edge[1]])
                    drawn += length
                    right += length * (edge in on_road)
                for edge in pairwise(_fastest(network, true[0], true[-1], routes)):
                    length = float(network.length_matrix[edge[0], edge[1]])
                    routed += length
                    by_free_flow += length * (edge in on_road)
    return {
        "share_of_drawn_length_on_true_road": round(right / max(drawn, 1.0), 4),
        "free_flow_route": round(by_free_flow / max(routed, 1.0), 4),
        "drawn_km": round(drawn / 1000),
    }


def _fastest(
    network: RoadNetwork, start: int, end: int, known: dict[tuple[int, int], list[int]]
) -> list[int]:
    """Return the nodes of the fastest drive at free flow, as any router without traffic would."""
    if (start, end) not in known:
        known[start, end] = route(network, start, end).nodes.tolist()
    return known[start, end]


def _readings(session: Session, stored: Stored, plate: str) -> list[Reading]:
    return readings_of(session, Asked(plate, stored.since, stored.until))


def _single_plates(month: Month, rng: np.random.Generator) -> list[str]:
    """Return plates of one vehicle each, seen at least twenty times: taxis, buses, commuters and others."""
    counts = np.bincount(month.vehicle[month.vehicle >= 0])
    clones = {vehicle for c in month.truth.clones for vehicle in c.vehicles}
    often = np.array([v for v in np.flatnonzero(counts >= 20).tolist() if v not in clones])
    chosen = rng.choice(often, min(SINGLE_PLATES, len(often)), replace=False)
    return [month.plate(int(vehicle)) for vehicle in chosen]


def _without_companions(month: Month, rng: np.random.Generator) -> list[int]:
    counts = np.bincount(month.vehicle[month.vehicle >= 0])
    known = {v for c in month.truth.companions for v in (c.vehicle, c.mate)}
    known |= {v for c in month.truth.clones for v in c.vehicles}
    often = np.array([v for v in np.flatnonzero(counts >= 20).tolist() if v not in known])
    return [int(v) for v in rng.choice(often, min(ALONE, len(often)), replace=False)]


def _precision(rows: list[tuple[bool, int, bool]]) -> Json:
    """Return precision and recall of (cloned, conflicts in truth, said so)."""
    said = [row for row in rows if row[2]]
    true = [row for row in rows if row[0]]
    telling = [row for row in true if row[1] > 0]
    return {
        "asked": len(rows),
        "clones": len(true),
        "clones_that_contradict_themselves": len(telling),
        "said_cloned": len(said),
        "precision": round(sum(row[0] for row in said) / max(1, len(said)), 4),
        "recall": round(sum(row[2] for row in true) / max(1, len(true)), 4),
        "recall_where_contradicting": round(sum(row[2] for row in telling) / max(1, len(telling)), 4),
    }


def _impossible_speed(readings: list[Reading], travel: TravelTimes) -> bool:
    """Return whether any two readings in a row need SPEED_KMH or more over LEAST_M, as the crow flies."""
    for one, other in pairwise(readings):
        apart_m = float(haversine_m(*travel.sites.place(one.site), *travel.sites.place(other.site)))
        hours = max((other.at - one.at).total_seconds(), 1.0) / 3600
        if apart_m >= LEAST_M and apart_m / 1000 / hours >= SPEED_KMH:
            return True
    return False


def _parted(stored: Stored, found: clone_checks.CloneVerdict) -> float:
    """Return the share of readings on the track of their true vehicle, whichever is called which, by day.

    Over a gap nobody can tell two alike vehicles' names apart; within a day of two, the tracks must part.
    """
    month = stored.month
    by_pass = {
        row: int(month.vehicle[row])
        for reading in [*found.vehicles[0], *found.vehicles[1]]
        for row in [_row_of(reading)]
    }
    right = total = 0
    days: dict[Any, list[tuple[int, int]]] = {}
    for vehicle, readings in enumerate(found.vehicles):
        for one in readings:
            days.setdefault(one.at.date(), []).append((vehicle, by_pass[_row_of(one)]))
    for pairs in days.values():
        table = Counter(pairs)
        names = {true for _, true in pairs}
        if len(names) < 2:
            continue
        low = min(names)
        straight = sum(count for (vehicle, true), count in table.items() if (vehicle == 0) == (true == low))
        right, total = right + max(straight, len(pairs) - straight), total + len(pairs)
    return right / total if total else 1.0


def _row_of(reading: Reading) -> int:
    """Return the number of a stored sighting in the month's columns; the store writes it into the id."""
    return int(reading.sighting.rsplit(":", 1)[1])


def _rows_by_sighting(month: Month, vehicle: int) -> "_Rows":
    return _Rows(month, vehicle)


class _Rows:
    """Finds the month's row of a sighting of one vehicle; None for another's."""

    def __init__(self, month: Month, vehicle: int) -> None:
        self._month, self._vehicle = month, vehicle

    def get(self, sighting: str) -> Any:
        row = int(sighting.rsplit(":", 1)[1])
        return row if self._month.vehicle[row] == self._vehicle and self._month.trip[row] >= 0 else None


class _Ranks:
    """Counts where the true companion was ranked, and who was named that was none."""

    def __init__(self) -> None:
        self.top1 = self.top3 = self.pairs = self.asked = self.false = self.false_alone = self.alone = 0

    def take(self, named: list[str], true: str | None) -> None:
        self.asked += 1
        self.false += sum(plate != true for plate in named)
        if true is None:
            self.alone += 1
            self.false_alone += len(named)
            return
        self.pairs += 1
        self.top1 += named[:1] == [true]
        self.top3 += true in named[:3]

    def told(self) -> Json:
        return {
            "top1": round(self.top1 / max(1, self.pairs), 4),
            "top3": round(self.top3 / max(1, self.pairs), 4),
            "false_per_100_questions": round(100 * self.false / max(1, self.asked), 2),
            "false_per_100_of_those_alone": round(100 * self.false_alone / max(1, self.alone), 2),
        }


def _by_raw_count(session: Session, stored: Stored, plate: str) -> list[str]:
    """Rank vehicles by how many of the plate's passes they were near, at least two, as CIVITAS does."""
    met: Counter[str] = Counter()
    for one in exact_readings(session, plate, stored.since, stored.until):
        near = select(SightingRow.plate).where(SightingRow.camera_id == one.camera_id)
        near = near.where(SightingRow.seen_at.between(one.at - WINDOW, one.at + WINDOW))
        met.update({text for text in session.scalars(near) if text and text != plate})
    return [text for text, count in met.most_common() if count >= 2]


def _moves_held_out(stored: Stored, session: Session, travel: TravelTimes, rng: np.random.Generator) -> Any:
    """Yield (reading, the vehicle's readings so far, next site or NOWHERE, seconds) of the days held out."""
    month = stored.month
    until_s = month.wishes.ends.timestamp() - LONGEST_S
    order = np.lexsort((month.seen_at, month.vehicle))
    order = order[month.vehicle[order] >= 0]
    vehicle, at_s = month.vehicle[order], month.seen_at[order]
    site = travel.sites.camera_sites[_camera_ids(session, month)[month.camera[order]]]
    asked = np.flatnonzero((at_s >= stored.learned.timestamp()) & (at_s < until_s))
    for i in rng.choice(asked, min(2 * NEXT_ASKED, len(asked)), replace=False).tolist():
        j = i + 1
        while (
            j < len(order) and vehicle[j] == vehicle[i] and site[j] == site[i] and at_s[j] - at_s[j - 1] < 300
        ):
            j += 1
        moved = j < len(order) and vehicle[j] == vehicle[i] and at_s[j] - at_s[i] <= LONGEST_S
        seconds = float(at_s[j] - at_s[i]) if moved else LONGEST_S
        if seconds <= PASSED_S:
            continue
        first = np.searchsorted(vehicle, vehicle[i])
        own = [_as_reading(k, site, at_s) for k in range(int(first), i + 1)]
        yield own[-1], own, int(site[j]) if moved else NOWHERE, seconds


def _as_reading(k: int, site: NDArray[np.int64], at_s: NDArray[np.float64]) -> Reading:
    at = datetime.fromtimestamp(float(at_s[k]), UTC)
    return Reading(str(k), "", at, int(site[k]), 0, "", "car")


def _camera_ids(session: Session, month: Month) -> NDArray[np.int64]:
    from operations.tables import Camera

    by_code = dict(session.execute(select(Camera.code, Camera.id)).all())
    return np.array([by_code[code] for code in month.county.cameras.codes], dtype=np.int64)


def _score_next(
    session: Session,
    travel: TravelTimes,
    here: Reading,
    own: list[Reading],
    true: tuple[int, float],
    scores: Any,
) -> None:
    left = left_from(session, here, own)
    if not len(left.to):
        return
    shares, seconds = after(left, bands_to(travel, here, left.to), PASSED_S)
    hour = left.counts.sum(axis=1)
    by_hour = (hour + 0.1) / (hour + 0.1).sum()
    position = np.flatnonzero(left.to == true[0])
    scores["loss"].append(-float(np.log(shares[position[0]] if len(position) else 1e-4)))
    scores["loss_hour"].append(-float(np.log(by_hour[position[0]] if len(position) else 1e-4)))
    if true[0] == NOWHERE:
        return
    onward = left.to != NOWHERE
    ranked = left.to[onward][np.argsort(-shares[onward])].tolist()
    scores["top1"].append(true[0] in ranked[:1])
    scores["top3"].append(true[0] in ranked[:3])
    scores["hour"].append(true[0] in left.to[onward][np.argsort(-hour[onward])].tolist()[:3])
    scores["road"].append(true[0] in _nearest_by_road(travel, here)[:3])
    if len(position):
        early, _, late = seconds[position[0]]
        scores["inside"].append(early <= true[1] <= late)


def _nearest_by_road(travel: TravelTimes, here: Reading) -> list[int]:
    at = travel.sites.index_of[here.site]
    everywhere = np.arange(len(travel.sites.ids))
    bands = travel.bands_at(
        np.full(len(everywhere), at), everywhere, np.full(len(everywhere), hour_of(here.at))
    )
    order = [i for i in np.argsort(bands.usual_s).tolist() if i != at]
    return travel.sites.ids[order[:3]].tolist()
