"""Trains the small YOLO26 that ships for rendered roads, and writes it as an OpenVINO folder.

Reads what ingest.synthetic.dataset wrote; one thread, no internet. Measuring it is tests/benchmarks' part."""

from __future__ import annotations

import argparse
import copy
import logging
import math
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from detection.training.vehicle_pictures import WIDTH_PX, Canvas, read_names, read_pictures
from detection.ultralytics_detector import as_openvino, offline

log = logging.getLogger(__name__)

SCALE = (0.5, 0.125, 512)
"""Depth, width and most channels of ultralytics' own yolo26.yaml: 0.4 million weights instead of 2.5."""
BATCH = 16
LEAST_RATE, WARM_UP = 0.02, 0.03
WEIGHT_DECAY = 0.02
MANY_AT_FIRST, MANY_AT_LAST = (
    0.8,
    0.1,
)  # the helping one-to-many head's part of the loss, as ultralytics has it
SMOOTHING = 0.995
SAVED_EVERY_S = 300.0
NAME = "rendered-roads"
EXPORTED = Canvas(320)
"""The largest picture the exported network is shown: what is near enough to pass is large enough in it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to train on, for how long, from which dice, from which .pt on (None: from nothing).

    canvas: workers show their pictures 224 to 640 pixels wide, so a part of the training is on small ones.
    """

    data: tuple[Path, ...]
    out: Path
    minutes: float
    seed: int
    canvas: Canvas
    rate: float
    start: Path | None


def train(plan: Plan) -> Path:
    """Train for plan.minutes of wall time and return the written .pt; how far it gets depends on the machine.

    Same data, seed and number of steps give the same network on the same machine; the log says how many
    steps it was. About 30 ms of CPU a picture.
    """
    torch.manual_seed(plan.seed)
    torch.set_num_threads(1)
    pictures = read_pictures(plan.data, plan.canvas)
    model = small_network(read_names(plan.data[0]))
    if plan.start:
        kept = torch.load(plan.start, weights_only=False)["model"]  # a .pt of our own
        model.load_state_dict(kept.state_dict())
    smooth = copy.deepcopy(model).eval()
    optimiser = _optimiser(model, plan.rate)
    began = saved = time.monotonic()
    draw, step, losses = np.random.default_rng(plan.seed), 0, []
    while (share := (time.monotonic() - began) / (plan.minutes * 60)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = plan.rate * _rate(share)
        losses.append(_step(model, optimiser, pictures.batch(draw, BATCH), share))
        step += 1
        _follow(smooth, model, min(SMOOTHING, (1 + step) / (10 + step)))
        if step % 100 == 0:
            log.info("step %d, %.0f %%: loss %.2f", step, 100 * share, float(np.mean(losses[-100:])))
        if time.monotonic() - saved > SAVED_EVERY_S:
            saved = time.monotonic()
            _save(smooth, plan.out)
    log.info("%d steps of %d pictures, %.1f epochs", step, BATCH, step * BATCH / len(pictures))
    return _save(smooth, plan.out)


def small_network(names: dict[int, str]) -> Any:
    """Return an untrained YOLO26 of SCALE with the head that needs no NMS."""
    from ultralytics.cfg import get_cfg
    from ultralytics.nn.tasks import DetectionModel, yaml_model_load

    shape = yaml_model_load("yolo26n.yaml")
    shape |= {"scales": {"r": list(SCALE)}, "scale": "r", "yaml_file": f"{NAME}.yaml"}
    model = DetectionModel(shape, ch=3, nc=len(names), verbose=False)
    model.names = names
    model.args = get_cfg()
    model.task = "detect"
    return model.to(memory_format=torch.channels_last).train()


def _optimiser(model: Any, rate: float) -> torch.optim.Optimizer:
    weights = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    return torch.optim.AdamW(
        [{"params": weights, "weight_decay": WEIGHT_DECAY}, {"params": others, "weight_decay": 0.0}], lr=rate
    )


def _rate(share: float) -> float:
    """Return the part of the full rate after a share of the time: warm-up, then a cosine."""
    warm = min(1.0, share / WARM_UP)
    return warm * (LEAST_RATE + (1 - LEAST_RATE) * (1 + math.cos(math.pi * share)) / 2)


def _step(
    model: Any, optimiser: torch.optim.Optimizer, batch: dict[str, torch.Tensor], share: float
) -> float:
    if getattr(model, "criterion", None) is None:
        model.criterion = model.init_criterion()
    model.criterion.o2m = MANY_AT_FIRST + (MANY_AT_LAST - MANY_AT_FIRST) * share
    model.criterion.o2o = 1 - model.criterion.o2m
    with torch.autocast("cpu", torch.bfloat16):  # half the time on a CPU that has it
        found = model(batch["img"].to(memory_format=torch.channels_last))
    found = {head: {name: _plain(part) for name, part in parts.items()} for head, parts in found.items()}
    loss = model.criterion(found, batch)[0].sum()
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 10.0)
    optimiser.step()
    return float(loss.detach()) / len(batch["img"])


def _plain(part: Any) -> Any:
    return part.float() if isinstance(part, torch.Tensor) else [level.float() for level in part]


@torch.no_grad()
def _follow(smooth: Any, model: Any, keep: float) -> None:
    """Let the smooth copy follow the trained weights."""
    for ours, theirs in zip(smooth.state_dict().values(), model.state_dict().values(), strict=True):
        if ours.dtype.is_floating_point:
            ours.mul_(keep).add_(theirs, alpha=1 - keep)
        else:
            ours.copy_(theirs)


def _save(smooth: Any, out: Path) -> Path:
    """Write the network as ultralytics' own checkpoint, whole or not at all."""
    from ultralytics import __version__

    out.mkdir(parents=True, exist_ok=True)
    plain = copy.deepcopy(smooth).to(memory_format=torch.contiguous_format)
    plain.criterion = None
    content = {"model": plain, "train_args": {"task": "detect", "imgsz": WIDTH_PX}, "version": __version__}
    torch.save(content, out / f"{NAME}.pt.part")
    return (out / f"{NAME}.pt.part").rename(out / f"{NAME}.pt")


def _say_whose(about: Path) -> None:
    """Correct what ultralytics writes about every network: these weights are ours, and of no one day."""
    ours = {"description": "Vehicles on Watchgrid's rendered roads", "author": "Watchgrid"}
    lines = [line for line in about.read_text().splitlines() if not line.startswith(("date:", "docs:"))]
    lines = [f"{key}: {ours[key]}" if (key := line.split(":")[0]) in ours else line for line in lines]
    about.write_text("\n".join(lines) + "\n")


def _plan(options: argparse.Namespace) -> Plan:
    return Plan(
        data=tuple(options.data),
        out=options.out,
        minutes=options.minutes,
        seed=options.seed,
        canvas=Canvas(options.width, options.smallest),
        rate=options.rate,
        start=options.start,
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Train, then write the OpenVINO folder beside the .pt."""
    parser = argparse.ArgumentParser(prog="python -m detection.training.vehicles", description=__doc__)
    parser.add_argument("--data", type=Path, action="append", required=True, help="a data set; repeatable")
    parser.add_argument("--out", type=Path, default=Path("build/training"))
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--width", type=int, default=WIDTH_PX, help="of the pictures shown, pixels")
    parser.add_argument("--smallest", type=float, default=0.7, help="least scale of the pictures")
    parser.add_argument("--rate", type=float, default=2e-3, help="learning rate after the warm-up")
    parser.add_argument("--start", type=Path, metavar="PT", help="go on from here")
    parser.add_argument("--export-only", action="store_true", help="write the folder of an existing .pt")
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    with tempfile.TemporaryDirectory() as settings:
        offline(Path(settings))
        weights = options.out / f"{NAME}.pt"
        if not options.export_only:
            weights = train(_plan(options))
        folder = as_openvino(weights, EXPORTED.size[::-1])
        _say_whose(folder / "metadata.yaml")
    print(f"{folder}: {sum(file.stat().st_size for file in folder.iterdir()) / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
