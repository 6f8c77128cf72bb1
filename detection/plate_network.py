"""Runs our own plate recogniser, detection/weights/plates.onnx: what a crop says step by step, its ground.

Owns the ONNX session and the way from its symbols to the plate alphabet. How it was trained:
docs/models/plates.md.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime

from detection.decoding import SYMBOLS
from detection.ocr import ReaderModelsMissing, as_input, open_session

WEIGHTS = Path(__file__).parent / "weights" / "plates.onnx"

_LIKENESSES = {"0": "O", "1": "I"}
"""Letters that no serial holds, for what they are then; O counts as itself too, where an office may be O."""


@dataclass(frozen=True, slots=True)
class PlateNetwork:
    """The loaded network. projection: pairs (network column, SYMBOLS column) as a 2 x n array. grounds: the
    colours its second output names, empty where it has none.
    """

    session: onnxruntime.InferenceSession
    projection: np.ndarray
    grounds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlateLook:
    """What the network makes of one crop.

    steps: T x len(SYMBOLS) probabilities. grounds: probability of each ground colour, empty where unknown.
    """

    steps: np.ndarray
    grounds: dict[str, float]


def load_plate_network(threads: int, weights: Path = WEIGHTS) -> PlateNetwork:
    """Load the network to run on that many CPU threads. Raises ReaderModelsMissing."""
    if not weights.is_file():
        raise ReaderModelsMissing(f"{weights} is missing; it ships with Watchgrid: install it again.")
    try:
        session = open_session(weights, threads)
        metadata = session.get_modelmeta().custom_metadata_map
        symbols = json.loads(metadata["symbols"])
        grounds = json.loads(metadata.get("grounds", "[]"))
    except (KeyError, ValueError, onnxruntime.capi.onnxruntime_pybind11_state.Fail) as problem:
        raise ReaderModelsMissing(f"{weights} is no plate network of ours: {problem}") from problem
    return PlateNetwork(session, _projection(symbols), tuple(grounds))


def _projection(symbols: Sequence[str]) -> np.ndarray:
    columns = {char: column for column, char in enumerate(symbols, start=1)}
    pairs = [(0, 0)]
    for target, symbol in enumerate(SYMBOLS[1:], start=1):
        sources = symbol + _LIKENESSES.get(symbol, "")
        pairs += [(columns[char], target) for char in sources if char in columns]
    return np.array(pairs).T


def read_crops(network: PlateNetwork, crops: Sequence[np.ndarray]) -> list[PlateLook]:
    """Read crops of one size (48 x W x 3 uint8 BGR, W a multiple of 8) in one run of the network."""
    if not crops:
        return []
    outputs = network.session.run(None, {"x": as_input(crops)})
    sources, targets = network.projection
    steps = np.zeros((*outputs[0].shape[:2], len(SYMBOLS)))
    np.add.at(steps.transpose(2, 0, 1), targets, outputs[0].transpose(2, 0, 1)[sources])
    colours = outputs[1] if network.grounds and len(outputs) > 1 else np.zeros((len(crops), 0))
    return [
        PlateLook(look, {name: float(share) for name, share in zip(network.grounds, row, strict=False)})
        for look, row in zip(steps, colours, strict=True)
    ]
