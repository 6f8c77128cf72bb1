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
_RED, _INKED = (168, 10), 0.05
"""Hues of red, from and to; least share of red in a red head."""
_TRUST = 5.0
"""How much likelier a colour is for having been measured."""
_LEAST_SURE = 0.6


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


def has_red_head(plate: np.ndarray) -> bool:
    """Say whether the left third of a plate crop (h x w x 3 uint8 BGR) is written in red, the rest not."""
    hue, saturation, value = cv2.split(cv2.cvtColor(plate, cv2.COLOR_BGR2HSV))
    red = ((hue <= _RED[1]) | (hue >= _RED[0])) & (saturation >= 2 * _SATURATED) & (value >= _LIT)
    head, rest = np.split(red, [plate.shape[1] // 3], axis=1)
    return bool(head.mean() >= _INKED and rest.mean() < head.mean() / 4)


def named_ground(measured: str | None, heard: dict[str, float]) -> str | None:
    """Name the ground from what was measured (or None) and what the plate network says (or nothing)."""
    if not heard:
        return measured
    shares = {name: share * (_TRUST if name == measured else 1.0) for name, share in heard.items()}
    name = max(shares, key=lambda one: shares[one])
    return name if shares[name] >= _LEAST_SURE * sum(shares.values()) else measured
