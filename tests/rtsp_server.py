"""A real RTSP server (GStreamer's) for tests: `rtsp_server` yields the URL of a clip in real time.

Run as a program by the system's Python, which alone has GStreamer's bindings:
    /usr/bin/python3 tests/rtsp_server.py CLIP.mp4 PORT [h264|h265]
"""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SYSTEM_PYTHON = "/usr/bin/python3"
PACKAGES = "gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"


@contextmanager
def rtsp_server(clip: Path, port: int, codec: str = "h264") -> Iterator[str]:
    """Serve a clip (MP4) at the yielded URL while the block lasts; skip, or fail in CI, without GStreamer."""
    from tests.services import missing

    if not Path(SYSTEM_PYTHON).exists():
        missing(f"No {SYSTEM_PYTHON} here: apt-get install {PACKAGES}")
    process = subprocess.Popen(
        [SYSTEM_PYTHON, __file__, str(clip), str(port), codec], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "serving":
            missing(f"No GStreamer RTSP server here: apt-get install {PACKAGES}")
        yield f"rtsp://127.0.0.1:{port}/clip"
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()


def free_port() -> int:
    """Return a TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(clip: str, port: str, codec: str) -> None:
    import gi

    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtspServer

    Gst.init(None)
    factory = GstRtspServer.RTSPMediaFactory()
    pay = f"{codec}parse ! rtp{codec}pay name=pay0 pt=96 config-interval=-1"
    factory.set_launch(f'( filesrc location="{clip}" ! qtdemux ! {pay} )')
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    server.get_mount_points().add_factory("/clip", factory)
    server.attach(None)
    print("serving", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    _serve(*sys.argv[1:4])
