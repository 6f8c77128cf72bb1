"""Geometry of boxes (x1, y1, x2, y2 in pixels). Knows no vehicles."""

import numpy as np

from detection.vocabulary import Box


def area(box: Box) -> float:
    """Return the area in square pixels."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def size(box: Box) -> float:
    """Return the geometric mean of width and height, at least 1 pixel."""
    return float(max(1.0, area(box)) ** 0.5)


def bottom_centre(box: Box) -> tuple[float, float]:
    """Return where the box stands on the road."""
    return (box[0] + box[2]) / 2, box[3]


def shared_box(a: Box, b: Box) -> Box:
    """Return what is in both boxes; of no area where nothing is."""
    return max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])


def shared_area(a: Box, b: Box) -> float:
    """Return the area in both boxes."""
    return area(shared_box(a, b))


def overlap(a: Box, b: Box) -> float:
    """Return intersection over union, 0 to 1."""
    inner = shared_area(a, b)
    return inner / (area(a) + area(b) - inner) if inner > 0 else 0.0


def covered(inner: Box, outer: Box) -> float:
    """Return which part of the first box, 0 to 1, lies in the second."""
    return shared_area(inner, outer) / max(1.0, area(inner))


def overlaps(a: np.ndarray, b: np.ndarray, margin: float) -> np.ndarray:
    """Return intersection over union of every box in a (n x 4) with every box in b (m x 4), as n x m.

    Each box is first enlarged by margin times its width and height on every side, so that small or
    fast vehicles still touch their last place.
    """
    a, b = _enlarged(a, margin), _enlarged(b, margin)
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    inner = np.prod(np.clip(high - low, 0, None), axis=2)
    whole = np.prod(a[:, 2:] - a[:, :2], axis=1)[:, None] + np.prod(b[:, 2:] - b[:, :2], axis=1)[None, :]
    result: np.ndarray = inner / np.maximum(whole - inner, 1e-6)
    return result


def moved_sizes(before: Box, after: Box, frame: tuple[int, int]) -> float:
    """Return how far a box travelled, in its own sizes; growing, shrinking or being half hidden is no travel.

    Only what both opposite edges did counts. An edge at the border of the frame (width, height) says nothing.
    """
    right, down = (_common_shift(before, after, axis, frame[axis]) for axis in (0, 1))
    return float(np.hypot(right, down)) / min(size(before), size(after))


def shift(before: Box, after: Box, frame: tuple[int, int]) -> tuple[float, float]:
    """Return how far a box moved right and down, pixels, by edges the frame did not cut if any."""
    return _mean_shift(before, after, 0, frame[0]), _mean_shift(before, after, 1, frame[1])


def is_cut(edge: float, limit: int) -> bool:
    """Whether an edge lies on the border of the frame, where nobody knows how far the vehicle goes on."""
    return edge <= 0.005 * limit or edge >= 0.995 * limit


def at_border(box: Box, frame: tuple[int, int]) -> bool:
    """Whether the frame (width, height) cuts the box."""
    return any(is_cut(box[edge], frame[edge % 2]) for edge in range(4))


def _mean_shift(before: Box, after: Box, axis: int, limit: int) -> float:
    whole = [
        after[edge] - before[edge]
        for edge in (axis, axis + 2)
        if not is_cut(before[edge], limit) and not is_cut(after[edge], limit)
    ]
    if whole:
        return sum(whole) / len(whole)
    return (after[axis] + after[axis + 2] - before[axis] - before[axis + 2]) / 2


def _common_shift(before: Box, after: Box, axis: int, limit: int) -> float:
    low, high = after[axis] - before[axis], after[axis + 2] - before[axis + 2]
    low_cut = is_cut(before[axis], limit), is_cut(after[axis], limit)
    high_cut = is_cut(before[axis + 2], limit), is_cut(after[axis + 2], limit)
    if any(low_cut) and any(high_cut):
        return 0.0
    if any(low_cut):
        return high / 2 if all(low_cut) else high  # one edge alone is a weaker witness
    if any(high_cut):
        return low / 2 if all(high_cut) else low
    return 0.0 if low * high <= 0 else min(low, high, key=abs)


def _enlarged(boxes: np.ndarray, margin: float) -> np.ndarray:
    grow = margin * (boxes[:, 2:] - boxes[:, :2])
    return np.hstack([boxes[:, :2] - grow, boxes[:, 2:] + grow])
