"""Windows narrowed so that visits to one place stay apart whatever else moves; most are apart already."""

from collections.abc import Mapping, Sequence, Set
from itertools import pairwise

import numpy as np

from geo.patrol.problem import Floats, Problem

FREEDOM_S = 900.0  # how far a made visit may still shift while another of its place waits to be fitted in


def groups(problem: Problem) -> list[list[int]]:
    """Return the visits of each place whose own windows do not keep them apart."""
    same: dict[int, list[int]] = {}
    for number, visit in enumerate(problem.visits):
        if visit.revisit >= 0:
            same.setdefault(visit.revisit, []).append(number)
    return [visits for visits in same.values() if not _apart(problem, visits)]


def narrow(
    problem: Problem,
    visits: Sequence[int],
    starts_s: Mapping[int, float],
    done: Set[int],
    windows: tuple[Floats, Floats],
) -> None:
    """Set the windows (from_s, until_s) of one group in place, given when those that are made begin.

    Those made keep clear of each other, and near their times while one is not made: that one gets the widest
    time between them, or none (it ends before it begins).
    """
    from_s, until_s = windows
    made = sorted((visit for visit in visits if visit in starts_s), key=lambda visit: starts_s[visit])
    for visit in made:
        freedom_s = 0.0 if visit in done else FREEDOM_S if len(made) < len(visits) else np.inf
        wanted, start_s = problem.visits[visit], starts_s[visit]
        from_s[visit] = max(wanted.from_s, start_s - freedom_s)
        until_s[visit] = max(min(wanted.until_s, start_s + freedom_s), start_s)
    for one, other in pairwise(made):
        apart_s = _spacing_s(problem, one, other)
        until_s[one] = max(min(float(until_s[one]), starts_s[other] - apart_s), starts_s[one])
        from_s[other] = max(float(from_s[other]), float(until_s[one]) + apart_s)
    for visit in visits:
        if visit not in starts_s:
            from_s[visit], until_s[visit] = _widest(problem, visit, made, windows)


def _widest(
    problem: Problem, visit: int, made: Sequence[int], windows: tuple[Floats, Floats]
) -> tuple[float, float]:
    from_s, until_s = windows
    wanted = problem.visits[visit]
    begins = [-np.inf, *(float(until_s[one]) + _spacing_s(problem, visit, one) for one in made)]
    ends = [*(float(from_s[one]) - _spacing_s(problem, visit, one) for one in made), np.inf]
    free = [(max(a, wanted.from_s), min(b, wanted.until_s)) for a, b in zip(begins, ends, strict=True)]
    return max(free, key=lambda window: window[1] - window[0])


def _apart(problem: Problem, visits: Sequence[int]) -> bool:
    ordered = sorted(visits, key=lambda visit: problem.visits[visit].from_s)
    return all(
        problem.visits[one].until_s + _spacing_s(problem, one, other) <= problem.visits[other].from_s
        for one, other in pairwise(ordered)
    )


def _spacing_s(problem: Problem, one: int, other: int) -> float:
    return max(problem.visits[one].spacing_s, problem.visits[other].spacing_s)
