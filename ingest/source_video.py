"""Video as a source: RTSP, HTTP and files through PyAV. Converts only the pictures that are looked at."""

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import av
import av.error
from av.container import InputContainer
from av.video.stream import VideoStream

from detection.vocabulary import Detail, Frame
from ingest.source_hold import Hold
from ingest.source_opening import broken_off, camera_time_s, open_video, video_of, where
from ingest.source_picture import taken
from ingest.source_vocabulary import (
    Counts,
    Moment,
    Now,
    Playing,
    SourceEnded,
    SourceSilent,
    SourceWillNotOpen,
    masked,
)
from ingest.stream_time import Lag, Lookout, StreamClock

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
    ahead_s: float | None = None
    """The camera's clock minus the pictures' timestamps, where RTCP tells it."""
    wall_stamps: bool = False
    """Whether pictures are timed as they come: the stream has no timestamps."""
    came_s: float = 0.0
    """When the last packet came."""
    late: bool = False
    """Whether decoding has fallen behind: then everything up to the next fresh start in time is left out."""
    waited: bool = True
    """Whether we had to wait for the last picture: then none waits for us."""


def video_frames(url: str, playing: Playing, counts: Counts, now: Now) -> Generator[Frame]:
    """Give the frames of a network stream or a file that are due; a file ends, or goes on when looped."""
    clock, lookout = StreamClock(0.04), Lookout(playing.analysed_fps)
    play = Play(url, playing, counts, now, "://" in url, clock, lookout, Lag(), now(), time.monotonic())
    while True:
        with open_video(url, playing) as container:
            stream = _prepare(container, play)
            before = counts.decoded
            yield from _play(container, stream, play)
        if playing.stop.is_set():
            return
        if play.live:
            raise SourceEnded(f"{where(url)} closed the stream.")
        if counts.decoded == before:
            raise SourceWillNotOpen(f"{masked(url)} holds no picture that can be decoded.")
        if not playing.loop:
            return


def _prepare(container: InputContainer, play: Play) -> VideoStream:
    stream = video_of(container, play.url)
    stream.thread_type = "NONE" if play.playing.realtime else "AUTO"
    fps = float(stream.average_rate or stream.guessed_rate or 25)
    play.clock.restart(1 / fps if 1 <= fps <= 240 else 0.04)
    if play.url.startswith("http") and container.duration:
        play.live = False  # a clip behind http:// is a file, only further away
    if play.playing.analysed_fps and fps >= PLENTY * play.playing.analysed_fps:
        stream.codec_context.skip_frame = "NONREF"
    return stream


def _play(container: InputContainer, stream: VideoStream, play: Play) -> Iterator[Frame]:
    play.wall_stamps = play.live and container.format.name in STAMPLESS
    sequence = play.counts.given
    last_picture_s = time.monotonic()
    last_t_s = play.clock.t_s
    hold = Hold(stream, play.clock, play.lookout)
    for picture in _pictures(container.demux(), stream, play, hold):
        if play.playing.stop.is_set():
            return
        if picture is None:
            if play.live and time.monotonic() - last_picture_s > play.playing.read_timeout_s:
                raise SourceSilent(f"{where(play.url)} is connected but sends nothing that can be decoded.")
            continue
        t_s = play.clock.tick(play.came_s if play.wall_stamps else picture.time)
        gap_s, last_t_s = 0.0 if hold.left_out else t_s - last_t_s, t_s
        hold.left_out = False
        if play.playing.analysed_fps and gap_s > 0.8 / play.playing.analysed_fps:
            stream.codec_context.skip_frame = "DEFAULT"  # this stream leaves out too much
        captured_at = _in_time(t_s, play)
        if captured_at is not None:
            detail = _detail(picture, captured_at, play)
            frame = Frame(taken(picture), t_s, captured_at, sequence, detail)
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
        play.late = True
        return None
    if play.live:
        return play.now() - timedelta(seconds=behind_s)
    if play.playing.realtime:
        play.playing.stop.wait(max(0.0, -behind_s))
    return play.started_at + timedelta(seconds=t_s)


def _detail(picture: av.VideoFrame, captured_at: datetime, play: Play) -> Detail | None:
    if play.playing.detail_of is None:
        return None
    told = play.ahead_s is not None and picture.time is not None
    camera_s = play.ahead_s + picture.time if told else None
    return play.playing.detail_of(Moment(camera_s, captured_at.timestamp()))


def _behind_s(t_s: float, play: Play) -> float:
    if not play.live:
        return time.monotonic() - play.started_s - t_s
    waited, play.waited = play.waited, False
    return play.lag.of(t_s, time.monotonic(), waited)


def _pictures(
    packets: Iterator[av.Packet], stream: VideoStream, play: Play, hold: Hold
) -> Iterator[av.VideoFrame | None]:
    """Give every decoded picture, and None for a packet without one; broken packets are counted."""
    while True:
        asked_s = time.monotonic()
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.error.FFmpegError as error:
            raise broken_off(play.url, play.live, error, play.playing, play.clock.t_s) from None
        play.came_s = time.monotonic()
        waited = play.came_s - asked_s > WAITED_S
        play.waited |= waited
        if packet.stream is not stream:
            yield None
            continue
        if play.live and packet.has_sidedata("prft"):
            _compare_clocks(packet, play, waited)
        in_time = packet.pts is not None and packet.time_base is not None
        stamp_s = float(packet.pts * packet.time_base) if in_time else None
        if play.late and not _in_time_again(packet, stamp_s, play, hold):
            stream.codec_context.flush_buffers()
            yield None
            continue
        for needed in hold.released(packet, play.came_s if play.wall_stamps else stamp_s):
            yield from _decoded(needed, play)
        yield None


def _in_time_again(packet: av.Packet, stamp_s: float | None, play: Play, hold: Hold) -> bool:
    """Whether decoding can go on here, so that an overloaded host looks at a few pictures and not at none."""
    if packet.size == 0:
        return True
    fresh = hold.starts_afresh(packet)
    if fresh:
        t_s = play.clock.tick(play.came_s if play.wall_stamps else stamp_s)
        play.late = _behind_s(t_s, play) > LATE_S / 2
        hold.begin(play.clock, play.lookout)
        hold.left_out = True
    return fresh and not play.late


def _decoded(packet: av.Packet, play: Play) -> list[av.VideoFrame]:
    try:
        decoded = packet.decode()
    except av.error.FFmpegError:
        play.counts.corrupt += 1
        return []
    play.counts.decoded += len(decoded)
    return decoded


def _compare_clocks(packet: av.Packet, play: Play, waited: bool) -> None:
    """Note how the camera's clock, as RTCP sender reports tell it, stands to ours and to its timestamps."""
    wall_s = camera_time_s(packet)
    if packet.pts is not None and packet.time_base:
        play.ahead_s = wall_s - float(packet.pts * packet.time_base)
    if waited:
        offset_s = wall_s - play.now().timestamp()
        play.counts.clock_offset_s = offset_s if abs(offset_s) < NO_CLOCK_S else None
