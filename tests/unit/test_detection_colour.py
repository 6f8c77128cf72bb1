"""Colours of vehicles from pixels."""

import numpy as np
import pytest

from detection.colour import colour_shares, is_night


@pytest.mark.parametrize(
    ("bgr", "name"),
    [
        ((235, 235, 235), "white"),
        ((20, 20, 20), "black"),
        ((130, 130, 130), "grey"),
        ((40, 30, 190), "red"),
        ((190, 90, 30), "blue"),
        ((60, 150, 40), "green"),
        ((30, 200, 230), "yellow"),
        ((30, 60, 100), "brown"),
    ],
)
def test_a_painted_vehicle_with_glass_and_tyres_has_its_colour(bgr: tuple[int, int, int], name: str) -> None:
    crop = np.full((120, 180, 3), bgr, np.uint8)
    crop[20:50, 30:150] = (60, 50, 45)
    crop[100:] = (70, 70, 70)
    shares = colour_shares(crop)
    assert max(shares, key=lambda colour: shares[colour]) == name


def test_an_empty_crop_has_no_colour() -> None:
    assert colour_shares(np.zeros((0, 10, 3), np.uint8)) == {}


def test_at_night_no_colour_is_true() -> None:
    street = np.full((720, 1280, 3), 40, np.uint8)
    street[300:330, 500:560] = 250  # lamps
    assert is_night(street)
    assert not is_night(np.full((720, 1280, 3), 85, np.uint8))
