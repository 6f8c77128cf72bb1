"""Gauss-Krüger metres of CGCS2000 back to degrees: what Chinese surveyors' maps are drawn in. No other datum.

Series of Krüger in the third flattening n, to n^4: under 1 mm within 3 degrees of the meridian.
Source: Karney 2011, "Transverse Mercator with an accuracy of a few nanometers", equations 11, 12, 36.
"""

import numpy as np

from geo.coordinates import Floats, Pair

_AXIS_M = 6_378_137.0
_FLATTENING = 1 / 298.257222101
_N = _FLATTENING / (2 - _FLATTENING)
_RADIUS_M = _AXIS_M / (1 + _N) * (1 + _N**2 / 4 + _N**4 / 64)
_ECCENTRICITY = np.sqrt(_FLATTENING * (2 - _FLATTENING))
_FALSE_EASTING_M = 500_000.0
_ZONE_M = 1_000_000.0
_ALPHA = (
    _N / 2 - 2 / 3 * _N**2 + 5 / 16 * _N**3 + 41 / 180 * _N**4,
    13 / 48 * _N**2 - 3 / 5 * _N**3 + 557 / 1440 * _N**4,
    61 / 240 * _N**3 - 103 / 140 * _N**4,
    49561 / 161280 * _N**4,
)
_BETA = (
    _N / 2 - 2 / 3 * _N**2 + 37 / 96 * _N**3 - 1 / 360 * _N**4,
    1 / 48 * _N**2 + 1 / 15 * _N**3 - 437 / 1440 * _N**4,
    17 / 480 * _N**3 - 37 / 840 * _N**4,
    4397 / 161280 * _N**4,
)


def to_degrees(east_m: object, north_m: object, meridian_deg: float) -> Pair:
    """Return degrees (CGCS2000, equal to WGS-84 within decimetres) of metres around a central meridian.

    A zone number in front of the easting (40 500 000) is dropped.
    """
    east = np.asarray(east_m, dtype=np.float64) % _ZONE_M - _FALSE_EASTING_M
    xi, eta = np.asarray(north_m, dtype=np.float64) / _RADIUS_M, east / _RADIUS_M
    xi0, eta0 = xi.copy(), eta.copy()
    for order, beta in enumerate(_BETA, 1):
        xi0 -= beta * np.sin(2 * order * xi) * np.cosh(2 * order * eta)
        eta0 -= beta * np.cos(2 * order * xi) * np.sinh(2 * order * eta)
    conformal = np.arcsin(np.clip(np.sin(xi0) / np.cosh(eta0), -1, 1))
    lon = meridian_deg + np.degrees(np.arctan2(np.sinh(eta0), np.cos(xi0)))
    return lon, np.degrees(_geodetic(conformal))


def to_metres(lon: object, lat: object, meridian_deg: float) -> Pair:
    """Return metres east (false easting 500 km, no zone number) and north of degrees."""
    away = np.radians(np.asarray(lon, dtype=np.float64) - meridian_deg)
    sine = np.sin(np.radians(np.asarray(lat, dtype=np.float64)))
    tau = np.sinh(np.arctanh(sine) - _ECCENTRICITY * np.arctanh(_ECCENTRICITY * sine))
    xi0, eta0 = np.arctan2(tau, np.cos(away)), np.arcsinh(np.sin(away) / np.hypot(tau, np.cos(away)))
    xi, eta = xi0.copy(), eta0.copy()
    for order, alpha in enumerate(_ALPHA, 1):
        xi += alpha * np.sin(2 * order * xi0) * np.cosh(2 * order * eta0)
        eta += alpha * np.cos(2 * order * xi0) * np.sinh(2 * order * eta0)
    return _RADIUS_M * eta + _FALSE_EASTING_M, _RADIUS_M * xi


def _geodetic(conformal: Floats) -> Floats:
    """Return the geodetic latitude of a conformal one, in radians, by fixed-point steps."""
    isometric = np.arctanh(np.clip(np.sin(conformal), -1 + 1e-16, 1 - 1e-16))
    sine = np.sin(conformal)
    for _ in range(6):
        sine = np.tanh(isometric + _ECCENTRICITY * np.arctanh(_ECCENTRICITY * sine))
    return np.asarray(np.arcsin(sine))
