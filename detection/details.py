"""One vehicle cut out of the sharpest picture of a moment: the main stream's, where it shows the same.

Two streams of one camera are never quite of the same moment, so the vehicle is looked for around its place;
where it is not found, the smaller picture is used, never another vehicle's. Decodes nothing.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from detection.boxes import size
from detection.sights import clipped, cut
from detection.vocabulary import Box, Frame

SLACK = 0.25
"""Vehicle sizes that the vehicle may have moved between the two pictures."""

LIKE = 0.6
"""Least correlation of the vehicle in one picture with the vehicle in the other."""

COMPARED_PX = 96
"""Vehicles are compared at about this size."""

KEPT_WIDTH_PX = 1280


@dataclass(frozen=True, slots=True)
class Cutting:
    """A vehicle cut out of a picture.

    image: h x w x 3 uint8 BGR. corner: its left and top in the frame's pixels. scale: its pixels per pixel of
    the frame, across and down. detail: the main stream's picture that it was cut from, None where it was cut
    from the frame. box: the vehicle in the picture it was cut from.
    """

    image: np.ndarray
    corner: tuple[float, float]
    scale: tuple[float, float]
    detail: np.ndarray | None
    box: Box


def cut_vehicle(frame: Frame, box: Box, margin: float) -> Cutting:
    """Cut a vehicle out, enlarged by margin times its size: from the main stream if it can be."""
    grow = margin * size(box)
    corner = max(0.0, box[0] - grow), max(0.0, box[1] - grow)
    detail = frame.detail() if frame.detail else None
    if detail is not None:
        scale = detail.shape[1] / frame.size[0], detail.shape[0] / frame.size[1]
        place = _place_in(detail, frame, box)
        if place is not None:
            there = _scaled(place, scale)
            return Cutting(cut(detail, there, margin), corner, scale, detail, there)
    return Cutting(cut(frame.image, box, margin), corner, (1.0, 1.0), None, box)


def detail_scale(frame: Frame) -> float:
    """Return how many pixels across, in the picture that plates are read in, make one of the frame's."""
    width_px = frame.detail.width_px if frame.detail else None
    return width_px / frame.size[0] if width_px else 1.0


def kept(cutting: Cutting, frame: Frame) -> tuple[Frame, Box] | None:
    """Return the main stream's picture and the vehicle's box in it, for people: never very large."""
    if cutting.detail is None:
        return None
    height, width = cutting.detail.shape[:2]
    share = min(1.0, KEPT_WIDTH_PX / width)
    image = cv2.resize(
        cutting.detail, (round(width * share), round(height * share)), interpolation=cv2.INTER_AREA
    )
    picture = Frame(image, frame.t_s, frame.captured_at, frame.sequence)
    return picture, clipped(_scaled(cutting.box, (share, share)), picture.size)


def _place_in(detail: np.ndarray, frame: Frame, box: Box) -> Box | None:
    """Return the vehicle's box in the other picture, in the frame's pixels; None where it is not found."""
    box = _whole_pixels(clipped(box, frame.size))
    small = min(1.0, COMPARED_PX / size(box))
    slack = SLACK * size(box)
    around = (box[0] - slack, box[1] - slack, box[2] + slack, box[3] + slack)
    around = _whole_pixels(clipped(around, frame.size))
    scale = detail.shape[1] / frame.size[0], detail.shape[0] / frame.size[1]
    sought = _shrunk(cut(frame.image, box), box, small)
    there = _shrunk(cut(detail, _scaled(around, scale)), around, small)
    if min(sought.shape) < 4 or any(a < b for a, b in zip(there.shape, sought.shape, strict=True)):
        return None
    likeness = cv2.matchTemplate(there, sought, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(likeness)
    if best < LIKE:
        return None
    right, down = around[0] + x / small - box[0], around[1] + y / small - box[1]
    return box[0] + right, box[1] + down, box[2] + right, box[3] + down


def _shrunk(image: np.ndarray, box: Box, small: float) -> np.ndarray:
    """Return the green of what the box shows, at `small` pixels per pixel of the frame."""
    width, height = (max(1, round(side * small)) for side in (box[2] - box[0], box[3] - box[1]))
    if image.size == 0:
        return np.zeros((1, 1), np.uint8)
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)[..., 1]


def _whole_pixels(box: Box) -> Box:
    return float(int(box[0])), float(int(box[1])), float(np.ceil(box[2])), float(np.ceil(box[3]))


def _scaled(box: Box, scale: tuple[float, float]) -> Box:
    return box[0] * scale[0], box[1] * scale[1], box[2] * scale[0], box[3] * scale[1]
