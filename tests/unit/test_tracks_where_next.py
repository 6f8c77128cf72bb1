"""Where next and encounters: shares that follow the way come and the time passed; chance by shifted days."""

import numpy as np
import pytest

from operations.tracks import encounters
from operations.tracks.travel import BINS, Bands, bin_of
from operations.tracks.where_next import NOWHERE, Left, after, came_from, own_moves
from tests.road import drive, reading

NEAR, FAR = 5, 9


def left(**said: list[float]) -> Left:
    """Return what is known of a site from which half go near in 100 s, half far in 1000 s, few nowhere."""
    to = np.array([NOWHERE, NEAR, FAR])
    counts = np.zeros((3, BINS))
    counts[0, -1] = 2.0
    counts[1, bin_of(100.0)] = counts[2, bin_of(1000.0)] = 50.0
    return Left(to, counts, np.array(said.get("turned", [0, 0, 0.0])), np.array(said.get("own", [0, 0, 0.0])))


def bands() -> Bands:
    usual = np.array([1.0, 100.0, 1000.0])
    return Bands(usual * 0.7, usual, usual * 1.4, np.ones(3, dtype=bool), np.ones(3))


def test_the_way_come_and_the_vehicles_own_moves_shift_the_odds() -> None:
    shares, _ = after(left(), bands(), 0.0)
    assert shares.sum() == pytest.approx(1.0)
    assert shares[1] == pytest.approx(shares[2])
    turned, _ = after(left(turned=[0, 1, 30]), bands(), 0.0)
    assert turned[2] > 0.8
    own, _ = after(left(own=[0, 9, 0]), bands(), 0.0)
    assert own[1] > 0.8


def test_who_was_not_seen_for_long_did_not_go_near() -> None:
    shares, seconds = after(left(), bands(), 400.0)
    assert shares[2] > 0.85
    early, likely, late = seconds[2]
    assert 400 < early < likely < late
    assert likely == pytest.approx(1000, rel=0.15)
    gone, _ = after(left(), bands(), 6000.0)
    assert gone[0] > 0.9  # it stands, or has left


def test_moves_are_read_from_the_vehicles_own_readings() -> None:
    own = [*drive(range(1, 4), 0, 0), *drive(range(2, 5), 3, 0), reading(2, 6, 0)]
    assert came_from(own[1], own) == 1
    assert came_from(own[3], own) == NOWHERE  # three days before is no drive
    assert own_moves(own[-1], own) == {3: 2}


def test_two_who_share_a_road_by_habit_meet_by_chance() -> None:
    first = [r for day in range(20) for r in drive(range(1, 6), day, 3_600)]
    second = [r for day in range(20) for r in drive(range(1, 6), day, 3_630)]
    found = encounters.between(first, second)
    assert (found.drives, found.sites, len(found.meetings)) == (20, 5, 100)
    assert found.meetings[0].seconds == pytest.approx(30)
    assert found.p > 0.05


def test_two_who_meet_at_odd_hours_do_not() -> None:
    hours = {1: 3_600, 4: 20_000, 9: 50_000, 15: 70_000}
    first = [r for day, at in hours.items() for r in drive(range(1, 6), day, at)]
    second = [r for day, at in hours.items() for r in drive(range(1, 6), day, at + 45)]
    found = encounters.between(first, [*second, *drive(range(1, 6), 12, 40_000)])
    assert (found.drives, found.expected < 0.2, found.p < 1e-3) == (4, True, True)


def test_vehicles_that_share_no_site_never_met() -> None:
    assert encounters.between(drive(range(1, 3), 0, 0), drive(range(5, 7), 0, 0)).drives == 0
