"""Video as a source: RTSP, HTTP and files through PyAV. Converts only the pictures that are looked at."""

import struct
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import av
import av.error
from av.container import InputContainer
from av.video.stream import VideoStream

from detection.vocabulary import Frame
from ingest.source_picture import taken
from ingest.source_vocabulary import (
    Counts,
    NoFrames,
    Now,
    Playing,
    SourceEnded,
    SourceSilent,
    SourceWillNotOpen,
    masked,
)
from ingest.stream_time import Lag, Lookout, StreamClock

LIVE_OPTIONS = {"analyzeduration": "500000"}  # us: a camera should be seen soon after it is dialled
LATE_S = 1.0
WAITED_S = 0.003
NO_CLOCK_S = 10 * 365 * 86400.0  # a camera this far off has no clock, it counts from its start
STAMPLESS = {"mpjpeg", "mjpeg"}
PLENTY = 3  # decoded frames per look above which frames nothing refers to need no decoding


@dataclass(slots=True)
class Play:
    """One video being played: what it is, how, and where it stands."""

    url: str
    playing: Playing
    counts: Counts
    now: Now
    live: bool
    clock: StreamClock
    lookout: Lookout
    lag: Lag
    started_at: datetime
    started_s: float
    waited: bool = True
    """Whether we had to wait for the last picture: then none waits for us."""


def video_frames(url: str, playing: Playing, counts: Counts, now: Now) -> Generator[Frame]:
    """Give the frames of a network stream or a file that are due; a file ends, or goes on when looped."""
    clock, lookout = StreamClock(0.04), Lookout(playing.analysed_fps)
    play = Play(url, playing, counts, now, "://" in url, clock, lookout, Lag(), now(), time.monotonic())
    while True:
        with _open(url, playing) as container:
            stream = _prepare(container, play)
            before = counts.decoded
            yield from _play(container, stream, play)
        if playing.stop.is_set():
            return
        if play.live:
            raise SourceEnded(f"{_where(url)} closed the stream.")
        if counts.decoded == before:
            raise SourceWillNotOpen(f"{masked(url)} holds no picture that can be decoded.")
        if not playing.loop:
            return


def _open(url: str, playing: Playing) -> InputContainer:
    options = dict(LIVE_OPTIONS) if "://" in url else {}
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


def _prepare(container: InputContainer, play: Play) -> VideoStream:
    if not container.streams.video:
        raise SourceWillNotOpen(f"{_where(play.url)} carries no video: choose the camera's video stream.")
    stream = container.streams.video[0]
    stream.thread_type = "NONE" if play.playing.realtime else "AUTO"
    fps = float(stream.average_rate or stream.guessed_rate or 25)
    play.clock.restart(1 / fps if 1 <= fps <= 240 else 0.04)
    if play.url.startswith("http") and container.duration:
        play.live = False  # a clip behind http:// is a file, only further away
    if play.playing.analysed_fps and fps >= PLENTY * play.playing.analysed_fps:
        stream.codec_context.skip_frame = "NONREF"
    return stream


def _play(container: InputContainer, stream: VideoStream, play: Play) -> Iterator[Frame]:
    wall_stamps = play.live and container.format.name in STAMPLESS
    sequence = play.counts.given
    last_picture_s = time.monotonic()
    last_t_s = play.clock.t_s
    for picture in _pictures(container, stream, play):
        if play.playing.stop.is_set():
            return
        if picture is None:
            if play.live and time.monotonic() - last_picture_s > play.playing.read_timeout_s:
                raise SourceSilent(f"{_where(play.url)} is connected but sends nothing that can be decoded.")
            continue
        t_s = play.clock.tick(time.monotonic() if wall_stamps else picture.time)
        if play.playing.analysed_fps and t_s - last_t_s > 0.8 / play.playing.analysed_fps:
            stream.codec_context.skip_frame = "DEFAULT"  # this stream leaves out too much
        last_t_s = t_s
        captured_at = _in_time(t_s, play)
        if captured_at is not None:
            frame = Frame(taken(picture), t_s, captured_at, sequence)
            yield frame
            frame.set_aside()
            sequence += 1
            play.counts.given = sequence
        last_picture_s = time.monotonic()


def _in_time(t_s: float, play: Play) -> datetime | None:
    """Return when the picture was taken if it is to be looked at now, waiting for its time if it is early."""
    behind_s = _behind_s(t_s, play)
    if not play.lookout.is_due(t_s):
        return None
    if play.playing.realtime and behind_s > LATE_S:
        play.counts.dropped += 1
        return None
    if play.live:
        return play.now() - timedelta(seconds=behind_s)
    if play.playing.realtime:
        play.playing.stop.wait(max(0.0, -behind_s))
    return play.started_at + timedelta(seconds=t_s)


def _behind_s(t_s: float, play: Play) -> float:
    if not play.live:
        return time.monotonic() - play.started_s - t_s
    waited, play.waited = play.waited, False
    return play.lag.of(t_s, time.monotonic(), waited)


def _pictures(container: InputContainer, stream: VideoStream, play: Play) -> Iterator[av.VideoFrame | None]:
    """Give every decoded picture, and None for a packet without one; broken packets are counted."""
    packets = container.demux()
    while True:
        asked_s = time.monotonic()
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.error.FFmpegError as error:
            raise _broken_off(play, error) from None
        play.waited |= time.monotonic() - asked_s > WAITED_S
        if packet.stream is not stream:
            yield None
            continue
        play.counts.clock_offset_s = _clock_offset_s(packet, play)
        try:
            decoded = packet.decode()
        except av.error.FFmpegError:
            play.counts.corrupt += 1
            decoded = []
        play.counts.decoded += len(decoded)
        yield from decoded
        if not decoded:
            yield None


def _clock_offset_s(packet: av.Packet, play: Play) -> float | None:
    """Return the camera's clock minus ours as RTCP sender reports tell it; else the last known."""
    if not (play.live and play.waited and packet.has_sidedata("prft")):
        return play.counts.clock_offset_s
    wall_us, _flags = struct.unpack_from("<qi", bytes(packet.get_sidedata("prft")))
    offset_s = wall_us / 1e6 - play.now().timestamp()
    return offset_s if abs(offset_s) < NO_CLOCK_S else None


def _broken_off(play: Play, error: av.error.FFmpegError) -> NoFrames:
    where = _where(play.url)
    if isinstance(error, av.error.TimeoutError | av.error.ExitError):
        return SourceSilent(f"{where} has sent nothing for {play.playing.read_timeout_s:.0f} s.")
    if play.live:
        return SourceEnded(f"{where} broke the stream off ({error.strerror}).")
    return SourceEnded(f"{masked(play.url)} is damaged after {play.clock.t_s:.1f} s ({error.strerror}).")


def _why_not_open(url: str, error: Exception, playing: Playing) -> str:
    where = _where(url)
    match error:
        case av.error.ConnectionRefusedError():
            return f"Nothing listens at {where}: check the address, the port and that the camera is on."
        case TimeoutError() | av.error.ExitError():
            within = f"within {playing.open_timeout_s:.0f} s"
            return f"{where} did not answer {within}: check the network and the camera's power."
        case av.error.HTTPUnauthorizedError() | av.error.HTTPForbiddenError():
            return f"{where} refuses the user name or password: check them in the camera's source."
        case av.error.HTTPNotFoundError():
            return f"{where} has no such stream: check the path in {masked(url)}."
        case av.error.InvalidDataError() | av.error.EOFError():
            return f"{masked(url)} is no video that can be read: check that it is a video, and whole."
        case av.error.PermissionError():
            return f"{masked(url)} may not be read: check the file's permissions."
        case _ if "://" in url:
            said = getattr(error, "strerror", None) or type(error).__name__
            return f"{where} gives no stream ({said}): check host name, path and network."
    return f"{masked(url)} cannot be opened ({getattr(error, 'strerror', None) or type(error).__name__})."


def _where(url: str) -> str:
    """Return host and port of a network source, else the masked source itself."""
    try:
        parts = urlsplit(url)
        host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname
        return f"{host}:{parts.port}" if parts.port else host or masked(url)
    except ValueError:
        return masked(url)
