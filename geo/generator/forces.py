"""Police stations, posts and the patrol units that start from them. Units, never single persons."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.generator.gazetteer import Gazetteer
from geo.generator.network import Surveyed
from geo.generator.points import spread
from geo.generator.settlements import TOWNS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

POSTS = 14
URBAN, NIGHT, PER_TOWN, VILLAGE = 16, 12, 2, 12


@dataclass(frozen=True)
class Stations:
    """The bureau, one station per town, then posts; `node` is the road node at the door."""

    codes: list[str]
    names: list[str]
    kinds: list[str]
    lon: Floats
    lat: Floats
    node: Ints
    town: Ints


@dataclass(frozen=True)
class Units:
    """Patrol units; `station` is where each starts."""

    codes: list[str]
    names: list[str]
    kinds: list[str]
    station: Ints
    town: Ints
    lon: Floats
    lat: Floats


def place_stations(surveyed: Surveyed, gazetteer: Gazetteer) -> Stations:
    """Put the bureau and one station into each town and posts into villages far from them."""
    settlement, places = surveyed.settlement, surveyed.places
    nodes: list[int] = []
    names, kinds = [], []
    for town in range(TOWNS):
        streets = np.flatnonzero(settlement == town)
        away = np.hypot(*(places[streets] - gazetteer.settlements.towns[town]).T)
        nodes.append(int(streets[np.argmin(away)]))
        names.append(f"{gazetteer.town_names[town]}派出所")
        kinds.append("station")
    bureau = np.flatnonzero(settlement == 0)
    nodes.insert(0, int(bureau[np.argmin(np.abs(np.hypot(*(places[bureau] - places[nodes[0]]).T) - 600.0))]))
    names.insert(0, "县公安局")
    kinds.insert(0, "bureau")
    posts = spread(places, np.flatnonzero(settlement >= TOWNS), POSTS, nodes)
    nodes += posts
    names += [f"{gazetteer.village_names[settlement[post] - TOWNS]}警务室" for post in posts]
    kinds += ["post"] * len(posts)
    node = np.array(nodes)
    lon, lat = surveyed.roads.lon[node], surveyed.roads.lat[node]
    codes = [f"D{i + 1:02d}" for i in range(len(node))]
    return Stations(codes, names, kinds, lon, lat, node, gazetteer.town_and_grid(lon, lat)[0])


def place_units(stations: Stations, town_names: list[str]) -> Units:
    """Name the units and give each its station."""
    posts = [i for i, kind in enumerate(stations.kinds) if kind == "post"]
    rows = [("urban", i % 2, f"城区巡逻{i + 1}组") for i in range(URBAN)]
    rows += [("night", i % (TOWNS + 1), f"夜间巡逻{i + 1}组") for i in range(NIGHT)]
    rows += [("town", 1 + t, f"{town_names[t]}巡逻{k + 1}组") for t in range(TOWNS) for k in range(PER_TOWN)]
    rows += [("village", post, f"{stations.names[post][:-3]}巡逻组") for post in posts[:VILLAGE]]
    station = np.array([row[1] for row in rows])
    return Units(
        codes=[f"U{i + 1:02d}" for i in range(len(rows))],
        names=[row[2] for row in rows],
        kinds=[row[0] for row in rows],
        station=station,
        town=stations.town[station],
        lon=stations.lon[station],
        lat=stations.lat[station],
    )
