"""Laying a small picture onto four points of a large one, quickly: only the touched rectangle is worked on.

Knows nothing of roads or vehicles."""

from __future__ import annotations

import cv2
import numpy as np

SHIFT = 4
Colour = tuple[float, ...]


def lay(canvas: np.ndarray, levels: tuple[np.ndarray, ...], corners_px: np.ndarray) -> None:
    """Warp the best fitting level onto the corners: top left, top right, bottom right, bottom left."""
    place = _touched(canvas, corners_px)
    if place is None:
        return
    x, y, width, height = place
    picture = _fitting(levels, corners_px)
    warp = _onto(picture, corners_px, (x, y))
    view = canvas[y : y + height, x : x + width]
    cv2.warpPerspective(
        picture, warp, (width, height), view, cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )


def fill(canvas: np.ndarray, corners_px: np.ndarray, colour: Colour) -> None:
    """Fill a polygon with smooth edges."""
    if _touched(canvas, corners_px) is not None:
        cv2.fillPoly(canvas, [fixed(corners_px)], colour, cv2.LINE_AA, SHIFT)


def outline(canvas: np.ndarray, corners_px: np.ndarray, colour: Colour) -> None:
    """Draw a smooth line around a polygon."""
    if _touched(canvas, corners_px) is not None:
        cv2.polylines(canvas, [fixed(corners_px)], True, colour, 1, cv2.LINE_AA, SHIFT)


def take_light(canvas: np.ndarray, shade: np.ndarray, corners_px: np.ndarray, strength: float) -> None:
    """Darken the canvas under a shade picture (255 takes all) warped onto the corners."""
    place = _touched(canvas, corners_px)
    if place is None:
        return
    x, y, width, height = place
    warped = cv2.warpPerspective(shade, _onto(shade, corners_px, (x, y)), (width, height))
    view = canvas[y : y + height, x : x + width]
    cv2.subtract(view, cv2.multiply(view, warped, scale=strength / 255), view)


def add_light(canvas: np.ndarray, glow: np.ndarray, box_px: tuple[float, float, float, float]) -> None:
    """Add a glow picture, stretched to the box x1, y1, x2, y2, to the canvas."""
    x1, y1, x2, y2 = (round(side) for side in box_px)
    left, top, right, bottom = max(x1, 0), max(y1, 0), min(x2, canvas.shape[1]), min(y2, canvas.shape[0])
    if right - left < 2 or bottom - top < 2:
        return
    scale_x, scale_y = glow.shape[1] / (x2 - x1), glow.shape[0] / (y2 - y1)
    warp = np.array([[scale_x, 0, (left - x1) * scale_x], [0, scale_y, (top - y1) * scale_y]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    stretched = cv2.warpAffine(glow, warp, (right - left, bottom - top), flags=flags)
    place = canvas[top:bottom, left:right]
    cv2.add(place, stretched, place)


def fixed(corners_px: np.ndarray) -> np.ndarray:
    """Return corners as the fixed-point integers that OpenCV's drawing takes."""
    return np.round(np.clip(corners_px, -8000, 8000) * (1 << SHIFT)).astype(np.int32)


def point(at_px: np.ndarray) -> tuple[int, int]:
    """Return a pixel position as the pair of integers that OpenCV's drawing takes."""
    return round(float(at_px[0])), round(float(at_px[1]))


def _onto(picture: np.ndarray, corners_px: np.ndarray, origin: tuple[int, int]) -> np.ndarray:
    rows, columns = picture.shape[:2]
    source = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32) - 0.5
    return cv2.getPerspectiveTransform(source, (corners_px - origin).astype(np.float32))


def _touched(canvas: np.ndarray, corners_px: np.ndarray) -> tuple[int, int, int, int] | None:
    low = np.floor(corners_px.min(axis=0)).astype(int)
    high = np.ceil(corners_px.max(axis=0)).astype(int) + 1
    left, top = max(int(low[0]), 0), max(int(low[1]), 0)
    right, bottom = min(int(high[0]), canvas.shape[1]), min(int(high[1]), canvas.shape[0])
    if right - left < 1 or bottom - top < 1:
        return None
    return left, top, right - left, bottom - top


def _fitting(levels: tuple[np.ndarray, ...], corners_px: np.ndarray) -> np.ndarray:
    wide = float(np.hypot(*(corners_px[1] - corners_px[0])))
    for picture in reversed(levels):
        if picture.shape[1] >= wide:
            return picture
    return levels[0]
