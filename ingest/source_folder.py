"""A folder of pictures as a source: sorted by name, evenly spaced; a corrupt one is named and skipped."""

import logging
import time
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np

from detection.vocabulary import Frame
from ingest.source_vocabulary import Counts, Now, Playing, SourceWillNotOpen

PICTURES = {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"}
DEFAULT_FPS = 5.0

log = logging.getLogger(__name__)


def folder_frames(folder: Path, playing: Playing, counts: Counts, now: Now) -> Generator[Frame]:
    """Give the pictures of `folder` at `analysed_fps` (5 if None), for ever when looped."""
    pictures = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES)
    if not pictures:
        raise SourceWillNotOpen(f"The folder {folder} has no pictures: put .jpg or .png files into it.")
    spacing_s = 1 / (playing.analysed_fps or DEFAULT_FPS)
    started_at, started_s = now(), time.monotonic()
    first = True  # a corrupt picture is named once, however often the folder goes round
    while True:
        before = counts.given
        for path in pictures:
            image = _read(path, counts, first)
            if image is None:
                continue
            t_s = counts.given * spacing_s
            if playing.realtime:
                playing.stop.wait(max(0.0, started_s + t_s - time.monotonic()))
            if playing.stop.is_set():
                return
            yield Frame(image, t_s, started_at + timedelta(seconds=t_s), counts.given)
            counts.given += 1
        if counts.given == before:
            raise SourceWillNotOpen(f"None of the {len(pictures)} pictures in {folder} can be read.")
        if not playing.loop:
            return
        first = False


def _read(path: Path, counts: Counts, first: bool) -> np.ndarray | None:
    try:
        content = np.fromfile(path, np.uint8)  # cv2.imread fails on Chinese file names on some systems
        image = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    except (OSError, cv2.error):
        image = None
    if image is None:
        counts.corrupt += 1
        if first:
            log.warning("%s is not a picture that can be read: skipped", path)
    else:
        counts.decoded += 1
    return image
