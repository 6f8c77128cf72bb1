"""A rendered camera's own calibration puts vehicles where they really are."""

from datetime import UTC, datetime

import numpy as np

from detection.calibration import Foot, ground_point, lane_of
from ingest.calibration import calibration_of
from ingest.synthetic.calibration import calibration_of as calibration_of_url
from ingest.synthetic.truth import ground_px, truth_at
from operations.calibrations import check_calibration

URL = "synthetic://road?camera=C0001&seed=3"


def test_it_is_one_an_administrator_could_set_and_it_is_right() -> None:
    said = calibration_of_url(URL)
    calibration = calibration_of(check_calibration(said), said)
    for vehicle in truth_at(URL, datetime(2026, 5, 1, 0, 0, 10, tzinfo=UTC)):
        if vehicle.ahead_m > 60:
            continue
        x, y = ground_px(URL, [(vehicle.right_m, vehicle.ahead_m)])[0] / (1280, 720)
        place = ground_point(calibration, x, y)
        assert place is not None
        assert np.allclose(place[:2], (vehicle.right_m, vehicle.ahead_m), atol=0.05)
        assert lane_of(calibration, [Foot(0.0, x, y, (0.1, 0.1))]) == vehicle.lane
