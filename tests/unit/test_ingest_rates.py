"""Rates and pace: what a camera reaches, when its worker is overloaded, and how often cameras are dialled."""

import threading
import time
from dataclasses import dataclass

from ingest.pace import Pace
from ingest.rates import Rates, miss_rate


@dataclass
class Counts:
    given: int
    dropped: int


def after(seconds: int, fps: float, dropped_fps: float) -> Rates:
    """Return the rates of a camera that was looked at for a while, reported every second."""
    rates = Rates()
    for at_s in range(seconds + 1):
        rates.take(Counts(int(at_s * fps), int(at_s * dropped_fps)), float(at_s))
    return rates


def test_an_overloaded_worker_says_so_with_its_figures() -> None:
    rates = after(30, 2.0, 3.0)
    assert rates.dropped_share == 0.6
    said = rates.overload(5.0)
    assert said is not None
    assert said.state == "online"
    assert said.reason == "Looks at 2.0 of 5 pictures a second: the worker is overloaded."
    assert said.why == {"code": "overloaded", "fps": 2.0, "fps_wanted": 5.0}


def test_a_camera_that_sends_few_pictures_is_no_overload() -> None:
    rates = after(30, 2.0, 0.0)
    assert (rates.fps, rates.dropped_share) == (2.0, 0.0)
    assert rates.overload(5.0) is None
    assert after(30, 4.9, 0.1).overload(5.0) is None
    assert after(1, 1.0, 4.0).overload(5.0) is None, "after a second nobody knows"


def test_rates_are_those_of_the_last_seconds() -> None:
    rates = after(30, 5.0, 0.0)
    for at_s in range(31, 45):
        rates.take(Counts(150, 0), float(at_s))
    assert rates.fps == 0.0


def test_few_audits_say_nothing_about_the_gate() -> None:
    assert miss_rate(3, 1) is None
    assert miss_rate(200, 1) == 0.005


def test_dialling_is_paced_in_order_and_a_stop_is_heard() -> None:
    pace, stop, began_s = Pace(per_s=50.0), threading.Event(), time.monotonic()
    assert all(pace.wait(stop) for _ in range(6))
    assert time.monotonic() - began_s >= 5 / 50.0 - 0.001
    pace.share_with(100)
    assert pace.wait(stop)
    stop.set()
    assert not pace.wait(stop)
