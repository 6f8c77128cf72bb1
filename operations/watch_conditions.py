"""Watch conditions: what an entry says beside its pattern, and whether a sighting contradicts it.

What a camera could not tell contradicts nothing: no colour at night, a `vehicle` of no known class.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shapely import Point, Polygon

from operations.areas import polygon_of
from operations.facts import BadInput
from operations.sightings import VEHICLE_CLASSES
from operations.weekly_hours import WeeklyHours, weekly_hours

CLASS_UNKNOWN = "vehicle"
CLASSES = tuple(sorted(VEHICLE_CLASSES - {CLASS_UNKNOWN}))
COLOURS = ("white", "grey", "black", "red", "orange", "yellow", "green", "blue", "purple", "brown")
ALIKE = frozenset(
    frozenset(pair.split("-"))
    for pair in (
        "white-grey",
        "grey-black",
        "red-orange",
        "red-brown",
        "orange-yellow",
        "orange-brown",
        "blue-purple",
    )
)
"""Colours that cameras take for each other by light and shade: neither contradicts the other."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What conditions ask of a sighting. local: by our clock, in the site's time zone."""

    vehicle_class: str
    colour: str | None
    place: tuple[float, float]
    local: datetime


@dataclass(frozen=True, slots=True)
class Conditions:
    """Class, colour, area (by the camera's longitude and latitude) and hours; None: any."""

    vehicle_class: str | None = None
    colour: str | None = None
    area: Polygon | None = None
    hours: WeeklyHours | None = None
    _places: dict[tuple[float, float], bool] = field(default_factory=dict, compare=False, repr=False)

    def contradicted_by(self, seen: Passage) -> bool:
        """Return whether the sighting cannot be of what the entry describes."""
        if self.vehicle_class and seen.vehicle_class not in (self.vehicle_class, CLASS_UNKNOWN):
            return True
        if self.colour and seen.colour in COLOURS and not _alike(self.colour, seen.colour):
            return True
        if self.hours and not self.hours.hold(seen.local):
            return True
        return self.area is not None and not self._covers(seen.place)

    def _covers(self, place: tuple[float, float]) -> bool:
        """Return whether a camera's place lies in the area; remembered, for there are few cameras."""
        known = self._places.get(place)
        if known is None and self.area is not None:
            known = self._places[place] = bool(self.area.covers(Point(place)))
        return bool(known)


ANYTHING = Conditions()


def conditions_of(
    vehicle_class: str | None,
    colour: str | None,
    area: Mapping[str, Any] | None,
    hours: Mapping[str, Any] | None,
) -> Conditions:
    """Return checked conditions. Raises BadInput naming vehicle_class, colour, area or hours, and the fix."""
    if vehicle_class is None and colour is None and area is None and hours is None:
        return ANYTHING
    if vehicle_class is not None and vehicle_class not in CLASSES:
        raise BadInput("vehicle_class", f"choose one of {', '.join(CLASSES)}, or none for any")
    if colour is not None and colour not in COLOURS:
        raise BadInput("colour", f"choose one of {', '.join(COLOURS)}, or none for any")
    return Conditions(
        vehicle_class,
        colour,
        polygon_of(area) if area is not None else None,
        weekly_hours(hours) if hours is not None else None,
    )


def _alike(one: str, other: str) -> bool:
    return one == other or frozenset((one, other)) in ALIKE
