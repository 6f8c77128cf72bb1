"""The cameras: HD ones look down the approaches of crossings, social ones hang at shops and in villages."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.coordinates import LocalMetres, LonLat, bearing_deg
from geo.generator.gazetteer import Gazetteer, Signposts
from geo.generator.names import SOCIAL_PLACES, side_of, without_twins
from geo.generator.network import Surveyed
from geo.generator.points import Points, spread
from geo.generator.settlements import TOWNS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HD_CAMERAS = 1_131
SOCIAL_CAMERAS = 7_084


@dataclass(frozen=True)
class Cameras:
    """All cameras, HD first; `point` is the index of the monitoring point or -1."""

    codes: list[str]
    names: list[str]
    kinds: list[str]
    point: Ints
    lon: Floats
    lat: Floats
    heading_deg: Floats
    view_deg: Floats
    range_m: Floats
    town: Ints
    grid: Ints


@dataclass(frozen=True)
class _Sites:
    """Where a set of cameras hangs before it is numbered."""

    node: Ints
    point: Ints
    heading_deg: Floats
    offset_m: Floats
    names: list[str]


def place_cameras(
    rng: np.random.Generator, surveyed: Surveyed, points: Points, signposts: Signposts
) -> Cameras:
    """Hang HD_CAMERAS and SOCIAL_CAMERAS cameras."""
    gazetteer = signposts.gazetteer
    hd = _hd_sites(surveyed, points, signposts)
    social = _social_sites(rng, surveyed, gazetteer)
    count = len(hd.names) + len(social.names)
    is_hd = np.arange(count) < len(hd.names)
    heading = np.concatenate([hd.heading_deg, social.heading_deg])
    lon, lat = _beside(surveyed, hd, social, heading)
    town, grid = gazetteer.town_and_grid(lon, lat)
    codes = [f"C{i + 1:04d}" for i in range(len(hd.names))] + [
        f"S{i + 1:04d}" for i in range(len(social.names))
    ]
    return Cameras(
        codes=codes,
        names=without_twins(hd.names + social.names),
        kinds=["hd" if flag else "social" for flag in is_hd],
        point=np.concatenate([hd.point, social.point]),
        lon=lon,
        lat=lat,
        heading_deg=heading.round(1),
        view_deg=np.where(is_hd, rng.integers(36, 62, count), rng.integers(70, 112, count)).astype(float),
        range_m=np.where(is_hd, rng.integers(60, 121, count), rng.integers(18, 41, count)).astype(float),
        town=town,
        grid=grid,
    )


def _approaches(surveyed: Surveyed, node: int) -> list[float]:
    """Return the headings from a node to its neighbours."""
    roads = surveyed.roads
    to = roads.target[roads.indptr[node] : roads.indptr[node + 1]]
    return bearing_deg(roads.lon[node], roads.lat[node], roads.lon[to], roads.lat[to]).tolist()


def _hd_sites(surveyed: Surveyed, points: Points, signposts: Signposts) -> _Sites:
    """Give each point up to four approaches, turn by turn, then other town crossings one camera each."""
    looks = [_approaches(surveyed, int(node))[:4] for node in points.node]
    looks = [[*found, (found[0] + 180.0) % 360.0] if len(found) == 1 else found for found in looks]
    sites = [
        (int(points.node[i]), i, found[turn], points.names[i])
        for turn in range(4)
        for i, found in enumerate(looks)
        if turn < len(found)
    ][:HD_CAMERAS]
    roads, settlement = surveyed.roads, surveyed.settlement
    crossing = (np.diff(roads.indptr) >= 3) & (settlement >= 0) & (settlement < TOWNS)
    free = np.setdiff1d(np.flatnonzero(crossing), points.node)
    for node in spread(surveyed.places, free, HD_CAMERAS - len(sites), points.node.tolist()):
        sites.append((node, -1, _approaches(surveyed, node)[0], signposts.name(node)))
    return _Sites(
        node=np.array([site[0] for site in sites]),
        point=np.array([site[1] for site in sites]),
        heading_deg=np.array([site[2] for site in sites]),
        offset_m=np.full(len(sites), 7.0),
        names=[f"{name}{side_of(heading)}向" for _, _, heading, name in sites],
    )


def _social_sites(rng: np.random.Generator, surveyed: Surveyed, gazetteer: Gazetteer) -> _Sites:
    """Scatter cameras over street nodes: a third in towns, the others in villages."""
    settlement = surveyed.settlement
    in_town = np.flatnonzero((settlement >= 0) & (settlement < TOWNS))
    in_village = np.flatnonzero(settlement >= TOWNS)
    towns = SOCIAL_CAMERAS * 35 // 100
    node = np.concatenate([rng.choice(in_town, towns), rng.choice(in_village, SOCIAL_CAMERAS - towns)])
    where = [*gazetteer.town_names, *gazetteer.village_names]
    what = rng.choice(SOCIAL_PLACES, len(node))
    names = [f"{where[settlement[n]]}{kind}" for n, kind in zip(node, what, strict=True)]
    heading = rng.uniform(0, 360, len(node))
    return _Sites(node, np.full(len(node), -1), heading, rng.uniform(6, 26, len(node)), names)


def _beside(surveyed: Surveyed, hd: _Sites, social: _Sites, heading: Floats) -> tuple[Floats, Floats]:
    """Return where cameras hang: behind their node against their heading, so that they look across it."""
    node = np.concatenate([hd.node, social.node])
    back = np.radians(heading + 180.0)
    offset = np.concatenate([hd.offset_m, social.offset_m])
    lon, lat = surveyed.roads.lon[node], surveyed.roads.lat[node]
    plane = LocalMetres(LonLat(float(lon.mean()), float(lat.mean())))
    x_m, y_m = plane.from_lonlat(lon, lat)
    moved = plane.to_lonlat(x_m + offset * np.sin(back), y_m + offset * np.cos(back))
    return moved[0].round(6), moved[1].round(6)
