"""Demand: rates from few calls, windows that keep visits apart, points that add up and saturate."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.demand.call_columns import PersonalColumns, columns_of, is_personal, looks_personal
from operations.demand.grid_needs import MOST_VISITS, Calls, Known, grid_needs
from operations.demand.grid_stops import GridStop
from operations.demand.need import AGAIN
from operations.demand.rates import HOURS_OF_WEEK, CallCounts, call_rates
from operations.demand.windows import Wanted, Window, apart, busiest, cut, spans_of
from tests.benchmarks.demand import GRIDS, planted

MONDAY = date(2026, 11, 23)
STOP = GridStop(7, 1, 121.3, 28.1)
KNOWN = Known(MONDAY, {7: date(2026, 11, 20)}, {7: 0.4})
WEEKS = 8
EVENING = np.array([0.02] * 14 + [0.1, 0.2, 0.4, 0.6, 0.6, 0.3, 0.1, 0.05, 0.02, 0.02])  # from 04:00


def test_shrunk_rates_come_nearer_to_the_planted_ones_than_counts_do() -> None:
    rng = np.random.default_rng(5)
    truth = planted(rng)
    counts = rng.poisson(truth * WEEKS).astype(float)
    town = np.arange(GRIDS) % 10
    raw = counts / WEEKS
    found = call_rates(CallCounts(counts, np.full(HOURS_OF_WEEK, float(WEEKS)), town))
    profile = counts.sum(axis=0) / counts.sum()
    own_mean = (counts.sum(axis=1, keepdims=True) / WEEKS) * profile
    error, raw_error, mean_error = (float(((x - truth) ** 2).mean()) for x in (found, raw, own_mean))
    assert error < raw_error / 8
    assert error < mean_error / 4, "a grid with hours of its own keeps them"
    assert found.sum() == pytest.approx(counts.sum() / WEEKS, rel=0.02)
    market = found[0].reshape(7, 24).sum(axis=0)
    assert market[7] > 5 * market[20]


def test_without_calls_nothing_is_expected_and_equal_grids_stay_equal() -> None:
    empty = CallCounts(np.zeros((3, HOURS_OF_WEEK)), np.zeros(HOURS_OF_WEEK), np.zeros(3, dtype=np.int64))
    assert not call_rates(empty).any()
    even = CallCounts(np.ones((3, HOURS_OF_WEEK)), np.full(HOURS_OF_WEEK, 2.0), np.arange(3))
    assert np.allclose(call_rates(even), 0.5)


def test_the_reasons_of_every_visit_add_up_and_each_further_visit_is_worth_less() -> None:
    found = grid_needs(STOP, Calls(EVENING, 90), KNOWN, 720.0)
    assert 3 <= len(found) <= MOST_VISITS
    visits = []
    for need in found:
        points = {reason["code"]: reason["priority"] for reason in need.reasons}
        assert need.priority == pytest.approx(sum(points.values()))
        visit = next((reason["visit"] for reason in need.reasons if reason["code"] == "again"), 1)
        of_visit = points["base"] + points["calls"]
        assert of_visit + points.get("again", 0.0) == pytest.approx(of_visit * AGAIN ** (visit - 1), abs=0.01)
        assert set(points) >= {"unvisited", "blind"} if visit == 1 else "unvisited" not in points
        visits.append(visit)
    assert sorted(visits) == list(range(1, len(found) + 1))


def test_visits_keep_to_the_hours_of_the_calls_and_apart() -> None:
    found = sorted(grid_needs(STOP, Calls(EVENING, 90), KNOWN, 720.0), key=lambda need: need.window_from_s)
    assert found[0].window_from_s >= 16 * 3600
    assert found[-1].window_until_s <= 27 * 3600
    assert 0 < found[0].spacing_s <= 7200
    for earlier, later in pairwise(found):
        assert later.window_from_s - earlier.window_until_s >= found[0].spacing_s


def test_a_quiet_grid_wants_one_visit_at_any_time_and_neglect_is_bounded() -> None:
    (never,) = grid_needs(STOP, Calls(np.zeros(24), 0), Known(MONDAY, {}, {}), 720.0)
    assert (never.window_from_s, never.window_until_s, never.spacing_s) == (0.0, 28 * 3600.0, 0.0)
    assert never.priority == 10.0
    (today,) = grid_needs(STOP, Calls(np.zeros(24), 0), Known(MONDAY, {7: MONDAY}, {}), 720.0)
    assert today.priority == 3.0


@given(
    st.lists(st.tuples(st.integers(0, 1400), st.integers(5, 900)), min_size=1, max_size=4),
    st.integers(1, 6),
    st.sampled_from([0.0, 1800.0, 3600.0, 7200.0]),
)
def test_any_choice_within_the_windows_keeps_the_spacing(
    spans: list[tuple[int, int]], visits: int, spacing_s: float
) -> None:
    cuts = [
        (window, number)
        for start, length in spans
        for number, window in enumerate(
            cut(Window(start * 60.0, (start + length) * 60.0), Wanted(visits, 720.0, spacing_s))
        )
    ]
    kept = apart(cuts, spacing_s)
    assert kept
    for (earlier, _), (later, _) in pairwise(kept):
        assert earlier.from_s <= earlier.until_s
        assert later.from_s - earlier.until_s >= spacing_s - 1e-6


def test_spans_of_a_day_and_the_busiest_hours() -> None:
    school = [{"from": "15:40", "until": "17:10", "days": [1, 2, 3, 4, 5]}]
    assert spans_of(school, MONDAY) == [Window(15 * 3600.0 + 2400, 17 * 3600.0 + 600)]
    assert spans_of(school, date(2026, 11, 28)) == []
    night = spans_of([{"from": "21:00", "until": "06:00"}], MONDAY)
    assert night == [Window(21 * 3600.0, 28 * 3600.0)], "a day ends at 28:00"
    assert busiest(np.array([0.0, 1, 4, 5, 0, 0]), 0.85) == (2, 4)


def test_columns_about_persons_are_refused_by_name() -> None:
    plain = ["接警单号", "报警时间", "经度", "纬度", "警情类别", "简要警情"]
    assert columns_of(plain).ignored == ("简要警情",)
    for heading in (
        "报警人姓名",
        "联系电话",
        "身份证号",
        "户籍地址",
        "Caller Name",
        "phone",
        "ID_Number",
        "车牌",
    ):
        assert is_personal(heading), heading
    with pytest.raises(PersonalColumns, match="报警人姓名, 手机"):
        columns_of([*plain, "报警人姓名", "手机"])
    assert looks_personal("求助 13805761234", 2026)
    assert looks_personal("11010519491231002X", 2026)
    assert not looks_personal("331022202611240017", 2026), "a number of a call: area, date, count"
