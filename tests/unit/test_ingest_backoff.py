"""Waits between attempts: doubled, never in step, never over a minute, and short again after success."""

import pytest

from ingest.backoff import FIRST_S, JITTER, LAST_S, Backoff


def test_waits_double_up_to_a_minute_and_begin_anew_after_steady_work() -> None:
    backoff = Backoff()
    usual = FIRST_S
    for _ in range(10):
        assert JITTER[0] * usual <= backoff.wait_s(0.0) <= JITTER[1] * usual
        usual = min(2 * usual, LAST_S)
    assert usual == LAST_S
    assert backoff.wait_s(worked_s=3600.0) <= JITTER[1] * FIRST_S


def test_two_cameras_never_wait_alike() -> None:
    waits = [Backoff().wait_s(0.0) for _ in range(20)]
    assert len(set(waits)) == 20
    assert max(waits) - min(waits) == pytest.approx(FIRST_S, abs=0.9 * FIRST_S)
