"""Areas: a GeoJSON Polygon as a person drew it, checked so that the answer names the fix. Stores nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from shapely import Polygon, is_valid_reason

from operations.facts import BadInput

MOST_CORNERS = 200
LARGEST_DEG = 5.0  # wider or higher than any county with its surroundings

Ring = Sequence[Sequence[float]]


def polygon_of(area: Mapping[str, Any], field: str = "area") -> Polygon:
    """Return a GeoJSON Polygon (WGS-84, one closed ring, no holes) as a shape in degrees.

    Raises BadInput naming `field` and the fix.
    """
    ring = _ring(area, field)
    if len(ring) < 4 or tuple(ring[0][:2]) != tuple(ring[-1][:2]):
        raise BadInput(
            field, "the ring is not closed: end with the corner it begins with, three corners or more"
        )
    if len(ring) - 1 > MOST_CORNERS:
        raise BadInput(field, f"has {len(ring) - 1} corners: draw it with {MOST_CORNERS} at most")
    for lon, lat in (corner[:2] for corner in ring):
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise BadInput(
                field, f"the corner {lon}, {lat} is no place: give longitude, then latitude (WGS-84)"
            )
    polygon = Polygon([(corner[0], corner[1]) for corner in ring])
    west, south, east, north = polygon.bounds
    if max(east - west, north - south) > LARGEST_DEG:
        raise BadInput(field, f"spans more than {LARGEST_DEG:g} degrees: draw it smaller")
    if not polygon.is_valid or polygon.area == 0:
        why = is_valid_reason(polygon).split("[")[0].lower()
        raise BadInput(field, f"is no area ({why}): draw it again without crossing its own line")
    return polygon


def _ring(area: Mapping[str, Any], field: str) -> Ring:
    """Return the only ring of a GeoJSON Polygon whose corners are pairs of numbers."""
    if not isinstance(area, Mapping) or area.get("type") != "Polygon":
        raise BadInput(field, "must be a GeoJSON Polygon")
    rings = area.get("coordinates")
    if not isinstance(rings, Sequence) or len(rings) != 1 or not isinstance(rings[0], Sequence):
        raise BadInput(field, "must have one ring and no holes: draw several entries instead")
    for corner in rings[0]:
        if not isinstance(corner, Sequence) or len(corner) < 2 or not all(map(_is_number, corner[:2])):
            raise BadInput(field, "a corner must be two numbers: longitude, latitude")
    return rings[0]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
