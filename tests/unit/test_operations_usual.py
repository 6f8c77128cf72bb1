"""Usual traffic: what the past says of an hour, what is too little, and when nothing can be said."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from operations.usual import (
    Usual,
    calendar,
    can_judge,
    county_share,
    far_too_few,
    oddity,
    usual_of,
    windows,
)

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # a Monday, 09:30 in the county


def by_rate(an_hour: float, first: datetime) -> Callable[[datetime], int]:
    return lambda hour: round(an_hour) if first <= hour < NOW - timedelta(hours=2) else 0


def last_hour(counts: Callable[[datetime], int], first: datetime, before: datetime = NOW) -> Usual | None:
    return usual_of(windows(NOW)[1], counts, first, calendar(NOW, ZONE, before))


def test_the_same_hours_of_earlier_weeks_say_what_is_usual() -> None:
    first = NOW - timedelta(weeks=5)
    found = last_hour(by_rate(140, first), first)
    assert found is not None
    assert (round(found.mean), found.days) == (140, "week")


def test_one_bad_week_and_days_without_the_camera_change_nothing() -> None:
    first = NOW - timedelta(weeks=6)
    gone = NOW - timedelta(days=14, hours=3), NOW - timedelta(days=6)

    def counts(hour: datetime) -> int:
        return 0 if gone[0] < hour < gone[1] else 140

    found = last_hour(counts, first)
    assert found is not None
    assert round(found.mean) == 140


def test_young_cameras_are_compared_with_days_alike_and_new_ones_not_at_all() -> None:
    first = NOW - timedelta(days=9)
    weekend = {5, 6}

    def counts(hour: datetime) -> int:
        return 20 if hour.astimezone(ZONE).weekday() in weekend else 140

    found = last_hour(counts, first)
    assert found is not None
    assert (found.mean, found.days) == (140, "workday")
    assert last_hour(counts, NOW - timedelta(days=3)) is None


def test_a_blind_time_teaches_nothing() -> None:
    blind_since = NOW - timedelta(weeks=4)

    def counts(hour: datetime) -> int:
        return 140 if hour < blind_since else 0

    found = last_hour(counts, NOW - timedelta(weeks=11), blind_since)
    assert found is not None
    assert round(found.mean) == 140


def test_the_odds_are_those_of_a_negative_binomial() -> None:
    from scipy.stats import nbinom

    expected = Usual(140.0, 35.0, "week")
    size = (140.0 / 35.0) ** 2
    for seen in (0, 3, 40, 139):
        assert oddity(seen, expected) == pytest.approx(nbinom.cdf(seen, size, size / (size + 140.0)))


def test_little_traffic_is_never_called_too_little() -> None:
    assert far_too_few(3, Usual(140.0, 35.0, "week"))
    assert not far_too_few(60, Usual(140.0, 35.0, "week"))
    assert not far_too_few(0, Usual(6.0, 2.0, "week"))
    assert not can_judge(Usual(6.0, 2.0, "week"))
    assert not far_too_few(0, Usual(0.0, 0.0, "week"))


def test_a_quiet_county_is_expected_to_be_quiet_but_never_dead() -> None:
    assert county_share([0.2, 0.25, 0.3, 0.2, 0.22]) == 0.22
    assert county_share([0.0] * 300) == 0.1
    assert county_share([0.1]) == 1.0


def test_a_year_of_ordinary_hours_raises_next_to_nothing() -> None:
    """100 cameras with a spread of a quarter, 100 hours each: 10,000 judgements, 20 to 300 vehicles."""
    rng = np.random.default_rng(8)
    means = rng.uniform(20, 300, (100, 1))
    seen = rng.poisson(rng.gamma(16.0, means / 16.0, (100, 100)))
    expected = [Usual(float(mean), 0.25 * float(mean), "week") for mean in means[:, 0]]
    assert not any(far_too_few(int(n), expected[c]) for c in range(100) for n in seen[c])
