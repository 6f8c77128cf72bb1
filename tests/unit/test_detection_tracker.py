"""The tracker: one vehicle keeps one number, whatever the frame rate and whoever it meets."""

from detection.tracker import Tracker
from detection.vocabulary import Box, Detection

FRAME = (1280, 720)


def car(x: float, y: float, size: float = 80, confidence: float = 0.8) -> Detection:
    return Detection((x, y, x + 1.4 * size, y + size), "car", confidence)


def numbers(tracker: Tracker, detections: list[Detection], t_s: float) -> dict[Box, int]:
    tracker.update(detections, t_s, FRAME)
    return {track.detection.box: track.number for track in tracker.tracks if track.last_seen_s == t_s}


def test_two_vehicles_passing_each_other_keep_their_numbers() -> None:
    tracker = Tracker()
    first: dict[str, int] = {}
    for step in range(40):
        right, left = car(100 + 25 * step, 300), car(1100 - 25 * step, 360)
        seen = numbers(tracker, [right, left], step * 0.1)
        first.setdefault("right", seen[right.box])
        first.setdefault("left", seen[left.box])
        assert seen == {right.box: first["right"], left.box: first["left"]}


def test_uneven_frame_intervals_do_not_break_a_track() -> None:
    tracker = Tracker()
    seen = set()
    for t_s in (0.0, 0.08, 0.16, 0.4, 0.48, 0.9, 0.98, 1.1, 1.6):
        seen |= set(numbers(tracker, [car(50 + 400 * t_s, 300)], t_s).values())
    assert seen == {1}


def test_a_fast_vehicle_is_one_vehicle_at_five_frames_a_second() -> None:
    tracker = Tracker()
    seen = set()
    for step in range(6):  # more than its own length between two looks
        seen |= set(numbers(tracker, [car(10 + 130 * step, 300)], step * 0.2).values())
    assert seen == {1}


def test_a_weak_detection_keeps_a_track_but_starts_none() -> None:
    tracker = Tracker()
    for step in range(5):
        numbers(tracker, [car(100 + 10 * step, 300)], step * 0.1)
    assert numbers(tracker, [car(150, 300, confidence=0.15)], 0.5) == {car(150, 300).box: 1}
    assert len(numbers(tracker, [car(900, 300, confidence=0.15)], 0.6)) == 0


def test_a_weak_detection_beside_a_vehicle_does_not_lead_its_track_astray() -> None:
    tracker = Tracker()
    for step in range(10):
        numbers(tracker, [car(400, 300)], step * 0.1)
    beside = car(460, 300, confidence=0.2)
    assert numbers(tracker, [beside], 1.0) == {}
    assert numbers(tracker, [car(400, 300), beside], 1.1) == {car(400, 300).box: 1}


def test_a_weak_detection_does_not_find_a_lost_vehicle_again() -> None:
    tracker = Tracker()
    for step in range(10):
        numbers(tracker, [car(400, 300)], step * 0.1)
    tracker.update([], 1.0, FRAME)
    assert numbers(tracker, [car(400, 300, confidence=0.2)], 1.1) == {}
    assert numbers(tracker, [car(400, 300)], 1.2) == {car(400, 300).box: 1}


def test_a_hidden_vehicle_comes_back_as_itself_and_a_gone_one_does_not() -> None:
    tracker = Tracker()
    for step in range(10):
        numbers(tracker, [car(100 + 20 * step, 300)], step * 0.1)
    for step in range(10, 18):
        tracker.update([], step * 0.1, FRAME)
    assert set(numbers(tracker, [car(100 + 20 * 18, 300)], 1.8).values()) == {1}
    over = tracker.update([], 10.0, FRAME).over
    assert [track.number for track in over] == [1]


def test_vehicles_that_melt_into_one_blob_come_out_with_their_numbers() -> None:
    tracker = Tracker()
    for step in range(30):
        near, far = car(200 + 10 * step, 300), car(700 - 10 * step, 380)
        boxes = [near, far]
        if 20 <= step <= 26:  # side by side: the detector sees one thing
            low = tuple(min(near.box[i], far.box[i]) for i in (0, 1))
            high = tuple(max(near.box[i], far.box[i]) for i in (2, 3))
            boxes = [Detection((*low, *high), "vehicle", 0.5)]
        seen = numbers(tracker, boxes, step * 0.1)
    assert seen == {near.box: 1, far.box: 2}


def test_a_standing_vehicle_is_still_and_a_driving_one_is_not() -> None:
    tracker = Tracker()
    for step in range(30):
        tremble = step % 2
        numbers(tracker, [car(100 + tremble, 300), car(300 + 12 * step, 500)], step * 0.1)
    standing, driving = tracker.tracks
    assert tracker.is_still(standing, 3.0)
    assert not tracker.is_still(driving, 3.0)
