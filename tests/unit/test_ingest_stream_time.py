"""Stream time: monotone whatever the stamps do, looks on an even grid, a backlog told from jitter."""

import pytest

from ingest.stream_time import Lag, Lookout, StreamClock


def ticks(stamps: list[float | None]) -> list[float]:
    clock = StreamClock(usual_step_s=0.04)
    return [round(clock.tick(stamp), 6) for stamp in stamps]


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        ([5.0, 5.1, 5.3], [0.0, 0.1, 0.3]),  # starts anywhere, varies
        ([5.0, 5.1, 900.0, 900.1], [0.0, 0.1, 0.14, 0.24]),  # jumps ahead
        ([5.0, 5.1, 0.0, 0.1], [0.0, 0.1, 0.14, 0.24]),  # starts again
        ([None, None, None], [0.0, 0.04, 0.08]),  # tells no time
        ([5.0, 5.1, 5.1, 5.2], [0.0, 0.1, 0.1, 0.2]),  # one picture in two parts
    ],
)
def test_stream_time_is_monotone_whatever_the_stamps_do(
    stamps: list[float | None], expected: list[float]
) -> None:
    assert ticks(stamps) == expected


def test_stamps_that_stand_still_do_not_stop_time() -> None:
    times = ticks([7.0] * 20)
    assert times[-1] > 0.5


def test_looks_keep_to_their_grid_over_gaps() -> None:
    lookout = Lookout(fps=5)
    due = [t for t in (0.0, 0.08, 0.16, 0.24, 0.32, 0.4, 1.31, 1.35, 1.4) if lookout.is_due(t)]
    assert due == [0.0, 0.24, 0.4, 1.31, 1.4]


def test_a_backlog_is_lag_and_a_late_network_is_not() -> None:
    lag = Lag()
    assert lag.of(0.0, now_s=100.0, waited=True) == 0.0
    # We were busy for two seconds: pictures wait for us.
    assert lag.of(1.0, now_s=103.0, waited=False) == pytest.approx(2.0)
    # The network was late: we waited for the picture, so nothing else waits for us.
    assert lag.of(2.0, now_s=106.0, waited=True) == 0.0
