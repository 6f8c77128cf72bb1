"""Finds vehicles with an *_openvino_model folder, run by OpenVINO itself. Does not track.

The weights are ultralytics' own; its loop around them costs more than the network does at these sizes.
"""

from pathlib import Path

import numpy as np

from detection.inference_queue import InferenceQueue
from detection.networks import LEAST_CONFIDENCE, hash_of, vehicle_labels, without_doubles
from detection.openvino_network import OpenVinoNetwork, laid_into
from detection.vocabulary import Detection


class OpenVinoDetector:
    """Vehicles by a YOLO network on the CPU. Remembers no picture, so one serves all cameras."""

    name = "ultralytics"
    wants_every_frame = False

    def __init__(self, weights: Path) -> None:
        """Load a folder. Raises FileNotFoundError, ValueError where it holds no NMS-free vehicle network."""
        if not weights.exists():
            raise FileNotFoundError(f"detector weights not found: {weights}")
        self._network = OpenVinoNetwork(weights)
        self._labels = vehicle_labels(self._network.names)
        self.classes = tuple(dict.fromkeys(self._labels.values()))
        self._queue = InferenceQueue(self._network.rows, self._network.threads)
        self.model_hash = hash_of(weights)

    def for_one_camera(self) -> "OpenVinoDetector":
        """Return itself: nothing is remembered from picture to picture."""
        return self

    def detect(self, image: np.ndarray, t_s: float) -> list[Detection]:
        """Find vehicles in a picture (H x W x 3 uint8, BGR), each once, strongest first.

        Pictures larger than the network was exported for are shrunk to that, smaller ones run as they are:
        a picture of half the width costs about a quarter.
        """
        height, width = image.shape[:2]
        laid, scale = laid_into(image, self._network.input_size(height, width))
        rows = self._queue.answer(laid)
        rows = rows[rows[:, 4] >= LEAST_CONFIDENCE]
        rows = rows[np.isin(rows[:, 5], list(self._labels))]
        boxes = np.clip(rows[:, :4] / scale, 0, (width, height, width, height)).tolist()
        return without_doubles(
            [
                Detection((x1, y1, x2, y2), self._labels[int(label)], float(confidence))
                for (x1, y1, x2, y2), confidence, label in zip(boxes, rows[:, 4], rows[:, 5], strict=True)
            ]
        )
