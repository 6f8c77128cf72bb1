"""A vehicle is cut from the main stream where that shows the same vehicle, else from the frame itself."""

import cv2
import numpy as np
import pytest

from detection.details import cut_vehicle, detail_scale, kept
from detection.looks import LookSettings, worth_a_look
from detection.sights import first_sight
from detection.tracker import Track
from detection.vocabulary import Box, Detail, Detection, Frame
from tests.clips import picture
from tests.conftest import START

CAR: Box = (340, 110, 420, 210)
"""Where the car is at 2 s, in 640 x 360."""


def frame_with(detail: np.ndarray | None) -> Frame:
    width_px = None if detail is None else detail.shape[1]
    return Frame(picture(2.0), 2.0, START, 10, Detail(lambda: detail, width_px))


@pytest.mark.parametrize("late_s", [0.0, 0.1, -0.15])
def test_a_vehicle_is_cut_from_the_main_stream_wherever_it_is_by_then(late_s: float) -> None:
    cutting = cut_vehicle(frame_with(picture(2.0 + late_s, 1280, 720)), CAR, margin=0.0)
    alone = cut_vehicle(Frame(picture(2.0, 1280, 720), 2.0, START, 10), (680, 220, 840, 420), margin=0.0)
    assert cutting.image.shape == alone.image.shape
    assert np.abs(cutting.image.astype(int) - alone.image).mean() < 6
    assert cutting.scale == (2.0, 2.0)
    assert cutting.corner == (340, 110)


@pytest.mark.parametrize(
    "detail",
    [None, picture(5.8, 1280, 720), np.zeros((720, 1280, 3), np.uint8)],
    ids=["none", "gone", "black"],
)
def test_another_moment_of_the_main_stream_is_not_used(detail: np.ndarray | None) -> None:
    cutting = cut_vehicle(frame_with(detail), CAR, margin=0.0)
    assert np.array_equal(cutting.image, picture(2.0)[110:210, 340:420])
    assert (cutting.scale, cutting.detail) == ((1.0, 1.0), None)
    assert kept(cutting, frame_with(detail)) is None


def test_the_picture_kept_for_people_has_the_vehicle_in_its_box_and_is_never_very_large() -> None:
    frame = frame_with(cv2.resize(picture(2.0), (2560, 1440)))
    picture_kept, box = kept(cut_vehicle(frame, CAR, 0.03), frame) or pytest.fail("nothing kept")
    assert picture_kept.size == (1280, 720)
    assert box == pytest.approx((680, 220, 840, 420), abs=4)


def test_a_vehicle_too_small_to_be_read_in_the_sub_stream_is_large_enough_in_the_main_stream() -> None:
    still = np.zeros(4), np.zeros((3, 4)), CAR
    track = Track(1, CAR, Detection(CAR, "car", 0.9), 2.0, 2.0, 2.0, *still, 2.0, 2.0)
    assert detail_scale(frame_with(None)) == 1.0
    for detail, worth in ((None, False), (picture(2.0, 1280, 720), True)):
        frame = frame_with(detail)
        assert worth_a_look(first_sight(track, frame), track, frame, LookSettings()) is worth
