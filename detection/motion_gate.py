"""Says whether anything moves in a picture, so that a quiet scene costs no detector. Finds no vehicles."""

import cv2
import numpy as np

WIDTH_PX = 160
"""Pictures are judged at this width: a vehicle 20 pixels wide of 640 is still 5 wide here."""

STEP = 12.0
"""Grey levels that a pixel must differ from the background."""

SHARE_OF_A_SPOT = 0.5
"""Which part of a 5 x 5 spot must have changed: single noisy pixels do not move."""

FORGETTING_S = 8.0
"""Time constant of the background."""


class MotionGate:
    """Slow background of one camera. Follows exposure, drizzle of noise and what has stopped moving."""

    def __init__(self) -> None:
        self._background: np.ndarray | None = None
        self._judged_s = 0.0

    def moves(self, image: np.ndarray, t_s: float) -> bool:
        """Whether a picture (H x W x 3 uint8, BGR) taken at t_s differs from the background."""
        small = _shrunk(image)
        if self._background is None or self._background.shape != small.shape:
            self._background, self._judged_s = small, t_s
            return True
        difference = small - self._background
        exposure = float(np.median(difference))
        changed = (np.abs(difference - exposure) > STEP).astype(np.float32)
        weight = 1.0 - float(np.exp(-max(0.0, t_s - self._judged_s) / FORGETTING_S))
        cv2.accumulateWeighted(small, self._background, weight)
        self._judged_s = t_s
        return bool(cv2.blur(changed, (5, 5)).max() >= SHARE_OF_A_SPOT)


def _shrunk(image: np.ndarray) -> np.ndarray:
    step = max(
        1, image.shape[1] // (2 * WIDTH_PX)
    )  # skip pixels first: averaging all of them costs more than it tells
    height = max(5, round(image.shape[0] * WIDTH_PX / image.shape[1]))
    small = cv2.resize(image[::step, ::step], (WIDTH_PX, height), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
