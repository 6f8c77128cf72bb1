"""What is not to be believed: phantoms but no taxis, clocks but no jams, lanes but no side roads."""

from itertools import pairwise

import numpy as np
import pytest

from operations.doubts import clocks, lanes, phantoms
from operations.doubts.clocks import Pairs, clocks_of, close_reads
from operations.doubts.phantoms import Reads, Usual, Visits, judge, too_often, usual_of, visits_of

DAY_S = 86_400.0
BASE = np.array([7_000, 600, 80, 15, 5, 2, 1], dtype=np.int64)  # texts read once, twice, … in a day
USUAL = Usual(BASE, linked=0.8, tied=0.12, agreement=0.85, stranger_agreement=0.2)
rng = np.random.default_rng


def _reads(here_s: np.ndarray, elsewhere_s: np.ndarray, looks: int = 1, moves: bool = True) -> Reads:
    at_s = np.concatenate([here_s, elsewhere_s])
    order = np.argsort(at_s)
    random = rng(3)
    corner = random.uniform(0, 0.6, (len(at_s), 2)) if moves else np.full((len(at_s), 2), 0.3)
    box = np.hstack([corner, corner + 0.2])
    here = np.arange(len(at_s)) < len(here_s)
    look = random.integers(0, looks, len(at_s))
    return Reads(at_s[order], here[order], look[order], box[order])


def _verdict(reads: Reads, usual: Usual = USUAL) -> phantoms.Phantom | None:
    return judge(visits_of(reads), usual, int(reads.here.sum()), tested=300)


def test_a_text_on_many_vehicles_and_nowhere_else_is_a_phantom() -> None:
    at_s = np.sort(rng(1).uniform(0, DAY_S, 40))
    found = _verdict(_reads(at_s, np.zeros(0), looks=6))
    assert found is not None
    assert (found.linked, found.days) == (0, 1)
    assert found.p < 1e-3
    assert found.first_s == at_s[0]


def test_a_taxi_a_bus_and_a_parked_car_are_none() -> None:
    here_s = np.arange(20, dtype=np.float64) * 2_400  # every 40 minutes, like a bus
    assert _verdict(_reads(here_s, here_s + 400)) is None, "it drives on to another camera each time"
    some = _reads(here_s, here_s[::3] + 400, looks=1)
    assert _verdict(some) is None, "even when two reads of three are missed elsewhere"
    parked = _reads(np.arange(0, 3 * DAY_S, 1_000), np.zeros(0), moves=False)
    assert visits_of(parked).count == 1, "read 260 times where it stands: one visit"
    assert _verdict(parked) is None
    rank = np.concatenate([start + np.arange(0, 3_000, 300) for start in np.arange(12) * 7_200.0])
    taxi = _reads(rank, np.arange(12) * 7_200.0 + 4_000)
    assert visits_of(taxi).count == 12
    assert _verdict(taxi) is None


def test_a_commuter_whose_way_passes_one_camera_only_is_none() -> None:
    """Found in a generated week: twice a day, never seen elsewhere, its colour told wrong now and then."""
    at_s = np.concatenate([day * DAY_S + np.array([27_000.0, 64_000.0]) for day in range(6)])
    look = np.array([0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0])
    box = np.full((12, 4), np.nan)
    linked = Usual(BASE, linked=0.99, tied=0.1, agreement=0.8, stranger_agreement=0.15)
    assert _verdict(Reads(at_s, np.ones(12, dtype=bool), look, box), linked) is None


def test_what_looks_like_one_vehicle_is_given_three_days() -> None:
    one_day = np.sort(rng(2).uniform(0, DAY_S, 40))
    assert _verdict(_reads(one_day, np.zeros(0), looks=1)) is None, "it may live in front of the camera"
    days = np.sort(rng(2).uniform(0, 3 * DAY_S, 90))
    found = _verdict(_reads(days, np.zeros(0), looks=1))
    assert found is not None
    assert found.days == 3


def test_where_nobody_is_seen_elsewhere_nothing_is_said() -> None:
    at_s = np.sort(rng(1).uniform(0, DAY_S, 40))
    alone = Usual(BASE, linked=0.05, tied=0.3, agreement=0.85, stranger_agreement=0.2)
    assert _verdict(_reads(at_s, np.zeros(0), looks=6), alone) is None
    singles = [Visits(np.array([1.0]), 1, 1.0, 1)] * 7
    assert usual_of(BASE, singles, None, np.array([1, 2])) is None, "too few vehicles to compare with"


def test_usual_is_learned_from_the_cameras_own_vehicles() -> None:
    random = rng(5)
    sample = [
        Visits(np.arange(4.0), int(random.binomial(4, 0.95 if n % 5 else 0.2)), 0.8, 2) for n in range(60)
    ]
    usual = usual_of(BASE, sample, None, np.arange(60) % 5)
    assert usual is not None
    assert usual.linked == pytest.approx(0.8, abs=0.07)
    assert usual.tied > 0.3, "a fifth of them hardly ever drive on: few unlinked visits prove little here"
    shrunk = usual_of(BASE, sample[:8], 0.5, np.arange(60) % 5)
    assert shrunk is not None
    assert shrunk.linked < usual.linked


def test_tails_are_probabilities() -> None:
    tails = [too_often(n, BASE) for n in range(1, 30)]
    assert tails[0] == pytest.approx(1.0)
    assert all(more < less for less, more in pairwise(tails))
    whole = phantoms.so_few_linked(12, 12, USUAL)
    assert whole == pytest.approx(1.0)
    assert phantoms.so_few_linked(0, 12, USUAL) < phantoms.so_few_linked(1, 12, USUAL) < whole


def _county(errors_s: dict[int, float], slow: float = 1.0, both_ways: bool = True) -> Pairs:
    """Drive 400 vehicles up and down a road of eight cameras, 120 s apart, and pair their reads."""
    random, cameras = rng(7), np.arange(1, 9)
    vehicle, at_s, camera = [], [], []
    for number in range(400):
        order = cameras if number % 2 or not both_ways else cameras[::-1]
        seconds = np.cumsum(random.lognormal(np.log(120 * slow), 0.15, len(order)))
        vehicle.append(np.full(len(order), number))
        camera.append(order)
        at_s.append(random.uniform(0, 3_600) + seconds)
    cameras_of, times = np.concatenate(camera), np.concatenate(at_s)
    times += np.array([errors_s.get(one, 0.0) for one in cameras_of.tolist()])
    first, second = close_reads(np.concatenate(vehicle), times, cameras_of)
    apart = 120.0 * np.abs(cameras_of[first] - cameras_of[second])
    return Pairs(cameras_of[first], cameras_of[second], times[second] - times[first], apart, apart)


@pytest.mark.parametrize("error_s", [-1_500.0, -90.0, -45.0, 45.0, 300.0, 1_500.0])
def test_a_clock_that_is_off_is_found_with_its_offset_and_no_other(error_s: float) -> None:
    found = clocks_of(_county({4: error_s}))
    assert [camera for camera, clock in found.items() if clock.is_off] == [4]
    assert found[4].offset_s == pytest.approx(error_s, abs=8)


def test_two_clocks_a_jam_and_a_road_of_one_way() -> None:
    two = clocks_of(_county({2: 200.0, 6: -70.0}))
    assert {camera for camera, clock in two.items() if clock.is_off} == {2, 6}
    assert not any(clock.is_off for clock in clocks_of(_county({}, slow=1.6)).values()), "a jam is no clock"
    one_way = clocks_of(_county({5: 90.0}, both_ways=False))
    assert [camera for camera, clock in one_way.items() if clock.is_off] == [5]
    assert 1 not in one_way, "with legs of one way only, nobody can tell a clock from a slow road"
    assert clocks_of(Pairs(*(np.zeros(0, dtype=kind) for kind in "llddd"))) == {}


def test_a_lane_is_misread_where_only_its_plates_are_known_nowhere() -> None:
    judged = lanes.lanes_of({1: (100, 12), 2: (100, 61), 3: (100, 15)}, tested=500)
    assert [lane for lane, of in judged.items() if of.is_misread] == [2]
    assert not lanes.is_well_again(judged[2])
    assert lanes.is_well_again(judged[1])
    side_road = lanes.lanes_of({1: (100, 70), 2: (100, 80)}, tested=500)
    assert not any(of.is_misread for of in side_road.values()), "nobody is known here, whatever the lane"
    assert lanes.lanes_of({1: (30, 30), 2: (100, 5)}, tested=500).keys() == set(), "too few to say"
    assert clocks.LEAST_OFF_S < clocks.LEAST_BY_ROAD_S
