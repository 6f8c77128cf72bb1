"""Calibration of a camera: where ground and lanes are in its picture, checked. Measures nothing with it.

{"ground": [{"x", "y", "right_m", "ahead_m"}, ...], "lanes": [{"number", "outline": [[x, y], ...]}, ...]};
x and y are fractions of the picture, so that its resolution may change.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from shapely import Polygon

from geo.ground_plane import GroundPlane, GroundPoint, NoGroundPlane, ground_plane
from operations.facts import BadInput

LEAST_LANE = 0.0005
"""Share of the picture that a lane must cover."""


def check_calibration(calibration: Mapping[str, Any]) -> GroundPlane:
    """Return the ground that the calibration describes. Raises BadInput: which field, and the fix."""
    try:
        ground = ground_plane(ground_points(calibration))
    except NoGroundPlane as error:
        raise BadInput("calibration.ground", str(error)) from None
    numbers = Counter(lane["number"] for lane in calibration["lanes"])
    for index, lane in enumerate(calibration["lanes"]):
        where = f"calibration.lanes.{index}"
        if numbers[lane["number"]] > 1:
            raise BadInput(f"{where}.number", f"Lane {lane['number']} is there twice: number each lane once.")
        outline = Polygon(lane["outline"])
        if not outline.is_valid:
            raise BadInput(f"{where}.outline", "The outline crosses itself: draw its corners in order.")
        if outline.area < LEAST_LANE:
            raise BadInput(f"{where}.outline", "The outline holds next to nothing: draw around the lane.")
    return ground


def ground_points(calibration: Mapping[str, Any]) -> list[GroundPoint]:
    """Return the places whose metres are known."""
    return [GroundPoint(p["x"], p["y"], p["right_m"], p["ahead_m"]) for p in calibration["ground"]]


def calibration_json(calibration: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the calibration as the API shows it: with how well its points agree."""
    if calibration is None:
        return None
    return {**calibration, "residual_m": round(ground_plane(ground_points(calibration)).residual_m, 3)}
