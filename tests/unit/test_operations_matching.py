"""Matching plates against the watchlist's patterns, exactly and by misreads; and what may be a pattern."""

from datetime import timedelta
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.facts import BadInput
from operations.matching import LEAST_LIKELY, Look, Match, compiled
from operations.reads.errors import PRIOR
from operations.watch_conditions import Passage, conditions_of
from operations.watched import Watched
from operations.watchlist import normalise_pattern
from tests.conftest import START

LATER = START + timedelta(days=1)
A_CAR = Passage("car", "white", (121.25, 28.15), START)
PLATES = "浙J0O1ABD8BQZ2"


def _watched(*patterns: str) -> list[Watched]:
    return [
        Watched(number, pattern, "red", 1, "案", START, LATER) for number, pattern in enumerate(patterns, 1)
    ]


def _matches(entries: list[Watched], *plates: str, at: object = START) -> list[list[Match]]:
    return compiled(entries).matches([Look(plate, at, A_CAR) for plate in plates], PRIOR)  # type: ignore[arg-type]


def _exact(entries: list[Watched], plate: str, at: object = START) -> list[int]:
    (found,) = _matches(entries, plate, at=at)
    return [match.entry.id for match in found if match.exact]


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
    entries = _watched("浙JA1234", "浙JA12?4", "*1234", "浙JB*", "浙JA1234", "?JA*4")
    assert _exact(entries, "浙JA1234") == [1, 2, 3, 5, 6]
    assert _exact(entries, "皖JA1235") == []


def test_an_entry_counts_only_while_it_is_valid() -> None:
    entries = _watched("浙JA1234")
    assert _exact(entries, "浙JA1234", START - timedelta(seconds=1)) == []
    assert _exact(entries, "浙JA1234", LATER) == []


@given(
    st.lists(st.text("浙JA1?*", min_size=1, max_size=7), max_size=8),
    st.lists(st.text("浙JA1", min_size=1, max_size=9), min_size=1, max_size=4),
)
def test_matching_agrees_with_shell_patterns(patterns: list[str], plates: list[str]) -> None:
    for plate, found in zip(plates, _matches(_watched(*patterns), *plates), strict=True):
        expected = [number for number, pattern in enumerate(patterns, 1) if fnmatchcase(plate, pattern)]
        assert [match.entry.id for match in found if match.exact] == expected


@given(st.lists(st.text(PLATES, min_size=6, max_size=8), max_size=6), st.text(PLATES, min_size=6, max_size=8))
def test_plates_that_one_slip_makes_likely_are_found_and_no_other(watched: list[str], read: str) -> None:
    (found,) = _matches(_watched(*watched), read)
    expected = [
        number
        for number, plate in enumerate(watched, 1)
        if plate != read and _one_slip(plate, read) and PRIOR.probability(read, plate) >= LEAST_LIKELY
    ]
    resembling = [match for match in found if not match.exact]
    assert [match.entry.id for match in resembling] == expected
    for match in resembling:
        assert match.likelihood == PRIOR.probability(read, match.plate)


def _one_slip(plate: str, read: str) -> bool:
    if len(plate) == len(read):
        return sum(a != b for a, b in zip(plate, read, strict=True)) == 1
    longer, shorter = (plate, read) if len(plate) > len(read) else (read, plate)
    return len(longer) == len(shorter) + 1 and any(
        longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer))
    )


@pytest.mark.parametrize(
    ("pattern", "read", "plate"),
    [
        ("浙JA128?", "浙JA12B4", "浙JA1284"),
        ("浙JA12?4", "浙J41254", "浙JA1254"),
        ("*A1284", "浙J41284", "浙JA1284"),
        ("浙JA*84", "浙J4D1284", "浙JAD1284"),
    ],
)
def test_a_partial_plate_is_resembled_in_what_it_names(pattern: str, read: str, plate: str) -> None:
    ((match,),) = _matches(_watched(pattern), read)
    assert (match.exact, match.plate) == (False, plate)


def test_a_fit_is_never_a_resemblance_too() -> None:
    ((match,),) = _matches(_watched("浙JA12*"), "浙JA1284")
    assert match.exact


def test_a_pattern_that_names_little_has_no_misreads() -> None:
    (found,) = _matches(_watched("*A128"), "浙J34A12B")
    assert found == []


def test_an_entry_without_fuzzy_is_matched_exactly_only() -> None:
    strict = [Watched(1, "浙JA1284", "red", 1, "案", START, LATER, fuzzy=False)]
    resembles, fits = _matches(strict, "浙JA12B4", "浙JA1284")
    assert resembles == []
    assert [match.exact for match in fits] == [True]


def test_what_contradicts_an_entry_is_no_match_of_it() -> None:
    bus = conditions_of("bus", None, None, None)
    entries = [Watched(1, "浙JA1284", "red", 1, "案", START, LATER, conditions=bus), *_watched("浙JA1284")]
    fits, resembles = _matches(entries, "浙JA1284", "浙JA12B4")
    assert [match.entry.conditions.vehicle_class for match in (*fits, *resembles)] == [None, None]


def test_no_entries_match_nothing() -> None:
    assert _matches([], "浙JA1284", "") == [[], []]
