"""`watchgrid watch`: a clip in, one line per vehicle pass out."""

import json
from pathlib import Path

import av
import numpy as np
import pytest

from ingest.watch import main


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Return four seconds of an empty road, then one vehicle from left to right."""
    path = tmp_path / "road.mp4"
    grain = np.random.default_rng(0).integers(90, 110, (240, 320, 1)).repeat(3, axis=2).astype(np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.bit_rate = 2_000_000
        for step in range(80):
            image = grain.copy()
            x = 12 * (step - 45)
            if x >= 0:
                image[100:150, x : x + 70] = (40, 40, 200)
                image[108:122, x + 8 : x + 60] = (40, 30, 30)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode())
    return path


def test_one_vehicle_is_one_line(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(clip), "--json", "--detector", "motion", "--no-plates"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 1
    seen = lines[0]
    assert {"track", "class", "first_seen_s", "last_seen_s", "path", "plate", "confidence"} <= set(seen)
    assert seen["plate"] is None
    assert seen["direction"] == "right"
    assert seen["colour"] == "red"
    assert 4.4 < seen["first_seen_s"] < 5.0
    assert seen["path"][0][1] < 80 < 240 < seen["path"][-1][1]
    assert all(abs(y - 150) < 12 for _, _, y in seen["path"])


def test_people_get_a_sentence(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(clip), "--detector", "motion", "--no-plates"]) == 0
    assert "red vehicle, right" in capsys.readouterr().out


def test_a_source_that_will_not_open_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "nothing.mp4"
    assert main([str(missing), "--json", "--detector", "motion", "--no-plates"]) == 1
    assert "nothing.mp4" in capsys.readouterr().err


def test_weights_that_are_not_there_are_a_wrong_argument(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "none.pt"
    assert main(["whatever.mp4", "--detector", "ultralytics", "--weights", str(missing)]) == 2
    assert "none.pt" in capsys.readouterr().err
