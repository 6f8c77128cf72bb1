"""Coordinates: datum shifts against published values, inverses below 1 cm, distances and bearings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import coordinates
from geo.coordinates import LocalMetres, LonLat, bearing_deg, haversine_m

chinese_lon = st.floats(74.0, 134.0)
chinese_lat = st.floats(4.0, 53.0)


def test_published_check_value() -> None:
    gcj = coordinates.wgs84_to_gcj02(116.404, 39.915)
    assert np.allclose(gcj, (116.4102445, 39.9164043), atol=2e-7)


def test_baidu_check_value() -> None:
    """GEO.md's chain takes the same pair as GCJ-02."""
    assert np.allclose(
        coordinates.bd09_to_gcj02(*coordinates.gcj02_to_bd09(116.404, 39.915)), (116.404, 39.915)
    )
    assert np.allclose(coordinates.gcj02_to_bd09(116.404, 39.915), (116.4103695, 39.9213370), atol=2e-7)


@given(chinese_lon, chinese_lat)
def test_round_trips_stay_within_one_centimetre(lon: float, lat: float) -> None:
    for there, back in (
        (coordinates.wgs84_to_gcj02, coordinates.gcj02_to_wgs84),
        (coordinates.gcj02_to_bd09, coordinates.bd09_to_gcj02),
        (coordinates.wgs84_to_bd09, coordinates.bd09_to_wgs84),
    ):
        assert haversine_m(lon, lat, *back(*there(lon, lat))) < 0.01


@given(chinese_lon, chinese_lat)
def test_shift_in_china_is_hundreds_of_metres(lon: float, lat: float) -> None:
    assert 50.0 < haversine_m(lon, lat, *coordinates.wgs84_to_gcj02(lon, lat)) < 1_500.0


def test_outside_china_nothing_moves() -> None:
    assert coordinates.wgs84_to_gcj02(2.35, 48.85) == (2.35, 48.85)


@given(st.floats(-40_000, 40_000), st.floats(-40_000, 40_000))
def test_local_metres_agree_with_the_globe(x_m: float, y_m: float) -> None:
    plane = LocalMetres(LonLat(121.4, 29.1))
    lon, lat = plane.to_lonlat(x_m, y_m)
    assert np.allclose(plane.from_lonlat(lon, lat), (x_m, y_m), atol=1e-4)
    assert haversine_m(121.4, 29.1, lon, lat) == pytest.approx(np.hypot(x_m, y_m), rel=4e-3, abs=1e-3)


def test_bearings_by_quarter() -> None:
    assert bearing_deg(121.0, 29.0, [121.0, 121.1, 121.0, 120.9], [29.1, 29.0, 28.9, 29.0]) == pytest.approx(
        [0.0, 90.0, 180.0, 270.0], abs=0.05
    )
