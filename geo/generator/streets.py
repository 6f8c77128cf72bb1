"""Streets inside towns and villages: bent lattices with gaps, districts at an angle, some one-way streets."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.generator.land import Land
from geo.generator.settlements import Settlements
from geo.shortest import nearest

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Streets:
    """One settlement's streets: places [n, 2] in metres, two lattice lines per node, directed edges."""

    places: Floats
    lines: Ints
    source: Ints
    target: Ints
    road_class: NDArray[np.int8]


@dataclass(frozen=True)
class Layout:
    """How one settlement's streets are laid."""

    centre: Floats
    radius_m: float
    spacing_m: float
    is_town: bool


def lay_streets(seed: int, land: Land, settlements: Settlements) -> list[Streets]:
    """Return the streets of every town, then of every village."""
    shapely.prepare(land.outline)
    layouts = [
        Layout(place, float(radius), 150.0 if radius > 2_000.0 else 120.0, True)
        for place, radius in zip(settlements.towns, settlements.town_radius_m, strict=True)
    ]
    layouts += [
        Layout(place, float(radius), 62.0, False)
        for place, radius in zip(settlements.villages, settlements.village_radius_m, strict=True)
    ]
    return [_settle(np.random.default_rng([seed, 5, i]), land, layout) for i, layout in enumerate(layouts)]


def _settle(rng: np.random.Generator, land: Land, layout: Layout) -> Streets:
    places, lines, district = _lattice_nodes(rng, land, layout)
    pairs, along = _lattice_pairs(lines, district)
    classes = _classes(lines, pairs, along, layout)
    dropped = rng.uniform(size=len(pairs)) < np.where(classes == 3, 0.16, np.where(classes == 4, 0.30, 0.0))
    pairs, along, classes = pairs[~dropped], along[~dropped], classes[~dropped]
    seams = _seams(places, district, layout.spacing_m)
    pairs = np.vstack([pairs, seams])
    along = np.concatenate([along, np.full(len(seams), -1)])
    classes = np.concatenate([classes, np.full(len(seams), 3 if layout.is_town else 4)])
    kept = _largest_part(len(places), pairs)
    number = np.cumsum(kept) - 1
    inside = kept[pairs[:, 0]]
    pairs, along, classes = number[pairs[inside]], along[inside], classes[inside]
    one_way = _one_way(rng, lines[kept], pairs, along, classes) & layout.is_town
    back = ~_without_traps(one_way, pairs)
    return Streets(
        places[kept],
        lines[kept],
        np.concatenate([pairs[:, 0], pairs[back, 1]]),
        np.concatenate([pairs[:, 1], pairs[back, 0]]),
        np.concatenate([classes, classes[back]]).astype(np.int8),
    )


def _lattice_nodes(rng: np.random.Generator, land: Land, layout: Layout) -> tuple[Floats, Ints, Ints]:
    """Return places, lattice lines [n, 2] and district of nodes on dry, low ground within a ragged edge."""
    districts = 4 if layout.radius_m > 2_000.0 else 2 if layout.is_town else 1
    hubs = layout.centre + rng.normal(0, layout.radius_m * 0.45, (districts, 2))
    reach = int(np.ceil(1.5 * layout.radius_m / layout.spacing_m))
    first, second = (axis.ravel() for axis in np.mgrid[-reach : reach + 1, -reach : reach + 1])
    places, lines, owner = [], [], []
    for district, angle in enumerate(rng.uniform(0, np.pi / 2, districts)):
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        stretch = rng.uniform(0.85, 1.2, 2)
        place = np.column_stack([first, second]) * stretch * layout.spacing_m @ turn + layout.centre
        place = _bend(rng, place, layout.spacing_m)
        near = np.argmin(np.hypot(*np.moveaxis(place[:, None] - hubs, -1, 0)), axis=1) == district
        places.append(place[near])
        lines.append(np.column_stack([first, second])[near] + 100 * district)
        owner.append(np.full(near.sum(), district))
    place, line, district_of = np.vstack(places), np.vstack(lines), np.concatenate(owner)
    away = place - layout.centre
    angle = np.arctan2(away[:, 1], away[:, 0])
    wave = sum(rng.uniform(0.05, 0.16) * np.sin(k * angle + rng.uniform(0, 6.3)) for k in (1, 2, 3, 5))
    fits = np.hypot(away[:, 0], away[:, 1]) < layout.radius_m * (1.0 + wave)
    fits &= shapely.contains_xy(land.outline, place[:, 0], place[:, 1])
    fits &= land.heights(place[:, 0], place[:, 1]) < land.heights(*layout.centre[:, None]) + 55.0
    if fits.sum() < 2:
        fits = np.argsort(np.argsort(np.hypot(away[:, 0], away[:, 1]))) < 4
    return place[fits], line[fits], district_of[fits]


def _bend(rng: np.random.Generator, places: Floats, spacing_m: float) -> Floats:
    """Bend the lattice in long waves and shake each crossing a little."""
    bent = places + rng.normal(0, spacing_m * 0.07, places.shape)
    for wavelength in (17.0, 8.0):
        phase = rng.uniform(0, 2 * np.pi, 2)
        wave = np.sin(places[:, ::-1] / (wavelength * spacing_m) * 2 * np.pi + phase)
        bent = bent + wave * spacing_m * wavelength * 0.035
    return np.asarray(bent)


def _lattice_pairs(lines: Ints, district: Ints) -> tuple[Ints, Ints]:
    """Return neighbouring nodes and the axis (0 or 1) whose line the street follows."""
    number = {(int(d), int(i), int(j)): n for n, (d, (i, j)) in enumerate(zip(district, lines, strict=True))}
    pairs, along = [], []
    for (d, i, j), node in number.items():
        for axis, other in ((0, (d, i, j + 1)), (1, (d, i + 1, j))):
            if other in number:
                pairs.append((node, number[other]))
                along.append(axis)
    return np.array(pairs, dtype=np.int64).reshape(-1, 2), np.array(along, dtype=np.int64)


def _classes(lines: Ints, pairs: Ints, along: Ints, layout: Layout) -> Ints:
    """Return 2 for every fourth line of a town, 3 for its other streets, 4 in villages."""
    if not layout.is_town:
        return np.full(len(pairs), 4)
    return np.where(_line_followed(lines, pairs, along) % 4 == 0, 2, 3)


def _line_followed(lines: Ints, pairs: Ints, along: Ints) -> Ints:
    return np.asarray(lines[pairs[:, 0], along])


def _seams(places: Floats, district: Ints, spacing_m: float) -> Ints:
    """Join districts where their edges come near."""
    found: set[tuple[int, int]] = set()
    for other in np.unique(district):
        ours, theirs = np.flatnonzero(district != other), np.flatnonzero(district == other)
        if len(ours) == 0:
            continue
        metres, match = nearest(places[theirs], places[ours])
        near = metres < spacing_m * 0.95
        joined = np.sort(np.column_stack([ours, theirs[match]])[near], axis=1)
        found.update((int(first), int(second)) for first, second in joined)
    return np.array(sorted(found), dtype=np.int64).reshape(-1, 2)


def _largest_part(count: int, pairs: Ints) -> NDArray[np.bool_]:
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    part = connected_components(graph, directed=False)[1]
    return np.asarray(part == np.argmax(np.bincount(part)))


def _one_way(
    rng: np.random.Generator, lines: Ints, pairs: Ints, along: Ints, classes: Ints
) -> NDArray[np.bool_]:
    """Mark the edges of one-way streets: whole lines of class 3, about one in five."""
    chosen = rng.uniform(size=(2, 512)) < 0.2
    line = _line_followed(lines, pairs, np.maximum(along, 0))
    return np.asarray(chosen[np.maximum(along, 0), line % 512] & (classes == 3) & (along >= 0))


def _without_traps(one_way: NDArray[np.bool_], pairs: Ints) -> NDArray[np.bool_]:
    """Open the one-way streets at corners that could otherwise not be reached or not be left."""
    size = int(pairs.max()) + 1
    both = np.vstack([pairs, pairs[~one_way, ::-1]])
    graph = coo_array((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(size, size))
    part = connected_components(graph, directed=True, connection="strong")[1]
    in_reach = part == np.argmax(np.bincount(part))
    return np.asarray(one_way & in_reach[pairs].all(axis=1))
