"""The ultralytics adapter on real weights, where they are at hand: offline, and without torchvision."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

WEIGHTS = Path(__file__).parents[3] / "shared" / "models" / "yolo26n_int8_openvino_model"
SCRIPT = """
import sys
from pathlib import Path
import numpy as np
from detection.detectors import load_detector
detector = load_detector("auto", Path(sys.argv[1]))
assert detector.name == "ultralytics", detector.name
assert detector.detect(np.full((360, 640, 3), 90, np.uint8), 0.0) == []
assert "torchvision" not in sys.modules
import os
assert os.environ["YOLO_OFFLINE"] == "true" and os.environ["YOLO_AUTOINSTALL"] == "false"
"""


@pytest.mark.skipif(not WEIGHTS.exists(), reason="needs ../shared/models")
def test_it_loads_offline_detects_without_torchvision_and_prints_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(WEIGHTS)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "YOLO_CONFIG_DIR": str(tmp_path)},
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
