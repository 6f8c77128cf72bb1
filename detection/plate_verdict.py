"""Weighs what two networks say of one plate into one verdict: a log-linear pool, position by position.

Owns the weights and where they come from. Runs no network and sees no pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detection.decoding import Evidence, pool, sharpened
from detection.grammar import ALPHABET, FORMS, PROVINCES

PROVINCE_COLUMNS = np.array([char in PROVINCES for char in ALPHABET])
"""The columns of ALPHABET that are provinces."""
OPENS_WITH_PROVINCE = np.array([form.positions[0] == PROVINCES for form in FORMS])
"""The forms whose first place is a province."""
_FLOOR = 1e-5


@dataclass(frozen=True, slots=True)
class Weights:
    """How much one network's word counts, as powers of its probabilities.

    rest: for every position but the province. province: the province in its looks at the whole line.
    closer: the province in its closer looks, all together.
    """

    rest: float
    province: float
    closer: float


ALONE = {"own": Weights(1.0, 1.0, 0.5), "text": Weights(1.0, 1.0, 0.5)}
"""Of a network that is heard alone."""
TOGETHER = {"own": Weights(0.45, 0.55, 0.25), "text": Weights(0.65, 0.55, 0.25)}
"""Of each when both are heard."""


@dataclass(frozen=True, slots=True)
class Account:
    """What one network says of one plate: its looks at the line, its closer looks at the province.

    closer: one array of len(ALPHABET) per look, probabilities of the provinces, 0 elsewhere.
    """

    looks: tuple[Evidence, ...]
    closer: tuple[np.ndarray, ...] = ()

    def with_more(self, looks: Sequence[Evidence], closer: Sequence[np.ndarray] = ()) -> "Account":
        """Return it with further looks."""
        return Account((*self.looks, *looks), (*self.closer, *closer))


def province_in(steps: np.ndarray) -> np.ndarray:
    """Say which province a close look shows: len(ALPHABET) probabilities. steps: T x len(SYMBOLS)."""
    peaks = np.maximum(steps[:, 1:].max(axis=0), _FLOOR) * PROVINCE_COLUMNS
    return peaks / peaks.sum()


def verdict(heard: dict[str, Account]) -> Evidence:
    """Weigh the accounts of one or both networks ("own", "text")."""
    weights = TOGETHER if len(heard) > 1 else ALONE
    pooled = {name: pool(account.looks) for name, account in heard.items()}
    first = next(iter(pooled.values()))
    log_likelihoods = np.mean([evidence.log_likelihoods for evidence in pooled.values()], axis=0)
    logs = np.zeros_like(first.posteriors)
    for name, evidence in pooled.items():
        said, weight = np.log(evidence.posteriors + 1e-9), weights[name]
        opening = weight.province * said[OPENS_WITH_PROVINCE, 0] + _closer(heard[name], weight)
        logs += weight.rest * said
        logs[OPENS_WITH_PROVINCE, 0] += opening - weight.rest * said[OPENS_WITH_PROVINCE, 0]
    return sharpened(Evidence(log_likelihoods, first.posteriors, first.places), logs)


def _closer(account: Account, weight: Weights) -> np.ndarray:
    """Weigh the closer looks at the province; nothing where there are none."""
    if not account.closer:
        return np.zeros(len(ALPHABET))
    return weight.closer * np.sum([np.log(look + _FLOOR) for look in account.closer], axis=0)
