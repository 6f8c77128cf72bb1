"""Who drives or walks: the speed of a car, a motorcycle and a patrol on foot on each class of road.

What a profile makes of a network is again a RoadNetwork with the same nodes. No searching here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.roads import FREE_FLOW_KMH, RoadNetwork


@dataclass(frozen=True, slots=True)
class Profile:
    """Km/h by road class, 0 where it may not go; `both_ways`: one-way streets do not bind it."""

    name: str
    kmh: tuple[float, float, float, float, float]
    both_ways: bool = False


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("car", (80.0, 60.0, 45.0, 30.0, 20.0)),
        Profile("motorcycle", (60.0, 55.0, 45.0, 32.0, 25.0)),
        Profile("foot", (0.0, 5.0, 5.0, 5.0, 5.0), both_ways=True),
    )
}


class UnknownProfile(ValueError):
    """Nobody here moves like that."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is no way to move: it is one of {', '.join(PROFILES)}.")


@dataclass(frozen=True)
class Arcs:
    """A network's edges, then the opposite of each edge that has none: one-way streets walked back.

    edge: of each arc, the edge it is or goes against. edges: how many arcs are edges.
    """

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    edge: NDArray[np.int64]
    edges: int


def arcs_of(network: RoadNetwork) -> Arcs:
    """Return the arcs that some profile may take."""
    only = _edges_of(network)
    size = len(network.lon)
    one_way = np.flatnonzero(~np.isin(only.target * size + only.source, only.source * size + only.target))
    return Arcs(
        source=np.concatenate([only.source, only.target[one_way]]),
        target=np.concatenate([only.target, only.source[one_way]]),
        edge=np.concatenate([only.edge, one_way]),
        edges=only.edges,
    )


def _edges_of(network: RoadNetwork) -> Arcs:
    source, target = network.source.astype(np.int64), network.target.astype(np.int64)
    return Arcs(source, target, np.arange(len(source)), len(source))


def arc_seconds(
    network: RoadNetwork, arcs: Arcs, profile: str = "car", closed: Iterable[int] = ()
) -> NDArray[np.float32]:
    """Return what each arc takes (float32 values), inf where the profile may not go or the road is closed.

    A car drives an edge in its own seconds (signs count); a motorcycle by so much slower or faster as its
    class says; feet at their own speed, whatever the road. A closed road is closed to all.
    """
    moves = _profile(profile)
    kmh = np.array(moves.kmh)[network.road_class]
    with np.errstate(divide="ignore"):
        if moves.both_ways:
            seconds = network.length_m / (kmh / 3.6)
        else:
            seconds = network.seconds.astype(np.float64) * FREE_FLOW_KMH[network.road_class] / kmh
    seconds[np.fromiter(closed, dtype=np.int64)] = np.inf
    by_arc = seconds.astype(np.float32)[arcs.edge]
    if not moves.both_ways:
        by_arc[arcs.edges :] = np.inf
    return np.asarray(by_arc)


def open_roads(network: RoadNetwork, profile: str = "car", closed: Iterable[int] = ()) -> RoadNetwork:
    """Return the network a profile has while some edges are closed: the same nodes, only its own edges.

    `route`, `nearest` and `seconds_to` of travel_times.py work on it as on any. Raises UnknownProfile.
    """
    shut = tuple(closed)
    if profile == "car" and not shut:
        return network
    arcs = arcs_of(network) if _profile(profile).both_ways else _edges_of(network)
    seconds = arc_seconds(network, arcs, profile, shut)
    taken = np.flatnonzero(np.isfinite(seconds))
    order = taken[np.argsort(arcs.source[taken], kind="stable")]
    indptr = np.zeros(len(network.lon) + 1, dtype=np.int32)
    np.cumsum(np.bincount(arcs.source[order], minlength=len(network.lon)), out=indptr[1:])
    edge = arcs.edge[order]
    return replace(
        network,
        indptr=indptr,
        target=arcs.target[order].astype(np.int32),
        length_m=network.length_m[edge],
        seconds=seconds[order],
        road_class=network.road_class[edge],
    )


def _profile(name: str) -> Profile:
    if name not in PROFILES:
        raise UnknownProfile(name)
    return PROFILES[name]
