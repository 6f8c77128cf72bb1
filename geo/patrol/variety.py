"""Patrols nobody can predict: drawing a plan at random among good ones, and measuring how evenly hours fall.

Whoever knows past plans must not know when a place is visited next. The draw is made from a stored seed, so
that an auditor can make it again. How a drawn problem is solved is in solving.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo.patrol.problem import PatrolUnit, Problem, Visit

HOUR_S = 3600.0
PART_OF_WINDOW = 0.22  # of a long window, what a drawn visit keeps: less costs priority, more repeats itself
LEAST_PART_S = 1.1 * HOUR_S


def drawn(problem: Problem, spread: float, seed: int) -> Problem:
    """Return the problem with shaken priorities and, of long windows, one part drawn at random.

    spread: 0 leaves all as it is; 0.2 multiplies each priority with something between 0.8 and 1.2. Parts are
    drawn where units are on shift, in proportion to how many; must-visits keep their windows. Windows only
    shrink, so a plan of the drawn problem is one of the problem.
    """
    if spread <= 0:
        return problem
    rng = np.random.default_rng(seed)
    on_shift = _on_shift(problem.units)
    visits = [_draw(visit, spread, on_shift, rng) for visit in problem.visits]
    return replace(problem, visits=visits)


def _on_shift(units: Sequence[PatrolUnit]) -> NDArray[np.int64]:
    """Return how many units are on shift in each hour from the first midnight."""
    hours = np.arange(int(max((unit.shift_until_s for unit in units), default=0.0) // HOUR_S) + 1)
    return np.array(
        [
            sum(
                unit.shift_from_s < (hour + 1) * HOUR_S and unit.shift_until_s > hour * HOUR_S
                for unit in units
            )
            for hour in hours
        ],
        dtype=np.int64,
    )


def _draw(visit: Visit, spread: float, on_shift: NDArray[np.int64], rng: np.random.Generator) -> Visit:
    shaken = visit.priority * float(rng.uniform(1 - spread, 1 + spread))
    length_s = visit.until_s - visit.from_s
    part_s = max(length_s * PART_OF_WINDOW, LEAST_PART_S)
    if visit.must or length_s <= part_s:
        return replace(visit, priority=shaken)
    middles = np.linspace(visit.from_s + part_s / 2, visit.until_s - part_s / 2, 64)
    weight = on_shift[np.clip((middles // HOUR_S).astype(int), 0, len(on_shift) - 1)].astype(float)
    if weight.sum() == 0:
        return replace(visit, priority=shaken)
    middle = float(rng.choice(middles, p=weight / weight.sum()))
    return replace(visit, priority=shaken, from_s=middle - part_s / 2, until_s=middle + part_s / 2)


def evenness(starts_s: Sequence[float], hours: Sequence[int]) -> float:
    """Return the entropy of the hours in which visits began, as a share of the most there could be.

    hours: those in which they may begin (at least two), numbered from midnight; 1 means that every hour is as
    likely as the others. Corrected for few observations after Miller and Madow (1955), at most 1.
    """
    where = {hour: index for index, hour in enumerate(hours)}
    counts = np.bincount(
        [where[int(start_s // HOUR_S)] for start_s in starts_s if int(start_s // HOUR_S) in where],
        minlength=len(hours),
    )
    share = counts[counts > 0] / counts.sum()
    entropy = -float((share * np.log(share)).sum()) + (len(share) - 1) / (2 * counts.sum())
    return min(entropy / float(np.log(len(hours))), 1.0)


def evenness_of_places(visited: Mapping[int, Sequence[float]], hours: Mapping[int, Sequence[int]]) -> float:
    """Return the mean evenness over places with two visits and two hours at least, weighted by visits."""
    fit = [place for place, starts_s in visited.items() if len(starts_s) > 1 and len(hours[place]) > 1]
    weight = [len(visited[place]) for place in fit]
    return float(np.average([evenness(visited[place], hours[place]) for place in fit], weights=weight))
