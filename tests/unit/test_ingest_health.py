"""Camera health from content: every fault is told within ten seconds, and no living picture accused."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from ingest.health import HealthJudge
from tests.clips import picture

FAULT_AT_S = 40.0
STEP_S = 0.5

Spoil = Callable[[float], np.ndarray]


def states(spoil: Spoil, until_s: float = FAULT_AT_S + 10.0) -> dict[float, str]:
    """Return the state after every look: a good road first, spoiled pictures from FAULT_AT_S."""
    judge = HealthJudge()
    seen = {}
    for look in range(int(until_s / STEP_S) + 1):
        at_s = look * STEP_S
        image = picture(at_s) if at_s < FAULT_AT_S else spoil(at_s)
        seen[at_s] = judge.see(image, at_s).state
    return seen


def with_clock(image: np.ndarray, at_s: float) -> np.ndarray:
    return cv2.putText(
        image.copy(), f"{at_s:08.2f}", (10, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (255, 255, 255), 2
    )


@pytest.mark.parametrize(
    ("fault", "spoil"),
    [
        ("frozen", lambda at_s: picture(FAULT_AT_S)),
        ("frozen", lambda at_s: with_clock(picture(FAULT_AT_S), at_s)),
        ("black", lambda at_s: np.random.default_rng(int(at_s)).integers(0, 6, (360, 640, 3), np.uint8)),
        ("black", lambda at_s: np.full((360, 640, 3), (90, 140, 60), np.uint8)),
        ("blurred", lambda at_s: cv2.GaussianBlur(picture(at_s), (0, 0), 4)),
        ("moved", lambda at_s: cv2.rotate(cv2.resize(picture(at_s), (360, 640)), cv2.ROTATE_90_CLOCKWISE)),
    ],
    ids=["frozen", "frozen behind its clock", "black", "covered", "blurred", "moved"],
)
def test_a_fault_is_told_within_ten_seconds_and_not_before(fault: str, spoil: Spoil) -> None:
    seen = states(spoil)
    assert {state for at_s, state in seen.items() if at_s < FAULT_AT_S} == {"online"}
    assert seen[FAULT_AT_S + 10.0] == fault


def test_a_road_at_night_is_not_black() -> None:
    def night(at_s: float) -> np.ndarray:
        dark = (picture(at_s) * 0.4).astype(np.uint8)
        return cv2.circle(dark, (380, int(at_s * 40) % 360), 6, (250, 250, 255), -1)

    judge = HealthJudge()
    assert {judge.see(night(look * STEP_S), look * STEP_S).state for look in range(60)} == {"online"}


def test_a_camera_that_recovers_is_online_again() -> None:
    judge = HealthJudge()
    for look in range(60):
        judge.see(picture(3.0), look * STEP_S)
    assert judge.health.state == "frozen"
    for look in range(60, 66):
        judge.see(picture(look * STEP_S), look * STEP_S)
    assert judge.health.state == "online"


def test_a_wrong_clock_is_told_with_how_wrong_it_is() -> None:
    judge = HealthJudge()
    for look in range(20):
        judge.see(picture(look * STEP_S), look * STEP_S, clock_offset_s=-3600.0)
    assert judge.health.state == "wrong_clock"
    assert "3600 s behind" in (judge.health.reason or "")
