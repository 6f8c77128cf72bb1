"""How far confidence is from the share that is right: bins, expected calibration error, and a diagram."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0)
"""Bins are narrow where reads are many and differences matter."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """reads: how many. calibration_error: the mean gap between confidence and share right, by bin, weighed by
    reads. bins: mean confidence, share right and number of each bin that holds any.
    """

    reads: int
    calibration_error: float
    bins: list[tuple[float, float, int]]


def reliability(reads: list[tuple[float, bool]]) -> Reliability:
    """Sort reads (confidence, right) into bins and compare."""
    said = np.array([confidence for confidence, _ in reads])
    right = np.array([hit for _, hit in reads], dtype=float)
    held = np.clip(np.searchsorted(EDGES, said, side="right") - 1, 0, len(EDGES) - 2)
    bins = [
        (float(said[held == place].mean()), float(right[held == place].mean()), int((held == place).sum()))
        for place in np.unique(held)
    ]
    error = sum(abs(a - b) * count for a, b, count in bins) / max(1, len(reads))
    return Reliability(len(reads), round(error, 4), [(round(a, 4), round(b, 4), n) for a, b, n in bins])


def draw_reliability(curves: dict[str, dict[str, Reliability]], path: Path) -> None:
    """Draw share right against confidence, a panel for each sort of picture; writes what the suffix says."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(1, len(curves), figsize=(3.4 * len(curves), 3.6), sharey=True)
    for panel, (name, by) in zip(np.atleast_1d(panels), curves.items(), strict=True):
        panel.plot([0, 1], [0, 1], color="0.7", linewidth=1)
        for (what, one), marker in zip(by.items(), "os", strict=True):
            said, right, counts = (np.array(column) for column in zip(*one.bins, strict=True))
            label = f"{what.replace('_', ' ')}, ECE {one.calibration_error:.3f}"
            panel.plot(said, right, marker="", linewidth=1, label=label)
            panel.scatter(said, right, s=8 + 60 * counts / counts.max(), marker=marker, alpha=0.7)
        panel.set_title(f"{name.replace('_', ' ')} ({by['whole_plate'].reads} reads)", fontsize=9)
        panel.set_xlabel("confidence said", fontsize=8)
        panel.legend(fontsize=7, loc="lower right")
        panel.set_xlim(0, 1.02)
        panel.set_ylim(0, 1.02)
    np.atleast_1d(panels)[0].set_ylabel("share right", fontsize=8)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
