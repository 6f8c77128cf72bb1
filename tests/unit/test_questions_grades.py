"""How far a question may go: the table of grades, its edges, and that narrowing never raises a grade."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.facts import BadInput
from operations.questions.grades import APPROVALS, GRADES, Extent, extent, grade_of
from operations.questions.question import (
    FROM_A_NAMED_PLATE,
    KINDS,
    Question,
    area_km2,
    checked,
    from_stored,
    stored,
)

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
OWN, ONE, TWO = GRADES


def square(km: float) -> dict[str, Any]:
    """Return a square with sides of so many kilometres, near 28 degrees north."""
    lat, lon = km / 111.195, km / 111.195 / 0.8817
    ring = [[121.0, 28.15], [121.0 + lon, 28.15], [121.0 + lon, 28.15 + lat], [121.0, 28.15 + lat]]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def question(days: float = 7.0, **changed: Any) -> Question:
    since = NOW - timedelta(days=days)
    given = {"case_number": "c", "reason": "盗窃案", "plate": "浙JA1234", "since": since, "until": NOW}
    return checked(Question(**{**given, **changed}))


def grade(role: str = "investigator", **changed: Any) -> tuple[str, list[str]]:
    found, why = grade_of(extent(question(**changed), role, NOW))
    return found, [each["code"] for each in why]


@pytest.mark.parametrize(
    ("role", "changed", "expected"),
    [
        ("investigator", {"days": 90}, (OWN, ["named_plate"])),
        ("investigator", {"days": 91}, (ONE, ["further_back"])),
        ("supervisor", {"days": 91}, (OWN, ["named_plate"])),
        ("supervisor", {"days": 366}, (OWN, ["named_plate"])),
        ("supervisor", {"days": 367}, (TWO, ["very_far_back", "further_back"])),
        ("investigator", {"days": 367}, (TWO, ["very_far_back", "further_back"])),
        ("investigator", {"days": 400, "until": NOW - timedelta(days=399)}, (TWO, None)),
        ("investigator", {"plate": "浙JA12*"}, (OWN, ["named_plate"])),
        ("investigator", {"plate": "浙JA1*", "kind": "search"}, (ONE, ["loose_pattern"])),
        ("supervisor", {"plate": "浙JA1*", "kind": "search"}, (ONE, ["loose_pattern"])),
        ("investigator", {"plate": "浙JA*", "days": 30}, (ONE, ["loose_pattern"])),
        ("investigator", {"plate": "浙JA*", "days": 31}, (TWO, ["loose_and_long", "loose_pattern"])),
        ("investigator", {"plate": "浙JA1*", "days": 31}, (ONE, ["loose_pattern"])),
        ("investigator", {"kind": "clone", "days": 90}, (OWN, ["named_plate"])),
        ("investigator", {"kind": "next"}, (OWN, ["named_plate"])),
        ("investigator", {"kind": "compare", "other_plate": "浙JB5678"}, (OWN, ["named_plate"])),
        ("investigator", {"kind": "companions"}, (ONE, ["companions"])),
        ("supervisor", {"kind": "companions"}, (ONE, ["companions"])),
        ("investigator", {"kind": "area", "plate": None, "area": square(2), "days": 1}, (ONE, ["area"])),
        ("supervisor", {"kind": "area", "plate": None, "area": square(2), "days": 1}, (ONE, ["area"])),
        ("investigator", {"kind": "area", "plate": None, "area": square(2), "days": 2}, (TWO, None)),
        ("investigator", {"kind": "area", "plate": "浙JA*", "area": square(2), "days": 2}, (TWO, None)),
        ("investigator", {"kind": "area", "plate": "浙JA12*", "area": square(2)}, (ONE, ["area"])),
        ("investigator", {"kind": "area", "plate": "浙JA12*", "area": square(2), "days": 8}, (TWO, None)),
        ("investigator", {"kind": "area", "plate": None, "area": square(3.3), "days": 1}, (TWO, None)),
    ],
)
def test_who_may_ask_how_far(role: str, changed: dict[str, Any], expected: tuple[str, Any]) -> None:
    found, codes = grade(role, **changed)
    assert found == expected[0]
    if expected[1] is not None:
        assert codes == expected[1]


def test_each_reason_says_its_numbers_and_the_highest_stands_first() -> None:
    found, why = grade_of(extent(question(days=400, plate="浙JA*"), "investigator", NOW))
    assert found == TWO
    assert why[0] == {"code": "very_far_back", "grade": TWO, "days_back": 400.0, "far_days": 366}
    assert [each["grade"] for each in why] == [TWO, TWO, ONE, ONE]
    assert {**APPROVALS} == {OWN: 0, ONE: 1, TWO: 2}


extents = st.builds(
    Extent,
    kind=st.sampled_from(KINDS),
    role=st.sampled_from(("investigator", "supervisor")),
    days_back=st.floats(0, 800),
    span_days=st.floats(0.1, 732),
    fixed=st.integers(0, 8),
    km2=st.floats(0.1, 400),
)


@given(extents, st.floats(0, 1), st.integers(0, 5))
def test_narrowing_a_question_never_raises_its_grade(asked: Extent, share: float, more: int) -> None:
    narrower = replace(
        asked,
        days_back=asked.days_back * share,
        span_days=asked.span_days * share,
        fixed=asked.fixed + more,
        km2=asked.km2 * share,
    )
    height = [GRADES.index(grade_of(each)[0]) for each in (narrower, asked)]
    assert height[0] <= height[1]


def test_an_area_is_measured_in_square_kilometres() -> None:
    assert area_km2(square(3)) == pytest.approx(9.0, rel=0.01)


def test_every_kind_but_area_starts_from_a_plate() -> None:
    """There is no door to rank the population: what is asked without a plate needs another's approval."""
    for kind in KINDS:
        if kind == "area":
            assert grade(kind="area", plate=None, area=square(0.1), days=0.1)[0] != OWN
            continue
        with pytest.raises(BadInput) as refused:
            question(kind=kind, plate=None)
        assert refused.value.field == "plate"
    for kind in FROM_A_NAMED_PLATE:
        with pytest.raises(BadInput):
            question(kind=kind, plate="浙JA12*", other_plate="浙JB5678" if kind == "compare" else None)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "ranking"}, "kind"),
        ({"reason": " x "}, "reason"),
        ({"until": NOW - timedelta(days=8)}, "to"),
        ({"days": 733}, "from"),
        ({"plate": "浙J*"}, "plate"),
        ({"plate": "浙*A*1"}, "plate"),
        ({"kind": "compare"}, "other_plate"),
        ({"other_plate": "浙JB5678"}, "other_plate"),
        ({"kind": "area"}, "area"),
        ({"area": square(1)}, "area"),
        ({"kind": "area", "area": square(21)}, "area"),
        ({"kind": "area", "area": {"type": "Point", "coordinates": [121, 28]}}, "area"),
    ],
)
def test_a_question_that_cannot_be_asked_names_the_field(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        question(**changed)
    assert refused.value.field == field


def test_a_stored_question_comes_back_as_it_was_asked() -> None:
    asked = question(kind="area", area=square(1), plate="浙JA*", colour="white", fuzzy=False)
    assert from_stored(stored(asked), asked.kind, asked.case_number, asked.reason) == asked
    before = from_stored(
        {"plate": "浙JA*", "from": "2026-11-01T00:00:00Z", "to": "2026-11-02T00:00:00Z"}, "path", "c", "r"
    )
    assert before.fuzzy is False, "asked before misreads were looked for"
