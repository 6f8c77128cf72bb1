"""The monitoring points: at county borders, town gates, main crossings in the country and in town."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.generator.gazetteer import Gazetteer, Signposts
from geo.generator.names import without_twins
from geo.generator.network import OPEN_COUNTRY, Surveyed
from geo.generator.settlements import TOWNS
from geo.shortest import nearest

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

POINTS = 304
IN_COUNTRY = 62
APART_M = 70.0


@dataclass(frozen=True)
class Points:
    """Monitoring points; `node` is the road node each stands at."""

    codes: list[str]
    names: list[str]
    kinds: list[str]
    lon: Floats
    lat: Floats
    node: Ints
    town: Ints
    grid: Ints


def place_points(surveyed: Surveyed, gazetteer: Gazetteer, signposts: Signposts) -> Points:
    """Choose POINTS road nodes, spread out within each kind, and name them."""
    chosen: list[int] = []
    kinds: list[str] = []
    for kind, nodes, count in _candidates(surveyed):
        taken = spread(surveyed.places, nodes, min(count, POINTS - len(chosen)), chosen)
        chosen += taken
        kinds += [kind] * len(taken)
    node = np.array(chosen)
    roads = surveyed.roads
    lon, lat = roads.lon[node], roads.lat[node]
    town, grid = gazetteer.town_and_grid(lon, lat)
    names = without_twins([signposts.name(int(i)) for i in node])
    codes = [f"P{i + 1:03d}" for i in range(len(node))]
    return Points(codes, names, kinds, lon, lat, node, town, grid)


def spread(places: Floats, nodes: Ints, count: int, taken: list[int]) -> list[int]:
    """Choose up to `count` nodes, each the farthest from those chosen and from `taken`."""
    if len(nodes) == 0:
        return []
    away = np.full(len(nodes), 1e6)
    if taken:
        away = nearest(places[taken], places[nodes])[0]
    chosen: list[int] = []
    while len(chosen) < count and away.max() > APART_M:
        best = int(np.argmax(away))
        chosen.append(int(nodes[best]))
        away = np.minimum(away, np.hypot(*(places[nodes] - places[nodes[best]]).T))
    return chosen


def _candidates(surveyed: Surveyed) -> list[tuple[str, Ints, int]]:
    """Return (kind, nodes, how many) in order of importance; the county town takes what is left."""
    roads, settlement = surveyed.roads, surveyed.settlement
    size = len(settlement)
    degree = np.bincount(roads.source, minlength=size)
    main = np.bincount(roads.source, roads.road_class <= 1, size)
    streets = np.bincount(roads.source, roads.road_class <= 2, size)
    country = settlement == OPEN_COUNTRY
    crossing = (streets >= 3) & (degree >= 3)
    found = [
        ("border", np.flatnonzero(country & (degree == 1) & (main == 1)), 20),
        ("gate", np.flatnonzero(surveyed.is_gate & (settlement < TOWNS)), 60),
        ("road", np.flatnonzero(country & (degree >= 3) & (main >= 2)), IN_COUNTRY),
    ]
    for town in range(1, TOWNS):
        found.append(("crossing", np.flatnonzero(crossing & (settlement == town)), 10))
    found.append(("crossing", np.flatnonzero(crossing & (settlement == 0)), POINTS))
    found.append(
        ("crossing", np.flatnonzero((degree >= 3) & (settlement >= 0) & (settlement < TOWNS)), POINTS)
    )
    return found
