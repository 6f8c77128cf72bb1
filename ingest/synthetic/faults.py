"""Camera faults on order, for trying out camera health: frozen, black, garbage, dead.

Which fault and when comes with the URL; nothing here happens by chance."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from ingest.synthetic.options import Fault


class SyntheticSourceDied(OSError):
    """The synthetic camera was told to die, and did."""


def instant_shown(fault: Fault | None, opened_at: datetime, t: datetime) -> datetime:
    """Return the instant to draw for t: a frozen camera keeps showing its last good one."""
    if fault is not None and fault.kind == "freeze":
        return min(t, opened_at + timedelta(seconds=fault.after_s))
    return t


def spoil(fault: Fault | None, age_s: float, frame: np.ndarray) -> np.ndarray:
    """Return the frame as the fault leaves it age_s after opening; SyntheticSourceDied once dead."""
    if fault is None or age_s < fault.after_s or fault.kind == "freeze":
        return frame
    if fault.kind == "dead":
        raise SyntheticSourceDied(
            f"the synthetic camera died {fault.after_s:g} s after it was opened, as ordered"
        )
    if fault.kind == "black":
        return np.zeros_like(frame)
    draw = np.random.default_rng(int(age_s * 1000))
    return draw.integers(0, 256, frame.shape, dtype=np.uint8)
