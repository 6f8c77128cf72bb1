"""A calibration from a camera's row, and when it is no longer believed."""

import numpy as np

from detection.calibration import ground_point
from ingest.calibration import Trust, calibration_from

ROW = {
    "ground": [
        {"x": 0.2, "y": 0.95, "right_m": -3.2, "ahead_m": 8.0},
        {"x": 0.8, "y": 0.95, "right_m": 3.2, "ahead_m": 8.0},
        {"x": 0.56, "y": 0.45, "right_m": 3.2, "ahead_m": 40.0},
        {"x": 0.44, "y": 0.45, "right_m": -3.2, "ahead_m": 40.0},
    ],
    "lanes": [{"number": 2, "outline": [[0.5, 0.45], [0.56, 0.45], [0.8, 0.95], [0.5, 0.95]]}],
}


def test_a_row_gives_ground_and_lanes() -> None:
    calibration = calibration_from(ROW, "C1")
    assert calibration is not None
    place = ground_point(calibration, 0.8, 0.95)
    assert place is not None
    assert np.allclose(place[:2], (3.2, 8.0), atol=1e-6)
    assert [lane.number for lane in calibration.lanes] == [2]
    assert ground_point(calibration, 0.5, 0.1) is None, "above the horizon is no ground"


def test_a_row_that_fixes_no_ground_is_no_calibration() -> None:
    assert calibration_from({"ground": ROW["ground"][:3], "lanes": []}, "C1") is None
    assert calibration_from({"ground": [{}], "lanes": []}, "C1") is None


def test_a_camera_that_moved_is_not_calibrated_and_one_that_stayed_so_never_again() -> None:
    calibration = calibration_from(ROW, "C1")
    trust = Trust(calibration)
    assert trust.calibration(None, 0.0) is calibration
    assert trust.calibration("moved", 10.0) is None
    assert trust.calibration("online", 40.0) is calibration, "something stood before the lens"
    assert trust.calibration("moved", 50.0) is None
    assert trust.calibration("moved", 111.0) is None
    assert trust.calibration("online", 120.0) is None
