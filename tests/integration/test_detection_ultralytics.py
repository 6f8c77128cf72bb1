"""The network adapters on real weights, where they are at hand: offline, quiet, and of one mind."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SHARED = Path(__file__).parents[3] / "shared"
WEIGHTS = SHARED / "models" / "yolo26n_int8_openvino_model"
CLIP = SHARED / "data" / "traffic" / "cn-road-camera.mp4"
SCRIPT = """
import os, sys
from pathlib import Path
import cv2
from detection.boxes import overlap
from detection.detectors import load_detector
from detection.ultralytics_detector import UltralyticsDetector
from ingest.sources import Playing, open_source

weights, clip = Path(sys.argv[1]), sys.argv[2]
ours, theirs = load_detector("auto", weights), UltralyticsDetector(weights)
assert ours.name == theirs.name == "ultralytics" and ours.model_hash == theirs.model_hash

def sure(found):
    return [d.box for d in found if d.confidence > 0.5]

def lacking(wanted, found):
    return sum(all(overlap(a, d.box) < 0.7 for d in found) for a in wanted)

wanted = missed = 0
with open_source(clip, Playing(realtime=False, analysed_fps=0.5)) as frames:
    for frame in frames:
        a, b = theirs.detect(frame.image, 0.0), ours.detect(frame.image, 0.0)
        wanted += len(sure(a)) + len(sure(b))
        missed += lacking(sure(a), b) + lacking(sure(b), a)
assert wanted > 100, wanted
assert missed <= 0.03 * wanted, (missed, wanted)
assert "torchvision" not in sys.modules
assert os.environ["YOLO_OFFLINE"] == "true" and os.environ["YOLO_AUTOINSTALL"] == "false"
"""

needs_weights = pytest.mark.skipif(not WEIGHTS.exists() or not CLIP.exists(), reason="needs ../shared")


@needs_weights
def test_openvino_and_ultralytics_see_the_same_offline_and_print_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(WEIGHTS), str(CLIP)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "YOLO_CONFIG_DIR": str(tmp_path)},
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


@needs_weights
def test_a_network_runs_at_other_sizes_and_several_pictures_at_once() -> None:
    from detection.openvino_network import OpenVinoNetwork

    network = OpenVinoNetwork(WEIGHTS)
    assert network.input_size(360, 640) == (384, 640)
    assert network.input_size(1080, 1920) == (384, 640)
    assert network.input_size(180, 320) == (192, 320)
    pictures = [np.random.default_rng(i).integers(0, 255, (192, 320, 3), dtype=np.uint8) for i in range(3)]
    alone = [network.rows([picture])[0] for picture in pictures]
    network.compile_for((2, 192, 320))  # else the first three would run one by one
    for one, other in zip(alone, network.rows(pictures), strict=True):
        assert one.shape == (300, 6)
        np.testing.assert_allclose(one[:20, 4], other[:20, 4], atol=0.02)
    assert {network.names[label] for label in (2, 3, 5, 7)} == {"car", "motorcycle", "bus", "truck"}
