"""The detector port and the choice of adapter. Finds nothing itself, downloads nothing."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import numpy as np

from detection.vocabulary import Detection

log = logging.getLogger(__name__)

WEIGHTS_PATTERNS = ("*_openvino_model", "*.onnx", "*.pt")
"""What counts as weights in the models folder, best for a CPU first."""

RENDERED = "synthetic://"
RENDERED_WEIGHTS = Path(__file__).parent / "weights" / "rendered-roads_openvino_model"
"""Ship with Watchgrid, for rendered roads alone: they find little on real ones, and COCO weights on these."""


class Detector(Protocol):
    """Finds vehicles in pictures."""

    name: str
    model_hash: str
    wants_every_frame: bool
    """Whether it learns from pictures without vehicles too; else the motion gate may leave them out."""

    def detect(self, image: np.ndarray, t_s: float) -> list[Detection]:
        """Find vehicles in a picture (H x W x 3 uint8, BGR) taken at t_s; boxes in its pixels."""
        ...

    def for_one_camera(self) -> "Detector":
        """Return the detector to use for one camera: itself where nothing is remembered between pictures."""
        ...


def load_detectors(
    name: str = "auto", weights: Path | None = None, data_dir: Path | None = None
) -> Callable[[str], Detector]:
    """Return what gives the detector for a camera's source; every network is loaded once.

    With auto, rendered roads (synthetic://) get the weights that ship for them, real cameras what
    load_detector gives; weights given by name are for all. Raises like load_detector, at once.
    """
    for_all = load_detector(name, weights, data_dir)
    if name != "auto" or weights is not None or not RENDERED_WEIGHTS.exists():
        return lambda source: for_all
    loading = threading.Lock()
    rendered: list[Detector] = []

    def choose(source: str) -> Detector:
        if not source.startswith(RENDERED):
            return for_all
        with loading:
            if not rendered:
                log.info("detector for rendered roads: ultralytics with %s", RENDERED_WEIGHTS)
                rendered.append(_ultralytics(RENDERED_WEIGHTS))
        return rendered[0]

    return choose


def load_detector(name: str = "auto", weights: Path | None = None, data_dir: Path | None = None) -> Detector:
    """Load the named adapter; auto takes ultralytics where there are weights, else motion.

    weights: a .pt, .onnx or *_openvino_model; without it the first one in data_dir/models is taken.
    Raises ValueError for an unknown name, FileNotFoundError where ultralytics has no weights.
    """
    if name not in ("auto", "ultralytics", "motion"):
        raise ValueError(f"unknown detector {name!r}: use auto, ultralytics or motion")
    found = weights or (_weights_in(data_dir / "models") if data_dir else None)
    if name == "ultralytics" and found is None:
        raise FileNotFoundError(
            "the ultralytics detector needs weights: set DETECTOR_WEIGHTS or pass --weights"
        )
    if name == "motion" or found is None:
        if name == "auto":
            log.info(
                "detector: motion, because there are no weights (set DETECTOR_WEIGHTS to use ultralytics)"
            )
        return _motion()
    if name == "auto":
        log.info("detector: ultralytics with %s", found)
    return _ultralytics(found)


def _weights_in(folder: Path) -> Path | None:
    candidates = (path for pattern in WEIGHTS_PATTERNS for path in sorted(folder.glob(pattern)))
    return next(candidates, None)


def _motion() -> Detector:
    from detection.motion_detector import MotionDetector

    return MotionDetector()


def _ultralytics(weights: Path) -> Detector:
    """OpenVINO runs its own folders where their head is NMS-free; ultralytics runs the rest."""
    if weights.name.endswith("_openvino_model"):
        from detection.openvino_detector import OpenVinoDetector  # heavy: loaded only where it is used
        from detection.openvino_network import OtherHead

        with suppress(OtherHead):
            return OpenVinoDetector(weights)
    from detection.ultralytics_detector import UltralyticsDetector  # heavier

    return UltralyticsDetector(weights)
