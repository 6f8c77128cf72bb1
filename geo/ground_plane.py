"""The ground in a picture: from places whose metres are known to a homography with its own uncertainty.

Fits and refuses; what is measured on the ground with it is detection's business. Knows no cameras.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PICKED = 0.002
"""How far a place picked in a picture is off, 1 standard deviation, as a share of its width or height:
about 2 pixels."""

MEASURED_M = 0.05
"""How far a distance measured on the road is off, 1 standard deviation."""

LEAST_APART = 0.01
LEAST_APART_M = 0.3
LEAST_TRIANGLE = 0.01
"""Area of a triangle of points, as a share of the square around all of them, under which it is a line."""

MOST_OFF = 0.01
"""Root mean square distance in the picture, as a share, at which the points contradict each other."""

FEWEST = 4


class NoGroundPlane(ValueError):
    """The points fix no ground; the sentence says which and what to do."""


@dataclass(frozen=True, slots=True)
class GroundPoint:
    """A place of the ground: fractions of the picture (x right, y down), metres to the right and ahead."""

    x: float
    y: float
    right_m: float
    ahead_m: float


@dataclass(frozen=True, slots=True)
class GroundPlane:
    """Where the ground is. matrix: 3 x 3, takes (x, y, 1) in fractions to (right, ahead, 1) times a weight
    that is positive below the horizon. covariance: 9 x 9, of the matrix row by row. residual_m: root mean
    square distance of the points from where the fit puts them.
    """

    matrix: Floats
    covariance: Floats
    residual_m: float


def ground_plane(points: Sequence[GroundPoint]) -> GroundPlane:
    """Fit the ground to at least four points, weighing picking and measuring errors. Raises NoGroundPlane."""
    if len(points) < FEWEST:
        raise NoGroundPlane(f"{len(points)} points are too few: give at least {FEWEST}.")
    seen = np.array([(p.x, p.y) for p in points], dtype=float)
    ground = np.array([(p.right_m, p.ahead_m) for p in points], dtype=float)
    _refuse_close(seen, LEAST_APART, "in the picture")
    _refuse_close(ground, LEAST_APART_M, "on the ground")
    _refuse_line(seen, "in the picture")
    _refuse_line(ground, "on the ground")
    projection, covariance = _fitted(seen, ground)
    off = seen - _applied(projection, ground)
    rms = float(np.sqrt((off**2).sum(axis=1).mean()))
    to_ground = np.asarray(np.linalg.inv(projection), dtype=np.float64)
    if rms > MOST_OFF:
        raise NoGroundPlane(_contradiction(seen, ground))
    weights = _homogeneous(seen) @ to_ground[2]
    if (weights > 0).any() and (weights < 0).any():
        raise NoGroundPlane("The points lie on both sides of the horizon: check the metres of each.")
    turn = 1.0 if weights[0] > 0 else -1.0
    to_ground *= turn
    _refuse_mirrored(to_ground)
    by_entry = np.kron(to_ground, to_ground.T) * turn
    residual_m = float(np.sqrt(((_applied(to_ground, seen) - ground) ** 2).sum(axis=1).mean()))
    return GroundPlane(to_ground, by_entry @ covariance @ by_entry.T, residual_m)


def _fitted(seen: Floats, ground: Floats) -> tuple[Floats, Floats]:
    """Return the most likely projection of the ground into the picture (3 x 3), and its 9 x 9 covariance."""
    to_even, even = _evened(ground)
    to_unit, unit = _evened(seen)
    matrix = _direct(even, unit)
    picked, measured = PICKED * to_unit[0, 0], MEASURED_M * to_even[0, 0]
    for _ in range(15):
        by_entry, by_place = _derivatives(matrix, even)
        noise = picked**2 * np.eye(2) + measured**2 * by_place @ by_place.transpose(0, 2, 1)
        certainty = np.linalg.inv(noise)
        off = unit - _applied(matrix, even)
        normal = np.einsum("nia,nij,njb->ab", by_entry, certainty, by_entry)
        # Singular by one: a projection is known up to a factor.
        spread = np.linalg.pinv(normal, rcond=1e-13, hermitian=True)
        matrix = matrix + (spread @ np.einsum("nia,nij,nj->a", by_entry, certainty, off)).reshape(3, 3)
        matrix /= np.linalg.norm(matrix)
    off = unit - _applied(matrix, even)
    surplus = 2 * len(seen) - 8
    excess = float(np.einsum("ni,nij,nj->", off, certainty, off)) / surplus if surplus else 1.0
    back = np.linalg.inv(to_unit)
    by_entry = np.kron(back, to_even.T)
    return back @ matrix @ to_even, by_entry @ spread @ by_entry.T * max(1.0, excess)


def _direct(source: Floats, target: Floats) -> Floats:
    """Return the homography by the direct linear transform (Hartley and Zisserman, algorithm 4.2)."""
    rows = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y, -u], [0, 0, 0, x, y, 1, -v * x, -v * y, -v]]
    matrix: Floats = np.linalg.svd(np.array(rows, dtype=float))[2][-1].reshape(3, 3)
    return matrix


def _derivatives(matrix: Floats, points: Floats) -> tuple[Floats, Floats]:
    """Return the derivatives of the projected points by the matrix (n x 2 x 9) and the points (n x 2 x 2)."""
    whole = _homogeneous(points)
    across, down, weight = (whole @ matrix.T).T
    by_whole = np.zeros((len(points), 2, 3))
    by_whole[:, 0, 0] = by_whole[:, 1, 1] = 1 / weight
    by_whole[:, 0, 2], by_whole[:, 1, 2] = -across / weight**2, -down / weight**2
    by_entry = np.einsum("nik,nj->nikj", by_whole, whole).reshape(len(points), 2, 9)
    return by_entry, by_whole @ matrix[:, :2]


def _evened(points: Floats) -> tuple[Floats, Floats]:
    """Return a similarity (3 x 3) and the points under it: about the origin, at mean distance sqrt(2)."""
    centre = points.mean(axis=0)
    scale = float(np.sqrt(2) / np.linalg.norm(points - centre, axis=1).mean())
    matrix = np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1]])
    return matrix, (points - centre) * scale


def _homogeneous(points: Floats) -> Floats:
    return np.hstack([points, np.ones((len(points), 1))])


def _applied(matrix: Floats, points: Floats) -> Floats:
    moved = _homogeneous(points) @ matrix.T
    return np.asarray(moved[:, :2] / moved[:, 2:])


def _refuse_close(points: Floats, least: float, where: str) -> None:
    for first, second in combinations(range(len(points)), 2):
        if np.hypot(*(points[first] - points[second])) < least:
            raise NoGroundPlane(
                f"Points {first + 1} and {second + 1} are at one place {where}: pick places further apart."
            )


def _refuse_line(points: Floats, where: str) -> None:
    """Four of the points must be corners of a real quadrilateral: no three of them on a line."""
    whole = float(np.prod(np.maximum(np.ptp(points, axis=0), 0.1 * np.ptp(points, axis=0).max())))
    for four in combinations(range(len(points)), 4):
        if min(_triangle(points[list(three)]) for three in combinations(four, 3)) > LEAST_TRIANGLE * whole:
            return
    raise NoGroundPlane(
        f"The points lie (nearly) on one line {where}: pick four corners of a stretch of road, "
        "two near and two far."
    )


def _triangle(corners: Floats) -> float:
    (ax, ay), (bx, by) = corners[1] - corners[0], corners[2] - corners[0]
    return abs(float(ax * by - ay * bx)) / 2


def _refuse_mirrored(to_ground: Floats) -> None:
    """Seen from above the ground, what is right of a place in the picture is right of it on the ground."""
    if np.linalg.det(to_ground) > 0:
        raise NoGroundPlane(
            "The ground would be mirrored: right_m must grow to the right of the picture and "
            "ahead_m away from the camera."
        )


def _contradiction(seen: Floats, ground: Floats) -> str:
    """Name the point without which the others agree best, if that tells."""
    if len(seen) <= FEWEST + 1:
        return "The points contradict each other: check the metres of each, and that the ground is flat."
    rest = {}
    for left_out in range(len(seen)):
        others = np.arange(len(seen)) != left_out
        matrix, _ = _fitted(seen[others], ground[others])
        rest[left_out] = float(np.linalg.norm(seen[others] - _applied(matrix, ground[others])))
    worst = min(rest, key=lambda index: rest[index])
    return f"The points contradict each other, point {worst + 1} most of all: check its place and its metres."
