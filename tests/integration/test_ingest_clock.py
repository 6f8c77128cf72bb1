"""A camera's clock where its stream does not tell it: asked for beside the stream, judged, with its drift."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from ingest.camera_clock import AskedClock, ClockJudge, asked_offset_s
from ingest.pace import Pace
from tests.clips import write_clip
from tests.rtsp_server import free_port, rtsp_server
from tests.services import wait_until

NOW = datetime(2026, 11, 23, 8, 0, 0, 500_000, tzinfo=UTC)


@contextmanager
def camera(answer: str) -> Iterator[int]:
    """Run a server that gives one answer to whatever is asked."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection = server.accept()[0]
                except OSError:
                    return
                with connection:
                    connection.recv(1000)
                    connection.sendall(answer.encode())

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


@pytest.mark.parametrize("scheme", ["rtsp", "http"])
def test_the_date_of_any_answer_tells_the_camera_clock(scheme: str) -> None:
    date = format_datetime(NOW - timedelta(hours=1))
    with camera(f"RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nDate: {date}\r\n\r\n") as port:
        offset_s = asked_offset_s(f"{scheme}://user:secret@127.0.0.1:{port}/a", lambda: NOW)
    assert offset_s == pytest.approx(-3600.0, abs=0.01)


@pytest.mark.parametrize("answer", ["RTSP/1.0 200 OK\r\n\r\n", "Date: yesterday\r\n\r\n", ""])
def test_an_answer_without_a_date_tells_nothing(answer: str) -> None:
    with camera(answer) as port:
        assert asked_offset_s(f"rtsp://127.0.0.1:{port}/a", lambda: NOW) is None
    assert asked_offset_s("rtsp://127.0.0.1:1/nobody", lambda: NOW) is None


def test_a_real_rtsp_server_is_asked(tmp_path: Path) -> None:
    with rtsp_server(write_clip(tmp_path / "clip.mp4", 5), free_port()) as url:
        offset_s = asked_offset_s(url, lambda: datetime.now(UTC) + timedelta(seconds=100))
    assert offset_s is not None
    assert abs(offset_s + 100) < 2


def test_it_is_asked_once_an_hour_and_not_at_once() -> None:
    with camera(f"RTSP/1.0 200 OK\r\nDate: {format_datetime(NOW)}\r\n\r\n") as port:
        asked = AskedClock(f"rtsp://127.0.0.1:{port}/a", Pace(1000), threading.Event(), lambda: NOW)
        asked.ask_if_due(1.0)
        assert asked.offset_s is None
        asked.ask_if_due(30.0)
        wait_until(lambda: asked.offset_s is not None, "the answer")
    asked.ask_if_due(60.0)
    assert asked.offset_s == 0.0, "it is not asked again so soon: nobody would answer"


@pytest.mark.parametrize(
    ("offset_s", "state"), [(3.0, "online"), (6.0, "wrong_clock"), (-3600.0, "wrong_clock")]
)
def test_five_seconds_are_too_much(offset_s: float, state: str) -> None:
    assert ClockJudge().see(1.0, offset_s).state == state


def test_a_drift_is_told_after_an_hour() -> None:
    judge, health = ClockJudge(), None
    for minute in range(0, 13 * 60):
        health = judge.see(60.0 * minute, -6.0 - 4.0 * minute / 1440)
    assert health is not None
    assert health.why == {"code": "clock_off", "offset_s": -8.2, "drift_s_per_day": -4.0}
    assert health.reason == "The camera's clock is 8 s behind and loses 4.0 s a day: set its time server."
    assert judge.see(50_000.0, 0.2).state == "online", "it was set"
    assert judge.drift_s_per_day is None
