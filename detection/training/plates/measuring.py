"""Measures plates.onnx: on fresh renderings by stratum, and alone on photographs named by plate.

`python -m detection.training.plates.measuring --seed 7 [--photographs FOLDER]`.
On photographs PP-OCR finds the lines and no more: what they say is this network's word, under the grammar.
"""

import argparse
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from detection.decoding import SYMBOLS as GRAMMAR_SYMBOLS
from detection.decoding import decode
from detection.grammar import ALPHABET, FORMS
from detection.ocr import find_text, load_text_networks
from detection.plate_crops import straightened
from detection.plate_lines import plate_lines
from detection.plate_looks import FIRST
from detection.read import load_image
from detection.training.plates.camera import Conditions, drawn_conditions, photographed
from detection.training.plates.crops import Sample, cut, silent_sample
from detection.training.plates.drawing import draw
from detection.training.plates.texts import drawn_wording

WEIGHTS = Path(__file__).resolve().parents[2] / "weights" / "plates.onnx"
_KINDS = (
    "blue", "yellow", "energy_small", "energy_large", "police", "military", "armed_police", "black",
    "hk_macao", "consulate", "embassy", "trainer", "trailer", "emergency", "civil_aviation", "double",
)  # fmt: skip
_CLEAN = Conditions(width_px=150.0, blur_mm=1.0, motion_mm=0.0, night=0.0, tilt_deg=3.0)
_STRATA = {
    "clean": _CLEAN,
    "60 px wide": replace(_CLEAN, width_px=60.0),
    "80 px wide": replace(_CLEAN, width_px=80.0),
    "110 px wide": replace(_CLEAN, width_px=110.0),
    "defocus 3 mm": replace(_CLEAN, blur_mm=3.0),
    "defocus 4.5 mm": replace(_CLEAN, blur_mm=4.5),
    "motion 8 mm": replace(_CLEAN, motion_mm=8.0),
    "night": replace(_CLEAN, night=0.8),
    "night, 80 px, 2 mm": replace(_CLEAN, night=0.8, width_px=80.0, blur_mm=2.0),
}


@dataclass(frozen=True, slots=True)
class PlateNetworkFile:
    """The loaded ONNX file and what its columns mean."""

    session: onnxruntime.InferenceSession
    symbols: tuple[str, ...]

    def steps(self, crops: list[np.ndarray]) -> np.ndarray:
        """Read crops of one size (48 x W x 3 uint8 BGR): N x T x columns of probabilities."""
        pixels = np.stack(crops).transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1.0
        return np.asarray(self.session.run(["steps"], {"x": pixels})[0])


def load(path: Path = WEIGHTS) -> PlateNetworkFile:
    """Load the network on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    symbols = json.loads(session.get_modelmeta().custom_metadata_map["symbols"])
    return PlateNetworkFile(session, ("", *symbols))


def free_text(network: PlateNetworkFile, steps: np.ndarray) -> str:
    """Read one look (T x columns) without any grammar: the best path, repeats and blanks removed."""
    best = steps.argmax(axis=1)
    starts = [t for t in range(len(best)) if best[t] and (t == 0 or best[t] != best[t - 1])]
    return "".join(network.symbols[best[t]] for t in starts)


def under_grammar(network: PlateNetworkFile, steps: np.ndarray) -> tuple[str, float]:
    """Read one look under the grammar: the best form's text and its log-likelihood."""
    columns = [network.symbols.index(symbol) for symbol in GRAMMAR_SYMBOLS]
    evidence = decode(steps[:, columns])
    scores = evidence.log_likelihoods - np.array([form.rarity for form in FORMS])
    best = int(scores.argmax())
    posteriors = evidence.posteriors[best, : len(FORMS[best].positions)]
    return "".join(ALPHABET[column] for column in posteriors.argmax(axis=1)), float(scores[best])


def rendered_shares(
    network: PlateNetworkFile, seed: int, count: int, *, built_in: bool = False
) -> dict[str, dict[str, float]]:
    """Per stratum and per kind: shares of crops read exactly and without the province, free of grammar."""
    shares = {}
    for name, conditions in _STRATA.items():
        shares[name] = _shares(network, _samples(seed, count, conditions, built_in=built_in))
    for kind in _KINDS:
        shares[f"kind {kind}, any damage"] = _shares(
            network, _samples(seed, count, None, kind=kind, built_in=built_in)
        )
    rng = np.random.default_rng(seed)
    quiet = [
        free_text(network, network.steps([silent_sample(rng, 192).image])[0]) == "" for _ in range(count)
    ]
    shares["no plate: silent"] = {"exact": round(float(np.mean(quiet)), 4)}
    return shares


def _samples(
    seed: int, count: int, conditions: Conditions | None, kind: str = "blue", *, built_in: bool = False
) -> Iterable[Sample]:
    rng = np.random.default_rng((seed, 1))
    for _ in range(count):
        plate = draw(rng, drawn_wording(rng, kind), built_in=built_in)
        yield cut(rng, plate, photographed(rng, plate, conditions or drawn_conditions(rng)), 192)


def _shares(network: PlateNetworkFile, samples: Iterable[Sample]) -> dict[str, float]:
    pairs = [(one.text, free_text(network, network.steps([one.image])[0])) for one in samples]
    return {
        "exact": round(float(np.mean([truth == said for truth, said in pairs])), 4),
        "without_province": round(float(np.mean([truth[1:] == said[1:] for truth, said in pairs])), 4),
    }


def photographs_read(network: PlateNetworkFile, folder: Path) -> dict[str, str]:
    """Read photographs alone: file name's plate to the likeliest text of any line found in it."""
    texts = load_text_networks(threads=1)
    reads = {}
    for path in sorted(folder.iterdir()):
        image = load_image(path)
        lines = [rows[0] for rows in plate_lines(find_text(texts, image, 960)) if len(rows) == 1]
        looks = [network.steps([straightened(image, quad, FIRST)])[0] for quad in lines]
        said = [under_grammar(network, look) for look in looks]
        reads[path.stem] = max(said, key=lambda one: one[1])[0] if said else ""
    return reads


def main() -> None:
    """Print what was measured, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--seed", type=int, default=7, help="of the rendered plates; not one trained on")
    parser.add_argument("--count", type=int, default=200, help="plates a stratum")
    parser.add_argument("--photographs", type=Path, help="a folder of photographs named after their plate")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    network = load(arguments.weights)
    report: dict[str, object] = {"rendered": rendered_shares(network, arguments.seed, arguments.count)}
    if arguments.photographs:
        reads = photographs_read(network, arguments.photographs)
        report["photographs"] = {
            "count": len(reads),
            "exact": sum(truth == said for truth, said in reads.items()),
            "without_province": sum(truth[1:] == said[1:] for truth, said in reads.items()),
            "wrong": {truth: said for truth, said in reads.items() if truth != said},
        }
    print(json.dumps(report, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
