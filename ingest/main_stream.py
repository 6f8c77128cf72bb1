"""The larger of a camera's two streams: read but not decoded, except a picture when somebody asks for it.

Retries by itself; whatever fails here, the smaller stream goes on being watched.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

import av
import av.error
from av.container import InputContainer
from av.video.stream import VideoStream

from detection.vocabulary import Detail
from ingest.backoff import Backoff
from ingest.lookback import Lookback
from ingest.pace import Pace
from ingest.source_opening import broken_off, camera_time_s, open_video, video_of, where
from ingest.source_vocabulary import Moment, NoFrames, Playing, SourceEnded, masked
from ingest.stream_time import StreamClock

log = logging.getLogger(__name__)


class MainStream:
    """A stream that is read until `playing.stop` is set."""

    def __init__(
        self, url: str, playing: Playing, now: Callable[[], datetime], pace: Pace | None = None
    ) -> None:
        """pace: how often this worker dials, shared with all its cameras."""
        self.failure: str | None = None
        """Why it gives nothing now: a sentence without passwords; None while it does."""
        self.lookback = Lookback()
        self._url = url
        self._playing = playing
        self._pace = pace or Pace()
        self._now = now
        self._width_px: int | None = None
        self._received_s = 0.0
        self._clock = StreamClock(0.04)
        self._started_s = 0.0
        self._thread = threading.Thread(target=self._run, name=f"main {masked(url)}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ended_within(self, wait_s: float) -> bool:
        """Wait for the thread; return whether it has ended."""
        with suppress(RuntimeError):  # never started
            self._thread.join(wait_s)
        return not self._thread.is_alive()

    def detail_of(self, moment: Moment) -> Detail:
        """Return a moment of this stream, not decoded before it is called."""
        return Detail(partial(self.lookback.picture_at, moment), self._width_px)

    def _run(self) -> None:
        backoff, stop = Backoff(), self._playing.stop
        self._started_s = self._now().timestamp()
        while "://" not in self._url or self._pace.wait(stop):
            if stop.is_set():
                return
            started_s = self._received_s = time.monotonic()
            try:
                with open_video(self._url, self._playing) as container:
                    self._read(container, video_of(container, self._url))
                if "://" in self._url and not stop.is_set():
                    raise SourceEnded(f"{where(self._url)} closed the stream.")
            except NoFrames as error:
                self._fail(str(error))
            except Exception:  # the loop's edge: the camera is still watched in its smaller stream
                log.exception("the main stream %s failed inside Watchgrid", masked(self._url))
                self._fail("Watchgrid itself failed on the main stream; the ingest log says where.")
            if self.failure:
                stop.wait(backoff.wait_s(self._received_s - started_s))

    def _due_s(self, packet: av.Packet) -> float:
        """Wait until a file's packet is due; return when its picture is: files are for trying out."""
        decoded_at = packet.pts if packet.dts is None else packet.dts
        stamp_s = float((decoded_at or 0) * packet.time_base)
        due_s = self._started_s + self._clock.tick(stamp_s)
        self._playing.stop.wait(max(0.0, due_s - self._now().timestamp()))
        return due_s + float((packet.pts or 0) * packet.time_base) - stamp_s

    def _fail(self, why: str) -> None:
        if not self._playing.stop.is_set():
            log.log(logging.DEBUG if self.failure else logging.WARNING, "main stream: %s", why)
        self.failure = why

    def _read(self, container: InputContainer, stream: VideoStream) -> None:
        codec = stream.codec_context
        self._width_px = codec.width or None
        self.lookback.restart(codec.name, bytes(codec.extradata) if codec.extradata else None)
        live = "://" in self._url
        ahead_s = None
        self._clock.restart(1 / float(stream.average_rate or 25))
        try:
            for packet in container.demux(stream):
                if self._playing.stop.is_set():
                    return
                if packet.size == 0:
                    continue
                stamp_s = float((packet.pts or 0) * packet.time_base)
                if live and packet.has_sidedata("prft"):
                    ahead_s = camera_time_s(packet) - stamp_s
                arrived_s = self._now().timestamp() if live else self._due_s(packet)
                camera_s = None if ahead_s is None else ahead_s + stamp_s
                self.lookback.add(packet, Moment(camera_s, arrived_s))
                self._received_s, self.failure = time.monotonic(), None
        except av.error.FFmpegError as error:
            raise broken_off(self._url, live, error, self._playing, 0.0) from None
