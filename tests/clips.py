"""Small clips for tests, drawn and encoded on the spot: a car drives down a grey road. No footage."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

WIDTH_PX, HEIGHT_PX, FPS = 640, 360, 15
GRAIN = np.random.default_rng(5).integers(0, 8, HEIGHT_PX * WIDTH_PX + 100_000, dtype=np.uint8)
Stamp = Callable[[int], int]


def picture(at_s: float, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX) -> np.ndarray:
    """Draw the road at a time: a car comes down it every six seconds, and the grass trembles."""
    start = int(at_s * 1000) * 7919 % 100_000
    grain = GRAIN[start : start + HEIGHT_PX * WIDTH_PX].reshape(HEIGHT_PX, WIDTH_PX)
    image = cv2.add(np.full((HEIGHT_PX, WIDTH_PX, 3), (60, 110, 70), np.uint8), cv2.merge([grain] * 3))
    cv2.rectangle(image, (200, 0), (440, HEIGHT_PX), (95, 95, 95), -1)
    for y in range(0, HEIGHT_PX, 60):
        cv2.rectangle(image, (316, y), (324, y + 30), (220, 220, 220), -1)
    top = int((at_s % 6.0) * 110) - 110
    cv2.rectangle(image, (340, top), (420, top + 100), (40, 40, 190), -1)
    cv2.rectangle(image, (352, top + 20), (408, top + 45), (30, 30, 30), -1)
    cv2.rectangle(image, (345, top + 85), (360, top + 95), (240, 240, 255), -1)
    return cv2.resize(image, (width_px, height_px))


def write_clip(
    path: Path,
    seconds: float,
    codec: str = "libx264",
    stamp: Stamp | None = None,
    size: tuple[int, int] = (WIDTH_PX, HEIGHT_PX),
    options: dict[str, str] | None = None,
    fps: int = FPS,
) -> Path:
    """Encode the road as a clip, `fps` pictures a second, unless `stamp` gives other times (in ms).

    options: the encoder's; without them a camera's, quick and in order.
    """
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.codec_context.gop_size = fps
        stream.options = options or {"preset": "ultrafast", "tune": "zerolatency"}
        for number in range(int(seconds * fps)):
            frame = av.VideoFrame.from_ndarray(picture(number / fps, *size), format="bgr24")
            frame.pts = stamp(number) if stamp else round(1000 * number / fps)
            frame.time_base = Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
