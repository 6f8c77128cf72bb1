"""Cursors of pages: opaque, whole, and refused when they are not ours."""

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.pages import cursor_after, id_from, time_and_id_from
from operations.facts import BadInput


@given(st.integers(0, 2**31 - 1))
def test_a_cursor_gives_back_its_id(number: int) -> None:
    assert id_from(cursor_after(number)) == number


def test_a_cursor_gives_back_its_time_and_id() -> None:
    at = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert time_and_id_from(cursor_after("2026-11-23T08:00:00.000Z", "6f0c")) == (at, "6f0c")


@given(st.text(max_size=60))
def test_whatever_is_not_ours_is_refused_by_name(text: str) -> None:
    for read in (id_from, time_and_id_from):
        with contextlib.suppress(BadInput):
            assert read(text) is not None


@pytest.mark.parametrize("key", [(-1,), (2**31,), (True,), (1.5,), ("1",), (1, 2), ()])
def test_a_cursor_of_another_list_is_refused(key: tuple[int, ...]) -> None:
    with pytest.raises(BadInput):
        id_from(cursor_after(*key))
