"""The ground in a picture: fitted from known places, honest about itself, refused where they fix nothing."""

import numpy as np
import pytest

from geo.ground_plane import PICKED, GroundPlane, GroundPoint, NoGroundPlane, ground_plane

CORNERS = [(-3.2, 8.0), (3.2, 8.0), (3.2, 40.0), (-3.2, 40.0), (0.0, 20.0), (3.2, 15.0)]


def picked(noise: np.random.Generator | None = None, count: int = 6) -> list[GroundPoint]:
    """Points of a road as a level camera 6.5 m above it sees them, and as a hand picks them."""
    points = []
    for right_m, ahead_m in CORNERS[:count]:
        x, y = 0.5 + 1.2 * right_m / ahead_m, 0.35 + 2.1 * 6.5 / ahead_m / 2
        dx, dy = noise.normal(0, PICKED, 2) if noise else (0.0, 0.0)
        points.append(GroundPoint(x + dx, y + dy, right_m, ahead_m))
    return points


def place_of(plane: GroundPlane, x: float, y: float) -> np.ndarray:
    right, ahead, weight = plane.matrix @ (x, y, 1.0)
    return np.array([right / weight, ahead / weight])


def test_four_exact_places_give_the_ground_exactly() -> None:
    plane = ground_plane(picked(count=4))
    assert np.allclose(place_of(plane, 0.5 + 1.2 * 1.6 / 25, 0.35 + 2.1 * 6.5 / 50), (1.6, 25.0), atol=1e-6)
    assert plane.residual_m < 1e-6


def test_its_covariance_says_how_far_off_it_is() -> None:
    noise = np.random.default_rng(1)
    x, y = 0.5 + 1.2 * 1.6 / 25, 0.35 + 2.1 * 6.5 / 50
    off = []
    for _ in range(150):
        plane = ground_plane(picked(noise))
        right, ahead, weight = plane.matrix @ (x, y, 1.0)
        by_weight = np.array([[1, 0, -right / weight], [0, 1, -ahead / weight]]) / weight
        by_entry = by_weight @ np.kron(np.eye(3), (x, y, 1.0))
        spread = np.sqrt(np.diag(by_entry @ plane.covariance @ by_entry.T))
        off.append((place_of(plane, x, y) - (1.6, 25.0)) / spread)
    # The fit also allows for the tape's error, of which these points have none.
    assert np.all(np.std(off, axis=0) < 1.1)
    assert np.all(np.std(off, axis=0) > 0.5)


def with_point(index: int, **changed: float) -> list[GroundPoint]:
    points = picked()
    old = points[index]
    values = {"x": old.x, "y": old.y, "right_m": old.right_m, "ahead_m": old.ahead_m, **changed}
    return [*points[:index], GroundPoint(**values), *points[index + 1 :]]


@pytest.mark.parametrize(
    ("points", "says"),
    [
        (picked()[:3], "3 points are too few"),
        ([*picked()[:4], picked()[1]], "Points 2 and 5 are at one place in the picture"),
        (with_point(4, right_m=3.2, ahead_m=8.0), "Points 2 and 5 are at one place on the ground"),
        ([GroundPoint(0.5, 0.3 + i / 10, 0, 40 - 8 * i) for i in range(5)], "on one line in the picture"),
        ([GroundPoint(1 - p.x, p.y, p.right_m, p.ahead_m) for p in picked()], "mirrored: right_m must grow"),
        (with_point(2, ahead_m=25.0), "contradict each other, point 3 most of all"),
        (with_point(2, ahead_m=-20.0)[:4], "both sides of the horizon"),
    ],
)
def test_points_that_fix_no_ground_are_refused_with_the_fix(points: list[GroundPoint], says: str) -> None:
    with pytest.raises(NoGroundPlane, match=says):
        ground_plane(points)
