"""How probable it is that what resembles a watched plate is that vehicle: against what else passes here."""

from functools import partial

import pytest

from operations.belief import LEAST_BELIEVED, NEW, Resemblance, Traffic, at_most, believed
from operations.reads.errors import PRIOR
from operations.reads.patterns import is_plate, matches

WATCHED, MISREAD = "浙JA1284", "浙JA12B4"
EXPECTED = 2.0


def _resembles(read: str, plate: str = WATCHED, pattern: str = WATCHED) -> Resemblance:
    likelihood = PRIOR.probability(read, plate)
    return Resemblance(read, plate, likelihood, partial(matches, pattern), is_plate(pattern))


def _belief(read: str, expected: float = EXPECTED, **months: int) -> float:
    """Return the belief with so many sightings a month of each plate, all before yesterday."""
    traffic = {plate: Traffic(count, count) for plate, count in months.items()}
    return believed(_resembles(read), traffic, expected, PRIOR)


def test_a_read_never_seen_before_is_the_plate_that_is_read_so() -> None:
    likelihood, itself = PRIOR.probability(MISREAD, WATCHED), PRIOR.probability(MISREAD, MISREAD)
    found = _belief(MISREAD)
    assert found > LEAST_BELIEVED
    assert found == pytest.approx(
        likelihood * (EXPECTED + NEW) / (likelihood * (EXPECTED + NEW) + itself * NEW), rel=0.05
    )


def test_the_more_often_the_watched_one_passes_the_more_it_is_believed() -> None:
    beliefs = [_belief(MISREAD, **{WATCHED: count}) for count in (0, 5, 50)]
    assert beliefs == sorted(beliefs)
    assert beliefs[-1] > 0.75


def test_a_vehicle_that_passes_in_its_own_right_is_itself() -> None:
    assert _belief(MISREAD, **{MISREAD: 3}) < 0.01
    assert _belief(MISREAD, **{MISREAD: 3, WATCHED: 20}) < 0.05
    yesterday = {MISREAD: Traffic(month=9, before_yesterday=0)}
    resemblance = _resembles(MISREAD)
    assert believed(resemblance, yesterday, EXPECTED, PRIOR) == _belief(MISREAD), "dirt lasts a day"


def test_another_plate_that_is_misread_so_takes_its_share() -> None:
    neighbour = "浙JA1234"
    assert PRIOR.probability("浙JA12-4", neighbour) > 3e-4
    alone, among = _belief("浙JA12-4"), _belief("浙JA12-4", **{neighbour: 40})
    assert among < 0.1 < alone


def test_a_list_of_vehicles_elsewhere_expects_little_of_each() -> None:
    assert _belief(MISREAD, expected=0.01) < 0.01


def test_a_partial_plate_is_believed_by_the_plates_that_fit_it() -> None:
    partly = _resembles(MISREAD, WATCHED, "浙JA128?")
    assert believed(partly, {}, EXPECTED, PRIOR) < LEAST_BELIEVED, "no plate that fits was ever here"
    assert believed(partly, {WATCHED: Traffic(30, 30)}, EXPECTED, PRIOR) > 0.5


@pytest.mark.parametrize("own", [0, 1, 5])
@pytest.mark.parametrize("watched", [0, 3, 300])
@pytest.mark.parametrize("read", [MISREAD, "浙J41284", "浙JA128"])
def test_what_is_left_out_early_would_not_have_been_believed(read: str, own: int, watched: int) -> None:
    traffic = {read: Traffic(own, own), WATCHED: Traffic(watched, watched)}
    bound = at_most(_resembles(read), traffic, EXPECTED, PRIOR)
    assert believed(_resembles(read), traffic, EXPECTED, PRIOR) <= bound + 1e-12
