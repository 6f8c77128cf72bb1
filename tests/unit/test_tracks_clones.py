"""Cloned plates: told by road time, and not by a misread, a wrong clock or a colour."""

from dataclasses import replace
from datetime import timedelta

import pytest

from operations.reads.errors import PRIOR
from operations.tracks import clones
from operations.tracks.readings import Reading
from tests.road import drive, reading, road


def in_order(*drives: list[Reading]) -> list[Reading]:
    return sorted((r for each in drives for r in each), key=lambda r: r.at)


def month() -> list[list[Reading]]:
    """Twenty days of one vehicle: in the morning up the road, in the evening down."""
    there = [drive(range(1, 9), day, 3_600 + 97 * (day % 5)) for day in range(20)]
    return there + [drive(range(8, 0, -1), day, 36_000 + 211 * (day % 7)) for day in range(20)]


def test_one_vehicle_is_one_vehicle() -> None:
    verdict = clones.check(in_order(*month()), road(), PRIOR)
    assert (verdict.verdict, verdict.conflicts) == ("one_vehicle", [])
    assert verdict.probability < 0.05


def test_two_vehicles_are_told_by_road_time_and_their_tracks_part() -> None:
    second = [drive(range(12, 6, -1), day, 3_700) for day in (2, 7, 12)]
    verdict = clones.check(in_order(*month(), *second), road(), PRIOR)
    assert verdict.verdict == "cloned"
    assert verdict.probability > 0.99
    of_one = {r.sighting for r in verdict.vehicles[0]}
    for drove, day in zip(second, (2, 7, 12), strict=True):  # whichever of the two is called which
        first = month()[day]
        assert len(first) == 8
        assert len({r.sighting in of_one for r in drove}) == 1
    assert all(c.p_clone + c.p_misread + c.p_clock == pytest.approx(1.0) for c in verdict.conflicts)
    assert max(c.p_clone for c in verdict.conflicts) > 0.9


def test_a_misread_of_another_plate_is_no_clone() -> None:
    verdict = clones.check(
        in_order(*month(), [reading(12, 5, 3_700, confidence=0.6)]), road(), PRIOR, foreign=0.5
    )
    assert verdict.verdict == "one_vehicle"
    assert verdict.conflicts[0].p_misread > 0.8


def test_a_wrong_clock_is_no_clone() -> None:
    late = [
        replace(r, at=r.at + timedelta(seconds=900)) if r.camera_id == 4 else r for r in in_order(*month())
    ]
    verdict = clones.check(sorted(late, key=lambda r: r.at), road(), PRIOR)
    assert verdict.verdict == "one_vehicle"
    assert verdict.clocks[4] == pytest.approx(900, abs=60)
    assert min(c.p_clock for c in verdict.conflicts) > 0.8


def test_colour_alone_is_never_enough() -> None:
    two_colours = [drive(range(1, 9), day, 3_600, colour=("white", "black")[day % 2]) for day in range(20)]
    verdict = clones.check(in_order(*two_colours), road(), PRIOR)
    assert (verdict.verdict, verdict.conflicts) == ("unclear", [])
    now_and_then = [
        replace(r, colour=("white", "black")[i % 4 == 0]) for i, r in enumerate(in_order(*month()))
    ]
    assert clones.check(now_and_then, road(), PRIOR).verdict == "one_vehicle"


def test_colour_tells_which_reading_is_whose() -> None:
    second = [drive(range(12, 6, -1), day, 3_700, colour="red") for day in (2, 7, 12)]
    alone = drive(range(5, 2, -1), 15, 20_000, colour="red")  # nothing but its colour says whose
    verdict = clones.check(in_order(*month(), *second, alone), road(), PRIOR)
    assert {r.sighting for r in alone} <= {r.sighting for r in verdict.vehicles[1]}


def test_quarantined_readings_do_not_count() -> None:
    second = [drive(range(12, 6, -1), day, 3_700, quarantined=1) for day in (2, 7, 12)]
    assert clones.check(in_order(*month(), *second), road(), PRIOR).verdict == "one_vehicle"
