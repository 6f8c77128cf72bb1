"""Legs, trips and tracks: what a vehicle drove, where it stopped, what nobody can have driven."""

import pytest

from operations.tracks.legs import judge
from operations.tracks.readings import Reading
from operations.tracks.track import path_of, track_json, track_of
from operations.tracks.trips import trips_of
from tests.road import DRIVE_S, PLATE, drive, reading, road

ROAD = road()
CLOCK_WRONG_S = 6.0  # less than two times may be off by


def _verdicts(readings: list[Reading]) -> list[str]:
    judged = judge(readings, ROAD)
    return [leg.verdict for leg in [*judged.legs, *judged.contradicting]]


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [
        (DRIVE_S, "driven"),
        (0.6 * DRIVE_S, "impossible"),  # the band ends at 142 s; 14 s are the errors of both times
        (0.75 * DRIVE_S, "driven"),
        (2 * DRIVE_S, "stop"),
        (1.2 * DRIVE_S + 14 * 60, "stop"),
        (1.2 * DRIVE_S + 16 * 60, "gap"),
    ],
)
def test_a_leg_is_judged_by_the_time_that_traffic_takes(seconds: float, verdict: str) -> None:
    assert _verdicts([reading(1, 0, 0), reading(2, 0, seconds)]) == [verdict]


def test_as_long_is_a_drive_across_the_county_and_another_trip_next_door() -> None:
    """From end to end of the road it is 33 minutes, so no fixed time could part both rightly."""
    assert _verdicts([reading(1, 0, 0), reading(12, 0, 2700)]) == ["driven"]
    assert _verdicts([reading(1, 0, 0), reading(2, 0, 2700)]) == ["gap"]
    assert _verdicts([reading(1, 0, 0), reading(12, 0, 3600)]) == ["gap"]


def test_a_stop_says_how_long_with_a_band() -> None:
    (leg,) = judge([reading(1, 0, 0), reading(2, 0, 780)], ROAD).legs
    least, most = leg.stop_band_s or (0, 0)
    assert leg.stop_s == pytest.approx(600)
    assert 540 < least < 600 < most < 660


def test_an_unknown_clock_widens_what_is_possible() -> None:
    soon = 0.73 * DRIVE_S
    known = [reading(1, 0, 0), reading(2, 0, soon - CLOCK_WRONG_S)]
    unknown = [reading(1, 0, 0), reading(2, 0, soon - CLOCK_WRONG_S, clock_offset_s=None)]
    assert (_verdicts(known), _verdicts(unknown)) == (["impossible"], ["driven"])


def test_a_reading_that_cannot_be_the_vehicle_is_shown_beside_and_the_drive_goes_on() -> None:
    drives = drive(range(1, 6), 0, 0)
    stray = reading(12, 0, 1.5 * DRIVE_S, plate="浙JA1Z34", probability=0.02)
    judged = judge([*drives[:2], stray, *drives[2:]], ROAD)
    assert judged.kept == drives
    assert [leg.verdict for leg in judged.legs] == ["driven"] * 4
    (apart,) = judged.contradicting
    assert (apart.start, apart.end, apart.verdict) == (drives[1], stray, "impossible")


def test_the_likelier_of_two_contradicting_readings_is_kept() -> None:
    sure, unsure = reading(2, 0, DRIVE_S), reading(9, 0, DRIVE_S, probability=0.01)
    judged = judge([reading(1, 0, 0), unsure, sure], ROAD)
    assert sure in judged.kept
    assert unsure not in judged.kept


def test_an_impossible_leg_is_not_drawn_and_has_its_readings_side_by_side() -> None:
    stray = reading(12, 0, 60, probability=0.02, why=({"position": 5, "read": "B", "true": "8"},))
    track = track_of(PLATE, [reading(1, 0, 0), stray, reading(2, 0, DRIVE_S)], ROAD)
    (impossible,) = [
        leg for trip in track_json(track)["trips"] for leg in trip["legs"] if leg["verdict"] == "impossible"
    ]
    assert impossible["ways"] == []
    assert [each["probability"] for each in impossible["readings"]] == [1.0, 0.02]
    assert impossible["readings"][1]["why"] == [{"position": 5, "read": "B", "true": "8"}]
    lines = [f for f in path_of([track])["features"] if f["geometry"]["type"] == "LineString"]
    assert [line["properties"]["to_sighting"] for line in lines] == [track.trips[0].readings[-1].sighting]


def test_trips_part_at_gaps_and_count_their_own() -> None:
    readings = [*drive(range(1, 4), 0, 0), *drive(range(3, 0, -1), 0, 9 * 3600), *drive(range(1, 3), 1, 0)]
    trips = trips_of(judge(readings, ROAD))
    assert [(trip.number, len(trip.readings)) for trip in trips] == [(1, 3), (2, 3), (3, 2)]
    assert [[leg.verdict for leg in trip.legs] for trip in trips] == [
        ["driven", "driven"],
        ["gap", "driven", "driven"],
        ["gap", "driven"],
    ]


def test_what_is_in_quarantine_is_shown_and_no_leg_rests_on_it() -> None:
    doubted = reading(12, 0, 60, quarantined=7)
    track = track_of(PLATE, [reading(1, 0, 0), doubted, reading(2, 0, DRIVE_S)], ROAD)
    assert [each.leg.verdict for each in track.legs] == ["driven"]
    stops = [f["properties"] for f in path_of([track])["features"] if f["properties"]["kind"] == "stop"]
    assert [stop["quarantined"] for stop in stops] == [None, 7, None]


@pytest.mark.parametrize("count", [0, 1])
def test_without_two_sightings_there_is_no_way(count: int) -> None:
    track = track_of(PLATE, drive(range(1, 1 + count), 0, 0), ROAD)
    assert len(track.trips) == count
    assert track.legs == []


def test_a_way_is_drawn_along_the_road_with_its_length_and_probability() -> None:
    track = track_of(PLATE, drive(range(1, 4), 0, 0), ROAD)
    leg = track_json(track)["trips"][0]["legs"][0]
    assert [way["probability"] for way in leg["ways"]] == [1.0]
    assert leg["ways"][0]["distance_m"] == pytest.approx(1992, abs=5)
    assert leg["ways"][0]["geometry"]["coordinates"][0] == [121.2, 29.1]
    assert (leg["usual_s"], leg["learned"]) == (pytest.approx(DRIVE_S), True)
