"""Sources: open what a camera row names and give its frames, whatever it is.

One entrance, `open_source`. How a stream is decoded is in source_video.py, a folder in source_folder.py, a
rendered road in synthetic/. Retrying is the camera's business, not a source's.
"""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from detection.vocabulary import Frame
from ingest.source_clip import as_file
from ingest.source_folder import folder_frames
from ingest.source_synthetic import synthetic_frames
from ingest.source_video import video_frames
from ingest.source_vocabulary import (
    Counts,
    NoFrames,
    Now,
    Playing,
    SourceEnded,
    SourceSilent,
    SourceWillNotOpen,
    masked,
    utc_now,
)

__all__ = [
    "Counts",
    "NoFrames",
    "Playing",
    "Source",
    "SourceEnded",
    "SourceSilent",
    "SourceWillNotOpen",
    "is_live",
    "masked",
    "open_source",
]

NETWORK = ("rtsp://", "rtsps://", "http://", "https://")


class Source:
    """An open source: iterate it once for its frames; read `counts` at any time."""

    def __init__(self, frames: Iterator[Frame], counts: Counts) -> None:
        self._frames = frames
        self.counts = counts

    def __iter__(self) -> Iterator[Frame]:
        return self._frames


@contextmanager
def open_source(url: str, playing: Playing, now: Now = utc_now) -> Iterator[Source]:
    """Yield the Source behind `url`: rtsp://, http(s)://, synthetic://, a video file or a folder of pictures.

    A finite source simply ends. Raises SourceWillNotOpen, SourceSilent or SourceEnded, here or while it is
    iterated; each says in a sentence what to check, with no password in it.
    """
    counts = Counts()
    with closing(_frames(url, playing, counts, now)) as frames:
        yield Source(frames, counts)


def _frames(url: str, playing: Playing, counts: Counts, now: Now) -> Generator[Frame]:
    if url.startswith("synthetic://"):
        return synthetic_frames(url, playing, counts, now)
    if url.startswith("http"):
        return _web_frames(url, playing, counts, now)
    if url.startswith(NETWORK):
        return video_frames(url, playing, counts, now)
    if "://" in url and not url.startswith("file://"):
        raise SourceWillNotOpen(
            f"{masked(url)} is no source: use rtsp://, http://, synthetic://, a video or a picture folder."
        )
    path = Path(url.removeprefix("file://")).expanduser()
    if path.is_dir():
        return folder_frames(path, playing, counts, now)
    if not path.exists():
        raise SourceWillNotOpen(f"There is no file or folder {path}: check the path.")
    return video_frames(str(path), playing, counts, now)


def _web_frames(url: str, playing: Playing, counts: Counts, now: Now) -> Generator[Frame]:
    with as_file(url, playing) as place:
        yield from video_frames(place, playing, counts, now)


def is_live(url: str) -> bool:
    """Return whether the source runs at its own pace and has no end of its own."""
    return url.startswith((*NETWORK, "synthetic://"))
