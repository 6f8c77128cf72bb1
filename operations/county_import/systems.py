"""Coordinate systems of files: which one a file is in, and its coordinates as WGS-84. Checks no places."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import coordinates, gauss_kruger
from geo.coordinates import Floats, Pair
from operations.county_import.findings import BadFile

GK = "cgcs2000-gk"
DEGREES: dict[str, Callable[[Floats, Floats], Pair]] = {
    "wgs84": lambda x, y: (x, y),
    "cgcs2000": lambda x, y: (x, y),  # the two differ by decimetres: less than any camera's place is known
    "gcj02": coordinates.gcj02_to_wgs84,
    "bd09": coordinates.bd09_to_wgs84,
}
SYSTEMS = (*DEGREES, GK)
# EPSG numbers of CGCS2000: first number, how many, degrees a zone, first zone (or meridian), by zone
_EPSG_GK = (
    (4491, 11, 6, 13, True),
    (4502, 11, 6, 75, False),
    (4513, 21, 3, 25, True),
    (4534, 21, 3, 75, False),
)
_ZONE_M = 1_000_000.0
_NORTH_M = 1_500_000.0, 6_500_000.0  # from the equator, within China


@dataclass(frozen=True, slots=True)
class System:
    """A coordinate system; meridian_deg: the central meridian of cgcs2000-gk where it is known."""

    name: str
    meridian_deg: float | None = None

    def __str__(self) -> str:
        return f"{self.name}:{self.meridian_deg:g}" if self.meridian_deg is not None else self.name


WGS84 = System("wgs84")


def system_from(text: str) -> System:
    """Return the system that a person named: wgs84, gcj02, bd09, cgcs2000, cgcs2000-gk[:meridian].

    Raises ValueError.
    """
    name, _, meridian = text.strip().lower().partition(":")
    if name not in SYSTEMS or (meridian and name != GK):
        raise ValueError(f"must be one of {', '.join(SYSTEMS)} or {GK}:120 (its central meridian)")
    if not meridian:
        return System(name)
    if not re.fullmatch(r"\d{2,3}(\.\d+)?", meridian) or not 72 <= float(meridian) <= 138:
        raise ValueError("the central meridian must be degrees from 72 to 138, such as cgcs2000-gk:120")
    return System(name, float(meridian))


def system_said(said: str | None) -> System | None:
    """Return the system a file names (the text of a .prj, or the crs of GeoJSON); None if it names none.

    Raises BadFile for one that is not converted.
    """
    if not said:
        return None
    code = re.search(r"(?:EPSG|AUTHORITY).*?(\d{4,5})\W*$", said.strip(), re.IGNORECASE | re.DOTALL)
    if code and (found := _by_number(int(code[1]))):
        return found
    plain = re.sub(r"[\W_]+", "", said).lower()
    if plain.startswith(("projcs", "projcrs")) or "gausskruger" in plain or "transversemercator" in plain:
        meridian = re.search(r'central_meridian"\s*,\s*(-?\d+(?:\.\d+)?)', said, re.IGNORECASE)
        if meridian and (
            "cgcs2000" in plain or "chinageodeticcoordinatesystem2000" in plain or "china2000" in plain
        ):
            return System(GK, float(meridian[1]))
    elif "cgcs2000" in plain or "china2000" in plain or "chinageodetic" in plain:
        return System("cgcs2000")
    elif "wgs1984" in plain or "wgs84" in plain or "crs84" in plain:
        return System("wgs84")
    raise BadFile("bad_system", said=_short(said))


def _by_number(number: int) -> System | None:
    if number == 4326:
        return System("wgs84")
    if number == 4490:
        return System("cgcs2000")
    for first, count, degrees, start, by_zone in _EPSG_GK:
        if first <= number < first + count:
            place = start + (number - first) * (1 if by_zone else degrees)
            meridian = (place * degrees - (3 if degrees == 6 else 0)) if by_zone else place
            return System(GK, float(meridian))
    return None


def _short(said: str) -> str:
    name = re.search(r'"([^"]+)"', said)
    return (name[1] if name else said)[:60]


def chosen(asked: System, said: System | None) -> System:
    """Return the system to use: what the person asked for, with the meridian that only the file knows.

    Whoever asks for nothing special (wgs84) gets what the file says; data labelled WGS-84 is often GCJ-02.
    """
    if said is None or asked == said:
        return asked
    if asked.name == "wgs84" or asked == System(GK) == System(said.name):
        return said
    return asked


def to_wgs84(system: System, x: Floats, y: Floats) -> Pair:
    """Return degrees of WGS-84. Raises BadFile when metres have no meridian, or degrees are not degrees."""
    finite = np.isfinite(x) & np.isfinite(y)
    if not finite.any():
        return x, y
    in_metres = float(np.median(np.abs(y[finite]))) > 1_000
    if system.name != GK:
        if in_metres:
            raise BadFile("in_metres", x=round(float(x[finite][0])), y=round(float(y[finite][0])))
        return DEGREES[system.name](x, y)
    if not in_metres:
        raise BadFile("not_metres")
    if (
        _NORTH_M[0] < np.median(x[finite]) < _NORTH_M[1]
        and not _NORTH_M[0] < np.median(y[finite]) < _NORTH_M[1]
    ):
        x, y = y, x  # surveyors write x north, y east
    meridian = system.meridian_deg or _meridian_of_zone(float(np.median(x[finite])))
    return gauss_kruger.to_degrees(x, y, meridian)


def _meridian_of_zone(east_m: float) -> float:
    """Return the meridian that a zone number in front of the easting tells: 25 to 45 are 3-degree zones."""
    zone = int(east_m // _ZONE_M)
    if 25 <= zone <= 45:
        return 3.0 * zone
    if 13 <= zone <= 23:
        return 6.0 * zone - 3.0
    raise BadFile("no_meridian")


def shapes_to_wgs84(system: System, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return shapes in WGS-84, flat, to 1 mm. Raises BadFile."""
    flat = shapely.force_2d(shapes)
    return np.asarray(shapely.transform(flat, lambda xy: _columns(system, xy)), dtype=object)


def _columns(system: System, xy: Floats) -> Floats:
    x, y = to_wgs84(system, xy[:, 0], xy[:, 1])
    if system.name in ("wgs84", "cgcs2000"):
        return xy
    return np.column_stack([x, y]).round(8)
