"""What the gate leaves out is audited, what it misses is counted, and a gate that misses too much opens."""

import random
from datetime import UTC, datetime, timedelta

import numpy as np

from detection.attention import LEAST_GAP_S
from detection.audits import OPEN_S, Audits
from detection.passes import PassWatcher
from detection.picture_widths import FINER_EVERY_S, PictureWidths
from detection.vocabulary import Detection, Frame

START = datetime(2026, 5, 1, tzinfo=UTC)
ROAD = np.full((360, 640, 3), 90, np.uint8)


class Invisible:
    """Sees a vehicle that the pixels do not show: whatever the gate leaves out is missed."""

    name = "scripted"
    model_hash = "none"
    wants_every_frame = False

    def __init__(self, drives: bool) -> None:
        self.drives = drives
        self.shown: list[tuple[float, int]] = []

    def for_one_camera(self) -> "Invisible":
        return self

    def detect(self, image: np.ndarray, t_s: float) -> list[Detection]:
        self.shown.append((t_s, image.shape[1]))
        if t_s < 1.0:
            return []
        x = 20 + (60 * t_s) % 500 if self.drives else 200
        scale = image.shape[1] / 640
        return [Detection((x * scale, 100 * scale, (x + 90) * scale, 160 * scale), "car", 0.9)]


def frame(step: int, fps: float, image: np.ndarray = ROAD) -> Frame:
    return Frame(image, step / fps, START + timedelta(seconds=step / fps), step)


def watched(detector: Invisible, seconds: float, seed: int = 3) -> PassWatcher:
    watcher = PassWatcher(detector, None, rng=random.Random(seed))
    for step in range(round(5 * seconds)):
        watcher.see(frame(step, 5))
    return watcher


def test_an_audit_that_finds_a_moving_vehicle_is_a_miss_and_opens_the_gate() -> None:
    detector = Invisible(drives=True)
    gate = watched(detector, 160).gate
    assert gate.missed >= 1
    assert gate.audited >= gate.missed
    first_found = next(t_s for t_s, _ in detector.shown if t_s >= 1.0)
    while_open = [t_s for t_s, _ in detector.shown if first_found + 2 < t_s < first_found + OPEN_S - 2]
    assert len(while_open) > 4.5 * (OPEN_S - 4)  # nothing is left out


def test_an_audit_that_finds_a_parked_vehicle_is_no_miss() -> None:
    gate = watched(Invisible(drives=False), 160).gate
    assert gate.audited >= 3
    assert gate.missed == 0
    assert gate.looked < 0.2 * gate.gated
    assert gate.looked + gate.gated == 5 * 160


def test_the_share_of_audits_is_as_announced() -> None:
    audits = Audits(random.Random(5))
    assert 0.01 <= sum(audits.is_due() for _ in range(8000)) / 8000 <= 0.02
    assert audits.figures.audited > 0


def test_a_moving_scene_is_not_looked_at_more_often_than_the_tracker_needs() -> None:
    rng = np.random.default_rng(2)
    detector = Invisible(drives=True)
    watcher = PassWatcher(detector, None, rng=random.Random(1))
    for step in range(75):
        watcher.see(frame(step, 25, rng.integers(0, 255, ROAD.shape, dtype=np.uint8)))
    gaps = np.diff([t_s for t_s, _ in detector.shown])
    assert gaps.min() >= LEAST_GAP_S - 1e-6
    assert gaps.max() < 0.7


def test_a_road_of_large_vehicles_is_shown_small_and_one_of_small_vehicles_is_not() -> None:
    near, far = PictureWidths(), PictureWidths()
    for _ in range(10):
        near.learn(0.2)
        far.learn(0.03)
    assert near.usual_px() == 224
    assert far.usual_px() == 448
    widths = [near.next_px(FINER_EVERY_S * step / 5) for step in range(10)]
    assert widths.count(224) == 8  # and now and then a finer one, for what is far away


def test_brightness_alone_tells_what_the_colour_picture_tells() -> None:
    from detection.motion_gate import MotionGate
    from detection.vocabulary import Planes

    car = ROAD.copy()
    car[100:140, 200:280] = 200
    colour, luma = MotionGate(), MotionGate()
    for image in (ROAD, car):
        by_colour = colour.moving(frame(int(image is car), 5, image))
        planes = Planes(image[..., 0].copy(), lambda: np.zeros((1, 1, 3), np.uint8))
        by_luma = luma.moving(Frame(planes, float(image is car), START, 0))
    assert by_colour.any()
    np.testing.assert_array_equal(by_colour, by_luma)
