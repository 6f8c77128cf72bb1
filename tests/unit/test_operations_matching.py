"""Matching plates against the watchlist's patterns, and what may be a pattern."""

from datetime import timedelta
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.facts import BadInput
from operations.matching import compiled
from operations.watchlist import Watched, normalise_pattern
from tests.conftest import START

LATER = START + timedelta(days=1)


def _watched(*patterns: str) -> list[Watched]:
    return [
        Watched(number, pattern, "red", 1, "案", START, LATER) for number, pattern in enumerate(patterns, 1)
    ]


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        ("浙J·a1234", "浙JA1234"),
        (" 浙j-12 34?", "浙J1234?"),
        ("浙ＪＡ１２？＊", "浙JA12?*"),
        ("**123**", "*123*"),
    ],
)
def test_a_pattern_is_normalised(written: str, pattern: str) -> None:
    assert normalise_pattern(written) == pattern


@pytest.mark.parametrize(
    "written", ["", "*", "浙J*", "??12*", "浙J12;DROP", "[浙]123", "浙J1234567890123456", "浙J12\x00"]
)
def test_a_pattern_too_wide_or_strange_is_refused(written: str) -> None:
    with pytest.raises(BadInput) as caught:
        normalise_pattern(written)
    assert caught.value.field == "pattern"


def test_every_entry_of_a_plate_is_found_and_no_other() -> None:
    matcher = compiled(_watched("浙JA1234", "浙JA12?4", "*1234", "浙JB*", "浙JA1234", "?JA*4"))
    assert [entry.id for entry in matcher.matches("浙JA1234", START)] == [1, 2, 3, 5, 6]
    assert matcher.matches("皖JA1235", START) == []


def test_an_entry_counts_only_while_it_is_valid() -> None:
    matcher = compiled(_watched("浙JA1234"))
    assert matcher.matches("浙JA1234", START - timedelta(seconds=1)) == []
    assert matcher.matches("浙JA1234", LATER) == []


@given(
    st.lists(st.text("浙JA1?*", min_size=1, max_size=7), max_size=8),
    st.text("浙JA1", min_size=1, max_size=7),
)
def test_matching_agrees_with_shell_patterns(patterns: list[str], plate: str) -> None:
    expected = [number for number, pattern in enumerate(patterns, 1) if fnmatchcase(plate, pattern)]
    assert [entry.id for entry in compiled(_watched(*patterns)).matches(plate, START)] == expected
