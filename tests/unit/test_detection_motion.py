"""The motion detector: finds what drives, in any light, and nothing else."""

import numpy as np

from detection.boxes import overlap
from detection.motion_detector import MotionDetector
from detection.vocabulary import Box, Detection


def road(level: int, seed: int) -> np.ndarray:
    """A grey, grainy road; the grain stays, the noise is new in every picture."""
    grain = np.random.default_rng(0).integers(-6, 7, (360, 640, 1))
    noise = np.random.default_rng(seed).integers(-2, 3, (360, 640, 3))
    return np.clip(level + grain + noise, 0, 255).astype(np.uint8)


def with_car(image: np.ndarray, x: int, y: int = 150, level: int = 200) -> tuple[np.ndarray, Box]:
    image[y : y + 60, x : x + 90] = level
    image[y + 10 : y + 25, x + 10 : x + 80] = 40  # glass
    image[y + 50 : y + 60, x + 5 : x + 20] = 15  # tyres
    image[y + 50 : y + 60, x + 70 : x + 85] = 15
    return image, (x, y, x + 90, y + 60)


def look(detector: MotionDetector, level: int, moving: bool, steps: int) -> list[tuple[list[Detection], Box]]:
    found = []
    for step in range(steps):
        image, box = road(level, step), (0.0, 0.0, 1.0, 1.0)
        if moving and step > 20:
            image, box = with_car(image, 40 + 12 * (step - 20))
        found.append((detector.detect(image, step * 0.1), box))
    return found


def test_it_finds_a_driving_vehicle_where_it_is() -> None:
    hits = [found for found in look(MotionDetector(), 100, True, 50)[25:] if found[0]]
    assert len(hits) >= 24
    assert all(len(detections) == 1 and overlap(detections[0].box, box) > 0.75 for detections, box in hits)


def test_it_finds_a_dark_vehicle_at_night() -> None:
    detector = MotionDetector()
    hits = 0
    for step in range(50):
        image = road(22, step)
        if step > 20:
            image, box = with_car(image, 40 + 12 * (step - 20), level=45)
            hits += any(overlap(found.box, box) > 0.6 for found in detector.detect(image, step * 0.1))
        else:
            detector.detect(image, step * 0.1)
    assert hits >= 24


def test_an_empty_noisy_road_has_no_vehicle() -> None:
    assert all(not detections for detections, _ in look(MotionDetector(), 100, False, 60))


def test_a_camera_that_exposes_more_sees_no_vehicle_in_it() -> None:
    detector = MotionDetector()
    for step in range(30):
        detector.detect(road(100, step), step * 0.1)
    found = [detector.detect(road(100 + 4 * step, step), 3 + step * 0.1) for step in range(10)]
    assert not any(found)


def test_a_soft_shadow_is_no_vehicle() -> None:
    detector = MotionDetector()
    for step in range(30):
        detector.detect(road(120, step), step * 0.1)
    shaded = road(120, 99).astype(np.float32)
    ramp = np.minimum(1, np.minimum(np.arange(200), np.arange(200)[::-1]) / 60)
    shaded[100:300, 100:300] *= (1 - 0.3 * np.minimum.outer(ramp, ramp))[..., None]
    assert detector.detect(shaded.astype(np.uint8), 3.1) == []


def test_each_camera_has_a_background_of_its_own() -> None:
    detector = MotionDetector()
    assert detector.for_one_camera() is not detector.for_one_camera()


def test_a_stream_may_change_its_resolution() -> None:
    detector = MotionDetector()
    detector.detect(road(100, 1), 0.0)
    assert detector.detect(np.zeros((480, 640, 3), np.uint8), 0.1) == []
