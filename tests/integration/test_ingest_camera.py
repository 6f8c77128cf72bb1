"""A camera's thread: faults stay inside it, are told, and a picture that changes its size is no fault."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from detection.motion_detector import MotionDetector
from detection.vocabulary import Detection
from ingest.camera import CameraThread, Workshop
from ingest.reports import health_of
from operations.cameras import WatchedCamera
from operations.sightings import Sighting
from tests.clips import write_clip
from tests.services import wait_until


class Brittle(MotionDetector):
    """A detector with a bug that shows on small pictures only."""

    def for_one_camera(self) -> "Brittle":
        return Brittle()

    def detect(self, image: np.ndarray, t_s: float) -> list[Detection]:
        if image.shape[0] < 200:
            raise ZeroDivisionError("a bug")
        return super().detect(image, t_s)


def workshop(folder: Path, published: list[Sighting], detector: MotionDetector) -> Workshop:
    return Workshop(lambda _: detector, None, published.append, set(), folder, 5.0, lambda: datetime.now(UTC))


def test_a_bug_on_one_camera_is_told_and_touches_no_other(tmp_path: Path) -> None:
    published: list[Sighting] = []
    shared = workshop(tmp_path, published, Brittle())
    small = write_clip(tmp_path / "small.mp4", 20, size=(320, 180))
    large = write_clip(tmp_path / "large.mp4", 20)
    ill, well = (CameraThread(WatchedCamera(str(p), str(p)), shared) for p in (small, large))
    for camera in (ill, well):
        camera.start()
    wait_until(lambda: ill.status.attempts >= 2, "another attempt")
    health = health_of(ill)
    assert health is not None
    assert (health.state, "Watchgrid itself" in (health.reason or "")) == ("offline", True)
    wait_until(lambda: published, "a sighting of the other camera")
    assert {sighting.camera for sighting in published} == {str(large)}
    for camera in (ill, well):
        camera.stop()
        assert camera.ended_within(5)


def test_a_picture_that_changes_its_size_starts_a_new_take(tmp_path: Path) -> None:
    published: list[Sighting] = []
    large = write_clip(tmp_path / "large.h264", 7)
    small = write_clip(tmp_path / "small.h264", 7, size=(320, 180))
    both = tmp_path / "both.h264"
    both.write_bytes(large.read_bytes() + small.read_bytes())
    camera = CameraThread(WatchedCamera("C1", str(both)), workshop(tmp_path, published, MotionDetector()))
    camera.start()
    takes = lambda: {sighting.id.split(":")[1] for sighting in published}  # noqa: E731
    wait_until(lambda: len(takes()) >= 2, "sightings of two takes")
    camera.stop()
    assert camera.ended_within(5)
    assert len({sighting.id for sighting in published}) == len(published)
    health = health_of(camera)
    assert health is not None
    assert health.state != "offline"
