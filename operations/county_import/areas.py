"""Areas: outlines mended, areas that overlap, those that do not lie in the one they are part of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.coordinates import EARTH_RADIUS_M
from operations.county_import.rows import Row, Teller

MENDED_SHARE = 0.01  # more change than this, and nobody knows what was meant
OVERLAP_SHARE = 0.10  # of the smaller area: two that claim the same ground
TOLD_SHARE = 0.002  # below: slivers of digitising
TOLD_M2 = 400.0
OVER_SHARE = 0.02
UNCOVERED_SHARE = 0.02
METRES_A_DEGREE = EARTH_RADIUS_M * np.pi / 180


@dataclass
class Areas:
    """Areas of one layer after the import, as parallel lists. rows: None for those the file does not hold."""

    codes: list[str]
    names: list[str]
    shapes: NDArray[np.object_]
    rows: list[Row | None]
    parents: list[str | None]

    def place_of(self, code: str) -> int:
        """Return the position of a code. Raises ValueError."""
        return self.codes.index(code)

    def find(self, text: str) -> list[int]:
        """Return the positions that a code or else a name stands for."""
        by_code = [i for i, code in enumerate(self.codes) if code == text]
        return by_code or [i for i, name in enumerate(self.names) if name == text]


def m2_of(areas: NDArray[np.object_] | BaseGeometry) -> NDArray[np.float64]:
    """Return square metres of shapes in degrees, good to 0.5 % in a county."""
    box = np.atleast_2d(shapely.bounds(areas))
    middle = np.nan_to_num((box[:, 1] + box[:, 3]) / 2)
    return np.atleast_1d(shapely.area(areas)) * METRES_A_DEGREE**2 * np.cos(np.radians(middle))


def mend(rows: Sequence[Row], tell: Teller) -> None:
    """Mend outlines that cross their own line, where it is clear what was meant; tell each."""
    for row in rows:
        if row.shape is None or row.shape.is_valid:
            continue
        parts = [part for part in shapely.get_parts(shapely.make_valid(row.shape)) if part.area > 0]
        mended = shapely.union_all([part for part in parts if part.geom_type in ("Polygon", "MultiPolygon")])
        before = max(row.shape.convex_hull.area, 1e-18)
        share = abs(mended.area - _drawn(row.shape)) / max(_drawn(row.shape), before * 1e-6)
        numbers: dict[str, Any] = {"share": round(100 * share, 2)}
        if mended.is_empty or mended.geom_type not in ("Polygon", "MultiPolygon") or share > MENDED_SHARE:
            tell.error("crossed", row.number, ("code", row.code), **numbers)
            row.shape = None
        else:
            tell.warning("mended", row.number, ("code", row.code), **numbers)
            row.shape = mended


def _drawn(shape: BaseGeometry) -> float:
    """Return the area that the rings of an outline go around, each by itself."""
    total = 0.0
    for part in shapely.get_parts(shape):
        rings = [shapely.Polygon(ring) for ring in shapely.get_rings(part)]
        total += abs(rings[0].area) - sum(abs(ring.area) for ring in rings[1:]) if rings else 0.0
    return total


def tell_overlaps(areas: Areas, tell: Teller) -> None:
    """Tell pairs of areas that claim the same ground, if one of them is in the file."""
    tree = shapely.STRtree(areas.shapes)
    one, other = tree.query(areas.shapes, predicate="intersects")
    new = np.array([row is not None for row in areas.rows], dtype=bool)
    wanted = (one < other) & (new[one] | new[other])
    one, other = one[wanted], other[wanted]
    touching = shapely.touches(areas.shapes[one], areas.shapes[other])
    one, other = one[~touching], other[~touching]
    shared = m2_of(shapely.intersection(areas.shapes[one], areas.shapes[other]))
    sizes = m2_of(areas.shapes)
    for first, second, m2 in zip(one.tolist(), other.tolist(), shared, strict=True):
        share = m2 / max(min(sizes[first], sizes[second]), 1e-9)
        here, there = (second, first) if areas.rows[second] is not None else (first, second)
        row = areas.rows[here]
        assert row is not None
        cell = ("code", row.code)
        if share >= OVERLAP_SHARE:
            tell.error("overlap", row.number, cell, other=areas.codes[there], share=round(100 * share, 1))
        elif share >= TOLD_SHARE and m2 >= TOLD_M2:
            tell.warning("overlap_small", row.number, cell, other=areas.codes[there], area_m2=round(m2))


def find_parents(areas: Areas, above: Areas, reference: str, tell: Teller) -> None:
    """Give every area in the file the one above that it names, else the one it mostly lies in."""
    best, share = _most_shared(areas, above)
    for index, row in enumerate(areas.rows):
        if row is None:
            continue
        here = int(best[index])
        named = row.values.pop(reference, None)
        if named is not None:
            found = above.find(named)
            if len(found) != 1:
                code = "two_parents" if found else "no_parent"
                tell.error(code, row.number, (reference, named), other=named)
                continue
            chosen = found[0]
            if here >= 0 and chosen != here and share[index] > 0.5:
                numbers = {"found": above.codes[here], "other": above.codes[chosen]}
                tell.error("other_town", row.number, (reference, named), **numbers)
                continue
        elif here < 0:
            tell.error("nowhere", row.number, ("code", row.code), other=tell_name(above))
            continue
        else:
            chosen = here
        areas.parents[index] = row.values[reference] = above.codes[chosen]
        outside = 1.0 - share[index] if chosen == here else 1.0
        if outside > OVER_SHARE:
            shares: dict[str, Any] = {"share": round(100 * outside, 1), "other": above.codes[chosen]}
            tell.warning("over_town", row.number, ("code", row.code), **shares)


def tell_name(above: Areas) -> str:
    """Return what the areas above are called by their first code, for a sentence."""
    return f"{above.codes[0]} … {above.codes[-1]}" if above.codes else "area above"


def _most_shared(areas: Areas, above: Areas) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return for each area which one above it shares most with (-1: none), and which share of it."""
    size = len(areas.codes)
    best, share = np.full(size, -1, dtype=np.int64), np.zeros(size)
    if not above.codes or not size:
        return best, share
    shapely.prepare(above.shapes)
    upper, lower = shapely.STRtree(areas.shapes).query(above.shapes, predicate="intersects")
    whole = shapely.covers(above.shapes[upper], areas.shapes[lower])
    own = shapely.area(areas.shapes)
    part = own[lower].copy()
    part[~whole] = shapely.area(
        shapely.intersection(above.shapes[upper[~whole]], areas.shapes[lower[~whole]])
    )
    ratio = part / np.maximum(own[lower], 1e-18)
    order = np.lexsort((upper, ratio))
    best[lower[order]], share[lower[order]] = upper[order], ratio[order]
    best[share <= 0] = -1
    return best, share


def tell_uncovered(areas: Areas, above: Areas, tell: Teller, told: Callable[[int], bool]) -> None:
    """Tell ground of an area above that none of its parts covers. told: which of those above to look at."""
    tree = shapely.STRtree(areas.shapes)
    for index, code in enumerate(above.codes):
        if not told(index) or above.shapes[index] is None:
            continue
        near = tree.query(above.shapes[index], predicate="intersects")
        rest = above.shapes[index].difference(shapely.union_all(areas.shapes[near]))
        left, whole = float(m2_of(rest)[0]), float(m2_of(above.shapes[index])[0])
        if left > UNCOVERED_SHARE * whole:
            numbers = {"area_km2": round(left / 1e6, 2), "share": round(100 * left / whole, 1)}
            row = above.rows[index]
            tell.warning("uncovered", row.number if row else None, ("code", code), **numbers)
