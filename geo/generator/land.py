"""The shape of the land: outline with bays and islands, hills and valleys as rasters. Metres, no degrees."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter, map_coordinates

Floats = NDArray[np.float64]

CELL_M = 150.0
HALF_WIDTH_M, HALF_HEIGHT_M = 27_000.0, 23_000.0
AREA_KM2 = 1_200.0


def _rows(text: str, width: int) -> Floats:
    return np.array(text.split(), dtype=np.float64).reshape(-1, width)


# Kilometres east and north. Corners run anticlockwise from the south coast: peninsulas and bays, then inland.
_COAST_KM = _rows(
    "8 -17  13 -16  18 -13  18 -9  12 -8.5  9.5 -5.5  13 -4  19 -5  23 -1  20 3  13 2  9 4.5  13 7  19 7"
    "  22.5 11  18 14.5  14 11.5  11 13  13 17  9 19.5",
    2,
)
_INLAND_KM = _rows("2 18  -6 19  -13 15  -19 12  -20 5  -23 -1  -19 -7  -20 -12  -13 -16  -5 -15  2 -18.5", 2)
# Islands: east, north, radius. Rivers: from and to; four to the sea and five side valleys.
_ISLANDS_KM = _rows("17 -1.5 0.5  24.2 -4.5 1.4  22 -8.5 0.9  25 6 1.2  23.2 4.8 0.6  17 -18.2 0.8", 3)
_RIVERS_KM = _rows(
    "-21 3 10 4.5  -17 -11 10 -6  -9 16 12 12.5  -3 -16 9 -15"
    "  -12 11 -7 3.5  -20 -4 -9 -8  1 15 3 5  -2 -13 1 -7  -15 8 -13 3",
    4,
)


@dataclass(frozen=True)
class Land:
    """The outline (metres) and rasters [row = north, column = east] of land and height."""

    outline: shapely.MultiPolygon
    is_land: NDArray[np.bool_]
    height_m: Floats

    def heights(self, x_m: Floats, y_m: Floats) -> Floats:
        """Return the height of places, in metres."""
        rows, columns = (np.asarray(y_m) + HALF_HEIGHT_M) / CELL_M, (np.asarray(x_m) + HALF_WIDTH_M) / CELL_M
        return np.asarray(map_coordinates(self.height_m, [rows, columns], order=1, mode="nearest"))


def cell_places() -> tuple[Floats, Floats]:
    """Return the x and y metres of every raster cell, shaped as the raster."""
    columns = np.arange(-HALF_WIDTH_M, HALF_WIDTH_M + 1, CELL_M)
    rows = np.arange(-HALF_HEIGHT_M, HALF_HEIGHT_M + 1, CELL_M)
    x_m, y_m = np.meshgrid(columns, rows)
    return x_m, y_m


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], wavelength_m: float) -> Floats:
    """Return a smooth random raster with mean 0 and standard deviation 1."""
    noise = gaussian_filter(rng.standard_normal(shape), wavelength_m / CELL_M / 4, mode="wrap")
    return np.asarray((noise - noise.mean()) / noise.std())


def shape_land(seed: int) -> Land:
    """Make the outline and the terrain."""
    rng = np.random.default_rng([seed, 1])
    outline = _outline(rng)
    x_m, y_m = cell_places()
    is_land = shapely.contains_xy(outline, x_m, y_m)
    return Land(outline, is_land, _heights(rng, is_land, x_m, y_m))


def _outline(rng: np.random.Generator) -> shapely.MultiPolygon:
    corners = np.vstack([_COAST_KM, _INLAND_KM]) * 1000.0
    corners += rng.normal(0, 600.0, corners.shape)
    rough = np.array([0.30] * (len(_COAST_KM) - 1) + [0.15] * (len(_INLAND_KM) + 1))
    mainland = _largest(shapely.Polygon(_fractal(rng, corners, rough, 6)))
    pieces = [mainland]
    for x_km, y_km, radius_km in _ISLANDS_KM:
        angle = np.linspace(0, 2 * np.pi, 9)[:-1]
        radius = radius_km * 1000.0 * rng.uniform(0.6, 1.25, 8)
        ring = np.column_stack([radius * np.cos(angle) * 0.8, radius * np.sin(angle)])
        ring = ring + np.array([x_km, y_km]) * 1000.0
        island = _largest(shapely.Polygon(_fractal(rng, ring, np.full(8, 0.25), 4)))
        if island.distance(mainland) > 250.0:
            pieces.append(island)
    whole = shapely.union_all(pieces)
    scale = np.sqrt(AREA_KM2 * 1e6 / whole.area)
    scaled = shapely.transform(whole, lambda xy: np.round(xy * scale, 1))
    return shapely.MultiPolygon([p for p in shapely.get_parts(scaled) if p.area > 2e5])


def _fractal(rng: np.random.Generator, ring: Floats, rough: Floats, levels: int) -> Floats:
    """Return a closed ring with midpoints displaced sideways, `rough` of each side's length at most."""
    for _ in range(levels):
        after = np.roll(ring, -1, axis=0)
        side = after - ring
        shift = np.clip(rng.normal(0, 0.7, len(ring)), -1, 1) * rough
        middle = (ring + after) / 2 + np.column_stack([-side[:, 1], side[:, 0]]) * shift[:, None]
        ring = np.stack([ring, middle], axis=1).reshape(-1, 2)
        rough = np.repeat(rough, 2)
    return ring


def _largest(shape: shapely.Geometry) -> shapely.Polygon:
    return max(shapely.get_parts(shapely.make_valid(shape)), key=lambda part: part.area)


def _heights(rng: np.random.Generator, is_land: NDArray[np.bool_], x_m: Floats, y_m: Floats) -> Floats:
    """Return heights: ridges that grow to the west and north, valleys cut by rivers to the bays."""
    shape = is_land.shape
    sea = ~is_land & (x_m > 8_500.0)
    from_sea_m = np.asarray(distance_transform_edt(~sea)) * CELL_M
    ridges = sum(
        share * (1 - np.abs(smooth_noise(rng, shape, wavelength)) / 1.6)
        for share, wavelength in ((0.5, 9_000.0), (0.3, 4_500.0), (0.2, 2_000.0))
    )
    inland = np.clip((from_sea_m - 600.0) / 17_000.0, 0, 1) ** 0.7
    north_west = np.clip(0.55 - x_m / 50_000.0 + y_m / 80_000.0, 0.25, 1.3)
    height = 760.0 * np.clip(ridges, 0, None) ** 1.6 * inland * north_west
    height += (
        75.0 * np.clip(smooth_noise(rng, shape, 3_000.0) - 0.2, 0, None) * np.clip(from_sea_m / 2500, 0, 1)
    )
    to_river_m = np.asarray(distance_transform_edt(~_rivers(rng, x_m, y_m))) * CELL_M
    height *= 1 - 0.97 * np.exp(-((to_river_m / 1_300.0) ** 2))
    return np.where(is_land, height + 4.0, 0.0)


def _rivers(rng: np.random.Generator, x_m: Floats, y_m: Floats) -> NDArray[np.bool_]:
    """Mark winding rivers from the western hills to the bays, with side valleys."""
    marks: NDArray[np.bool_] = np.zeros_like(x_m, dtype=bool)
    height, width = marks.shape
    for river in _RIVERS_KM * 1000.0:
        course = _fractal(rng, river.reshape(2, 2), np.array([0.16, 0.0]), 6)
        course = course[: len(course) // 2 + 1]
        along = np.linspace(0, len(course) - 1, 1200)
        x = np.interp(along, np.arange(len(course)), course[:, 0])
        y = np.interp(along, np.arange(len(course)), course[:, 1])
        rows = np.clip(np.rint((y + HALF_HEIGHT_M) / CELL_M).astype(int), 0, height - 1)
        columns = np.clip(np.rint((x + HALF_WIDTH_M) / CELL_M).astype(int), 0, width - 1)
        marks[rows, columns] = True
    return marks
