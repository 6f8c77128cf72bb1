"""Trajectories: how a vehicle went from sighting to sighting by road, or cannot have. Asks no database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any

from geo.coordinates import LonLat, haversine_m
from geo.roads import RoadNetwork
from geo.travel_times import NoRoadBetween, Route, route
from operations.times import to_text

# Half the free-flow time is past any driver, and a clock may be a little wrong; below, no road explains it.
FASTEST_SHARE = 0.5
CLOCK_SLACK_S = 15.0
GAP_S = 2 * 3600.0  # longer than this the vehicle stood somewhere or was away: no way is claimed
MOST_LEGS = 300


@dataclass(frozen=True, slots=True)
class Stop:
    """One sighting of a path; `at` is camera time put right by the camera's clock offset."""

    sighting: str
    plate: str
    at: datetime
    place: LonLat
    camera: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class Leg:
    """From one stop to the next. `way` is None where no road was found or the time between is a gap."""

    start: Stop
    end: Stop
    seconds: float
    way: Route | None

    @property
    def is_gap(self) -> bool:
        return self.seconds > GAP_S

    @property
    def implausible(self) -> bool:
        """Return whether nobody can have driven this: no road at all, or far faster than any road allows."""
        if self.is_gap:
            return False
        return self.way is None or self.seconds + CLOCK_SLACK_S < self.way.seconds * FASTEST_SHARE


def legs(network: RoadNetwork, stops: Sequence[Stop], most: int = MOST_LEGS) -> list[Leg]:
    """Return the legs between consecutive stops of one vehicle (in order of time), the newest `most`."""
    stops = stops[-most - 1 :]
    if len(stops) < 2:
        return []
    nodes = network.snap([s.place.lon for s in stops], [s.place.lat for s in stops]).tolist()
    known: dict[tuple[int, int], Route | None] = {}
    found = []
    for (start, source), (end, target) in pairwise(zip(stops, nodes, strict=True)):
        seconds = (end.at - start.at).total_seconds()
        if seconds <= GAP_S and (source, target) not in known:
            known[source, target] = _way(network, source, target)
        found.append(Leg(start, end, seconds, known.get((source, target)) if seconds <= GAP_S else None))
    return found


def path_of(network: RoadNetwork, stops: Sequence[Stop]) -> dict[str, Any]:
    """Return the paths of the stops' vehicles as a GeoJSON FeatureCollection, MOST_LEGS legs together."""
    ordered = sorted(stops, key=lambda stop: (stop.plate, stop.at, stop.sighting))
    features: list[dict[str, Any]] = []
    left = MOST_LEGS
    for _, group in groupby(ordered, key=lambda stop: stop.plate):
        one_vehicle = list(group)
        found = legs(network, one_vehicle, left)
        left -= len(found)
        features += _leg_features(found)
        features += [_stop_feature(stop) for stop in one_vehicle]
    return {"type": "FeatureCollection", "features": features}


def _way(network: RoadNetwork, source: int, target: int) -> Route | None:
    try:
        return route(network, source, target)
    except NoRoadBetween:
        return None


def _leg_features(found: Sequence[Leg]) -> Iterator[dict[str, Any]]:
    for leg in found:
        drawn_by_road = leg.way is not None and not leg.implausible
        line = leg.way.line() if leg.way and drawn_by_road else _straight(leg)
        yield {
            "type": "Feature",
            "geometry": line,
            "properties": {
                "kind": "gap" if leg.is_gap else "leg",
                "plate": leg.end.plate,
                "seconds": round(leg.seconds, 1),
                "road_seconds": round(leg.way.seconds, 1) if leg.way else None,
                "distance_m": round(leg.way.distance_m if leg.way else _apart_m(leg), 1),
                "implausible": leg.implausible,
                "from_sighting": leg.start.sighting,
                "to_sighting": leg.end.sighting,
                "simulated": leg.start.simulated or leg.end.simulated,
            },
        }


def _stop_feature(stop: Stop) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": list(stop.place)},
        "properties": {
            "kind": "stop",
            "plate": stop.plate,
            "sighting": stop.sighting,
            "seen_at": to_text(stop.at),
            "camera": stop.camera,
            "simulated": stop.simulated,
        },
    }


def _straight(leg: Leg) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [list(leg.start.place), list(leg.end.place)]}


def _apart_m(leg: Leg) -> float:
    return float(haversine_m(*leg.start.place, *leg.end.place))
