"""Takes a picture out of the decoder: copies its planes, and knows how they become BGR. Decodes nothing."""

from functools import partial

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, VideoReformatter

from detection.vocabulary import Planes

FULL_RANGE_FORMAT = "yuvj420p"


def taken(picture: av.VideoFrame) -> np.ndarray | Planes:
    """Return a copy of the picture, so that the decoder gets its buffer back at once.

    4:2:0 pictures of 8 bits, which is what cameras send, stay as planes (1.5 bytes a pixel); all others
    become H x W x 3 uint8 BGR here and now.
    """
    if picture.format.name not in ("yuv420p", FULL_RANGE_FORMAT) or picture.width % 2 or picture.height % 2:
        return picture.to_ndarray(format="bgr24")
    full_range = picture.format.name == FULL_RANGE_FORMAT or picture.color_range == ColorRange.JPEG
    planes = picture.to_ndarray()  # H * 3 / 2 x W: Y, then U, then V
    return Planes(planes[: picture.height], partial(_as_bgr, planes, full_range))


def _as_bgr(planes: np.ndarray, full_range: bool) -> np.ndarray:
    if not full_range:
        return cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420)  # a third of what FFmpeg's converter costs
    picture = av.VideoFrame.from_numpy_buffer(planes, FULL_RANGE_FORMAT)
    return VideoReformatter().reformat(picture, format="bgr24").to_ndarray()
