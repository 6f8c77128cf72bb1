"""Names the colour of a vehicle from its pixels. Judges single pictures; the caller votes over several."""

import cv2
import numpy as np

COLOURS = ("white", "grey", "black", "red", "orange", "yellow", "green", "blue", "purple", "brown")

DARK = 70
"""Value (0-255) under which nothing has a colour."""

_PAINTED = 70
"""Saturation (0-255) from which a pixel has a hue worth naming."""


NIGHT = 60
"""Mean level (0-255) of a whole picture under which lamps, and not paint, say what colour things are."""


def is_night(image: np.ndarray) -> bool:
    """Return whether a whole picture (H x W x 3 uint8, BGR) is too dark for colours to be true."""
    return float(image[::16, ::16].mean()) < NIGHT


def colour_shares(crop: np.ndarray) -> dict[str, float]:
    """Return how much of a vehicle crop (h x w x 3 uint8, BGR) is of each colour; the shares sum to 1.

    Looks at the middle of the crop, where there is more paint than road; glass and tyres make every car
    partly dark, so dark pixels count half.
    """
    height, width = crop.shape[:2]
    middle = crop[round(0.12 * height) : round(0.8 * height), round(0.18 * width) : round(0.82 * width)]
    if middle.size == 0:
        return {}
    pixels = cv2.cvtColor(cv2.resize(middle, (32, 32), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2HSV)
    names = _named(pixels.reshape(-1, 3).astype(int))
    weights = {name: float(np.count_nonzero(names == index)) for index, name in enumerate(COLOURS)}
    weights["black"] *= 0.5
    weights["grey"] *= 0.5  # road and glass are grey too
    total = sum(weights.values()) or 1.0
    return {name: weight / total for name, weight in weights.items() if weight}


def _named(hsv: np.ndarray) -> np.ndarray:
    hue, saturation, value = hsv[:, 0], hsv[:, 1], hsv[:, 2]
    index = {name: number for number, name in enumerate(COLOURS)}
    painted = saturation >= _PAINTED
    conditions = [
        (value < DARK),
        ~painted & (value >= 165),
        ~painted,
        (hue < 8) | (hue >= 168),
        (hue < 18) & (value < 140),
        hue < 18,
        hue < 34,
        hue < 90,
        hue < 130,
    ]
    names = ["black", "white", "grey", "red", "brown", "orange", "yellow", "green", "blue"]
    return np.select(conditions, [index[name] for name in names], default=index["purple"])
