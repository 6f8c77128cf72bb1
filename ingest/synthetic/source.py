"""An opened synthetic camera, as ingest.sources takes it: size, rate, and the frame at an instant.

Does not pace itself: whoever reads decides when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np

from ingest.synthetic.faults import instant_shown, spoil
from ingest.synthetic.options import parse_url
from ingest.synthetic.projection import HEIGHT_PX, WIDTH_PX
from ingest.synthetic.scene import Scene, build_scene, render


class SyntheticCamera:
    """A synthetic camera since the moment it was opened."""

    def __init__(self, scene: Scene, opened_at: datetime) -> None:
        """Keep the painted scene; faults count from opened_at."""
        self.scene = scene
        self._opened_at = opened_at

    @property
    def size(self) -> tuple[int, int]:
        """Return (width, height) in pixels."""
        return WIDTH_PX, HEIGHT_PX

    @property
    def fps(self) -> float:
        """Return the frames per second at which the picture changes."""
        return self.scene.options.fps

    def frame_at(self, t: datetime) -> np.ndarray:
        """Return the picture at t (H x W x 3, uint8 BGR); SyntheticSourceDied once a dead@ fault is due."""
        fault = self.scene.options.fault
        frame = render(self.scene, instant_shown(fault, self._opened_at, t))
        return spoil(fault, (t - self._opened_at).total_seconds(), frame)


def open_synthetic(url: str, now: Callable[[], datetime]) -> SyntheticCamera:
    """Open synthetic://road?...; BadSyntheticUrl says what is wrong in URL or schedule."""
    return SyntheticCamera(build_scene(parse_url(url)), now())
