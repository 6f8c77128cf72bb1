"""Roads as few long lines for drawing: chains of edges of one class, directions forgotten."""

from collections import defaultdict

import numpy as np

from geo.roads import RoadNetwork

SCALE = 1_000_000  # integers are micro-degrees, about 0.1 m
Neighbours = dict[int, set[int]]


def road_lines(network: RoadNetwork) -> list[tuple[int, list[int]]]:
    """Return (class, [lon0, lat0, dlon, dlat, …]) in micro-degrees; the first pair absolute, then steps."""
    places = np.rint(np.column_stack([network.lon, network.lat]) * SCALE).astype(np.int64)
    lines = []
    for road_class in range(5):
        for chain in _chains(_neighbours(network, road_class)):
            steps = np.diff(places[chain], axis=0, prepend=0)
            lines.append((road_class, steps.ravel().tolist()))
    return lines


def _neighbours(network: RoadNetwork, road_class: int) -> Neighbours:
    """Return the nodes joined by roads of a class, in either direction."""
    found: Neighbours = defaultdict(set)
    of_class = network.road_class == road_class
    for here, there in zip(network.source[of_class].tolist(), network.target[of_class].tolist(), strict=True):
        found[here].add(there)
        found[there].add(here)
    return found


def _chains(neighbours: Neighbours) -> list[list[int]]:
    """Return node chains that together cover every edge once: between crossings first, then loops."""
    ends = {node for node, around in neighbours.items() if len(around) != 2}
    chains = []
    for start in [*sorted(ends), *sorted(neighbours)]:
        while neighbours[start]:
            chains.append(_walk(neighbours, start, ends))
    return chains


def _walk(neighbours: Neighbours, start: int, ends: set[int]) -> list[int]:
    """Follow a chain from a node to the next end or crossing, taking its edges out."""
    chain = [start]
    while neighbours[chain[-1]] and (len(chain) == 1 or chain[-1] not in ends):
        here, there = chain[-1], min(neighbours[chain[-1]])
        neighbours[here].remove(there)
        neighbours[there].remove(here)
        chain.append(there)
    return chain
