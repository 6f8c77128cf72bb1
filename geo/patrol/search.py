"""PyVRP's iterated local search on data of any kind, with penalties that suit prizes. Knows no patrols.

PyVRP's own settings freeze large prizes for thousands of rounds and can end without a feasible solution.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyvrp
from pyvrp.search import OPERATORS, LocalSearch, NeighbourhoodParams, PerturbationManager, PerturbationParams

Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Tuning:
    """How to search: history and highest are PyVRP's history_length and max_penalty (0: from the data)."""

    history: int = 50
    neighbours: int = 50
    most_perturbed: int = 25
    highest: float = 0.0


def improve(
    data: pyvrp.ProblemData, start: pyvrp.Solution | None, seed: int, stop: Stop, tuning: Tuning = Tuning()
) -> pyvrp.Solution:
    """Return the best solution found until `stop` is true; a feasible one unless none was met.

    `stop` is asked before every round. From a feasible start the result is never worse than it.
    """
    rng = pyvrp.RandomNumberGenerator(seed=seed)
    search = LocalSearch(
        data,
        rng,
        pyvrp.search.compute_neighbours(data, NeighbourhoodParams(num_neighbours=tuning.neighbours)),
        PerturbationManager(PerturbationParams(1, tuning.most_perturbed)),
    )
    for operator in OPERATORS:
        if operator.supports(data):
            search.add_operator(operator(data))
    highest = tuning.highest or highest_penalty(data)
    params = pyvrp.PenaltyParams(solutions_between_updates=50, min_penalty=1, max_penalty=highest)
    penalties = pyvrp.PenaltyManager(params.midpoint_penalties(data), params)
    if start is None:
        random = pyvrp.Solution.make_random(data, rng)
        start = search(random, penalties.max_cost_evaluator(), exhaustive=True)
    ils = pyvrp.IteratedLocalSearchParams(history_length=tuning.history)
    algorithm = pyvrp.IteratedLocalSearch(data, penalties, search, start, ils)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pyvrp.exceptions.PenaltyBoundWarning)
        return algorithm.run(lambda _cost: stop(), collect_stats=False).best


def highest_penalty(data: pyvrp.ProblemData) -> float:
    """Return five times the best prize per second (GEO.md 2.3), freak prizes aside."""
    clients = [client for client in data.clients() if client.prize > 0]
    if not clients:
        return 1_000.0
    usual = float(np.quantile([client.prize for client in clients], 0.95)) * 2
    away = data.duration_matrix(0) + np.eye(data.num_locations, dtype=np.int64) * 10**9
    nearest_s = away.min(axis=0)
    return (
        max(
            5.0
            * min(client.prize, usual)
            / max(client.service_duration + int(nearest_s[client.location]), 60)
            for client in clients
        )
        + 10
    )
