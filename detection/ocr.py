"""Runs the two RapidOCR networks carried in its wheel: where text is, and what it says step by step.

Owns the ONNX sessions and the way from a network's vocabulary to the plate alphabet. Knows no plates beyond
that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

from detection.decoding import SYMBOLS

TEXT_HEIGHT_PX = 48
"""Height of every crop given to the recogniser, as it was trained."""

_FINDER = "PP-OCRv6_det_small.onnx"
_READER = "PP-OCRv6_rec_small.onnx"
_TEXT_LEVEL = 0.3
_LEAST_SCORE = 0.3
_UNCLIP = 1.6
_SPACERS = "·•・.- *:'`_,˙"
"""What the network calls the dot between office and serial, screws and gaps: all as good as nothing."""
_LIKENESSES = {
    "皖": "晥院皃", "川": "三", "苏": "蘇芬", "粤": "粵奥", "鲁": "魯曾鱼", "沪": "泸滬护", "渝": "喻输愉",
    "浙": "折淅浒", "湘": "湖相", "赣": "贛赖", "闽": "闵闻", "豫": "像橡", "冀": "翼", "陕": "陝狭峡",
    "晋": "普昔", "辽": "迂过", "黑": "墨里", "津": "律洋", "桂": "挂柱佳", "吉": "古告", "蒙": "家",
    "甘": "廿", "宁": "丁", "青": "责背", "藏": "臧", "京": "亰景", "云": "去", "新": "析", "鄂": "郭",
    "琼": "凉", "0": "Oo", "1": "Il|", "2": "z", "5": "s", "O": "0",
}  # fmt: skip
"""Characters the network says for a plate's character that no plate position tells apart from it."""


class ReaderModelsMissing(RuntimeError):
    """The rapidocr wheel, which carries the text models, is not installed whole."""


@dataclass(frozen=True, slots=True)
class TextLook:
    """What the recogniser makes of one crop.

    steps: T x len(SYMBOLS) probabilities over the plate alphabet. text, confidences: the free reading,
    without any grammar, and its probability per character. log_free: natural log of the probability of that
    reading's path.
    """

    steps: np.ndarray
    text: str
    confidences: tuple[float, ...]
    log_free: float


@dataclass(frozen=True, slots=True)
class TextNetworks:
    """The two loaded networks. vocabulary: what each output column of the reader means; the first is the
    blank."""

    finder: onnxruntime.InferenceSession
    reader: onnxruntime.InferenceSession
    vocabulary: tuple[str, ...]
    projection: np.ndarray


def load_text_networks(threads: int) -> TextNetworks:
    """Load both networks to run on that many CPU threads each. Raises ReaderModelsMissing."""
    spec = find_spec("rapidocr")
    folder = Path(spec.origin).parent / "models" if spec and spec.origin else None
    if folder is None or not ((folder / _FINDER).is_file() and (folder / _READER).is_file()):
        raise ReaderModelsMissing(
            f"rapidocr with {_FINDER} and {_READER} is not installed: pip install rapidocr"
        )
    finder, reader = open_session(folder / _FINDER, threads), open_session(folder / _READER, threads)
    characters = reader.get_modelmeta().custom_metadata_map["character"].splitlines()
    vocabulary = ("", *characters, " ")
    return TextNetworks(finder, reader, vocabulary, _projection(vocabulary))


def open_session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    """Open an ONNX network on that many CPU threads, idle ones asleep."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _projection(vocabulary: tuple[str, ...]) -> np.ndarray:
    """List the pairs (network column, SYMBOLS column) whose probability adds up, as a 2 x n array."""
    columns = {char: column for column, char in enumerate(vocabulary)}
    pairs = []
    for target, symbol in enumerate(SYMBOLS):
        sources = symbol + _LIKENESSES.get(symbol, "") + symbol.lower() if symbol else _SPACERS
        pairs += [(columns[char], target) for char in dict.fromkeys(sources) if char in columns]
    return np.array([(0, 0), *pairs]).T


def find_text(networks: TextNetworks, image: np.ndarray, longest_px: int) -> list[np.ndarray]:
    """Find lines of text. longest_px: the image's longer side is brought to that, up or down.

    Returns quads, 4 x 2 float32 in image pixels: top-left, top-right, bottom-right, bottom-left of the line.
    """
    height, width = image.shape[:2]
    scale = longest_px / max(height, width)
    size = tuple(max(32, round(side * scale / 32) * 32) for side in (width, height))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    heat = networks.finder.run(None, {"x": as_input([small])})[0][0, 0]
    quads = _text_quads(heat)
    return [quad * np.array([width / heat.shape[1], height / heat.shape[0]], np.float32) for quad in quads]


def _text_quads(heat: np.ndarray) -> list[np.ndarray]:
    """Turn the finder's heat map into quads: each blob's tightest rectangle, grown by the network's usual
    shrinkage."""
    blobs = cv2.dilate((heat > _TEXT_LEVEL).astype(np.uint8), np.ones((2, 2), np.uint8))
    quads = []
    for contour in cv2.findContours(blobs, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        centre, (width, height), angle = cv2.minAreaRect(contour)
        if min(width, height) < 3:
            continue
        inside = np.zeros(heat.shape, np.uint8)
        cv2.fillPoly(inside, [cv2.boxPoints((centre, (width, height), angle)).astype(np.int32)], 1)
        if cv2.mean(heat, inside)[0] >= _LEAST_SCORE:
            grown = width * height * _UNCLIP / (width + height)
            quads.append(_from_top_left(cv2.boxPoints((centre, (width + grown, height + grown), angle))))
    return quads


def _from_top_left(corners: np.ndarray) -> np.ndarray:
    """Order four corners top-left, top-right, bottom-right, bottom-left."""
    left, right = np.split(corners[np.argsort(corners[:, 0])], 2)
    (top_left, bottom_left), (top_right, bottom_right) = (
        side[np.argsort(side[:, 1])] for side in (left, right)
    )
    return np.array([top_left, top_right, bottom_right, bottom_left], np.float32)


def recognise(networks: TextNetworks, crops: list[np.ndarray]) -> list[TextLook]:
    """Read crops of one size, each TEXT_HEIGHT_PX high, in one run of the network."""
    if not crops:
        return []
    outputs = networks.reader.run(None, {"x": as_input(crops)})[0]
    return [_look(networks, output) for output in outputs]


def as_input(images: Sequence[np.ndarray]) -> np.ndarray:
    """Bring images of one size to the networks' input: N x 3 x H x W float32 in -1..1."""
    return np.stack(images).transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1.0


def _look(networks: TextNetworks, output: np.ndarray) -> TextLook:
    sources, targets = networks.projection
    steps = np.zeros((len(output), len(SYMBOLS)))
    np.add.at(steps.T, targets, output.T[sources])
    best = output.argmax(axis=1)
    peaks = output.max(axis=1)
    starts = [t for t in range(len(best)) if best[t] != 0 and (t == 0 or best[t] != best[t - 1])]
    text = "".join(networks.vocabulary[best[t]] for t in starts)
    return TextLook(steps, text, tuple(float(peaks[t]) for t in starts), float(np.log(peaks).sum()))
