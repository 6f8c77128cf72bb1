"""Lets out a plate that no Chinese form fits, as plain text of kind `other`, where it plainly looks like a
plate.

Corrects no character. In doubt it lets nothing out: lettering on vehicles is far more common than foreign
plates.
"""

import re

import numpy as np

from detection.ocr import TextLook
from detection.plate_colour import ground_colour
from detection.plate_crops import Framing, box_of, size_of, straightened
from detection.vocabulary import Character, PlateRead

_TEXT = re.compile(r"(?=(?:.*[A-Z]){2})(?=(?:.*[0-9]){2})[A-Z0-9]{6,8}")
_SEPARATORS = " ·•.-"
_GROUNDS = ("white", "yellow")
_LEAST_CONFIDENCE = 0.9
_LEAST_CONTRAST = 40.0
"""Levels of the brightest channel by which a plate's ground outshines its ink and what is above and below."""
_GROUND = Framing(0.0, 0.0, -0.05, -0.05, width_px=96, height_px=24)
_WITH_SURROUNDINGS = Framing(0.0, 0.0, 1.0, 1.0, width_px=96, height_px=72)


def foreign_read(image: np.ndarray, quad: np.ndarray, look: TextLook) -> PlateRead | None:
    """Make a read of a line (quad in BGR image) that was read freely, or None where it may be something
    else."""
    pairs = zip(look.text, look.confidences, strict=True)
    characters = tuple(Character(char, confidence) for char, confidence in pairs if char not in _SEPARATORS)
    text = "".join(character.char for character in characters)
    if not _TEXT.fullmatch(text) or min(c.confidence for c in characters) < _LEAST_CONFIDENCE:
        return None
    if not may_be_foreign(image, quad):
        return None
    return PlateRead(
        text=text,
        confidence=min(character.confidence for character in characters),
        characters=characters,
        box=box_of(quad, image),
        kind="other",
        distributions=tuple({character.char: character.confidence} for character in characters),
    )


def may_be_foreign(image: np.ndarray, quad: np.ndarray) -> bool:
    """Say whether a line has a plate's proportions and a bright ground of its own, unlike its
    surroundings."""
    width, height = size_of(quad)
    if not 2.8 * height <= width <= 7 * height:
        return False
    if ground_colour(straightened(image, quad, _GROUND)) not in _GROUNDS:
        return False
    levels = straightened(image, quad, _WITH_SURROUNDINGS).max(axis=2)
    inside, ground = levels[26:46], float(np.median(levels[26:46]))
    beside = max(float(np.median(levels[:14])), float(np.median(levels[-14:])))
    is_inked = float(np.percentile(inside, 10)) <= ground - _LEAST_CONTRAST
    return is_inked and ground - beside >= _LEAST_CONTRAST
