"""Where the roadside is painted: pictures, view, dice and sun, handed to whatever paints a thing that stands.

Paints nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.synthetic.projection import Viewpoint, project


@dataclass(frozen=True, slots=True)
class Stage:
    """The day picture, the light that stays at night, the view, the dice.

    Shadows fall to the left (sun -1), the right (1) or not at all (0)."""

    colour: np.ndarray
    glow: np.ndarray
    view: Viewpoint
    draw: np.random.Generator
    sun: float

    def place(self, points_m: Sequence[tuple[float, float, float]]) -> np.ndarray:
        """Return the picture positions of road points, N x 2."""
        return project(self.view, np.array(points_m))
