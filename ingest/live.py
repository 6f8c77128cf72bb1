"""Live pictures: the newest picture of a camera as a file, often while somebody watches, else rarely."""

import logging
from collections.abc import Container
from pathlib import Path

import numpy as np

from ingest.publication import jpeg
from operations.media import live_path, write_whole

WIDTH_PX = 960
WATCHED_EVERY_S = 0.25
UNWATCHED_EVERY_S = 10.0

log = logging.getLogger(__name__)


class LivePicture:
    """The live picture of one camera. watched: the codes that somebody watches now, kept by the worker."""

    def __init__(self, media_dir: Path, camera: str, watched: Container[str]) -> None:
        self._file = live_path(media_dir, camera)
        self._camera = camera
        self._watched = watched
        self._written_s = float("-inf")

    def see(self, image: np.ndarray, now_s: float) -> None:
        """Write the picture (H x W x 3 uint8 BGR) if it is time; now_s: seconds on any steady clock."""
        every_s = WATCHED_EVERY_S if self._camera in self._watched else UNWATCHED_EVERY_S
        if now_s - self._written_s < every_s:
            return
        # On the beat rather than from now, so that 5 pictures a second become 4 and not 2.5.
        on_the_beat_s = self._written_s + every_s
        self._written_s = on_the_beat_s if now_s - on_the_beat_s < every_s else now_s
        try:
            write_whole(self._file, jpeg(image, WIDTH_PX))
        except OSError as error:
            log.error("the live picture of %s cannot be written: %s", self._camera, error.strerror)
