"""`watchgrid models`: what ships, weights from a file, a download without a network; never half a file."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from detection.detectors import load_detector
from detection.models import SHIPPED, CannotGet, get, weights_here
from detection.models_cli import main

FOLDER = SHIPPED / "rendered-roads_openvino_model"
ROOT = Path(__file__).parents[2]


def in_models(data_dir: Path) -> list[str]:
    return sorted(path.name for path in (data_dir / "models").iterdir())


def test_a_folder_is_put_in_place_and_taken_by_the_detector(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert main(["--data-dir", str(tmp_path), "get", "mine", "--from", str(FOLDER)]) == 0
    told = capsys.readouterr().out
    (weights,) = [here for here in weights_here(tmp_path) if here.path.is_relative_to(tmp_path)]
    assert weights.path == tmp_path / "models" / "mine_openvino_model"
    assert weights.classes == ("car", "motorcycle", "bus", "truck")
    assert weights.model_hash in told
    assert "Every real camera finds vehicles with it" in told
    assert load_detector("auto", data_dir=tmp_path).model_hash == weights.model_hash
    assert in_models(tmp_path) == ["mine_openvino_model"]


def test_new_weights_of_a_name_replace_the_old(tmp_path: Path) -> None:
    old = tmp_path / "models" / "mine_openvino_model"
    old.mkdir(parents=True)
    (old / "stale.bin").write_bytes(b"old")
    get("mine", tmp_path, FOLDER)
    assert sorted(path.name for path in old.iterdir()) == sorted(path.name for path in FOLDER.iterdir())


@pytest.mark.parametrize("broken", ["not weights.pt", "cut_openvino_model", "words.txt", "nowhere.pt"])
def test_what_is_no_network_is_refused_and_leaves_nothing(tmp_path: Path, broken: str) -> None:
    given = tmp_path / broken
    if broken.startswith("cut"):
        shutil.copytree(FOLDER, given)
        (weights,) = given.glob("*.bin")
        weights.write_bytes(weights.read_bytes()[:1000])
    elif not broken.startswith("nowhere"):
        given.write_bytes(b"this is no network")
    with pytest.raises(CannotGet):
        get("mine", tmp_path, given)
    assert in_models(tmp_path) == [] if (tmp_path / "models").exists() else True


def test_a_network_that_knows_no_vehicle_is_refused(tmp_path: Path) -> None:
    given = tmp_path / "cats_openvino_model"
    shutil.copytree(FOLDER, given)
    (graph,) = given.glob("*.xml")
    words = graph.read_text(encoding="utf-8")
    assert "car motorcycle bus truck" in words
    graph.write_text(words.replace("car motorcycle bus truck", "cat dog bird horse"), encoding="utf-8")
    with pytest.raises(CannotGet, match="no vehicle detector"):
        get("cats", tmp_path, given)
    assert in_models(tmp_path) == []


def test_without_a_network_it_says_what_to_do_within_seconds(tmp_path: Path) -> None:
    """Every proxy is a closed port on this host, so nothing gets out whatever network the host has."""
    closed = "http://127.0.0.1:9"
    done = subprocess.run(
        [sys.executable, str(ROOT / "watchgrid.py"), "models", "--data-dir", str(tmp_path), "get", "yolo26n"],
        capture_output=True,
        text=True,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", "HTTPS_PROXY": closed, "HTTP_PROXY": closed, "https_proxy": closed},
        cwd=ROOT,
    )
    assert done.returncode == 1
    assert "watchgrid models get yolo26n --from yolo26n.pt" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert in_models(tmp_path) == []


def test_only_known_weights_are_downloaded(tmp_path: Path) -> None:
    with pytest.raises(CannotGet, match="--from"):
        get("yolo9000", tmp_path)


def test_a_run_that_was_killed_leaves_nothing_for_long(tmp_path: Path) -> None:
    left = tmp_path / "models" / ".part-killed"
    left.mkdir(parents=True)
    (left / "yolo26n.pt").write_bytes(b"half")
    with pytest.raises(CannotGet):
        get("yolo9000", tmp_path)
    assert in_models(tmp_path) == []


def test_without_weights_the_list_says_what_real_cameras_do(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert main(["--data-dir", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "rendered-roads_openvino_model" in told
    assert "rendered roads (synthetic:// cameras) only" in told
    assert "real cameras find vehicles by motion" in told
