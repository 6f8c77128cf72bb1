"""Servers that send nothing, noise, or us elsewhere: each told in a sentence, none followed."""

import socket
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.motion_detector import MotionDetector
from ingest.camera import CameraThread
from ingest.reports import health_of
from ingest.sources import NoFrames, Playing, SourceSilent, SourceWillNotOpen, open_source
from operations.cameras import WatchedCamera
from tests.clips import picture, write_clip
from tests.integration.test_ingest_camera import workshop
from tests.odd_servers import (
    SDP_H264,
    SDP_WITHOUT_MEDIA,
    Script,
    http_answer,
    noise,
    noisy_rtp,
    odd_server,
    rtsp_answers,
    rtsp_redirects,
    trickle,
)
from tests.rtsp_server import free_port, rtsp_server
from tests.services import wait_until

HASTY = Playing(realtime=True, open_timeout_s=0.6, read_timeout_s=0.6)
A_CLIP = "200 OK\r\nConnection: close\r\nContent-Length: "
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"

ODD: dict[str, tuple[str, Script, type[NoFrames], str]] = {
    "http: accepts, says nothing": (
        "http",
        lambda c: time.sleep(1),
        SourceWillNotOpen,
        "did not answer within",
    ),
    "http: hangs up": ("http", lambda c: None, SourceWillNotOpen, "check"),
    "http: noise for ever": ("http", http_answer("200 OK", then=noise), SourceWillNotOpen, "check"),
    "http: noise for a head": ("http", noise, SourceWillNotOpen, "check"),
    "http: trickles its head": (
        "http",
        trickle(b"HTTP/1.1 200 OK\r\nX: y\r\n"),
        SourceWillNotOpen,
        "did not",
    ),
    "http: trickles its body": (
        "http",
        http_answer("200 OK", then=trickle(b"G")),
        SourceWillNotOpen,
        "did not",
    ),
    "http: a playlist of files": ("http", http_answer("200 OK", PLAYLIST), SourceWillNotOpen, "check"),
    "http: an SDP": ("http", http_answer("200 OK", SDP_H264.encode()), SourceWillNotOpen, "check"),
    "rtsp: noise": ("rtsp", noise, SourceWillNotOpen, "check"),
    "rtsp: trickles": ("rtsp", trickle(b"RTSP/1.0 200 OK\r\nX: y\r\n"), SourceWillNotOpen, "did not answer"),
    "rtsp: describes no media": ("rtsp", rtsp_answers(SDP_WITHOUT_MEDIA), SourceWillNotOpen, "no video"),
    "rtsp: plays nothing": ("rtsp", rtsp_answers(SDP_H264), SourceSilent, "has sent nothing"),
    "rtsp: plays noise": ("rtsp", rtsp_answers(SDP_H264, noise), NoFrames, "sen[dt]"),
    "rtsp: noise as pictures": (
        "rtsp",
        rtsp_answers(SDP_H264, noisy_rtp),
        NoFrames,
        "nothing that can be deco",
    ),
}


def told(url: str, kind: type[NoFrames], says: str) -> str:
    """Return why a source gives no picture at all."""
    with pytest.raises(kind, match=says) as error, open_source(url, HASTY) as source:
        assert list(source) == []
    return str(error.value)


@pytest.mark.parametrize(("scheme", "script", "kind", "says"), ODD.values(), ids=ODD.keys())
def test_a_server_that_sends_no_video_is_told(
    scheme: str, script: Script, kind: type[NoFrames], says: str
) -> None:
    with odd_server(script) as server:
        assert "s3cr3t" not in told(server.url(scheme), kind, says)


@pytest.mark.parametrize("path", ["stream", "clip.mp4"])
@pytest.mark.parametrize(
    "place", ["{own}", "file://{clip}", "ftp://127.0.0.1/x", "rtsp://user:s3cr3t@127.0.0.1/x"]
)
def test_a_web_server_that_sends_us_elsewhere_is_not_followed_there(
    tmp_path: Path, place: str, path: str
) -> None:
    place = place.format(own=f"/{path}", clip=write_clip(tmp_path / "clip.mp4", 1))
    with odd_server(http_answer(f"302 Found\r\nLocation: {place}")) as server:
        why = told(server.url("http", path), SourceWillNotOpen, "only sends us on to")
    assert server.times <= 12
    assert "s3cr3t" not in why


@pytest.mark.parametrize("place", ["rtsp://127.0.0.1:{port}/x", "file://{clip}", "http://127.0.0.1:{port}/x"])
def test_an_rtsp_server_that_sends_us_elsewhere_is_told(tmp_path: Path, place: str) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 1)
    with odd_server(rtsp_redirects(lambda port: place.format(port=port, clip=clip))) as server:
        told(server.url("rtsp"), SourceWillNotOpen, "only sends us on to")


@pytest.mark.parametrize(
    ("announced", "then", "says"),
    [
        (1_000_000, trickle(b"\0"), "no video"),
        (10**13, lambda c: None, "check"),
        (1_000_000, lambda c: None, "gives nothing"),
    ],
    ids=["trickles", "announces 10 TB", "gives nothing"],
)
def test_a_clip_that_never_comes_is_given_up(announced: int, then: Script, says: str) -> None:
    def script(connection: socket.socket) -> None:
        only_head = connection.recv(4, socket.MSG_PEEK).startswith(b"HEAD")
        http_answer(f"{A_CLIP}{announced}", then=None if only_head else then)(connection)

    with odd_server(script) as server:
        url = server.url("http", "clip.mp4").replace("admin:s3cr3t@", "")
        assert "/tmp" not in told(url, SourceWillNotOpen, says)


def test_a_picture_of_an_absurd_size_is_not_decoded(tmp_path: Path) -> None:
    jpeg = bytearray(cv2.imencode(".jpg", picture(1.0))[1].tobytes())
    size_at = jpeg.index(b"\xff\xc0") + 5
    jpeg[size_at : size_at + 4] = b"\xff\x00\xff\x00"
    (tmp_path / "huge.mjpeg").write_bytes(bytes(jpeg) * 5)
    told(str(tmp_path / "huge.mjpeg"), SourceWillNotOpen, "no picture that can be decoded|announces pictures")


def test_pictures_without_timestamps_are_timed_as_they_come() -> None:
    """Multipart JPEG over HTTP, as many old cameras send it."""

    def script(connection: socket.socket) -> None:
        for number in range(40):
            jpeg = cv2.imencode(".jpg", picture(number / 10))[1].tobytes()
            head = f"--x\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n".encode()
            connection.sendall(head + jpeg + b"\r\n")
            time.sleep(0.05)

    kind = "200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=x"
    with (
        odd_server(http_answer(kind, then=script)) as server,
        open_source(server.url("http"), HASTY) as source,
    ):
        times = [frame.t_s for frame, _ in zip(source, range(8), strict=False)]
    assert (np.diff(times) > 0.1).all()
    assert times[-1] < 3.0


def test_h265_from_a_real_server_is_read(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 8, codec="libx265")
    with rtsp_server(clip, free_port(), "h265") as url, open_source(url, Playing(realtime=True)) as source:
        frame = next(iter(source))
    assert min(np.abs(frame.image.astype(int) - picture(n / 15)).mean() for n in range(30)) < 12


def test_a_noisy_camera_is_tried_again_ever_more_seldom_and_disturbs_no_other(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 10)
    shared = workshop(tmp_path, [], MotionDetector())
    with odd_server(rtsp_answers(SDP_WITHOUT_MEDIA)) as server:
        ill = CameraThread(WatchedCamera("C1", server.url("rtsp")), shared)
        well = CameraThread(WatchedCamera("C2", str(clip)), shared)
        for camera in (ill, well):
            camera.start()
        wait_until(lambda: ill.status.attempts >= 3, "three attempts")
        wait_until(lambda: well.status.given >= 15, "pictures of the other camera")
        assert server.times <= ill.status.attempts, "one connection each"
        states = [health.state for health in map(health_of, (ill, well)) if health]
        assert states == ["offline", "online"]
        for camera in (ill, well):
            camera.stop()
            assert camera.ended_within(5)
