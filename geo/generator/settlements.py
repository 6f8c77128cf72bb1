"""Where people live: the county town, nine other towns and the villages. Streets are laid in streets.py."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from scipy.spatial import cKDTree

from geo.generator.land import CELL_M, Land, cell_places

Floats = NDArray[np.float64]
TOWNS = 10
VILLAGES = 340


@dataclass(frozen=True)
class Settlements:
    """Sites [n, 2] in metres and radii in metres; town 0 is the county town."""

    towns: Floats
    town_radius_m: Floats
    villages: Floats
    village_radius_m: Floats


def found_settlements(seed: int, land: Land) -> Settlements:
    """Choose sites in the lowlands and valleys, well apart."""
    rng = np.random.default_rng([seed, 2])
    x_m, y_m = cell_places()
    inner_m = np.asarray(distance_transform_edt(land.is_land)) * CELL_M
    usable = inner_m > 450.0
    sites = np.column_stack([x_m[usable], y_m[usable]])
    height, inner = land.height_m[usable], inner_m[usable]
    towns = _choose_towns(rng, sites, height, inner)
    radius = np.concatenate([[2_600.0], rng.uniform(750.0, 1_250.0, TOWNS - 1)])
    villages = _choose_villages(rng, sites, height, towns, radius)
    return Settlements(towns, radius, villages, rng.uniform(110.0, 260.0, VILLAGES))


def _choose_towns(rng: np.random.Generator, sites: Floats, height: Floats, inner_m: Floats) -> Floats:
    """Take the county town in the middle plain, then each next town far from the others and low."""
    flat = (height < 60.0) & (inner_m > 1_200.0)
    sites, height = sites[flat], height[flat]
    middle = np.hypot(sites[:, 0] - 5_500.0, sites[:, 1] - 1_500.0) + 60.0 * height
    chosen = [sites[np.argmin(np.where(inner_m[flat] > 2_400.0, middle, np.inf))]]
    for _ in range(TOWNS - 1):
        apart_m = cKDTree(np.array(chosen)).query(sites)[0]
        score = np.minimum(apart_m, 13_000.0) - 25.0 * height + rng.uniform(0, 900.0, len(sites))
        chosen.append(sites[np.argmax(score)])
    return np.array(chosen)


def _choose_villages(
    rng: np.random.Generator, sites: Floats, height: Floats, towns: Floats, town_radius_m: Floats
) -> Floats:
    """Take sites at random, low ones rather, none in a town and none nearer than 700 m to another."""
    apart_m, nearest = cKDTree(towns).query(sites)
    wish = np.exp(-height / 90.0) * (apart_m > town_radius_m[nearest] + 500.0) * (height < 330.0)
    order = np.argsort(-np.log(rng.uniform(size=len(sites))) / np.maximum(wish, 1e-12), kind="stable")
    taken: list[Floats] = []
    cells: dict[tuple[int, int], Floats] = {}
    for site in sites[order] + rng.uniform(-60.0, 60.0, sites.shape):
        column, row = int(site[0] // 750.0), int(site[1] // 750.0)
        around = [cells.get((column + i, row + j)) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        if all(other is None or np.hypot(*(other - site)) > 750.0 for other in around):
            cells[column, row] = site
            taken.append(site)
        if len(taken) == VILLAGES:
            break
    return np.array(taken)
