"""What every vehicle network shares: which classes count, one detection a vehicle, the hash of its weights.

Runs no network: openvino_detector.py and ultralytics_detector.py do.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from detection.boxes import overlaps
from detection.vocabulary import Detection

VEHICLES = ("car", "motorcycle", "bus", "truck", "vehicle")
"""The only classes ever asked for, by their names in the weights: persons and bicycles are not."""

LEAST_CONFIDENCE = 0.1
"""ByteTrack's second association lives on weak detections, so a network reports down to here."""

SAME_VEHICLE_OVERLAP = 0.7
"""The NMS-free head may report a vehicle as car and as truck: boxes that overlap by more are one."""


def vehicle_labels(names: Mapping[int, str]) -> dict[int, str]:
    """Return the labels of a network that are vehicles. Raises ValueError where none is."""
    labels = {label: name for label, name in names.items() if name in VEHICLES}
    if not labels:
        raise ValueError(f"these weights know none of {', '.join(VEHICLES)}: they are no vehicle detector")
    return labels


def without_doubles(found: list[Detection]) -> list[Detection]:
    """Keep the strongest of the detections that cover the same vehicle, whatever class they name."""
    ranked = sorted(found, key=lambda detection: -detection.confidence)
    boxes = np.array([detection.box for detection in ranked], dtype=float).reshape(-1, 4)
    shared = overlaps(boxes, boxes, 0.0) >= SAME_VEHICLE_OVERLAP
    kept: list[int] = []
    for i in range(len(ranked)):
        if not shared[i, kept].any():
            kept.append(i)
    return [ranked[i] for i in kept]


def hash_of(weights: Path) -> str:
    """Return the first 16 hex digits of the SHA-256 over the weights (all files of a folder, by name)."""
    digest = hashlib.sha256()
    for file in sorted(weights.rglob("*")) if weights.is_dir() else [weights]:
        if file.is_file():
            digest.update(file.name.encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
