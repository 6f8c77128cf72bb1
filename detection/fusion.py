"""Fuses several looks at one vehicle's plate into one read, position by position. Knows no pixels and no
tracks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from detection.grammar import UNREADABLE
from detection.vocabulary import Character, PlateRead

_FLOOR = 1e-3
"""Least probability of any character in any look: one look must not veto the others."""
_INDEPENDENCE = 0.5
"""Looks at one vehicle share blur, tilt and light; n of them weigh like n to this power of independent
ones."""
_LEAST_READABLE = 0.5
"""Below, a character is more likely wrong than right."""


def fuse(reads: Sequence[PlateRead]) -> PlateRead:
    """Fuse one or more looks at the same plate. The length with most support wins; its looks are multiplied.

    The box is the most confident look's. Raises ValueError for no reads.
    """
    if not reads:
        raise ValueError("nothing to fuse: no plate reads")
    alike = _best_supported(reads)
    clearest = max(alike, key=lambda read: read.confidence)
    if len(alike) == 1:
        return clearest
    weight = len(alike) ** _INDEPENDENCE / len(alike)
    looks = [_distributions(read) for read in alike]
    distributions = tuple(
        _fused([look[place] for look in looks], weight) for place in range(len(clearest.text))
    )
    characters = tuple(_most_likely(distribution) for distribution in distributions)
    return PlateRead(
        text="".join(character.char for character in characters),
        confidence=min(character.confidence for character in characters),
        characters=characters,
        box=clearest.box,
        kind=_kind(alike),
        distributions=distributions,
    )


def _best_supported(reads: Sequence[PlateRead]) -> list[PlateRead]:
    """Keep the reads of the length that has the most confidence behind it."""
    by_length: dict[int, list[PlateRead]] = defaultdict(list)
    for read in reads:
        by_length[len(read.text)].append(read)
    return max(by_length.values(), key=lambda group: sum(read.confidence for read in group))


def _distributions(read: PlateRead) -> tuple[Mapping[str, float], ...]:
    if read.distributions:
        return read.distributions
    return tuple({character.char: character.confidence} for character in read.characters)


def _fused(looks: Sequence[Mapping[str, float]], weight: float) -> dict[str, float]:
    """Multiply one position's distributions, each raised to the weight, and bring the sum back to 1."""
    candidates = sorted({char for look in looks for char in look} - {UNREADABLE})
    if not candidates:
        return {UNREADABLE: max(look[UNREADABLE] for look in looks)}
    table = np.array([[max(look.get(char, 0.0), _FLOOR) for char in candidates] for look in looks])
    logs = weight * np.log(table).sum(axis=0)
    powers = np.exp(logs - logs.max())
    return {char: float(power) for char, power in zip(candidates, powers / powers.sum(), strict=True)}


def _most_likely(distribution: Mapping[str, float]) -> Character:
    char, confidence = max(distribution.items(), key=lambda item: item[1])
    return Character(char if confidence >= _LEAST_READABLE else UNREADABLE, confidence)


def _kind(reads: Sequence[PlateRead]) -> str:
    """Name the kind with the most confidence behind it."""
    support: dict[str, float] = defaultdict(float)
    for read in reads:
        support[read.kind] += read.confidence
    return max(support, key=lambda kind: support[kind])
