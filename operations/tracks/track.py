"""Track: where a vehicle was and how it went by road: trips, legs, ways; as JSON and as GeoJSON.

Readings come from readings.py; two vehicles under one plate are told apart in clones.py, before this.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from operations.times import to_text
from operations.tracks.legs import Leg, judge
from operations.tracks.readings import Reading
from operations.tracks.sites import Sites
from operations.tracks.travel import TravelTimes, hour_of
from operations.tracks.trips import Trip, trips_of
from operations.tracks.ways import RoadWay, likely_ways, ways_of

MOST_LEGS = 500
"""The newest so many are routed; the ways of earlier ones are left open."""

SiteHour = tuple[int, datetime]
"""A site's id, and the beginning of an hour (UTC)."""
Saw = Callable[[Collection[SiteHour]], Collection[SiteHour]]
"""In which of the hours asked for a site read any plate: only such a site can have missed a vehicle."""


@dataclass(frozen=True, slots=True)
class RoutedLeg:
    """A leg and the ways it may have gone, the likeliest first (way, probability); none: not drawn."""

    leg: Leg
    ways: list[tuple[RoadWay, float]]


@dataclass(frozen=True)
class Track:
    """One vehicle's trips with their legs routed, and its readings that are not believed.

    vehicle: 1, or 2 where two vehicles bear the plate.
    """

    plate: str
    vehicle: int
    trips: list[Trip]
    routed: dict[tuple[str, str], RoutedLeg]
    quarantined: list[Reading]
    travel: TravelTimes

    @property
    def legs(self) -> list[RoutedLeg]:
        """Return all legs of all trips."""
        return [self.routed[leg.start.sighting, leg.end.sighting] for trip in self.trips for leg in trip.legs]


def all_saw(asked: Collection[SiteHour]) -> Collection[SiteHour]:
    """Return that every site read plates in every hour: where nothing else is known."""
    return asked


def track_of(
    plate: str, readings: Sequence[Reading], travel: TravelTimes, vehicle: int = 1, saw: Saw = all_saw
) -> Track:
    """Return the track of one vehicle's readings, in order of time.

    Readings in quarantine are kept beside it, and no leg rests on them. saw: see working.py.
    """
    believed = [reading for reading in readings if reading.quarantined is None]
    trips = trips_of(judge(believed, travel))
    legs = [leg for trip in trips for leg in trip.legs]
    drawn = [leg for leg in legs if leg.verdict in ("driven", "stop") and leg.start.site != leg.end.site]
    routed = {(leg.start.sighting, leg.end.sighting): RoutedLeg(leg, []) for leg in legs}
    for each in _routed(drawn[-MOST_LEGS:], travel, saw):
        routed[each.leg.start.sighting, each.leg.end.sighting] = each
    doubted = [reading for reading in readings if reading.quarantined is not None]
    return Track(plate, vehicle, trips, routed, doubted, travel)


def tracks_of(
    plate: str, readings: Sequence[Reading], travel: TravelTimes, saw: Saw = all_saw
) -> list[Track]:
    """Return the track of a plate's readings as that of one vehicle; none without readings."""
    return [track_of(plate, readings, travel, saw=saw)] if readings else []


def _routed(legs: Sequence[Leg], travel: TravelTimes, saw: Saw) -> Iterator[RoutedLeg]:
    """Yield the legs with their ways. Which cameras worked is asked once, where ways differ by it."""
    ways, index, ids = ways_of(travel), travel.sites.index_of, travel.sites.ids
    open_legs: list[tuple[Leg, list[RoadWay]]] = []
    for leg in legs:
        found = ways.between(index[leg.start.site], index[leg.end.site])
        if len(found) == 1:
            yield RoutedLeg(leg, [(found[0], 1.0)])
        else:
            open_legs.append((leg, found))
    passed = [_passed(leg, found, ids) for leg, found in open_legs]
    asked = {site_hour for each in passed for hours in each.values() for site_hour in hours}
    seeing = set(saw(asked)) if asked else set()
    for (leg, found), places in zip(open_legs, passed, strict=True):
        works = {position for position, hours in places.items() if not seeing.isdisjoint(hours)}
        factor = float(travel.traffic.hour_factor[hour_of(leg.start.at)])
        yield RoutedLeg(leg, likely_ways(found, leg.seconds, factor, works.__contains__))


def _passed(leg: Leg, ways: Sequence[RoadWay], ids: NDArray[np.int64]) -> dict[int, list[SiteHour]]:
    """Return the positions of the sites that a leg's ways pass, with the hours in which it may have."""
    hours = _hours(leg)
    passed = {position for each in ways for position in each.way.passed}
    return {position: [(int(ids[position]), hour) for hour in hours] for position in passed}


def _hours(leg: Leg) -> tuple[datetime, ...]:
    """Return the hours (their beginnings, UTC) in which a leg began and ended."""
    first, last = (
        reading.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        for reading in (leg.start, leg.end)
    )
    return (first,) if first == last else (first, last)


def track_json(track: Track) -> dict[str, Any]:
    """Return a track as the API shows it: plate, vehicle, trips with legs; the ways as GeoJSON lines."""
    return {
        "plate": track.plate,
        "vehicle": track.vehicle,
        "trips": [_trip_json(trip, track) for trip in track.trips],
    }


def _trip_json(trip: Trip, track: Track) -> dict[str, Any]:
    legs = [track.routed[leg.start.sighting, leg.end.sighting] for leg in trip.legs]
    return {
        "number": trip.number,
        "from": to_text(trip.readings[0].at),
        "to": to_text(trip.readings[-1].at),
        "sightings": len(trip.readings),
        "distance_m": round(sum(each.ways[0][0].distance_m for each in legs if each.ways), 1),
        "legs": [_leg_json(each) for each in legs],
    }


def _leg_json(routed: RoutedLeg) -> dict[str, Any]:
    leg, band = routed.leg, routed.leg.band
    stop_band = leg.stop_band_s
    return {
        "from_sighting": leg.start.sighting,
        "to_sighting": leg.end.sighting,
        "seconds": round(leg.seconds, 1),
        "road_seconds": round(routed.ways[0][0].free_s, 1) if routed.ways else None,
        "shortest_s": _finite(band.shortest_s),
        "usual_s": _finite(band.usual_s),
        "slow_s": _finite(band.slow_s),
        "learned": band.learned,
        "verdict": leg.verdict,
        "stop_s": None if leg.stop_s is None else round(leg.stop_s),
        "stop_band_s": None if stop_band is None else [round(stop_band[0]), round(stop_band[1])],
        "ways": [
            {
                "probability": round(probability, 3),
                "distance_m": way.distance_m,
                "seconds": round(way.way.seconds, 1),
                "geometry": way.line,
            }
            for way, probability in routed.ways
        ],
        "readings": [reading_json(leg.start), reading_json(leg.end)] if leg.verdict == "impossible" else None,
    }


def reading_json(reading: Reading) -> dict[str, Any]:
    """Return a reading as it stands side by side with another: what was read, how surely, where and when."""
    return {
        "sighting": reading.sighting,
        "plate": reading.plate,
        "probability": round(reading.probability, 4),
        "why": list(reading.why),
        "confidence": round(reading.confidence, 3),
        "at": to_text(reading.at),
        "camera": reading.camera,
        "vehicle_class": reading.vehicle_class,
        "colour": reading.colour,
    }


def path_of(tracks: Sequence[Track]) -> dict[str, Any]:
    """Return tracks as a GeoJSON FeatureCollection: lines by road, gaps straight, points where seen.

    An impossible leg has no line: its two readings are points marked so.
    """
    features: list[dict[str, Any]] = []
    for track in tracks:
        features += [_line_feature(each, track) for each in track.legs if each.leg.verdict != "impossible"]
        features += _stop_features(track)
    return {"type": "FeatureCollection", "features": features}


def _line_feature(routed: RoutedLeg, track: Track) -> dict[str, Any]:
    leg, sites = routed.leg, track.travel.sites
    way, probability = routed.ways[0] if routed.ways else (None, None)
    here, there = sites.place(leg.start.site), sites.place(leg.end.site)
    straight = {"type": "LineString", "coordinates": [list(here), list(there)]}
    return {
        "type": "Feature",
        "geometry": way.line if way else straight,
        "properties": {
            "kind": "gap" if leg.verdict == "gap" else "leg",
            "plate": track.plate,
            "vehicle": track.vehicle,
            "seconds": round(leg.seconds, 1),
            "road_seconds": round(way.free_s, 1) if way else None,
            "distance_m": way.distance_m if way else _apart_m(leg, sites),
            "implausible": False,
            "verdict": leg.verdict,
            "stop_s": None if leg.stop_s is None else round(leg.stop_s),
            "probability": None if probability is None else round(probability, 3),
            "from_sighting": leg.start.sighting,
            "to_sighting": leg.end.sighting,
            "simulated": leg.start.simulated or leg.end.simulated,
        },
    }


def _apart_m(leg: Leg, sites: Sites) -> float:
    if leg.start.site == leg.end.site:
        return 0.0
    return round(sites.apart_m(leg.start.site, leg.end.site), 1)


def _stop_features(track: Track) -> list[dict[str, Any]]:
    impossible = {
        reading.sighting
        for each in track.legs
        if each.leg.verdict == "impossible"
        for reading in (each.leg.start, each.leg.end)
    }
    shown = {reading.sighting: reading for trip in track.trips for reading in trip.readings}
    shown |= {each.leg.end.sighting: each.leg.end for each in track.legs}
    shown |= {each.leg.start.sighting: each.leg.start for each in track.legs}
    readings = [*shown.values(), *track.quarantined]
    ordered = sorted(readings, key=lambda reading: (reading.at, reading.sighting))
    return [_stop_feature(reading, reading.sighting in impossible, track) for reading in ordered]


def _stop_feature(reading: Reading, is_impossible: bool, track: Track) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": list(track.travel.sites.place(reading.site))},
        "properties": {
            "kind": "stop",
            "plate": reading.plate,
            "vehicle": track.vehicle,
            "sighting": reading.sighting,
            "seen_at": to_text(reading.at),
            "camera": reading.camera,
            "probability": round(reading.probability, 4),
            "implausible": is_impossible,
            "quarantined": reading.quarantined,
            "simulated": reading.simulated,
        },
    }


def by_plate(readings: Sequence[Reading]) -> dict[str, list[Reading]]:
    """Part the readings of a pattern's several plates, each in order of time."""
    ordered = sorted(readings, key=lambda reading: (reading.plate, reading.at, reading.sighting))
    return {plate: list(group) for plate, group in groupby(ordered, key=lambda reading: reading.plate)}


def _finite(seconds: float) -> float | None:
    return round(seconds, 1) if seconds < 1e9 else None
