"""Measures of one picture for camera health: points, edges, detail. Pure; remembers and judges nothing.

Only single pixels and small patches are looked at, so the cost hardly grows with the picture's size.
"""

from dataclasses import dataclass

import cv2
import numpy as np

GRID = (9, 16)
"""Blocks down and across: a clock drawn into the picture moves in a few of them only."""
CELL = 10
"""Sample points down and across a block."""
REGIONS = (5, 5)
"""Parts of the picture that are known again, or not, each for itself."""
TURNS = (0.0, -4.0, 4.0, -8.0, 8.0, -12.0, 12.0)
PATCHES = (6, 8)
PATCH_PX = 24

FULL_TO_CODED = 219 / 255


def points_of(image: np.ndarray) -> np.ndarray:
    """Return a grid of single points (90 x 160 float32, levels 16 to 235): no averaging, still stays still.

    image: H x W uint8 luma as coded, or H x W x 3 uint8 BGR.
    """
    size = (GRID[1] * CELL, GRID[0] * CELL)
    points = cv2.resize(image, size, interpolation=cv2.INTER_NEAREST)
    if points.ndim == 3:
        return points[:, :, 1].astype(np.float32) * FULL_TO_CODED + 16.0
    return points.astype(np.float32)


def change_of(points: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Return by how many levels the points of each block (9 x 16) differ between two pictures, on average."""
    return np.asarray(
        cv2.resize(cv2.absdiff(points, before), (GRID[1], GRID[0]), interpolation=cv2.INTER_AREA)
    )


def level_at(points: np.ndarray, *shares: float) -> list[float]:
    """Return the levels below which these shares of the points lie."""
    counts = np.bincount(points.astype(np.uint8).ravel(), minlength=256)
    below = np.cumsum(counts) / points.size
    return [float(np.searchsorted(below, share)) for share in shares]


def edges_of(points: np.ndarray) -> np.ndarray:
    """Return how strong the edges are at every point, softened lest lamps and letters outweigh all."""
    smooth = cv2.GaussianBlur(points, (5, 5), 0)
    across, down = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.sqrt(cv2.magnitude(across, down)))


def likeness(edges: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Return how alike each region of two edge pictures is (5 x 5, correlation -1 to 1) in any light."""
    return (_means(edges * usual) - _means(edges) * _means(usual)) / (spread_of(edges) * spread_of(usual))


def spread_of(edges: np.ndarray) -> np.ndarray:
    """Return how much structure each region of an edge picture has (5 x 5)."""
    return np.asarray(np.sqrt(np.maximum(_means(edges * edges) - _means(edges) ** 2, 1e-6)))


def _means(values: np.ndarray) -> np.ndarray:
    return np.asarray(cv2.resize(values, REGIONS, interpolation=cv2.INTER_AREA))


@dataclass(frozen=True, slots=True)
class Turn:
    """How a camera was turned: where its old view lies now, in shares of the picture and degrees.

    alike: how well the old view fits there; before: how well it fits where it was.
    """

    right: float
    down: float
    degrees: float
    alike: float
    before: float


def turn_of(edges: np.ndarray, usual: np.ndarray) -> Turn:
    """Return the turn that makes the usual view fit best, up to a fifth of the picture and 12 degrees."""
    rows, columns = usual.shape[0] // 5, usual.shape[1] // 5
    middle = np.ascontiguousarray(usual[rows:-rows, columns:-columns])
    before = float(cv2.matchTemplate(edges[rows:-rows, columns:-columns], middle, cv2.TM_CCOEFF_NORMED)[0, 0])
    best = Turn(0.0, 0.0, 0.0, before, before)
    for degrees in TURNS:
        found = cv2.matchTemplate(_turned_back(edges, degrees), middle, cv2.TM_CCOEFF_NORMED)
        _, peak, _, (x, y) = cv2.minMaxLoc(found)
        if peak > best.alike:
            right, down = (x - columns) / usual.shape[1], (y - rows) / usual.shape[0]
            best = Turn(right, down, degrees, float(peak), before)
    return best


def _turned_back(edges: np.ndarray, degrees: float) -> np.ndarray:
    if not degrees:
        return edges
    height, width = edges.shape
    back = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    return cv2.warpAffine(edges, back, (width, height), borderMode=cv2.BORDER_REPLICATE)


def fine_of(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the finest detail (Laplacian) of 48 patches, n x 22 x 22, and the contrast of each patch."""
    height, width = image.shape[:2]
    tops = np.linspace(0, height - PATCH_PX, PATCHES[0] + 2).astype(int)[1:-1]
    lefts = np.linspace(0, width - PATCH_PX, PATCHES[1] + 2).astype(int)[1:-1]
    plane = image if image.ndim == 2 else image[:, :, 1]
    patches = np.concatenate(
        [plane[top : top + PATCH_PX, left : left + PATCH_PX] for top in tops for left in lefts]
    ).astype(np.float32)
    fine = cv2.Laplacian(patches, cv2.CV_32F).reshape(-1, PATCH_PX, PATCH_PX)[:, 1:-1, 1:-1]
    return fine, patches.reshape(len(tops) * len(lefts), -1).var(axis=1)


def sorted_at(values: np.ndarray, *shares: float) -> np.ndarray:
    """Return the values that these shares of all values lie below."""
    places = [int(share * (len(values) - 1)) for share in shares]
    return np.asarray(np.partition(values, places)[places])


def patches_within(regions: np.ndarray) -> np.ndarray:
    """Return which of the 48 patches lie in regions (5 x 5 bool) that are true."""
    rows, columns = (
        ((np.arange(count) + 1) * regions.shape[axis] // (count + 1)) for axis, count in enumerate(PATCHES)
    )
    return np.asarray(regions[rows[:, None], columns].ravel())


def energy(fine: np.ndarray) -> np.ndarray:
    """Return the energy of each patch's finest detail."""
    flat = fine.reshape(len(fine), -1)
    return np.asarray(np.einsum("ij,ij->i", flat, flat) / flat.shape[1])
