"""The way of a vehicle between its sightings: by road, a gap, or implausible."""

from datetime import timedelta

import pytest

from geo.coordinates import LonLat
from operations.trajectories import GAP_S, MOST_LEGS, Stop, legs, path_of
from tests.conftest import START
from tests.village import straight_road

ROAD = straight_road()


def _stop(number: int, after_s: float, lon: float, plate: str = "浙JA1234", lat: float = 28.15) -> Stop:
    at = START + timedelta(seconds=after_s)
    return Stop(f"s{number}", plate, at, LonLat(lon, lat), f"C{number}", simulated=False)


@pytest.mark.parametrize(
    ("seconds", "implausible", "gap"),
    [(5, True, False), (300, False, False), (GAP_S - 1, False, False), (GAP_S + 1, False, True)],
)
def test_a_leg_is_by_road_implausible_or_a_gap(seconds: float, implausible: bool, gap: bool) -> None:
    (leg,) = legs(ROAD, [_stop(1, 0, 121.26), _stop(2, seconds, 121.33)])
    assert (leg.implausible, leg.is_gap) == (implausible, gap)
    assert (leg.way is None) == gap


def test_a_vehicle_seen_twice_at_one_place_drew_no_impossible_leg() -> None:
    (leg,) = legs(ROAD, [_stop(1, 0, 121.26), _stop(2, 0.5, 121.26)])
    assert not leg.implausible


def test_each_vehicle_has_its_own_path() -> None:
    stops = [_stop(1, 0, 121.26), _stop(2, 10, 121.33, plate="浙B99999"), _stop(3, 300, 121.33)]
    features = path_of(ROAD, stops)["features"]
    lines = [f["properties"] for f in features if f["geometry"]["type"] == "LineString"]
    assert [(line["plate"], line["from_sighting"], line["to_sighting"]) for line in lines] == [
        ("浙JA1234", "s1", "s3")
    ]
    assert sum(f["geometry"]["type"] == "Point" for f in features) == 3


@pytest.mark.parametrize("count", [0, 1])
def test_without_two_sightings_there_is_no_way(count: int) -> None:
    assert legs(ROAD, [_stop(1, 0, 121.26)][:count]) == []


def test_a_question_about_many_vehicles_draws_a_bounded_number_of_legs() -> None:
    stops = [
        _stop(vehicle * 100 + i, i * 60, 121.26 + i % 7 / 100, plate=f"浙J{vehicle}")
        for vehicle in range(10)
        for i in range(50)
    ]
    features = path_of(ROAD, stops)["features"]
    assert sum(f["properties"]["kind"] == "leg" for f in features) == MOST_LEGS
    assert sum(f["properties"]["kind"] == "stop" for f in features) == len(stops)
