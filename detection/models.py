"""The weights of this installation: which there are, what each is for, and putting new ones in place.

Choosing among them is detectors.py's; running them the detectors'."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detection.detectors import WEIGHTS_PATTERNS, load_detector
from detection.networks import VEHICLES, hash_of

SHIPPED = Path(__file__).parent / "weights"
PURPOSES = {
    "rendered-roads": "finds vehicles on rendered roads (synthetic:// cameras) only",
    "plates": "reads plates, every camera",
}
FOR_CAMERAS = "finds vehicles, every real camera (without such weights they use motion)"
DOWNLOADABLE = tuple(f"yolo26{size}" for size in "nsmlx")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
SILENCE_S = 10.0
"""A download that brings no byte for so long has no network."""
PART = ".part-"
LOADING = """
import sys
from pathlib import Path
from detection.ultralytics_detector import download
download(sys.argv[1], Path(sys.argv[2]))
"""


class CannotGet(ValueError):
    """These weights cannot be put in place; the sentence says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One network. classes: its vehicle classes, or empty where they are not written beside it."""

    path: Path
    model_hash: str
    classes: tuple[str, ...]
    purpose: str


def weights_here(data_dir: Path) -> list[Weights]:
    """Return the shipped weights, then those of DATA_DIR/models, best first."""
    shipped = sorted(path for path in SHIPPED.glob("*") if _is_weights(path))
    own = [path for pattern in WEIGHTS_PATTERNS for path in sorted((data_dir / "models").glob(pattern))]
    return [
        *(Weights(path, hash_of(path), _classes_beside(path), _purpose(path)) for path in shipped),
        *(Weights(path, hash_of(path), _classes_beside(path), FOR_CAMERAS) for path in own),
    ]


def get(name: str, data_dir: Path, given: Path | None = None) -> Weights:
    """Put weights called `name` into DATA_DIR/models, whole or not at all, and return them.

    given: a .pt, .onnx or *_openvino_model folder; without it ultralytics' own file of that name is
    downloaded. A .pt becomes an OpenVINO folder where there is no CUDA. A .pt is a pickle: take none from
    strangers. Raises CannotGet.
    """
    if not NAME.fullmatch(name):
        raise CannotGet(f"{name!r} is no name for weights: use letters, digits, dots and hyphens.")
    models = data_dir / "models"
    with _workplace(models) as workplace:
        candidate = _copied(given, name, workplace) if given else _downloaded(name, workplace)
        if candidate.suffix == ".pt" and not _has_cuda():
            candidate = _as_openvino(candidate)
        classes = _classes_found(candidate)
        final = models / candidate.name
        _replace(candidate, final, workplace)
    return Weights(final, hash_of(final), classes, FOR_CAMERAS)


@contextmanager
def _workplace(models: Path) -> Iterator[Path]:
    """Give a folder on the same disk that no detector looks into; it is gone afterwards."""
    try:
        models.mkdir(parents=True, exist_ok=True)
        for left in models.glob(f"{PART}*"):  # of a run that was killed
            shutil.rmtree(left, ignore_errors=True)
        workplace = Path(tempfile.mkdtemp(prefix=PART, dir=models))
    except OSError as error:
        raise CannotGet(f"{models} cannot be written: {error.strerror}.") from None
    try:
        yield workplace
    except OSError as error:
        raise CannotGet(f"{models} cannot be written: {error.strerror or error}.") from None
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


def _copied(given: Path, name: str, workplace: Path) -> Path:
    if not given.exists():
        raise CannotGet(f"{given} is not there.")
    if not _is_weights(given):
        raise CannotGet(f"{given} is no weights: give a .pt, an .onnx or a folder *_openvino_model.")
    if given.is_dir():
        return Path(shutil.copytree(given, workplace / f"{name}_openvino_model"))
    return Path(shutil.copyfile(given, workplace / f"{name}{given.suffix}"))


def _downloaded(name: str, workplace: Path) -> Path:
    """Download in a process of its own, which is ended when nothing comes any more."""
    if name not in DOWNLOADABLE:
        raise CannotGet(f"{name} cannot be downloaded (only {', '.join(DOWNLOADABLE)}): pass --from PATH.")
    target = workplace / f"{name}.pt"
    loading = subprocess.Popen(
        [sys.executable, "-c", LOADING, target.name, str(workplace)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=SHIPPED.parent.parent,
    )
    try:
        _wait_while_it_grows(loading, workplace)
    finally:
        loading.kill()
        loading.wait()
    if loading.returncode != 0 or not target.exists():
        raise CannotGet(
            f"{name} could not be downloaded, there seems to be no internet here: download {name}.pt on "
            f"another machine, bring it here and run `watchgrid models get {name} --from {name}.pt`."
        )
    return target


def _wait_while_it_grows(loading: subprocess.Popen[bytes], folder: Path) -> None:
    size, changed = -1, time.monotonic()
    while time.monotonic() - changed < SILENCE_S:
        try:
            loading.wait(0.2)
            return
        except subprocess.TimeoutExpired:
            now = sum(path.stat().st_size for path in folder.rglob("*.pt*") if path.is_file())
            if now != size:
                size, changed = now, time.monotonic()


def _as_openvino(weights: Path) -> Path:
    from detection.ultralytics_detector import as_openvino

    try:
        return as_openvino(weights)
    except Exception as error:  # edge: ultralytics raises anything for a file that is no network
        raise CannotGet(f"{weights.name} does not load: {_first_line(error)}") from None


def _classes_found(weights: Path) -> tuple[str, ...]:
    """Load the weights, look at a grey picture and return the vehicle classes they know."""
    try:
        detector = load_detector("ultralytics", weights)
        detector.detect(np.full((360, 640, 3), 90, np.uint8), 0.0)
    except Exception as error:  # edge: three libraries raise anything for a file that is no network
        raise CannotGet(f"{weights.name} cannot be used: {_first_line(error)}") from None
    return tuple(getattr(detector, "classes", ()))


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _classes_beside(weights: Path) -> tuple[str, ...]:
    """Return the vehicle classes an OpenVINO folder names in its metadata.yaml."""
    about = weights / "metadata.yaml"
    if not about.is_file():
        return ()
    lines = about.read_text(encoding="utf-8").partition("names:")[2]
    named = re.findall(r"^ +\d+: (.+)$", lines, re.MULTILINE)
    return tuple(name for name in named if name in VEHICLES)


def _is_weights(path: Path) -> bool:
    return any(path.match(pattern) for pattern in WEIGHTS_PATTERNS) and (
        path.is_dir() == path.name.endswith("_openvino_model")
    )


def _purpose(path: Path) -> str:
    found = [words for start, words in PURPOSES.items() if path.name.startswith(start)]
    return found[0] if found else "ships with Watchgrid"


def _has_cuda() -> bool:
    import torch

    return bool(torch.cuda.is_available())


def _replace(candidate: Path, final: Path, workplace: Path) -> None:
    """Move the new weights to their place; what stood there goes with the workplace."""
    if final.exists():
        os.rename(final, workplace / "before")
    os.rename(candidate, final)
