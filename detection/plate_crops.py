"""Cuts a line of text out of a picture, straightened and brought to one size. Knows geometry only, no
reading."""

from dataclasses import dataclass

import cv2
import numpy as np

from detection.vocabulary import Box


@dataclass(frozen=True, slots=True)
class Framing:
    """How a look frames a line. left, right, above, below: margins in heights of the line (negative cuts
    into it).

    width_px, height_px: size of the look; its proportions are the look's own, so a line may come out
    stretched.
    """

    left: float
    right: float
    above: float
    below: float
    width_px: int = 256
    height_px: int = 48


def widened(quad: np.ndarray, framing: Framing) -> np.ndarray:
    """Grow a quad (4 x 2, from the top-left, clockwise) by the margins of a framing, along its own axes."""
    along = (quad[1] - quad[0] + quad[2] - quad[3]) / 2
    down = (quad[3] - quad[0] + quad[2] - quad[1]) / 2
    unit = along / max(float(np.linalg.norm(along)), 1e-6) * float(np.linalg.norm(down))
    left, right = -unit * framing.left, unit * framing.right
    above, below = -down * framing.above, down * framing.below
    return quad + np.array([left + above, right + above, right + below, left + below], np.float32)


def straightened(image: np.ndarray, quad: np.ndarray, framing: Framing) -> np.ndarray:
    """Cut the framed quad out of a BGR image as a straight picture of framing.width_px x height_px."""
    source = widened(quad, framing)
    # Large plates are sampled finely first and then averaged down: plain warping would drop strokes.
    times = max(1, int(np.linalg.norm(source[3] - source[0]) / framing.height_px))
    width, height = framing.width_px * times, framing.height_px * times
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    method = cv2.INTER_CUBIC if times == 1 else cv2.INTER_LINEAR
    warp = cv2.getPerspectiveTransform(source, target)
    cut = cv2.warpPerspective(image, warp, (width, height), flags=method, borderMode=cv2.BORDER_REPLICATE)
    return (
        cut
        if times == 1
        else cv2.resize(cut, (framing.width_px, framing.height_px), interpolation=cv2.INTER_AREA)
    )


def size_of(quad: np.ndarray) -> tuple[float, float]:
    """Measure a quad: its width along the text and its height, in pixels."""
    return float(np.linalg.norm(quad[1] - quad[0])), float(np.linalg.norm(quad[3] - quad[0]))


def box_of(quad: np.ndarray, image: np.ndarray) -> Box:
    """Give the upright box around a quad, inside the image."""
    height, width = image.shape[:2]
    (x1, y1), (x2, y2) = quad.min(axis=0), quad.max(axis=0)
    return (
        max(0.0, float(x1)),
        max(0.0, float(y1)),
        min(float(width), float(x2)),
        min(float(height), float(y2)),
    )


def sheared(image: np.ndarray, lean: float) -> np.ndarray:
    """Shift the rows of an image sideways about its middle, by lean pixels per row."""
    height, width = image.shape[:2]
    matrix = np.array([[1, lean, -lean * height / 2], [0, 1, 0]], np.float32)
    return cv2.warpAffine(image, matrix, (width, height))
