"""The shipped plate network: its size, its shapes, what it reads of plates drawn here."""

import cv2
import numpy as np
import pytest

from detection.grammar import PROVINCES
from detection.training.plates.camera import Conditions, photographed
from detection.training.plates.crops import cut
from detection.training.plates.drawing import draw
from detection.training.plates.measuring import WEIGHTS, PlateNetworkFile, free_text, load
from detection.training.plates.texts import Wording
from ingest.synthetic.plates_drawn import plate_levels

CLEAR = Conditions(width_px=150.0, blur_mm=0.5, motion_mm=0.0, night=0.0, tilt_deg=2.0)


@pytest.fixture(scope="module")
def network() -> PlateNetworkFile:
    return load()


def test_weights_are_small_and_say_what_their_columns_mean(network: PlateNetworkFile) -> None:
    assert WEIGHTS.stat().st_size <= 3_000_000
    assert set(PROVINCES) < set(network.symbols)
    steps, ground = network.session.run(None, {"x": np.zeros((2, 3, 48, 104), np.float32)})
    assert steps.shape == (2, 26, len(network.symbols))
    np.testing.assert_allclose(steps.sum(axis=2), 1, atol=1e-3)
    np.testing.assert_allclose(ground.sum(axis=1), 1, atol=1e-3)


@pytest.mark.parametrize(
    ("text", "kind"), [("浙J52318", "blue"), ("川A66K29", "yellow"), ("粤BD71903", "green")]
)
def test_plates_of_the_synthetic_roads_are_read(network: PlateNetworkFile, text: str, kind: str) -> None:
    plate = plate_levels(text, kind)[0]
    framed = cv2.copyMakeBorder(plate, 4, 4, 40, 40, cv2.BORDER_CONSTANT, value=(60, 60, 60))
    crop = cv2.resize(framed, (192, 48), interpolation=cv2.INTER_AREA)
    assert free_text(network, network.steps([crop])[0]) == text


def test_most_characters_of_rendered_plates_are_read(network: PlateNetworkFile) -> None:
    rng = np.random.default_rng(5)
    right = total = 0
    for province in PROVINCES[::3]:
        plate = draw(rng, Wording("blue", f"{province}B4C6{rng.integers(100, 1000)}", "blue"), built_in=True)
        sample = cut(rng, plate, photographed(rng, plate, CLEAR), 192)
        said = free_text(network, network.steps([sample.image])[0])
        right += sum(a == b for a, b in zip(said, sample.text, strict=False))
        total += len(sample.text)
    assert right / total > 0.9


def test_a_wall_is_read_as_nothing(network: PlateNetworkFile) -> None:
    rng = np.random.default_rng(0)
    wall = np.clip(rng.normal(120, 6, (48, 192, 3)), 0, 255).astype(np.uint8)
    assert free_text(network, network.steps([wall])[0]) == ""
