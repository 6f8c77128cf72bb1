"""Coordinates: Chinese datums, local metres, distance and bearing. Everything stored is WGS-84.

Arrays or floats in, the same out. No geometry objects and no files here.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]

EARTH_RADIUS_M = 6_371_008.8
_KRASOVSKY_M = 6_378_245.0
_ECCENTRICITY2 = 0.00669342162296594323
_BD_X = np.pi * 3000.0 / 180.0


class LonLat(NamedTuple):
    """A WGS-84 place: degrees east, degrees north."""

    lon: float
    lat: float


def wgs84_to_gcj02(lon: object, lat: object) -> Pair:
    """Shift WGS-84 degrees to GCJ-02 (AMap, Tencent); outside China the input comes back."""
    x, y = _floats(lon), _floats(lat)
    dlon, dlat = _gcj_offset(x, y)
    inside = _in_china(x, y)
    return x + np.where(inside, dlon, 0.0), y + np.where(inside, dlat, 0.0)


def gcj02_to_wgs84(lon: object, lat: object) -> Pair:
    """Undo `wgs84_to_gcj02` to better than 1 cm (reflection and two fixed-point iterations)."""
    x, y = _floats(lon), _floats(lat)
    guess_x, guess_y = x, y
    for _ in range(3):
        there_x, there_y = wgs84_to_gcj02(guess_x, guess_y)
        guess_x, guess_y = guess_x - (there_x - x), guess_y - (there_y - y)
    return guess_x, guess_y


def gcj02_to_bd09(lon: object, lat: object) -> Pair:
    """Shift GCJ-02 degrees to BD-09 (Baidu)."""
    x, y = _floats(lon), _floats(lat)
    radius = np.hypot(x, y) + 2e-5 * np.sin(y * _BD_X)
    angle = np.arctan2(y, x) + 3e-6 * np.cos(x * _BD_X)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def bd09_to_gcj02(lon: object, lat: object) -> Pair:
    """Undo `gcj02_to_bd09` to better than 1 cm."""
    x, y = _floats(lon), _floats(lat)
    guess_x, guess_y = x - 0.0065, y - 0.006
    for _ in range(2):
        there_x, there_y = gcj02_to_bd09(guess_x, guess_y)
        guess_x, guess_y = guess_x - (there_x - x), guess_y - (there_y - y)
    return guess_x, guess_y


def wgs84_to_bd09(lon: object, lat: object) -> Pair:
    """Shift WGS-84 degrees to BD-09."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: object, lat: object) -> Pair:
    """Shift BD-09 degrees to WGS-84."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


@dataclass(frozen=True, slots=True)
class LocalMetres:
    """A flat projection around an origin: metres east and north, good to 0.3 % within 50 km."""

    origin: LonLat

    def from_lonlat(self, lon: object, lat: object) -> Pair:
        """Return metres east and north of the origin."""
        scale_x, scale_y = self._scales()
        return (_floats(lon) - self.origin.lon) * scale_x, (_floats(lat) - self.origin.lat) * scale_y

    def to_lonlat(self, x_m: object, y_m: object) -> Pair:
        """Return degrees for metres east and north of the origin."""
        scale_x, scale_y = self._scales()
        return self.origin.lon + _floats(x_m) / scale_x, self.origin.lat + _floats(y_m) / scale_y

    def _scales(self) -> tuple[float, float]:
        metres = EARTH_RADIUS_M * np.pi / 180.0
        return metres * float(np.cos(np.radians(self.origin.lat))), metres


def haversine_m(lon1: object, lat1: object, lon2: object, lat2: object) -> Floats:
    """Return the great-circle distance in metres."""
    x1, y1, x2, y2 = (np.radians(_floats(v)) for v in (lon1, lat1, lon2, lat2))
    a = np.sin((y2 - y1) / 2) ** 2 + np.cos(y1) * np.cos(y2) * np.sin((x2 - x1) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(a, 0.0, 1.0))))


def bearing_deg(lon1: object, lat1: object, lon2: object, lat2: object) -> Floats:
    """Return the bearing from the first place to the second: 0 north, 90 east, [0, 360)."""
    x1, y1, x2, y2 = (np.radians(_floats(v)) for v in (lon1, lat1, lon2, lat2))
    east = np.sin(x2 - x1) * np.cos(y2)
    north = np.cos(y1) * np.sin(y2) - np.sin(y1) * np.cos(y2) * np.cos(x2 - x1)
    return np.asarray(np.degrees(np.arctan2(east, north)) % 360.0)


def _floats(value: object) -> Floats:
    return np.asarray(value, dtype=np.float64)


def _in_china(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    return (lon > 72.004) & (lon < 137.8347) & (lat > 0.8293) & (lat < 55.8271)


def _gcj_offset(lon: Floats, lat: Floats) -> Pair:
    """Return the published GCJ-02 offset in degrees."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (waves + 20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (waves + 20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    radians = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY2 * np.sin(radians) ** 2
    metres_north = _KRASOVSKY_M * (1.0 - _ECCENTRICITY2) / (magic * np.sqrt(magic)) * np.pi / 180.0
    metres_east = _KRASOVSKY_M / np.sqrt(magic) * np.cos(radians) * np.pi / 180.0
    return east / metres_east, north / metres_north
