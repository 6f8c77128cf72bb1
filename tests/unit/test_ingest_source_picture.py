"""Pictures taken out of the decoder: their luma at once, their colours when asked for, their own memory."""

import av
import numpy as np
import pytest

from detection.vocabulary import Frame, Planes
from ingest.source_picture import taken
from tests.clips import picture
from tests.conftest import START

DRAWN = picture(1.0)


def decoded(pixel_format: str) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(DRAWN, format="bgr24").reformat(format=pixel_format)


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuvj420p", "yuv422p10le", "nv12"])
def test_every_pixel_format_gives_the_colours_that_were_drawn(pixel_format: str) -> None:
    frame = Frame(taken(decoded(pixel_format)), 0.0, START, 0)
    assert frame.size == (640, 360)
    assert np.abs(frame.image.astype(int) - DRAWN).mean() < 3


@pytest.mark.parametrize(("pixel_format", "white"), [("yuv420p", 235), ("yuvj420p", 255)])
def test_luma_is_as_coded_and_needs_no_conversion(pixel_format: str, white: int) -> None:
    picture = av.VideoFrame.from_ndarray(np.full((36, 64, 3), 255, np.uint8), format="bgr24")
    planes = taken(picture.reformat(format=pixel_format))
    assert isinstance(planes, Planes)
    assert planes.luma.shape == (36, 64)
    assert abs(int(planes.luma[5, 5]) - white) <= 1


def test_a_conversion_is_done_once_and_forgotten_when_set_aside() -> None:
    asked = []

    def convert() -> np.ndarray:
        asked.append(1)
        return np.zeros((4, 8, 3), np.uint8)

    frame = Frame(Planes(np.zeros((4, 8), np.uint8), convert), 0.0, START, 0)
    assert (frame.size, asked) == ((8, 4), [])
    assert frame.image is frame.image
    assert len(asked) == 1
    frame.set_aside()
    assert frame.image.shape == (4, 8, 3)
    assert len(asked) == 2


def test_a_picture_that_never_was_video_has_no_luma_and_is_kept() -> None:
    frame = Frame(DRAWN, 0.0, START, 0)
    frame.set_aside()
    assert frame.image is DRAWN
    assert frame.luma is None
