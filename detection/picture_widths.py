"""How large to show a camera's pictures to the network, learned from what passed. No pixel work."""

from collections import deque

import numpy as np

WIDTHS_PX = (224, 320, 448, 640)
"""A picture is shown at one of these widths, or as it is where it is smaller."""

FOUND_FROM_PX = {224: 24.0, 320: 14.0, 448: 10.0, 640: 0.0}
"""A vehicle so large (root of its area) in a picture of that width is found as well as in one of 640 pixels:
nine of ten were, on the two road clips."""

BY_THE_LARGER = 75
"""Percentile of the passes' largest sizes that the usual width is chosen by. The others are far away, move
little on the picture, and are kept by the finer looks."""

UNKNOWN_PX = 320
FINER_EVERY_S = 1.5
FINER = {224: 320, 320: 448, 448: 640, 640: 640}
"""The usual width, and the width of a look every FINER_EVERY_S."""

LEAST_PASSES = 3
REMEMBERED = 20


class PictureWidths:
    """The widths for one camera."""

    def __init__(self) -> None:
        self._sizes: deque[float] = deque(maxlen=REMEMBERED)
        self._fine_s = float("-inf")

    def learn(self, largest: float) -> None:
        """Take note of a vehicle that passed: its largest size, as a share of the picture's width."""
        self._sizes.append(largest)

    def usual_px(self) -> int:
        """Return the width at which most looks find what passes here."""
        if len(self._sizes) < LEAST_PASSES:
            return UNKNOWN_PX
        typical = float(np.percentile(self._sizes, BY_THE_LARGER))
        return next(width for width in WIDTHS_PX if typical * width >= FOUND_FROM_PX[width])

    def next_px(self, t_s: float) -> int:
        """Return the width for a look at t_s, and count it as done."""
        if t_s - self._fine_s < FINER_EVERY_S - 1e-6:
            return self.usual_px()
        self._fine_s = t_s
        return FINER[self.usual_px()]
