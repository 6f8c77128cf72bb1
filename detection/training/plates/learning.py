"""Learns the plate network from rendered crops, for a given time. Owns batches, loss and schedule."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset

from detection.training.plates.crops import UNKNOWN_GROUND, drawn_sample
from detection.training.plates.network import PlateNetwork
from detection.training.plates.texts import SYMBOLS

BATCH = 32
_WIDTHS_PX = (192, 256, 224, 160, 208, 104, 96, 80)
_WIDTH_SHARES = (0.34, 0.09, 0.08, 0.05, 0.05, 0.09, 0.16, 0.14)
_LEARNING_RATE = 3e-3
_WARM_UP = 0.03
_SMOOTHING = 0.02
"""Weight of the pull of every step towards all symbols alike: keeps probabilities away from 1.000."""
_REMEMBERED = 800
"""Batches kept to be learnt from again: rendering costs about as much as learning."""
_AGAIN = 2
_GROUND_WEIGHT = 0.1
_MEMORY = 0.997
"""How slowly the averaged weights, the ones that are kept, follow the learnt ones."""
_COLUMN = {symbol: column for column, symbol in enumerate(SYMBOLS, start=1)}


@dataclass(frozen=True, slots=True)
class Batch:
    """Crops of one width. images: N x 48 x W x 3 uint8. targets: all texts' columns in a row."""

    images: np.ndarray
    targets: np.ndarray
    lengths: np.ndarray
    grounds: np.ndarray


class RenderedBatches(IterableDataset[Batch]):
    """An endless stream of batches; the seed fixes every one of them."""

    def __init__(self, seed: int, first: int = 0) -> None:
        self._seed, self._first = seed, first

    def __iter__(self) -> Iterator[Batch]:
        cv2.setNumThreads(1)
        torch.set_num_threads(1)
        number = self._first
        while True:
            yield rendered_batch(self._seed, number)
            number += 1


def rendered_batch(seed: int, number: int) -> Batch:
    """Render one batch; the same seed and number give the same batch on the same fonts."""
    rng = np.random.default_rng((seed, number))
    width_px = int(rng.choice(_WIDTHS_PX, p=_WIDTH_SHARES))
    samples = [drawn_sample(rng, width_px) for _ in range(BATCH)]
    return Batch(
        np.stack([one.image for one in samples]),
        np.array([_COLUMN[char] for one in samples for char in one.text], np.int64),
        np.array([len(one.text) for one in samples], np.int64),
        np.array([one.ground for one in samples], np.int64),
    )


def as_input(images: np.ndarray) -> Tensor:
    """Bring crops (N x 48 x W x 3 uint8 BGR) to the network's input."""
    pixels = torch.from_numpy(images).permute(0, 3, 1, 2).to(memory_format=torch.channels_last)
    return pixels.float() / 127.5 - 1.0


def loss_of(network: PlateNetwork, batch: Batch) -> Tensor:
    """Weigh what the network says of a batch: CTC, smoothing, ground colour."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        steps, grounds = network(as_input(batch.images))
    count, length = steps.shape[:2]
    read = functional.ctc_loss(
        steps.transpose(0, 1),
        torch.from_numpy(batch.targets),
        torch.full((count,), length, dtype=torch.int64),
        torch.from_numpy(batch.lengths),
        reduction="sum",
        zero_infinity=True,
    ) / (7 * count)
    colours = torch.from_numpy(batch.grounds)
    loss = read - _SMOOTHING * steps.mean()
    if bool((colours != UNKNOWN_GROUND).any()):
        loss = loss + _GROUND_WEIGHT * functional.nll_loss(grounds, colours, ignore_index=UNKNOWN_GROUND)
    return loss


@dataclass(frozen=True, slots=True)
class Course:
    """How long and from what to learn. clock: seconds, monotonic. first: number of the first batch."""

    minutes: float
    seed: int
    keep_at: Path
    clock: Callable[[], float] = time.monotonic
    continue_from: Path | None = None
    learning_rate: float = _LEARNING_RATE
    first: int = 0


def learn(course: Course, report: Callable[[str], None]) -> PlateNetwork:
    """Train for the course's minutes and return the averaged network; it is saved as it goes."""
    torch.manual_seed(course.seed)
    torch.set_num_threads(1)
    network = PlateNetwork()
    if course.continue_from is not None:
        network.load_state_dict(torch.load(course.continue_from, weights_only=True))
    for weight in network.parameters():
        if weight.dim() == 4:
            weight.data = weight.data.contiguous(memory_format=torch.channels_last)
    averaged = deepcopy(network)
    optimiser = torch.optim.AdamW(network.parameters(), lr=course.learning_rate, weight_decay=0.02)
    batches = DataLoader(
        RenderedBatches(course.seed, course.first), batch_size=None, num_workers=1, prefetch_factor=8
    )
    remembered: deque[Batch] = deque(maxlen=_REMEMBERED)
    pick = np.random.default_rng(course.seed)
    begun, kept, mean, done = course.clock(), 0.0, 0.0, 0
    for done, batch in enumerate(batches, start=1):
        minutes = (course.clock() - begun) / 60
        if minutes >= course.minutes:
            break
        _set_rate(optimiser, course.learning_rate * _rate(minutes / course.minutes))
        remembered.append(batch)
        again = [remembered[place] for place in pick.integers(len(remembered), size=_AGAIN)]
        for one in (batch, *again):
            loss = _step(network, optimiser, one)
            _follow(averaged, network, min(_MEMORY, done / (done + 10)))
        mean += (loss - mean) * max(0.02, 1 / done)
        if done % 50 == 0:
            report(f"{minutes:6.1f} of {course.minutes:g} min  {done * BATCH:8d} crops  loss {mean:.4f}")
        if minutes - kept >= 2:
            kept = minutes
            torch.save(averaged.state_dict(), course.keep_at)
    torch.save(averaged.state_dict(), course.keep_at)
    report(f"Learnt from {(done - 1) * BATCH} crops, seed {course.seed}, loss {mean:.4f}.")
    return averaged.eval()


def _step(network: PlateNetwork, optimiser: torch.optim.Optimizer, batch: Batch) -> float:
    network.train()
    loss = loss_of(network, batch)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
    optimiser.step()
    return float(loss.detach())


def _rate(share: float) -> float:
    """Warm up, then fall along a cosine to nothing."""
    if share < _WARM_UP:
        return share / _WARM_UP + 0.01
    return 0.5 * (1 + float(np.cos(np.pi * (share - _WARM_UP) / (1 - _WARM_UP)))) + 0.002


def _set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    for group in optimiser.param_groups:
        group["lr"] = rate


@torch.no_grad()
def _follow(averaged: PlateNetwork, network: PlateNetwork, memory: float) -> None:
    for slow, fast in zip(averaged.parameters(), network.parameters(), strict=True):
        slow.lerp_(fast, 1 - memory)
    for kept, now in zip(averaged.buffers(), network.buffers(), strict=True):
        kept.copy_(now)
