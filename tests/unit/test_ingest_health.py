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
        ("black", lambda at_s: np.full((360, 640, 3), 252, np.uint8)),
        ("blurred", lambda at_s: cv2.GaussianBlur(picture(at_s), (0, 0), 4)),
        ("moved", lambda at_s: cv2.rotate(cv2.resize(picture(at_s), (360, 640)), cv2.ROTATE_90_CLOCKWISE)),
    ],
    ids=["frozen", "frozen behind its clock", "black", "covered", "white", "blurred", "moved"],
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


def turned(image: np.ndarray, right: float, down: float) -> np.ndarray:
    height, width = image.shape[:2]
    move = np.array([[1, 0, right * width], [0, 1, down * height]], dtype=float)
    return cv2.warpAffine(image, move, (width, height), borderMode=cv2.BORDER_REFLECT)


def townscape(at_s: float) -> np.ndarray:
    """The road between houses, which stay where they are."""
    image = picture(at_s)
    houses = np.random.default_rng(2)
    for _ in range(60):
        x, y = int(houses.integers(0, 190)) + 450 * int(houses.integers(0, 2)), int(houses.integers(0, 340))
        level = tuple(int(shade) for shade in houses.integers(20, 230, 3))
        cv2.rectangle(
            image, (x, y), (x + int(houses.integers(8, 40)), y + int(houses.integers(8, 30))), level, -1
        )
    return image


def test_a_turned_camera_says_which_way() -> None:
    judge = HealthJudge()
    for look in range(120):
        image = townscape(look * STEP_S)
        judge.see(image if look < 80 else turned(image, 0.10, -0.06), look * STEP_S)
    assert judge.health.state == "moved"
    assert judge.health.why == {"code": "turned", "right_percent": 10, "down_percent": -6, "degrees": 0}
    assert judge.health.reason == "The view has moved 10 % to the right, 6 % up: turn the camera back."


def test_half_a_picture_hidden_is_told_when_it_stays_and_not_when_it_is_a_bus_that_waits() -> None:
    def hidden(at_s: float) -> np.ndarray:
        image = townscape(at_s)
        image[:, :420] = np.linspace(60, 150, 420).astype(np.uint8)[None, :, None]  # a smooth, grey side
        image[:, :420] += picture(at_s)[:, :420] % 8
        return image

    judge = HealthJudge()
    told = {}
    for look in range(440):
        at_s = look * STEP_S
        told[at_s] = judge.see(hidden(at_s) if at_s >= 40.0 else townscape(at_s), at_s).state
    assert {state for at_s, state in told.items() if at_s < 140.0} == {"online"}
    assert judge.health.why["code"] == "partly_covered"


def test_a_still_night_teaches_how_long_pictures_may_stand() -> None:
    """A thrifty encoder sends the very same picture for ten seconds at a time: told once, then known."""
    judge = HealthJudge()
    told = [
        judge.see(picture(at_s - at_s % 10.0), at_s).state for at_s in (look * STEP_S for look in range(600))
    ]
    assert "frozen" not in told[100:]


def test_a_wrong_clock_is_told_with_how_wrong_it_is() -> None:
    judge = HealthJudge()
    for look in range(20):
        judge.see(picture(look * STEP_S), look * STEP_S, clock_offset_s=-3600.0)
    assert judge.health.state == "wrong_clock"
    assert "3600 s behind" in (judge.health.reason or "")
