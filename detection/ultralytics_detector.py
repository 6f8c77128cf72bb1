"""Finds vehicles with any network that ultralytics loads; nobody else imports it. Does not track."""

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np

from detection.networks import LEAST_CONFIDENCE, hash_of, vehicle_labels, without_doubles
from detection.vocabulary import Detection


class UltralyticsDetector:
    """Vehicles by a network. Remembers no picture, so one serves all cameras."""

    name = "ultralytics"
    wants_every_frame = False

    def __init__(self, weights: Path, input_px: int = 640) -> None:
        """Load a .pt, .onnx or *_openvino_model. Raises FileNotFoundError when it is not there."""
        if not weights.exists():
            raise FileNotFoundError(f"detector weights not found: {weights}")
        self._model = _load(weights)
        self._labels = vehicle_labels(self._model.names)
        self.classes = tuple(dict.fromkeys(self._labels.values()))
        self._input_px = input_px
        self._one_at_a_time = threading.Lock()
        self.model_hash = hash_of(weights)

    def for_one_camera(self) -> "UltralyticsDetector":
        """Return itself: nothing is remembered from picture to picture."""
        return self

    def detect(self, image: np.ndarray, t_s: float) -> list[Detection]:
        """Find vehicles in a picture (H x W x 3 uint8, BGR), each once, strongest first."""
        with self._one_at_a_time:
            results = self._model.predict(
                image,
                classes=list(self._labels),
                conf=LEAST_CONFIDENCE,
                imgsz=self._input_px,
                nms=False,
                verbose=False,
                save=False,
            )
        rows = results[0].boxes.data.cpu().numpy()
        found = [
            Detection(
                (float(x1), float(y1), float(x2), float(y2)), self._labels[int(label)], float(confidence)
            )
            for x1, y1, x2, y2, confidence, label in rows
            if int(label) in self._labels
        ]
        return without_doubles(found)


def offline(config_dir: Path | None = None) -> None:
    """Keep ultralytics from phoning home and installing anything; its settings file goes to config_dir.

    Call it before anything imports ultralytics, which reads these once.
    """
    os.environ["YOLO_OFFLINE"] = "true"
    os.environ["YOLO_AUTOINSTALL"] = "false"
    os.environ.setdefault("YOLO_VERBOSE", "false")
    if config_dir is not None:
        os.environ["YOLO_CONFIG_DIR"] = str(config_dir)


def download(name: str, folder: Path) -> None:
    """Fetch one of ultralytics' own weights (yolo26n.pt) into a folder. Raises OSError of many kinds.

    May hang for minutes without a network: run it as a process of its own.
    """
    os.environ["YOLO_AUTOINSTALL"] = "false"
    os.environ["YOLO_CONFIG_DIR"] = str(folder)
    from ultralytics.utils.downloads import attempt_download_asset

    attempt_download_asset(str(folder / name), retry=0, progress=False)


def as_openvino(weights: Path, size: tuple[int, int] = (640, 640)) -> Path:
    """Write a .pt as an OpenVINO folder beside it (16-bit weights, head without NMS; height, width)."""
    offline()
    from ultralytics import YOLO

    model = YOLO(str(weights), task="detect")
    return Path(model.export(format="openvino", imgsz=size, half=True, nms=False, verbose=False))


def _load(weights: Path) -> Any:
    offline()
    from ultralytics import YOLO, settings

    if settings.get("sync", True):
        settings.update({"sync": False})
    return YOLO(str(weights), task="detect")
