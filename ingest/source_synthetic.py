"""A rendered road as a source: synthetic/ draws it, the pace is kept here."""

import math
from collections.abc import Generator
from datetime import UTC, datetime

from detection.vocabulary import Frame
from ingest.source_vocabulary import Counts, Now, Playing, SourceEnded, SourceWillNotOpen
from ingest.synthetic import BadSyntheticUrl, SyntheticSourceDied, open_synthetic


def synthetic_frames(url: str, playing: Playing, counts: Counts, now: Now) -> Generator[Frame]:
    """Give the frames of a rendered road in real time until stopped; late ones are dropped, not drawn."""
    try:
        camera = open_synthetic(url, now)
    except BadSyntheticUrl as error:
        raise SourceWillNotOpen(str(error)) from None
    fps = min(camera.fps, playing.analysed_fps or camera.fps)
    first = last = math.ceil(now().timestamp() * fps)  # on a grid of wall time: every process draws the same
    while True:
        due = max(last + 1, math.floor(now().timestamp() * fps))
        counts.dropped += due - last - 1
        last = due
        at = datetime.fromtimestamp(due / fps, UTC)
        playing.stop.wait(max(0.0, (at - now()).total_seconds()))
        if playing.stop.is_set():
            return
        try:
            image = camera.frame_at(at)
        except SyntheticSourceDied as error:
            raise SourceEnded(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
        counts.decoded += 1
        yield Frame(image, (due - first - 1) / fps, at, counts.given)
        counts.given += 1
