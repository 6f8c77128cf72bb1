"""Finds vehicles with any network that ultralytics loads; nobody else imports it. Does not track."""

import hashlib
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np

from detection.boxes import overlap
from detection.vocabulary import Detection

COCO_VEHICLES = {2: "car", 3: "motorcycle", 5: "bus", 7: "truck"}
"""The only classes ever asked for: persons and bicycles are not."""

LEAST_CONFIDENCE = 0.1
"""ByteTrack's second association lives on weak detections, so the network reports down to here."""

SAME_VEHICLE_OVERLAP = 0.7
"""The NMS-free head may report a vehicle as car and as truck: boxes that overlap by more are one."""


class UltralyticsDetector:
    """Vehicles by a COCO network. Remembers no picture, so one serves all cameras, from any thread."""

    name = "ultralytics"
    wants_every_frame = False

    def __init__(self, weights: Path, input_px: int = 640) -> None:
        """Load a .pt, .onnx or *_openvino_model. Raises FileNotFoundError when it is not there."""
        if not weights.exists():
            raise FileNotFoundError(f"detector weights not found: {weights}")
        self._model = _load(weights)
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
                classes=list(COCO_VEHICLES),
                conf=LEAST_CONFIDENCE,
                imgsz=self._input_px,
                nms=False,
                verbose=False,
                save=False,
            )
        rows = results[0].boxes.data.cpu().numpy()
        found = [
            Detection(
                (float(x1), float(y1), float(x2), float(y2)), COCO_VEHICLES[int(label)], float(confidence)
            )
            for x1, y1, x2, y2, confidence, label in rows
            if int(label) in COCO_VEHICLES
        ]
        return without_doubles(found)


def without_doubles(found: list[Detection]) -> list[Detection]:
    """Keep the strongest of the detections that cover the same vehicle, whatever class they name."""
    kept: list[Detection] = []
    for candidate in sorted(found, key=lambda detection: -detection.confidence):
        if all(overlap(candidate.box, other.box) < SAME_VEHICLE_OVERLAP for other in kept):
            kept.append(candidate)
    return kept


def hash_of(weights: Path) -> str:
    """Return the first 16 hex digits of the SHA-256 over the weights (all files of a folder, by name)."""
    digest = hashlib.sha256()
    for file in sorted(weights.rglob("*")) if weights.is_dir() else [weights]:
        if file.is_file():
            digest.update(file.name.encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _load(weights: Path) -> Any:
    # Before the import: ultralytics reads these once. It must neither phone home nor install anything.
    os.environ["YOLO_OFFLINE"] = "true"
    os.environ["YOLO_AUTOINSTALL"] = "false"
    os.environ.setdefault("YOLO_VERBOSE", "false")
    from ultralytics import YOLO, settings

    if settings.get("sync", True):
        settings.update({"sync": False})
    return YOLO(str(weights), task="detect")
