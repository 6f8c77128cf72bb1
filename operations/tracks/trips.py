"""Trips: a vehicle's legs parted where the road cannot explain the time between two readings."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from operations.tracks.legs import Judged, Leg
from operations.tracks.readings import Reading


@dataclass(slots=True)
class Trip:
    """One drive: its readings in order of time and the legs between them.

    The legs are in order of their ends. The first of a later trip is the gap before it; an impossible one
    leads to a reading that cannot be this vehicle's.
    """

    number: int
    readings: list[Reading] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)


def trips_of(judged: Judged) -> list[Trip]:
    """Return the trips of one vehicle, in order of time, numbered from 1.

    A new trip begins at every leg that is a gap: longer than traffic and a stop on the way explain.
    """
    trips = [Trip(1)]
    for reading, leg in zip(judged.kept, [None, *judged.legs], strict=False):
        if leg is not None and leg.verdict == "gap":
            trips.append(Trip(len(trips) + 1))
        if leg is not None:
            trips[-1].legs.append(leg)
        trips[-1].readings.append(reading)
    if judged.contradicting:
        _add_contradicting(trips, judged.contradicting)
    return [trip for trip in trips if trip.readings]


def _add_contradicting(trips: list[Trip], legs: Sequence[Leg]) -> None:
    """Put each impossible leg into the trip of the kept reading it touches."""
    trip_of = {reading.sighting: trip for trip in trips for reading in trip.readings}
    for leg in legs:
        trip = trip_of.get(leg.start.sighting) or trip_of[leg.end.sighting]
        trip.legs.append(leg)
    for trip in trips:
        trip.legs.sort(key=lambda leg: (leg.end.at, leg.end.sighting))
