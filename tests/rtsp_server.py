"""A real RTSP server (GStreamer's) for tests: `rtsp_server` yields the URL of a clip in real time.

Run as a program by the system's Python, which alone has GStreamer's bindings:
    /usr/bin/python3 tests/rtsp_server.py PORT NAME=CODEC:CLIP.mp4 ...        (CODEC: h264 or h265)
"""

import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

SYSTEM_PYTHON = "/usr/bin/python3"
PACKAGES = "gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-good gstreamer1.0-plugins-bad"


@contextmanager
def rtsp_server(clip: Path, port: int, codec: str = "h264") -> Iterator[str]:
    """Serve a clip (MP4) at the yielded URL while the block lasts; skip, or fail in CI, without GStreamer."""
    with rtsp_streams({"clip": clip}, port, codec) as url:
        yield f"{url}/clip"


@contextmanager
def rtsp_streams(clips: Mapping[str, Path], port: int, codec: str = "h264") -> Iterator[str]:
    """Serve several clips, each at the yielded URL plus /NAME."""
    from tests.services import missing

    if not Path(SYSTEM_PYTHON).exists():
        missing(f"No {SYSTEM_PYTHON} here: apt-get install {PACKAGES}")
    mounts = [f"{name}={codec}:{clip}" for name, clip in clips.items()]
    process = subprocess.Popen(
        [SYSTEM_PYTHON, __file__, str(port), *mounts], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "serving":
            missing(f"No GStreamer RTSP server here: apt-get install {PACKAGES}")
        yield f"rtsp://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()


def free_port() -> int:
    """Return a TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(port: str, *mounts: str) -> None:
    import gi

    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtspServer

    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    for mount in mounts:
        name, _, rest = mount.partition("=")
        codec, _, clip = rest.partition(":")
        factory = GstRtspServer.RTSPMediaFactory()
        pay = f"{codec}parse ! rtp{codec}pay name=pay0 pt=96 config-interval=-1"
        factory.set_launch(f'( filesrc location="{clip}" ! qtdemux ! {pay} )')
        server.get_mount_points().add_factory(f"/{name}", factory)
    server.attach(None)
    print("serving", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    _serve(*sys.argv[1:])
