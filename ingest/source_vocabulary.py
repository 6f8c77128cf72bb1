"""The values and facts of sources: how one is played, what it has counted, and why it gives no frames."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from detection.vocabulary import Detail

Now = Callable[[], datetime]


class NoFrames(Exception):
    """A source gives no frames; the message says why and what to check. Its kinds follow."""


class SourceWillNotOpen(NoFrames):
    """The source is not there, refuses us, or is no video."""


class SourceSilent(NoFrames):
    """The source was open and no picture came for too long."""


class SourceEnded(NoFrames):
    """The other end closed or broke the stream."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a picture was taken, in UTC seconds.

    camera_s: by the camera's clock, None where the stream does not tell it. arrived_s: by ours, as it came;
    what waited for us counts from when it could have come.
    """

    camera_s: float | None
    arrived_s: float


@dataclass(frozen=True, slots=True)
class Playing:
    """How a source is played.

    realtime: files are paced by their timestamps, late frames dropped; else as fast as can be, none dropped.
    loop: a file or folder starts again at its end, t_s going on.
    analysed_fps: frames a second given out; None: all. stop: set it from any thread to end the frames early.
    detail_of: where there is a larger stream of the same view, gives a moment of it.
    """

    realtime: bool
    loop: bool = False
    analysed_fps: float | None = 5.0
    open_timeout_s: float = 5.0
    read_timeout_s: float = 5.0
    stop: threading.Event = field(default_factory=threading.Event)
    detail_of: Callable[[Moment], Detail] | None = None


@dataclass(slots=True)
class Counts:
    """What a source has done so far; only the thread that iterates it writes.

    dropped: frames that were due and given up because their look came too late.
    clock_offset_s: the camera's clock minus ours, where the stream tells the camera's time.
    """

    given: int = 0
    decoded: int = 0
    dropped: int = 0
    corrupt: int = 0
    clock_offset_s: float | None = None


def utc_now() -> datetime:
    return datetime.now(UTC)


def masked(url: str) -> str:
    """Return `url` fit for a message or a log: no password, no token."""
    url = re.sub(r"(://[^/?#@:]*):.*@", r"\1:***@", url)
    return re.sub(r"(?i)((?:pass|passwd|password|pwd|token|key|secret)=)[^&#]*", r"\1***", url)
