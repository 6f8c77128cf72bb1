"""Packets held back undecoded until one of them is due: some are never needed.

In a stream whose pictures are coded in order, nothing after a fresh start refers to anything
before it. So the pictures between the last look and the next fresh start are needed by nobody.
"""

from copy import copy

import av
from av.video.stream import VideoStream

from ingest.stream_time import Lookout, StreamClock

MOST_HELD_S = 1.0
"""Decoding must not be put off for longer: a stream that cannot be decoded is to be told."""

INTRA_ONLY = {"mjpeg", "png"}
FRESH = {"h264": {5}, "hevc": set(range(16, 22))}
"""Types of the NAL units that hold such a picture: IDR, and for H.265 all of its random access points."""


class Hold:
    """The packets of one stream that nobody has needed yet."""

    def __init__(self, stream: VideoStream, clock: StreamClock, lookout: Lookout) -> None:
        """clock and lookout: where the stream's pictures stand; they are left alone."""
        self.left_out = False
        """Whether pictures were left out just now: set back by who has seen it."""
        self._codec = stream.codec_context.name
        self._framed = bytes(stream.codec_context.extradata or b"")[:1] == b"\x01"
        self.begin(clock, lookout)
        self._in_order = self._codec in INTRA_ONLY or self._codec in FRESH

    def begin(self, clock: StreamClock, lookout: Lookout) -> None:
        """Hold nothing and go on from where clock and lookout stand now: packets were left out."""
        self._clock, self._lookout = copy(clock), copy(lookout)
        self._held: list[av.Packet] = []
        self._held_from_s = clock.t_s
        self._last_pts: int | None = None

    def starts_afresh(self, packet: av.Packet) -> bool:
        """Return whether nothing from this packet on refers to anything before it."""
        if not packet.is_keyframe or self._codec not in FRESH:
            return bool(packet.is_keyframe)
        types_in = _framed_types if self._framed else _types
        return bool(types_in(bytes(packet), self._codec) & FRESH[self._codec])

    def released(self, packet: av.Packet, stamp_s: float | None) -> list[av.Packet]:
        """Take a packet, with its timestamp, and return what is to be decoded now, in order."""
        if packet.size:
            self._in_order &= self._clock.believes(stamp_s) and self._follows(packet)
        if self._held and self._in_order and self.starts_afresh(packet):
            self._held.clear()
            self.left_out = True
        self._held.append(packet)
        if packet.size and self._in_order and self._is_early(self._clock.tick(stamp_s)):
            return []
        released, self._held = self._held, []
        self._held_from_s = self._clock.t_s
        return released

    def _is_early(self, t_s: float) -> bool:
        return t_s - self._held_from_s < MOST_HELD_S and not self._lookout.is_due(t_s)

    def _follows(self, packet: av.Packet) -> bool:
        """Return whether the stream's pictures come in the order in which they are shown."""
        before, self._last_pts = self._last_pts, packet.pts
        reordered = packet.dts is not None and packet.pts is not None and packet.dts != packet.pts
        back = before is not None and packet.pts is not None and packet.pts < before
        return not reordered and not back


def _type(first: int, codec: str) -> int:
    return first & 0x1F if codec == "h264" else first >> 1 & 0x3F


def _types(content: bytes, codec: str) -> set[int]:
    """Return the types of NAL units behind start codes."""
    types, at = set(), content.find(b"\0\0\1")
    while 0 <= at < len(content) - 3:
        types.add(_type(content[at + 3], codec))
        at = content.find(b"\0\0\1", at + 3)
    return types


def _framed_types(content: bytes, codec: str) -> set[int]:
    """Return the types of NAL units behind their lengths, as MP4 has them."""
    types, at = set(), 0
    while at + 4 < len(content):
        types.add(_type(content[at + 4], codec))
        at += 4 + int.from_bytes(content[at : at + 4], "big")
    return types
