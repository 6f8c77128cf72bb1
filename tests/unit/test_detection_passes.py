"""Passes: one vehicle going by is one pass, published once, as soon as its plate is known."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np

from detection.passes import PassWatcher
from detection.vocabulary import Box, Character, Detection, Frame, PlateRead, VehiclePass

BLANK = np.full((720, 1280, 3), 90, np.uint8)
START = datetime(2026, 5, 1, tzinfo=UTC)
Script = Callable[[float], list[Detection]]


class ScriptedDetector:
    """Says what the script says at a time."""

    name = "scripted"
    model_hash = "none"

    def __init__(self, script: Script, wants_every_frame: bool = True) -> None:
        self.script = script
        self.wants_every_frame = wants_every_frame
        self.calls = 0

    def for_one_camera(self) -> "ScriptedDetector":
        return self

    def detect(self, image: np.ndarray, t_s: float) -> list[Detection]:
        self.calls += 1
        return self.script(t_s)


def car(x: float, y: float, width: float = 220, height: float = 160) -> Detection:
    return Detection((x, y, x + width, y + height), "car", 0.9)


def frame(step: int, fps: float, image: np.ndarray = BLANK) -> Frame:
    t_s = step / fps
    return Frame(image, t_s, START + timedelta(seconds=t_s), step)


def plate(text: str, confidence: float, box: Box | None = None) -> PlateRead:
    return PlateRead(text, confidence, tuple(Character(char, confidence) for char in text), box, "blue")


def watched(
    script: Script,
    seconds: float,
    fps: float = 10,
    read: Callable[[np.ndarray], list[PlateRead]] | None = None,
) -> tuple[list[tuple[float, VehiclePass]], list[VehiclePass]]:
    """Return (when, pass) as settled, and the ended passes."""
    watcher = PassWatcher(ScriptedDetector(script), read)
    settled, ended = [], []
    for step in range(round(seconds * fps)):
        seen = watcher.see(frame(step, fps))
        settled += [(step / fps, vehicle) for vehicle in seen.settled]
        ended += seen.ended
    seen = watcher.finish()
    return settled + [(seconds, vehicle) for vehicle in seen.settled], ended + seen.ended


def driving(t_s: float) -> list[Detection]:
    return [car(100 + 200 * t_s, 300)] if t_s < 4 else []


def test_one_vehicle_gives_one_pass_with_a_dense_path() -> None:
    settled, ended = watched(driving, seconds=8, fps=3)
    assert len(settled) == len(ended) == 1
    path = ended[0].path
    assert max(b[0] - a[0] for a, b in pairwise(path)) <= 0.2 + 1e-9
    assert abs(path[0][1] - 210) < 5
    assert abs(path[-1][1] - (210 + 200 * 11 / 3)) < 25
    assert all(abs(y - 460) < 3 for _, _, y in path)
    assert ended[0].direction == "right"


def test_a_parked_vehicle_gives_none_and_gives_one_when_it_drives_off() -> None:
    def parked(t_s: float) -> list[Detection]:
        tremble = 3 * np.sin(7 * t_s)
        moved = 150 * max(0.0, t_s - 20)
        return [car(300 + tremble + moved, 300 + tremble)] if t_s < 24 else []

    assert watched(parked, seconds=20)[0] == []
    assert len(watched(parked, seconds=30)[0]) == 1


def test_a_waiting_vehicle_is_one_pass() -> None:
    def at_the_lights(t_s: float) -> list[Detection]:
        x = 100 + 200 * min(t_s, 2) + 200 * max(0.0, t_s - 32)
        return [car(x, 300)] if t_s < 34 else []

    settled, ended = watched(at_the_lights, seconds=40, fps=5)
    assert len(settled) == len(ended) == 1
    assert ended[0].last_seen_s > 33


def test_half_a_hidden_parked_vehicle_is_no_pass() -> None:
    def behind_a_bus(t_s: float) -> list[Detection]:
        hidden = 120 if 3 < t_s < 5 else 0
        return [car(300 + hidden, 300, width=220 - hidden)]

    assert watched(behind_a_bus, seconds=8)[1] == []


def test_the_plate_is_published_in_the_look_that_makes_it_sure_and_never_again() -> None:
    looks: list[str] = []

    def read(crop: np.ndarray) -> list[PlateRead]:
        looks.append("look")
        return [plate("浙JA1234", 0.95, (80, 100, 140, 120))]

    settled, ended = watched(driving, seconds=8, fps=10, read=read)
    assert [vehicle.plate.text for _, vehicle in settled if vehicle.plate] == ["浙JA1234"]
    assert settled[0][0] < 1.0
    assert len(looks) <= 4
    assert ended[0].plate == settled[0][1].plate
    assert ended[0].plate_crop is not None


def test_looks_that_disagree_are_settled_only_at_the_end() -> None:
    texts = iter(["浙JA1234", "浙JA7890", "皖JA5555", "苏JA6666"] * 5)
    settled, _ = watched(driving, seconds=8, read=lambda crop: [plate(next(texts), 0.6, (80, 100, 140, 120))])
    assert len(settled) == 1
    assert settled[0][0] > 3.9


def test_a_track_torn_in_two_is_published_once_if_the_plate_is_the_same() -> None:
    def torn(t_s: float) -> list[Detection]:
        return driving(t_s) if t_s < 1.5 or 3.4 < t_s < 4 else []

    settled, _ = watched(torn, 9, read=lambda crop: [plate("浙JA1234", 0.95, (80, 100, 140, 120))])
    assert len(settled) == 1


def test_a_vehicle_does_not_get_the_plate_of_the_one_in_front_of_it() -> None:
    def two(t_s: float) -> list[Detection]:
        return [car(100 + 150 * t_s, 200, 260, 200), car(140 + 150 * t_s, 320, 260, 200)] if t_s < 4 else []

    def read(crop: np.ndarray) -> list[PlateRead]:
        far = crop.shape[0] < 230 and crop[0, 0, 0] == 1
        return [plate("浙JA1234", 0.95, (130, 150, 190, 170) if far else (100, 120, 160, 140))]

    image = BLANK.copy()
    image[:300] = 1
    watcher = PassWatcher(ScriptedDetector(two), read)
    plates = []
    for step in range(60):
        plates += [vehicle.plate for vehicle in watcher.see(frame(step, 10, image)).ended]
    assert sorted(bool(found) for found in plates) == [False, True]


def test_a_quiet_scene_costs_no_detector() -> None:
    detector = ScriptedDetector(lambda t_s: [], wants_every_frame=False)
    watcher = PassWatcher(detector, None)
    rng = np.random.default_rng(1)
    for step in range(50):
        noisy = (BLANK + rng.integers(0, 5, BLANK.shape)).astype(np.uint8)
        watcher.see(frame(step, 5, noisy))
    assert detector.calls <= 2
    moving = BLANK.copy()
    moving[300:400, 300:460] = 200
    watcher.see(frame(50, 5, moving))
    assert detector.calls <= 3
    assert detector.calls >= 2


def test_a_vehicle_that_comes_back_is_another_one() -> None:
    def there_and_back(t_s: float) -> list[Detection]:
        x = 100 + 250 * t_s if t_s < 3 else 850 - 250 * (t_s - 3)
        return [car(x, 300)] if t_s < 6 else []

    _, ended = watched(there_and_back, seconds=9)
    assert [vehicle.direction for vehicle in ended] == ["right", "left"]
