"""Where a passing vehicle is on the road at a moment; knows nothing of pixels.

Vehicles slow down for the rumble strips in front of the camera, and drive on past it."""

from __future__ import annotations

import math

from ingest.synthetic.schedule import Passage

BEST_LOOK_M = 15.0
SLOWED_MPS = 5.0
SLOWING_S = 2.2
LANE_OFFSET_M = 1.6
TYPICAL_MPS = 10.0
FOLLOWS = 0.75  # how far a driver goes with the traffic: nobody drives through the vehicle in front


def plate_distance_m(passage: Passage, past_s: float) -> float:
    """Return how far ahead of the camera the plate is, past_s seconds after the best look."""
    cruise_mps, slowed_mps = _speeds_mps(passage)
    gone_m = cruise_mps * past_s - (cruise_mps - slowed_mps) * SLOWING_S * math.tanh(past_s / SLOWING_S)
    return BEST_LOOK_M - gone_m if passage.direction == "towards" else BEST_LOOK_M + gone_m


def speed_mps(passage: Passage, past_s: float) -> float:
    """Return how fast it really goes at that moment, along the road; slowest at the best look."""
    cruise_mps, slowed_mps = _speeds_mps(passage)
    return cruise_mps - (cruise_mps - slowed_mps) / math.cosh(past_s / SLOWING_S) ** 2


def _speeds_mps(passage: Passage) -> tuple[float, float]:
    cruise_mps = FOLLOWS * TYPICAL_MPS + (1 - FOLLOWS) * passage.speed_kmh / 3.6
    return cruise_mps, min(cruise_mps, SLOWED_MPS)


def lane_centre_m(passage: Passage, one_way: bool) -> float:
    """Return the lane's middle: on a two-way road traffic towards us keeps to the picture's left."""
    if one_way:
        return -LANE_OFFSET_M if passage.lane % 2 else LANE_OFFSET_M
    return -LANE_OFFSET_M if passage.direction == "towards" else LANE_OFFSET_M
