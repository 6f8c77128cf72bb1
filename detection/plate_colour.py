"""Names the ground colour of a plate. Knows colours only: which kind follows from one is
detection/grammar.py."""

import cv2
import numpy as np

_HUES = {"yellow": (12, 34), "green": (35, 88), "blue": (95, 130)}
"""OpenCV hues, 0-179, lower and upper end."""
_SATURATED = 45
_LIT = 50
_BRIGHT = 140
_LEAST_SHARE = 0.35


def ground_colour(plate: np.ndarray) -> str | None:
    """Name the ground of a plate crop (h x w x 3 uint8 BGR): blue, yellow, green, white, black, or None in
    doubt."""
    hue, saturation, value = cv2.split(cv2.cvtColor(plate, cv2.COLOR_BGR2HSV))
    coloured = (saturation >= _SATURATED) & (value >= _LIT)
    shares = {
        name: float(np.mean(coloured & (hue >= low) & (hue <= high))) for name, (low, high) in _HUES.items()
    }
    shares["white"] = float(np.mean(~coloured & (value >= _BRIGHT)))
    shares["black"] = float(np.mean(~coloured & (value < _LIT)))
    name, share = max(shares.items(), key=lambda item: item[1])
    return name if share >= _LEAST_SHARE else None
