"""A rendered road as a source: the drawing is synthetic/'s, what is looked at is decided here."""

from collections.abc import Generator

from detection.vocabulary import Frame
from ingest.source_vocabulary import Counts, Now, Playing


def synthetic_frames(url: str, playing: Playing, counts: Counts, now: Now) -> Generator[Frame]:
    """Give the frames of a rendered road in real time until stopped."""
    from ingest.synthetic import open_synthetic  # drawing is needed by no real camera

    for frame in open_synthetic(url, now):
        if playing.stop.is_set():
            return
        counts.decoded += 1
        counts.given += 1
        yield frame
