"""The data set writer: YOLO's format, the truth's boxes, the same pictures for the same seed."""

from pathlib import Path

import cv2
import numpy as np

from detection.training.vehicle_pictures import Canvas, read_names, read_pictures
from ingest.synthetic.dataset import write_dataset

PICTURES, SEED = 8, 42


def test_what_is_written_is_what_training_reads_and_the_same_for_one_seed(tmp_path: Path) -> None:
    counted = write_dataset(tmp_path / "one", PICTURES, SEED)
    write_dataset(tmp_path / "two", PICTURES, SEED)
    images = sorted((tmp_path / "one" / "images").iterdir())
    assert len(images) == PICTURES
    for image in images:
        label = tmp_path / "one" / "labels" / f"{image.stem}.txt"
        assert image.read_bytes() == (tmp_path / "two" / "images" / image.name).read_bytes()
        assert label.read_text() == (tmp_path / "two" / "labels" / label.name).read_text()
        assert cv2.imread(str(image)).shape == (288, 512, 3)
        rows = np.array([line.split() for line in label.read_text().splitlines()], float).reshape(-1, 5)
        assert ((rows[:, 1:] >= 0) & (rows[:, 1:] <= 1)).all()
    names = read_names(tmp_path / "one")
    assert list(names.values()) == ["car", "motorcycle", "bus", "truck"]
    boxes = sum(counted[name] for name in names.values())
    assert boxes > PICTURES
    batch = read_pictures([tmp_path / "one"], Canvas(320)).batch(np.random.default_rng(1), 4)
    assert tuple(batch["img"].shape) == (4, 3, 192, 320)
    assert len(batch["cls"]) == len(batch["bboxes"]) == len(batch["batch_idx"]) > 0
    assert float(batch["bboxes"].max()) <= 1.0
