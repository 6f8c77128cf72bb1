"""The values of the vision path, from a frame to a finished vehicle pass. No pixel work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels of the image the box was found in; x grows right, y grows down."""

PathPoint = tuple[float, float, float]
"""t_s, x, y: seconds since stream start and a point in source pixels."""


@dataclass(frozen=True, slots=True)
class Planes:
    """A decoded picture that is not converted yet.

    luma: H x W uint8, brightness as coded: 16 to 235 in most video ("limited"), 0 to 255 where the stream
    says "full" (MJPEG, some cameras). Compare it with itself; it is no grey picture to three digits.
    as_bgr: converts all planes to H x W x 3 uint8 BGR; costs about as much each time.
    """

    luma: np.ndarray
    as_bgr: Callable[[], np.ndarray]


@dataclass(frozen=True, slots=True)
class Detail:
    """The same moment in a camera's larger stream: call it for the picture.

    picture: decodes it and gives H x W x 3 uint8 BGR, or None where it cannot be had. width_px: its width as
    far as known.
    """

    picture: Callable[[], np.ndarray | None]
    width_px: int | None = None

    def __call__(self) -> np.ndarray | None:
        return self.picture()


class Frame:
    """One picture of one stream. Treat it as a value; it owns its pixels.

    size: (width, height) in pixels. t_s: seconds since stream start, monotone. captured_at: aware UTC.
    sequence: number of the frame in its stream, from 0. luma: Planes.luma, None where a picture never had
    one (synthetic, folder, rare pixel formats). detail: where the camera has a larger main stream, the
    same moment of it.
    """

    __slots__ = ("_image", "_planes", "captured_at", "detail", "luma", "sequence", "size", "t_s")

    def __init__(
        self,
        image: np.ndarray | Planes,
        t_s: float,
        captured_at: datetime,
        sequence: int,
        detail: Detail | None = None,
    ) -> None:
        """image: H x W x 3 uint8 BGR, or the planes that can become it."""
        self._planes = image if isinstance(image, Planes) else None
        self._image = None if isinstance(image, Planes) else image
        self.luma = self._planes.luma if self._planes else None
        height, width = (image.luma if isinstance(image, Planes) else image).shape[:2]
        self.size: tuple[int, int] = (width, height)
        self.t_s, self.captured_at, self.sequence, self.detail = t_s, captured_at, sequence, detail

    @property
    def image(self) -> np.ndarray:
        """H x W x 3 uint8 BGR: converted when first asked for, and remembered until `set_aside`."""
        if self._image is None and self._planes is not None:
            self._image = self._planes.as_bgr()
        assert self._image is not None
        return self._image

    def set_aside(self) -> None:
        """Forget the conversion: who still keeps the frame keeps half the bytes, and can convert again."""
        if self._planes is not None:
            self._image = None


@dataclass(frozen=True, slots=True)
class Detection:
    """One vehicle in one picture. vehicle_class: car, motorcycle, bus, truck or vehicle (kind unknown)."""

    box: Box
    vehicle_class: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Character:
    """One position of a plate with its probability. char is '-' where it could not be read."""

    char: str
    confidence: float


@dataclass(frozen=True, slots=True)
class PlateRead:
    """A plate as read from one look, or fused from several.

    confidence: the minimum over the positions. box: in the image given to the reader, or None.
    kind: blue, yellow, yellow_double, green, white_police, white_military, armed_police, black, trainer,
    trailer, hk_macao, embassy, consulate, emergency, civil_aviation or other.
    distributions: per position, the likeliest characters and their probabilities, which is what fusing
    needs; empty where unknown.
    """

    text: str
    confidence: float
    characters: tuple[Character, ...]
    box: Box | None
    kind: str
    distributions: tuple[Mapping[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class VehiclePass:
    """One vehicle going by one camera, once.

    path: bottom-centre points in source pixels, at least every 0.2 s. colour: white, black, grey, red, blue,
    yellow, green, brown or None. direction: towards, away, left, right or None. best_box: in best_frame.
    plate_crop: h x w x 3 uint8 BGR or None. lane, speed_kmh (mean while driving) and its error (1 standard
    deviation): only where the camera is calibrated and they are known well enough. speed_spans_s: from when
    to when it was measured. plate_looks: what each single look read.
    """

    track: int
    vehicle_class: str
    confidence: float
    first_seen_s: float
    last_seen_s: float
    path: list[PathPoint]
    plate: PlateRead | None
    colour: str | None
    direction: str | None
    best_frame: Frame
    best_box: Box
    plate_crop: np.ndarray | None
    lane: int | None = None
    speed_kmh: float | None = None
    speed_error_kmh: float | None = None
    speed_spans_s: tuple[tuple[float, float], ...] = ()
    plate_looks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look at a stream settled (publish once) and ended (the whole pass)."""

    settled: list[VehiclePass]
    ended: list[VehiclePass]
