"""Eight cameras in one worker, four ill in different ways: the others are watched and tell vehicles."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detection.motion_detector import MotionDetector
from ingest.camera import CameraThread, Workshop
from ingest.pace import Pace
from ingest.reports import health_of
from operations.cameras import WatchedCamera
from operations.sightings import Sighting
from tests.clips import write_clip
from tests.services import wait_until

FPS = 5.0
CLIP_S = 13


@pytest.fixture
def deaf_port() -> Iterator[int]:
    """A camera's port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=8) as server:
        held: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        for connection in held:
            connection.close()


def test_four_ill_cameras_cost_the_four_others_nothing(tmp_path: Path, deaf_port: int) -> None:
    published: list[Sighting] = []
    shared = Workshop(
        lambda _: MotionDetector(),
        None,
        published.append,
        set(),
        tmp_path,
        FPS,
        lambda: datetime.now(UTC),
        Pace(1000),
    )
    clip = write_clip(tmp_path / "well.mp4", CLIP_S, size=(320, 180))
    noise, cut = tmp_path / "noise.mp4", tmp_path / "cut.mp4"
    noise.write_bytes(bytes(n * 7919 % 251 for n in range(60_000)))
    cut.write_bytes(clip.read_bytes()[:2_000])
    ill = {
        "DEAF": f"rtsp://127.0.0.1:{deaf_port}/a",
        "NOISE": str(noise),
        "CUT": str(cut),
        "GONE": "rtsp://127.0.0.1:1/nobody",
    }
    sources = ill | {f"WELL{number}": str(clip) for number in range(4)}
    cameras = {code: CameraThread(WatchedCamera(code, source), shared) for code, source in sources.items()}
    for camera in cameras.values():
        camera.start()
    well = {code: camera for code, camera in cameras.items() if code not in ill}
    try:
        wait_until(lambda: all(c.status.given >= CLIP_S * FPS for c in well.values()), "a clip's length", 40)
        wait_until(lambda: all(health_of(cameras[code]) for code in ill), "the ill cameras told")
        states = {code: getattr(health_of(camera), "state", None) for code, camera in cameras.items()}
        assert {states[code] for code in well} == {"online"}
        assert {states[code] for code in ill} == {"offline"}
        wait_until(lambda: {sighting.camera for sighting in published} == set(well), "vehicles of all four")
    finally:
        for camera in cameras.values():
            camera.stop()
        assert all(camera.ended_within(10) for camera in cameras.values())
