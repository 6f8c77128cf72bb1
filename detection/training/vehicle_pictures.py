"""The pictures that the vehicle network is trained on: read whole, changed a little every time.

Draws nothing itself; ingest.synthetic.dataset does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

WIDTH_PX, HEIGHT_PX = 512, 288
SMALLEST_PX = 5.0
LEAST_KEPT = 0.15
LARGEST = 1.4


@dataclass(frozen=True, slots=True)
class Canvas:
    """How large pictures are shown to the network, and the least scale at which they are laid on it."""

    width_px: int = WIDTH_PX
    smallest: float = 0.7

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height; the height is a multiple of 32, as the network needs it."""
        return self.width_px, -(-self.width_px * HEIGHT_PX // WIDTH_PX // 32) * 32


class Pictures:
    """A data set in memory: N pictures of 288 x 512, and the boxes of each (class, x1, y1, x2, y2 pixels)."""

    def __init__(self, images: list[np.ndarray], boxes: list[np.ndarray], canvas: Canvas) -> None:
        """Take pictures and boxes as they are; shares, not copies."""
        self._images, self._boxes, self._canvas = images, boxes, canvas

    def __len__(self) -> int:
        """Return how many pictures there are."""
        return len(self._images)

    def batch(self, draw: np.random.Generator, size: int) -> dict[str, torch.Tensor]:
        """Return changed pictures (N x 3 x height x width RGB, 0 to 1), with the boxes the loss wants."""
        chosen = draw.integers(len(self), size=size)
        changed = [change(draw, self._images[at], self._boxes[at], self._canvas) for at in chosen]
        images = np.stack([image[:, :, ::-1] for image, _ in changed]).transpose(0, 3, 1, 2)
        boxes = np.concatenate([found for _, found in changed])
        numbers = np.concatenate([np.full(len(found), at) for at, (_, found) in enumerate(changed)])
        x1, y1, x2, y2 = (boxes[:, 1:] / (self._canvas.size * 2)).T
        places = np.stack([(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1], axis=1)
        return {
            "img": torch.from_numpy(np.ascontiguousarray(images)).float() / 255,
            "batch_idx": torch.from_numpy(numbers).float(),
            "cls": torch.from_numpy(boxes[:, :1]).float(),
            "bboxes": torch.from_numpy(places).float(),
        }


def read_pictures(folders: Sequence[Path], canvas: Canvas) -> Pictures:
    """Read the data sets whole (0.45 MB a picture). Raises FileNotFoundError or ValueError."""
    images, boxes = [], []
    for path in sorted(path for folder in folders for path in (folder / "images").glob("*.jpg")):
        image = cv2.imread(str(path))
        if image is None:
            raise ValueError(f"{path} is no picture: write the data set again")
        images.append(cv2.resize(image, (WIDTH_PX, HEIGHT_PX)))
        boxes.append(_read_boxes(path.parent.parent / "labels" / f"{path.stem}.txt"))
    if not images:
        raise FileNotFoundError(f"no pictures in {', '.join(map(str, folders))}: write some with "
                                "python -m ingest.synthetic.dataset")  # fmt: skip
    return Pictures(images, boxes, canvas)


def read_names(folder: Path) -> dict[int, str]:
    """Return the classes of a data set, from its data.yaml, whose names stand last, one a line."""
    lines = (folder / "data.yaml").read_text(encoding="utf-8").partition("names:\n")[2].splitlines()
    pairs = (line.split(":") for line in lines)
    return {int(number): name.strip() for number, name in pairs}


def _read_boxes(path: Path) -> np.ndarray:
    rows = np.array([line.split() for line in path.read_text().splitlines()], float).reshape(-1, 5)
    middle, half = rows[:, 1:3], rows[:, 3:] / 2
    corners = np.concatenate([middle - half, middle + half], axis=1)
    return np.concatenate([rows[:, :1], corners * [WIDTH_PX, HEIGHT_PX, WIDTH_PX, HEIGHT_PX]], axis=1)


def change(
    draw: np.random.Generator, image: np.ndarray, boxes: np.ndarray, canvas: Canvas
) -> tuple[np.ndarray, np.ndarray]:
    """Return the picture scaled, moved, mirrored, in other light; boxes mostly outside are left out."""
    size = np.array(canvas.size)
    scale = float(np.exp(draw.uniform(np.log(canvas.smallest), np.log(LARGEST)))) * size[0] / WIDTH_PX
    across = scale if draw.random() < 0.5 else -scale
    to = size / 2 + draw.uniform(-0.12, 0.12, 2) * size
    move = np.array([
        [across, 0.0, to[0] - across * WIDTH_PX / 2],
        [0.0, scale, to[1] - scale * HEIGHT_PX / 2],
    ])  # fmt: skip
    moved = cv2.warpAffine(image, move, canvas.size, borderValue=(114, 114, 114))
    return _light(draw, moved), _moved_boxes(boxes, move, canvas)


def _moved_boxes(boxes: np.ndarray, move: np.ndarray, canvas: Canvas) -> np.ndarray:
    x = np.sort(boxes[:, [1, 3]] * move[0, 0] + move[0, 2], axis=1)
    y = boxes[:, [2, 4]] * move[1, 1] + move[1, 2]
    inside_x, inside_y = x.clip(0, canvas.size[0]), y.clip(0, canvas.size[1])
    wide, tall = np.diff(inside_x, axis=1)[:, 0], np.diff(inside_y, axis=1)[:, 0]
    whole = (np.diff(x, axis=1) * np.diff(y, axis=1))[:, 0]
    kept = (wide > SMALLEST_PX) & (tall > SMALLEST_PX) & (wide * tall > LEAST_KEPT * whole)
    corners = np.stack([inside_x[:, 0], inside_y[:, 0], inside_x[:, 1], inside_y[:, 1]], axis=1)
    return np.concatenate([boxes[:, :1], corners], axis=1)[kept]


def _light(draw: np.random.Generator, image: np.ndarray) -> np.ndarray:
    """Change brightness, contrast, colour; sometimes blur or make it grey."""
    if draw.random() < 0.08:
        image = np.repeat(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)[:, :, None], 3, axis=2)
    if draw.random() < 0.15:
        image = cv2.GaussianBlur(image, (0, 0), float(draw.uniform(0.4, 1.4)))
    gains = np.exp(draw.uniform(-0.3, 0.3)) * np.exp(draw.uniform(-0.1, 0.1, 3))
    levels = np.arange(256)[:, None] * gains + draw.uniform(-16, 16)
    table = levels.clip(0, 255).astype(np.uint8)
    return cv2.merge([cv2.LUT(np.ascontiguousarray(image[:, :, at]), table[:, at]) for at in range(3)])
