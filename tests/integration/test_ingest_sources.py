"""Sources that misbehave: each is told in a plain sentence, in time, and what is good in it is used."""

import http.server
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from detection.vocabulary import Frame
from ingest.sources import Playing, SourceEnded, SourceWillNotOpen, open_source
from tests.clips import Stamp, picture, write_clip
from tests.rtsp_server import free_port

FAST = Playing(realtime=False, open_timeout_s=0.5, read_timeout_s=0.5)


def frames_of(source: str | Path, playing: Playing = FAST) -> list[Frame]:
    with open_source(str(source), playing) as frames:
        return list(frames)


class Misbehaving(http.server.BaseHTTPRequestHandler):
    """Answers /redirect with itself for ever, /empty with nothing, /noise with bytes that mean nothing."""

    def do_GET(self) -> None:
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/redirect")
            self.end_headers()
            return
        if self.path == "/private":
            self.send_error(401)
            return
        self.send_response(200)
        self.end_headers()
        if self.path == "/noise":
            self.wfile.write(np.random.default_rng(1).bytes(200_000))

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def http_server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Misbehaving) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://admin:s3cr3t@127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/redirect", "only sends us on to /redirect"),
        ("/empty", "gives no stream"),
        ("/noise", "gives no stream|no video"),
        ("/private", "user name or password"),
    ],
)
def test_a_web_server_without_video_is_told_in_a_sentence(path: str, says: str) -> None:
    with http_server() as server, pytest.raises(SourceWillNotOpen, match=says) as told:
        frames_of(server + path)
    assert "s3cr3t" not in str(told.value)


def test_a_port_that_refuses_is_named() -> None:
    port = free_port()
    with pytest.raises(SourceWillNotOpen, match=f"Nothing listens at 127.0.0.1:{port}"):
        frames_of(f"rtsp://127.0.0.1:{port}/1")


def test_a_server_that_never_answers_is_given_up() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        pytest.raises(SourceWillNotOpen, match="did not answer within"),
    ):
        frames_of(f"rtsp://127.0.0.1:{server.getsockname()[1]}/1")


@pytest.mark.parametrize("content", [b"", np.random.default_rng(2).bytes(100_000)], ids=["0 bytes", "noise"])
def test_a_file_that_is_no_video_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "clip.mp4").write_bytes(content)
    with pytest.raises(SourceWillNotOpen, match=r"clip\.mp4"):
        frames_of(tmp_path / "clip.mp4")


def test_a_file_that_is_cut_off_gives_what_it_has(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "clip.ts", seconds=4).read_bytes()
    (tmp_path / "clip.ts").write_bytes(whole[: len(whole) // 2] + b"\x55" * 3000)
    assert 5 <= len(frames_of(tmp_path / "clip.ts")) < 15


def test_a_file_is_looked_at_evenly_and_its_time_goes_on_when_looped(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", seconds=2)
    assert [round(frame.t_s, 2) for frame in frames_of(clip)] == [round(0.2 * n, 2) for n in range(10)]
    playing = Playing(realtime=False, loop=True)
    times = []
    with open_source(str(clip), playing) as frames:
        for frame in frames:
            times.append(frame.t_s)
            if len(times) == 25:
                playing.stop.set()
    steps = np.diff(times)
    assert len(times) == 25
    assert (steps > 0.1).all()
    assert (steps < 0.3).all()


def test_wrong_timestamps_neither_stop_nor_reverse_time(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mkv", 4, stamp=lambda n: 66 * n + (3_600_000 if n > 30 else 0))
    times = [frame.t_s for frame in frames_of(clip)]
    assert len(times) >= 18
    assert (np.diff(times) > 0).all()
    assert times[-1] < 5


def test_a_variable_frame_rate_is_looked_at_evenly(tmp_path: Path) -> None:
    """Two pictures a second, then thirty, then two again: time is the stamps'."""
    clip = write_clip(tmp_path / "clip.mkv", 8, stamp=lambda n: 500 * min(n, 10) + 33 * max(0, n - 10))
    times = [frame.t_s for frame in frames_of(clip)]
    assert times[:11] == pytest.approx([0.5 * n for n in range(11)], abs=0.01)
    assert np.diff(times[11:]).mean() == pytest.approx(0.2, abs=0.01)
    assert times[-1] == pytest.approx(5 + 0.033 * 109, abs=0.2)


def restamped(flv: bytes, stamp: Stamp) -> bytes:
    """Return a Flash video whose video tags carry these times (ms): no muxer would write them."""
    whole, place, number = bytearray(flv), 13, 0
    while place < len(whole):
        size = int.from_bytes(whole[place + 1 : place + 4], "big")
        if whole[place] == 9 and whole[place + 12] == 1:  # video, no header
            stamp_ms = stamp(number).to_bytes(4, "big")
            whole[place + 4 : place + 8] = stamp_ms[1:] + stamp_ms[:1]
            number += 1
        place += 15 + size
    return bytes(whole)


@pytest.mark.parametrize(
    "stamp",
    [lambda n: 66 * n + (0 if n > 30 else 90_000), lambda n: 1000],
    ids=["jump back", "stand still"],
)
def test_timestamps_that_go_back_or_stand_still_do_not_stop_time(tmp_path: Path, stamp: Stamp) -> None:
    clip = write_clip(tmp_path / "clip.flv", 5)
    clip.write_bytes(restamped(clip.read_bytes(), stamp))
    times = [frame.t_s for frame in frames_of(clip)]
    assert 15 <= len(times) <= 40
    assert (np.diff(times) > 0).all()
    assert times[-1] < 12


def test_h265_is_read(tmp_path: Path) -> None:
    if "libx265" not in av.codecs_available:
        pytest.skip("this PyAV cannot encode H.265")
    frames = frames_of(write_clip(tmp_path / "clip.mp4", 2, codec="libx265"))
    assert np.abs(frames[5].image.astype(int) - picture(1.0)).mean() < 12


def test_the_resolution_may_change_in_the_middle(tmp_path: Path) -> None:
    large = write_clip(tmp_path / "large.h264", 2)
    small = write_clip(tmp_path / "small.h264", 2, size=(320, 180))
    (tmp_path / "both.h264").write_bytes(large.read_bytes() + small.read_bytes())
    shapes = [frame.image.shape for frame in frames_of(tmp_path / "both.h264")]
    assert shapes[0] == (360, 640, 3)
    assert shapes[-1] == (180, 320, 3)


def test_a_corrupt_picture_in_a_folder_is_named_and_skipped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number in (1, 2, 4):
        cv2.imwrite(str(tmp_path / f"0{number}.png"), picture(number))
    (tmp_path / "03.png").write_bytes(b"\x89PNG not a picture")
    (tmp_path / "05.jpg").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("not a picture either")
    with caplog.at_level(logging.WARNING):
        frames = frames_of(tmp_path)
    assert [frame.sequence for frame in frames] == [0, 1, 2]
    assert "03.png" in caplog.text
    assert "05.jpg" in caplog.text


@pytest.mark.parametrize(
    "source", ["/nowhere/clip.mp4", "ftp://10.0.0.7/clip", "synthetic://road?light=dusk"]
)
def test_a_source_that_cannot_be_is_told(source: str) -> None:
    with pytest.raises(SourceWillNotOpen):
        frames_of(source)


def test_a_rendered_camera_that_dies_has_ended() -> None:
    with pytest.raises(SourceEnded, match="died"):
        frames_of("synthetic://road?fault=dead@0.3")


def test_a_clip_behind_a_server_without_ranges_is_played(tmp_path: Path) -> None:
    """Python's own http.server is one; an MP4 has its index at its end."""
    write_clip(tmp_path / "clip.mp4", 3)
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    patient = Playing(realtime=False)
    try:
        far = frames_of(f"http://127.0.0.1:{server.server_address[1]}/clip.mp4", patient)
    finally:
        server.shutdown()
        server.server_close()
    assert len(far) == len(frames_of(tmp_path / "clip.mp4", patient)) > 0


def test_a_corrupt_picture_in_a_folder_that_goes_round_is_named_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), picture(0.0))
    (tmp_path / "b.png").write_bytes(b"no picture")
    with open_source(str(tmp_path), replace(FAST, loop=True)) as frames:
        for _, frame in zip(range(5), frames, strict=False):
            assert frame.image.size
    assert [record.message for record in caplog.records if "b.png" in record.message] == [
        f"{tmp_path / 'b.png'} is not a picture that can be read: skipped"
    ]
