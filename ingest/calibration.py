"""A camera's calibration as its watcher uses it, and for how long: a camera that moved measures nothing."""

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np

from detection.calibration import Calibration, Lane
from geo.ground_plane import GroundPlane, NoGroundPlane, ground_plane
from operations.calibrations import ground_points

GIVEN_UP_AFTER_S = 60.0
"""A view that stays another one so long is what the camera shows from now on, whatever its health says later:
it must be calibrated again."""

log = logging.getLogger(__name__)


def calibration_from(said: Mapping[str, Any] | None, camera: str) -> Calibration | None:
    """Return the calibration of the camera's row; None, and a line in the log, where it fixes no ground."""
    if said is None:
        return None
    try:
        plane = ground_plane(ground_points(said))
    except (NoGroundPlane, KeyError, TypeError) as error:
        log.warning("camera %s: its calibration cannot be used, set it again: %s", camera, error)
        return None
    return calibration_of(plane, said)


def calibration_of(plane: GroundPlane, said: Mapping[str, Any]) -> Calibration:
    """Return the ground with the lanes that were drawn on it."""
    lanes = tuple(Lane(lane["number"], np.array(lane["outline"], dtype=float)) for lane in said["lanes"])
    return Calibration(plane.matrix, plane.covariance, lanes)


class Trust:
    """Whether the calibration still fits the picture. `state` of the camera's health, seen at `t_s`."""

    def __init__(self, calibration: Calibration | None) -> None:
        self._calibration = calibration
        self._moved_since_s: float | None = None

    def calibration(self, state: str | None, t_s: float) -> Calibration | None:
        """Return the calibration, or None while the camera shows another view, and ever after a minute."""
        if state != "moved":
            self._moved_since_s = None
            return self._calibration
        if self._moved_since_s is None:
            self._moved_since_s = t_s
        if t_s - self._moved_since_s > GIVEN_UP_AFTER_S:
            self._calibration = None
        return None
