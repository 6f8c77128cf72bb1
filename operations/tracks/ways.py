"""Ways: the likely ways between sites, worked out once per pair and kept with their travel times."""

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo.coordinates import bearing_deg
from geo.likely_paths import CHOICE, MISSED, LikelyWay, Roads, Way, likely_paths, ways_between
from geo.road_trees import Trees
from geo.roads import RoadNetwork
from operations.tracks.travel import TravelTimes

MOST_PAIRS = 30_000
DRAWN_WITHIN_DEG = 5e-5
"""About 5 m: lines are drawn with no more points than that needs."""
USUAL_LEG_S = 240.0
UNSEEN_S = -math.log(MISSED) * CHOICE * USUAL_LEG_S
"""What passing a watched place unseen costs when ways around are looked for: a detour that is as likely."""
OVERLOOKED = 0.7
"""An edge that takes up to twice as long as others of its class (so much of the logarithm) diverts nobody."""
BESIDE_DEG = 45.0
"""A camera reads who comes up the road it looks down, give or take this."""


@dataclass(frozen=True)
class RoadWay:
    """A way on the network, with what is shown of it."""

    way: Way
    network: RoadNetwork

    @cached_property
    def distance_m(self) -> float:
        """Return its length."""
        return round(float(self.network.length_m[self.way.edges].sum()), 1)

    @cached_property
    def free_s(self) -> float:
        """Return its seconds at free flow."""
        return float(self.network.seconds[self.way.edges].sum())

    @cached_property
    def line(self) -> dict[str, Any]:
        """Return it as a GeoJSON LineString, with no more points than its shape needs."""
        nodes = self.way.nodes
        places = np.column_stack([self.network.lon[nodes], self.network.lat[nodes]])
        if len(places) < 2:
            places = np.vstack([places, places])
        drawn = shapely.get_coordinates(shapely.LineString(places).simplify(DRAWN_WITHIN_DEG))
        return {"type": "LineString", "coordinates": drawn.round(6).tolist()}


class Ways:
    """Answers the ways between sites; keeps those of MOST_PAIRS pairs."""

    def __init__(self, travel: TravelTimes) -> None:
        self._travel = travel
        network = travel.sites.network
        watched = _watched(travel)
        choice = _chosen_by(travel)
        shy = choice + UNSEEN_S * (watched >= 0)
        around = [Trees(network, shy)] if (watched >= 0).any() else []
        self._roads = Roads([Trees(network, choice), *around], travel.edge_seconds, watched)
        self._kept: OrderedDict[tuple[int, int], list[RoadWay]] = OrderedDict()

    def between(self, here: int, there: int) -> list[RoadWay]:
        """Return the ways between two positions of sites, the quickest first; none where no road leads."""
        key = (here, there)
        known = self._kept.get(key)
        if known is None:
            node = self._travel.sites.node
            found = ways_between(self._roads, int(node[here]), int(node[there]))
            known = self._kept[key] = [RoadWay(way, self._travel.sites.network) for way in found]
            while len(self._kept) > MOST_PAIRS:
                self._kept.popitem(last=False)
        return known


def likely_ways(
    ways: Sequence[RoadWay], passed_s: float, factor: float, works: Callable[[int], bool]
) -> list[tuple[RoadWay, float]]:
    """Return ways with their probabilities for a vehicle that took so long, at an hour of some factor.

    works: whether the cameras of a site (its position) read plates at the time.
    """
    of_way = {id(each.way): each for each in ways}
    found: list[LikelyWay] = likely_paths([each.way for each in ways], passed_s, factor, works)
    return [(of_way[id(each.way)], each.probability) for each in found]


def _chosen_by(travel: TravelTimes) -> NDArray[np.float64]:
    """Return by which seconds drivers choose their way: half as signposted, half as it is on such roads.

    Of what an edge alone takes longer, only what nobody overlooks: a wait at lights diverts few.
    """
    network, factor = travel.sites.network, travel.traffic.edge_factor
    usual = np.ones(5)
    for kind in np.unique(network.road_class).tolist():
        usual[kind] = np.median(factor[network.road_class == kind])
    own = np.log(factor / usual[network.road_class])
    noticed = np.sign(own) * np.maximum(np.abs(own) - OVERLOOKED, 0.0)
    return np.asarray(network.seconds * np.sqrt(usual)[network.road_class] * np.exp(noticed))


def _watched(travel: TravelTimes) -> NDArray[np.int64]:
    """Return for each edge the position of the site whose camera reads who comes along it; -1: none does.

    Only sites that taught us movements read plates at all; a camera reads those who come towards it.
    """
    sites, network = travel.sites, travel.sites.network
    watched = np.full(len(network.target), -1, dtype=np.int64)
    into = csr_array(network.seconds_matrix.T)  # its rows: the edges into a node
    for site in np.intersect1d(travel.traffic.start, sites.ids).tolist():
        position = sites.index_of[site]
        node = int(sites.node[position])
        looks = [sites.heading_of_camera.get(camera) for camera in sites.cameras_of[site]]
        headings = np.array([heading for heading in looks if heading is not None])
        sources = into.indices[into.indptr[node] : into.indptr[node + 1]].astype(np.int64)
        if not len(headings) or not len(sources):
            continue
        here = float(network.lon[node]), float(network.lat[node])
        came = bearing_deg(*here, network.lon[sources], network.lat[sources])
        off = np.abs((headings[:, None] - came + 180.0) % 360.0 - 180.0).min(axis=0)
        seen = sources[off <= BESIDE_DEG]
        watched[travel.trees.edges_between(seen, np.full(len(seen), node))] = position
    return watched


def ways_of(travel: TravelTimes) -> Ways:
    """Return the ways that rest on some travel times, kept with them."""
    known: Ways | None = travel.worked_out.get("ways")
    if known is None:
        known = travel.worked_out["ways"] = Ways(travel)
    return known
