"""A real RTSP server: its camera is online, told offline when the server dies, and comes back by itself."""

from pathlib import Path

import redis

from ingest.sources import Playing, open_source
from operations.migrate import migrate
from operations.store import engine_from_url
from tests.clips import write_clip
from tests.conftest import START
from tests.ingest_worker import add_cameras, health, ingest_worker, state
from tests.rtsp_server import free_port, rtsp_server
from tests.services import wait_until


def test_frames_of_a_real_server_tell_the_cameras_clock(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", seconds=30)
    playing = Playing(realtime=True)
    with rtsp_server(clip, free_port()) as url, open_source(url, playing) as source:
        times = []
        for frame in source:
            times.append(frame.t_s)
            if source.counts.clock_offset_s is not None:
                break
    assert len(times) >= 2
    assert times == sorted(times)
    assert abs(source.counts.clock_offset_s or 99) < 2


def test_a_dead_server_is_told_and_its_return_is_seen(
    tmp_path: Path, redis_url: str, redis_client: redis.Redis
) -> None:
    clip, port = write_clip(tmp_path / "clip.mp4", seconds=120), free_port()
    database_url = f"sqlite:///{tmp_path / 'watchgrid.db'}"
    engine = engine_from_url(database_url)
    migrate(engine, START.date())
    add_cameras(engine, {"C1": f"rtsp://127.0.0.1:{port}/clip", "C2": str(clip)})
    engine.dispose()
    with ingest_worker(database_url, redis_url, tmp_path):
        with rtsp_server(clip, port):
            wait_until(lambda: state(redis_client, "C1") == "online", "camera online")
            wait_until(lambda: float(health(redis_client, "C1")["fps"]) > 2, "frames looked at")
        wait_until(lambda: state(redis_client, "C1") == "offline", "camera told offline", within_s=10)
        assert f"127.0.0.1:{port}" in health(redis_client, "C1")["reason"]
        assert state(redis_client, "C2") == "online"
        with rtsp_server(clip, port):
            wait_until(lambda: state(redis_client, "C1") == "online", "camera online again")
