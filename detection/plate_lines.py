"""Arranges found text into lines that may be plates: whole lines, lines found in two pieces, plates of two
rows.

Geometry only: what a line says is not known here.
"""

from collections.abc import Sequence
from itertools import permutations

import numpy as np

from detection.plate_crops import size_of

Rows = tuple[np.ndarray, ...]
"""One or two quads, top row first; each 4 x 2, clockwise from its top-left corner, in image pixels."""

_LEAST_HEIGHT_PX = 5.0
_MOST = 24
_TOP_SHARE = 0.4
"""Where a two-row plate parts: its upper row takes this share of the height (GA 36: 60 of 170 mm)."""
_UPPER_OFFSET, _UPPER_WIDTH, _UPPER_HEIGHT = 0.225, 0.62, 0.225
"""How far the middle of the upper row stands above the lower row, and its size, in its widths."""


def plate_lines(quads: Sequence[np.ndarray]) -> list[Rows]:
    """List what may be a plate among lines of text, the largest first, at most 24."""
    whole = [(quad,) for quad in quads if _is_within(quad, 1.5, 12)]
    joined = [(_joined(left, right),) for left, right in permutations(quads, 2) if _are_pieces(left, right)]
    stacked = [(_above(quad), quad) for quad in quads if _is_within(quad, 2.0, 3.8)]
    split = [_split(quad) for quad in quads if _is_within(quad, 1.2, 2.4)]
    lines: list[Rows] = [*whole, *joined, *stacked, *split]
    return sorted(lines, key=lambda rows: -sum(float(np.prod(size_of(quad))) for quad in rows))[:_MOST]


def outline(rows: Rows) -> np.ndarray:
    """Give all corners of the rows, n x 2, in image pixels."""
    return np.concatenate(rows)


def _is_within(quad: np.ndarray, least: float, most: float) -> bool:
    """Say whether a quad is high enough to read and its width lies within these multiples of its height."""
    width, height = size_of(quad)
    return height >= _LEAST_HEIGHT_PX and least * height <= width <= most * height


def _are_pieces(left: np.ndarray, right: np.ndarray) -> bool:
    """Say whether two quads look like one line found in two: side by side, level, alike in height."""
    (left_width, left_height), (right_width, right_height) = size_of(left), size_of(right)
    height = max(left_height, right_height)
    gap = right[0] + right[3] - left[1] - left[2]
    step = (right.mean(axis=0) - left.mean(axis=0))[1]
    return (
        min(left_height, right_height) >= max(_LEAST_HEIGHT_PX, 0.6 * height)
        and -0.5 * height <= gap[0] / 2 <= 1.2 * height
        and abs(gap[1] / 2) <= 0.4 * height
        and abs(step) <= 0.8 * height
        and 2.5 * height <= left_width + right_width <= 7 * height
    )


def _joined(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.array([left[0], right[1], right[2], left[3]], np.float32)


def _above(bottom: np.ndarray) -> np.ndarray:
    """Give the upper row of the plate whose lower row this is: GA 36 fixes where it stands, found or not."""
    along = bottom[1] - bottom[0]
    down = (bottom[3] - bottom[0]) / max(size_of(bottom)[1], 1e-6) * size_of(bottom)[0]
    centre = bottom.mean(axis=0) - down * _UPPER_OFFSET
    half_along, half_down = along * _UPPER_WIDTH / 2, down * _UPPER_HEIGHT / 2
    corners = [
        -half_along - half_down,
        half_along - half_down,
        half_along + half_down,
        half_down - half_along,
    ]
    return np.array([centre + corner for corner in corners], np.float32)


def _split(quad: np.ndarray) -> Rows:
    """Part a quad that may hold both rows."""
    left, right = quad[0] + (quad[3] - quad[0]) * _TOP_SHARE, quad[1] + (quad[2] - quad[1]) * _TOP_SHARE
    return np.array([quad[0], quad[1], right, left], np.float32), np.array(
        [left, right, quad[2], quad[3]], np.float32
    )
