"""The generated county again and again: slow to make, so not in the unit ring."""

from geo.generator import generate
from tests.county import county


def test_same_seed_same_bytes() -> None:
    again = generate(seed=7)
    assert again.version() == county().version()
    assert again.roads.to_bytes() == county().roads.to_bytes()


def test_another_seed_is_another_county_of_the_same_size() -> None:
    made = generate(seed=8)
    assert made.version() != county().version()
    assert (len(made.sub_grids.areas), len(made.points.codes), len(made.cameras.codes)) == (5_727, 304, 8_215)
    assert set(made.grids.above) == set(range(10))
