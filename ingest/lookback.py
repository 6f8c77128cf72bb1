"""The last seconds of a stream as it came, undecoded, and single pictures of it on demand. Opens nothing.

One thread adds packets, another asks for pictures. Decoding begins at a keyframe and goes on from where the
last picture was, so that a look shortly after another costs only the pictures between.
"""

import threading
from collections import deque
from dataclasses import dataclass
from itertools import islice

import av
import av.error
import numpy as np
from av.video.codeccontext import VideoCodecContext

from detection.vocabulary import Planes
from ingest.source_picture import taken
from ingest.source_vocabulary import Moment

MOST_BYTES = 16 << 20
MOST_S = 30.0
"""A stream with rarer keyframes than this cannot be looked at on demand."""

OVER_S = 3.0
"""Pictures are asked for this late at most; what ended before is thrown away."""

APART_S = 0.25
"""A picture farther than this from the moment asked for is another moment."""

UNRELATED_S = 10.0
"""Two streams of one camera whose clocks are farther apart have not the same clock."""

REORDERED = 8
"""Packets that may have to be decoded beyond the one wanted, where pictures are coded out of order."""


@dataclass(frozen=True, slots=True)
class Held:
    """A packet, its number in the stream, and when it was taken."""

    number: int
    packet: av.Packet
    moment: Moment


class Lookback:
    """The past of one stream, bounded in bytes and seconds."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.bytes = 0
        self.decoded = 0
        self._most_bytes = most_bytes
        self._held: deque[Held] = deque()
        self._lock = threading.Lock()
        self._codec: tuple[str, bytes | None] = ("h264", None)
        self._numbered = 0
        self._decoder: VideoCodecContext | None = None
        self._next = 0
        """Number of the packet that the decoder needs next."""
        self._last: tuple[int, np.ndarray | Planes] | None = None

    def restart(self, codec: str, extradata: bytes | None) -> None:
        """Forget everything: the stream begins anew."""
        with self._lock:
            self._codec, self._decoder, self._last = (codec, extradata), None, None
            self._forget(len(self._held))

    def add(self, packet: av.Packet, moment: Moment) -> None:
        """Keep a packet; without a keyframe before it there is nothing to keep it for."""
        with self._lock:
            if not self._held and not packet.is_keyframe:
                return
            self._held.append(Held(self._numbered, packet, moment))
            self._numbered += 1
            self.bytes += packet.size
            self._trim(moment.arrived_s)

    def picture_at(self, moment: Moment) -> np.ndarray | None:
        """Return the picture nearest to the moment (H x W x 3 uint8 BGR), or None where there is none."""
        with self._lock:
            wanted = _nearest(self._held, moment)
            if wanted is None:
                return None
            if self._last is None or self._last[0] != wanted.number:
                decoder, run = self._decoder_for(wanted)
        if self._last is None or self._last[0] != wanted.number:
            picture = self._decode(decoder, run, wanted)
            if picture is None:
                return None
            self._last = wanted.number, picture
        picture = self._last[1]
        return picture.as_bgr() if isinstance(picture, Planes) else picture

    def _decoder_for(self, wanted: Held) -> tuple[VideoCodecContext, list[Held]]:
        """Return a decoder and the packets to give it, up to the wanted one and a few more."""
        first = self._held[0].number
        start = max(
            held.number for held in self._held if held.number <= wanted.number and held.packet.is_keyframe
        )
        if self._decoder is None:
            self._decoder = _decoder(*self._codec)
            self._next = start
        elif not start < self._next <= wanted.number:
            self._decoder.flush_buffers()
            self._next = start
        return self._decoder, list(
            islice(self._held, self._next - first, wanted.number - first + 1 + REORDERED)
        )

    def _decode(
        self, decoder: VideoCodecContext, run: list[Held], wanted: Held
    ) -> np.ndarray | Planes | None:
        pts, best = wanted.packet.pts, None
        for held in run:
            decoder.skip_frame = "DEFAULT" if held.number >= wanted.number else "NONREF"
            self._next = held.number + 1
            try:
                pictures = decoder.decode(held.packet)
            except av.error.FFmpegError:
                continue
            self.decoded += len(pictures)
            for picture in pictures:
                if held.number >= wanted.number and (best is None or picture.pts <= pts):
                    best = picture
                if held.number >= wanted.number and (pts is None or (picture.pts or 0) >= pts):
                    return taken(picture)
        return taken(best) if best is not None else None

    def _trim(self, now_s: float) -> None:
        """Throw whole groups away, oldest first: those that are over, and what is too much."""
        starts = [n for n, held in enumerate(self._held) if held.packet.is_keyframe]
        while len(starts) > 1:
            over = now_s - self._held[starts[1] - 1].moment.arrived_s > OVER_S
            if not over and self.bytes <= self._most_bytes:
                break
            self._forget(starts[1])
            starts = [n - starts[1] for n in starts[1:]]
        too_long = now_s - self._held[0].moment.arrived_s > MOST_S
        if self.bytes > self._most_bytes or too_long:
            self._forget(len(self._held))

    def _forget(self, packets: int) -> None:
        for _ in range(packets):
            self.bytes -= self._held.popleft().packet.size
        if self._last and (not self._held or self._last[0] < self._held[0].number):
            self._last = None


def _nearest(held: deque[Held], moment: Moment) -> Held | None:
    """Return the packet of that moment: by the camera's own clock where both streams tell the same one."""
    if not held:
        return None
    from_last_s = _by_camera_s(held[-1].moment, moment)
    one_clock = from_last_s is not None and from_last_s < UNRELATED_S

    def apart_s(other: Held) -> float:
        by_camera_s = _by_camera_s(other.moment, moment) if one_clock else None
        return abs(other.moment.arrived_s - moment.arrived_s) if by_camera_s is None else by_camera_s

    nearest = min(held, key=apart_s)
    return nearest if apart_s(nearest) <= APART_S else None


def _by_camera_s(one: Moment, other: Moment) -> float | None:
    if one.camera_s is None or other.camera_s is None:
        return None
    return abs(one.camera_s - other.camera_s)


def _decoder(codec: str, extradata: bytes | None) -> VideoCodecContext:
    decoder = av.CodecContext.create(codec, "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.extradata = extradata
    decoder.thread_type = "NONE"  # threads would hold pictures back
    return decoder
