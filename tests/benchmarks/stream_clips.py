"""The footage of the streams benchmark: the given clips, and what is made of them. Measures nothing."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

QUIET_S = 40.0
NOISE = 2.0
FPS = 25


@dataclass(frozen=True, slots=True)
class Footage:
    """A clip. line: the row that vehicles cross, as a share of the height; upwards: how they do.

    smaller: the same in 640 x 360, as a camera's sub-stream would be.
    """

    name: str
    path: Path
    busy: bool
    line: float | None
    upwards: bool
    about: str
    smaller: Path | None = None


def footage(given: Path, folder: Path, quick: bool) -> list[Footage]:
    """Return the clips to measure; those that must be made are written into folder."""
    road, street = given / "cn-road-camera.mp4", given / "residential-street.mp4"
    quiet = folder / "quiet-640.mp4"
    _still(street, quiet, (640, 352))
    clips = [
        Footage("road", road, True, 0.6, True, "640x360, 25 fps, as given"),
        Footage(
            "quiet",
            quiet,
            False,
            None,
            False,
            f"the street's first picture with noise of {NOISE} grey levels",
        ),
    ]
    if quick:
        return clips
    large, quiet_large = folder / "road-720.mp4", folder / "quiet-720.mp4"
    _enlarged(road, large, (1280, 720))
    _still(street, quiet_large, (1280, 704))
    return [
        *clips,
        Footage("street", street, True, 0.5, False, "640x352, 24 fps, as given"),
        Footage(
            "road 720p",
            large,
            True,
            0.6,
            True,
            "the road enlarged to 1280x720, x264 at 4 Mbit/s, 25 fps",
            road,
        ),
        Footage("quiet 720p", quiet_large, False, None, False, "the same still, enlarged to 1280x704"),
    ]


def _enlarged(source: Path, target: Path, size: tuple[int, int]) -> None:
    with av.open(str(source)) as container, _Writer(target, size) as writer:
        for picture in container.decode(video=0):
            writer.add(cv2.resize(picture.to_ndarray(format="bgr24"), size, interpolation=cv2.INTER_CUBIC))


def _still(source: Path, target: Path, size: tuple[int, int]) -> None:
    rng = np.random.default_rng(7)
    with av.open(str(source)) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="bgr24")
    picture = cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC)
    grain = [rng.normal(0, NOISE, picture.shape) for _ in range(8)]
    noisy = [np.clip(picture + noise, 0, 255).astype(np.uint8) for noise in grain]
    with _Writer(target, size) as writer:
        for _ in range(round(QUIET_S * FPS)):
            writer.add(noisy[int(rng.integers(len(noisy)))])


class _Writer:
    """Writes pictures as H.264 with B-frames and a key frame every two seconds, like the road camera's."""

    def __init__(self, target: Path, size: tuple[int, int]) -> None:
        self._container = av.open(str(target), "w")
        self._stream = self._container.add_stream("libx264", rate=Fraction(FPS))
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = "yuv420p"
        self._stream.bit_rate = 4_000_000 if size[0] > 1000 else 1_000_000
        self._stream.codec_context.thread_count = 1
        self._stream.options = {"preset": "veryfast", "bf": "1", "g": str(2 * FPS)}

    def __enter__(self) -> "_Writer":
        return self

    def add(self, image: np.ndarray) -> None:
        self._container.mux(self._stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))

    def __exit__(self, *_: object) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()
