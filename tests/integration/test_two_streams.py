"""A camera with two streams: watched in the small one, read in the large one."""

from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np

from detection.motion_detector import MotionDetector
from detection.vocabulary import PlateRead
from ingest.camera import CameraThread, Workshop
from ingest.main_stream import MainStream
from ingest.reports import health_of
from ingest.sources import Playing, open_source
from operations.cameras import WatchedCamera
from operations.sightings import Sighting
from tests.clips import write_clip
from tests.rtsp_server import free_port, rtsp_streams
from tests.services import wait_until


def utc_now() -> datetime:
    return datetime.now(UTC)


def shown_s(image: np.ndarray) -> float:
    """Return where in its six seconds the car of tests/clips.py is, in 1/110 s: by its upper edge."""
    road = cv2.resize(image, (640, 360)).astype(int)[:, 345:350]
    red = road[..., 2] - road[..., 1] > 60
    rows = np.flatnonzero(red.any(axis=1))
    whole = len(rows) and rows[0] > 10 and rows[-1] - rows[0] > 80
    return (float(rows[0]) + 110) / 110 if whole else float("nan")


def test_the_main_stream_gives_the_moment_of_the_sub_stream(tmp_path: Path) -> None:
    clips = {"main": write_clip(tmp_path / "main.mp4", 60)}
    clips["sub"] = write_clip(tmp_path / "sub.mp4", 60, size=(320, 180))
    stopped = Playing(realtime=True)
    with rtsp_streams(clips, free_port()) as url:
        main = MainStream(f"{url}/main", stopped, utc_now)
        main.start()
        apart, playing = [], Playing(realtime=True, stop=stopped.stop, detail_of=main.detail_of)
        with open_source(f"{url}/sub", playing) as source:
            for frame in source:
                detail = frame.detail() if frame.detail else None
                if detail is not None and source.counts.clock_offset_s is not None:
                    assert detail.shape == (360, 640, 3)
                    apart.append(shown_s(detail) - shown_s(frame.image))
                if np.isfinite(apart).sum() >= 6:
                    break
        stopped.stop.set()
        assert main.ended_within(5)
    assert main.failure is None
    # The server starts each clip when it is asked for it: so far are they apart, and always the same.
    steady = np.array([seconds for seconds in apart if np.isfinite(seconds)])
    assert np.ptp(steady) < 1.6 / 15
    assert main.lookback.decoded < 15 * 60


def test_plates_are_read_in_the_main_stream_and_its_loss_is_told_not_suffered(tmp_path: Path) -> None:
    main, sub = write_clip(tmp_path / "main.mp4", 12, size=(1280, 720)), write_clip(tmp_path / "sub.mp4", 12)
    published: list[Sighting] = []
    widths: list[int] = []

    def read(crop: np.ndarray) -> list[PlateRead]:
        widths.append(crop.shape[1])
        return []

    shared = Workshop(lambda _: MotionDetector(), read, published.append, set(), tmp_path, 5.0, utc_now)
    both = CameraThread(WatchedCamera("C1", str(main), sub_source=str(sub)), shared)
    gone = f"rtsp://admin:s3cr3t@127.0.0.1:{free_port()}/main"
    blind = CameraThread(WatchedCamera("C2", gone, sub_source=str(sub)), shared)
    both.start()
    wait_until(lambda: widths, "a look at a plate")
    assert min(widths) > 140, "twice as wide as in the sub-stream"
    blind.start()  # later: it reads from the sub-stream
    wait_until(lambda: {sighting.camera for sighting in published} == {"C1", "C2"}, "sightings of both")
    healths = {camera.camera.code: health_of(camera) for camera in (both, blind)}
    for camera in (both, blind):
        camera.stop()
        assert camera.ended_within(5)
    states = {code: (health.state, health.reason or "") for code, health in healths.items() if health}
    assert states["C1"] == ("online", "")
    assert states["C2"][0] == "online"
    assert "Nothing listens at 127.0.0.1" in states["C2"][1]
    assert "s3cr3t" not in states["C2"][1]
