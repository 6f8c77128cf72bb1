"""Ways: the likely ways between sites, worked out once per pair and kept with their travel times."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from geo.likely_paths import LikelyWay, Way, likely_paths, ways_between
from geo.road_trees import Trees
from geo.roads import RoadNetwork
from operations.tracks.travel import TravelTimes

MOST_PAIRS = 30_000
DRAWN_WITHIN_DEG = 5e-5
"""About 5 m: lines are drawn with no more points than that needs."""
UNSEEN_COSTS = 0.28
"""What passing a watched place unseen costs when ways around are looked for: -ln(0.1) choices of CHOICE each,
of the usual leg's seconds."""
USUAL_LEG_S = 240.0


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
        self.site_at = np.full(len(network.lon), -1, dtype=np.int64)
        watched = travel.sites.positions(np.intersect1d(travel.traffic.start, travel.sites.ids))
        self.site_at[travel.sites.node[watched]] = watched
        shy = travel.edge_seconds + UNSEEN_COSTS * USUAL_LEG_S * (self.site_at[network.target] >= 0)
        self._trees = [travel.trees, Trees(network, shy)] if len(watched) else [travel.trees]
        self._kept: OrderedDict[tuple[int, int], list[RoadWay]] = OrderedDict()

    def between(self, here: int, there: int) -> list[RoadWay]:
        """Return the ways between two positions of sites, the quickest first; none where no road leads."""
        key = (here, there)
        known = self._kept.get(key)
        if known is None:
            node = self._travel.sites.node
            found = ways_between(self._trees, int(node[here]), int(node[there]), self.site_at)
            known = self._kept[key] = [RoadWay(way, self._travel.sites.network) for way in found]
            while len(self._kept) > MOST_PAIRS:
                self._kept.popitem(last=False)
        return known

    def likely(
        self, pair: tuple[int, int], passed_s: float, hour: int, works: Callable[[int], bool]
    ) -> list[tuple[RoadWay, float]]:
        """Return the ways of a pair with their probabilities for a vehicle that took so long, at an hour.

        works: whether the cameras of a site (its position) read plates at the time.
        """
        ways = self.between(*pair)
        if len(ways) == 1:
            return [(ways[0], 1.0)]
        of_way = {id(each.way): each for each in ways}
        factor = float(self._travel.traffic.hour_factor[hour])
        found: list[LikelyWay] = likely_paths([each.way for each in ways], passed_s, factor, works)
        return [(of_way[id(each.way)], each.probability) for each in found]


def ways_of(travel: TravelTimes) -> Ways:
    """Return the ways that rest on some travel times, kept with them."""
    known: Ways | None = travel.worked_out.get("ways")
    if known is None:
        known = travel.worked_out["ways"] = Ways(travel)
    return known
