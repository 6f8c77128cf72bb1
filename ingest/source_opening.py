"""Opens a video with PyAV, and says in a sentence why one cannot be opened or broke off. Plays nothing."""

import struct
import time
from urllib.parse import urlsplit

import av
import av.error
from av.container import InputContainer
from av.video.stream import VideoStream

from ingest.source_redirects import redirected_to
from ingest.source_vocabulary import NoFrames, Playing, SourceEnded, SourceSilent, SourceWillNotOpen, masked

LIVE_OPTIONS = {"analyzeduration": "500000"}  # us: a camera should be seen soon after it is dialled

PROTOCOLS = {"rtsp": "rtsp,rtsps,rtp,tcp,tls", "http": "http,https,tcp,tls,crypto"}
"""What a server may send us on to, in redirects and playlists: never a file, never another kind of server."""

MOST_PIXELS = 40_000_000
"""Cameras have up to 8K; a stream that says more wants our memory."""

EXPLAINED = (
    av.error.HTTPUnauthorizedError,
    av.error.HTTPForbiddenError,
    av.error.HTTPNotFoundError,
    av.error.InvalidDataError,
    av.error.ConnectionResetError,
    av.error.EOFError,
)
"""Failures that no redirect causes: asking once more would double the connects when many cameras drop."""


def open_video(url: str, playing: Playing) -> InputContainer:
    """Open a network stream or a file. Raises SourceWillNotOpen."""
    options = dict(LIVE_OPTIONS) if "://" in url else {}
    if "://" in url:
        options["protocol_whitelist"] = PROTOCOLS[url[:4]]
    if url.startswith("rtsp"):
        options["rtsp_transport"] = "tcp"
    asked_s = time.monotonic()
    try:
        return av.open(url, options=options, timeout=(playing.open_timeout_s, playing.read_timeout_s))
    except (av.error.FFmpegError, OSError, ValueError) as failure:
        error: Exception = failure
        if time.monotonic() - asked_s >= playing.open_timeout_s:  # FFmpeg gives an RTSP time-out other names
            error = TimeoutError()
        raise SourceWillNotOpen(_why_not_open(url, error, playing)) from None


def video_of(container: InputContainer, url: str) -> VideoStream:
    """Return the container's video. Raises SourceWillNotOpen where there is none, or an absurd one."""
    if not container.streams.video:
        raise SourceWillNotOpen(f"{where(url)} carries no video: choose the camera's video stream.")
    stream = container.streams.video[0]
    stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
    if stream.codec_context.width * stream.codec_context.height > MOST_PIXELS:
        size = f"{stream.codec_context.width} x {stream.codec_context.height}"
        raise SourceWillNotOpen(f"{where(url)} announces pictures of {size}: set a smaller resolution.")
    return stream


def broken_off(url: str, live: bool, error: av.error.FFmpegError, playing: Playing, t_s: float) -> NoFrames:
    """Return why a stream that was open gives no more; t_s: where it stands."""
    if isinstance(error, av.error.TimeoutError | av.error.ExitError):
        return SourceSilent(f"{where(url)} has sent nothing for {playing.read_timeout_s:.0f} s.")
    if live:
        return SourceEnded(f"{where(url)} broke the stream off ({error.strerror}).")
    return SourceEnded(f"{masked(url)} is damaged after {t_s:.1f} s ({error.strerror}).")


def camera_time_s(packet: av.Packet) -> float:
    """Return the UTC seconds at which a packet with side data `prft` was taken, by the camera's clock."""
    wall_us, _flags = struct.unpack_from("<qi", bytes(packet.get_sidedata("prft")))
    return float(wall_us) / 1e6


def _elsewhere(url: str, error: Exception, playing: Playing) -> str | None:
    """Return where the server only sends us on to, asked where nothing else explains the failure."""
    return None if isinstance(error, EXPLAINED) else redirected_to(url, min(1.0, playing.open_timeout_s))


def where(url: str) -> str:
    """Return host and port of a network source, else the masked source itself."""
    try:
        parts = urlsplit(url)
        host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname
        return f"{host}:{parts.port}" if parts.port else host or masked(url)
    except ValueError:
        return masked(url)


def _why_not_open(url: str, error: Exception, playing: Playing) -> str:
    at = where(url)
    match error:
        case av.error.ConnectionRefusedError():
            return f"Nothing listens at {at}: check the address, the port and that the camera is on."
        case _ if "://" in url and (place := _elsewhere(url, error, playing)):
            return f"{at} only sends us on to {place}: give the address where the camera's video really is."
        case TimeoutError() | av.error.ExitError():
            within = f"within {playing.open_timeout_s:.0f} s"
            return f"{at} did not answer {within}: check the network and the camera's power."
        case av.error.HTTPUnauthorizedError() | av.error.HTTPForbiddenError():
            return f"{at} refuses the user name or password: check them in the camera's source."
        case av.error.HTTPNotFoundError():
            return f"{at} has no such stream: check the path in {masked(url)}."
        case av.error.InvalidDataError() | av.error.EOFError():
            return f"{masked(url)} is no video that can be read: check that it is a video, and whole."
        case av.error.PermissionError():
            return f"{masked(url)} may not be read: check the file's permissions."
        case _ if "://" in url:
            said = getattr(error, "strerror", None) or type(error).__name__
            return f"{at} gives no stream ({said}): check host name, path and network."
    return f"{masked(url)} cannot be opened ({getattr(error, 'strerror', None) or type(error).__name__})."
