"""Lanes: one lane of a camera whose plates nobody else ever reads, while those of its sister lanes are known.

Pure. A lane that is read wrongly (a reflection, a pole, a bent calibration) makes texts that no vehicle has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import fisher_exact

LEAST_READS = 60
LEAST_MORE = 0.2
TIMES_MORE = 2.0
TOO_UNLIKELY = 1e-6
WELL_AGAIN = 1.4


@dataclass(frozen=True, slots=True)
class Lane:
    """What one lane's reads come to beside its sisters': shares of texts that are read nowhere else."""

    reads: int
    unknown: float
    sisters_unknown: float
    p: float
    is_misread: bool

    def numbers(self) -> dict[str, Any]:
        return {
            "reads": self.reads,
            "unknown": round(self.unknown, 2),
            "sisters_unknown": round(self.sisters_unknown, 2),
            "p": float(f"{self.p:.1e}"),
        }


def lanes_of(counts: Mapping[int, tuple[int, int]], tested: int) -> dict[int, Lane]:
    """Judge the lanes of one camera by (texts read, of them nowhere else). tested: lanes judged in all."""
    found: dict[int, Lane] = {}
    for lane, (reads, unknown) in counts.items():
        others = [of for other, of in counts.items() if other != lane]
        their_reads, their_unknown = sum(of[0] for of in others), sum(of[1] for of in others)
        if reads < LEAST_READS or their_reads < LEAST_READS:
            continue
        share, theirs = unknown / reads, their_unknown / their_reads
        table = np.array([[unknown, reads - unknown], [their_unknown, their_reads - their_unknown]])
        p = min(1.0, tested * float(fisher_exact(table, alternative="greater").pvalue))
        is_misread = p < TOO_UNLIKELY and share - theirs >= LEAST_MORE and share >= TIMES_MORE * theirs
        found[lane] = Lane(reads, share, theirs, p, is_misread)
    return found


def is_well_again(lane: Lane) -> bool:
    """Return whether a lane reads like its sisters again."""
    return lane.unknown <= max(WELL_AGAIN * lane.sisters_unknown, lane.sisters_unknown + 0.05)
