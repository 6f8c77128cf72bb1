"""The calibration of a rendered camera, as an administrator would draw it: exact, because the view is known.

Tells where the road is, never what drives on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ingest.synthetic.backdrop import choose_place
from ingest.synthetic.ground import ROAD_HALF_M
from ingest.synthetic.options import parse_url
from ingest.synthetic.projection import BEND_FROM_M, HEIGHT_PX, WIDTH_PX, Viewpoint, project
from ingest.synthetic.scene import is_one_way
from ingest.synthetic.schedule import traffic_for

KNOWN_AHEAD_M = (18.0, 27.0, 40.0, BEND_FROM_M)


def calibration_of(url: str) -> dict[str, Any]:
    """Return ground points and lanes of synthetic://road?... as cameras keep them. Raises BadSyntheticUrl.

    Lane 1 is the left one, 2 the right, as we look.
    """
    options = parse_url(url)
    view, _ = choose_place(options, is_one_way(traffic_for(options)))
    ground = [(side * ROAD_HALF_M, ahead) for ahead in KNOWN_AHEAD_M for side in (-1, 1)]
    places = _fractions(view, ground)
    return {
        "ground": [
            {"x": x, "y": y, "right_m": right_m, "ahead_m": ahead_m}
            for (x, y), (right_m, ahead_m) in zip(places, ground, strict=True)
            if 0 <= x <= 1 and 0 <= y <= 1
        ],
        "lanes": [
            {"number": 1, "outline": _lane(view, -ROAD_HALF_M, 0.0)},
            {"number": 2, "outline": _lane(view, 0.0, ROAD_HALF_M)},
        ],
    }


def _lane(view: Viewpoint, left_m: float, right_m: float) -> list[list[float]]:
    """Return the outline of a strip of road from the picture's lower edge to the bend."""
    nearest_m = view.focal_px * view.height_m / (HEIGHT_PX - view.horizon_y_px) + 0.01
    ahead = np.linspace(nearest_m, BEND_FROM_M, 4)
    edges = [(left_m, z) for z in ahead] + [(right_m, z) for z in ahead[::-1]]
    return [[min(1.0, max(0.0, part)) for part in place] for place in _fractions(view, edges)]


def _fractions(view: Viewpoint, points_m: Sequence[tuple[float, float]]) -> list[list[float]]:
    pixels = project(view, np.array([(right_m, 0.0, ahead_m) for right_m, ahead_m in points_m]))
    return [[round(x, 5), round(y, 5)] for x, y in (pixels / (WIDTH_PX, HEIGHT_PX)).tolist()]
