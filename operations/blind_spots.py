"""Blind spots: how badly a grid wants eyes, in points of 100 with the reasons, and their order. Pure.

Places are ranked, never people: what counts is what cameras see, when a patrol came, how far one is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Reason = dict[str, Any]
Floats = NDArray[np.float64]

UNSEEN_POINTS = 35.0
LOST_POINTS = 15.0
UNKNOWN_POINTS = 5.0
UNVISITED_POINTS = 25.0
FAR_POINTS = 20.0
SEEN_WELL = 0.05
"""Cameras look along roads, not over fields: a grid of which so much is seen counts as seen."""
UNVISITED_H = 7 * 24.0
FAR_S = 600.0


@dataclass(frozen=True, slots=True)
class Grids:
    """What is known of each grid. hoped: seen by cameras alive or unknown; nan: never visited, no road."""

    now: Floats
    hoped: Floats
    all: Floats
    unvisited_h: Floats
    nearest_s: Floats
    has_road: NDArray[np.bool_]


def lost_shares(seen: Floats, of: Floats) -> Floats:
    """Return the share of what cameras would see that they do not; 0 where there is nothing to see."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(of > 0, np.clip(1.0 - seen / of, 0.0, 1.0), 0.0)


def reasons(grids: Grids, index: int) -> list[Reason]:
    """Return why a grid is blind, the weightiest reason first: each with its points and its numbers."""
    hoped, whole = float(grids.hoped[index]), float(grids.all[index])
    found: list[Reason] = [
        {
            "code": "unseen",
            "points": UNSEEN_POINTS * (1.0 - min(1.0, hoped / SEEN_WELL)),
            "share": round(hoped, 4),
        },
        {
            "code": "lost",
            "points": LOST_POINTS * float(lost_shares(grids.hoped[index], grids.all[index])),
            "share": round(float(lost_shares(grids.hoped[index], grids.all[index])), 3),
        },
        {
            "code": "unknown",
            "points": UNKNOWN_POINTS * float(lost_shares(grids.now[index], grids.hoped[index])),
            "share": round((hoped - float(grids.now[index])) / whole, 3) if whole else 0.0,
        },
        _unvisited(float(grids.unvisited_h[index])),
    ]
    if not grids.has_road[index]:
        return [{"code": "no_road", "points": 0.0}, *_told(found)]
    return _told([*found, _far(float(grids.nearest_s[index]))])


def points(why: Sequence[Reason]) -> float:
    """Return the points of a grid's reasons together."""
    return round(sum(reason["points"] for reason in why), 1)


def ranks(scores: Floats, has_road: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return each grid's place among those with a road, 1 the blindest; 0 without a road."""
    order = np.lexsort((np.arange(len(scores)), -scores))
    order = order[has_road[order]]
    rank = np.zeros(len(scores), dtype=np.int64)
    rank[order] = np.arange(1, len(order) + 1)
    return rank


def _unvisited(hours: float) -> Reason:
    share = 1.0 if np.isnan(hours) else min(1.0, hours / UNVISITED_H)
    return {
        "code": "unvisited",
        "points": UNVISITED_POINTS * share,
        "hours": None if np.isnan(hours) else round(hours, 1),
    }


def _far(seconds: float) -> Reason:
    reached = np.isfinite(seconds)
    return {
        "code": "far",
        "points": FAR_POINTS * (min(1.0, seconds / FAR_S) if reached else 1.0),
        "minutes": round(seconds / 60, 1) if reached else None,
    }


def _told(found: Sequence[Reason]) -> list[Reason]:
    """Return the reasons that weigh something, rounded, the weightiest first."""
    rounded = [{**reason, "points": round(reason["points"], 1)} for reason in found]
    return sorted((r for r in rounded if r["points"]), key=lambda reason: -reason["points"])
