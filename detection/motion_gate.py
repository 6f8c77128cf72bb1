"""Says where in a picture something moves, cheaply: the brightness alone, 160 columns. Finds no vehicles."""

import cv2
import numpy as np

from detection.vocabulary import Frame

WIDTH_PX = 160
"""Pictures are judged at this width: a vehicle 20 pixels wide of 640 is still 5 wide here."""

STEP = 12.0
"""Grey levels that a pixel must differ from the background."""

SPOT = 5
SHARE_OF_A_SPOT = 0.5
"""Which part of a spot (SPOT x SPOT) must have changed: single noisy pixels do not move."""

FORGETTING_S = 8.0
"""Time constant of the background."""


class MotionGate:
    """Slow background of one camera. Follows exposure, drizzle of noise and what has stopped moving."""

    def __init__(self) -> None:
        self._background: np.ndarray | None = None
        self._judged_s = 0.0

    def moving(self, frame: Frame) -> np.ndarray:
        """Return what differs from the background: h x 160 uint8, 1 in the middle of a changed spot."""
        small = _shrunk(frame)
        if self._background is None or self._background.shape != small.shape:
            self._background, self._judged_s = small.astype(np.float32), frame.t_s
            return np.ones_like(small)
        difference = cv2.subtract(small, self._background, dtype=cv2.CV_32F)
        exposure = float(np.median(difference[::2, ::2]))
        changed = cv2.inRange(difference, exposure - STEP, exposure + STEP)  # 0 where it changed, else 255
        weight = 1.0 - float(np.exp(-max(0.0, frame.t_s - self._judged_s) / FORGETTING_S))
        cv2.accumulateWeighted(small, self._background, weight)
        self._judged_s = frame.t_s
        _, spots = cv2.threshold(
            cv2.blur(changed, (SPOT, SPOT)), round(255 * (1 - SHARE_OF_A_SPOT)), 1, cv2.THRESH_BINARY_INV
        )
        return spots


def _shrunk(frame: Frame) -> np.ndarray:
    """Return the brightness, h x 160 uint8: the decoder's own plane where there is one."""
    width, height = frame.size
    step = max(1, width // (2 * WIDTH_PX))  # skip pixels first: averaging all costs more than it tells
    picture = frame.luma if frame.luma is not None else frame.image
    size = (WIDTH_PX, max(SPOT, round(height * WIDTH_PX / width)))
    small = cv2.resize(picture[::step, ::step], size, interpolation=cv2.INTER_AREA)
    return small if small.ndim == 2 else cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
