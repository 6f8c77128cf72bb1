"""Which detector is taken, and what it says about that."""

import logging
from pathlib import Path

import pytest

from detection.detectors import RENDERED_WEIGHTS, load_detector, load_detectors
from detection.networks import hash_of, without_doubles
from detection.ultralytics_detector import UltralyticsDetector
from detection.vocabulary import Detection


def test_auto_without_weights_is_motion_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert load_detector("auto", data_dir=tmp_path).name == "motion"
    assert [record.getMessage() for record in caplog.records] == [
        "detector: motion, because there are no weights (set DETECTOR_WEIGHTS to use ultralytics)"
    ]


def test_ultralytics_without_weights_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="DETECTOR_WEIGHTS"):
        load_detector("ultralytics", data_dir=tmp_path)


def test_weights_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere\.pt"):
        UltralyticsDetector(tmp_path / "nowhere.pt")


def test_an_unknown_detector_is_refused() -> None:
    with pytest.raises(ValueError, match="eyes"):
        load_detector("eyes")


def test_one_vehicle_called_car_and_truck_is_one_detection() -> None:
    car = Detection((10, 10, 110, 90), "car", 0.4)
    truck = Detection((12, 10, 112, 92), "truck", 0.8)
    behind = Detection((80, 0, 190, 70), "car", 0.5)
    assert without_doubles([car, truck, behind]) == [truck, behind]


def test_the_hash_tells_weights_apart(tmp_path: Path) -> None:
    folder = tmp_path / "a_openvino_model"
    folder.mkdir()
    (folder / "a.bin").write_bytes(b"1")
    first = hash_of(folder)
    (folder / "a.bin").write_bytes(b"2")
    assert hash_of(folder) != first
    assert len(first) == 16


def test_rendered_roads_get_the_weights_that_ship_and_real_cameras_do_not(tmp_path: Path) -> None:
    choose = load_detectors("auto", data_dir=tmp_path)
    rendered = choose("synthetic://road?seed=1")
    assert rendered.model_hash == hash_of(RENDERED_WEIGHTS)
    assert choose("synthetic://road?seed=2") is rendered
    assert choose("rtsp://10.0.0.1/main").name == "motion"


def test_a_detector_that_is_named_is_for_every_camera(tmp_path: Path) -> None:
    choose = load_detectors("motion", data_dir=tmp_path)
    assert choose("synthetic://road?seed=1").name == "motion"
    choose = load_detectors("auto", RENDERED_WEIGHTS, tmp_path)
    assert choose("rtsp://10.0.0.1/main").model_hash == hash_of(RENDERED_WEIGHTS)
