"""Lane, way and speed on a calibrated road: right, as unsure as they are, and left out where not known."""

import numpy as np
import pytest

from detection.calibration import Calibration, Foot, Lane, ground_direction, lane_of, speed_of

# A level camera 6 m above the road: y = 0.3 is the horizon, x = 0.5 straight ahead.
FOCAL, HEIGHT_M, HORIZON = 1.5, 6.0, 0.3
PROJECTION = np.array([[FOCAL, 0.5, 0.0], [0.0, HORIZON, FOCAL * HEIGHT_M], [0.0, 1.0, 0.0]])
LANES = (
    Lane(1, np.array([[0.5, 0.4], [0.5, 0.95], [0.0, 0.95], [0.45, 0.4]])),
    Lane(2, np.array([[0.5, 0.4], [0.55, 0.4], [1.0, 0.95], [0.5, 0.95]])),
)
ROAD = Calibration(np.linalg.inv(PROJECTION) * FOCAL * HEIGHT_M, np.zeros((9, 9)), LANES)


def foot(t_s: float, right_m: float, ahead_m: float, off: tuple[float, float] = (0.0, 0.0)) -> Foot:
    x, y = 0.5 + FOCAL * right_m / ahead_m, HORIZON + FOCAL * HEIGHT_M / ahead_m
    size = 1.8 * FOCAL / ahead_m
    return Foot(t_s, x + off[0] * size, y + off[1] * size, (size, size))


def drive(metres_at, seconds: float = 4.0, seed: int | None = None) -> list[Foot]:  # type: ignore[no-untyped-def]
    noise = np.random.default_rng(seed)
    off = (lambda: tuple(noise.normal(0, 0.02, 2))) if seed is not None else (lambda: (0.0, 0.0))
    return [foot(t, -1.6, metres_at(t), off()) for t in np.arange(0, seconds, 0.2)]


def test_a_steady_drive_has_its_speed_and_an_error_that_allows_for_wrong_feet() -> None:
    speed = speed_of(ROAD, drive(lambda t: 60 - 10 * t))
    assert speed is not None
    assert speed.kmh == pytest.approx(36.0, abs=0.1)
    assert 0.3 < speed.error_kmh < 4


def test_feet_that_stray_make_a_speed_unsure_and_not_wrong() -> None:
    off = []
    for seed in range(40):
        speed = speed_of(ROAD, drive(lambda t: 50 - 8 * t, seed=seed))
        assert speed is not None
        off.append((speed.kmh - 28.8) / speed.error_kmh)
    assert np.abs(off).max() < 3
    assert abs(np.mean(off)) < 0.5


def test_braking_counts_by_the_way_and_standing_does_not_count() -> None:
    braking = speed_of(ROAD, drive(lambda t: 60 - 12 * t + 1.2 * t * t))
    assert braking is not None
    assert braking.kmh == pytest.approx(3.6 * (12 - 1.2 * 3.8), abs=0.8)
    waiting = [
        *drive(lambda t: 60 - 10 * t, 3.0),
        *(Foot(f.t_s + 93, f.x, f.y, f.size) for f in drive(lambda t: 30 - 8 * t, 2.0)),
    ]
    waited = speed_of(ROAD, waiting)
    assert waited is not None
    assert waited.kmh == pytest.approx(3.6 * (28 + 14.4) / (2.8 + 1.8), abs=0.5)


@pytest.mark.parametrize(
    "feet",
    [
        [],
        drive(lambda t: 60 - 10 * t, 0.8),  # too short
        drive(lambda t: 60 - 0.5 * t, 3.0),  # no way at all
        drive(lambda t: 60 - 10 * t if t < 2 else 40 + 10 * (t - 2)),  # turns round: two vehicles, or none
        drive(lambda t: 60 - 5 * t if t < 2 else 30 - 5 * t),  # jumps from one vehicle to another
        drive(lambda t: 900 - 10 * t),  # so far away that a pixel is metres
    ],
)
def test_what_is_not_known_is_not_said(feet: list[Foot]) -> None:
    assert speed_of(ROAD, feet) is None


def test_an_unsure_calibration_makes_unsure_speeds() -> None:
    steady = drive(lambda t: 60 - 10 * t)
    known = speed_of(ROAD, steady)
    vague = Calibration(ROAD.matrix, np.diag(np.full(9, 0.0005) * ROAD.matrix.ravel() ** 2), ())
    unsure = speed_of(vague, steady)
    assert known is not None
    assert unsure is not None
    assert unsure.error_kmh > 1.2 * known.error_kmh


def test_a_lane_is_where_most_of_the_way_was() -> None:
    assert lane_of(ROAD, drive(lambda t: 40 - 6 * t)) == 1
    touching = [foot(t, 0.05 if t == 1.0 else -1.0, 40 - 6 * t) for t in np.arange(0, 4, 0.2)]
    assert lane_of(ROAD, touching) == 1
    changing = [foot(t, -1.6 if t < 1 else 1.6, 40 - 6 * t) for t in np.arange(0, 4, 0.2)]
    assert lane_of(ROAD, changing) == 2
    assert lane_of(ROAD, [foot(t, 9.0, 40 - 6 * t) for t in np.arange(0, 4, 0.2)]) is None
    assert lane_of(ROAD, []) is None


def test_a_way_far_off_is_told_by_the_ground_and_not_by_the_picture() -> None:
    bend = [foot(t, 2.5 * t, 120 - 10 * t) for t in np.arange(0, 3, 0.2)]
    assert ground_direction(ROAD, bend) == "towards"
    assert ground_direction(ROAD, [foot(t, 8 * t - 12, 40) for t in np.arange(0, 3, 0.2)]) == "right"
    assert ground_direction(ROAD, bend[:2]) is None
